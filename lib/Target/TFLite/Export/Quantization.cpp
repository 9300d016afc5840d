//===- Quantization.cpp - Quantization records from types ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "AttributeNames.h"
#include "ElementTypes.h"
#include "Export/Exporters.h"
#include "TableAttributes.h"
#include "vernier/Interfaces/BlockwiseType.h"
#include "vernier/Interfaces/QuantTypeChecks.h"
#include "vernier/Numerics/Half.h"

namespace mlir::vernier::tflite {

/// The scales of operand `index` of `op`, or none.
static SmallVector<double> getScales(Operation *op, unsigned index) {
  if (index >= op->getNumOperands())
    return {};
  auto type = dyn_cast<TensorType>(op->getOperand(index).getType());
  std::optional<QuantParameters> parameters = type ? QuantParameters::of(type.getElementType()) : std::nullopt;
  return parameters ? parameters->scales : SmallVector<double>();
}

/// The scales that an operator which takes `value` as a bias derives for it: the products of the scales of two others.
/// TFLite's kernels compare with the product in single precision and allow a margin.
static SmallVector<double> deriveScales(Value value) {
  for (OpOperand &use : value.getUses()) {
    auto op = dyn_cast<QuantizableOpInterface>(use.getOwner());
    if (!op)
      continue;
    QuantSource source = op.getOperandSource(use.getOperandNumber(), Scheme());
    if (source.kind != QuantSource::Kind::Derived)
      continue;
    SmallVector<double> product = {source.multiplier};
    if (source.internalFactor) {
      SmallVector<Type> types = op.getInternalTypes();
      std::optional<QuantParameters> parameters = *source.internalFactor < types.size() && types[*source.internalFactor]
                                                      ? QuantParameters::of(types[*source.internalFactor])
                                                      : std::nullopt;
      if (!parameters)
        return {};
      product.front() *= parameters->scales.front();
    }
    for (unsigned factor : source.factors) {
      SmallVector<double> scales = getScales(op, factor);
      if (scales.empty() || (product.size() != 1 && scales.size() != 1 && product.size() != scales.size()))
        return {};
      SmallVector<double> next;
      for (size_t i = 0, e = std::max(product.size(), scales.size()); i < e; ++i)
        next.push_back(product[product.size() == 1 ? 0 : i] * scales[scales.size() == 1 ? 0 : i]);
      product = next;
    }
    return product;
  }
  return {};
}

/// The record of a blockwise matrix, whose scales become a tensor of float16 beside it.
static DictionaryAttr makeBlockwiseRecord(MLIRContext *context, const BlockwiseParameters &parameters,
                                          nn::TensorAttr identity) {
  Builder builder(context);
  SmallVector<int64_t> shape{parameters.rows, parameters.blocksOfRow};
  auto type = RankedTensorType::get(shape, builder.getF16Type());
  SmallVector<uint16_t> halves;
  for (float scale : parameters.scales)
    halves.push_back(numerics::floatToHalf(scale));
  ArrayRef<char> bytes(reinterpret_cast<const char *>(halves.data()), halves.size() * sizeof(uint16_t));
  auto values = DenseElementsAttr::getFromRawBuffer(type, bytes);
  // With its value the identity is one of its own, whatever other matrices have the same name.
  auto scales = nn::TensorAttr::get(
      context, builder.getStringAttr((identity ? identity.getName().getValue() : StringRef()) + "_scales"),
      /*index=*/-1,
      /*shape=*/{}, type, /*quantization=*/{}, builder.getDictionaryAttr(builder.getNamedAttr(kValue, values)));
  NamedAttrList details;
  details.append(kUnionTable, builder.getStringAttr("BlockwiseQuantization"));
  details.append("block_size", builder.getI32IntegerAttr(int32_t(parameters.block)));
  details.append("scales", builder.getDictionaryAttr(builder.getNamedAttr("tensor", scales)));
  details.append("zero_points", builder.getI32IntegerAttr(-1));
  return builder.getDictionaryAttr(builder.getNamedAttr("details", details.getDictionary(context)));
}

DictionaryAttr makeQuantizationRecord(TensorType type, nn::TensorAttr identity, Value value) {
  if (identity && identity.getQuantization() && identity.getType() == type)
    return identity.getQuantization();
  if (DictionaryAttr record = makeRecord(type.getElementType()))
    return record;
  if (auto blockwise = BlockwiseParameters::of(type))
    return makeBlockwiseRecord(type.getContext(), *blockwise, identity);
  auto integer = dyn_cast<IntegerType>(type.getElementType());
  if (!value || !integer || integer.getWidth() < 32)
    return {};
  SmallVector<double> scales = deriveScales(value);
  if (scales.empty())
    return {};
  return makeRecord(type.getContext(), scales, SmallVector<int64_t>(scales.size(), 0), /*axis=*/0);
}

} // namespace mlir::vernier::tflite
