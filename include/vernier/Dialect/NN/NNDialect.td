//===- NNDialect.td - Network operators in TFLite's vocabulary ---*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_NN_NNDIALECT_TD
#define VERNIER_DIALECT_NN_NNDIALECT_TD

include "mlir/IR/OpBase.td"

def NNDialect : Dialect {
  let name = "nn";
  let cppNamespace = "::mlir::vernier::nn";
  let summary = "Network operators in the vocabulary of the TFLite built-in operators";
  let description = [{
    One operator for each TFLite built-in that Vernier quantizes, fuses or executes, under the same
    name in lower case, with the same options under the same names; `nn.generic` carries every other
    built-in and every custom operator, options and all. Layouts are TFLite's: activations are
    batch x height x width x channels.

    Operators work on float, integer and `!quant.uniform` tensors alike; which of them is a matter
    of types alone.

    ```mlir
    %w = nn.const dense_resource<conv1> : tensor<16x3x3x3xf32>
    %b = nn.const dense_resource<conv1_bias> : tensor<16xf32>
    %y = nn.conv_2d %x, %w, %b stride [2, 2] padding SAME activation RELU6
        : (tensor<1x32x32x3xf32>, tensor<16x3x3x3xf32>, tensor<16xf32>) -> tensor<1x16x16x16xf32>
    ```

    What types cannot say is kept in discardable attributes: `nn.tensors` holds one `#nn.tensor` for
    each result (functions: `nn.tensor` on each argument), `nn.version` the operator version of the file,
    `nn.tensors_inside` a `#nn.tensor` for each tensor that exists inside an operator only.
  }];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let dependentDialects = ["::mlir::func::FuncDialect", "::mlir::quant::QuantDialect"];
  let extraClassDeclaration = [{
    void registerAttributes();
    void registerTypes();
    /// Operator attribute: an array with one `#nn.tensor` for each result.
    static constexpr StringLiteral getTensorsAttrName() { return "nn.tensors"; }
    /// Function argument attribute: the argument's `#nn.tensor`.
    static constexpr StringLiteral getTensorAttrName() { return "nn.tensor"; }
    /// Operator attribute: the operator version that the file asked for.
    static constexpr StringLiteral getVersionAttrName() { return "nn.version"; }
    /// Operator attribute: an array with a `#nn.tensor`, which has a `type`, for each tensor inside the operator; `unit`
    /// for an absent one.
    static constexpr StringLiteral getIntermediatesAttrName() { return "nn.tensors_inside"; }
  }];
}

#endif // VERNIER_DIALECT_NN_NNDIALECT_TD
