//===- Passes.td - Passes of the nn dialect ----------------*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_NN_TRANSFORMS_PASSES_TD
#define VERNIER_DIALECT_NN_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

// On the module, not on each function: names of new constants then do not depend on threads.
def FusePass : Pass<"nn-fuse", "::mlir::ModuleOp"> {
  let summary = "Merge float operators that one quantized kernel computes";
  let description = [{
    Each operator left over costs a rounding to 8 bits, so what one kernel can do becomes one
    operator before ranges are measured:

    - an activation becomes the fused activation of the operator before it;
    - multiplications, additions and subtractions of constants, one value for each output channel
      (batch normalization), fold into the filter and bias of the convolution or fully-connected
      operator before them, in double precision, rounded once;
    - a border of zeros becomes SAME padding where the convolution after it would add just that;
    - a negation, a square and a division by a constant, which have no 8-bit form, become the
      multiplication that computes the same;
    - a convolution without a bias, which LiteRT refuses, gets one of zeros, and a depth multiplier
      follows the shapes, which decide;
    - what quantization-aware training left, FAKE_QUANT operators and pairs of QUANTIZE and DEQUANTIZE,
      becomes a range of the value (`quantx.trained_range`) that calibration does not change;
    - half-precision constants become float32, and reshaped constants take their new shape, so that
      the rules above see them.

    Only float32 operators change; a quantized model stays as it is. The result keeps the name of
    the last tensor of the chain: it is the one that users know.

    ```mlir
    %y = nn.conv_2d %x, %w, %b stride [1, 1] padding SAME : ...  // "conv"
    %n = nn.mul %y, %scale : ...                                 // "mul"
    %r = nn.relu6 %n : ...                                       // "relu6"
    ```
    becomes
    ```mlir
    %r = nn.conv_2d %x, %w2, %b2 stride [1, 1] padding SAME activation RELU6 : ...  // "relu6"
    ```
  }];
  let dependentDialects = ["::mlir::vernier::nn::NNDialect"];
}

#endif // VERNIER_DIALECT_NN_TRANSFORMS_PASSES_TD
