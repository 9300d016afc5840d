//===- Movement.cpp - Operators that only rearrange a tensor ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A reshape is an alias; everything else here is one strided copy with a plan of its own.
//===----------------------------------------------------------------------===//

#include "Call.h"
#include "SliceAt.h"
#include "vernier/Runtime/StridedCopy.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::vernier {
namespace {

using Copy = runtime::Traversal<1>;

/// Bytes of an element that moves from operand `from` to result 0; fails when the two differ or take no whole bytes.
FailureOr<unsigned> movedBytes(const KernelRequest &request, unsigned from) {
  const TensorRef &input = request.operands[from], &output = request.results[0];
  const unsigned bytes = elementBytes(input.elementType);
  if (!bytes || classify(input) != classify(output))
    return request.unsupported() << "elements of type " << input.elementType << " with results of type "
                                 << output.elementType;
  return bytes;
}

FailureOr<PlannedKernel> makeCopy(const KernelRequest &request, const Copy &plan) {
  FailureOr<unsigned> bytes = movedBytes(request, 0);
  if (failed(bytes))
    return failure();
  return forElementSize(*bytes, [&](auto element) {
    using T = decltype(element);
    return makeCall(VERNIER_KERNEL("StridedCopy.h", runtime::stridedCopy), plan, In<T>{0}, Out<T>());
  });
}

/// The operand's bytes in another shape: `expected`, unless the result says itself.
FailureOr<PlannedKernel> planAlias(const KernelRequest &request, const FailureOr<SmallVector<int64_t>> &expected) {
  if (failed(movedBytes(request, 0)) || failed(expected))
    return failure();
  if (!request.knowsShape())
    return expectResultShape(request, *expected);
  const int64_t elements = request.operands[0].elements();
  if (request.results[0].elements() != elements)
    return request.error() << "expected a result of " << elements << " elements, got shape "
                           << formatDims(request.results[0].shape);
  PlannedKernel kernel;
  kernel.aliasOf = 0;
  return kernel;
}

/// The shape that RESHAPE's operand asks for or, where it has none, its option; one size may be -1.
FailureOr<SmallVector<int64_t>> reshapedShape(nn::ReshapeOp op, const KernelRequest &request) {
  SmallVector<int64_t> shape;
  if (request.has(1)) {
    auto sizes = constantIntegers(request, 1, "a shape");
    if (failed(sizes))
      return failure();
    shape.assign(sizes->begin(), sizes->end());
  } else {
    shape.assign(op.getNewShape()->begin(), op.getNewShape()->end());
  }
  int64_t known = 1, *open = nullptr;
  for (int64_t &size : shape)
    if (size == -1 && !open)
      open = &size;
    else if (size < 0 || llvm::MulOverflow(known, size, known))
      return request.error() << "expected sizes of at least 0 and at most one of -1, got " << formatDims(shape);
  if (open)
    *open = known ? request.operands[0].elements() / known : 0;
  return shape;
}

FailureOr<PlannedKernel> planReshape(nn::ReshapeOp op, const KernelRequest &request) {
  if (request.knowsShape() || (!request.has(1) && !op.getNewShape()))
    return planAlias(request, SmallVector<int64_t>(request.results[0].shape));
  return planAlias(request, reshapedShape(op, request));
}

FailureOr<PlannedKernel> planSqueeze(nn::SqueezeOp op, const KernelRequest &request) {
  ArrayRef<int64_t> input = request.operands[0].shape;
  SmallVector<bool> dropped(input.size(), false);
  for (int32_t dim : op.getSqueezeDims().value_or(ArrayRef<int32_t>())) {
    auto axis = normalizeAxis(request, dim, input.size());
    if (failed(axis))
      return failure();
    dropped[*axis] = true;
  }
  const bool all = op.getSqueezeDims().value_or(ArrayRef<int32_t>()).empty();
  SmallVector<int64_t> expected;
  for (auto [size, drop] : llvm::zip_equal(input, dropped))
    if (size != 1 || (!all && !drop))
      expected.push_back(size);
  return planAlias(request, expected);
}

FailureOr<PlannedKernel> planExpandDims(nn::ExpandDimsOp, const KernelRequest &request) {
  SmallVector<int64_t> expected(request.operands[0].shape);
  if (request.knowsShape())
    return planAlias(request, expected);
  auto axis = readAxis(request, 1, expected.size() + 1);
  if (failed(axis))
    return failure();
  expected.insert(expected.begin() + *axis, 1);
  return planAlias(request, expected);
}

FailureOr<PlannedKernel> planTranspose(nn::TransposeOp, const KernelRequest &request) {
  ArrayRef<int64_t> input = request.operands[0].shape;
  auto shape = toShape(request, input);
  auto permutation = constantIntegers(request, 1, "a permutation");
  if (failed(shape) || failed(permutation))
    return failure();
  if (permutation->size() != input.size())
    return request.error() << "expected a permutation of " << input.size() << " dimensions, got "
                           << permutation->size();
  SmallVector<int64_t> expected;
  SmallVector<bool> taken(input.size(), false);
  for (int32_t &from : *permutation) {
    auto axis = normalizeAxis(request, from, input.size());
    if (failed(axis))
      return failure();
    if (taken[*axis])
      return request.error() << "expected a permutation, got dimension " << *axis << " twice";
    taken[*axis] = true;
    from = *axis;
    expected.push_back(input[*axis]);
  }
  if (failed(expectResultShape(request, expected)))
    return failure();
  return makeCopy(request, runtime::makeTranspose(*shape, permutation->data()));
}

FailureOr<PlannedKernel> planSlice(nn::SliceOp, const KernelRequest &request) {
  if (isSliceAt(request))
    return planSliceAt(request);
  ArrayRef<int64_t> input = request.operands[0].shape;
  auto shape = toShape(request, input);
  auto begin = constantIntegers(request, 1, "the begin of a slice");
  auto size = constantIntegers(request, 2, "the size of a slice");
  if (failed(shape) || failed(begin) || failed(size))
    return failure();
  if (begin->size() != input.size() || size->size() != input.size())
    return request.error() << "expected a begin and a size for each of " << input.size() << " dimensions, got "
                           << begin->size() << " and " << size->size();
  SmallVector<int64_t> expected;
  for (size_t d = 0; d < input.size(); ++d) {
    const int64_t first = (*begin)[d];
    const int64_t count = (*size)[d] == -1 ? input[d] - first : (*size)[d];
    if (first < 0 || count < 0 || first + count > input[d])
      return request.error() << "expected a slice within dimension " << d << " of size " << input[d] << ", got "
                             << count << " elements from " << first;
    (*size)[d] = count;
    expected.push_back(count);
  }
  if (failed(expectResultShape(request, expected)))
    return failure();
  return makeCopy(request, runtime::makeSlice(*shape, begin->data(), nullptr, size->data()));
}

/// STRIDED_SLICE with its masks resolved: one slice for each input dimension, and the result's shape.
struct ResolvedSlice {
  SmallVector<int32_t> begin, stride, size;
  SmallVector<int64_t> result;

