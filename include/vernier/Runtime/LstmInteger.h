//===- LstmInteger.h - Long short-term memory in int8 with 16-bit state ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Activations and matrices of int8, gates and cell state of int16: gates in Q3.12 before their function and Q0.15 after
// it, the cell state with a power of two as scale. docs/Numerics.md has each step. Bit-exact with LiteRT, its
// oddities included.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_LSTMINTEGER_H
#define VERNIER_RUNTIME_LSTMINTEGER_H

#include "vernier/Numerics/FixedPoint16.h"
#include "vernier/Numerics/FixedPointFunctions.h"
#include "vernier/Runtime/DotProduct.h"
#include "vernier/Runtime/Recurrent.h"

namespace mlir::vernier::runtime {

/// A matrix [rows][columns] of int8, the accumulators' start (zero points folded in), and the way to the result.
struct LstmMatrix {
  const int8_t *weights;
  const int32_t *start;
  numerics::FixedPointMultiplier scale;
};

/// Vectors are null where the gate has none.
struct LstmIntegerGate {
  LstmMatrix input, recurrent;
  const int16_t *peephole;
  numerics::FixedPointMultiplier peepholeScale;
  const int16_t *normalization;
  const int32_t *normalizationBias;
  numerics::FixedPointMultiplier normalizationScale;
  /// Stands for a variance below 1.
  int32_t varianceGuard;
};

/// Gates are i, f, g, o.
struct LstmInteger {
  int32_t inputs, cells, outputs;
  bool hasInputGate, hasProjection;
  LstmIntegerGate gates[4];
  LstmMatrix projection;
  /// The cell state's scale is 2^cellExponent, with 15 + cellExponent in [0, 6].
  int32_t cellExponent;
  numerics::FixedPointMultiplier hiddenScale;
  int32_t hiddenZeroPoint, outputZeroPoint;
  /// In integers of the cell state and of the output; 0 for none.
  int32_t cellClip, projectionClip;

  /// Four gates of int16 and the hidden vector of int8.
  int64_t scratchBytes(int32_t batches) const { return int64_t(batches) * cells * (4 * 2 + 1); }

  void operator()(const SequenceShape &shape, const int8_t *x, int8_t *outputState, int16_t *cellState, int8_t *y,
                  char *scratch) const {
    shape.forEachStep(true, [&](ptrdiff_t row, int32_t batch, int32_t rows) {
      int8_t *h = outputState + static_cast<ptrdiff_t>(batch) * outputs;
      step(rows, x + row * inputs, h, cellState + static_cast<ptrdiff_t>(batch) * cells, scratch);
      for (ptrdiff_t i = 0; i < static_cast<ptrdiff_t>(rows) * outputs; ++i)
        y[row * outputs + i] = h[i];
    });
  }

private:
  static int32_t scaled(int32_t value, numerics::FixedPointMultiplier m) {
    return numerics::multiplyByQuantizedMultiplier(value, m);
  }

  /// out += W x, saturating.
  template <class T>
  static void accumulate(int32_t rows, int32_t columns, int32_t results, const LstmMatrix &matrix, const int8_t *x,
                         int32_t zeroPoint, T *out) {
    for (int32_t r = 0; r < rows; ++r)
      for (int32_t o = 0; o < results; ++o, ++out) {
        const int8_t *w = matrix.weights + static_cast<ptrdiff_t>(o) * columns;
        const int8_t *from = x + static_cast<ptrdiff_t>(r) * columns;
        const int32_t sum = scaled(numerics::wrapAdd(dotProduct(columns, from, 0, w), matrix.start[o]), matrix.scale);
        *out = numerics::saturatingCast<T>(int64_t(sum) + zeroPoint + *out);
      }
  }

