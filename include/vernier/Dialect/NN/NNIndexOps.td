//===- NNIndexOps.td - Tensors from sizes, elements by index ---*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_NN_NNINDEXOPS_TD
#define VERNIER_DIALECT_NN_NNINDEXOPS_TD

include "vernier/Dialect/NN/NNBase.td"

// Operators that no scheme quantizes.
class NN_PlainOp<string mnemonic, dag args, string format> : NN_Op<mnemonic, [Pure]> {
  let arguments = args;
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = format # " attr-dict `:` functional-type(operands, results)";
}

//===----------------------------------------------------------------------===//
// Tensors from sizes and indices
//===----------------------------------------------------------------------===//

def NN_FillOp : NN_MovementOp<"fill", "shared({1})", (ins NN_Tensor:$dims, NN_Tensor:$value), "$dims `,` $value"> {
  let summary = "A tensor of one value";
  let hasVerifier = 1;
}
def NN_RangeOp : NN_PlainOp<"range", (ins NN_Tensor:$start, NN_Tensor:$limit, NN_Tensor:$delta), "$start `,` $limit `,` $delta"> {
  let summary = "Numbers from `start`, `delta` apart, up to `limit` and without it";
}
def NN_RankOp : NN_MovementOp<"rank", "index()", (ins NN_Tensor:$input), "$input"> {
  let summary = "The number of a tensor's dimensions";
}
def NN_ZerosLikeOp : NN_PlainOp<"zeros_like", (ins NN_Tensor:$input), "$input"> {
  let summary = "Zeros in the shape of a tensor";
}
def NN_BroadcastArgsOp : NN_PlainOp<"broadcast_args", (ins NN_Tensor:$lhs, NN_Tensor:$rhs), "$lhs `,` $rhs"> {
  let summary = "The shape to which two shapes broadcast";
}
def NN_OneHotOp : NN_QuantizableOp<"one_hot", "shared({2, 3}).only8Bit()"> {
  let summary = "One element for each index that is `on_value`, all others `off_value`";
  let description = [{
    The new dimension, of size `depth`, is at `axis` of the result; -1 is the last. An index outside
    [0, depth) leaves `off_value` alone. Both values and the result share their parameters.
  }];
  let arguments = (ins NN_Tensor:$indices, NN_Tensor:$depth, NN_Tensor:$on_value, NN_Tensor:$off_value, NN_I32<0>:$axis);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$indices `,` $depth `,` $on_value `,` $off_value `axis` $axis attr-dict `:` functional-type(operands, results)";
}

//===----------------------------------------------------------------------===//
// Elements by index
//===----------------------------------------------------------------------===//

def NN_EmbeddingLookupOp : NN_MovementOp<"embedding_lookup", "shared({1}).tableIn(1)", (ins NN_Tensor:$lookup, NN_Tensor:$value), "$lookup `,` $value"> {
  let summary = "Rows of a matrix, picked by index";
}
def NN_TopkV2Op : NN_QuantizableOp<"topk_v2", "shared().results(1)"> {
  let summary = "The `k` largest elements of each row and where they are";
  let description = [{
    Sorted; of equal elements the one with the lower index comes first. The values share the input's
    parameters, the indices are untouched.
  }];
  let arguments = (ins NN_Tensor:$input, NN_Tensor:$k);
  let results = (outs NN_Tensor:$values, NN_Tensor:$indices);
  let assemblyFormat = "$input `,` $k attr-dict `:` functional-type(operands, results)";
}
def NN_DynamicUpdateSliceOp : NN_MovementOp<"dynamic_update_slice", "shared({0, 1})",
    (ins NN_Tensor:$operand, NN_Tensor:$update, NN_Tensor:$start_indices), "$operand `,` $update `,` $start_indices"> {
  let summary = "A tensor with a box of another one in it; the box is moved inside where it would not fit";
}
def NN_ScatterNdOp : NN_QuantizableOp<"scatter_nd", "shared({1})", [], NN_StaysFloat<
    "its int8 kernel fills with stored zeros and adds stored values">.text> {
  let summary = "Zeros, to which slices are added at index vectors";
  let arguments = (ins NN_Tensor:$indices, NN_Tensor:$updates, NN_Tensor:$shape);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$indices `,` $updates `,` $shape attr-dict `:` functional-type(operands, results)";
}
def NN_ReverseSequenceOp : NN_PlainOp<"reverse_sequence",
    (ins NN_Tensor:$input, NN_Tensor:$seq_lengths, NN_I32<0>:$seq_dim, NN_I32<0>:$batch_dim), "$input `,` $seq_lengths"> {
  let summary = "Reverses the first elements along `seq_dim`, as many as `seq_lengths` says for each slice of `batch_dim`";
}
def NN_MatrixDiagOp : NN_PlainOp<"matrix_diag", (ins NN_Tensor:$diagonal), "$diagonal"> {
  let summary = "Square matrices of zeros with these diagonals";
}
def NN_MatrixSetDiagOp : NN_PlainOp<"matrix_set_diag", (ins NN_Tensor:$input, NN_Tensor:$diagonal), "$input `,` $diagonal"> {
  let summary = "Matrices with other diagonals";
}
def NN_BitcastOp : NN_PlainOp<"bitcast", (ins NN_Tensor:$input), "$input"> {
  let summary = "The same bytes as elements of another type";
}
def NN_BucketizeOp : NN_PlainOp<"bucketize", (ins NN_Tensor:$input, DefaultValuedAttr<DenseF32ArrayAttr, "{}">:$boundaries), "$input"> {
  let summary = "How many of the sorted `boundaries` an element reaches";
}
def NN_CumsumOp : NN_PlainOp<"cumsum", (ins NN_Tensor:$input, NN_Tensor:$axis, NN_False:$exclusive, NN_False:$reverse), "$input `,` $axis"> {
  let summary = "Sums of all elements up to each one along `axis`";
}

class NN_SegmentOp<string mnemonic, string what> : NN_PlainOp<mnemonic,
    (ins NN_Tensor:$input, NN_Tensor:$segment_ids, NN_Tensor:$num_segments), "$input `,` $segment_ids `,` $num_segments"> {
  let summary = what;
}
def NN_UnsortedSegmentSumOp : NN_SegmentOp<"unsorted_segment_sum", "Sum of the slices that have the same id">;
def NN_UnsortedSegmentProdOp : NN_SegmentOp<"unsorted_segment_prod", "Product of the slices that have the same id">;
def NN_UnsortedSegmentMaxOp : NN_SegmentOp<"unsorted_segment_max", "Maximum of the slices that have the same id">;
def NN_UnsortedSegmentMinOp : NN_SegmentOp<"unsorted_segment_min", "Minimum of the slices that have the same id">;
def NN_SegmentSumOp : NN_PlainOp<"segment_sum", (ins NN_Tensor:$input, NN_Tensor:$segment_ids), "$input `,` $segment_ids"> {
  let summary = "Sum of the slices that have the same id; ids never decrease";
}

#endif // VERNIER_DIALECT_NN_NNINDEXOPS_TD
