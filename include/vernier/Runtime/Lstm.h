//===- Lstm.h - Long short-term memory in float -----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The cell of `nn.unidirectional_sequence_lstm`, which has its formula: optional input gate, peepholes, projection and
// normalization, and a second input.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_LSTM_H
#define VERNIER_RUNTIME_LSTM_H

#include "vernier/Runtime/Recurrent.h"

namespace mlir::vernier::runtime {

/// What a watcher of the float cell is told about: the cell state, what each gate is before normalization (i, f, g, o),
/// and what is projected.
enum class LstmValue { CellState, Gate, Hidden = Gate + 4 };

/// Vectors are null where the cell has none. Arrays of four are by gate: i, f, g, o.
struct Lstm {
  int32_t inputs, auxiliaryInputs, cells, outputs, outputStride;
  bool hasInputGate, hasProjection;
  DenseMatrix input[4], auxiliary[4], recurrent[4], projection;
  /// In place of `recurrent`: a diagonal matrix.
  const float *diagonal[4];
  const float *peephole[4], *bias[4], *normalization[4], *projectionBias;
  RecurrentActivation activation;
  /// 0 for none.
  float cellClip, projectionClip;

  int64_t scratchFloats(int32_t batches) const {
    return int64_t(batches) * (5 * int64_t(cells) + (outputs > cells ? outputs - cells : 0));
  }

  /// `watch(value, data, count)` sees what calibration asks for.
  template <class Dense, class Watch = IgnoreValues>
  void operator()(const Dense &dense, const SequenceShape &shape, bool forward, const float *x, const float *auxiliaryX,
                  float *outputState, float *cellState, float *y, float *scratch, const Watch &watch = {}) const {
    shape.forEachStep(forward, [&](ptrdiff_t row, int32_t batch, int32_t rows) {
      float *h = outputState + static_cast<ptrdiff_t>(batch) * outputs;
      step(dense, rows, x + row * inputs, auxiliaryX ? auxiliaryX + row * auxiliaryInputs : nullptr, h,
           cellState + static_cast<ptrdiff_t>(batch) * cells, scratch, watch);
      for (int32_t r = 0; r < rows; ++r)
        for (int32_t o = 0; o < outputs; ++o)
          y[(row + r) * outputStride + o] = h[static_cast<ptrdiff_t>(r) * outputs + o];
    });
  }

private:
  template <class Dense, class Watch>
  void step(const Dense &dense, int32_t rows, const float *x, const float *auxiliaryX, float *h, float *c,
            float *scratch, const Watch &watch) const {
    const ptrdiff_t count = static_cast<ptrdiff_t>(rows) * cells;
    float *gates[4], *part = scratch + 4 * count;
    for (int g = 0; g < 4; ++g)
      gates[g] = scratch + g * count;
    const auto compute = [&](int g) { gate(dense, g, rows, x, auxiliaryX, h, c, gates[g], part, watch); };
    if (hasInputGate)
      compute(0);
    compute(1);
    compute(2);
    for (ptrdiff_t i = 0; i < count; ++i) {
      const float forget = gates[1][i], enter = hasInputGate ? gates[0][i] : 1.0f - forget;
      c[i] = clip(numerics::product(forget, c[i]) + numerics::product(enter, gates[2][i]), cellClip);
    }
    watch(LstmValue::CellState, c, count);
    compute(3);
    float *hidden = hasProjection ? part : h;
    for (ptrdiff_t i = 0; i < count; ++i)
      hidden[i] = numerics::product(gates[3][i], applyActivation(activation, c[i]));
    if (!hasProjection)
      return;
    watch(LstmValue::Hidden, hidden, count);
    dense(projection, rows, hidden, projectionBias, h);
    for (ptrdiff_t i = 0; i < static_cast<ptrdiff_t>(rows) * outputs; ++i)
      h[i] = clip(h[i], projectionClip);
  }

