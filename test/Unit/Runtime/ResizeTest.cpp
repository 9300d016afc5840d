//===- ResizeTest.cpp - bilinear and nearest neighbour --------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The oracle interpolates in double between the pixels around the real
// position; 8-bit forms must be within a step and their roundings differ at a
// tie.
//===----------------------------------------------------------------------===//

#include "RandomData.h"
#include "vernier/Runtime/ResizeNearestNeighbor.h"
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

using namespace mlir::vernier::runtime;

namespace {

double position(int at, int input, int output, const ResizeParams &p) {
  const double scale = p.alignCorners && output > 1 ? double(input - 1) / (output - 1) : double(input) / output;
  const double value = p.halfPixelCenters ? (at + 0.5) * scale - 0.5 : at * scale;
  return std::fmin(std::fmax(value, 0), input - 1);
}

template <class T> double interpolated(const ResizeParams &p, const std::vector<T> &input, int n, int y, int x, int c) {
  const double py = position(y, p.inputHeight, p.outputHeight, p), px = position(x, p.inputWidth, p.outputWidth, p);
  const auto pixel = [&](int iy, int ix) {
    return double(
        input[((n * p.inputHeight + std::min(iy, p.inputHeight - 1)) * p.inputWidth + std::min(ix, p.inputWidth - 1)) *
                  p.channels +
              c]);
  };
  const int top = int(py), left = int(px);
  const double fy = py - top, fx = px - left;
  return (pixel(top, left) * (1 - fx) + pixel(top, left + 1) * fx) * (1 - fy) +
         (pixel(top + 1, left) * (1 - fx) + pixel(top + 1, left + 1) * fx) * fy;
}

template <class Check> void sweep(uint32_t seed, Check check) {
  RandomData random(seed);
  for (int trial = 0; trial < 120; ++trial) {
    ResizeParams p{2,
                   random.integer(1, 12),
                   random.integer(1, 12),
                   random.integer(1, 12),
                   random.integer(1, 12),
                   random.integer(1, 3),
                   trial % 3 == 1,
                   trial % 3 == 2};
    check(p, random);
  }
}

template <class T, class Kernel> void compare(const ResizeParams &p, RandomData &random, Kernel kernel, double bound) {
  const auto input = random.vector<T>(p.batches * p.inputHeight * p.inputWidth * p.channels);
  std::vector<T> output(p.batches * p.outputHeight * p.outputWidth * p.channels);
  kernel(p, input.data(), output.data());
  int64_t i = 0;
  for (int n = 0; n < p.batches; ++n)
    for (int y = 0; y < p.outputHeight; ++y)
      for (int x = 0; x < p.outputWidth; ++x)
        for (int c = 0; c < p.channels; ++c)
          ASSERT_NEAR(double(output[i++]), interpolated(p, input, n, y, x, c), bound);
}

TEST(Resize, BilinearIsCloseToRealInterpolation) {
  sweep(80, [](const ResizeParams &p, RandomData &random) {
    compare<float>(
        p, random, [](const ResizeParams &q, const float *in, float *out) { resizeBilinear(q, in, out); }, 2e-5);
    compare<int8_t>(p, random, resizeBilinearXnnpack<int8_t>, 0.9);
    compare<uint8_t>(p, random, resizeBilinearXnnpack<uint8_t>, 0.9);
    compare<uint8_t>(
        p, random, [](const ResizeParams &q, const uint8_t *in, uint8_t *out) { resizeBilinearReference(q, in, out); },
        0.51);
    // Q10 positions lose up to half of 2^-10 for each step in the output.
    compare<int8_t>(
        p, random, [](const ResizeParams &q, const int8_t *in, int8_t *out) { resizeBilinearReference(q, in, out); },
        4.0);
  });
}

TEST(Resize, RowsAreBlendedInParts) {
  RandomData random(11);
  // More channels, and columns, than are blended at once.
  for (const ResizeParams &p :
       {ResizeParams{2, 3, 7, 5, 9, 300, false, false}, ResizeParams{1, 2, 300, 3, 90, 20, true, false},
        ResizeParams{1, 2, 5, 4, 200, 3, false, true}})
    compare<int8_t>(p, random, resizeBilinearXnnpack<int8_t>, 0.9);
}

TEST(Resize, TiesGoUpOrAway) {
  const ResizeParams p{1, 1, 2, 1, 4, 1, false, false};
  const int8_t input[] = {-2, -1};
  int8_t up[4], away[4];
  resizeBilinearXnnpack(p, input, up);
  resizeBilinearReference(p, input, away);
  EXPECT_EQ(up[1], -1);
  EXPECT_EQ(away[1], -2);
}

TEST(Resize, NearestNeighborPicksTheContainingPixel) {
  const int32_t input[] = {10, 20, 30};
  int32_t output[7];
  resizeNearestNeighbor({1, 1, 3, 1, 7, 1, false, false}, input, output);
  EXPECT_EQ(std::vector<int32_t>(output, output + 7), (std::vector<int32_t>{10, 10, 10, 20, 20, 30, 30}));
  resizeNearestNeighbor({1, 1, 3, 1, 4, 1, true, false}, input, output);
  EXPECT_EQ(std::vector<int32_t>(output, output + 4), (std::vector<int32_t>{10, 20, 20, 30}));
  resizeNearestNeighbor({1, 1, 3, 1, 2, 1, false, true}, input, output);
  EXPECT_EQ(std::vector<int32_t>(output, output + 2), (std::vector<int32_t>{10, 30}));
}

} // namespace
