//===- Recurrent.h - Operands of recurrent operators by name ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recurrent operators have up to 48 operands, most of them optional: positions of the flatbuffer, which these name.

#ifndef VERNIER_DIALECT_NN_RECURRENT_H
#define VERNIER_DIALECT_NN_RECURRENT_H

#include "vernier/Dialect/NN/NN.h"

namespace mlir::vernier::nn {

/// The gates of an LSTM in the order of its operands.
enum LstmGate : unsigned { InputGate, ForgetGate, CellGate, OutputGate };
constexpr unsigned kLstmGates = 4;

/// Where the operands of one LSTM cell are. Vectors by gate begin at the position that is given.
struct LstmOperands {
  unsigned input = 0;
  unsigned inputWeights = 1;
  unsigned recurrentWeights = 5;
  /// Of the input, forget and output gates.
  unsigned peepholes = 9;
  unsigned biases = 12;
  unsigned projectionWeights = 16, projectionBias = 17;
  unsigned outputState = 18, cellState = 19;
  /// One for each gate, in operators of 24 operands.
  unsigned normalization = 20;
  /// A second input and its weights; absent operands where there is none.
  std::optional<unsigned> auxiliary, auxiliaryWeights;
  bool isBackward = false;

  unsigned peephole(unsigned gate) const { return peepholes + (gate == OutputGate ? 2 : gate); }

  /// The forward (0) and the backward (1) cell of `nn.bidirectional_sequence_lstm`.
  static LstmOperands ofDirection(unsigned direction) {
    const unsigned first = 1 + 17 * direction;
    LstmOperands at;
    at.inputWeights = first;
    at.recurrentWeights = first + 4;
    at.peepholes = first + 8;
    at.biases = first + 11;
    at.projectionWeights = first + 15;
    at.projectionBias = first + 16;
    at.outputState = 35 + 2 * direction;
    at.cellState = 36 + 2 * direction;
    at.normalization = kBidirectionalLstmOperands;
    at.auxiliary = 39;
    at.auxiliaryWeights = 40 + 4 * direction;
    at.isBackward = direction == 1;
    return at;
  }
  static constexpr unsigned kBidirectionalLstmOperands = 48;
};

/// Operands of the basic cell: `nn.lstm` with `kernel_type` 1. Its gates are in the order i, g, f, o.
namespace basic_lstm {
enum : unsigned { Input, PreviousOutput, Weights, Biases, PreviousCell, Operands };
enum : unsigned { Output, Cell, Concatenated, Gates, Results };
} // namespace basic_lstm

/// Operands of `nn.svdf`.
namespace svdf {
enum : unsigned { Input, FeatureWeights, TimeWeights, Bias, State, Operands };
} // namespace svdf

/// Operands of `nn.rnn`, and where they begin for each direction of `nn.bidirectional_sequence_rnn`.
struct RnnOperands {
  unsigned input = 0, weights = 1, recurrentWeights = 2, bias = 3, state = 4;
  std::optional<unsigned> auxiliary, auxiliaryWeights;
  bool isBackward = false;
  static constexpr unsigned kOperands = 5, kBidirectionalOperands = 12;

  static RnnOperands ofDirection(unsigned direction) {
    const unsigned first = 1 + 4 * direction;
    RnnOperands at;
    at.weights = first;
    at.recurrentWeights = first + 1;
    at.bias = first + 2;
    at.state = first + 3;
    at.auxiliary = 9;
    at.auxiliaryWeights = 10 + direction;
    at.isBackward = direction == 1;
    return at;
  }
};

/// Whether operand `index` is there and holds a tensor.
inline bool hasOperand(Operation *op, unsigned index) {
  return index < op->getNumOperands() && !isa<NoneType>(op->getOperand(index).getType());
}

/// The internal tensors of a quantized LSTM, in the order of `getInternalTensors`: the states, then the flatbuffer's
/// intermediates.
enum LstmInternal : unsigned { OutputStateInternal, CellStateInternal, FirstIntermediate };
/// Intermediates: what each gate is before normalization, and what is projected.
constexpr unsigned kLstmIntermediates = 5, kHiddenIntermediate = 4;

/// The type of intermediate `index` of `op`, or null.
Type getIntermediateType(Operation *op, unsigned index);

} // namespace mlir::vernier::nn

#endif // VERNIER_DIALECT_NN_RECURRENT_H
