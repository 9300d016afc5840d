//===- Elements.h - One accessor for every element type ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators see elements as doubles (float types) or as int64 (stored integers, bits of floats that only move); how
// an element lies in memory, sub-byte packing included, is known here alone.

#ifndef VERNIER_LIB_REFERENCE_ELEMENTS_H
#define VERNIER_LIB_REFERENCE_ELEMENTS_H

#include "vernier/Reference/TensorRef.h"
#include <cstdint>
#include <optional>
#include <vector>

namespace mlir::vernier::reference {

/// How one element is stored.
struct Storage {
  enum class Kind { Float, BFloat, Signed, Unsigned };
  Kind kind;
  unsigned bits;

  /// The storage of an element type, of its integers where it is quantized. Booleans take a byte. Nothing for
  /// types without a fixed size and for widths that no tensor has.
  static std::optional<Storage> of(Type type);

  bool isFloat() const { return kind == Kind::Float || kind == Kind::BFloat; }
  int64_t min() const { return kind == Kind::Signed ? -int64_t(uint64_t(1) << (bits - 1)) : 0; }
  int64_t max() const {
    return kind == Kind::Signed || bits == 64 ? int64_t((uint64_t(1) << (bits - 1)) - 1)
                                              : int64_t((uint64_t(1) << bits) - 1);
  }
  friend bool operator==(Storage a, Storage b) { return a.kind == b.kind && a.bits == b.bits; }
};

/// Reads and writes the elements of a tensor by their row-major position, which the caller has checked.
class Elements {
public:
  explicit Elements(const TensorRef &tensor) : storage(*Storage::of(tensor.elementType)), data(tensor.as<uint8_t>()) {}

  /// The stored bits, sign-extended for signed integers.
  int64_t integer(int64_t i) const;
  void setInteger(int64_t i, int64_t value) const;

  /// The value of a float element; writing rounds to nearest even.
  double real(int64_t i) const;
  void setReal(int64_t i, double value) const;

private:
  Storage storage;
  uint8_t *data;
};

/// All elements of a tensor.
std::vector<double> readReals(const TensorRef &tensor);
std::vector<int64_t> readIntegers(const TensorRef &tensor);

} // namespace mlir::vernier::reference

#endif // VERNIER_LIB_REFERENCE_ELEMENTS_H