  void step(int32_t rows, const int8_t *x, int8_t *h, int16_t *c, char *scratch) const {
    const ptrdiff_t count = static_cast<ptrdiff_t>(rows) * cells;
    int16_t *values = reinterpret_cast<int16_t *>(scratch);
    const auto compute = [&](int g) { gate(g, rows, x, h, c, values + g * count); };
    const int16_t *enter = values, *forget = values + count, *update = values + 2 * count, *leave = values + 3 * count;
    if (hasInputGate)
      compute(0);
    compute(1);
    compute(2);
    for (ptrdiff_t i = 0; i < count; ++i) {
      const int32_t kept = numerics::roundingDivideByPOT(forget[i] * c[i], 15);
      const int32_t open = hasInputGate ? enter[i] : 32767 - forget[i];
      const int32_t added = numerics::roundingDivideByPOT(open * update[i], 30 + cellExponent);
      const int32_t state = numerics::saturatingCast<int16_t>(static_cast<int16_t>(kept) + static_cast<int16_t>(added));
      c[i] = static_cast<int16_t>(cellClip > 0 ? numerics::clamp(state, -cellClip, cellClip) : state);
    }
    compute(3);
    int8_t *hidden = hasProjection ? reinterpret_cast<int8_t *>(values + 4 * count) : h;
    // What is projected is stored negated around 0 as LiteRT does it: the product's start takes the zero point back.
    const int32_t zeroPoint = hasProjection ? -hiddenZeroPoint : hiddenZeroPoint;
    for (ptrdiff_t i = 0; i < count; ++i) {
      const int32_t product = leave[i] * numerics::tanh16(c[i], 15 + cellExponent);
      hidden[i] = numerics::saturatingCast<int8_t>(int64_t(scaled(product, hiddenScale)) + zeroPoint);
    }
    if (!hasProjection)
      return;
    const ptrdiff_t results = static_cast<ptrdiff_t>(rows) * outputs;
    for (ptrdiff_t i = 0; i < results; ++i)
      h[i] = 0;
    accumulate(rows, cells, outputs, projection, hidden, outputZeroPoint, h);
    for (ptrdiff_t i = 0; i < results; ++i)
      if (projectionClip > 0)
        h[i] = static_cast<int8_t>(numerics::clamp(int32_t(h[i]), -projectionClip, projectionClip));
  }

  void gate(int g, int32_t rows, const int8_t *x, const int8_t *h, const int16_t *c, int16_t *out) const {
    const LstmIntegerGate &p = gates[g];
    const ptrdiff_t count = static_cast<ptrdiff_t>(rows) * cells;
    for (ptrdiff_t i = 0; i < count; ++i)
      out[i] = 0;
    accumulate(rows, inputs, cells, p.input, x, 0, out);
    accumulate(rows, outputs, cells, p.recurrent, h, 0, out);
    // LiteRT walks `outputs` peepholes for each batch, in cells that lie side by side: not all where outputs are fewer.
    if (p.peephole)
      for (ptrdiff_t i = 0; i < static_cast<ptrdiff_t>(rows) * outputs; ++i)
        out[i] = numerics::saturatingCast<int16_t>(int64_t(scaled(p.peephole[i % outputs] * c[i], p.peepholeScale)) +
                                                   out[i]);
    if (p.normalization)
      for (int32_t r = 0; r < rows; ++r)
        normalize(p, out + static_cast<ptrdiff_t>(r) * cells);
    for (ptrdiff_t i = 0; i < count; ++i)
      out[i] = g == 2 ? numerics::tanh16(out[i], 3) : numerics::logistic16(out[i]);
  }

  /// Mean and variance with ten and twenty fractional bits.
  void normalize(const LstmIntegerGate &p, int16_t *values) const {
    int64_t sum = 0, squares = 0;
    for (int32_t i = 0; i < cells; ++i) {
      sum += values[i];
      squares += values[i] * values[i];
    }
    const int32_t mean = static_cast<int32_t>(sum * 1024 / cells);
    const int64_t spread = squares * ((1 << 20) / cells) - int64_t(mean) * mean;
    int32_t variance = static_cast<int32_t>(spread / (1 << 20));
    if (variance < 1)
      variance = p.varianceGuard;
    const numerics::FixedPointMultiplier inverse = numerics::inverseSqrt(variance);
    for (int32_t i = 0; i < cells; ++i) {
      const int32_t normal = scaled(1024 * values[i] - mean, inverse);
      const int64_t weighted = numerics::wrapAdd(numerics::wrapMul(normal, p.normalization[i]), p.normalizationBias[i]);
      const int32_t rounded = static_cast<int32_t>((weighted > 0 ? weighted + 512 : weighted - 512) / 1024);
      const numerics::FixedPointMultiplier m = {p.normalizationScale.multiplier, p.normalizationScale.shift + 12};
      values[i] = numerics::saturatingCast<int16_t>(scaled(rounded, m));
    }
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_LSTMINTEGER_H
