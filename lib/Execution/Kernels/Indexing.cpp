//===- Indexing.cpp - Tensors from sizes, elements by index ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Runtime/Indexing.h"
#include "ElementTypes.h"
#include "Weights.h"
#include "vernier/Interfaces/QuantTypeChecks.h"
#include "vernier/Runtime/EmbeddingLookup.h"
#include "vernier/Runtime/Gather.h"
#include "vernier/Runtime/Reduce.h"
#include "vernier/Runtime/StridedCopy.h"
#include <cmath>

namespace mlir::vernier {
namespace {

SmallVector<int64_t> joined(ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  SmallVector<int64_t> shape(a);
  shape.append(b.begin(), b.end());
  return shape;
}

/// Bytes of an element of result 0, which all of `tensors` have too.
FailureOr<unsigned> movedBytes(const KernelRequest &request, ArrayRef<TensorRef> tensors) {
  const unsigned bytes = elementBytes(request.results[0].elementType);
  for (const TensorRef &tensor : tensors)
    if (!bytes || classify(tensor) != classify(request.results[0]))
      return unsupportedTypes(request);
  return bytes;
}

/// Calls `function` with a value of the type of indices in `tensor`.
template <typename Function>
FailureOr<PlannedKernel> forIndices(const KernelRequest &request, const TensorRef &tensor, Function function) {
  if (isQuantized(tensor))
    return unsupportedTypes(request);
  return forTypes<int32_t, int64_t>(request, tensor, function);
}

/// The one constant integer of operand `index`.
FailureOr<int64_t> constantInteger(const KernelRequest &request, unsigned index, StringRef what) {
  auto values = constantIntegers(request, index, what);
  if (failed(values))
    return failure();
  if (values->size() != 1)
    return request.error() << "expected one integer for " << what << ", got " << values->size();
  return values->front();
}

LogicalResult expectScalar(const KernelRequest &request, unsigned index, StringRef what) {
  if (request.operands[index].elements() == 1)
    return success();
  return request.error() << "expected one element for " << what << ", got shape "
                         << formatDims(request.operands[index].shape);
}

FailureOr<PlannedKernel> planFill(nn::FillOp, const KernelRequest &request) {
  auto dims = constantIntegers(request, 0, "dimensions");
  auto bytes = movedBytes(request, request.operands[1]);
  if (failed(dims) || failed(bytes) || failed(expectScalar(request, 1, "its value")) ||
      failed(expectResultShape(request, SmallVector<int64_t>(dims->begin(), dims->end()))))
    return failure();
  return forElementSize(*bytes, [&](auto element) {
    using T = decltype(element);
    return makeCall(VERNIER_KERNEL("Indexing.h", runtime::fillWith), request.results[0].elements(), In<T>{1}, Out<T>());
  });
}

FailureOr<PlannedKernel> planZerosLike(nn::ZerosLikeOp, const KernelRequest &request) {
  const TensorRef &input = request.operands[0];
  auto bytes = movedBytes(request, input);
  if (failed(bytes) || failed(expectResultShape(request, input.shape)))
    return failure();
  if (isQuantized(input))
    return unsupportedTypes(request);
  return makeCall(VERNIER_KERNEL("Reduce.h", runtime::fill), int64_t(input.elements() * *bytes), uint8_t(0),
                  Out<uint8_t>());
}

FailureOr<PlannedKernel> planRange(nn::RangeOp, const KernelRequest &request) {
  if (isQuantized(request.results[0]) || failed(movedBytes(request, request.operands)))
    return unsupportedTypes(request);
  for (unsigned index = 0; index < 3; ++index)
    if (failed(expectScalar(request, index, "a bound")) || failed(expectValues(request, index, "a bound")))
      return failure();
  return forTypes<float, int32_t, int64_t>(request, request.results[0], [&](auto element) -> FailureOr<PlannedKernel> {
    using T = decltype(element);
    const auto bound = [&](unsigned index) { return *request.operands[index].as<const T>(); };
    const T start = bound(0), limit = bound(1), delta = bound(2);
    if (delta == 0)
      return request.error() << "expected a step other than 0";
    // Wide enough for every type: of 64-bit integers, the exact count matters only where it fits 31 bits.
    const double steps = std::ceil((double(limit) - double(start)) / double(delta));
    if (failed(expectResultShape(request, {int64_t(numerics::clamp(steps, 0.0, 0x1p31))})))
      return failure();
    return makeKernel([start, delta, size = request.results[0].elements()](const KernelMemory &m) {
      T value = start;
      for (int64_t i = 0; i < size; ++i, value += delta)
        m.result<T>()[i] = value;
    });
  });
}

FailureOr<PlannedKernel> planBroadcastArgs(nn::BroadcastArgsOp, const KernelRequest &request) {
  const TensorRef &lhs = request.operands[0], &rhs = request.operands[1];
  if (failed(expectRank(request, lhs, 1, "shapes")) || failed(expectRank(request, rhs, 1, "shapes")) ||
      failed(movedBytes(request, request.operands)) ||
      failed(expectResultShape(request, {std::max(lhs.shape[0], rhs.shape[0])})))
    return failure();
  return forIndices(request, lhs, [&](auto element) {
    using T = decltype(element);
    return makeChecked(request, VERNIER_KERNEL("Indexing.h", runtime::broadcastShapes), lhs.shape[0], rhs.shape[0],
                       In<T>{0}, In<T>{1}, Out<T>());
  });
}

FailureOr<PlannedKernel> planOneHot(nn::OneHotOp op, const KernelRequest &request) {
  ArrayRef<int64_t> indices = request.operands[0].shape;
  auto depth = constantInteger(request, 1, "a depth");
  auto axis = normalizeAxis(request, int32_t(op.getAxis()), indices.size() + 1);
  auto bytes = movedBytes(request, request.operands.drop_front(2));
  if (failed(depth) || failed(axis) || failed(bytes) || failed(expectScalar(request, 2, "its value")) ||
      failed(expectScalar(request, 3, "its other value")) ||
      failed(
          expectResultShape(request, joined(joined(indices.take_front(*axis), {*depth}), indices.drop_front(*axis)))))
    return failure();
  const int64_t outer = product(indices.take_front(*axis)), inner = product(indices.drop_front(*axis));
  return forIndices(request, request.operands[0], [&](auto index) {
    return forElementSize(*bytes, [&](auto element) {
      using T = decltype(element);
      return makeCall(VERNIER_KERNEL("Indexing.h", runtime::oneHot), outer, *depth, inner, In<decltype(index)>{0},
                      In<T>{2}, In<T>{3}, Out<T>());
    });
  });
}

/// A table of integers, and results that are float.
FailureOr<PlannedKernel> planHybridLookup(const KernelRequest &request) {
  const TensorRef &rows = request.operands[0], &table = request.operands[1];
  std::optional<QuantParameters> parameters = QuantParameters::of(table.elementType);
  auto element = cast<quant::QuantizedType>(table.elementType);
  const unsigned bits = element.getStorageTypeIntegralWidth();
  const int64_t columns = product(table.shape.drop_front());
  if (!parameters || !element.isSigned() || (bits != 8 && bits != 4 && bits != 2) ||
      llvm::any_of(parameters->zeroPoints, [](int64_t zeroPoint) { return zeroPoint != 0; }) ||
      (parameters->axis && *parameters->axis != 0))
    return request.unsupported() << "expected a table with zero points of 0 and one scale for each row, got "
                                 << table.elementType;
  if (bits < 8 && (!table.data || columns % (8 / bits) != 0))
    return request.unsupported() << "expected constant rows of whole bytes, got rows of " << columns << " elements of "
                                 << bits << " bits";
  const Prepared<float> scales(std::vector<float>(parameters->scales.begin(), parameters->scales.end()));
  return forIndices(request, rows, [&](auto index) {
    const auto call = [&](auto from) {
      return makeChecked(request, VERNIER_KERNEL("EmbeddingLookup.h", runtime::lookUpRows), int32_t(table.shape[0]),
                         columns, rows.shape[0], from, scales, int32_t(parameters->scales.size() > 1),
                         In<decltype(index)>{0}, Out<float>());
    };
    return bits < 8 ? call(Prepared<int8_t>(unpackIntegers(table, bits))) : call(In<int8_t>{1});
  });
}

FailureOr<PlannedKernel> planEmbeddingLookup(nn::EmbeddingLookupOp, const KernelRequest &request) {
  const TensorRef &rows = request.operands[0], &table = request.operands[1];
  if (failed(expectRank(request, rows, 1, "indices")))
    return failure();
  if (table.shape.empty())
    return request.error() << "expected a table with rows, got a scalar";
  if (failed(expectResultShape(request, joined(rows.shape, table.shape.drop_front()))))
    return failure();
  if (isQuantized(table) && isFloat(request.results[0]))
    return planHybridLookup(request);
  auto bytes = movedBytes(request, table);
  if (failed(bytes))
    return failure();
  if (isQuantized(table) && table.elementType != request.results[0].elementType)
    return unsupportedTypes(request);
  const runtime::GatherParams p{1, 1, int32_t(table.shape[0]), product(table.shape.drop_front()), rows.shape[0]};
  return forIndices(request, rows, [&](auto index) {
    return forElementSize(*bytes, [&](auto element) {
      using T = decltype(element);
      return makeChecked(request, VERNIER_KERNEL("Gather.h", runtime::gather), p, In<T>{1}, In<decltype(index)>{0},
                         Out<T>());
    });
  });
}

FailureOr<PlannedKernel> planTopK(nn::TopkV2Op, const KernelRequest &request) {
  ArrayRef<int64_t> input = request.operands[0].shape;
  auto k = constantInteger(request, 1, "k");
  if (failed(k) || failed(movedBytes(request, request.operands[0])))
    return failure();
  if (input.empty() || *k < 0 || *k > input.back())
    return request.error() << "expected k of at most the last dimension of " << formatDims(input) << ", got " << *k;
  SmallVector<int64_t> expected = joined(input.drop_back(), {*k});
  if (failed(expectResultShape(request, expected, 0)) || failed(expectResultShape(request, expected, 1)))
    return failure();
  auto kernel =
      forTypes<float, int8_t, uint8_t, int16_t, int32_t, int64_t>(request, request.operands[0], [&](auto element) {
        using T = decltype(element);
        return forTypes<int16_t, int32_t>(request, request.results[1], [&](auto index) {
          return makeCall(VERNIER_KERNEL("Indexing.h", runtime::topK), product(input.drop_back()),
                          int32_t(input.back()), int32_t(*k), In<T>{0}, Scratch<int32_t>(), Out<T>(),
                          Out<decltype(index)>{1});
        });
      });
  if (succeeded(kernel))
    kernel->scratchBytes = input.back() * int64_t(sizeof(int32_t));
  return kernel;
}

FailureOr<PlannedKernel> planDynamicUpdateSlice(nn::DynamicUpdateSliceOp, const KernelRequest &request) {
  const TensorRef &operand = request.operands[0], &update = request.operands[1], &start = request.operands[2];
  auto whole = toShape(request, operand.shape), part = toShape(request, update.shape);
  auto bytes = movedBytes(request, {operand, update});
  if (failed(whole) || failed(part) || failed(bytes) || failed(expectResultShape(request, operand.shape)) ||
      failed(expectRank(request, update, operand.shape.size(), "an update")))
    return failure();
  if (start.elements() != int64_t(operand.shape.size()))
    return request.error() << "expected a start for each of " << operand.shape.size() << " dimensions, got "
                           << start.elements();
  for (auto [size, limit] : llvm::zip_equal(update.shape, operand.shape))
    if (size > limit)
      return request.error() << "expected an update within " << formatDims(operand.shape) << ", got "
                             << formatDims(update.shape);
  return forIndices(request, start, [&](auto index) {
    return forElementSize(*bytes, [&](auto element) {
      using T = decltype(element);
      return makeCall(VERNIER_KERNEL("Indexing.h", runtime::updateSlice), *whole, *part, In<T>{0}, In<T>{1},
                      In<decltype(index)>{2}, Out<T>());
    });
  });
}

FailureOr<PlannedKernel> planScatterNd(nn::ScatterNdOp, const KernelRequest &request) {
  ArrayRef<int64_t> indices = request.operands[0].shape, output = request.results[0].shape;
  auto sizes = constantIntegers(request, 2, "a shape");
  auto shape = toShape(request, output);
  if (failed(sizes) || failed(shape) || failed(movedBytes(request, request.operands[1])) ||
      failed(expectResultShape(request, SmallVector<int64_t>(sizes->begin(), sizes->end()))))
    return failure();
  if (indices.empty() || indices.back() > int64_t(output.size()))
    return request.error() << "expected index vectors of at most " << output.size() << " elements, got shape "
                           << formatDims(indices);
  SmallVector<int64_t> updates = joined(indices.drop_back(), output.drop_front(indices.back()));
  if (request.operands[1].shape != ArrayRef<int64_t>(updates))
    return request.error() << "expected updates of shape " << formatDims(updates) << ", got "
                           << formatDims(request.operands[1].shape);
  return forIndices(request, request.operands[0], [&](auto index) {
    return forTypes<float, int8_t, uint8_t, int16_t, int32_t, int64_t, bool>(
        request, request.operands[1], [&](auto element) {
          constexpr bool isBool = std::is_same_v<decltype(element), bool>;
          using T = std::conditional_t<isBool, uint8_t, decltype(element)>;
          const auto scatter = [&](auto add) {
            return makeChecked(request, VERNIER_KERNEL("Indexing.h,Reduce.h", runtime::scatterND), *shape,
                               product(indices.drop_back()), int32_t(indices.back()), In<decltype(index)>{0}, In<T>{1},
                               add, Out<T>());
          };
          if constexpr (isBool)
            return scatter(runtime::AnyFold());
          else if constexpr (std::is_same_v<T, float>)
            return scatter(runtime::SumFold());
          else
            return scatter(runtime::WrappingSumFold<T>());
        });
  });
}

FailureOr<PlannedKernel> planReverseSequence(nn::ReverseSequenceOp op, const KernelRequest &request) {
  ArrayRef<int64_t> input = request.operands[0].shape;
  auto bytes = movedBytes(request, request.operands[0]);
  auto sequence = normalizeAxis(request, int32_t(op.getSeqDim()), input.size());
  auto batch = normalizeAxis(request, int32_t(op.getBatchDim()), input.size());
  if (failed(bytes) || failed(sequence) || failed(batch) || failed(expectResultShape(request, input)))
    return failure();
  if (*sequence == *batch || request.operands[1].elements() != input[*batch])
    return request.error() << "expected a length for each of " << input[*batch]
                           << " sequences along another dimension, got " << request.operands[1].elements();
  const int64_t first = std::min(*sequence, *batch), second = std::max(*sequence, *batch);
  const runtime::ReverseSequenceParams p{product(input.take_front(first)),
                                         input[first],
                                         product(input.slice(first + 1, second - first - 1)),
                                         input[second],
                                         product(input.drop_front(second + 1)),
                                         *batch == first};
  return forIndices(request, request.operands[1], [&](auto index) {
    return forElementSize(*bytes, [&](auto element) {
      using T = decltype(element);
      return makeChecked(request, VERNIER_KERNEL("Indexing.h", runtime::reverseSequence), p, In<T>{0},
                         In<decltype(index)>{1}, Out<T>());
    });
  });
}

/// MATRIX_SET_DIAG of operands 0 and 1, or MATRIX_DIAG of operand 0 alone.
FailureOr<PlannedKernel> planDiagonal(const KernelRequest &request, unsigned diagonal, ArrayRef<int64_t> shape) {
  auto bytes = movedBytes(request, request.operands);
  if (failed(bytes) || failed(expectResultShape(request, shape)))
    return failure();
  const int64_t rows = shape[shape.size() - 2], columns = shape.back();
  SmallVector<int64_t> expected = joined(shape.drop_back(2), {std::min(rows, columns)});
  if (request.operands[diagonal].shape != ArrayRef<int64_t>(expected))
    return request.error() << "expected diagonals of shape " << formatDims(expected) << ", got "
                           << formatDims(request.operands[diagonal].shape);
  return forElementSize(*bytes, [&](auto element) {
    using T = decltype(element);
    return makeCall(VERNIER_KERNEL("Indexing.h", runtime::setDiagonal), product(shape.drop_back(2)), rows, columns,
                    In<T>{diagonal ? 0u : kNoOperand}, In<T>{diagonal}, Out<T>());
  });
}
FailureOr<PlannedKernel> planMatrixDiag(nn::MatrixDiagOp, const KernelRequest &request) {
  ArrayRef<int64_t> diagonal = request.operands[0].shape;
  if (diagonal.empty())
    return request.error() << "expected diagonals, got a scalar";
  return planDiagonal(request, 0, joined(diagonal, {diagonal.back()}));
}
FailureOr<PlannedKernel> planMatrixSetDiag(nn::MatrixSetDiagOp, const KernelRequest &request) {
  ArrayRef<int64_t> input = request.operands[0].shape;
  if (input.size() < 2)
    return request.error() << "expected matrices, got shape " << formatDims(input);
  return planDiagonal(request, 1, input);
}

FailureOr<PlannedKernel> planBitcast(nn::BitcastOp, const KernelRequest &request) {
  const TensorRef &input = request.operands[0], &output = request.results[0];
  const unsigned from = elementBytes(input.elementType), to = elementBytes(output.elementType);
  if (!from || !to)
    return unsupportedTypes(request);
  if (!request.knowsShape()) {
    // The last dimension goes into wider elements, or counts the parts of each.
    SmallVector<int64_t> shape(input.shape);
    if (from > to)
      shape.push_back(from / to);
    else if (from < to && (shape.empty() || shape.pop_back_val() != int64_t(to / from)))
      return request.error() << "expected a last dimension of " << to / from << ", got shape "
                             << formatDims(input.shape);
    return expectResultShape(request, shape);
  }
  if (from * input.elements() != to * output.elements())
    return request.error() << "expected a result of " << from * input.elements() << " bytes, got "
                           << to * output.elements();
  const int64_t size = from * input.elements();
  return makeCall(VERNIER_KERNEL("StridedCopy.h", runtime::copyBlocks), int64_t(1), size, size, size, In<uint8_t>{0},
                  Out<uint8_t>());
}

FailureOr<PlannedKernel> planBucketize(nn::BucketizeOp op, const KernelRequest &request) {
  const TensorRef &input = request.operands[0];
  if (failed(expectResultShape(request, input.shape)))
    return failure();
  if (isQuantized(input) || classify(request.results[0]) != ElementClass::Int32)
    return unsupportedTypes(request);
  return forTypes<float, int32_t, int64_t>(request, input, [&](auto element) {
    using T = decltype(element);
    Prepared<float> boundaries{std::vector<float>(op.getBoundaries())};
    return makeCall(VERNIER_KERNEL("Indexing.h", runtime::bucketize), input.elements(),
                    int64_t(boundaries.elements->size()), boundaries, In<T>{0}, Out<int32_t>());
  });
}

} // namespace

ArrayRef<KernelRow> indexingKernels() {
  static const KernelRow rows[] = {
      row<nn::FillOp, planFill>(),
      row<nn::ZerosLikeOp, planZerosLike>(),
      row<nn::RangeOp, planRange>(),
      row<nn::BroadcastArgsOp, planBroadcastArgs>(),
      row<nn::OneHotOp, planOneHot>(),
      row<nn::EmbeddingLookupOp, planEmbeddingLookup>(),
      row<nn::TopkV2Op, planTopK>(),
      row<nn::DynamicUpdateSliceOp, planDynamicUpdateSlice>(),
      row<nn::ScatterNdOp, planScatterNd>(),
      row<nn::ReverseSequenceOp, planReverseSequence>(),
      row<nn::MatrixDiagOp, planMatrixDiag>(),
      row<nn::MatrixSetDiagOp, planMatrixSetDiag>(),
      row<nn::BitcastOp, planBitcast>(),
      row<nn::BucketizeOp, planBucketize>(),
  };
  return rows;
}

} // namespace mlir::vernier
