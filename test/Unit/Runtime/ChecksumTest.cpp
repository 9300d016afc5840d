//===- ChecksumTest.cpp - results do not depend on flags ------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include <cstdint>
#include <gtest/gtest.h>

uint64_t plainChecksum();
uint64_t nativeChecksum();

TEST(Checksum, OptimizationAndContractionChangeNothing) { EXPECT_EQ(plainChecksum(), nativeChecksum()); }
