//===- Resize.cpp - Resampling of height and width --------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// XNNPACK interpolates 8-bit images in Q11 from positions in float; the reference kernels have positions in Q10
// (int8) or everything in float (uint8).

#include "Families.h"
#include "Movement.h"
#include "vernier/Interfaces/ConstantData.h"
#include <cmath>

namespace mlir::vernier::reference {
namespace {

/// Checks of both operators; the options are the same.
template <typename Op> LogicalResult checkResize(const Call &call, Op op) {
  TensorRef input = call.operands[0], output = call.results[0];
  FailureOr<SmallVector<int64_t>> size = readIndices(call, call.operands[1], "size");
  if (failed(size) || failed(expectRank(call, input, 4, "an input")))
    return failure();
  if (size->size() != 2)
    return call.error() << "expected a height and a width, got " << size->size() << " sizes";
  if (op.getAlignCorners() && op.getHalfPixelCenters())
    return call.error() << "expected aligned corners or half-pixel centers, got both";
  if (failed(expectShape(call, output, {input.shape[0], (*size)[0], (*size)[1], input.shape[3]})))
    return failure();
  if (count(output.shape) != 0 && count(input.shape) == 0)
    return call.error() << "resamples no elements of shape " << describe(input.shape);
  return success();
}

/// Input positions for each step of the output.
float stepOf(int64_t in, int64_t out, bool alignCorners) {
  return alignCorners && out > 1 ? float(in - 1) / float(out - 1) : float(in) / float(out);
}

/// One dimension at one output position: two input positions and how far the second counts.
template <typename Weight> struct Tap {
  int64_t first, second;
  Weight fraction;
};

/// The position in float, as the built-in kernels compute it.
Tap<float> realTap(int64_t o, int64_t in, int64_t out, bool alignCorners, bool halfPixel) {
  float step = stepOf(in, out, alignCorners);
  float position = halfPixel ? numerics::product(float(o) + 0.5f, step) - 0.5f : numerics::product(float(o), step);
  int64_t first = std::max<int64_t>(int64_t(std::floor(position)), 0);
  first = std::min(first, in - 1);
  int64_t second = numerics::clamp<int64_t>(int64_t(std::ceil(position)), 0, in - 1);
  return {first, second, position - float(first)};
}

/// XNNPACK's: fractions of 2048.
Tap<int64_t> q11Tap(int64_t o, int64_t in, int64_t out, bool alignCorners, bool halfPixel) {
  float step = stepOf(in, out, alignCorners);
  float position = numerics::product(float(o), step);
  if (halfPixel) {
    float offset = numerics::product(0.5f, step) - 0.5f;
    position = numerics::clamp(position + offset, 0.0f, float(in - 1));
  }
  int64_t first = std::min<int64_t>(int64_t(position), in - 1);
  return {first, std::min(first + 1, in - 1),
          numerics::roundHalfEven(numerics::product(position - float(first), 2048.0f))};
}

/// The reference kernels': fractions of 1024.
Tap<int64_t> q10Tap(int64_t o, int64_t in, int64_t out, bool alignCorners, bool halfPixel) {
  int64_t step = ((in << 10) + out / 2) / out;
  if (alignCorners && out > 1)
    step = (((in - 1) << 10) + (out - 1) / 2) / (out - 1);
  int64_t position = o * step + (halfPixel ? step / 2 - (1 << 9) : 0);
  int64_t first = numerics::clamp<int64_t>(position / 1024, 0, in - 1);
  int64_t second = numerics::clamp<int64_t>((position + 1023) / 1024, 0, in - 1);
  return {first, second, position - (first << 10)};
}

/// Evaluates every result element from its four neighbours: `mix(tl, tr, bl, br, y fraction, x fraction)`.
template <typename Value, typename TapOf, typename Mix>
void interpolate(const Call &call, const std::vector<Value> &input, bool alignCorners, bool halfPixel, TapOf tapOf,
                 Mix mix) {
  ArrayRef<int64_t> in = call.operands[0].shape, out = call.results[0].shape;
  forEachIndex(out, [&](ArrayRef<int64_t> o) {
    auto y = tapOf(o[1], in[1], out[1], alignCorners, halfPixel);
    auto x = tapOf(o[2], in[2], out[2], alignCorners, halfPixel);
    auto at = [&](int64_t row, int64_t column) { return input[position(in, {o[0], row, column, o[3]})]; };
    mix(position(out, o), at(y.first, x.first), at(y.first, x.second), at(y.second, x.first), at(y.second, x.second),
        y.fraction, x.fraction);
  });
}

} // namespace

LogicalResult resizeBilinear(const Call &call) {
  auto op = llvm::cast<nn::ResizeBilinearOp>(call.op);
  TensorRef input = call.operands[0], output = call.results[0];
  if (failed(checkResize(call, op)))
    return failure();
  bool corners = op.getAlignCorners(), half = op.getHalfPixelCenters();
  Elements results(output);
  auto realMix = [](double tl, double tr, double bl, double br, double y, double x) {
    return tl * (1 - y) * (1 - x) + tr * (1 - y) * x + bl * y * (1 - x) + br * y * x;
  };
  if (isFloat(input) && isFloat(output)) {
    interpolate(call, readReals(input), corners, half, realTap,
                [&](int64_t o, double tl, double tr, double bl, double br, float y, float x) {
                  results.setReal(o, realMix(tl, tr, bl, br, y, x));
                });
    return success();
  }
  std::optional<Affine> in = affine8(input), out = affine8(output);
  const bool isWide = affine16(input) && affine16(output);
  if (((!in || !out) && !isWide) || !sameStorage(input, output))
    return call.noForm();
  std::vector<int64_t> values = readIntegers(input);
  // XNNPACK computes 8 bits where the size is in the file.
  if (!isWide && call.isDefaultLiteRT() && getConstantElements(op.getSize())) {
    interpolate(call, values, corners, half, q11Tap,
                [&](int64_t o, int64_t tl, int64_t tr, int64_t bl, int64_t br, int64_t y, int64_t x) {
                  int64_t top = (tl << 11) + (tr - tl) * x, bottom = (bl << 11) + (br - bl) * x;
                  results.setInteger(o, ((top << 11) + (bottom - top) * y + (1 << 21)) >> 22);
                });
  } else if (!isWide && out->min == 0) {
    interpolate(call, values, corners, half, realTap,
                [&](int64_t o, int64_t tl, int64_t tr, int64_t bl, int64_t br, float y, float x) {
                  auto term = [](int64_t v, float a, float b) {
                    return numerics::product(numerics::product(float(v), a), b);
                  };
                  float sum = term(tl, 1 - y, 1 - x) + term(bl, y, 1 - x) + term(tr, 1 - y, x) + term(br, y, x);
                  results.setInteger(o, int64_t(sum + 0.5f));
                });
  } else {
    interpolate(call, values, corners, half, q10Tap,
                [&](int64_t o, int64_t tl, int64_t tr, int64_t bl, int64_t br, int64_t y, int64_t x) {
                  int64_t sum = tl * (1024 - y) * (1024 - x) + tr * (1024 - y) * x + bl * y * (1024 - x) + br * y * x;
                  results.setInteger(o, (sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20));
                });
  }
  return success();
}

LogicalResult resizeNearestNeighbor(const Call &call) {
  auto op = llvm::cast<nn::ResizeNearestNeighborOp>(call.op);
  TensorRef input = call.operands[0], output = call.results[0];
  if (failed(checkResize(call, op)))
    return failure();
  bool corners = op.getAlignCorners(), half = op.getHalfPixelCenters();
  ArrayRef<int64_t> in = input.shape, out = output.shape;
  auto nearest = [&](int64_t o, unsigned d) {
    float position = numerics::product(float(o) + (half ? 0.5f : 0.0f), stepOf(in[d], out[d], corners));
    int64_t index = corners ? numerics::roundHalfAway(position) : int64_t(std::floor(position));
    return numerics::clamp<int64_t>(index, 0, in[d] - 1);
  };
  return move(call, input, output,
              [&](ArrayRef<int64_t> o) { return position(in, {o[0], nearest(o[1], 1), nearest(o[2], 2), o[3]}); });
}

} // namespace mlir::vernier::reference
