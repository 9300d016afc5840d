# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What each operator asks of its tensors and options."""
import check_bases as bases
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from check_bases import tensor

from .mutation import breaks, data, index, operator, set_data, set_scale


@breaks("same-scale")
def reshape_changes_the_scale(model):
    set_scale(model, "flat", 0.06)


@breaks("same-scale")
def concatenation_of_two_scales(model):
    operator(model, "CONCATENATION").inputs = [index(model, "sum"), index(model, "depth")]


@breaks("fixed-output")
def softmax_of_another_scale(model):
    set_scale(model, "y", 1 / 255)


@breaks("fixed-output")
def softmax_of_another_zero_point(model):
    tensor(model, "y").quantization.zeroPoint = np.array([0], np.int64)


@breaks("operator-form")
def bias_too_short(model):
    b = tensor(model, "conv/b")
    b.shape, data(model, "conv/b").data = [3], data(model, "conv/b").data[:12]
    b.quantization.scale, b.quantization.zeroPoint = b.quantization.scale[:1], b.quantization.zeroPoint[:1]


@breaks("same-scale", bases.pieces)
def pool_changes_the_scale(model):
    set_scale(model, "pooled", 0.15)


@breaks("same-scale", bases.pieces)
def split_changes_the_zero_point(model):
    tensor(model, "right").quantization.zeroPoint = np.array([4], np.int64)


@breaks("fixed-output", bases.int16_network)
def softmax_of_16_bits_of_another_scale(model):
    set_scale(model, "y", 1 / 256)


@breaks("operator-form")
def convolution_without_a_filter(model):
    operator(model, "CONV_2D").inputs = [index(model, "x")]


@breaks("operator-form")
def dense_layer_of_another_depth(model):
    tensor(model, "dense/w").shape = [10, 16]


@breaks("recorded-shape")
def shape_that_is_not_computed(model):
    tensor(model, "conv").shape = [1, 9, 9, 4]


@breaks("option-value")
def padding_without_a_name(model):
    operator(model, "CONV_2D").builtinOptions.padding = 7


@breaks("options-table")
def options_of_another_operator(model):
    add = operator(model, "ADD")
    add.builtinOptionsType, add.builtinOptions = schema.BuiltinOptions.SoftmaxOptions, schema.SoftmaxOptionsT()


@breaks("option-range")
def stride_zero(model):
    operator(model, "CONV_2D").builtinOptions.strideH = 0


@breaks("option-range", bases.pieces)
def pool_without_options(model):
    operator(model, "AVERAGE_POOL_2D").builtinOptionsType, operator(model, "AVERAGE_POOL_2D").builtinOptions = 0, None


@breaks("option-range", bases.pieces)
def split_into_other_pieces(model):
    operator(model, "SPLIT").builtinOptions.numSplits = 3


@breaks("channels")
def filter_of_other_channels(model):
    tensor(model, "conv/w").shape = [4, 3, 1, 9]


@breaks("fused-activation")
def fused_tanh(model):
    operator(model, "CONV_2D").builtinOptions.fusedActivationFunction = schema.ActivationFunctionType.TANH


@breaks("resize-options", bases.hybrid_network)
def both_ways_to_resize(model):
    operator(model, "RESIZE_BILINEAR").builtinOptions.alignCorners = True


@breaks("weights-format")
def shuffled_weights(model):
    operator(model, "FULLY_CONNECTED").builtinOptions.weightsFormat = 1


@breaks("power-of-two-sum", bases.int16_network)
def sum_says_powers_of_two(model):
    operator(model, "ADD").builtinOptions.potScaleInt16 = True


@breaks("index-type")
def shape_in_8_bits(model):
    tensor(model, "shape").type = schema.TensorType.INT8
    set_data(model, "shape", np.array([1, 32], np.int8))


@breaks("subgraph-interface", bases.branches)
def branch_with_another_scale(model):
    set_scale(model, "then/y", 0.3)


@breaks("subgraph-interface", bases.branches)
def branch_with_another_input(model):
    model.subgraphs[1].inputs = []
    model.signatureDefs = []
