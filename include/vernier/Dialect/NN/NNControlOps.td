//===- NNControlOps.td - Operators that run functions, and variables ---*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_NN_NNCONTROLOPS_TD
#define VERNIER_DIALECT_NN_NNCONTROLOPS_TD

include "vernier/Dialect/NN/NNBase.td"

// Subgraphs are functions, named by symbol under the name that the option has in the file.
class NN_CallingOp<string mnemonic, dag functions, string format>
    : NN_Op<mnemonic, [DeclareOpInterfaceMethods<CallEdgesOpInterface>]> {
  let arguments = !con(functions, (ins Variadic<NN_OptionalTensor>:$inputs));
  let results = (outs Variadic<NN_Tensor>:$outputs);
  let assemblyFormat = format # " `(` $inputs `)` attr-dict `:` functional-type($inputs, $outputs)";
}

def NN_IfOp : NN_CallingOp<"if", (ins FlatSymbolRefAttr:$then_subgraph_index, FlatSymbolRefAttr:$else_subgraph_index),
    "$then_subgraph_index `else` $else_subgraph_index"> {
  let summary = "One of two functions, chosen by the first operand";
  let description = [{
    The first operand is one boolean; the others are the arguments of both functions.

    ```mlir
    %1 = nn.if @then else @else(%c, %x) : (tensor<i1>, tensor<8xf32>) -> tensor<8xf32>
    ```
  }];
}

def NN_WhileOp : NN_CallingOp<"while", (ins FlatSymbolRefAttr:$cond_subgraph_index, FlatSymbolRefAttr:$body_subgraph_index),
    "$cond_subgraph_index `do` $body_subgraph_index"> {
  let summary = "A loop";
  let description = [{
    While `cond` of the values gives true, the values become `body` of the values. They start as the operands and end as
    the results. Their shapes may change from one round to the next.

    ```mlir
    %1:2 = nn.while @cond do @body(%i, %x) : (tensor<i32>, tensor<8xf32>) -> (tensor<i32>, tensor<8xf32>)
    ```
  }];
  let extraClassDeclaration = [{ bool isLoop() { return true; } }];
}

def NN_CallOp : NN_CallingOp<"call", (ins FlatSymbolRefAttr:$subgraph), "$subgraph"> {
  let summary = "A function";
}

def NN_CallOnceOp : NN_CallingOp<"call_once", (ins FlatSymbolRefAttr:$init_subgraph_index), "$init_subgraph_index"> {
  let summary = "A function without arguments that runs once in the life of a model's variables";
}

def NN_VarHandleOp : NN_Op<"var_handle"> {
  let summary = "A handle of the variable that the model knows under these names";
  let arguments = (ins OptionalAttr<StrAttr>:$container, OptionalAttr<StrAttr>:$shared_name);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "attr-dict `:` type($output)";
}

def NN_ReadVariableOp : NN_Op<"read_variable"> {
  let summary = "The value of a variable";
  let arguments = (ins NN_Tensor:$handle);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$handle attr-dict `:` functional-type($handle, $output)";
}

def NN_AssignVariableOp : NN_Op<"assign_variable"> {
  let summary = "Gives a variable a value, of any shape";
  let arguments = (ins NN_Tensor:$handle, NN_Tensor:$value);
  let assemblyFormat = "$handle `,` $value attr-dict `:` type(operands)";
}

#endif // VERNIER_DIALECT_NN_NNCONTROLOPS_TD
