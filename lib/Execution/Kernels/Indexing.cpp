//===- Indexing.cpp - Tensors from sizes, elements by index ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Runtime/Indexing.h"
#include "ElementTypes.h"
#include "vernier/Runtime/Gather.h"
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
    return makeKernel([size = request.results[0].elements()](const KernelMemory &m) {
      std::fill_n(m.result<T>(), size, *m.operand<T>(1));
    });
  });
}

FailureOr<PlannedKernel> planZerosLike(nn::ZerosLikeOp, const KernelRequest &request) {
  const TensorRef &input = request.operands[0];
  auto bytes = movedBytes(request, input);
  if (failed(bytes) || failed(expectResultShape(request, input.shape)))
    return failure();
  if (isQuantized(input))
    return unsupportedTypes(request);
  return makeKernel(
      [size = input.elements() * *bytes](const KernelMemory &m) { std::fill_n(m.result<char>(), size, 0); });
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
    return makeChecked(request, [left = lhs.shape[0], right = rhs.shape[0]](const KernelMemory &m) {
      const int64_t rank = std::max(left, right);
      for (int64_t i = 0; i < rank; ++i) {
        const T a = i + left < rank ? 1 : m.operand<T>(0)[i + left - rank];
        const T b = i + right < rank ? 1 : m.operand<T>(1)[i + right - rank];
        if (a != b && a != 1 && b != 1)
          return false;
        m.result<T>()[i] = a == 1 ? b : a;
      }
      return true;
    });
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
      return makeKernel([outer, inner, depth = *depth](const KernelMemory &m) {
        runtime::oneHot(outer, depth, inner, m.operand<decltype(index)>(0), *m.operand<T>(2), *m.operand<T>(3),
                        m.result<T>());
      });
    });
  });
}

FailureOr<PlannedKernel> planEmbeddingLookup(nn::EmbeddingLookupOp, const KernelRequest &request) {
  const TensorRef &rows = request.operands[0], &table = request.operands[1];
  auto bytes = movedBytes(request, table);
  if (failed(bytes) || failed(expectRank(request, rows, 1, "indices")))
    return failure();
  if (isQuantized(table) && table.elementType != request.results[0].elementType)
    return unsupportedTypes(request);
  if (table.shape.empty())
    return request.error() << "expected a table with rows, got a scalar";
  if (failed(expectResultShape(request, joined(rows.shape, table.shape.drop_front()))))
    return failure();
  const runtime::GatherParams p{1, 1, int32_t(table.shape[0]), product(table.shape.drop_front()), rows.shape[0]};
  return forIndices(request, rows, [&](auto index) {
    return forElementSize(*bytes, [&](auto element) {
      using T = decltype(element);
      return makeChecked(request, [p](const KernelMemory &m) {
        return runtime::gather(p, m.operand<T>(1), m.operand<decltype(index)>(0), m.result<T>());
      });
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
          return makeKernel([rows = product(input.drop_back()), size = int32_t(input.back()),
                             k = int32_t(*k)](const KernelMemory &m) {
            runtime::topK(rows, size, k, m.operand<T>(0), reinterpret_cast<int32_t *>(m.scratch), m.result<T>(0),
                          m.result<decltype(index)>(1));
          });
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
      return makeKernel([whole = *whole, part = *part](const KernelMemory &m) {
        std::copy_n(m.operand<T>(0), whole.size(), m.result<T>());
        int64_t dense[runtime::maxRank] = {}, at = 0;
        runtime::denseStrides(whole, dense);
        // The update is what runs through in order; the box that it fills is strided.
        runtime::Traversal<1> box;
        box.rank = whole.rank;
        for (int d = 0; d < whole.rank; ++d) {
          const int64_t first = m.operand<decltype(index)>(2)[d];
          at += numerics::clamp<int64_t>(first, 0, whole.dims[d] - part.dims[d]) * dense[d];
          box.dims[d] = part.dims[d];
          box.strides[0][d] = dense[d];
        }
        T *to = m.result<T>() + at;
        const T *from = m.operand<T>(1);
        runtime::forEachRun(runtime::simplify(box),
                            [&](int64_t i, const int64_t (&offsets)[1], const int64_t (&steps)[1], int32_t length) {
                              for (int32_t n = 0; n < length; ++n)
                                to[offsets[0] + n * steps[0]] = from[i + n];
                            });
      });
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
          return makeChecked(request, [shape = *shape, count = product(indices.drop_back()),
                                       depth = int32_t(indices.back())](const KernelMemory &m) {
            const auto add = [](T a, T b) {
              if constexpr (isBool)
                return T(a || b);
              else if constexpr (std::is_same_v<T, float>)
                return a + b;
              else
                return static_cast<T>(static_cast<std::make_unsigned_t<T>>(a) +
                                      static_cast<std::make_unsigned_t<T>>(b));
            };
            return runtime::scatterND(shape, count, depth, m.operand<decltype(index)>(0), m.operand<T>(1), add,
                                      m.result<T>());
          });
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
      return makeChecked(request, [p](const KernelMemory &m) {
        return runtime::reverseSequence(p, m.operand<T>(0), m.operand<decltype(index)>(1), m.result<T>());
      });
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
    return makeKernel([matrices = product(shape.drop_back(2)), rows, columns, diagonal](const KernelMemory &m) {
      runtime::setDiagonal(matrices, rows, columns, diagonal ? m.operand<T>(0) : nullptr, m.operand<T>(diagonal),
                           m.result<T>());
    });
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
  return makeKernel([size = from * input.elements()](const KernelMemory &m) {
    std::copy_n(m.operand<char>(0), size, m.result<char>());
  });
}

FailureOr<PlannedKernel> planBucketize(nn::BucketizeOp op, const KernelRequest &request) {
  const TensorRef &input = request.operands[0];
  if (failed(expectResultShape(request, input.shape)))
    return failure();
  if (isQuantized(input) || classify(request.results[0]) != ElementClass::Int32)
    return unsupportedTypes(request);
  return forTypes<float, int32_t, int64_t>(request, input, [&](auto element) {
    using T = decltype(element);
    return makeKernel([size = input.elements(),
                       boundaries = std::vector<float>(op.getBoundaries())](const KernelMemory &m) {
      for (int64_t i = 0; i < size; ++i)
        m.result<int32_t>()[i] =
            int32_t(std::upper_bound(boundaries.begin(), boundaries.end(), m.operand<T>(0)[i]) - boundaries.begin());
    });
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
