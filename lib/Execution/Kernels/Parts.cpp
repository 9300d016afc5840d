//===- Parts.cpp - Operators that join, cut and pick ------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Call.h"
#include "vernier/Runtime/Concatenation.h"
#include "vernier/Runtime/Elementwise.h"
#include "vernier/Runtime/Gather.h"
#include "vernier/Runtime/StridedCopy.h"

namespace mlir::vernier {
namespace {

/// A part of a whole along one axis, in elements: `count` blocks of `size` that lie `step` apart in the whole, the
/// first of them at `offset`.
struct Part {
  int64_t count, size, step, offset;
};

/// The parts of `whole` along `axis` with these extents, which fill it.
SmallVector<Part> layOut(ArrayRef<int64_t> whole, int64_t axis, ArrayRef<int64_t> extents) {
  const int64_t outer = product(whole.take_front(axis)), inner = product(whole.drop_front(axis + 1));
  SmallVector<Part> parts;
  int64_t offset = 0;
  for (int64_t extent : extents) {
    parts.push_back({outer, extent * inner, whole[axis] * inner, offset});
    offset += extent * inner;
  }
  return parts;
}

/// Bytes of an element of `whole`, which every one of `parts` has too.
FailureOr<unsigned> movedBytes(const KernelRequest &request, const TensorRef &whole, ArrayRef<TensorRef> parts) {
  const unsigned bytes = elementBytes(whole.elementType);
  for (const TensorRef &part : parts)
    if (!bytes || classify(part) != classify(whole))
      return request.unsupported() << "elements of type " << part.elementType << " beside " << whole.elementType;
  return bytes;
}

PlannedKernel makeJoin(unsigned bytes, SmallVector<Part> parts) {
  return forElementSize(bytes, [&](auto element) {
    using T = decltype(element);
    std::vector<PlannedKernel> copies;
    for (auto [index, part] : llvm::enumerate(parts))
      copies.push_back(makeCall(VERNIER_KERNEL("StridedCopy.h", runtime::copyBlocks), part.count, part.size, part.size,
                                part.step, In<T>{unsigned(index)}, Out<T>{0, part.offset}));
    return inOrder(std::move(copies));
  });
}

PlannedKernel makeCut(unsigned bytes, unsigned operand, SmallVector<Part> parts) {
  return forElementSize(bytes, [&](auto element) {
    using T = decltype(element);
    std::vector<PlannedKernel> copies;
    for (auto [index, part] : llvm::enumerate(parts))
      copies.push_back(makeCall(VERNIER_KERNEL("StridedCopy.h", runtime::copyBlocks), part.count, part.size, part.step,
                                part.size, In<T>{operand, part.offset}, Out<T>{unsigned(index)}));
    return inOrder(std::move(copies));
  });
}

/// CONCATENATION of uint8 tensors whose parameters differ: a table for each input. Nothing where all agree.
using Table = std::vector<uint8_t>;
std::optional<SmallVector<Table>> requantizingTables(const KernelRequest &request) {
  auto output = affine(request.results[0], ElementClass::UInt8);
  if (!output || llvm::all_of(request.operands, [&](const TensorRef &input) {
        return input.elementType == request.results[0].elementType;
      }))
    return std::nullopt;
  SmallVector<Table> tables;
  for (const TensorRef &tensor : request.operands) {
    auto input = affine(tensor, ElementClass::UInt8);
    if (!input)
      return std::nullopt;
    Table &table = tables.emplace_back(256);
    if (input->scale == output->scale && input->zeroPoint == output->zeroPoint)
      std::iota(table.begin(), table.end(), 0);
    else
      runtime::tabulate<uint8_t>(runtime::makeConcatenationRescale(*input, *output), table.data());
  }
  return tables;
}

FailureOr<PlannedKernel> planConcatenation(nn::ConcatenationOp op, const KernelRequest &request) {
  const TensorRef &output = request.results[0];
  if (op.getFusedActivationFunction() != nn::Activation::NONE)
    return request.unsupported() << "no kernel fuses an activation";
  auto bytes = movedBytes(request, output, request.operands);
  if (failed(bytes))
    return failure();
  if (!request.knowsShape()) {
    SmallVector<int64_t> joined(request.operands[0].shape);
    auto axis = normalizeAxis(request, int32_t(op.getAxis()), joined.size());
    if (failed(axis))
      return failure();
    for (const TensorRef &input : request.operands.drop_front())
      joined[*axis] += input.shape.size() == joined.size() ? input.shape[*axis] : 0;
    return expectResultShape(request, joined);
  }
  auto axis = normalizeAxis(request, int32_t(op.getAxis()), output.shape.size());
  if (failed(axis))
    return failure();
  SmallVector<int64_t> extents;
  int64_t total = 0;
  for (const TensorRef &input : request.operands) {
    SmallVector<int64_t> expected(output.shape);
    if (input.shape.size() == expected.size())
      expected[*axis] = input.shape[*axis];
    if (ArrayRef<int64_t>(expected) != input.shape)
      return request.error() << "expected inputs that differ in dimension " << *axis << " alone, got "
                             << formatDims(input.shape) << " for a result of " << formatDims(output.shape);
    extents.push_back(expected[*axis]);
    total += expected[*axis];
  }
  if (total != output.shape[*axis])
    return request.error() << "expected inputs that fill dimension " << *axis << " of " << formatDims(output.shape)
                           << ", got " << total;
  SmallVector<Part> parts = layOut(output.shape, *axis, extents);
  if (auto tables = requantizingTables(request)) {
    std::vector<PlannedKernel> calls;
    for (auto [index, part] : llvm::enumerate(parts))
      calls.push_back(makeCall(VERNIER_KERNEL("Concatenation.h", runtime::lookUpBlocks), part.count, part.size,
                               part.step, In<uint8_t>{unsigned(index)}, Prepared<uint8_t>((*tables)[index]),
                               Out<uint8_t>{0, part.offset}));
    return inOrder(std::move(calls));
  }
  for (const TensorRef &input : request.operands)
    if (isQuantized(input) && input.elementType != output.elementType)
      return request.unsupported() << "expected inputs of type " << output.elementType << ", got " << input.elementType;
  return makeJoin(*bytes, std::move(parts));
}

FailureOr<PlannedKernel> planPack(nn::PackOp op, const KernelRequest &request) {
  const TensorRef &output = request.results[0];
  if (!request.knowsShape()) {
    SmallVector<int64_t> packed(request.operands[0].shape);
    auto axis = normalizeAxis(request, int32_t(op.getAxis()), packed.size() + 1);
    if (failed(axis))
      return failure();
    packed.insert(packed.begin() + *axis, request.operands.size());
    return expectResultShape(request, packed);
  }
  auto axis = normalizeAxis(request, int32_t(op.getAxis()), output.shape.size());
  auto bytes = movedBytes(request, output, request.operands);
  if (failed(axis) || failed(bytes))
    return failure();
  SmallVector<int64_t> expected(output.shape);
  expected.erase(expected.begin() + *axis);
  if (output.shape[*axis] != int64_t(request.operands.size()))
    return request.error() << "expected a result with " << request.operands.size() << " slices, got "
                           << formatDims(output.shape);
  for (const TensorRef &input : request.operands)
    if (ArrayRef<int64_t>(expected) != input.shape)
      return request.error() << "expected inputs of shape " << formatDims(expected) << ", got "
                             << formatDims(input.shape);
  return makeJoin(*bytes, layOut(output.shape, *axis, SmallVector<int64_t>(request.operands.size(), 1)));
}

/// Cuts operand `operand` into all results; `keepsAxis` where these have the dimension at all.
FailureOr<PlannedKernel> planCut(const KernelRequest &request, unsigned operand, int64_t axis,
                                 ArrayRef<int64_t> extents, bool keepsAxis) {
  const TensorRef &input = request.operands[operand];
  auto bytes = movedBytes(request, input, request.results);
  if (failed(bytes))
    return failure();
  if (extents.size() != request.results.size())
    return request.error() << "expected " << extents.size() << " results, got " << request.results.size();
  int64_t total = 0;
  for (auto [index, extent] : llvm::enumerate(extents)) {
    SmallVector<int64_t> expected(input.shape);
    expected[axis] = extent;
    if (!keepsAxis)
      expected.erase(expected.begin() + axis);
    if (failed(expectResultShape(request, expected, index)))
      return failure();
    total += extent;
  }
  if (total != input.shape[axis])
    return request.error() << "expected parts that add up to dimension " << axis << " of " << formatDims(input.shape)
                           << ", got " << total;
  return makeCut(*bytes, operand, layOut(input.shape, axis, extents));
}

FailureOr<PlannedKernel> planUnpack(nn::UnpackOp op, const KernelRequest &request) {
  auto axis = normalizeAxis(request, int32_t(op.getAxis()), request.operands[0].shape.size());
  if (failed(axis))
    return failure();
  return planCut(request, 0, *axis, SmallVector<int64_t>(request.results.size(), 1), /*keepsAxis=*/false);
}

FailureOr<PlannedKernel> planSplit(nn::SplitOp, const KernelRequest &request) {
  ArrayRef<int64_t> input = request.operands[1].shape;
  auto axis = readAxis(request, 0, input.size());
  if (failed(axis))
    return failure();
  const int64_t parts = request.results.size();
  if (parts == 0 || input[*axis] % parts)
    return request.error() << "expected dimension " << *axis << " of " << formatDims(input) << " to split into "
                           << parts << " equal parts";
  return planCut(request, 1, *axis, SmallVector<int64_t>(parts, input[*axis] / parts), /*keepsAxis=*/true);
}

FailureOr<PlannedKernel> planSplitV(nn::SplitVOp, const KernelRequest &request) {
  ArrayRef<int64_t> input = request.operands[0].shape;
  auto sizes = constantIntegers(request, 1, "sizes");
  auto axis = readAxis(request, 2, input.size());
  if (failed(sizes) || failed(axis))
    return failure();
  // One size may be -1: the rest.
  SmallVector<int64_t> extents;
  int64_t known = 0;
  std::optional<size_t> open;
  for (int32_t size : *sizes) {
    if (size == -1 && !open)
      open = extents.size();
    else if (size < 0)
      return request.error() << "expected sizes of at least 0, got " << size;
    else
      known += size;
    extents.push_back(size);
  }
  if (open)
    extents[*open] = std::max<int64_t>(input[*axis] - known, 0);
  return planCut(request, 0, *axis, extents, /*keepsAxis=*/true);
}

/// A kernel that `pick(T(), Index())` makes, for elements of `bytes` bytes and the type of the indices.
template <typename Pick> FailureOr<PlannedKernel> makePick(const KernelRequest &request, unsigned bytes, Pick pick) {
  const auto build = [&](auto index) {
    return forElementSize(bytes, [&](auto element) { return pick(element, index); });
  };
  switch (classify(request.operands[1])) {
  case ElementClass::Int16:
    return build(int16_t());
  case ElementClass::Int32:
    return build(int32_t());
  case ElementClass::Int64:
    return build(int64_t());
  default:
    return request.unsupported() << "indices of type " << request.operands[1].elementType;
  }
}

LogicalResult reportIndex(InFlightDiagnostic error, const KernelMemory &m) {
  return error << "expected indices within an input of shape " << formatDims(m.operands[0].shape);
}

FailureOr<PlannedKernel> planGather(nn::GatherOp op, const KernelRequest &request) {
  ArrayRef<int64_t> input = request.operands[0].shape, at = request.operands[1].shape;
  auto bytes = movedBytes(request, request.operands[0], request.results);
  auto axis = normalizeAxis(request, int32_t(op.getAxis()), input.size());
  if (failed(bytes) || failed(axis))
    return failure();
  int64_t batch = int32_t(op.getBatchDims());
  if (batch < 0)
    batch += at.size();
  if (batch < 0 || batch > *axis || batch > int64_t(at.size()) || input.take_front(batch) != at.take_front(batch))
    return request.error() << "expected " << batch << " leading dimensions in common, got " << formatDims(input)
                           << " and " << formatDims(at);
  SmallVector<int64_t> expected(input.take_front(*axis));
  expected.append(at.begin() + batch, at.end());
  expected.append(input.begin() + *axis + 1, input.end());
  if (failed(expectResultShape(request, expected)))
    return failure();
  const runtime::GatherParams p{product(input.take_front(batch)), product(input.slice(batch, *axis - batch)),
                                int32_t(input[*axis]), product(input.drop_front(*axis + 1)),
                                product(at.drop_front(batch))};
  return makePick(request, *bytes, [&](auto element, auto index) {
    using T = decltype(element);
    return makeFallibleCall(request, reportIndex, VERNIER_KERNEL("Gather.h", runtime::gather), p, In<T>{0},
                            In<decltype(index)>{1}, Out<T>());
  });
}

FailureOr<PlannedKernel> planGatherNd(nn::GatherNdOp, const KernelRequest &request) {
  ArrayRef<int64_t> input = request.operands[0].shape, at = request.operands[1].shape;
  auto shape = toShape(request, input);
  auto bytes = movedBytes(request, request.operands[0], request.results);
  if (failed(shape) || failed(bytes))
    return failure();
  if (at.empty() || at.back() > int64_t(input.size()))
    return request.error() << "expected index vectors of at most " << input.size() << " elements, got shape "
                           << formatDims(at);
  const int32_t depth = at.back();
  SmallVector<int64_t> expected(at.drop_back());
  expected.append(input.begin() + depth, input.end());
  if (failed(expectResultShape(request, expected)))
    return failure();
  const int64_t count = product(at.drop_back());
  return makePick(request, *bytes, [&](auto element, auto index) {
    using T = decltype(element);
    return makeFallibleCall(request, reportIndex, VERNIER_KERNEL("Gather.h", runtime::gatherND), *shape, count, depth,
                            In<T>{0}, In<decltype(index)>{1}, Out<T>());
  });
}

} // namespace

ArrayRef<KernelRow> partKernels() {
  static const KernelRow rows[] = {
      row<nn::ConcatenationOp, planConcatenation>(),
      row<nn::PackOp, planPack>(),
      row<nn::UnpackOp, planUnpack>(),
      row<nn::SplitOp, planSplit>(),
      row<nn::SplitVOp, planSplitV>(),
      row<nn::GatherOp, planGather>(),
      row<nn::GatherNdOp, planGatherNd>(),
  };
  return rows;
}

} // namespace mlir::vernier
