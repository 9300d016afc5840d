# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the integers of kernels can hold."""
import check_bases as bases
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from check_bases import tensor

from .mutation import breaks, operator, set_data, set_scale


@breaks("bias-scale")
def bias_of_another_scale(model):
    tensor(model, "conv/b").quantization.scale = tensor(model, "conv/b").quantization.scale * np.float32([1, 1, 1.01, 1])


@breaks("multiplier-range")
def multiplier_256(model):
    set_scale(model, "dense", 0.05 * 0.004 / 257)


@breaks("bias-dimension")
def bias_on_another_dimension(model):
    for name in ("conv/b", "dense/b"):
        tensor(model, name).quantization.quantizedDimension = 3


@breaks("bias-scale")
def one_bias_scale_for_all(model):
    set_scale(model, "conv/b", 1e-4)
    tensor(model, "conv/b").quantization.zeroPoint = np.zeros(1, np.int64)


@breaks("bias-unquantized")
def bias_without_a_scale(model):
    tensor(model, "conv/b").quantization = None


@breaks("bias-overflow")
def bias_at_the_limit(model):
    set_data(model, "conv/b", np.array([0, 2**31 - 1, 0, 0], np.int32))


@breaks("multiplier-zero")
def multiplier_that_vanishes(model):
    set_scale(model, "dense", 0.05 * 0.004 * 2.0**33)


@breaks("sum-multiplier")
def sum_of_a_fine_result(model):
    set_scale(model, "sum", 2 * 0.03 / 2**20)


@breaks("sum-multiplier", bases.int16_network)
def wide_sum_of_a_fine_result(model):
    set_scale(model, "sum", 2 * 0.0003 / 2**16)


@breaks("rescale-range", bases.pieces)
def product_of_a_tiny_scale(model):
    set_scale(model, "product", 1e-13)


@breaks("rescale-range", bases.pieces)
def requantization_to_nothing(model):
    set_scale(model, "again", 1e10)


@breaks("softmax-input")
def softmax_of_a_tiny_scale(model):
    set_scale(model, "dense", 1e-9)


@breaks("softmax-input")
def softmax_without_beta(model):
    operator(model, "SOFTMAX").builtinOptions.beta = 0.0


@breaks("activation-range")
def clamp_beyond_32_bits(model):
    set_scale(model, "conv", 1e-9)
    operator(model, "CONV_2D").builtinOptions.fusedActivationFunction = schema.ActivationFunctionType.RELU6


def deepen(model, depth, value):
    """The dense layer reads `depth` values instead of 32."""
    tensor(model, "flat").shape = [1, depth]
    tensor(model, "dense/w").shape = [5, depth]
    set_data(model, "dense/w", np.full((5, depth), value, np.int8))
    tensor(model, "joined").shape = [1, 2, 2, depth // 4]
    set_data(model, "shape", np.array([1, depth], np.int32))


@breaks("accumulator-depth")
def too_many_products(model):
    deepen(model, 65540, 1)


@breaks("accumulator-overflow")
def sum_that_overflows(model):
    deepen(model, 131080, 127)


@breaks("accumulator-overflow", bases.int16_network)
def narrow_sum_of_wide_products(model):
    set_data(model, "conv/b", np.full(4, 2**31 - 1, np.int32))
    tensor(model, "conv/b").type = schema.TensorType.INT32
    operator(model, "CONV_2D").builtinOptions.quantizedBiasType = schema.TensorType.INT32


@breaks("recurrent-bias-scale", bases.lstm)
def gate_bias_of_another_scale(model):
    set_scale(model, "bf", *(2 * tensor(model, "bf").quantization.scale))


@breaks("recurrent-bias-scale", bases.svdf)
def svdf_bias_of_another_scale(model):
    set_scale(model, "b", *(2 * tensor(model, "b").quantization.scale))
