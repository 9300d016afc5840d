//===- NNRecurrentOps.td - LSTM, RNN and SVDF as single operators ---*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_NN_NNRECURRENTOPS_TD
#define VERNIER_DIALECT_NN_NNRECURRENTOPS_TD

include "vernier/Dialect/NN/NNBase.td"

// An operator that reads and overwrites some of its operands: `nn.variable`s, which hold its state. It is not pure, so
// that two of them with the same operands stay two. Operands are positions of the flatbuffer, named in `Recurrent.h`.
class NN_RecurrentOp<string mnemonic, list<Trait> traits = []> : NN_Op<mnemonic, traits> {
  let arguments = (ins Variadic<NN_OptionalTensor>:$inputs);
  let results = (outs Variadic<NN_Tensor>:$outputs);
  let assemblyFormat = "` ` `(` $inputs `)` attr-dict `:` functional-type($inputs, $outputs)";
}

// A recurrent operator that LiteRT has in float, and with float activations over 8-bit weights, only.
class NN_FloatRecurrentOp<string mnemonic> : NN_RecurrentOp<mnemonic, [QuantizableOpInterface]> {
  let extraClassDeclaration = [{
    ::mlir::vernier::QuantSource getOperandSource(unsigned, const ::mlir::vernier::Scheme &) { return {}; }
    ::mlir::vernier::QuantSource getResultSource(unsigned, const ::mlir::vernier::Scheme &) { return {}; }
    ::std::optional<::std::string> getReasonToStayFloat(const ::mlir::vernier::Scheme &) {
      return "no runtime has an integer form of it: its activations are float even where its weights are not";
    }
  }];
}

// An LSTM cell with gates, of 20 operands, or of 24 where the gates are normalized.
class NN_GatedOp<string mnemonic> : NN_RecurrentOp<mnemonic, [
    DeclareOpInterfaceMethods<QuantizableOpInterface,
        ["getReasonToStayFloat", "getInternalTensors", "setInternalTypes", "getInternalTypes"]>]>;

def NN_UnidirectionalSequenceLstmOp : NN_GatedOp<"unidirectional_sequence_lstm"> {
  let summary = "A long short-term memory over a sequence";
  let description = [{
    For each step, with input x, output state h and cell state c (gates i, f, g, o; `*` is element-wise):

        i, f, o = logistic(W x + R h + P * c + b)     g = activation(W x + R h + b)
        c = clip(f * c + i * g, cell_clip)            h = clip(V (o * activation(c)) + v, proj_clip)

    Optional: the input gate (else i = 1 - f), peepholes P (o sees the new c), projection V, v (else h is what it would
    project), and normalization over cells of each gate before its bias. `inputs` has the flatbuffer's order: x; W and
    R of i, f, g, o; P of i, f, o; b of i, f, g, o; V; v; h; c; and, in files that have them, four vectors of
    normalization coefficients. Time is dimension 1, or dimension 0 where `time_major`.

    Quantization: x and h int8, c int16 with a power of two as scale, W, R, V int8 symmetric with one scale, P and the
    coefficients int16 symmetric, biases derived. What a normalized gate is before normalization is int16, what is
    projected int8; their parameters are in `nn.tensors_inside`.

    ```mlir
    %h = nn.variable : tensor<1x20xf32>
    %y = nn.unidirectional_sequence_lstm (%x, %wi, ..., %h, %c) {fused_activation_function = #nn<activation TANH>}
        : (tensor<1x28x28xf32>, ...) -> tensor<1x28x20xf32>
    ```
  }];
  let arguments = (ins Variadic<NN_OptionalTensor>:$inputs, NN_ActivationOption:$fused_activation_function,
    NN_F32<"0.0f">:$cell_clip, NN_F32<"0.0f">:$proj_clip, NN_False:$time_major, NN_False:$asymmetric_quantize_inputs,
    NN_False:$diagonal_recurrent_tensors);
}

