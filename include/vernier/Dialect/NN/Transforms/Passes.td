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

def ToFloatPass : Pass<"nn-to-float", "::mlir::ModuleOp"> {
  let summary = "Turn a quantized network back into the float network that it stands for";
  let description = [{
    Every quantized type becomes float32, stored integers become the values that they stand for, and casts between
    quantized tensors go. What the types said is kept beside the values: the range of each computed tensor
    (`quantx.trained_range`), which calibration does not change, and the type that a constant was stored in
    (`quantx.trained_type`). The same integers come out again where the same scheme is asked for.

    - A bias, a plain integer, takes the scale that its operator derives it from.
    - Where a range begins at zero and the operator could fuse an activation, but has none, the range stood for it: the
      operator gets RELU, or RELU6 where the range ends at 6.
    - Operators that work on the integers themselves (CAST) or that nobody knows (custom operators) keep their types,
      between a `nn.quantize` and a `nn.dequantize`.

    A float network stays as it is.

    ```mlir
    %w = nn.const dense<[3, -4]> : tensor<2xi8> as tensor<2x!qw>
    %1 = nn.add %x, %w : (tensor<2x!qx>, tensor<2x!qw>) -> tensor<2x!qy>
    ```
    becomes
    ```mlir
    %w = nn.const dense<[1.5, -2.0]> : tensor<2xf32> {quantx.trained_type = !qw, ...}
    %1 = nn.add %x, %w {quantx.trained_range = array<f64: -64.0, 63.5>} : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    ```
  }];
  let dependentDialects = ["::mlir::vernier::nn::NNDialect"];
}

#endif // VERNIER_DIALECT_NN_TRANSFORMS_PASSES_TD
