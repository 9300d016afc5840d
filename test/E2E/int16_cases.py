# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random single operators on 16-bit activations, with 8-bit weights where they have any."""
import itertools

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from case_maker import FUSED, PADDING, Case, Tensor, conv_side, draw_cases, ints

FIXED = np.float32(1 / 32768)


def activation(m, shape, low=1e-5, high=2e-3, scale=None):
    scale = np.float32(np.exp(m.rng.uniform(np.log(low), np.log(high)))) if scale is None else scale
    return Tensor(tuple(shape), np.int16, scale, draw=lambda rng, shape: rng.integers(-32767, 32768, shape))


def weights(m, shape, axis, per_axis=True):
    count = shape[axis] if per_axis else 1
    return Tensor(shape, np.int8, m.rng.uniform(0.002, 0.02, count).astype(np.float32), 0, axis if per_axis else 0,
                  values=m.rng.integers(-127, 128, shape).astype(np.int8))


def bias(m, x, w, count, dtype=np.int64):
    scale = (np.float32(x.scale) * np.asarray(w.scale, np.float32)).astype(np.float32)
    return Tensor((count,), dtype, scale, values=m.rng.integers(-10 ** 6, 10 ** 6, count).astype(dtype))


def result(m, shape, x, w, depth):
    """Results that saturate now and then."""
    typical = float(x.scale) * float(np.mean(w.scale)) * 19000 * 73 * np.sqrt(depth)
    return Tensor(tuple(shape), np.int16, np.float32(typical * m.rng.uniform(0.5, 4) / 32767))


def weighted(m):
    for padding, wide in itertools.product(PADDING, (True, True, False)):
        n, h, w, c = m.image()
        k, s, out = (m.size(1, 3), m.size(1, 3)), (m.size(1, 2), m.size(1, 2)), m.size(1, 9)
        x, f = activation(m, (n, h, w, c)), weights(m, (out, *k, c), 0)
        kind = schema.TensorType.INT64 if wide else schema.TensorType.INT32
        sides = conv_side(h, k[0], s[0], 1, padding), conv_side(w, k[1], s[1], 1, padding)
        yield Case("CONV_2D", [x, f, bias(m, x, f, out, np.int64 if wide else np.int32)], [result(m, (n, *sides, out), x, f, k[0] * k[1] * c)],
                   dict(table="Conv2DOptions", padding=padding, strideH=s[0], strideW=s[1], dilationHFactor=1,
                        dilationWFactor=1, fusedActivationFunction=m.pick(*FUSED), quantizedBiasType=kind))
        if wide:
            f = weights(m, (1, *k, c * 2), 3)
            yield Case("DEPTHWISE_CONV_2D", [x, f, bias(m, x, f, c * 2)], [result(m, (n, *sides, c * 2), x, f, k[0] * k[1])],
                       dict(table="DepthwiseConv2DOptions", padding=padding, strideH=s[0], strideW=s[1], depthMultiplier=2,
                            dilationHFactor=1, dilationWFactor=1, fusedActivationFunction=m.pick(*FUSED)))
        depth, rows = m.size(1, 60), m.size(1, 4)
        x, f = activation(m, (rows, depth)), weights(m, (out, depth), 0, per_axis=m.pick(True, False))
        yield Case("FULLY_CONNECTED", [x, f, bias(m, x, f, out, np.int64 if wide else np.int32)], [result(m, (rows, out), x, f, depth)],
                   dict(table="FullyConnectedOptions", fusedActivationFunction=m.pick(*FUSED), quantizedBiasType=kind))
        if wide:
            yield Case("FULLY_CONNECTED", [x, f], [result(m, (rows, out), x, f, depth)],
                       dict(table="FullyConnectedOptions", quantizedBiasType=m.pick(schema.TensorType.FLOAT32, kind)))


def computed_weights(m):
    """Sums beyond 32 bits of weights that come at run time."""
    for wide in (True, False):
        depth, rows, out = (700 if wide else 20), 3, 5
        x = activation(m, (rows, depth))
        x.draw = lambda rng, shape: rng.integers(20000, 32768, shape)
        w = Tensor((out, depth), np.int8, np.float32(0.01), draw=lambda rng, shape: rng.integers(60, 128, shape) * rng.choice([-1, 1], (shape[0], 1)))
        yield Case("FULLY_CONNECTED", [x, w, bias(m, x, w, out)],
                   [activation(m, (rows, out), scale=np.float32(float(x.scale) * 0.01 * 32767 * 127 * depth * m.rng.uniform(0.5, 1) / 32767))],
                   dict(table="FullyConnectedOptions", quantizedBiasType=schema.TensorType.INT64))


