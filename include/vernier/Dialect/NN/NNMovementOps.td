//===- NNMovementOps.td - Operators that move elements and leave values alone ---*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_NN_NNMOVEMENTOPS_TD
#define VERNIER_DIALECT_NN_NNMOVEMENTOPS_TD

include "vernier/Dialect/NN/NNBase.td"

def NN_ReshapeOp : NN_MovementOp<"reshape", "shared()",
    (ins NN_Tensor:$input, Optional<NN_OptionalTensor>:$shape, OptionalAttr<DenseI32ArrayAttr>:$new_shape), "$input (`,` $shape^)?"> {
  let summary = "The same elements in another shape";
  let description = [{ The result's type has the shape; the file's `shape` operand and `new_shape` option are kept as they are. }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}
def NN_SqueezeOp : NN_MovementOp<"squeeze", "shared()", (ins NN_Tensor:$input, OptionalAttr<DenseI32ArrayAttr>:$squeeze_dims), "$input"> {
  let summary = "Drops dimensions of size 1";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}
def NN_ExpandDimsOp : NN_MovementOp<"expand_dims", "shared()", (ins NN_Tensor:$input, NN_Tensor:$axis), "$input `,` $axis"> {
  let summary = "Inserts a dimension of size 1";
  let hasVerifier = 1;
}
def NN_TransposeOp : NN_MovementOp<"transpose", "shared()", (ins NN_Tensor:$input, NN_Tensor:$perm), "$input `,` $perm"> {
  let summary = "Permutes dimensions";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}
def NN_PadOp : NN_MovementOp<"pad", "shared()", (ins NN_Tensor:$input, NN_Tensor:$paddings), "$input `,` $paddings"> {
  let summary = "Adds a border of zeros (quantized: of the zero point)";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}
def NN_PadV2Op : NN_MovementOp<"padv2", "shared({0, 2})",
    (ins NN_Tensor:$input, NN_Tensor:$paddings, NN_Tensor:$constant_values), "$input `,` $paddings `,` $constant_values"> {
  let summary = "Adds a border of one value";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}
def NN_MirrorPadOp : NN_MovementOp<"mirror_pad", "shared()", (ins NN_Tensor:$input, NN_Tensor:$paddings, NN_I8<0>:$mode), "$input `,` $paddings"> {
  let summary = "Adds a border that mirrors the tensor (mode 0: REFLECT, 1: SYMMETRIC)";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}
def NN_SliceOp : NN_MovementOp<"slice", "shared()", (ins NN_Tensor:$input, NN_Tensor:$begin, NN_Tensor:$size), "$input `,` $begin `,` $size"> {
  let summary = "A box out of a tensor";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}
def NN_StridedSliceOp : NN_MovementOp<"strided_slice", "shared()",
    (ins NN_Tensor:$input, NN_Tensor:$begin, NN_Tensor:$end, NN_Tensor:$strides, NN_I32<0>:$begin_mask, NN_I32<0>:$end_mask,
     NN_I32<0>:$ellipsis_mask, NN_I32<0>:$new_axis_mask, NN_I32<0>:$shrink_axis_mask, NN_False:$offset),
    "$input `,` $begin `,` $end `,` $strides"> {
  let summary = "A box with strides out of a tensor";
  let hasVerifier = 1;
}
def NN_GatherOp : NN_MovementOp<"gather", "shared().tableIn(0)", (ins NN_Tensor:$input, NN_Tensor:$indices, NN_I32<0>:$axis, NN_I32<0>:$batch_dims),
    "$input `,` $indices `axis` $axis"> {
  let summary = "Slices picked by index along one dimension";
  let hasVerifier = 1;
}
def NN_GatherNdOp : NN_MovementOp<"gather_nd", "shared().tableIn(0)", (ins NN_Tensor:$input, NN_Tensor:$indices), "$input `,` $indices"> {
  let summary = "Slices picked by index vectors";
}
def NN_TileOp : NN_MovementOp<"tile", "shared()", (ins NN_Tensor:$input, NN_Tensor:$multiples), "$input `,` $multiples"> {
  let summary = "Repeats a tensor along each dimension";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}
def NN_BroadcastToOp : NN_MovementOp<"broadcast_to", "shared()", (ins NN_Tensor:$input, NN_Tensor:$shape), "$input `,` $shape"> {
  let summary = "Repeats dimensions of size 1";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}
def NN_ReverseV2Op : NN_MovementOp<"reverse_v2", "shared()", (ins NN_Tensor:$input, NN_Tensor:$axis), "$input `,` $axis"> {
  let summary = "Reverses dimensions";
  let hasVerifier = 1;
}
def NN_SpaceToDepthOp : NN_MovementOp<"space_to_depth", "shared().only8Bit()", (ins NN_Tensor:$input, NN_I32<0>:$block_size), "$input `block` $block_size"> {
  let summary = "Blocks of pixels become channels";
  let hasVerifier = 1;
}
def NN_DepthToSpaceOp : NN_MovementOp<"depth_to_space", "shared().only8Bit()", (ins NN_Tensor:$input, NN_I32<0>:$block_size), "$input `block` $block_size"> {
  let summary = "Channels become blocks of pixels";
  let hasVerifier = 1;
}
def NN_SpaceToBatchNdOp : NN_MovementOp<"space_to_batch_nd", "shared()",
    (ins NN_Tensor:$input, NN_Tensor:$block_shape, NN_Tensor:$paddings), "$input `,` $block_shape `,` $paddings"> {
  let summary = "Blocks of pixels become batches";
  let hasVerifier = 1;
}
def NN_BatchToSpaceNdOp : NN_MovementOp<"batch_to_space_nd", "shared()",
    (ins NN_Tensor:$input, NN_Tensor:$block_shape, NN_Tensor:$crops), "$input `,` $block_shape `,` $crops"> {
  let summary = "Batches become blocks of pixels";
  let hasVerifier = 1;
}
def NN_ResizeBilinearOp : NN_MovementOp<"resize_bilinear", "shared()",
    (ins NN_Tensor:$input, NN_Tensor:$size, NN_False:$align_corners, NN_False:$half_pixel_centers), "$input `,` $size"> {
  let summary = "Resamples height and width linearly; parameters are shared";
  let hasVerifier = 1;
}
def NN_ResizeNearestNeighborOp : NN_MovementOp<"resize_nearest_neighbor", "shared()",
    (ins NN_Tensor:$input, NN_Tensor:$size, NN_False:$align_corners, NN_False:$half_pixel_centers), "$input `,` $size"> {
  let summary = "Resamples height and width by the nearest pixel";
  let hasVerifier = 1;
}
def NN_ConcatenationOp : NN_QuantizableOp<"concatenation", "sharedAll()", [], NN_ClampingActivationOnly> {
  let summary = "Joins tensors along one dimension; all share their parameters";
  let arguments = (ins Variadic<NN_Tensor>:$inputs, NN_I32<0>:$axis, NN_ActivationOption:$fused_activation_function);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $inputs `axis` $axis (`activation` `` $fused_activation_function^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}
def NN_PackOp : NN_QuantizableOp<"pack", "sharedAll()"> {
  let summary = "Stacks tensors along a new dimension; all share their parameters";
  let arguments = (ins Variadic<NN_Tensor>:$inputs, NN_I32<0>:$values_count, NN_I32<0>:$axis);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$inputs `axis` $axis attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
def NN_UnpackOp : NN_QuantizableOp<"unpack", "shared()"> {
  let summary = "Takes a tensor apart along one dimension";
  let arguments = (ins NN_Tensor:$input, NN_I32<0>:$num, NN_I32<0>:$axis);
  let results = (outs Variadic<NN_Tensor>:$outputs);
  let assemblyFormat = "$input `axis` $axis attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
def NN_SplitOp : NN_QuantizableOp<"split", "shared({1})"> {
  let summary = "Cuts a tensor into equal parts";
  let arguments = (ins NN_Tensor:$axis, NN_Tensor:$input, NN_I32<0>:$num_splits);
  let results = (outs Variadic<NN_Tensor>:$outputs);
  let assemblyFormat = "$axis `,` $input attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
def NN_SplitVOp : NN_QuantizableOp<"split_v", "shared()"> {
  let summary = "Cuts a tensor into parts of given sizes";
  let arguments = (ins NN_Tensor:$input, NN_Tensor:$size_splits, NN_Tensor:$axis, NN_I32<0>:$num_splits);
  let results = (outs Variadic<NN_Tensor>:$outputs);
  let assemblyFormat = "$input `,` $size_splits `,` $axis attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

#endif // VERNIER_DIALECT_NN_NNMOVEMENTOPS_TD
