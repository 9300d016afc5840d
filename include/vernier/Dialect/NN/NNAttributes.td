//===- NNAttributes.td - Options, tensor identity and opaque element types ---*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_NN_NNATTRIBUTES_TD
#define VERNIER_DIALECT_NN_NNATTRIBUTES_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "vernier/Dialect/NN/NNDialect.td"
include "vernier/Interfaces/QuantInterfaces.td"

// Case names and numbers are those of the flatbuffer, so that import and export go by name.
def NN_Padding : I32EnumAttr<"Padding", "how a window meets the border", [
    I32EnumAttrCase<"SAME", 0>, I32EnumAttrCase<"VALID", 1>]> {
  let cppNamespace = "::mlir::vernier::nn";
  let genSpecializedAttr = 0;
}
def NN_PaddingAttr : EnumAttr<NNDialect, NN_Padding, "padding"> { let assemblyFormat = "$value"; }

def NN_Activation : I32EnumAttr<"Activation", "the function fused into an operator", [
    I32EnumAttrCase<"NONE", 0>, I32EnumAttrCase<"RELU", 1>, I32EnumAttrCase<"RELU_N1_TO_1", 2>,
    I32EnumAttrCase<"RELU6", 3>, I32EnumAttrCase<"TANH", 4>, I32EnumAttrCase<"SIGN_BIT", 5>]> {
  let cppNamespace = "::mlir::vernier::nn";
  let genSpecializedAttr = 0;
}
def NN_ActivationAttr : EnumAttr<NNDialect, NN_Activation, "activation"> { let assemblyFormat = "$value"; }

def NN_TensorAttr : AttrDef<NNDialect, "Tensor", [DeclareAttrInterfaceMethods<TensorIdentityAttrInterface>]> {
  let mnemonic = "tensor";
  let summary = "What a file says of one tensor beyond its type";
  let description = [{
    Printing drops locations and common-subexpression elimination merges results, so a tensor's
    identity lives in an attribute.

    - `name`: as in the file, possibly empty;
    - `index`: the tensor's place in its subgraph, -1 for a tensor that no file has held yet;
    - `shape`: the shape that the file records where the type has dynamic dimensions;
    - `type` and `quantization`: the file's own quantization record, written back verbatim while the
      value still has this type;
    - `extra`: what else the file says (variable, unranked, sparsity, variants, outside buffers).

    ```mlir
    #nn.tensor<name = "conv1/Relu6", index = 12>
    ```
  }];
  let parameters = (ins "::mlir::StringAttr":$name, DefaultValuedParameter<"int64_t", "-1">:$index,
    OptionalParameter<"::mlir::DenseI64ArrayAttr">:$shape, OptionalParameter<"::mlir::Type">:$type,
    OptionalParameter<"::mlir::DictionaryAttr">:$quantization, OptionalParameter<"::mlir::DictionaryAttr">:$extra);
  let assemblyFormat = "`<` struct(params) `>`";
}

class NN_ElementType<string typeName, string typeMnemonic, string what> : TypeDef<NNDialect, typeName> {
  let mnemonic = typeMnemonic;
  let summary = what;
}
def NN_StringType : NN_ElementType<"String", "string", "element of a TFLite string tensor">;
def NN_ResourceType : NN_ElementType<"Resource", "resource", "element of a TFLite resource handle tensor">;
def NN_VariantType : NN_ElementType<"Variant", "variant", "element of a TFLite variant tensor">;

#endif // VERNIER_DIALECT_NN_NNATTRIBUTES_TD
