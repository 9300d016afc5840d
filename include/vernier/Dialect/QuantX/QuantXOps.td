//===- QuantXOps.td - Simulated quantization ---------------*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_QUANTX_QUANTXOPS_TD
#define VERNIER_DIALECT_QUANTX_QUANTXOPS_TD

include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "vernier/Dialect/QuantX/QuantXAttributes.td"

def QuantX_FakeQuantOp : Op<QuantXDialect, "fake_quant", [Pure, SameOperandsAndResultType]> {
  let summary = "Marks where a value is quantized, and simulates it once parameters are known";
  let description = [{
    Without parameters it is the identity and the place where calibration looks. With parameters
    it rounds in float as the integer form will:

        output = scale * (clamp(round(input / scale) + zero_point, storage_min, storage_max) - zero_point)

    with halves away from zero. `name` is the key of the value in statistics files.

    There is one on each quantizable result and function argument, and one on an operand only for
    constants or where a consumer wants other parameters than the producer gives.

    ```mlir
    %1 = quantx.fake_quant %0 name "conv1" spec <i8> stats <min = -1.0, max = 2.0>
        as !quant.uniform<i8:f32, 0.01:-28> : tensor<1x8xf32>
    ```
  }];
  let arguments = (ins AnyRankedTensor:$input, QuantX_SpecAttr:$spec, OptionalAttr<StrAttr>:$tensor_name,
    OptionalAttr<QuantX_StatisticsAttr>:$statistics, OptionalAttr<TypeAttr>:$params);
  let results = (outs AnyRankedTensor:$output);
  let assemblyFormat = [{
    $input (`name` $tensor_name^)? `spec` $spec (`stats` $statistics^)? (`as` $params^)? attr-dict
    `:` type($output)
  }];
  let builders = [OpBuilder<(ins "Value":$input, "const ::mlir::vernier::QuantSpec &":$spec, CArg<"StringRef", "{}">:$tensorName)>];
  let extraClassDeclaration = [{
    /// The parameters whose rounding the operator simulates; nothing before they are known, nor for
    /// more than 32 bits: a 64-bit bias is finer than the float32 that would simulate it.
    std::optional<Type> getSimulatedParams() {
      return getSpec().getValue().bits > 32 ? std::nullopt : getParams();
    }
  }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

#endif // VERNIER_DIALECT_QUANTX_QUANTXOPS_TD
