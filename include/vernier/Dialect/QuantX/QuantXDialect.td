//===- QuantXDialect.td - Simulated quantization -----------*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_QUANTX_QUANTXDIALECT_TD
#define VERNIER_DIALECT_QUANTX_QUANTXDIALECT_TD

include "mlir/IR/OpBase.td"

def QuantXDialect : Dialect {
  let name = "quantx";
  let cppNamespace = "::mlir::vernier::quantx";
  let summary = "Quantization in the making: statistics, specs and simulated rounding";
  let description = [{
    Upstream's `quant` dialect has the types of a finished quantization. This dialect holds what
    leads there: where a value will be rounded (`quantx.fake_quant`), what calibration saw of it
    (`#quantx.statistics`), what the scheme asks of it (`#quantx.spec`) and, once resolved, the
    `!quant.uniform` parameters that it gets.

    ```mlir
    // inserted: this value will be quantized to int8 with a free zero point
    %1 = quantx.fake_quant %0 name "relu" spec <i8> : tensor<1x8xf32>
    // calibrated: it was seen between 0 and 5.1
    %1 = quantx.fake_quant %0 name "relu" spec <i8> stats <min = 0.0, max = 5.1> : tensor<1x8xf32>
    // resolved: it still computes in float, with the rounding of int8
    %1 = quantx.fake_quant %0 name "relu" spec <i8> stats <min = 0.0, max = 5.1>
        as !quant.uniform<i8:f32, 0.02:-128> : tensor<1x8xf32>
    ```

    Discardable attributes of this dialect: `quantx.scheme` on the module names the scheme, on an operator another one;
    `quantx.float_reason` on an operator says why it stays float, `quantx.remedy` what would change that; `quantx.range_method` on the module, an
    operator or an argument, how ranges are chosen; `quantx.io` on the module, what float inputs and outputs become; `quantx.internal` on an operator lists the tensors
    that exist inside of it only.
  }];
  let useDefaultAttributePrinterParser = 1;
  let dependentDialects = ["::mlir::quant::QuantDialect"];
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let extraClassDeclaration = [{
    void registerAttributes();
    /// Module and operator attribute: the `#quantx.scheme` in force.
    static constexpr StringLiteral getSchemeAttrName() { return "quantx.scheme"; }
    /// Operator attribute: why the operator stays float, as a clause.
    static constexpr StringLiteral getFloatReasonAttrName() { return "quantx.float_reason"; }
    /// Operator attribute: what would change that, as a clause.
    static constexpr StringLiteral getRemedyAttrName() { return "quantx.remedy"; }
    /// Module attribute: the element type that float inputs and outputs get.
    static constexpr StringLiteral getIOAttrName() { return "quantx.io"; }
    /// Module, operator and argument attribute: the name of the method that chooses ranges.
    static constexpr StringLiteral getRangeMethodAttrName() { return "quantx.range_method"; }
    /// Operator attribute: a `#quantx.internal`, or `unit`, for each internal tensor.
    static constexpr StringLiteral getInternalAttrName() { return "quantx.internal"; }
  }];
}

#endif // VERNIER_DIALECT_QUANTX_QUANTXDIALECT_TD