  void take(int32_t first, int32_t step, int32_t count) {
    begin.push_back(first);
    stride.push_back(step);
    size.push_back(count);
  }
  void takeWhole(int64_t dim) {
    take(0, 1, dim);
    result.push_back(dim);
  }
};

FailureOr<ResolvedSlice> resolve(nn::StridedSliceOp op, const KernelRequest &request) {
  ArrayRef<int64_t> input = request.operands[0].shape;
  auto begin = constantIntegers(request, 1, "the begin of a slice");
  auto end = constantIntegers(request, 2, "the end of a slice");
  auto stride = constantIntegers(request, 3, "the strides of a slice");
  if (failed(begin) || failed(end) || failed(stride))
    return failure();
  const size_t entries = begin->size();
  if (end->size() != entries || stride->size() != entries || entries > 31)
    return request.error() << "expected as many begins as ends and strides, got " << entries << ", " << end->size()
                           << " and " << stride->size();
  const auto isSet = [](uint32_t mask, size_t bit) { return bool(mask >> bit & 1); };
  size_t consumed = 0;
  for (size_t i = 0; i < entries; ++i)
    consumed += !isSet(op.getNewAxisMask(), i) && !isSet(op.getEllipsisMask(), i);
  if (consumed > input.size())
    return request.error() << "has strides for " << consumed << " dimensions, but an input of shape "
                           << formatDims(input);

  ResolvedSlice slice;
  for (size_t i = 0; i < entries; ++i) {
    if (isSet(op.getEllipsisMask(), i)) {
      // A second ellipsis finds nothing left to stand for.
      for (; consumed < input.size(); ++consumed)
        slice.takeWhole(input[slice.begin.size()]);
      continue;
    }
    if (isSet(op.getNewAxisMask(), i)) {
      slice.result.push_back(1);
      continue;
    }
    const int64_t dim = input[slice.begin.size()];
    const int32_t first = (*begin)[i], step = (*stride)[i];
    if (step == 0)
      return request.error() << "expected strides that are not 0";
    const bool hasBegin = !isSet(op.getBeginMask(), i);
    if (isSet(op.getShrinkAxisMask(), i)) {
      const int64_t at = hasBegin ? (first < 0 ? first + dim : first) : step > 0 ? 0 : dim - 1;
      if (at < 0 || at >= dim)
        return request.error() << "expected an index within dimension " << slice.begin.size() << " of size " << dim
                               << ", got " << first;
      slice.take(at, 1, 1);
      continue;
    }
    int64_t last = (*end)[i];
    if (op.getOffset())
      last += runtime::resolveStridedSlice(dim, first, 0, step, hasBegin, false).begin;
    const auto bounds = runtime::resolveStridedSlice(dim, first, numerics::clamp<int64_t>(last, INT32_MIN, INT32_MAX),
                                                     step, hasBegin, !isSet(op.getEndMask(), i));
    slice.take(bounds.begin, step, bounds.size);
    slice.result.push_back(bounds.size);
  }
  while (slice.begin.size() < input.size())
    slice.takeWhole(input[slice.begin.size()]);
  return slice;
}

FailureOr<PlannedKernel> planStridedSlice(nn::StridedSliceOp op, const KernelRequest &request) {
  if (isSliceAt(request))
    return planStridedSliceAt(op, request);
  auto shape = toShape(request, request.operands[0].shape);
  if (failed(shape))
    return failure();
  auto slice = resolve(op, request);
  if (failed(slice) || failed(expectResultShape(request, slice->result)))
    return failure();
  return makeCopy(request, runtime::makeSlice(*shape, slice->begin.data(), slice->stride.data(), slice->size.data()));
}

FailureOr<PlannedKernel> planReverse(nn::ReverseV2Op, const KernelRequest &request) {
  ArrayRef<int64_t> input = request.operands[0].shape;
  auto shape = toShape(request, input);
  auto axes = constantIntegers(request, 1, "axes");
  if (failed(shape) || failed(axes) || failed(expectResultShape(request, input)))
    return failure();
  SmallVector<int32_t> begin(input.size(), 0), stride(input.size(), 1);
  for (int32_t at : *axes) {
    auto axis = normalizeAxis(request, at, input.size());
    if (failed(axis))
      return failure();
    stride[*axis] = -1;
    begin[*axis] = std::max<int32_t>(shape->dims[*axis] - 1, 0);
  }
  return makeCopy(request, runtime::makeSlice(*shape, begin.data(), stride.data(), shape->dims));
}

FailureOr<PlannedKernel> planTile(nn::TileOp, const KernelRequest &request) {
  ArrayRef<int64_t> input = request.operands[0].shape;
  auto shape = toShape(request, input);
  auto multiples = constantIntegers(request, 1, "multiples");
  if (failed(shape) || failed(multiples))
    return failure();
  if (multiples->size() != input.size())
    return request.error() << "expected " << input.size() << " multiples, got " << multiples->size();
  int64_t dense[runtime::maxRank] = {};
  runtime::denseStrides(*shape, dense);
  SmallVector<int64_t> expected;
  Copy plan;
  const auto walk = [&](int32_t count, int64_t stride) {
    if (plan.rank < runtime::maxRank) {
      plan.dims[plan.rank] = count;
      plan.strides[0][plan.rank] = stride;
    }
    ++plan.rank;
  };
  for (size_t d = 0; d < input.size(); ++d) {
    const int32_t multiple = (*multiples)[d];
    if (multiple < 0)
      return request.error() << "expected multiples of at least 0, got " << multiple;
    expected.push_back(input[d] * multiple);
    if (multiple != 1)
      walk(multiple, 0);
    if (input[d] != 1)
      walk(input[d], dense[d]);
  }
  if (failed(expectResultShape(request, expected)))
    return failure();
  if (plan.rank > runtime::maxRank)
    return request.unsupported() << "repeats too many dimensions";
  return makeCopy(request, runtime::simplify(plan));
}

FailureOr<PlannedKernel> planBroadcastTo(nn::BroadcastToOp, const KernelRequest &request) {
  if (!request.knowsShape()) {
    auto sizes = constantIntegers(request, 1, "a shape");
    if (failed(sizes))
      return failure();
    return expectResultShape(request, SmallVector<int64_t>(sizes->begin(), sizes->end()));
  }
  auto input = toShape(request, request.operands[0].shape), output = toShape(request, request.results[0].shape);
  if (failed(input) || failed(output))
    return failure();
  Copy plan;
  if (!runtime::makeBroadcastTo(*input, *output, plan))
    return request.error() << "expected an input that broadcasts to " << formatDims(request.results[0].shape)
                           << ", got " << formatDims(request.operands[0].shape);
  return makeCopy(request, plan);
}

FailureOr<PlannedKernel> planSpaceToDepth(nn::SpaceToDepthOp op, const KernelRequest &request) {
  const TensorRef &input = request.operands[0];
  const int64_t block = int32_t(op.getBlockSize());
  if (failed(expectRank(request, input, 4, "an input")))
    return failure();
  ArrayRef<int64_t> in = input.shape;
  if (block <= 0 || block > 0x7fff || in[1] % block || in[2] % block)
    return request.error() << "expected height and width to be multiples of block size " << block << ", got "
                           << formatDims(in);
  if (failed(expectResultShape(request, {in[0], in[1] / block, in[2] / block, in[3] * block * block})))
    return failure();
  return makeCopy(request, runtime::makeSpaceToDepth(in[0], in[1], in[2], in[3], block));
}

FailureOr<PlannedKernel> planDepthToSpace(nn::DepthToSpaceOp op, const KernelRequest &request) {
  const TensorRef &input = request.operands[0];
  const int64_t block = int32_t(op.getBlockSize());
  if (failed(expectRank(request, input, 4, "an input")))
    return failure();
  ArrayRef<int64_t> in = input.shape;
  if (block <= 0 || block > 0x7fff || in[3] % (block * block))
    return request.error() << "expected channels that are a multiple of " << block * block << ", got "
                           << formatDims(in);
  if (failed(expectResultShape(request, {in[0], in[1] * block, in[2] * block, in[3] / (block * block)})))
    return failure();
  return makeCopy(request, runtime::makeDepthToSpace(in[0], in[1], in[2], in[3], block));
}

} // namespace

ArrayRef<KernelRow> movementKernels() {
  static const KernelRow rows[] = {
      row<nn::ReshapeOp, planReshape>(),
      row<nn::SqueezeOp, planSqueeze>(),
      row<nn::ExpandDimsOp, planExpandDims>(),
      row<nn::TransposeOp, planTranspose>(),
      row<nn::SliceOp, planSlice>(),
      row<nn::StridedSliceOp, planStridedSlice>(),
      row<nn::ReverseV2Op, planReverse>(),
      row<nn::TileOp, planTile>(),
      row<nn::BroadcastToOp, planBroadcastTo>(),
      row<nn::SpaceToDepthOp, planSpaceToDepth>(),
      row<nn::DepthToSpaceOp, planDepthToSpace>(),
  };
  return rows;
}

} // namespace mlir::vernier
