//===- Segments.cpp - Running sums and folds by id ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ElementTypes.h"
#include "vernier/Runtime/Indexing.h"
#include "vernier/Runtime/IntegerArithmetic.h"
#include "vernier/Runtime/Reduce.h"

namespace mlir::vernier {
namespace {

/// A function object, and what an empty segment has.
template <typename T> struct Plus {
  using Function = std::conditional_t<std::is_same_v<T, float>, runtime::SumFold, runtime::AddInteger<T>>;
  static constexpr T initial() { return 0; }
};
template <typename T> struct Times {
  using Function = std::conditional_t<std::is_same_v<T, float>, runtime::ProductFold, runtime::MulInteger<T>>;
  static constexpr T initial() { return 1; }
};
// The extreme values are finite.
template <typename T> struct Largest {
  using Function = runtime::MaxFold;
  static constexpr T initial() { return std::numeric_limits<T>::lowest(); }
};
template <typename T> struct Smallest {
  using Function = runtime::MinFold;
  static constexpr T initial() { return std::numeric_limits<T>::max(); }
};

/// Calls `function` with a value of the type of elements that stand for themselves.
template <typename Function> FailureOr<PlannedKernel> forNumbers(const KernelRequest &request, Function function) {
  if (isQuantized(request.operands[0]) || request.operands[0].elementType != request.results[0].elementType)
    return unsupportedTypes(request);
  return forTypes<float, int32_t, int64_t>(request, request.operands[0], function);
}

FailureOr<PlannedKernel> planCumsum(nn::CumsumOp op, const KernelRequest &request) {
  ArrayRef<int64_t> input = request.operands[0].shape;
  auto axis = readAxis(request, 1, input.size());
  if (failed(axis) || failed(expectResultShape(request, input)))
    return failure();
  int64_t outer = 1, inner = 1;
  for (auto [d, size] : llvm::enumerate(input))
    (int64_t(d) < *axis ? outer : inner) *= int64_t(d) == *axis ? 1 : size;
  return forNumbers(request, [&](auto element) {
    using T = decltype(element);
    return makeCall(VERNIER_KERNEL("Indexing.h,Reduce.h,IntegerArithmetic.h", runtime::cumulativeSum), outer,
                    input[*axis], inner, bool(op.getExclusive()), bool(op.getReverse()), In<T>{0},
                    typename Plus<T>::Function(), Out<T>());
  });
}

/// The result says how many segments there are, a constant operand of the unsorted forms the same.
template <typename Op, template <typename> class Fold>
FailureOr<PlannedKernel> planSegments(Op, const KernelRequest &request) {
  ArrayRef<int64_t> input = request.operands[0].shape, ids = request.operands[1].shape,
                    output = request.results[0].shape;
  if (ids.empty() || ids.size() > input.size() || input.take_front(ids.size()) != ids)
    return request.error() << "expected ids for the leading dimensions of " << formatDims(input) << ", got shape "
                           << formatDims(ids);
  SmallVector<int64_t> expected(input.drop_front(ids.size() - 1));
  if (!request.knowsShape()) {
    const bool isNamed = request.operands.size() > 2;
    auto numbers = constantIntegers(request, isNamed ? 2 : 1, isNamed ? "a number of segments" : "segment ids");
    if (failed(numbers))
      return failure();
    // Ids that come in order end with the largest.
    expected[0] = numbers->empty() ? 0 : int64_t(numbers->back()) + !isNamed;
    return expectResultShape(request, expected);
  }
  if (output.empty())
    return request.error() << "expected a result of segments, got a scalar";
  expected[0] = output[0];
  if (failed(expectResultShape(request, expected)))
    return failure();
  if (request.operands.size() > 2) {
    auto segments = constantIntegers(request, 2, "a number of segments");
    if (failed(segments))
      return failure();
    if (segments->size() != 1 || segments->front() != output[0])
      return request.error() << "expected a result of as many segments as it names, got " << formatDims(output);
  }
  int64_t slice = 1;
  for (int64_t size : input.drop_front(ids.size()))
    slice *= size;
  if (classify(request.operands[1]) != ElementClass::Int32 || isQuantized(request.operands[1]))
    return request.unsupported() << "segment ids of type " << request.operands[1].elementType;
  return forNumbers(request, [&](auto element) {
    using T = decltype(element);
    return makeChecked(request, VERNIER_KERNEL("Indexing.h,Reduce.h,IntegerArithmetic.h", runtime::foldSegments),
                       request.operands[1].elements(), slice, output[0], Fold<T>::initial(), In<T>{0}, In<int32_t>{1},
                       typename Fold<T>::Function(), Out<T>());
  });
}

} // namespace

ArrayRef<KernelRow> segmentKernels() {
  static const KernelRow rows[] = {
      row<nn::CumsumOp, planCumsum>(),
      row<nn::SegmentSumOp, planSegments<nn::SegmentSumOp, Plus>>(),
      row<nn::UnsortedSegmentSumOp, planSegments<nn::UnsortedSegmentSumOp, Plus>>(),
      row<nn::UnsortedSegmentProdOp, planSegments<nn::UnsortedSegmentProdOp, Times>>(),
      row<nn::UnsortedSegmentMaxOp, planSegments<nn::UnsortedSegmentMaxOp, Largest>>(),
      row<nn::UnsortedSegmentMinOp, planSegments<nn::UnsortedSegmentMinOp, Smallest>>(),
  };
  return rows;
}

} // namespace mlir::vernier
