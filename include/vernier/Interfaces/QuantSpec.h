//===- QuantSpec.h - What a scheme asks of one tensor -----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Plain values in which passes and operators talk about quantization: a scheme is asked for the
// spec of an activation, a weight or a bias; an operator says where each operand's parameters
// come from. Nothing here knows an operator.

#ifndef VERNIER_INTERFACES_QUANTSPEC_H
#define VERNIER_INTERFACES_QUANTSPEC_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace mlir::vernier {

/// How the real values of one tensor map to stored integers: real = scale * (stored - zero point).
struct QuantSpec {
  /// Width of the stored integer in bits.
  unsigned bits = 8;
  bool isSigned = true;
  /// The zero point is 0 (signed storage) and the range is symmetric about it.
  bool symmetric = false;
  /// The lowest stored value is left out: [-127, 127] for signed 8 bits.
  bool narrowRange = false;
  /// The scale is rounded up to a power of two.
  bool powerOfTwo = false;
  /// Values take only this many of the stored bits, where kernels need the others as headroom.
  std::optional<unsigned> valueBits;
  /// The dimension that has one scale per slice, or one scale for all.
  std::optional<unsigned> axis;

  int64_t storageMin() const {
    int64_t low = isSigned ? -(int64_t(1) << (valueBits.value_or(bits) - 1)) : 0;
    return narrowRange ? low + 1 : low;
  }
  int64_t storageMax() const { return (int64_t(1) << (valueBits.value_or(bits) - isSigned)) - 1; }
  friend bool operator==(const QuantSpec &a, const QuantSpec &b) {
    return a.bits == b.bits && a.isSigned == b.isSigned && a.symmetric == b.symmetric &&
           a.narrowRange == b.narrowRange && a.powerOfTwo == b.powerOfTwo && a.valueBits == b.valueBits &&
           a.axis == b.axis;
  }
  friend bool operator!=(const QuantSpec &a, const QuantSpec &b) { return !(a == b); }
};

/// What the user asked for: the storage of activations, weights and biases of a network, or of one operator.
/// The rules are those of the TFLite 8-bit and 16x8 quantization specifications.
struct Scheme {
  enum class Kind {
    Int8,       ///< activations and weights in 8 bits
    Int16x8,    ///< activations in 16 bits, weights in 8, biases in 64
    Dynamic,    ///< weights in 8 bits; the runtime quantizes activations itself, row by row
    WeightOnly, ///< weights stored in 8, 4 or 2 bits and dequantized before use; arithmetic stays float
    Half,       ///< constants stored in half precision; arithmetic stays float
    Float,      ///< everything stays as it is
  };
  Kind kind = Kind::Int8;
  /// One scale per weight tensor instead of one per output channel.
  bool perTensorWeights = false;
  /// Width of a stored weight; other widths than 8 are for `WeightOnly`.
  unsigned weightBits = 8;

  /// Whether anything becomes an integer.
  bool hasIntegers() const { return kind != Kind::Half && kind != Kind::Float; }
  /// Whether values that depend on the data become integers, which takes calibration.
  bool quantizesActivations() const { return kind == Kind::Int8 || kind == Kind::Int16x8; }

  bool acceptsWeightBits(unsigned bits) const {
    return bits == 8 || (kind == Kind::WeightOnly && (bits == 4 || bits == 2));
  }

  /// Spec of a value that depends on the data.
  QuantSpec activation() const {
    QuantSpec spec;
    if (kind == Kind::Int16x8) {
      spec.bits = 16;
      // The converter's range: with -32768 the product of two activations could overflow.
      spec.symmetric = spec.narrowRange = true;
    }
    return spec;
  }
  /// Spec of a constant weight; `axis` is its output-channel dimension where it has one.
  QuantSpec weight(std::optional<unsigned> axis) const {
    QuantSpec spec;
    spec.bits = weightBits;
    spec.symmetric = spec.narrowRange = true;
    if (!perTensorWeights)
      spec.axis = axis;
    return spec;
  }
  /// Spec of a bias: its scale is derived, never free.
  QuantSpec bias() const {
    QuantSpec spec;
    spec.bits = kind == Kind::Int16x8 ? 64 : 32;
    spec.symmetric = true;
    return spec;
  }

