# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Scales, zero points and where they belong."""
import check_bases as bases
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from check_bases import tensor

from .mutation import breaks, data, set_data, set_scale


@breaks("scale-value")
def scale_zero(model):
    set_scale(model, "conv", 0)


@breaks("scale-value")
def scale_infinite(model):
    set_scale(model, "conv", np.inf)


@breaks("scale-value")
def scale_nan(model):
    set_scale(model, "conv", np.nan)


@breaks("scale-value")
def scale_negative(model):
    set_scale(model, "x", -0.05)


@breaks("scale-count")
def scales_of_another_dimension(model):
    tensor(model, "depth/w").quantization.quantizedDimension = 1


@breaks("scale-count")
def dimension_beyond_the_rank(model):
    tensor(model, "conv/b").quantization.quantizedDimension = 3


@breaks("zero-point-count")
def one_zero_point_for_all(model):
    tensor(model, "conv/w").quantization.zeroPoint = np.zeros(1, np.int64)


@breaks("zero-point-count")
def no_zero_point(model):
    tensor(model, "conv").quantization.zeroPoint = None


@breaks("zero-point-range")
def zero_point_beyond_the_type(model):
    tensor(model, "conv").quantization.zeroPoint = np.array([128], np.int64)


@breaks("scale-value")
def scale_denormal(model):
    set_scale(model, "conv", 1e-40)


@breaks("int16-zero-point", bases.int16_network)
def zero_point_of_16_bits(model):
    tensor(model, "conv").quantization.zeroPoint = np.array([7], np.int64)


@breaks("bias-zero-point")
def zero_point_of_a_bias(model):
    tensor(model, "dense/b").quantization.zeroPoint = np.array([3], np.int64)


@breaks("weight-zero-point")
def zero_point_of_weights(model):
    tensor(model, "dense/w").quantization.zeroPoint = np.array([3], np.int64)


@breaks("weight-zero-point", bases.hybrid_network)
def zero_point_of_hybrid_weights(model):
    tensor(model, "dense/w").quantization.zeroPoint = np.full(64, 3, np.int64)


@breaks("weight-axis")
def weights_on_another_dimension(model):
    record = tensor(model, "conv/w").quantization
    record.scale, record.zeroPoint, record.quantizedDimension = record.scale[:3], record.zeroPoint[:3], 3


@breaks("activation-scales")
def scales_for_each_channel_of_an_activation(model):
    record = tensor(model, "conv").quantization
    record.scale, record.zeroPoint, record.quantizedDimension = np.full(4, 0.04, np.float32), np.full(4, -5, np.int64), 3


@breaks("missing-scale")
def activation_without_a_scale(model):
    tensor(model, "sum").quantization = None


@breaks("missing-scale")
def weights_without_a_scale(model):
    tensor(model, "conv/w").quantization = None


@breaks("missing-weight-scale", bases.hybrid_network)
def hybrid_weights_without_a_scale(model):
    tensor(model, "dense/w").quantization = None


@breaks("narrow-range")
def weights_at_minus_128(model):
    values = data(model, "conv/w").data.copy()
    values[5] = 128
    data(model, "conv/w").data = values


@breaks("power-of-two", bases.lstm)
def cell_state_of_another_scale(model):
    set_scale(model, "c", *(1.5 * tensor(model, "c").quantization.scale))


@breaks("state-parameters", bases.lstm)
def output_state_of_another_scale(model):
    set_scale(model, "h", *(1.5 * tensor(model, "h").quantization.scale))


@breaks("inner-parameters", bases.lstm)
def lstm_without_inner_parameters(model):
    tensor(model, "hidden").quantization = None


@breaks("storage-width", bases.lstm)
def cell_state_in_8_bits(model):
    tensor(model, "bf").type = schema.TensorType.INT8
    set_data(model, "bf", np.ones(tensor(model, "bf").shape, np.int8))


@breaks("scale-value", bases.svdf)
def svdf_state_without_a_scale(model):
    set_scale(model, "s", 0)


@breaks("value-bits", bases.svdf)
def time_weights_of_16_bits(model):
    set_data(model, "t", np.full(tensor(model, "t").shape, 30000, np.int16))
