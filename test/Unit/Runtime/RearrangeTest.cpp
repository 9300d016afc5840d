//===- RearrangeTest.cpp - operators that only move elements --------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "RandomData.h"
#include "vernier/Runtime/Gather.h"
#include "vernier/Runtime/Pad.h"
#include "vernier/Runtime/StridedCopy.h"
#include <algorithm>
#include <gtest/gtest.h>
#include <numeric>

using namespace mlir::vernier::runtime;

namespace {

std::vector<int32_t> counting(int64_t size) {
  std::vector<int32_t> values(size);
  std::iota(values.begin(), values.end(), 0);
  return values;
}

/// Coordinates of the flat index `at`.
std::vector<int> coordinates(const Shape &shape, int64_t at) {
  std::vector<int> index(shape.rank);
  for (int i = shape.rank - 1; i >= 0; --i) {
    index[i] = int(at % shape.dims[i]);
    at /= shape.dims[i];
  }
  return index;
}

Shape randomShape(RandomData &random) {
  Shape shape;
  shape.rank = random.integer(1, 6);
  for (int i = 0; i < shape.rank; ++i)
    shape.dims[i] = random.integer(1, 4);
  return shape;
}

TEST(Rearrange, TransposePermutesCoordinates) {
  RandomData random(60);
  for (int trial = 0; trial < 200; ++trial) {
    const Shape shape = randomShape(random);
    std::vector<int32_t> permutation(shape.rank);
    std::iota(permutation.begin(), permutation.end(), 0);
    std::shuffle(permutation.begin(), permutation.end(), random.engine);
    Shape result{shape.rank, {}};
    for (int i = 0; i < shape.rank; ++i)
      result.dims[i] = shape.dims[permutation[i]];
    const auto input = counting(shape.size());
    std::vector<int32_t> output(input.size());
    stridedCopy(makeTranspose(shape, permutation.data()), input.data(), output.data());
    for (size_t i = 0; i < output.size(); ++i) {
      const auto to = coordinates(result, i), from = coordinates(shape, output[i]);
      for (int d = 0; d < shape.rank; ++d)
        ASSERT_EQ(to[d], from[permutation[d]]) << "trial " << trial;
    }
  }
}

TEST(Rearrange, StridedSliceFollowsPythonsRules) {
  // dim, begin, end, stride, has begin, has end; expected begin and size as
  // Python's slice.indices gives them.
  const struct {
    int dim, begin, end, stride;
    bool hasBegin, hasEnd;
    int first, size;
  } cases[] = {{5, 1, 4, 2, true, true, 1, 2},   {5, -2, 9, 1, true, true, 3, 2},  {5, 0, 0, -1, false, false, 4, 5},
               {5, 4, -9, -2, true, true, 4, 3}, {5, 3, 3, 1, true, true, 3, 0},   {5, 9, 1, -1, true, true, 4, 3},
               {5, -9, 2, 1, true, true, 0, 2},  {5, 0, 2, -1, false, true, 4, 2}, {0, 0, 0, 1, false, false, 0, 0}};
  for (const auto &c : cases) {
    const SliceBounds bounds = resolveStridedSlice(c.dim, c.begin, c.end, c.stride, c.hasBegin, c.hasEnd);
    EXPECT_EQ(bounds.size, c.size) << c.begin << ":" << c.end << ":" << c.stride;
    if (c.size) {
      EXPECT_EQ(bounds.begin, c.first) << c.begin << ":" << c.end << ":" << c.stride;
    }
  }
}

TEST(Rearrange, SliceReadsFromBeginByStride) {
  const auto input = counting(4 * 5);
  const int32_t begin[] = {3, 1}, strides[] = {-2, 2}, dims[] = {2, 2};
  int32_t output[4];
  stridedCopy(makeSlice({2, {4, 5}}, begin, strides, dims), input.data(), output);
  EXPECT_EQ(std::vector<int32_t>(output, output + 4), (std::vector<int32_t>{16, 18, 6, 8}));
}

TEST(Rearrange, BroadcastToRepeats) {
  const int32_t input[] = {1, 2};
  int32_t output[6];
  Traversal<1> plan;
  ASSERT_TRUE(makeBroadcastTo({2, {2, 1}}, {2, {2, 3}}, plan));
  stridedCopy(plan, input, output);
  EXPECT_EQ(std::vector<int32_t>(output, output + 6), (std::vector<int32_t>{1, 1, 1, 2, 2, 2}));
  EXPECT_FALSE(makeBroadcastTo({1, {2}}, {1, {3}}, plan));
}

TEST(Rearrange, DepthToSpaceUndoesSpaceToDepth) {
  const auto input = counting(2 * 4 * 6 * 3);
  std::vector<int32_t> deep(input.size()), back(input.size());
  stridedCopy(makeSpaceToDepth(2, 4, 6, 3, 2), input.data(), deep.data());
  // The second pixel of the first block's first row follows the first.
  EXPECT_EQ(deep[3], 3);
  EXPECT_EQ(deep[6], 6 * 3);
  stridedCopy(makeDepthToSpace(2, 2, 3, 12, 2), deep.data(), back.data());
  EXPECT_EQ(back, input);
}

TEST(Rearrange, CopyBlocksConcatenatesAlongAMiddleAxis) {
  const int32_t a[] = {1, 2, 3, 4}, b[] = {5, 6};
  int32_t output[6];
  copyBlocks(2, 2, 2, 3, a, output);
  copyBlocks(2, 1, 1, 3, b, output + 2);
  EXPECT_EQ(std::vector<int32_t>(output, output + 6), (std::vector<int32_t>{1, 2, 5, 3, 4, 6}));
}

TEST(Rearrange, PadSurroundsTheInput) {
  RandomData random(61);
  for (int trial = 0; trial < 200; ++trial) {
    const Shape shape = randomShape(random);
    int32_t before[maxRank], after[maxRank];
    Shape result{shape.rank, {}};
    for (int i = 0; i < shape.rank; ++i) {
      before[i] = random.integer(0, 2);
      after[i] = random.integer(0, 2);
      result.dims[i] = shape.dims[i] + before[i] + after[i];
    }
    const auto input = counting(shape.size());
    std::vector<int32_t> output(result.size());
    pad(shape, before, after, -7, input.data(), output.data());
    for (size_t i = 0; i < output.size(); ++i) {
      const auto index = coordinates(result, i);
      int64_t at = 0;
      bool inside = true;
      for (int d = 0; d < shape.rank; ++d) {
        const int from = index[d] - before[d];
        inside = inside && from >= 0 && from < shape.dims[d];
        at = at * shape.dims[d] + from;
      }
      ASSERT_EQ(output[i], inside ? input[at] : -7) << "trial " << trial;
    }
  }
}

TEST(Rearrange, BatchToSpaceUndoesSpaceToBatch) {
  const SpaceToBatchParams p{2, 3, 5, 2, 3, 4, 2, 2, 1, 0};
  const auto input = counting(2 * 3 * 5 * 4);
  std::vector<int32_t> batch(8 * 2 * 3 * 4), back(input.size());
  spaceToBatch(p, -1, input.data(), batch.data());
  EXPECT_EQ(batch[0], -1);
  // Block (1, 0), batch 0, pixel (0, 0) is space pixel (0, 0).
  EXPECT_EQ(batch[(2 * 2) * 2 * 3 * 4], 0);
  batchToSpace(p, batch.data(), back.data());
  EXPECT_EQ(back, input);
}

TEST(Rearrange, GatherChecksItsIndices) {
  const auto input = counting(2 * 3 * 2);
  const int32_t indices[] = {2, 0}, wrong[] = {3, 0}, negative[] = {-1, 0};
  int32_t output[8];
  const GatherParams p{1, 2, 3, 2, 2};
  ASSERT_TRUE(gather(p, input.data(), indices, output));
  EXPECT_EQ(std::vector<int32_t>(output, output + 8), (std::vector<int32_t>{4, 5, 0, 1, 10, 11, 6, 7}));
  EXPECT_FALSE(gather(p, input.data(), wrong, output));
  EXPECT_FALSE(gather(p, input.data(), negative, output));
}

TEST(Rearrange, GatherHasOneSetOfIndicesPerBatch) {
  const auto input = counting(2 * 3);
  const int64_t indices[] = {2, 1};
  int32_t output[2];
  ASSERT_TRUE(gather({2, 1, 3, 1, 1}, input.data(), indices, output));
  EXPECT_EQ(output[0], 2);
  EXPECT_EQ(output[1], 4);
}

TEST(Rearrange, GatherNDAddressesLeadingDimensions) {
  const auto input = counting(2 * 3 * 2);
  const int32_t indices[] = {1, 2, 0, 1}, wrong[] = {1, 3, 0, 1};
  int32_t output[4];
  ASSERT_TRUE(gatherND({3, {2, 3, 2}}, 2, 2, input.data(), indices, output));
  EXPECT_EQ(std::vector<int32_t>(output, output + 4), (std::vector<int32_t>{10, 11, 2, 3}));
  EXPECT_FALSE(gatherND({3, {2, 3, 2}}, 2, 2, input.data(), wrong, output));
}

} // namespace
