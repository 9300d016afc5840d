#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""wide_sums.py FILE: a 16x8 network of long rows of large weights, whose sums leave 32 bits, and beside it a depthwise
convolution that needs the most memory, whose results may therefore lie over what it reads."""
import sys

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from tflite_writer import Writer


def main(path):
    rng = np.random.default_rng(0)
    w = Writer("wide sums")
    x = w.tensor("x", (1, 6, 7, 130), np.int16, scale=0.0005)
    signs = rng.choice(np.array([-1, 1]), 20)
    filters = rng.uniform(0.002, 0.01, 20).astype(np.float32)
    conv_w = w.constant("conv/w", (rng.integers(90, 128, (20, 3, 3, 130)) * signs[:, None, None, None]).astype(np.int8),
                        scale=filters)
    conv_b = w.constant("conv/b", rng.integers(-10**10, 10**10, 20), scale=np.float32(0.0005) * filters)
    conv = w.tensor("conv", (1, 4, 5, 20), np.int16, scale=0.01)
    w.operator("CONV_2D", [x, conv_w, conv_b], conv, 8, table="Conv2DOptions", padding=schema.Padding.VALID, strideH=1,
               strideW=1, dilationHFactor=1, dilationWFactor=1, quantizedBiasType=schema.TensorType.INT64)
    # The sums of a depthwise convolution are short; a bias alone leaves 32 bits.
    depth_w = w.constant("depth/w", rng.integers(-127, 128, (1, 3, 3, 20)).astype(np.int8), scale=filters, axis=3)
    depth_b = w.constant("depth/b", rng.integers(-10**10, 10**10, 20), scale=np.float32(0.01) * filters)
    depth = w.tensor("depth", (1, 2, 3, 20), np.int16, scale=1.0)
    w.operator("DEPTHWISE_CONV_2D", [conv, depth_w, depth_b], depth, 1, table="DepthwiseConv2DOptions",
               padding=schema.Padding.VALID, strideH=1, strideW=1, dilationHFactor=1, dilationWFactor=1,
               depthMultiplier=1)
    dense_w = w.constant("dense/w", rng.integers(100, 128, (11, 6 * 7 * 130)).astype(np.int8), scale=0.004)
    dense_b = w.constant("dense/b", rng.integers(-10**6, 10**6, 11), scale=0.0005 * 0.004)
    dense = w.tensor("dense", (1, 11), np.int16, scale=0.05)
    w.operator("FULLY_CONNECTED", [x, dense_w, dense_b], dense, 11, table="FullyConnectedOptions",
               quantizedBiasType=schema.TensorType.INT64)
    image = w.tensor("image", (1, 24, 24, 3), np.int16, scale=0.0005)
    small = convolution(w, rng, image, "expand", (1, 24, 24, 40))
    narrow_w = w.constant("narrow/w", rng.integers(-127, 128, (1, 3, 3, 40)).astype(np.int8), scale=0.004, axis=3)
    narrow_b = w.constant("narrow/b", rng.integers(-9000, 9000, 40), scale=0.0005 * 0.004)
    narrow = w.tensor("narrow", (1, 11, 11, 40), np.int16, scale=0.0005)
    w.operator("DEPTHWISE_CONV_2D", [small, narrow_w, narrow_b], narrow, 1, table="DepthwiseConv2DOptions",
               padding=schema.Padding.VALID, strideH=2, strideW=2, dilationHFactor=1, dilationWFactor=1,
               depthMultiplier=1)
    project = convolution(w, rng, narrow, "project", (1, 11, 11, 8))
    with open(path, "wb") as file:
        file.write(w.finish({"x": x, "image": image}, {"depth": depth, "dense": dense, "project": project}))


def convolution(w, rng, x, name, shape):
    """A convolution by 1x1 whose sums fit 32 bits."""
    inputs = w.graph.tensors[x].shape[3]
    weights = w.constant(f"{name}/w", rng.integers(-127, 128, (shape[3], 1, 1, inputs)).astype(np.int8), scale=0.004)
    bias = w.constant(f"{name}/b", rng.integers(-9000, 9000, shape[3]), scale=0.0005 * 0.004)
    result = w.tensor(name, shape, np.int16, scale=0.0005)
    w.operator("CONV_2D", [x, weights, bias], result, 8, table="Conv2DOptions", padding=schema.Padding.VALID, strideH=1,
               strideW=1, dilationHFactor=1, dilationWFactor=1, quantizedBiasType=schema.TensorType.INT64)
    return result


if __name__ == "__main__":
    main(sys.argv[1])
