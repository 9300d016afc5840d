//===- BlockwiseType.cpp - Matrices with several scales in a row ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Interfaces/BlockwiseType.h"
#include "mlir/IR/BuiltinAttributes.h"

namespace mlir::vernier {

std::optional<BlockwiseParameters> BlockwiseParameters::of(Type type) {
  auto quantized = dyn_cast_or_null<quant::UniformQuantizedSubChannelType>(
      type ? quant::QuantizedType::getQuantizedElementType(type) : quant::QuantizedType());
  if (!quantized || !quantized.isSigned() || !quantized.getExpressedType().isF32())
    return std::nullopt;
  BlockwiseParameters parameters;
  int64_t rowBlock = 0;
  for (auto [axis, size] : quantized.getBlockSizeInfo())
    (axis == 0 ? rowBlock : axis == 1 ? parameters.block : rowBlock) = size;
  ShapedType shape = quantized.getScales().getType();
  auto isZero = [](const APFloat &zeroPoint) { return zeroPoint.isZero(); };
  if (quantized.getQuantizedDimensions().size() != 2 || rowBlock != 1 || parameters.block <= 0 ||
      shape.getRank() != 2 || !shape.getElementType().isF32())
    return std::nullopt;
  DenseElementsAttr zeroPoints = quantized.getZeroPoints();
  if (isa<FloatType>(zeroPoints.getElementType())
          ? !llvm::all_of(zeroPoints.getValues<APFloat>(), isZero)
          : !llvm::all_of(zeroPoints.getValues<APInt>(), [](const APInt &zeroPoint) { return zeroPoint.isZero(); }))
    return std::nullopt;
  parameters.rows = shape.getDimSize(0);
  parameters.blocksOfRow = shape.getDimSize(1);
  llvm::append_range(parameters.scales, quantized.getScales().getValues<float>());
  return parameters;
}

Type BlockwiseParameters::getElementType(MLIRContext *context, unsigned bits, int64_t low, int64_t high) const {
  auto storage = IntegerType::get(context, bits);
  SmallVector<int64_t> shape{rows, blocksOfRow};
  auto scaleType = RankedTensorType::get(shape, Float32Type::get(context));
  auto zeroPointType = RankedTensorType::get(shape, storage);
  return quant::UniformQuantizedSubChannelType::get(
      quant::QuantizationFlags::Signed, storage, Float32Type::get(context),
      DenseElementsAttr::get(scaleType, ArrayRef(scales)), DenseElementsAttr::get(zeroPointType, APInt(bits, 0)),
      /*quantizedDimensions=*/{0, 1}, /*blockSizes=*/{1, block}, low, high);
}

ArrayRef<int64_t> getBlockSizes() {
  static constexpr int64_t sizes[] = {256, 128, 64, 32};
  return sizes;
}

} // namespace mlir::vernier
