//===- ConstantData.cpp - Reading a constant's elements ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Interfaces/ConstantData.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"
#include "vernier/Interfaces/QuantInterfaces.h"

namespace mlir::vernier {

ElementsAttr getConstantElements(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return {};
  if (auto constant = dyn_cast<ConstantTensorOpInterface>(op))
    return constant.getConstantValue();
  ElementsAttr elements;
  if (matchPattern(value, m_Constant(&elements)))
    return elements;
  return {};
}

/// More than this comes from a file that has it.
static constexpr int64_t kLargestSplatBytes = int64_t(1) << 30;

std::optional<ConstantData> getConstantData(ElementsAttr elements) {
  ConstantData data;
  if (auto resource = dyn_cast_or_null<DenseResourceElementsAttr>(elements)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return std::nullopt;
    data.view = blob->getData();
    return data;
  }
  auto dense = dyn_cast_or_null<DenseElementsAttr>(elements);
  if (!dense || !dense.getElementType().isIntOrIndexOrFloat())
    return std::nullopt;
  ArrayRef<char> raw = dense.getRawData();
  unsigned bits = dense.getElementType().getIntOrFloatBitWidth();
  // One value in the text would become that many in memory.
  if (dense.isSplat() && (dense.getNumElements() < 0 || dense.getNumElements() > kLargestSplatBytes / (bits / 8 + 1)))
    return std::nullopt;
  // Booleans may be bit-packed in DenseElementsAttr; files hold one byte each.
  if (bits == 1) {
    for (bool bit : dense.getValues<bool>())
      data.storage.push_back(bit);
    data.view = data.storage;
    return data;
  }
  if (dense.isSplat() && dense.getNumElements() != 1) {
    data.storage.reserve(raw.size() * dense.getNumElements());
    for (int64_t i = 0, e = dense.getNumElements(); i < e; ++i)
      data.storage.insert(data.storage.end(), raw.begin(), raw.end());
    data.view = data.storage;
    return data;
  }
  data.view = raw;
  return data;
}

std::optional<ConstantData> getConstantData(Value value) {
  ElementsAttr elements = getConstantElements(value);
  if (!elements)
    return std::nullopt;
  return getConstantData(elements);
}

} // namespace mlir::vernier
