//===- SliceAt.cpp - Slices whose bounds are data ---------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "SliceAt.h"
#include "Call.h"
#include "vernier/Runtime/SliceAt.h"

namespace mlir::vernier {

namespace runtime {
inline auto fieldsOf(const SliceAxis &value) {
  VERNIER_FIELDS(entry, stride, hasBegin, hasEnd, shrinks, isOffset, count);
}
inline auto fieldsOf(const StridedSliceAt &value) { VERNIER_FIELDS(input, axes); }
} // namespace runtime

bool isSliceAt(const KernelRequest &request) {
  return request.knowsShape() && request.has(1) && request.has(2) &&
         (!request.operands[1].data || !request.operands[2].data) && request.operands[1].elements() > 0;
}

/// Calls `make` with types of the size of an element and of the bounds.
template <typename Make> static FailureOr<PlannedKernel> forTypes(const KernelRequest &request, Make make) {
  const TensorRef &input = request.operands[0], &output = request.results[0];
  const unsigned bytes = elementBytes(input.elementType);
  if (!bytes || classify(input) != classify(output))
    return request.unsupported() << "elements of type " << input.elementType << " with results of type "
                                 << output.elementType;
  const ElementClass bounds = classify(request.operands[1]);
  if ((bounds != ElementClass::Int32 && bounds != ElementClass::Int64) || classify(request.operands[2]) != bounds)
    return request.error() << "expected bounds of 32 or 64-bit integers, got " << request.operands[1].elementType
                           << " and " << request.operands[2].elementType;
  return forElementSize(bytes, [&](auto element) {
    return bounds == ElementClass::Int32 ? make(element, int32_t()) : make(element, int64_t());
  });
}

/// Values of bounds, for a message.
static std::string formatBounds(const TensorRef &tensor) {
  SmallVector<int64_t> values;
  for (int64_t i = 0, e = tensor.elements(); i < e; ++i)
    values.push_back(classify(tensor) == ElementClass::Int32 ? tensor.as<const int32_t>()[i]
                                                             : tensor.as<const int64_t>()[i]);
  return formatDims(values);
}

static LogicalResult reportBounds(InFlightDiagnostic error, const KernelMemory &memory) {
  return error << "expected bounds that give the result's shape " << formatDims(memory.results[0].shape) << ", got "
               << formatBounds(memory.operands[1]) << " and " << formatBounds(memory.operands[2])
               << " for an input of shape " << formatDims(memory.operands[0].shape);
}

FailureOr<PlannedKernel> planSliceAt(const KernelRequest &request) {
  const TensorRef &input = request.operands[0], &output = request.results[0];
  auto from = toShape(request, input.shape), to = toShape(request, output.shape);
  if (failed(from) || failed(to))
    return failure();
  for (unsigned bound : {1, 2})
    if (request.operands[bound].elements() != int64_t(input.shape.size()))
      return request.error() << "expected a begin and a size for each of " << input.shape.size() << " dimensions, got "
                             << request.operands[1].elements() << " and " << request.operands[2].elements();
  if (input.shape.size() != output.shape.size())
    return request.error() << "expected a result of rank " << input.shape.size() << ", got shape "
                           << formatDims(output.shape);
  return forTypes(request, [&](auto element, auto index) {
    using T = decltype(element);
    using I = decltype(index);
    return makeFallibleCall(request, reportBounds, VERNIER_KERNEL("SliceAt.h", runtime::sliceAt), *from, *to, In<I>{1},
                            In<I>{2}, In<T>{0}, Out<T>());
  });
}

FailureOr<PlannedKernel> planStridedSliceAt(nn::StridedSliceOp op, const KernelRequest &request) {
  const TensorRef &input = request.operands[0], &output = request.results[0];
  auto shape = toShape(request, input.shape);
  auto stride = constantIntegers(request, 3, "the strides of a slice");
  if (failed(shape) || failed(stride))
    return failure();
  const size_t entries = stride->size();
  if (request.operands[1].elements() != int64_t(entries) || request.operands[2].elements() != int64_t(entries) ||
      entries > 31)
    return request.error() << "expected as many begins as ends and strides, got " << request.operands[1].elements()
                           << ", " << request.operands[2].elements() << " and " << entries;
  const auto isSet = [](uint32_t mask, size_t bit) { return bool(mask >> bit & 1); };
  size_t consumed = 0;
  for (size_t i = 0; i < entries; ++i)
    consumed += !isSet(op.getNewAxisMask(), i) && !isSet(op.getEllipsisMask(), i);
  if (consumed > input.shape.size())
    return request.error() << "has strides for " << consumed << " dimensions, but an input of shape "
                           << formatDims(input.shape);
  runtime::StridedSliceAt slice{*shape, {}};
  SmallVector<int64_t> result;
  size_t axis = 0;
  const auto takeWhole = [&] {
    slice.axes[axis].count = input.shape[axis];
    result.push_back(input.shape[axis++]);
  };
  for (size_t i = 0; i < entries; ++i) {
    if (isSet(op.getEllipsisMask(), i)) {
      for (; consumed < input.shape.size(); ++consumed)
        takeWhole();
      continue;
    }
    if (isSet(op.getNewAxisMask(), i)) {
      result.push_back(1);
      continue;
    }
    if ((*stride)[i] == 0)
      return request.error() << "expected strides that are not 0";
    runtime::SliceAxis &taken = slice.axes[axis++];
    taken = {int32_t(i),
             (*stride)[i],
             !isSet(op.getBeginMask(), i),
             !isSet(op.getEndMask(), i),
             isSet(op.getShrinkAxisMask(), i),
             op.getOffset(),
             1};
    if (taken.shrinks)
      continue;
    // Bounds that are known give the number of elements, data must give what the result's shape says.
    taken.count = result.size() < output.shape.size() ? output.shape[result.size()] : -1;
    result.push_back(taken.count);
  }
  while (axis < input.shape.size())
    takeWhole();
  if (failed(expectResultShape(request, result)))
    return failure();
  return forTypes(request, [&](auto element, auto index) {
    using T = decltype(element);
    using I = decltype(index);
    return makeFallibleCall(request, reportBounds, VERNIER_KERNEL("SliceAt.h", runtime::stridedSliceAt), slice,
                            In<I>{1}, In<I>{2}, In<T>{0}, Out<T>());
  });
}

} // namespace mlir::vernier