def pairs(m):
    options = {"ADD": dict(table="AddOptions", potScaleInt16=False), "SUB": dict(table="SubOptions", potScaleInt16=False),
               "MUL": dict(table="MulOptions")}
    for kind, shape in itertools.product(options, ((4, 33), (1, 33), (4, 1))):
        x, y = activation(m, (4, 33)), activation(m, shape)
        largest = 32767 ** 2 * float(x.scale) * float(y.scale) if kind == "MUL" else 32767 * (float(x.scale) + float(y.scale))
        z = activation(m, (4, 33), scale=np.float32(largest * m.rng.uniform(0.3, 1.1) / 32767))
        yield Case(kind, [x, y], [z], dict(options[kind], fusedActivationFunction=m.pick(*FUSED)))
    for shape in ((4, 33), (1, 33), (4, 1)):
        x = activation(m, (4, 33))
        y = Tensor(shape, np.int16, np.float32(m.rng.uniform(1e-5, 1e-3)),
                   draw=lambda rng, shape: rng.integers(1, 32768, shape) * rng.choice([-1, 1], shape))
        quotient = float(x.scale) / float(y.scale)
        yield Case("DIV", [x, y], [activation(m, (4, 33), scale=np.float32(quotient * m.rng.uniform(2e-5, 1e-3)))],
                   dict(table="DivOptions", fusedActivationFunction=m.pick(*FUSED)))
    for kind in ("EQUAL", "NOT_EQUAL", "LESS", "GREATER_EQUAL"):
        x = Tensor((4, 33), np.int16, np.float32(2e-4), draw=lambda rng, shape: rng.integers(-9, 10, shape))
        y = Tensor((1, 33), np.int16, np.float32(m.pick(2e-4, 4e-4)), draw=lambda rng, shape: rng.integers(-9, 10, shape))
        yield Case(kind, [x, y], [Tensor((4, 33), np.bool_)], dict(table="EqualOptions") if kind == "EQUAL" else {})
    for kind in ("MAXIMUM", "MINIMUM"):
        x = activation(m, (3, 17))
        yield Case(kind, [x, activation(m, (3, 17), scale=x.scale)], [activation(m, (3, 17), scale=x.scale)], dict(table="MaximumMinimumOptions"))


def long_sum(m):
    """The optimized kernel rounds a sum apart from the reference one, once in 100,000 values."""
    x, y = activation(m, (400, 1001), scale=np.float32(2.15e-5)), activation(m, (400, 1001), scale=np.float32(3.776e-5))
    yield Case("ADD", [x, y], [activation(m, (400, 1001), scale=np.float32(1.92e-5))], dict(table="AddOptions", potScaleInt16=False))


def functions(m):
    for shape in ((5, 200), (1000,)):
        for kind in ("LOGISTIC", "TANH"):
            for scale in (None, FIXED * 8, FIXED * 16):
                yield Case(kind, [activation(m, shape, scale=scale)], [activation(m, shape, scale=FIXED)])
        for kind in ("RELU", "RELU6"):
            yield Case(kind, [activation(m, shape)], [activation(m, shape)])
        yield Case("LEAKY_RELU", [activation(m, shape)], [activation(m, shape)],
                   dict(table="LeakyReluOptions", alpha=float(m.pick(0.1, 0.3, -0.2))))
        for beta in (1.0, 0.5):
            yield Case("SOFTMAX", [activation(m, shape)], [activation(m, shape, scale=FIXED)], dict(table="SoftmaxOptions", beta=beta))


def table_functions(m):
    """Interpolated between 513 entries; results that saturate now and then."""
    for shape in ((5, 200), (1000,)):
        for approximate in (False, True):
            scale = np.float32(m.rng.uniform(1e-5, 5e-4))
            yield Case("GELU", [activation(m, shape, scale=scale)], [activation(m, shape, scale=np.float32(scale * m.rng.uniform(0.8, 1.5)))],
                       dict(table="GeluOptions", approximate=approximate))
        scale = np.float32(m.rng.uniform(1e-5, 1.5e-4))
        yield Case("EXP", [activation(m, shape, scale=scale)],
                   [activation(m, shape, scale=np.float32(np.exp(32767 * scale) * m.rng.uniform(0.7, 2) / 32767))])
        for kind, limit in (("LOG", 12), ("RSQRT", 20), ("SQRT", 8)):
            # Roots are not defined below 0.
            x = Tensor(shape, np.int16, np.float32(m.rng.uniform(1e-5, 1e-3)),
                       draw=lambda rng, shape: rng.integers(-20 if kind == "LOG" else 0, 32768, shape))
            yield Case(kind, [x], [activation(m, shape, scale=np.float32(limit * m.rng.uniform(0.1, 1.2) / 32767))])
        x = activation(m, shape)
        for scale in (x.scale, np.float32(x.scale * m.rng.uniform(0.4, 1.5))):
            yield Case("ABS", [x], [activation(m, shape, scale=scale)])


