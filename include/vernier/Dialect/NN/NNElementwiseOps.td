//===- NNElementwiseOps.td - Arithmetic on each element, activations, normalization and reductions ---*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_NN_NNELEMENTWISEOPS_TD
#define VERNIER_DIALECT_NN_NNELEMENTWISEOPS_TD

include "vernier/Dialect/NN/NNBase.td"

// Two operands that broadcast, and a fused activation.
class NN_FusedBinaryOp<string mnemonic, string rule> : NN_QuantizableOp<mnemonic, rule, [ResultsBroadcastableShape], NN_ClampingActivationOnly> {
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $lhs `,` $rhs (`activation` `` $fused_activation_function^)? attr-dict `:` functional-type(operands, results)
  }];
}
def NN_AddOp : NN_FusedBinaryOp<"add", "sum()"> {
  let summary = "Sum, with broadcasting";
  let arguments = (ins NN_Tensor:$lhs, NN_Tensor:$rhs, NN_ActivationOption:$fused_activation_function, NN_True:$pot_scale_int16);
}
def NN_SubOp : NN_FusedBinaryOp<"sub", "sum()"> {
  let summary = "Difference, with broadcasting";
  let arguments = (ins NN_Tensor:$lhs, NN_Tensor:$rhs, NN_ActivationOption:$fused_activation_function, NN_True:$pot_scale_int16);
}
def NN_MulOp : NN_FusedBinaryOp<"mul", "own()"> {
  let summary = "Product, with broadcasting";
  let arguments = (ins NN_Tensor:$lhs, NN_Tensor:$rhs, NN_ActivationOption:$fused_activation_function);
}
def NN_DivOp : NN_QuantizableOp<"div", "own()", [ResultsBroadcastableShape], NN_StaysFloat<
    "an int8 divisor that rounds to zero has no quotient">.text> {
  let summary = "Quotient, with broadcasting; it stays float";
  let arguments = (ins NN_Tensor:$lhs, NN_Tensor:$rhs, NN_ActivationOption:$fused_activation_function);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $lhs `,` $rhs (`activation` `` $fused_activation_function^)? attr-dict `:` functional-type(operands, results)
  }];
}

class NN_QuantizableBinaryOp<string mnemonic, string rule, string what>
    : NN_QuantizableOp<mnemonic, rule, [ResultsBroadcastableShape]> {
  let summary = what;
  let arguments = (ins NN_Tensor:$lhs, NN_Tensor:$rhs);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
}
def NN_MaximumOp : NN_QuantizableBinaryOp<"maximum", "shared({0, 1})", "Larger of two elements; all share their parameters">;
def NN_MinimumOp : NN_QuantizableBinaryOp<"minimum", "shared({0, 1})", "Smaller of two elements; all share their parameters">;
def NN_SquaredDifferenceOp : NN_QuantizableBinaryOp<"squared_difference", "squaredDifference().only8Bit()", "Square of the difference">;
def NN_FloorDivOp : NN_BinaryOp<"floor_div", "Quotient rounded down">;
def NN_FloorModOp : NN_BinaryOp<"floor_mod", "Remainder with the sign of the divisor">;

def NN_PowOp : NN_BinaryOp<"pow", "The first element to the power of the second">;
def NN_Atan2Op : NN_BinaryOp<"atan2", "Angle of the point (rhs, lhs)">;
def NN_AddNOp : NN_Op<"add_n", [Pure]> {
  let summary = "Sum of tensors of one shape";
  let arguments = (ins Variadic<NN_Tensor>:$inputs);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$inputs attr-dict `:` functional-type(operands, results)";
}

class NN_QuantizableUnaryOp<string mnemonic, string rule, string what>
    : NN_QuantizableOp<mnemonic, rule, [SameOperandsAndResultShape]> {
  let summary = what;
  let arguments = (ins NN_Tensor:$input);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}
