//===- Passes.td - The op-agnostic quantization passes -----*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_TRANSFORMS_PASSES_TD
#define VERNIER_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def ApplyRecipePass : Pass<"quantx-apply-recipe", "::mlir::ModuleOp"> {
  let summary = "Say what each operator is to become";
  let description = [{
    Reads a recipe (JSON, see docs/Recipes.md), and writes what it says as attributes that the passes after this one read:
    the default scheme on the module, and on each operator that a rule gives another one, `quantx.scheme`; likewise
    `quantx.range_method`, `quantx.io` and explicit ranges. What a rule names and the network does not have is an error.

    ```mlir
    %1 = nn.relu %0 : (tensor<8xf32>) -> tensor<8xf32>                                            // "relu"
    ```
    with `{"vernier_recipe": 1, "rules": [{"match": {"name": "relu"}, "scheme": "float"} ]}` becomes
    ```mlir
    %1 = nn.relu %0 {quantx.scheme = #quantx.scheme<float>} : (tensor<8xf32>) -> tensor<8xf32>    // "relu"
    ```
  }];
  let options = [
    Option<"recipe", "recipe", "std::string", "\"\"", "Path of the recipe">,
  ];
  let dependentDialects = ["::mlir::vernier::quantx::QuantXDialect"];
}

def InsertFakeQuantPass : Pass<"quantx-insert-fake-quant", "::mlir::ModuleOp"> {
  let summary = "Mark every value that the scheme quantizes";
  let description = [{
    Puts a `quantx.fake_quant` on each quantizable result and on each function argument or float
    result that a quantizable operator reads, and on an operand only where it is a constant or where
    the operator wants another spec than the producer gives: readers that want the same one share it. Operators that have no form under the
    scheme get a `quantx.float_reason`.

    ```mlir
    %1 = nn.relu %0 : (tensor<8xf32>) -> tensor<8xf32>
    ```
    becomes
    ```mlir
    %0q = quantx.fake_quant %0 name "x" spec <i8> : tensor<8xf32>
    %1 = nn.relu %0q : (tensor<8xf32>) -> tensor<8xf32>
    %1q = quantx.fake_quant %1 name "relu" spec <i8> : tensor<8xf32>
    ```
  }];
  let options = [
    Option<"scheme", "scheme", "std::string", "\"int8\"", "Quantization scheme of a module without one: int8, int16x8, dynamic or weight-only">,
    Option<"perTensor", "per-tensor", "bool", "false", "One scale per weight tensor instead of one per output channel">,
    Option<"weightBits", "weight-bits", "unsigned", "8", "Width of stored weights: 8, and for weight-only also 4 or 2">,
  ];
  let dependentDialects = ["::mlir::vernier::quantx::QuantXDialect"];
}

def AttachStatisticsPass : Pass<"quantx-attach-statistics", "::mlir::ModuleOp"> {
  let summary = "Give each fake_quant what calibration saw of its value";
  let description = [{
    Reads a statistics file (JSON, see docs/Calibration.md) and sets the `stats` of every
    `quantx.fake_quant` whose name is in it and that has no range from training. Without a file, all
    must have one. A name of the file that no value has is a warning: it is usually a slip of the pen
    in a file edited by hand.
  }];
  let options = [
    Option<"statistics", "statistics", "std::string", "\"\"", "Path of the statistics file">,
    Option<"ranges", "ranges", "std::string", "\"minmax\"", "How a range is chosen where quantx.range_method does not say: minmax, percentile, mse or entropy">,
  ];
  let dependentDialects = ["::mlir::vernier::quantx::QuantXDialect"];
}

def NarrowRangesPass : Pass<"quantx-narrow-ranges", "::mlir::ModuleOp"> {
  let summary = "End ranges where values stop to count";
  let description = [{
    Attention hides places by a number like -1e9. After a softmax all that lies far enough below the others is zero, but a
    scale that reaches -1e9 leaves one step for everything else. Operators say which values of an operand they can
    tell apart (`RangeFlowOpInterface`); where all readers of a value agree that the rest does not count, its `stats` end there, and
    integers saturate. Ranges that were trained, or that a recipe gives, stay.

    ```mlir
    %0q = quantx.fake_quant %0 name "scores" spec <i8> stats <min = -4.0, max = 4.0> : tensor<8xf32>
    %mq = quantx.fake_quant %m spec <i8> : tensor<8xf32>                     // constants 0 and -1e9
    %1 = nn.add %0q, %mq : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    %1q = quantx.fake_quant %1 name "hidden" spec <i8> stats <min = -1e9, max = 4.0> : tensor<8xf32>
    %2 = nn.softmax %1q beta 1.0 : (tensor<8xf32>) -> tensor<8xf32>
    ```
    becomes
    ```mlir
    %mq = quantx.fake_quant %m spec <i8> stats <min = -17.0, max = 0.0> : tensor<8xf32>
    %1q = quantx.fake_quant %1 name "hidden" spec <i8> stats <min = -13.0, max = 4.0> : tensor<8xf32>
    ```
  }];
  let dependentDialects = ["::mlir::vernier::quantx::QuantXDialect"];
}