  llvm::StringRef name() const {
    switch (kind) {
    case Kind::Int8:
      return "int8";
    case Kind::Int16x8:
      return "int16x8";
    case Kind::Dynamic:
      return "dynamic";
    case Kind::WeightOnly:
      return "weight-only";
    case Kind::Half:
      return "fp16";
    case Kind::Float:
      return "float";
    }
    return "";
  }
  static llvm::ArrayRef<Kind> kinds() {
    static const Kind all[] = {Kind::Int8, Kind::Int16x8, Kind::Dynamic, Kind::WeightOnly, Kind::Half, Kind::Float};
    return all;
  }
  static std::optional<Scheme> fromName(llvm::StringRef name) {
    for (Kind kind : kinds()) {
      Scheme scheme;
      scheme.kind = kind;
      if (scheme.name() == name)
        return scheme;
    }
    return std::nullopt;
  }
};

/// One operand or result of an operator.
struct ValueSlot {
  bool isResult = false;
  unsigned index = 0;

  static ValueSlot operand(unsigned index) { return {false, index}; }
  static ValueSlot result(unsigned index) { return {true, index}; }
};

/// Where an operand or result takes its quantization parameters from.
struct QuantSource {
  enum class Kind {
    Untouched, ///< shapes, indices, sizes: never quantized
    Own,       ///< free parameters, from statistics or from the constant
    /// The same parameters as `shared`. An operand that shares with a result of kind `Own` takes the
    /// result's parameters whatever its own range is: the operator cuts off what they do not cover.
    Shared,
    Fixed, ///< `scale` and `zeroPoint` are given by the operator
    /// The scale is `multiplier` times the scales of the operands `factors` and of `internalFactor`.
    Derived,
  };
  Kind kind = Kind::Untouched;
  QuantSpec spec;
  ValueSlot shared;
  double scale = 0;
  int64_t zeroPoint = 0;
  /// Derived: the last factor is the constant weight, whose scale may be raised so that the value fits.
  llvm::SmallVector<unsigned, 2> factors;
  /// Derived: an internal tensor whose scale is a factor, too.
  std::optional<unsigned> internalFactor;
  double multiplier = 1;
  /// Own: a fused activation relies on a zero point at the lowest stored value: nothing may widen the range below 0.
  bool isNonNegative = false;
  /// Own: the scales that the operator's kernels can work with.
  double minScale = 0, maxScale = std::numeric_limits<double>::infinity();
  /// The operator reads the value dequantized: only its storage is integer.
  bool storageOnly = false;

  static QuantSource untouched() { return {}; }
  static QuantSource own(const QuantSpec &spec) { return make(Kind::Own, spec); }
  static QuantSource stored(const QuantSpec &spec) {
    QuantSource source = make(Kind::Own, spec);
    source.storageOnly = true;
    return source;
  }
  static QuantSource sharedWith(ValueSlot slot, const QuantSpec &spec) {
    QuantSource source = make(Kind::Shared, spec);
    source.shared = slot;
    return source;
  }
  static QuantSource fixed(const QuantSpec &spec, double scale, int64_t zeroPoint) {
    QuantSource source = make(Kind::Fixed, spec);
    source.scale = scale;
    source.zeroPoint = zeroPoint;
    return source;
  }
  static QuantSource derived(const QuantSpec &spec, llvm::ArrayRef<unsigned> factors) {
    QuantSource source = make(Kind::Derived, spec);
    source.factors.assign(factors.begin(), factors.end());
    return source;
  }

private:
  static QuantSource make(Kind kind, const QuantSpec &spec) {
    QuantSource source;
    source.kind = kind;
    source.spec = spec;
    return source;
  }
};

/// A value that exists inside an operator only, and that quantization must know: a state, an accumulator.
struct InternalTensor {
  /// What it is: "cell_state".
  std::string name;
  /// Own, from what is seen of it while the operator runs, or Shared with an operand or result.
  QuantSource source;
};

} // namespace mlir::vernier

#endif // VERNIER_INTERFACES_QUANTSPEC_H