def NN_ReluOp : NN_QuantizableUnaryOp<"relu", "own()", "max(x, 0)">;
def NN_Relu6Op : NN_QuantizableUnaryOp<"relu6", "own()", "min(max(x, 0), 6)">;
def NN_ReluN1To1Op : NN_QuantizableUnaryOp<"relu_n1_to_1", "own().only8Bit()", "min(max(x, -1), 1)">;
def NN_Relu0To1Op : NN_QuantizableUnaryOp<"relu_0_to_1", "own().only8Bit()", "min(max(x, 0), 1)">;
def NN_LogisticOp : NN_QuantizableUnaryOp<"logistic", "fixed(1.0 / 256, -128)", "1 / (1 + exp(-x)); int8 output is fixed at 1/256, -128">;
def NN_TanhOp : NN_QuantizableUnaryOp<"tanh", "fixed(1.0 / 128, 0)", "Hyperbolic tangent; int8 output is fixed at 1/128, 0">;
def NN_HardSwishOp : NN_QuantizableUnaryOp<"hard_swish", "own().only8Bit()", "x * relu6(x + 3) / 6">;
def NN_EluOp : NN_QuantizableUnaryOp<"elu", "own().only8Bit()", "x where positive, exp(x) - 1 elsewhere">;
def NN_AbsOp : NN_QuantizableUnaryOp<"abs", "own()", "Magnitude">;
def NN_ExpOp : NN_QuantizableUnaryOp<"exp", "own()", "Natural exponential">;
def NN_LogOp : NN_QuantizableUnaryOp<"log", "own()", "Natural logarithm">;
def NN_SqrtOp : NN_QuantizableUnaryOp<"sqrt", "own()", "Square root">;
def NN_RsqrtOp : NN_QuantizableUnaryOp<"rsqrt", "own()", "1 / square root">;
def NN_NegOp : NN_UnaryOp<"neg", "Negation; it has no int8 form">;
def NN_SinOp : NN_UnaryOp<"sin", "Sine">;
def NN_CosOp : NN_UnaryOp<"cos", "Cosine">;
def NN_CeilOp : NN_UnaryOp<"ceil", "Smallest integer not below x">;
def NN_RoundOp : NN_UnaryOp<"round", "Nearest integer, the even one of two">;
def NN_SignOp : NN_UnaryOp<"sign", "-1, 0 or 1">;
def NN_SquareOp : NN_UnaryOp<"square", "x * x; it has no int8 form">;
def NN_FloorOp : NN_UnaryOp<"floor", "Largest integer not above x; it has no int8 form">;
def NN_ShapeOp : NN_QuantizableOp<"shape", "index()"> {
  let summary = "The sizes of a tensor's dimensions";
  let arguments = (ins NN_Tensor:$input, NN_I8<0>:$out_type);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
def NN_CastOp : NN_Op<"cast", [Pure, SameOperandsAndResultShape]> {
  let summary = "Converts the element type";
  let arguments = (ins NN_Tensor:$input, NN_I8<0>:$in_data_type, NN_I8<0>:$out_data_type);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasCanonicalizer = 1;
}
def NN_LeakyReluOp : NN_QuantizableOp<"leaky_relu", "own()", [SameOperandsAndResultShape]> {
  let summary = "x where positive, alpha * x elsewhere";
  let arguments = (ins NN_Tensor:$input, NN_F32<"0.0f">:$alpha);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$input `alpha` $alpha attr-dict `:` functional-type(operands, results)";
}
def NN_PreluOp : NN_QuantizableOp<"prelu", "own().only8Bit()", [ResultsBroadcastableShape]> {
  let summary = "Leaky relu with a slope for each channel";
  let arguments = (ins NN_Tensor:$input, NN_Tensor:$alpha);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$input `,` $alpha attr-dict `:` functional-type(operands, results)";
}
def NN_GeluOp : NN_QuantizableOp<"gelu", "own()", [SameOperandsAndResultShape]> {
  let summary = "x * Phi(x), exact or by tanh";
  let arguments = (ins NN_Tensor:$input, NN_False:$approximate);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}
def NN_SoftmaxOp : NN_QuantizableOp<"softmax", "fixed(1.0 / 256, -128)", [SameOperandsAndResultShape]> {
  let summary = "exp(beta * x), normalized over the last dimension; int8 output is fixed at 1/256, -128";
  let arguments = (ins NN_Tensor:$input, NN_F32<"0.0f">:$beta);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$input `beta` $beta attr-dict `:` functional-type(operands, results)";
}
def NN_LogSoftmaxOp : NN_QuantizableUnaryOp<"log_softmax", "fixed(16.0 / 256, 127).only8Bit()", "Logarithm of the softmax; int8 output is fixed at 16/256, 127">;
def NN_L2NormalizationOp : NN_QuantizableOp<"l2_normalization", "fixed(1.0 / 128, 0).only8Bit()", [SameOperandsAndResultShape], NN_ClampingActivationOnly> {
  let summary = "Scales the last dimension to length 1; int8 output is fixed at 1/128, 0";
  let arguments = (ins NN_Tensor:$input, NN_ActivationOption:$fused_activation_function);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$input (`activation` `` $fused_activation_function^)? attr-dict `:` functional-type(operands, results)";
}

def NN_LocalResponseNormalizationOp : NN_Op<"local_response_normalization", [Pure, SameOperandsAndResultShape]> {
  let summary = "Divides each element by a power of the squares of its channel's neighbours";
  let description = [{ y = x * (bias + alpha * sum of squares of the channels within `radius`) ^ -beta. }];
  let arguments = (ins NN_Tensor:$input, NN_I32<0>:$radius, NN_F32<"0.0f">:$bias, NN_F32<"0.0f">:$alpha, NN_F32<"0.0f">:$beta);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

class NN_ReduceOp<string mnemonic, string rule, string what> : NN_QuantizableOp<mnemonic, rule> {
  let summary = what;
  let arguments = (ins NN_Tensor:$input, NN_Tensor:$axes, NN_False:$keep_dims);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$input `,` $axes attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
def NN_MeanOp : NN_ReduceOp<"mean", "own(/*untouchedFrom=*/1)", "Mean over `axes`">;
def NN_SumOp : NN_ReduceOp<"sum", "own(/*untouchedFrom=*/1)", "Sum over `axes`">;
def NN_ReduceMaxOp : NN_ReduceOp<"reduce_max", "shared()", "Maximum over `axes`">;
def NN_ReduceProdOp : NN_ReduceOp<"reduce_prod", "own(/*untouchedFrom=*/1)", "Product over `axes`">;
def NN_ReduceMinOp : NN_ReduceOp<"reduce_min", "shared()", "Minimum over `axes`">;

class NN_ArgOp<string mnemonic, string what> : NN_QuantizableOp<mnemonic, "index().only8Bit()"> {
  let summary = what;
  let arguments = (ins NN_Tensor:$input, NN_Tensor:$axis, NN_I8<0>:$output_type);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$input `,` $axis attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
def NN_ArgMaxOp : NN_ArgOp<"arg_max", "Index of the largest element along `axis`">;
def NN_ArgMinOp : NN_ArgOp<"arg_min", "Index of the smallest element along `axis`">;

#endif // VERNIER_DIALECT_NN_NNELEMENTWISEOPS_TD