def NN_LstmOp : NN_GatedOp<"lstm"> {
  let summary = "One step of a long short-term memory, or a sequence of them with time first";
  let description = [{
    With `kernel_type` 0, as `nn.unidirectional_sequence_lstm` with time in dimension 0.

    With `kernel_type` 1, the basic cell of old files: operands input, previous output, weights (of the gates i, g, f,
    o, over input and output side by side), biases, previous cell state; results output, cell state and two scratch
    tensors. It stays float.
  }];
  let arguments = (ins Variadic<NN_OptionalTensor>:$inputs, NN_ActivationOption:$fused_activation_function,
    NN_F32<"0.0f">:$cell_clip, NN_F32<"0.0f">:$proj_clip, NN_I8<0>:$kernel_type,
    NN_False:$asymmetric_quantize_inputs);
}

def NN_BidirectionalSequenceLstmOp : NN_FloatRecurrentOp<"bidirectional_sequence_lstm"> {
  let summary = "Two long short-term memories over a sequence, one of them from its end";
  let description = [{
    48 operands: input; weights, peepholes, biases and projection of the forward and of the backward cell, in the order
    of `nn.unidirectional_sequence_lstm`; output and cell state of each; a second input and its weights. A second input
    with weights is added into the gates of both, without weights it is what the backward cell reads. Results:
    forward and backward outputs, or one of both side by side where `merge_outputs`.
  }];
  let arguments = (ins Variadic<NN_OptionalTensor>:$inputs, NN_ActivationOption:$fused_activation_function,
    NN_F32<"0.0f">:$cell_clip, NN_F32<"0.0f">:$proj_clip, NN_False:$merge_outputs, NN_True:$time_major,
    NN_False:$asymmetric_quantize_inputs);
}

def NN_RnnOp : NN_FloatRecurrentOp<"rnn"> {
  let summary = "One step of a simple recurrence: h = activation(W x + R h + b)";
  let description = [{ Operands: x, W, R, b and the variable h. }];
  let arguments = (ins Variadic<NN_OptionalTensor>:$inputs, NN_ActivationOption:$fused_activation_function,
    NN_False:$asymmetric_quantize_inputs);
}

def NN_UnidirectionalSequenceRnnOp : NN_FloatRecurrentOp<"unidirectional_sequence_rnn"> {
  let summary = "`nn.rnn` over a sequence";
  let arguments = (ins Variadic<NN_OptionalTensor>:$inputs, NN_False:$time_major,
    NN_ActivationOption:$fused_activation_function, NN_False:$asymmetric_quantize_inputs);
}

def NN_BidirectionalSequenceRnnOp : NN_FloatRecurrentOp<"bidirectional_sequence_rnn"> {
  let summary = "Two of `nn.rnn` over a sequence, one of them from its end";
  let description = [{
    Operands: x; W, R, b and h of the forward and of the backward cell; a second input and its weights, as in
    `nn.bidirectional_sequence_lstm`. Results as there.
  }];
  let arguments = (ins Variadic<NN_OptionalTensor>:$inputs, NN_False:$time_major,
    NN_ActivationOption:$fused_activation_function, NN_False:$merge_outputs, NN_False:$asymmetric_quantize_inputs);
}

def NN_SvdfOp : NN_RecurrentOp<"svdf", [
    DeclareOpInterfaceMethods<QuantizableOpInterface,
        ["getReasonToStayFloat", "getInternalTensors", "setInternalTypes", "getInternalTypes"]>]> {
  let summary = "A fully connected layer over a window of time, factored by rank";
  let description = [{
    Operands: x (batch x inputs), feature weights F (filters x inputs), time weights T (filters x steps), bias b or none
    (units = filters / `rank`), and the variable s (batch x filters * steps):

        s = s shifted by one step, F x as the last
        y = activation(sum over the filters of a unit and steps of T * s, + b)

    Quantization: x and y int8, F int8 symmetric with one scale, T int16 within 10 bits, s int16, b derived from T and
    s. The integer form clamps to the output's range alone.

    ```mlir
    %s = nn.variable : tensor<1x32xf32>
    %y = nn.svdf (%x, %f, %t, %b, %s) {rank = 1 : i32, fused_activation_function = #nn<activation RELU>}
        : (tensor<1x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<4xf32>, tensor<1x32xf32>) -> tensor<1x4xf32>
    ```
  }];
  let arguments = (ins Variadic<NN_OptionalTensor>:$inputs, NN_I32<0>:$rank,
    NN_ActivationOption:$fused_activation_function, NN_False:$asymmetric_quantize_inputs);
}

#endif // VERNIER_DIALECT_NN_NNRECURRENTOPS_TD
