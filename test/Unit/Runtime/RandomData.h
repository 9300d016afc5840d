//===- RandomData.h - reproducible test data --------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Uniform random vectors of a fixed seed for each test.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_TEST_UNIT_RUNTIME_RANDOMDATA_H
#define VERNIER_TEST_UNIT_RUNTIME_RANDOMDATA_H

#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

struct RandomData {
  std::mt19937 engine;
  explicit RandomData(uint32_t seed) : engine(seed) {}

  /// An integer in [low, high].
  int32_t integer(int32_t low, int32_t high) { return low + int32_t(engine() % uint32_t(high - low + 1)); }
  /// A float in [low, high).
  float real(float low, float high) { return low + (high - low) * float(engine() >> 8) * 0x1p-24f; }
  /// Floats in [-2, 2), or any integers of the type.
  template <class T> std::vector<T> vector(int64_t size) {
    std::vector<T> values(size);
    for (T &value : values) {
      if constexpr (std::is_floating_point<T>::value)
        value = real(-2, 2);
      else
        value = T(engine());
    }
    return values;
  }
};

#endif // VERNIER_TEST_UNIT_RUNTIME_RANDOMDATA_H
