//===- TestNet.td - Operators that the passes have never heard of ---*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_TEST_LIB_TESTDIALECT_TESTNET_TD
#define VERNIER_TEST_LIB_TESTDIALECT_TESTNET_TD

include "mlir/IR/OpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "vernier/Interfaces/QuantInterfaces.td"

def TestNetDialect : Dialect {
  let name = "test_net";
  let cppNamespace = "::mlir::vernier::test";
  let summary = "Proves that the op-agnostic passes ask interfaces and nothing else";
  let description = [{
    One operator for each answer of `QuantizableOpInterface`, each unlike its relatives in `nn` in
    some respect. The dialect has no spelling of its own for casts and constants, so that passes
    fall back on upstream's.
  }];
  let dependentDialects = ["::mlir::quant::QuantDialect"];
}

class TestNet_Op<string mnemonic, list<Trait> traits = []> : Op<TestNetDialect, mnemonic, !listconcat([Pure], traits)> {
  let results = (outs AnyTensor:$output);
}
class TestNet_QuantizableOp<string mnemonic, list<string> optionalMethods = []>
    : TestNet_Op<mnemonic, [DeclareOpInterfaceMethods<QuantizableOpInterface, optionalMethods>]>;

def TestNet_LinearOp : TestNet_QuantizableOp<"linear", ["getMinResultScale", "finalizeQuantized"]> {
  let summary = "Own and derived parameters: bias first, weights (inputs x outputs) per-axis on dimension 1";
  let arguments = (ins AnyTensor:$bias, AnyTensor:$input, AnyTensor:$weights, UnitAttr:$finalized);
  let assemblyFormat = "$bias `,` $input `,` $weights attr-dict `:` functional-type(operands, results)";
}
def TestNet_JoinOp : TestNet_QuantizableOp<"join"> {
  let summary = "Shared parameters, both operands and the result";
  let arguments = (ins AnyTensor:$lhs, AnyTensor:$rhs);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
}
def TestNet_GateOp : TestNet_QuantizableOp<"gate"> {
  let summary = "Fixed parameters: scale 1/64, zero point 10";
  let arguments = (ins AnyTensor:$input);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}
def TestNet_PickOp : TestNet_QuantizableOp<"pick"> {
  let summary = "An index that is left untouched, and float elements that move";
  let arguments = (ins AnyTensor:$index, AnyTensor:$input);
  let assemblyFormat = "$index `,` $input attr-dict `:` functional-type(operands, results)";
}
def TestNet_ScaleOp : TestNet_QuantizableOp<"scale"> {
  let summary = "Own parameters everywhere";
  let arguments = (ins AnyTensor:$input);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}
def TestNet_CutOp : TestNet_QuantizableOp<"cut"> {
  let summary = "An operand that takes the parameters of the result, which are the result's own";
  let arguments = (ins AnyTensor:$input);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}
def TestNet_TwoStepOp : TestNet_QuantizableOp<"two_step", ["finalizeQuantized"]> {
  let summary = "Quantized, it is two operators: itself on an i32 result, and an opaque one";
  let arguments = (ins AnyTensor:$input);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}
def TestNet_MemoryOp : TestNet_QuantizableOp<"memory", ["getInternalTensors", "setInternalTypes"]> {
  let summary = "Two internal tensors: one with parameters of its own, at least 1/8 in scale, one with the result's";
  let arguments = (ins AnyTensor:$bias, AnyTensor:$input, AnyTensor:$weights, OptionalAttr<TypeArrayAttr>:$inner);
  let assemblyFormat = "$bias `,` $input `,` $weights attr-dict `:` functional-type(operands, results)";
}
def TestNet_RefuseOp : TestNet_QuantizableOp<"refuse", ["getReasonToStayFloat"]> {
  let summary = "Has the interface, and no quantized form";
  let arguments = (ins AnyTensor:$input);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}
def TestNet_OpaqueOp : TestNet_Op<"opaque"> {
  let summary = "Does not have the interface";
  let arguments = (ins AnyTensor:$input);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

#endif // VERNIER_TEST_LIB_TESTDIALECT_TESTNET_TD