def products(m):
    for adjoint_x, adjoint_y, lead in itertools.product((False, True), (False, True), ((), (3,), (2, 1))):
        rows, depth, columns = m.size(1, 6), m.size(1, 40), m.size(1, 9)
        left = (*lead, *((depth, rows) if adjoint_x else (rows, depth)))
        # Batches of either side may be one for all.
        right = ((1,) * len(lead) if m.pick(True, False) else lead) + ((columns, depth) if adjoint_y else (depth, columns))
        x, y = activation(m, left), activation(m, right)
        if m.pick(True, False):
            y.values = m.rng.integers(-32767, 32768, right).astype(np.int16)
        typical = float(x.scale) * float(y.scale) * 19000 ** 2 * np.sqrt(depth)
        yield Case("BATCH_MATMUL", [x, y], [activation(m, (*lead, rows, columns), scale=np.float32(typical * m.rng.uniform(0.5, 4) / 32767))],
                   dict(table="BatchMatMulOptions", adjX=adjoint_x, adjY=adjoint_y))


def others(m):
    for axes, keep in itertools.product(((1, 2), (3,), (1,)), (True, False)):
        shape = (m.size(1, 2), m.size(2, 7), m.size(2, 7), m.size(1, 9))
        kept = [1 if d in axes else size for d, size in enumerate(shape)] if keep else [size for d, size in enumerate(shape) if d not in axes]
        x = activation(m, shape)
        total = activation(m, kept, scale=np.float32(x.scale * m.rng.uniform(0.3, 1.2) * np.sqrt(np.prod([shape[a] for a in axes]))))
        yield Case("SUM", [x, ints(*axes)], [total], dict(table="ReducerOptions", keepDims=keep))
        count = int(np.prod([shape[a] for a in axes]))
        if count <= 12:
            near_one = Tensor(shape, np.int16, np.float32(m.rng.uniform(4e-5, 8e-5)),
                              draw=lambda rng, shape: rng.integers(8000, 32768, shape) * rng.choice([-1, 1], shape))
            yield Case("REDUCE_PROD", [near_one, ints(*axes)], [activation(m, kept, scale=np.float32(1.3 ** count / 32767))],
                       dict(table="ReducerOptions", keepDims=keep))
        yield Case("MEAN", [x, ints(*axes)], [activation(m, kept, scale=np.float32(x.scale * m.rng.uniform(0.3, 1.2)))],
                   dict(table="ReducerOptions", keepDims=keep))
    for kind, padding in itertools.product(("AVERAGE_POOL_2D", "MAX_POOL_2D"), PADDING):
        n, h, w, c = m.image()
        x = activation(m, (n, h, w, c))
        yield Case(kind, [x], [activation(m, (n, conv_side(h, 2, 2, 1, padding), conv_side(w, 3, 1, 1, padding), c), scale=x.scale)],
                   dict(table="Pool2DOptions", padding=padding, filterHeight=2, filterWidth=3, strideH=2, strideW=1,
                        fusedActivationFunction=m.pick(*FUSED)))
    for corners, half in ((False, False), (True, False), (False, True)):
        n, h, w, c = m.image()
        x, (height, width) = activation(m, (n, h, w, c)), (m.size(1, 20), m.size(1, 20))
        yield Case("RESIZE_BILINEAR", [x, ints(height, width)], [activation(m, (n, height, width, c), scale=x.scale)],
                   dict(table="ResizeBilinearOptions", alignCorners=corners, halfPixelCenters=half))
    x = activation(m, (2, 7))
    yield Case("CONCATENATION", [x, activation(m, (2, 3), scale=x.scale)], [activation(m, (2, 10), scale=x.scale)], dict(table="ConcatenationOptions", axis=1))
    yield Case("QUANTIZE", [activation(m, (3, 40))], [activation(m, (3, 40))], dict(table="QuantizeOptions"))
    for size in (40, 1003):
        scale = np.float32(m.rng.uniform(1e-4, 2e-4))
        # Half of them between two integers.
        x = Tensor((size,), draw=lambda rng, shape: (rng.integers(-33000, 33000, shape) + rng.choice([0.5, 0.3], shape)) * float(scale))
        yield Case("QUANTIZE", [x], [activation(m, (size,), scale=scale)], dict(table="QuantizeOptions"))
    yield Case("DEQUANTIZE", [activation(m, (3, 40))], [Tensor((3, 40))], dict(table="DequantizeOptions"))


FAMILIES = (weighted, computed_weights, pairs, long_sum, functions, table_functions, products, others)


def cases(rng, repeats=1):
    return draw_cases(rng, np.int16, FAMILIES, repeats)