  template <class Dense, class Watch>
  void gate(const Dense &dense, int g, int32_t rows, const float *x, const float *auxiliaryX, const float *h,
            const float *c, float *out, float *part, const Watch &watch) const {
    const ptrdiff_t count = static_cast<ptrdiff_t>(rows) * cells;
    const auto addPart = [&] {
      for (ptrdiff_t i = 0; i < count; ++i)
        out[i] += part[i];
    };
    dense(input[g], rows, x, normalization[g] ? nullptr : bias[g], out);
    if (auxiliaryX) {
      dense(auxiliary[g], rows, auxiliaryX, nullptr, part);
      addPart();
    }
    if (diagonal[g]) {
      multiplyAdd(rows, diagonal[g], h, out);
    } else {
      dense(recurrent[g], rows, h, nullptr, part);
      addPart();
    }
    if (peephole[g])
      multiplyAdd(rows, peephole[g], c, out);
    if (normalization[g]) {
      watch(static_cast<LstmValue>(static_cast<int>(LstmValue::Gate) + g), out, count);
      normalize(g, rows, out);
    }
    for (ptrdiff_t i = 0; i < count; ++i)
      out[i] = g == 2 ? applyActivation(activation, out[i]) : numerics::portableLogistic(out[i]);
  }

  /// out += weights * x for each row, element-wise.
  void multiplyAdd(int32_t rows, const float *weights, const float *x, float *out) const {
    for (int32_t r = 0; r < rows; ++r)
      for (int32_t i = 0; i < cells; ++i, ++x, ++out)
        *out += numerics::product(weights[i], *x);
  }

  void normalize(int g, int32_t rows, float *out) const {
    for (int32_t r = 0; r < rows; ++r, out += cells) {
      double sum = 0, squares = 0;
      for (int32_t i = 0; i < cells; ++i)
        sum += out[i];
      const double mean = sum / cells;
      for (int32_t i = 0; i < cells; ++i)
        squares += numerics::product(out[i] - mean, out[i] - mean);
      const double inverse = 1.0 / std::sqrt(squares / cells + 1e-8);
      for (int32_t i = 0; i < cells; ++i)
        out[i] = static_cast<float>(numerics::product((out[i] - mean) * inverse, double(normalization[g][i])) +
                                    double(bias[g][i]));
    }
  }

  static float clip(float x, float limit) { return limit > 0 ? numerics::clamp(x, -limit, limit) : x; }
};

/// The basic cell: gates i, g, f, o in one product over [input, previous output]. `gates` has 4 * `cells` floats for
/// each batch, `joined` the operands of the product.
struct BasicLstm {
  int32_t batches, inputs, cells;
  DenseMatrix weights;
  const float *bias;

  template <class Dense>
  void operator()(const Dense &dense, const float *x, const float *previousOutput, const float *previousCell,
                  float *output, float *cell, float *joined, float *gates) const {
    const ptrdiff_t depth = static_cast<ptrdiff_t>(inputs) + cells;
    for (ptrdiff_t b = 0; b < batches; ++b)
      for (ptrdiff_t i = 0; i < depth; ++i)
        joined[b * depth + i] = i < inputs ? x[b * inputs + i] : previousOutput[b * cells + i - inputs];
    dense(weights, batches, joined, bias, gates);
    for (ptrdiff_t b = 0; b < batches; ++b)
      for (ptrdiff_t i = 0; i < cells; ++i) {
        const float *gate = gates + b * 4 * cells + i;
        const float enter = numerics::portableLogistic(gate[0]), value = numerics::portableTanh(gate[cells]);
        const float forget = numerics::portableLogistic(gate[2 * cells]);
        const float leave = numerics::portableLogistic(gate[3 * cells]);
        const float state = numerics::product(enter, value) + numerics::product(forget, previousCell[b * cells + i]);
        cell[b * cells + i] = state;
        output[b * cells + i] = numerics::product(leave, numerics::portableTanh(state));
      }
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_LSTM_H
