//===- ElementaryLanesTest.cpp - logistic and tanh in vectors -------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Vectors must give the bits of the scalar functions, which ElementaryTest holds against wider types.
//===----------------------------------------------------------------------===//

#include "vernier/Numerics/ElementaryLanes.h"
#include "RandomData.h"
#include <gtest/gtest.h>

using namespace mlir::vernier::numerics;

namespace {

/// Numbers of every magnitude, and what branches of the scalar functions begin or end with.
std::vector<float> interestingValues() {
  RandomData random(320);
  std::vector<float> values = {0.0f,     -0.0f,   0.02f,   -0.02f,   std::nextafter(0.02f, 0.0f),
                               20.0f,    -20.0f,  20.001f, 708.0f,   -708.0f,
                               708.001f, -709.0f, 709.8f,  -709.8f,  1e30f,
                               -1e30f,   1e-40f,  -1e-40f, INFINITY, -INFINITY,
                               NAN};
  for (int i = 0; i < 20000; ++i)
    values.push_back(bitCast<float>(uint32_t(random.engine())));
  for (const float largest : {0.05f, 5.0f, 30.0f, 800.0f})
    for (int i = 0; i < 20001; ++i)
      values.push_back(random.real(-largest, largest));
  return values;
}

template <class Lanes, class Scalar> void compare(Lanes lanes, Scalar scalar) {
  const std::vector<float> values = interestingValues();
  std::vector<float> results(values);
  mapInDouble<elementaryLanes>(int64_t(results.size()), results.data(), lanes, results.data());
  for (size_t i = 0; i < values.size(); ++i) {
    const float expected = scalar(values[i]);
    // The sign of a NaN is nobody's.
    if (expected != expected)
      ASSERT_TRUE(results[i] != results[i]) << values[i];
    else
      ASSERT_EQ(bitCast<uint32_t>(results[i]), bitCast<uint32_t>(expected)) << values[i];
  }
}

TEST(ElementaryLanes, Logistic) {
  compare([](auto x) { return logisticOfLanes(x); }, [](float x) { return portableLogistic(x); });
}
TEST(ElementaryLanes, Tanh) {
  compare([](auto x) { return tanhOfLanes(x); }, [](float x) { return portableTanh(x); });
}

TEST(ElementaryLanes, WritesNoMoreThanItReads) {
  for (int64_t size = 0; size < 20; ++size) {
    std::vector<float> values(size + 1, 3.0f);
    mapInDouble<elementaryLanes>(size, values.data(), [](auto x) { return logisticOfLanes(x); }, values.data());
    for (int64_t i = 0; i < size; ++i)
      EXPECT_EQ(values[i], portableLogistic(3.0f));
    EXPECT_EQ(values[size], 3.0f);
  }
}

} // namespace
