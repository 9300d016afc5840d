# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the runtime has kernels for."""
import check_bases as bases
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from check_bases import tensor

from .mutation import breaks, code, operator, set_data


def become(model, kind, other, table=None):
    """Makes another operator of one of `kind`."""
    op, c = operator(model, kind), code(model, kind)
    c.builtinCode = c.deprecatedBuiltinCode = getattr(schema.BuiltinOperator, other)
    c.version = 1
    op.builtinOptionsType = getattr(schema.BuiltinOptions, table) if table else 0
    op.builtinOptions = getattr(schema, table + "T")() if table else None


@breaks("no-kernel", bases.int16_network)
def squared_difference_in_16_bits(model):
    become(model, "ADD", "SQUARED_DIFFERENCE", "SquaredDifferenceOptions")


@breaks("no-kernel", bases.int8_network, "--target", "tflm")
def operator_that_micro_lacks(model):
    become(model, "SOFTMAX", "RANK", "RankOptions")


@breaks("no-kernel")
def builtin_without_a_kernel(model):
    become(model, "SOFTMAX", "CONCAT_EMBEDDINGS")


@breaks("custom-operator")
def custom_operator(model):
    code(model, "SOFTMAX").customCode = "FlexSoftmax"
    become(model, "SOFTMAX", "CUSTOM")


def narrow(model, name, dtype, bits):
    """Stores a tensor's elements in fewer bits; which values they get does not matter."""
    t = tensor(model, name)
    count = int(np.prod(t.shape))
    t.type = dtype
    set_data(model, name, np.zeros((count * bits + 7) // 8, np.uint8))


@breaks("weight-types")
def convolution_with_two_bits(model):
    narrow(model, "conv/w", schema.TensorType.INT2, 2)


@breaks("weight-types", bases.hybrid_network)
def float_depthwise_with_four_bits(model):
    narrow(model, "depth/w", schema.TensorType.INT4, 4)


@breaks("weight-types", bases.hybrid_network, "--target", "tflm")
def hybrid_on_micro(model):
    pass


@breaks("bias-type")
def bias_in_8_bits(model):
    tensor(model, "conv/b").type = schema.TensorType.INT8
    set_data(model, "conv/b", np.ones(4, np.int8))


@breaks("bias-type", bases.int16_network)
def narrow_bias_of_a_depthwise_convolution(model):
    tensor(model, "depth/b").type = schema.TensorType.INT32
    set_data(model, "depth/b", np.ones(4, np.int32))


@breaks("bias-type-option", bases.int16_network)
def option_says_32_bits(model):
    operator(model, "CONV_2D").builtinOptions.quantizedBiasType = schema.TensorType.INT32


@breaks("bias-type-option", bases.int16_network)
def narrow_accumulator_without_a_bias(model):
    operator(model, "FULLY_CONNECTED").builtinOptions.quantizedBiasType = schema.TensorType.INT32


@breaks("blockwise-form", bases.hybrid_network)
def blockwise_scales_in_float32(model):
    tensor(model, "blocks/scales").type = schema.TensorType.FLOAT32
    set_data(model, "blocks/scales", np.ones((8, 2), np.float32))


@breaks("blockwise-form", bases.hybrid_network)
def blocks_of_another_size(model):
    tensor(model, "blocks").quantization.details.blockSize = 16


@breaks("blockwise-form", bases.hybrid_network)
def blockwise_in_8_bits(model):
    narrow(model, "blocks", schema.TensorType.INT8, 8)


@breaks("blockwise-form", bases.hybrid_network)
def blockwise_with_zero_points(model):
    details = tensor(model, "blocks").quantization.details
    details.zeroPoints = details.scales


@breaks("blockwise-form", bases.hybrid_network)
def blockwise_with_an_activation_that_xnnpack_leaves(model):
    graph = model.subgraphs[0]
    dense = next(op for op in graph.operators if graph.tensors[op.outputs[0]] is tensor(model, "blocked"))
    dense.builtinOptions.fusedActivationFunction = schema.ActivationFunctionType.TANH


@breaks("block-scales", bases.hybrid_network)
def scale_of_zero_for_a_block(model):
    set_data(model, "blocks/scales", np.zeros((8, 2), np.float16))


@breaks("hybrid-depthwise", bases.hybrid_network)
def one_scale_for_a_hybrid_depthwise(model):
    record = tensor(model, "depth/w").quantization
    record.scale, record.zeroPoint, record.quantizedDimension = record.scale[:1], record.zeroPoint[:1], 0


@breaks("two-bit-rows", bases.hybrid_network)
def two_bits_with_one_scale(model):
    narrow(model, "dense/w", schema.TensorType.INT2, 2)
    record = tensor(model, "dense/w").quantization
    record.scale, record.zeroPoint = record.scale[:1], record.zeroPoint[:1]


@breaks("half-result", bases.hybrid_network)
def half_stays_half(model):
    tensor(model, "whole").type = schema.TensorType.FLOAT16


@breaks("cast-scale", bases.pieces)
def dequantize_without_a_scale(model):
    tensor(model, "left").quantization = None


@breaks("dynamic-shape", bases.int8_network, "--target", "tflm")
def unknown_batch(model):
    tensor(model, "x").shapeSignature = [-1, 6, 6, 3]


@breaks("float-on-edgetpu", bases.int8_network, "--target", "edgetpu")
def float_on_the_edgetpu(model):
    tensor(model, "other").type, tensor(model, "other").quantization = schema.TensorType.FLOAT32, None
    set_data(model, "other", np.ones((1, 2, 2, 4), np.float32))
