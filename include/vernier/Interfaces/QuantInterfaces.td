//===- QuantInterfaces.td - What passes may ask of operators ---*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_INTERFACES_QUANTINTERFACES_TD
#define VERNIER_INTERFACES_QUANTINTERFACES_TD

include "mlir/IR/OpBase.td"

def QuantizableOpInterface : OpInterface<"QuantizableOpInterface"> {
  let cppNamespace = "::mlir::vernier";
  let description = [{
    An operator that can compute on quantized tensors. Passes never name an operator: they ask
    where each operand and result takes its parameters from, in one vocabulary of five answers
    (`QuantSource`): own, shared, fixed, derived, untouched.

    Dialects implement it in ODS; foreign dialects get it through external models.
  }];
  let methods = [
    InterfaceMethod<[{
      Where operand `index` takes its quantization parameters from under `scheme`. The answer
      depends on the operator, its attributes and the scheme, never on statistics.
    }], "::mlir::vernier::QuantSource", "getOperandSource",
        (ins "unsigned":$index, "const ::mlir::vernier::Scheme &":$scheme)>,
    InterfaceMethod<[{
      Where result `index` takes its quantization parameters from under `scheme`.
    }], "::mlir::vernier::QuantSource", "getResultSource",
        (ins "unsigned":$index, "const ::mlir::vernier::Scheme &":$scheme)>,
    InterfaceMethod<[{
      Why this operator has no form under `scheme`, as a clause for the user, or nothing when it
      has one. An operator without such a form stays float.
    }], "::std::optional<::std::string>", "getReasonToStayFloat",
        (ins "const ::mlir::vernier::Scheme &":$scheme), "", "return ::std::nullopt;">,
    InterfaceMethod<[{
      The smallest scale that result 0 may have, given the largest scale of each operand (0 where an
      operand is untouched or absent); 0 where any scale will do. Runtimes refuse to load, or abort
      on, operators whose output is finer than this.
    }], "double", "getMinResultScale", (ins "::llvm::ArrayRef<double>":$operandScales), "",
        "(void)operandScales; return 0;">,
    InterfaceMethod<[{
      The values that exist inside the operator only and have parameters under `scheme`. Executors report what values
      those with parameters of their own take, by their place in this list.
    }], "::llvm::SmallVector<::mlir::vernier::InternalTensor>", "getInternalTensors",
        (ins "const ::mlir::vernier::Scheme &":$scheme), "", "(void)scheme; return {};">,
    InterfaceMethod<[{
      Called on the rebuilt operator, whose operands and results are quantized already, with the quantized element type
      of each internal tensor, in the order of `getInternalTensors`.
    }], "void", "setInternalTypes",
        (ins "::llvm::ArrayRef<::mlir::Type>":$elementTypes), "", "(void)elementTypes;">,
    InterfaceMethod<[{
      What `setInternalTypes` was given: null for tensors that have no quantized type.
    }], "::llvm::SmallVector<::mlir::Type>", "getInternalTypes", (ins), "", "return {};">,
    InterfaceMethod<[{
      Called once on the rebuilt operator, whose operands and results have quantized types by now. Sets
      attributes that belong to the quantized form, and returns the value that takes each result's
      place: usually the result. A dialect whose quantized form is several operators (an accumulator,
      then a rescale) builds the others here, and may erase this one.
    }], "::llvm::SmallVector<::mlir::Value>", "finalizeQuantized",
        (ins "const ::mlir::vernier::Scheme &":$scheme), "",
        "(void)scheme; return {$_op->result_begin(), $_op->result_end()};">,
  ];
}

def CallEdgesOpInterface : OpInterface<"CallEdgesOpInterface"> {
  let cppNamespace = "::mlir::vernier";
  let description = [{
    An operator that runs functions, which it names by symbol: a call, a branch, a loop. Values that meet where it calls
    and returns must agree on their quantization parameters.
  }];
  let methods = [
    InterfaceMethod<"The functions that it runs.", "::llvm::SmallVector<::mlir::vernier::CallEdge>", "getCallEdges">,
    InterfaceMethod<[{
      Whether result `i` goes round and becomes argument `i` again, for all functions and every `i`.
    }], "bool", "isLoop", (ins), "", "return false;">,
  ];
}

def ConstantTensorOpInterface : OpInterface<"ConstantTensorOpInterface"> {
  let cppNamespace = "::mlir::vernier";
  let description = [{
    A tensor constant that is not `ConstantLike`, so that upstream's folding and uniquing leave
    its identity alone.
  }];
  let methods = [
    InterfaceMethod<"The constant's elements.", "::mlir::ElementsAttr", "getConstantValue">,
  ];
}

def TensorIdentityAttrInterface : AttrInterface<"TensorIdentityAttrInterface"> {
  let cppNamespace = "::mlir::vernier";
  let description = [{
    The name that a tensor has in the file it came from. Operators carry one for each result in a
    discardable array attribute, functions one for each argument.
  }];
  let methods = [
    InterfaceMethod<"The tensor's name, possibly empty.", "::llvm::StringRef", "getTensorName">,
  ];
}

#endif // VERNIER_INTERFACES_QUANTINTERFACES_TD
