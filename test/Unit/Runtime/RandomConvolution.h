//===- RandomConvolution.h - convolutions of any shape ----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_TEST_UNIT_RUNTIME_RANDOMCONVOLUTION_H
#define VERNIER_TEST_UNIT_RUNTIME_RANDOMCONVOLUTION_H

#include "RandomData.h"
#include "vernier/Runtime/Conv2D.h"
#include <optional>
#include <string>

/// A convolution, or nothing where the window does not fit the image.
inline std::optional<mlir::vernier::runtime::Conv2DParams> drawConvolution(RandomData &random, bool isSigned) {
  const auto between = [&](int low, int high) { return random.integer(low, high); };
  mlir::vernier::runtime::Conv2DParams p{};
  p.groups = between(0, 4) ? 1 : between(2, 4);
  p.batches = between(1, 3);
  p.inputHeight = between(0, 5) ? between(1, 12) : 1;
  p.inputWidth = between(1, between(0, 3) ? 12 : 70);
  p.inputChannels = p.groups * between(1, between(0, 2) ? 20 : 120);
  p.outputChannels = p.groups * between(1, between(0, 2) ? 30 : 160);
  const bool pointwise = !between(0, 2);
  p.filterHeight = pointwise ? 1 : between(1, between(0, 2) ? 3 : 7);
  p.filterWidth = pointwise ? 1 : between(1, between(0, 2) ? 3 : 9);
  p.strideHeight = between(1, 3);
  p.strideWidth = between(1, 3);
  p.dilationHeight = between(0, 3) ? 1 : between(2, 5);
  p.dilationWidth = between(0, 3) ? 1 : between(2, 5);
  const int rows = (p.filterHeight - 1) * p.dilationHeight + 1, columns = (p.filterWidth - 1) * p.dilationWidth + 1;
  p.padTop = between(0, rows - 1);
  p.padLeft = between(0, columns - 1);
  const int height = p.inputHeight + p.padTop + between(0, rows - 1) - rows;
  const int width = p.inputWidth + p.padLeft + between(0, columns - 1) - columns;
  if (height < 0 || width < 0)
    return std::nullopt;
  p.outputHeight = height / p.strideHeight + 1;
  p.outputWidth = width / p.strideWidth + 1;
  p.inputZeroPoint = isSigned ? between(-128, 127) : between(0, 255);
  p.filterZeroPoint = isSigned ? 0 : between(0, 255);
  return p;
}

/// The parameters in order.
inline std::string describe(const mlir::vernier::runtime::Conv2DParams &p) {
  const auto numbers = {p.batches,     p.inputHeight,    p.inputWidth,     p.inputChannels, p.outputHeight,
                        p.outputWidth, p.outputChannels, p.filterHeight,   p.filterWidth,   p.strideHeight,
                        p.strideWidth, p.dilationHeight, p.dilationWidth,  p.padTop,        p.padLeft,
                        p.groups,      p.inputZeroPoint, p.filterZeroPoint};
  std::string text;
  for (const int number : numbers)
    text += std::to_string(number) + " ";
  return text;
}

#endif // VERNIER_TEST_UNIT_RUNTIME_RANDOMCONVOLUTION_H
