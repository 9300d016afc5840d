//===- ElementConverter.cpp - data's elements to a model's ------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ElementConverter.h"
#include "vernier/IO/Error.h"
#include "llvm/Support/ErrorHandling.h"
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

using namespace mlir::vernier;

namespace {
/// A half-precision float as stored.
struct Half {
  uint16_t bits;

  operator double() const {
    int exponent = (bits >> 10) & 31, mantissa = bits & 1023;
    double magnitude;
    if (exponent == 31)
      magnitude = mantissa ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
    else
      magnitude = std::ldexp(exponent ? mantissa + 1024 : mantissa, std::max(exponent, 1) - 25);
    return bits & 0x8000 ? -magnitude : magnitude;
  }
};

/// Calls `visit` with a value of the C++ type of `kind`.
template <typename Visitor> auto dispatch(ElementKind kind, Visitor visit) {
  switch (kind) {
  case ElementKind::Bool:
  case ElementKind::UInt8:
    return visit(uint8_t());
  case ElementKind::Int8:
    return visit(int8_t());
  case ElementKind::Int16:
    return visit(int16_t());
  case ElementKind::UInt16:
    return visit(uint16_t());
  case ElementKind::Int32:
    return visit(int32_t());
  case ElementKind::UInt32:
    return visit(uint32_t());
  case ElementKind::Int64:
    return visit(int64_t());
  case ElementKind::UInt64:
    return visit(uint64_t());
  case ElementKind::Float16:
    return visit(Half());
  case ElementKind::Float32:
    return visit(float());
  case ElementKind::Float64:
    return visit(double());
  }
  llvm_unreachable("not an element kind");
}

bool isFloat(ElementKind kind) { return kind >= ElementKind::Float16; }
bool isWideFloat(ElementKind kind) { return kind == ElementKind::Float32 || kind == ElementKind::Float64; }

/// Integers that models use as indices and sizes; narrower ones are quantized numbers.
bool isIndex(ElementKind kind) { return isInteger(kind) && byteSize(kind) >= 4; }

template <typename To, typename From> bool fits(From value) {
  if constexpr (std::is_signed_v<From>)
    if (value < 0)
      return std::is_signed_v<To> &&
             static_cast<int64_t>(value) >= static_cast<int64_t>(std::numeric_limits<To>::min());
  return static_cast<uint64_t>(value) <= static_cast<uint64_t>(std::numeric_limits<To>::max());
}

/// Elements lie wherever the caller's buffer has them.
template <typename T> T load(const char *from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
} // namespace

bool ElementConverter::normalizes(ElementKind from, ElementKind to) { return isInteger(from) && isWideFloat(to); }

std::string ElementConverter::reasonAgainst(ElementKind from, ElementKind to, bool hasMean) {
  std::string wants = "but the input is " + name(to).str();
  if (from == to || (isFloat(from) && isWideFloat(to)) || (isInteger(from) && isIndex(to)))
    return "";
  if (normalizes(from, to))
    return hasMean ? ""
                   : wants + "; say how to normalize it, for example --mean 127.5 --std 127.5 for (x - mean) / std";
  if (isWideFloat(to) || isIndex(to))
    return wants + "; convert the array";
  return wants + "; inputs of this type take no other, convert the array";
}

ElementConverter::ElementConverter(ElementKind from, ElementKind to, llvm::ArrayRef<float> mean,
                                   llvm::ArrayRef<float> std, int64_t channels)
    : from(from), to(to), mean(mean), std(std), channels(channels) {}

llvm::Error ElementConverter::convert(llvm::ArrayRef<char> in, llvm::MutableArrayRef<char> out) const {
  size_t count = in.size() / byteSize(from);
  assert(out.size() == count * byteSize(to));
  if (from == to) {
    std::memcpy(out.data(), in.data(), in.size());
    return llvm::Error::success();
  }
  return dispatch(from, [&](auto source) {
    return dispatch(to, [&](auto target) -> llvm::Error {
      using From = decltype(source);
      using To = decltype(target);
      auto store = [&](size_t i, To value) { std::memcpy(out.data() + i * sizeof(To), &value, sizeof value); };
      auto element = [&](size_t i) { return load<From>(in.data() + i * sizeof(From)); };
      if constexpr (std::is_floating_point_v<To> && std::is_integral_v<From>) {
        for (size_t i = 0; i < count; ++i) {
          size_t channel = i % channels;
          float centred = static_cast<float>(element(i)) - mean[mean.size() == 1 ? 0 : channel];
          store(i, centred / std[std.size() == 1 ? 0 : channel]);
        }
      } else if constexpr (std::is_floating_point_v<To>) {
        for (size_t i = 0; i < count; ++i) {
          double value = element(i);
          if (std::isfinite(value) && !std::isfinite(static_cast<To>(value)))
            return makeError("{0:e3} does not fit {1}", value, name(to));
          store(i, static_cast<To>(value));
        }
      } else if constexpr (std::is_integral_v<To> && std::is_integral_v<From>) {
        for (size_t i = 0; i < count; ++i) {
          From value = element(i);
          if (!fits<To>(value))
            return makeError("{0} does not fit {1}", +value, name(to));
          store(i, static_cast<To>(value));
        }
      } else {
        llvm_unreachable("refused by reasonAgainst");
      }
      return llvm::Error::success();
    });
  });
}
