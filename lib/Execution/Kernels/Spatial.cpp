//===- Spatial.cpp - Padding, blocks and resizing ---------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Call.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Runtime/MirrorPad.h"
#include "vernier/Runtime/Pad.h"
#include "vernier/Runtime/ResizeNearestNeighbor.h"

namespace mlir::vernier {
namespace {

/// Bytes of an element of operand 0, which result 0 has too.
FailureOr<unsigned> movedBytes(const KernelRequest &request) {
  const unsigned bytes = elementBytes(request.operands[0].elementType);
  if (!bytes || classify(request.operands[0]) != classify(request.results[0]))
    return request.unsupported() << "elements of type " << request.operands[0].elementType << " with results of type "
                                 << request.results[0].elementType;
  return bytes;
}

/// The stored bits of real zero: the zero point of a quantized tensor.
int64_t zeroBits(const TensorRef &tensor) {
  auto type = dyn_cast<quant::UniformQuantizedType>(tensor.elementType);
  return type ? type.getZeroPoint() : 0;
}

/// Operand 1 of the padding operators: pairs for each dimension.
struct Paddings {
  std::vector<int32_t> before, after;
};
FailureOr<Paddings> readPaddings(const KernelRequest &request) {
  ArrayRef<int64_t> input = request.operands[0].shape;
  auto pairs = constantIntegers(request, 1, "paddings");
  if (failed(pairs))
    return failure();
  if (pairs->size() != 2 * input.size())
    return request.error() << "expected paddings for " << input.size() << " dimensions, got " << pairs->size()
                           << " numbers";
  Paddings paddings;
  SmallVector<int64_t> expected;
  for (size_t d = 0; d < input.size(); ++d) {
    const int32_t before = (*pairs)[2 * d], after = (*pairs)[2 * d + 1];
    if (before < 0 || after < 0)
      return request.error() << "expected paddings of at least 0, got " << before << " and " << after;
    paddings.before.push_back(before);
    paddings.after.push_back(after);
    expected.push_back(input[d] + before + after);
  }
  if (failed(expectResultShape(request, expected)))
    return failure();
  return paddings;
}

/// Where the padding value is: the operand, or real zero.
FailureOr<PlannedKernel> planPadding(const KernelRequest &request, std::optional<unsigned> value) {
  auto shape = toShape(request, request.operands[0].shape);
  auto paddings = readPaddings(request);
  auto bytes = movedBytes(request);
  if (failed(shape) || failed(paddings) || failed(bytes))
    return failure();
  if (value) {
    const TensorRef &tensor = request.operands[*value];
    if (tensor.elements() != 1 || classify(tensor) != classify(request.operands[0]))
      return request.error() << "expected one padding value of type " << request.operands[0].elementType
                             << ", got shape " << formatDims(tensor.shape) << " of " << tensor.elementType;
  }
  return forElementSize(*bytes, [&](auto element) {
    using T = decltype(element);
    const Prepared<int32_t> before(paddings->before), after(paddings->after);
    if (value)
      return makeCall(VERNIER_KERNEL("Pad.h", runtime::padWith), *shape, before, after, In<T>{*value}, In<T>{0},
                      Out<T>());
    return makeCall(VERNIER_KERNEL("Pad.h", runtime::pad), *shape, before, after, T(zeroBits(request.results[0])),
                    In<T>{0}, Out<T>());
  });
}
FailureOr<PlannedKernel> planPad(nn::PadOp, const KernelRequest &request) { return planPadding(request, std::nullopt); }
FailureOr<PlannedKernel> planPadV2(nn::PadV2Op, const KernelRequest &request) { return planPadding(request, 2); }

FailureOr<PlannedKernel> planMirrorPad(nn::MirrorPadOp op, const KernelRequest &request) {
  auto shape = toShape(request, request.operands[0].shape);
  auto paddings = readPaddings(request);
  auto bytes = movedBytes(request);
  if (failed(shape) || failed(paddings) || failed(bytes))
    return failure();
  const int32_t skipped = op.getMode() == 0;
  for (int d = 0; d < shape->rank; ++d)
    if (std::max(paddings->before[d], paddings->after[d]) > std::max(shape->dims[d] - skipped, 0))
      return request.error() << "expected paddings of at most " << std::max(shape->dims[d] - skipped, 0)
                             << " for dimension " << d << ", got " << paddings->before[d] << " and "
                             << paddings->after[d];
  return forElementSize(*bytes, [&](auto element) {
    using T = decltype(element);
    return makeCall(VERNIER_KERNEL("MirrorPad.h", runtime::mirrorPad), *shape, Prepared<int32_t>(paddings->before),
                    Prepared<int32_t>(paddings->after), skipped, In<T>{0}, Out<T>());
  });
}

/// The shape of a result of unknown shape: `toBatch` for SPACE_TO_BATCH_ND, else its reverse. Always fails: asked
/// again, it is known.
LogicalResult stateBlocks(const KernelRequest &request, bool toBatch) {
  auto block = constantIntegers(request, 1, "a block shape");
  auto border = constantIntegers(request, 2, "paddings or crops");
  SmallVector<int64_t> shape(request.operands[0].shape);
  if (failed(block) || failed(border))
    return failure();
  if (shape.size() <= block->size() || border->size() != 2 * block->size() || llvm::is_contained(*block, 0))
    return request.error() << "expected a block and a border for each spatial dimension of " << formatDims(shape);
  for (auto [d, size] : llvm::enumerate(*block)) {
    const int64_t edges = int64_t((*border)[2 * d]) + (*border)[2 * d + 1];
    shape[0] = toBatch ? shape[0] * size : shape[0] / size;
    shape[d + 1] = toBatch ? (shape[d + 1] + edges) / size : shape[d + 1] * size - edges;
  }
  return expectResultShape(request, shape);
}

/// Blocks and borders of operands 1 and 2 over one or two spatial dimensions; `space` is the side with fewer batches.
FailureOr<runtime::SpaceToBatchParams> planBlocks(const KernelRequest &request, ArrayRef<int64_t> space,
                                                  ArrayRef<int64_t> batch) {
  auto block = constantIntegers(request, 1, "a block shape");
  auto border = constantIntegers(request, 2, "paddings or crops");
  if (failed(block) || failed(border))
    return failure();
  const size_t spatial = block->size(), rank = space.size();
  if (spatial < 1 || spatial > 2 || rank != batch.size() || rank <= spatial)
    return request.unsupported() << "expected one or two spatial dimensions, got " << spatial << " of shape "
                                 << formatDims(request.operands[0].shape);
  if (border->size() != 2 * spatial)
    return request.error() << "expected " << 2 * spatial << " paddings or crops, got " << border->size();
  runtime::SpaceToBatchParams p{};
  p.blockHeight = (*block)[0];
  p.blockWidth = spatial == 2 ? (*block)[1] : 1;
  const int64_t cells = int64_t(p.blockHeight) * p.blockWidth;
  if (p.blockHeight < 1 || p.blockWidth < 1 || cells > INT32_MAX)
    return request.error() << "expected positive block sizes, got " << p.blockHeight << " and " << p.blockWidth;
  for (int32_t size : *border)
    if (size < 0)
      return request.error() << "expected paddings or crops of at least 0, got " << size;
  bool fits = batch[0] == space[0] * cells;
  for (size_t d = 0; d < spatial; ++d) {
    const int64_t padded = batch[d + 1] * (*block)[d];
    fits = fits && padded <= INT32_MAX && padded == space[d + 1] + (*border)[2 * d] + (*border)[2 * d + 1];
  }
  int64_t channels = 1;
  for (size_t d = spatial + 1; d < rank; ++d) {
    fits = fits && space[d] == batch[d];
    channels *= space[d];
  }
  if (!fits)
    return request.error() << "expected shapes that fit its blocks, got " << formatDims(request.operands[0].shape)
                           << " and " << formatDims(request.results[0].shape);
  p.batches = space[0];
  p.spaceHeight = space[1];
  p.batchHeight = batch[1];
  p.spaceWidth = spatial == 2 ? space[2] : 1;
  p.batchWidth = spatial == 2 ? batch[2] : 1;
  p.channels = channels;
  p.top = (*border)[0];
  p.left = spatial == 2 ? (*border)[2] : 0;
  return p;
}

FailureOr<PlannedKernel> planSpaceToBatch(nn::SpaceToBatchNdOp, const KernelRequest &request) {
  if (!request.knowsShape())
    return stateBlocks(request, /*toBatch=*/true);
  auto p = planBlocks(request, request.operands[0].shape, request.results[0].shape);
  auto bytes = movedBytes(request);
  if (failed(p) || failed(bytes))
    return failure();
  return forElementSize(*bytes, [&](auto element) {
    using T = decltype(element);
    return makeCall(VERNIER_KERNEL("Pad.h", runtime::spaceToBatch), *p, T(zeroBits(request.results[0])), In<T>{0},
                    Out<T>());
  });
}

FailureOr<PlannedKernel> planBatchToSpace(nn::BatchToSpaceNdOp, const KernelRequest &request) {
  if (!request.knowsShape())
    return stateBlocks(request, /*toBatch=*/false);
  auto p = planBlocks(request, request.results[0].shape, request.operands[0].shape);
  auto bytes = movedBytes(request);
  if (failed(p) || failed(bytes))
    return failure();
  return forElementSize(*bytes, [&](auto element) {
    using T = decltype(element);
    return makeCall(VERNIER_KERNEL("Pad.h", runtime::batchToSpace), *p, In<T>{0}, Out<T>());
  });
}

/// `size` is taken from the result's shape; a constant one must agree.
template <typename Op> FailureOr<runtime::ResizeParams> resizeParams(Op op, const KernelRequest &request) {
  const TensorRef &input = request.operands[0], &output = request.results[0];
  if (failed(expectRank(request, input, 4, "an input")) ||
      (request.knowsShape() && failed(expectRank(request, output, 4, "a result"))))
    return failure();
  auto size = constantIntegers(request, 1, "a size");
  if (failed(size))
    return failure();
  if (size->size() != 2)
    return request.error() << "expected a height and a width, got " << size->size() << " numbers";
  if (failed(expectResultShape(request, {input.shape[0], (*size)[0], (*size)[1], input.shape[3]})))
    return failure();
  if (op.getAlignCorners() && op.getHalfPixelCenters())
    return request.error() << "expected aligned corners or half-pixel centers, got both";
  // Positions of the fixed-point form have ten fractional bits in 32.
  constexpr int64_t largest = 1 << 20;
  for (int64_t extent : {input.shape[1], input.shape[2], output.shape[1], output.shape[2]})
    if (extent < 1 || extent > largest)
      return request.unsupported() << "expected heights and widths within [1, " << largest << "], got " << extent;
  return runtime::ResizeParams{int32_t(input.shape[0]),  int32_t(input.shape[1]),  int32_t(input.shape[2]),
                               int32_t(output.shape[1]), int32_t(output.shape[2]), int32_t(input.shape[3]),
                               op.getAlignCorners(),     op.getHalfPixelCenters()};
}

FailureOr<PlannedKernel> planResizeBilinear(nn::ResizeBilinearOp op, const KernelRequest &request) {
  auto p = resizeParams(op, request);
  if (failed(p) || failed(movedBytes(request)))
    return failure();
  const ElementClass element = classify(request.operands[0]);
  if (element == ElementClass::Float32)
    return makeCall(VERNIER_KERNEL("ResizeBilinear.h", runtime::resizeBilinear), *p, In<float>{0}, Out<float>());
  // XNNPACK wants a size that is in the file.
  const bool xnnpack = request.isLiteRT() && getConstantElements(op.getSize());
  const auto integers = [&](auto value) {
    using T = decltype(value);
    if (xnnpack)
      return makeCall(VERNIER_KERNEL("ResizeBilinear.h", runtime::resizeBilinearXnnpack), *p, In<T>{0}, Out<T>());
    return makeCall(VERNIER_KERNEL("ResizeBilinear.h", runtime::resizeBilinearReference), *p, In<T>{0}, Out<T>());
  };
  if (element == ElementClass::Int8)
    return integers(int8_t());
  if (element == ElementClass::UInt8)
    return integers(uint8_t());
  if (element == ElementClass::Int16)
    return makeCall(VERNIER_KERNEL("ResizeBilinear.h", runtime::resizeBilinearReference), *p, In<int16_t>{0},
                    Out<int16_t>());
  return request.unsupported() << "elements of type " << request.operands[0].elementType;
}

FailureOr<PlannedKernel> planResizeNearest(nn::ResizeNearestNeighborOp op, const KernelRequest &request) {
  auto p = resizeParams(op, request);
  auto bytes = movedBytes(request);
  if (failed(p) || failed(bytes))
    return failure();
  return forElementSize(*bytes, [&](auto element) {
    using T = decltype(element);
    return makeCall(VERNIER_KERNEL("ResizeNearestNeighbor.h", runtime::resizeNearestNeighbor), *p, In<T>{0}, Out<T>());
  });
}

} // namespace

ArrayRef<KernelRow> spatialKernels() {
  static const KernelRow rows[] = {
      row<nn::PadOp, planPad>(),
      row<nn::PadV2Op, planPadV2>(),
      row<nn::MirrorPadOp, planMirrorPad>(),
      row<nn::SpaceToBatchNdOp, planSpaceToBatch>(),
      row<nn::BatchToSpaceNdOp, planBatchToSpace>(),
      row<nn::ResizeBilinearOp, planResizeBilinear>(),
      row<nn::ResizeNearestNeighborOp, planResizeNearest>(),
  };
  return rows;
}

} // namespace mlir::vernier
