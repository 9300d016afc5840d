//===- NNLogicOps.td - Comparison, logic and selection ---*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_NN_NNLOGICOPS_TD
#define VERNIER_DIALECT_NN_NNLOGICOPS_TD

include "vernier/Dialect/NN/NNBase.td"

// Compares two operands that broadcast; the result is a tensor of booleans. LiteRT's order of 16-bit operands is that of
// their stored values, whatever the scales: only equality has a form there.
class NN_CompareOp<string mnemonic, string what, string rule = "index(/*activations=*/2).scalesBelowOne().only8Bit()">
    : NN_QuantizableOp<mnemonic, rule, [ResultsBroadcastableShape]> {
  let summary = what;
  let description = [{
    Quantization: both operands have parameters of their own, and are brought to a common scale before
    they compare. The result is boolean, and untouched.
  }];
  let arguments = (ins NN_Tensor:$lhs, NN_Tensor:$rhs);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
def NN_EqualOp : NN_CompareOp<"equal", "Whether two elements are equal", "index(/*activations=*/2).scalesBelowOne()">;
def NN_NotEqualOp : NN_CompareOp<"not_equal", "Whether two elements differ", "index(/*activations=*/2).scalesBelowOne()">;
def NN_LessOp : NN_CompareOp<"less", "Whether the first element is smaller">;
def NN_LessEqualOp : NN_CompareOp<"less_equal", "Whether the first element is not larger">;
def NN_GreaterOp : NN_CompareOp<"greater", "Whether the first element is larger">;
def NN_GreaterEqualOp : NN_CompareOp<"greater_equal", "Whether the first element is not smaller">;

def NN_LogicalAndOp : NN_BinaryOp<"logical_and", "Whether both booleans are true">;
def NN_LogicalOrOp : NN_BinaryOp<"logical_or", "Whether one of two booleans is true">;
def NN_LogicalNotOp : NN_UnaryOp<"logical_not", "Whether a boolean is false">;
def NN_BitwiseXorOp : NN_BinaryOp<"bitwise_xor", "Bits in which two integers differ">;
def NN_RightShiftOp : NN_BinaryOp<"right_shift", "An integer without its lowest bits: arithmetic on signed types">;

def NN_SelectOp : NN_QuantizableOp<"select", "shared({1, 2})"> {
  let summary = "Elements of one tensor or another, by a condition";
  let description = [{
    `on_true` and `on_false` have one shape. `condition` has the same, is a scalar, or a vector with an
    element for each slice of dimension 0. All but the condition share their parameters.
  }];
  let arguments = (ins NN_Tensor:$condition, NN_Tensor:$on_true, NN_Tensor:$on_false);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$condition `,` $on_true `,` $on_false attr-dict `:` functional-type(operands, results)";
}
def NN_SelectV2Op : NN_QuantizableOp<"select_v2", "shared({1, 2})"> {
  let summary = "Elements of one tensor or another, by a condition, with broadcasting";
  let arguments = (ins NN_Tensor:$condition, NN_Tensor:$on_true, NN_Tensor:$on_false);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$condition `,` $on_true `,` $on_false attr-dict `:` functional-type(operands, results)";
}

class NN_ReduceLogicOp<string mnemonic, string what> : NN_Op<mnemonic, [Pure]> {
  let summary = what;
  let arguments = (ins NN_Tensor:$input, NN_Tensor:$axes, NN_False:$keep_dims);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$input `,` $axes attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
def NN_ReduceAnyOp : NN_ReduceLogicOp<"reduce_any", "Whether a boolean over `axes` is true">;
def NN_ReduceAllOp : NN_ReduceLogicOp<"reduce_all", "Whether all booleans over `axes` are true">;

#endif // VERNIER_DIALECT_NN_NNLOGICOPS_TD
