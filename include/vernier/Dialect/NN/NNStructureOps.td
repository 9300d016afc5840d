//===- NNStructureOps.td - Constants, absent values and everything without a class of its own ---*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_NN_NNSTRUCTUREOPS_TD
#define VERNIER_DIALECT_NN_NNSTRUCTUREOPS_TD

include "vernier/Dialect/NN/NNBase.td"

def NN_ConstOp : NN_Op<"const", [Pure, DeclareOpInterfaceMethods<ConstantTensorOpInterface>]> {
  let summary = "A constant tensor";
  let description = [{
    Not `ConstantLike`, so that equal constants stay apart: each is a tensor of the file with a name.
    `value` is in storage layout; the result may give it a quantized type (`as`). Sub-byte elements
    and strings are raw bytes, packed as TFLite packs them.

    ```mlir
    %0 = nn.const dense<[1.0, 2.0]> : tensor<2xf32>
    %1 = nn.const dense<[1, 2]> : tensor<2xi8> as tensor<2x!quant.uniform<i8:f32, 0.5>>
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs NN_Tensor:$output);
  let builders = [
    // A constant that owns a copy of `data`, which is in storage layout (little endian, row-major).
    OpBuilder<(ins "::mlir::RankedTensorType":$type, "::mlir::ArrayRef<char>":$data, "::mlir::StringRef":$name)>
  ];
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

def NN_SparseConstOp : NN_Op<"sparse_const", [Pure]> {
  let summary = "A constant of which the file stores only some elements";
  let description = [{
    `value` holds the stored elements as bytes; the result's `#nn.tensor` says where they belong. Not a
    constant to passes: whoever wants its elements must expand it first.
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$value attr-dict `as` type($output)";
}

def NN_NoValueOp : NN_Op<"no_value", [Pure]> {
  let summary = "An optional input that is absent";
  let results = (outs NoneType:$output);
  let assemblyFormat = "attr-dict `:` type($output)";
}

def NN_VariableOp : NN_Op<"variable"> {
  let summary = "A tensor that no operator computes and no constant fills";
  let description = [{
    State that lives from one run to the next, such as the cell state of an LSTM. Its data is the
    runtime's; `#nn.tensor` says whether the file calls it a variable.
  }];
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "attr-dict `:` type($output)";
}

def NN_GenericOp : NN_Op<"generic"> {
  let summary = "A built-in without a class of its own, or a custom operator";
  let description = [{
    `builtin` is the TFLite name. `options` holds every field of its options table, subgraphs by
    symbol; custom operators have a `custom_code` and opaque `custom_options`.

    ```mlir
    %0 = nn.generic "SCATTER_ND" (%i, %u, %s) : (...) -> ...
    %1 = nn.generic "CUSTOM" (%x) {custom_code = "Rfft", custom_options = array<i8: 1, 2>} : (...) -> ...
    %2 = nn.generic "IF" (%c, %x) {options = {then_subgraph_index = @then, else_subgraph_index = @else}} : (...) -> ...
    ```
  }];
  let arguments = (ins StrAttr:$builtin, Variadic<NN_OptionalTensor>:$inputs, OptionalAttr<StrAttr>:$custom_code,
    OptionalAttr<DictionaryAttr>:$options, OptionalAttr<DenseI8ArrayAttr>:$custom_options);
  let results = (outs Variadic<NN_Tensor>:$outputs);
  let assemblyFormat = "$builtin ` ` `(` $inputs `)` attr-dict `:` functional-type($inputs, $outputs)";
  let hasVerifier = 1;
}

def NN_QuantizeOp : NN_Op<"quantize", [Pure]> {
  let summary = "Quantizes, or requantizes from one quantized type to another";
  let arguments = (ins NN_Tensor:$input);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$input attr-dict `:` functional-type($input, $output)";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def NN_DequantizeOp : NN_Op<"dequantize", [Pure]> {
  let summary = "Turns quantized or half-precision values into float";
  let arguments = (ins NN_Tensor:$input);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$input attr-dict `:` functional-type($input, $output)";
  let hasVerifier = 1;
}

#endif // VERNIER_DIALECT_NN_NNSTRUCTUREOPS_TD
