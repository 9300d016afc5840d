//===- NNConvolutionOps.td - Operators with weights, and pooling ---*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_NN_NNCONVOLUTIONOPS_TD
#define VERNIER_DIALECT_NN_NNCONVOLUTIONOPS_TD

include "vernier/Dialect/NN/NNBase.td"

class NN_ConvolutionOp<string mnemonic, string rule, string window>
    : NN_QuantizableOp<mnemonic, rule, [], NN_ClampingActivationOnly> {
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$input `,` $filter (`,` $bias^)? " # window #
      " `padding` `` $padding (`activation` `` $fused_activation_function^)? attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def NN_Conv2DOp : NN_ConvolutionOp<"conv_2d", "weighted(0, 1, 2, 0)",
    "`stride` ` ` `[` $stride_h `,` $stride_w `]` `` custom<Dilation>($dilation_h_factor, $dilation_w_factor)"> {
  let summary = "2-D convolution, grouped where the filter has fewer input channels";
  let description = [{
    Correlates `input` (batch x height x width x channels) with `filter` (output channels x height x
    width x input channels / groups) and adds `bias`.

    Quantization: `input` and `output` have parameters of their own; `filter` is symmetric, per-axis
    on dimension 0; `bias` is derived, scale(input) x scale(filter).

    ```mlir
    %y = nn.conv_2d %x, %w, %b stride [2, 2] padding SAME activation RELU6
        : (tensor<1x32x32x3xf32>, tensor<16x3x3x3xf32>, tensor<16xf32>) -> tensor<1x16x16x16xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, NN_Tensor:$filter, Optional<NN_OptionalTensor>:$bias,
    NN_PaddingOption:$padding, NN_I32<0>:$stride_h, NN_I32<0>:$stride_w,
    NN_I32<1>:$dilation_h_factor, NN_I32<1>:$dilation_w_factor,
    NN_ActivationOption:$fused_activation_function, NN_I8<0>:$quantized_bias_type);
}

def NN_DepthwiseConv2DOp : NN_ConvolutionOp<"depthwise_conv_2d", "weighted(0, 1, 2, 3)",
    "`stride` ` ` `[` $stride_h `,` $stride_w `]` `` custom<Dilation>($dilation_h_factor, $dilation_w_factor)"> {
  let summary = "2-D convolution of each channel by itself";
  let description = [{
    `filter` is 1 x height x width x (channels x multiplier); output channel c * multiplier + m comes
    from input channel c. The file's `depth_multiplier` is redundant and sometimes stale: shapes decide.

    Quantization: as `nn.conv_2d`, with the filter per-axis on dimension 3.
  }];
  let arguments = (ins NN_Tensor:$input, NN_Tensor:$filter, Optional<NN_OptionalTensor>:$bias,
    NN_PaddingOption:$padding, NN_I32<0>:$stride_h, NN_I32<0>:$stride_w,
    NN_I32<1>:$dilation_h_factor, NN_I32<1>:$dilation_w_factor, NN_I32<0>:$depth_multiplier,
    NN_ActivationOption:$fused_activation_function);
}

def NN_TransposeConvOp : NN_QuantizableOp<"transpose_conv", "weighted(2, 1, 3, 0).withoutHybridKernel()", [], NN_ClampingActivationOnly> {
  let summary = "Transposed 2-D convolution";
  let description = [{
    The gradient of `nn.conv_2d` with respect to its input: `filter` is output channels x height x
    width x input channels, `output_shape` a 1-D tensor of four sizes.

    Quantization: as `nn.conv_2d`; `output_shape` is untouched.
  }];
  let arguments = (ins NN_Tensor:$output_shape, NN_Tensor:$filter, NN_Tensor:$input, Optional<NN_OptionalTensor>:$bias,
    NN_PaddingOption:$padding, NN_I32<0>:$stride_h, NN_I32<0>:$stride_w,
    NN_ActivationOption:$fused_activation_function, NN_I8<0>:$quantized_bias_type);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $output_shape `,` $filter `,` $input (`,` $bias^)? `stride` ` ` `[` $stride_h `,` $stride_w `]` `padding` `` $padding
    (`activation` `` $fused_activation_function^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def NN_FullyConnectedOp : NN_QuantizableOp<"fully_connected", "weighted(0, 1, 2, 0)", [], NN_ClampingActivationOnly> {
  let summary = "Multiplies rows by a matrix";
  let description = [{
    `input` flattens to rows of as many elements as `filter` (outputs x inputs) has columns; each
    output row is filter * row + bias. With `keep_num_dims` the output keeps the input's leading dimensions.

    Quantization: `filter` symmetric, per-axis on dimension 0; `bias` derived.
  }];
  let arguments = (ins NN_Tensor:$input, NN_Tensor:$filter, Optional<NN_OptionalTensor>:$bias,
    NN_ActivationOption:$fused_activation_function, NN_I8<0>:$weights_format, NN_False:$keep_num_dims,
    NN_False:$asymmetric_quantize_inputs, NN_I8<0>:$quantized_bias_type);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $input `,` $filter (`,` $bias^)? (`activation` `` $fused_activation_function^)? attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def NN_BatchMatmulOp : NN_QuantizableOp<"batch_matmul", "own().withConstant(getConstantSide())", [], NN_RuleDecides # [{
    // The side that is a constant, the right one if both are.
    ::std::optional<::mlir::vernier::nn::QuantRule::ConstantWeight> getConstantSide();
}]> {
  let summary = "Multiplies matrices, batch by batch";
  let description = [{
    Both sides are activations: per-tensor, with parameters of their own. Where only constants are quantized, a constant
    side is per-axis on its columns (a right side, which has a kernel with dynamic range) or rows.
  }];
  let arguments = (ins NN_Tensor:$x, NN_Tensor:$y, NN_False:$adj_x, NN_False:$adj_y, NN_False:$asymmetric_quantize_inputs);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$x `,` $y attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

class NN_Conv3DBase<string mnemonic, dag operands, string format> : NN_Op<mnemonic, [Pure]> {
  let arguments = !con(operands, (ins Optional<NN_OptionalTensor>:$bias, NN_PaddingOption:$padding, NN_I32<0>:$stride_d,
    NN_I32<0>:$stride_h, NN_I32<0>:$stride_w, NN_I32<1>:$dilation_d_factor, NN_I32<1>:$dilation_h_factor,
    NN_I32<1>:$dilation_w_factor, NN_ActivationOption:$fused_activation_function));
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = format # [{
    (`,` $bias^)? `stride` ` ` `[` $stride_d `,` $stride_h `,` $stride_w `]` `padding` `` $padding
    (`activation` `` $fused_activation_function^)? attr-dict `:` functional-type(operands, results)
  }];
}
def NN_Conv3DOp : NN_Conv3DBase<"conv_3d", (ins NN_Tensor:$input, NN_Tensor:$filter), "$input `,` $filter"> {
  let summary = "3-D convolution over batch x depth x height x width x channels";
  let description = [{ `filter` is depth x height x width x input channels x output channels. It has no int8 form. }];
}
def NN_Conv3DTransposeOp : NN_Conv3DBase<"conv_3d_transpose",
    (ins NN_Tensor:$output_shape, NN_Tensor:$filter, NN_Tensor:$input), "$output_shape `,` $filter `,` $input"> {
  let summary = "Transposed 3-D convolution";
  let description = [{ `filter` is depth x height x width x output channels x input channels. It has no int8 form. }];
}

class NN_PoolOp<string mnemonic> : NN_QuantizableOp<mnemonic, "shared()", [], NN_ClampingActivationOnly> {
  let arguments = (ins NN_Tensor:$input, NN_PaddingOption:$padding, NN_I32<0>:$stride_h, NN_I32<0>:$stride_w,
    NN_I32<0>:$filter_height, NN_I32<0>:$filter_width, NN_ActivationOption:$fused_activation_function);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $input `filter` ` ` `[` $filter_height `,` $filter_width `]` `stride` ` ` `[` $stride_h `,` $stride_w `]` `padding` `` $padding
    (`activation` `` $fused_activation_function^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}
def NN_AveragePool2DOp : NN_PoolOp<"average_pool_2d"> {
  let summary = "Average over the valid cells of each window";
  let description = [{ Padding does not count. Output and input share their parameters. }];
}
def NN_MaxPool2DOp : NN_PoolOp<"max_pool_2d"> {
  let summary = "Maximum of each window";
  let description = [{ Output and input share their parameters. }];
}
def NN_L2Pool2DOp : NN_Op<"l2_pool_2d", [Pure]> {
  let summary = "Root of the mean square of each window's valid cells; it has no int8 form";
  let arguments = (ins NN_Tensor:$input, NN_PaddingOption:$padding, NN_I32<0>:$stride_h, NN_I32<0>:$stride_w,
    NN_I32<0>:$filter_height, NN_I32<0>:$filter_width, NN_ActivationOption:$fused_activation_function);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $input `filter` ` ` `[` $filter_height `,` $filter_width `]` `stride` ` ` `[` $stride_h `,` $stride_w `]` `padding` `` $padding
    (`activation` `` $fused_activation_function^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

#endif // VERNIER_DIALECT_NN_NNCONVOLUTIONOPS_TD
