//===- MemoryPlanTest.cpp - Offsets for buffers with lifetimes ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Dialect/Kernel/MemoryPlan.h"
#include "llvm/ADT/SmallVector.h"
#include "gtest/gtest.h"
#include <random>

using namespace mlir::vernier;

TEST(MemoryPlan, BuffersThatLiveTogetherDoNotOverlap) {
  std::mt19937 random(1);
  for (int round = 0; round < 50; ++round) {
    llvm::SmallVector<BufferLifetime> buffers;
    for (int i = 0; i < 40; ++i) {
      unsigned first = random() % 30;
      buffers.push_back({int64_t(random() % 1000), first, first + unsigned(random() % 8)});
    }
    llvm::SmallVector<int64_t> offsets;
    std::optional<int64_t> bytes = planMemory(buffers, 1 << 20, offsets);
    ASSERT_TRUE(bytes.has_value());
    for (size_t a = 0; a < buffers.size(); ++a) {
      EXPECT_EQ(offsets[a] % kArenaAlignment, 0);
      EXPECT_LE(offsets[a] + buffers[a].bytes, *bytes);
      for (size_t b = 0; b < a; ++b) {
        bool liveTogether = buffers[a].first <= buffers[b].last && buffers[b].first <= buffers[a].last;
        bool overlap = offsets[a] < offsets[b] + buffers[b].bytes && offsets[b] < offsets[a] + buffers[a].bytes;
        EXPECT_FALSE(liveTogether && overlap) << a << " and " << b;
      }
    }
  }
}

TEST(MemoryPlan, AResultLiesOverWhatItIsMadeOf) {
  // Buffer 1 may begin 640 bytes behind the beginning of buffer 0, at the step where that is read for the last time.
  llvm::SmallVector<BufferLifetime> buffers = {{1024, 0, 1}, {512, 1, 2, 0, 640}, {256, 0, 0}};
  llvm::SmallVector<int64_t> offsets;
  EXPECT_EQ(planMemory(buffers, 1 << 20, offsets), 1280);
  EXPECT_EQ(offsets[1], offsets[0] + 640);
  EXPECT_EQ(liveBytes(buffers, 1), 640 + 512);
  EXPECT_EQ(liveBytesBound(buffers), 1024 + 256);
  // Whichever is placed first, nothing is lost.
  buffers = {{512, 0, 1}, {1024, 1, 2, 0, 320}};
  EXPECT_EQ(planMemory(buffers, 1 << 20, offsets), 320 + 1024);
  buffers[1].distance = 0;
  EXPECT_EQ(planMemory(buffers, 1 << 20, offsets), 1024);
}

TEST(MemoryPlan, RefusesWhatExceedsTheLimit) {
  llvm::SmallVector<int64_t> offsets;
  EXPECT_FALSE(planMemory({{100, 0, 1}, {100, 1, 2}}, 128, offsets));
  EXPECT_EQ(planMemory({{100, 0, 1}, {100, 2, 3}}, 128, offsets), 128);
  EXPECT_FALSE(planMemory({{INT64_MAX, 0, 1}}, 128, offsets));
}

TEST(MemoryPlan, WhatLiesHighestIsPlacedFirst) {
  // Largest first, or what lives longest, all take 704 bytes.
  llvm::SmallVector<BufferLifetime> buffers = {{128, 0, 3}, {320, 2, 3}, {384, 4, 6}, {192, 3, 6}};
  llvm::SmallVector<int64_t> offsets;
  EXPECT_EQ(liveBytesBound(buffers), 640);
  EXPECT_EQ(planMemory(buffers, 1 << 20, offsets), 640);
  // Nothing at all.
  EXPECT_EQ(planMemory({}, 1 << 20, offsets), 0);
}
