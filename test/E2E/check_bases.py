# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Small files that keep every rule of the contract, for check_mutations.py to break."""
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from tflite_writer import Writer

NONE, RELU = schema.ActivationFunctionType.NONE, schema.ActivationFunctionType.RELU
VALID = schema.Padding.VALID


def unpack(content):
    return schema.ModelT.InitFromPackedBuf(content, 0)


def integers(rng, shape, dtype=np.int8):
    return rng.integers(-127, 128, shape).astype(dtype)


def int8_network():
    """Convolution, depthwise, addition, concatenation, reshape, dense layer, softmax: 8 bits throughout."""
    rng = np.random.default_rng(0)
    w = Writer("int8")
    x = w.tensor("x", (1, 6, 6, 3), np.int8, scale=0.05, zero_point=3)
    filters = rng.uniform(0.002, 0.01, 4).astype(np.float32)
    conv_w = w.constant("conv/w", integers(rng, (4, 3, 3, 3)), scale=filters)
    conv_b = w.constant("conv/b", rng.integers(-900, 900, 4).astype(np.int32), scale=np.float32(0.05) * filters)
    conv = w.tensor("conv", (1, 4, 4, 4), np.int8, scale=0.04, zero_point=-5)
    w.operator("CONV_2D", [x, conv_w, conv_b], conv, 3, table="Conv2DOptions", padding=VALID, strideH=1, strideW=1,
               dilationHFactor=1, dilationWFactor=1, fusedActivationFunction=RELU)
    taps = rng.uniform(0.002, 0.01, 4).astype(np.float32)
    depth_w = w.constant("depth/w", integers(rng, (1, 3, 3, 4)), scale=taps, axis=3)
    depth_b = w.constant("depth/b", rng.integers(-900, 900, 4).astype(np.int32), scale=np.float32(0.04) * taps)
    depth = w.tensor("depth", (1, 2, 2, 4), np.int8, scale=0.03, zero_point=0)
    w.operator("DEPTHWISE_CONV_2D", [conv, depth_w, depth_b], depth, 3, table="DepthwiseConv2DOptions", padding=VALID,
               strideH=1, strideW=1, dilationHFactor=1, dilationWFactor=1, depthMultiplier=1)
    other = w.constant("other", integers(rng, (1, 2, 2, 4)), scale=0.02, zero_point=1)
    total = w.tensor("sum", (1, 2, 2, 4), np.int8, scale=0.05, zero_point=2)
    w.operator("ADD", [depth, other], total, 2, table="AddOptions")
    joined = w.tensor("joined", (1, 2, 2, 8), np.int8, scale=0.05, zero_point=2)
    w.operator("CONCATENATION", [total, total], joined, 2, table="ConcatenationOptions", axis=3)
    shape = w.constant("shape", np.array([1, 32], np.int32))
    flat = w.tensor("flat", (1, 32), np.int8, scale=0.05, zero_point=2)
    w.operator("RESHAPE", [joined, shape], flat, 1)
    dense_w = w.constant("dense/w", integers(rng, (5, 32)), scale=0.004)
    dense_b = w.constant("dense/b", rng.integers(-900, 900, 5).astype(np.int32), scale=np.float32(0.05) * np.float32(0.004))
    dense = w.tensor("dense", (1, 5), np.int8, scale=0.1, zero_point=10)
    w.operator("FULLY_CONNECTED", [flat, dense_w, dense_b], dense, 4, table="FullyConnectedOptions")
    y = w.tensor("y", (1, 5), np.int8, scale=1 / 256, zero_point=-128)
    w.operator("SOFTMAX", [dense], y, 2, table="SoftmaxOptions", beta=1.0)
    return unpack(w.finish({"x": x}, {"y": y}))


BASES = {"int8_network": int8_network}
