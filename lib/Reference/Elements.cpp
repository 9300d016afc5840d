//===- Elements.cpp - One accessor for every element type -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Elements.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::vernier::reference {

std::optional<Storage> Storage::of(Type type) {
  bool isUnsigned = false;
  if (auto quantized = dyn_cast<quant::QuantizedType>(type)) {
    isUnsigned = !quantized.isSigned();
    type = quantized.getStorageType();
  }
  if (type.isF16() || type.isF32() || type.isF64())
    return Storage{Kind::Float, type.getIntOrFloatBitWidth()};
  if (type.isBF16())
    return Storage{Kind::BFloat, 16};
  auto integer = dyn_cast<IntegerType>(type);
  if (!integer)
    return std::nullopt;
  if (integer.getWidth() == 1)
    return Storage{Kind::Unsigned, 8};
  switch (integer.getWidth()) {
  case 2:
  case 4:
  case 8:
  case 16:
  case 32:
  case 64:
    return Storage{isUnsigned || integer.isUnsigned() ? Kind::Unsigned : Kind::Signed, integer.getWidth()};
  default:
    return std::nullopt;
  }
}

int64_t Elements::integer(int64_t i) const {
  uint64_t bits = 0;
  if (storage.bits < 8) {
    unsigned perByte = 8 / storage.bits, shift = i % perByte * storage.bits;
    bits = data[i / perByte] >> shift & ((1u << storage.bits) - 1);
  } else {
    // Little endian, whatever the host.
    unsigned bytes = storage.bits / 8;
    for (unsigned b = 0; b < bytes; ++b)
      bits |= uint64_t(data[i * bytes + b]) << (8 * b);
  }
  return storage.kind == Storage::Kind::Signed ? llvm::SignExtend64(bits, storage.bits) : int64_t(bits);
}

void Elements::setInteger(int64_t i, int64_t value) const {
  if (storage.bits < 8) {
    unsigned perByte = 8 / storage.bits, shift = i % perByte * storage.bits, mask = (1u << storage.bits) - 1;
    uint8_t &byte = data[i / perByte];
    byte = uint8_t((byte & ~(mask << shift)) | ((unsigned(value) & mask) << shift));
    return;
  }
  unsigned bytes = storage.bits / 8;
  for (unsigned b = 0; b < bytes; ++b)
    data[i * bytes + b] = uint8_t(uint64_t(value) >> (8 * b));
}

static const llvm::fltSemantics &semantics(Storage storage) {
  if (storage.kind == Storage::Kind::BFloat)
    return llvm::APFloat::BFloat();
  return storage.bits == 16 ? llvm::APFloat::IEEEhalf() : llvm::APFloat::IEEEsingle();
}

double Elements::real(int64_t i) const {
  int64_t bits = integer(i);
  if (storage.bits == 64)
    return llvm::bit_cast<double>(bits);
  if (storage.bits == 32)
    return llvm::bit_cast<float>(int32_t(bits));
  llvm::APFloat value(semantics(storage), llvm::APInt(16, uint64_t(bits)));
  return value.convertToFloat();
}

void Elements::setReal(int64_t i, double value) const {
  if (storage.bits == 64)
    return setInteger(i, llvm::bit_cast<int64_t>(value));
  if (storage.bits == 32)
    return setInteger(i, llvm::bit_cast<int32_t>(float(value)));
  llvm::APFloat half(value);
  bool losesInfo;
  half.convert(semantics(storage), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  setInteger(i, int64_t(half.bitcastToAPInt().getZExtValue()));
}

std::vector<double> readReals(const TensorRef &tensor) {
  Elements elements(tensor);
  std::vector<double> values(tensor.elements());
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = elements.real(i);
  return values;
}

std::vector<int64_t> readIntegers(const TensorRef &tensor) {
  Elements elements(tensor);
  std::vector<int64_t> values(tensor.elements());
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = elements.integer(i);
  return values;
}

} // namespace mlir::vernier::reference