def ResolveScalesPass : Pass<"quantx-resolve-scales", "::mlir::ModuleOp"> {
  let summary = "Choose scales and zero points";
  let description = [{
    Sharing is equality: values that must have the same parameters form a class (union-find over the
    constraints that operators state through `QuantizableOpInterface`), and each class gets one scale
    and zero point from the ranges of the values that are free. Where an operator wants one set of
    parameters and an operand's are fixed elsewhere, that operand gets a fake_quant of its own, which
    folds to a requantization, and a remark names both ends.

    Then biases: scale(input) * scale(weight), with the weight's scale raised where the bias would
    not fit its integers; and output scales raised to what runtimes accept. The module still
    computes in float afterwards, with the rounding of integers.
  }];
  let dependentDialects = ["::mlir::vernier::quantx::QuantXDialect"];
}

def BalanceWeightsPass : Pass<"quantx-balance-weights", "::mlir::ModuleOp"> {
  let summary = "Round weights so that the errors of each output channel cancel";
  let description = [{
    Rounding each weight to its nearest integer leaves each output channel with a sum of errors that
    is not zero. Inputs after a relu have a mean well above zero, so the sum times the mean shifts
    the whole channel, and a deep network adds the shifts up. This pass rounds as many weights of a
    channel the other way as it takes to bring the sum within half a step of zero, those first that
    lie closest to the middle between two integers. No data is needed.

    It replaces the float constants behind resolved marks by values on the grid, so that simulation and
    integers agree.

    The idea is that of Guo et al., "SQuant: On-the-Fly Data-Free Quantization via Diagonal Hessian
    Approximation", ICLR 2022, at the level of channels.
  }];
  let dependentDialects = ["::mlir::vernier::quantx::QuantXDialect", "::mlir::arith::ArithDialect"];
}

def FoldPass : Pass<"quantx-fold", "::mlir::ModuleOp"> {
  let summary = "Turn simulated quantization into operators on quantized types";
  let description = [{
    An operator folds when every operand and result that its interface calls quantizable carries
    parameters: it is cloned with quantized types. Constants become integers. Casts appear only
    where a quantized value meets a float operator, a function boundary, or other parameters.

    ```mlir
    %0q = quantx.fake_quant %0 ... as !qa           %0q = nn.quantize %0 : (tensor<8xf32>) -> tensor<8x!qa>
    %1 = nn.relu %0q                          ->    %1 = nn.relu %0q : (tensor<8x!qa>) -> tensor<8x!qb>
    %1q = quantx.fake_quant %1 ... as !qb           %2 = nn.dequantize %1 : (tensor<8x!qb>) -> tensor<8xf32>
    return %1q                                      return %2
    ```
  }];
  let options = [
    Option<"io", "io", "std::string", "\"\"", "Element type of the functions' float inputs and outputs: float32, and int8 or uint8 (scheme int8) or int16 (int16x8); without it, what quantx.io on the module says, or float32">,
  ];
  let dependentDialects = ["::mlir::vernier::quantx::QuantXDialect", "::mlir::quant::QuantDialect", "::mlir::arith::ArithDialect"];
}

def StoreHalfPass : Pass<"quantx-store-half", "::mlir::ModuleOp"> {
  let summary = "Store float constants in half precision";
  let description = [{
    Of operators with scheme fp16, or of all in a module without a scheme: each float32 constant of 32
    elements and more becomes one of float16 and a cast, which runtimes
    undo once, when the network is loaded. A constant that would suffer (values beyond 65504, or so
    small that rounding changes them by more than 0.3 %) keeps float32 and a `quantx.float_reason`.

    ```mlir
    %w = nn.const dense_resource<w> : tensor<16x3x3x3xf32>
    ```
    becomes
    ```mlir
    %h = nn.const dense_resource<w> : tensor<16x3x3x3xf16>
    %w = nn.dequantize %h : (tensor<16x3x3x3xf16>) -> tensor<16x3x3x3xf32>
    ```
  }];
  let dependentDialects = ["::mlir::vernier::quantx::QuantXDialect", "::mlir::arith::ArithDialect"];
}

def StoreBlockwisePass : Pass<"quantx-store-blockwise", "::mlir::ModuleOp"> {
  let summary = "Store matrices of weights with several scales in a row";
  let description = [{
    Of operators with scheme weight-only in 4 bits and a `quantx.block_size` (their own, or the module's): a constant matrix
    with a scale for each row, which the operator can read beside float activations, gets a scale for each block of a row. Scales are numbers
    that bfloat16 and float16 both hold, as runtimes round them to either. Where rows are no multiple of the block, the
    largest shorter one that fits is taken; the weights of all other operators are left to the passes after this one. `quantx.block_reason`
    says why.

    ```mlir
    %w = nn.const dense_resource<w> : tensor<8x64xf32>
    %1 = nn.fully_connected %0, %w {quantx.block_size = 32 : i64} : (tensor<1x64xf32>, tensor<8x64xf32>) -> tensor<1x8xf32>
    ```
    becomes
    ```mlir
    %w = nn.const dense_resource<w> : tensor<256xi8> as tensor<8x64x!quant.uniform<i4<-7:7>:f32:{0:1, 1:32}, {...}>>
    %1 = nn.fully_connected %0, %w {asymmetric_quantize_inputs = true, quantx.block_size = 32 : i64} : ...
    ```
  }];
  let dependentDialects = ["::mlir::vernier::quantx::QuantXDialect", "::mlir::quant::QuantDialect", "::mlir::arith::ArithDialect"];
}

#endif // VERNIER_TRANSFORMS_PASSES_TD
