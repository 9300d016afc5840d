//===- QuantXAttributes.td - Specs, statistics and schemes ---*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_QUANTX_QUANTXATTRIBUTES_TD
#define VERNIER_DIALECT_QUANTX_QUANTXATTRIBUTES_TD

include "mlir/IR/AttrTypeBase.td"
include "vernier/Dialect/QuantX/QuantXDialect.td"

class QuantX_Attr<string name, string attrMnemonic> : AttrDef<QuantXDialect, name> {
  let mnemonic = attrMnemonic;
}

def QuantX_SpecAttr : QuantX_Attr<"Spec", "spec"> {
  let summary = "What a scheme asks of one tensor";
  let description = [{
    The storage type, then what is unusual: `symmetric` (zero point 0), `narrow` (without the
    lowest value), `pot` (power-of-two scale), `values = N` (N of the stored bits in use), `axis = N` (one scale per slice of dimension N).

    ```mlir
    #quantx.spec<i8>                               // an activation
    #quantx.spec<i8, symmetric, narrow, axis = 0>  // the filter of a convolution
    #quantx.spec<i32, symmetric>                   // a bias
    ```
  }];
  let parameters = (ins "::mlir::vernier::QuantSpec":$value);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def QuantX_StatisticsAttr : QuantX_Attr<"Statistics", "statistics"> {
  let summary = "What calibration saw of one tensor";
  let description = [{
    The smallest and the largest finite value, after the range method in force has cut them.

    ```mlir
    #quantx.statistics<min = -1.5, max = 6.0>
    ```
  }];
  let parameters = (ins APFloatParameter<"">:$min, APFloatParameter<"">:$max);
  let builders = [AttrBuilder<(ins "double":$min, "double":$max), [{
    return $_get($_ctxt, ::llvm::APFloat(min), ::llvm::APFloat(max));
  }]>];
  let extraClassDeclaration = [{
    double minimum() const { return getMin().convertToDouble(); }
    double maximum() const { return getMax().convertToDouble(); }
  }];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def QuantX_InternalAttr : QuantX_Attr<"Internal", "internal"> {
  let summary = "What `quantx.fake_quant` is to a value, for a tensor inside an operator";
  let description = [{
    Operators that have such tensors, as an LSTM has a cell state, carry a list of these in `quantx.internal`, in the
    order of `getInternalTensors`; `unit` stands for those that have no parameters of their own.

    ```mlir
    #quantx.internal<name = "lstm/cell_state", spec = <i16, symmetric, narrow, pot>>
    ```
  }];
  let parameters = (ins "::mlir::StringAttr":$name, "::mlir::vernier::quantx::SpecAttr":$spec,
    OptionalParameter<"::mlir::vernier::quantx::StatisticsAttr">:$statistics, OptionalParameter<"::mlir::Type">:$params);
  let assemblyFormat = "`<` struct(params) `>`";
}

def QuantX_SchemeAttr : QuantX_Attr<"Scheme", "scheme"> {
  let summary = "The scheme that a module, or one operator of it, is quantized with";
  let description = [{
    ```mlir
    module attributes {quantx.scheme = #quantx.scheme<int8>} {}
    module attributes {quantx.scheme = #quantx.scheme<int8, per_tensor>} {}  // one scale per weight tensor
    %1 = nn.relu %0 {quantx.scheme = #quantx.scheme<float>} : (tensor<8xf32>) -> tensor<8xf32>
    ```
  }];
  let parameters = (ins "::mlir::vernier::Scheme":$value);
  let hasCustomAssemblyFormat = 1;
}

#endif // VERNIER_DIALECT_QUANTX_QUANTXATTRIBUTES_TD
