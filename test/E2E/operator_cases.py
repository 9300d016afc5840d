# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random single operators: shapes, strides, paddings, broadcasts, ranks and parameters of every built-in.

`cases(rng, elements)` yields `Case`s whose activations have elements of the numpy type `elements`.
"""
import dataclasses
import itertools

import movement_cases as movement
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from case_maker import ACTIVATIONS, FUSED, PADDING, Case, Maker, Tensor, conv_side, draw, draw_cases, ints, positive, table, wide


# ---------------------------------------------------------------------------- operators with weights

def weights(m, shape, axis, spread=1.0, per_axis=None, computed=False):
    """A filter as TFLite has it: int8 symmetric and per-axis, uint8 with a zero point."""
    if not m.quantized:
        return Tensor(shape, np.float32, values=(m.rng.normal(0, 0.4, shape) * spread).astype(np.float32))
    per_axis = m.elements == np.int8 if per_axis is None else per_axis
    count = shape[axis] if per_axis else 1
    zero = 0 if m.elements == np.int8 else int(m.rng.integers(100, 150))
    t = Tensor(shape, m.elements, m.rng.uniform(0.002, 0.02, count).astype(np.float32), zero, axis if per_axis else 0)
    t.values = draw(m.rng, t) if m.elements == np.uint8 else m.rng.integers(-127, 128, shape).astype(np.int8)
    return t


def bias(m, x, w, count):
    if not m.quantized:
        return Tensor((count,), np.float32, values=m.rng.normal(0, 1, count).astype(np.float32))
    scale = (np.float32(x.scale) * np.asarray(w.scale, np.float32)).astype(np.float32)
    return Tensor((count,), np.int32, scale, 0, 0, m.rng.integers(-4000, 4000, count).astype(np.int32))


def conv_2d(m):
    for padding, grouped in itertools.product(PADDING, (False, True)):
        n, h, w, _ = m.image()
        groups = m.pick(2, 3) if grouped and m.elements != np.uint8 else 1
        per_group, out = m.size(1, 5), m.size(1, 6) * groups
        k, s = (m.size(1, 3), m.size(1, 3)), (m.size(1, 3), m.size(1, 3))
        d = (1, 1) if padding == schema.Padding.SAME and max(s) > 1 else (m.size(1, 2) if k[0] > 1 and h > 5 else 1, m.size(1, 2) if w > 5 else 1)
        if (k[0] - 1) * d[0] >= h or (k[1] - 1) * d[1] >= w:
            d = (1, 1)
        x = m.any((n, h, w, per_group * groups))
        f = weights(m, (out, *k, per_group), 0)
        y = m.any((n, conv_side(h, k[0], s[0], d[0], padding), conv_side(w, k[1], s[1], d[1], padding), out), low=0.02)
        yield Case("CONV_2D", [x, f, bias(m, x, f, out)], [y], dict(
            table="Conv2DOptions", padding=padding, strideH=s[0], strideW=s[1], dilationHFactor=d[0], dilationWFactor=d[1],
            fusedActivationFunction=m.pick(*FUSED)))


def depthwise_conv_2d(m):
    for padding, multiplier in itertools.product(PADDING, (1, 2, 3)):
        n, h, w, c = m.image(channels=20)
        k, s = (m.size(1, 3), m.size(1, 3)), m.size(1, 2)
        d = m.size(1, 2) if s == 1 and min(h, w) > 4 else 1
        x = m.any((n, h, w, c))
        f = weights(m, (1, *k, c * multiplier), 3)
        y = m.any((n, conv_side(h, k[0], s, d, padding), conv_side(w, k[1], s, d, padding), c * multiplier), low=0.02)
        yield Case("DEPTHWISE_CONV_2D", [x, f, bias(m, x, f, c * multiplier)], [y], dict(
            table="DepthwiseConv2DOptions", padding=padding, strideH=s, strideW=s, dilationHFactor=d, dilationWFactor=d,
            depthMultiplier=multiplier, fusedActivationFunction=m.pick(*FUSED)))


def transpose_conv(m):
    for padding, with_bias in itertools.product(PADDING, (False, True)):
        n, h, w, c = m.image(side=6)
        k, s, out = (m.size(1, 4), m.size(1, 4)), (m.size(1, 3), m.size(1, 3)), m.size(1, 10)
        sides = [side * t if padding == schema.Padding.SAME else (side - 1) * t + max(kk, t) if kk >= t else side * t
                 for side, t, kk in zip((h, w), s, k)]
        x = m.any((n, h, w, c))
        f = weights(m, (out, *k, c), 0)
        yield Case("TRANSPOSE_CONV", [ints(n, *sides, out), f, x] + ([bias(m, x, f, out)] if with_bias else []),
                   [m.any((n, *sides, out), low=0.02)],
                   dict(table="TransposeConvOptions", padding=padding, strideH=s[0], strideW=s[1],
                        fusedActivationFunction=m.pick(ACTIVATIONS.NONE, ACTIVATIONS.RELU)))
    # Where there is one result channel, converters leave a bias of four dimensions behind, which XNNPACK refuses. Drawn
    # apart, so that other operators keep their cases.
    own = Maker(np.random.default_rng(17), m.elements)
    x = own.any((2, 4, 5, 6))
    f = weights(own, (1, 3, 3, 6), 0)
    b = bias(own, x, f, 1)
    b.shape, b.axis, b.values = (1, 1, 1, 1), 3, b.values.reshape(1, 1, 1, 1)
    yield Case("TRANSPOSE_CONV", [ints(2, 8, 10, 1), f, x, b], [own.any((2, 8, 10, 1), low=0.02)],
               dict(table="TransposeConvOptions", padding=schema.Padding.SAME, strideH=2, strideW=2))


def fully_connected(m):
    for keep, per_axis in itertools.product((False, True), (True, False)):
        depth, out = m.size(1, 33), m.size(1, 17)
        lead = m.shape(1, 3, 5)
        rows = int(np.prod(lead))
        x = m.any((*lead, depth))
        f = weights(m, (out, depth), 0, per_axis=per_axis and m.elements == np.int8)
        y = m.any((*lead, out) if keep else (rows, out), low=0.02)
        yield Case("FULLY_CONNECTED", [x, f, bias(m, x, f, out)], [y], dict(
            table="FullyConnectedOptions", keepNumDims=keep, fusedActivationFunction=m.pick(*FUSED)))


def batch_matmul(m):
    for adj_x, adj_y in itertools.product((False, True), repeat=2):
        rows, depth, columns = m.size(1, 9), m.size(1, 17), m.size(1, 9)
        lead = m.shape(0, 2, 4) if not (adj_x or adj_y) else m.shape(1, 2, 4)
        left, right = ((*lead,), (*lead,))
        x = m.any((*left, depth, rows) if adj_x else (*left, rows, depth))
        y = m.any((*right, columns, depth) if adj_y else (*right, depth, columns))
        if m.elements == np.int8 and m.pick(True, False):
            y.zero_point = 0
        if m.pick(True, False, False):
            y.values = draw(m.rng, y)
        yield Case("BATCH_MATMUL", [x, y], [m.any((*lead, rows, columns), low=0.05)],
                   dict(table="BatchMatMulOptions", adjX=adj_x, adjY=adj_y))


def pools(m):
    for kind, padding in itertools.product(("AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D"), PADDING):
        n, h, w, c = m.image()
        k, s = (m.size(1, 3), m.size(1, 3)), (m.size(1, 3), m.size(1, 3))
        x = m.any((n, h, w, c))
        y = m.any((n, conv_side(h, k[0], s[0], 1, padding), conv_side(w, k[1], s[1], 1, padding), c), like=x)
        yield Case(kind, [x], [y], dict(table="Pool2DOptions", padding=padding, filterHeight=k[0], filterWidth=k[1],
                                        strideH=s[0], strideW=s[1], fusedActivationFunction=m.pick(*FUSED)))


def conv_3d(m):
    for padding, with_bias in itertools.product(PADDING, (False, True)):
        shape, k, s = (m.size(1, 2), *(m.size(3, 6) for _ in range(3)), m.size(1, 4)), [m.size(1, 3) for _ in range(3)], [m.size(1, 2) for _ in range(3)]
        out = m.size(1, 5)
        x, f = m.any(shape), weights(m, (*k, shape[4], out), 4)
        sides = [conv_side(shape[i + 1], k[i], s[i], 1, padding) for i in range(3)]
        options = dict(table="Conv3DOptions", padding=padding, strideD=s[0], strideH=s[1], strideW=s[2], dilationDFactor=1,
                       dilationHFactor=1, dilationWFactor=1, fusedActivationFunction=m.pick(*FUSED))
        yield Case("CONV_3D", [x, f] + ([bias(m, x, f, out)] if with_bias else []), [m.any((shape[0], *sides, out))], options)
        sides = [side * t if padding == schema.Padding.SAME else (side - 1) * t + max(kk, t) for side, t, kk in zip(shape[1:4], s, k)]
        f = weights(m, (*k, out, shape[4]), 3)
        yield Case("CONV_3D_TRANSPOSE", [ints(shape[0], *sides, out), f, x] + ([bias(m, x, f, out)] if with_bias else []),
                   [m.any((shape[0], *sides, out))], options)


# ---------------------------------------------------------------------------- element by element

def broadcast_pair(m, low=0, high=5):
    """Two shapes and what they broadcast to."""
    full = m.shape(low, high, 6)
    way = m.size(0, 4)
    left, right = list(full), list(full)
    if way == 1:
        right = [1 if m.pick(True, False) else d for d in full]
    elif way == 2:
        right = full[m.size(0, len(full)):]
    elif way == 3:
        left = [1 if m.pick(True, False) else d for d in full]
        right = [1 if l == d and m.pick(True, False) else d for l, d in zip(left, full)]
    elif way == 4:
        left = full[m.size(0, len(full)):]
    result = np.broadcast_shapes(tuple(left), tuple(right))
    return tuple(left), tuple(right), result


def arithmetic(m):
    for kind in ("ADD", "SUB", "MUL", "DIV"):
        for _ in range(4):
            left, right, result = broadcast_pair(m, high=6 if kind != "DIV" else 5)
            a, b = m.any(left), m.any(right)
            if kind == "DIV":
                # Quotients far below the output's step shift LiteRT's kernel by more than 31 bits.
                a, b = m.any(left, low=0.1), m.any(right, low=0.002, high=0.01)
                b.draw = away_from_zero(b)
            elif m.pick(True, False, False):
                b.values = draw(m.rng, b)
            options = dict(table={"ADD": "AddOptions", "SUB": "SubOptions", "MUL": "MulOptions", "DIV": "DivOptions"}[kind])
            if not np.issubdtype(m.elements, np.integer) or m.quantized:
                options["fusedActivationFunction"] = m.pick(*FUSED)
            yield Case(kind, [a, b], [m.any(result, low=0.02, high=0.1 if kind == "DIV" else 0.3)], options)


def away_from_zero(t):
    """Divisors: never zero, by the tensor's zero point."""
    def fill(rng, shape):
        if np.issubdtype(t.dtype, np.floating):
            return np.where(rng.random(shape) < 0.5, -1, 1) * (np.abs(rng.normal(0, 2, shape)) + 0.2)
        values = draw(rng, dataclasses.replace(t, draw=None)).astype(np.int64)
        step = 1 if t.zero_point < np.iinfo(t.dtype).max else -1
        return np.where(values == t.zero_point, values + step, values)
    return fill


def extrema_and_differences(m):
    tables = {"MAXIMUM": "MaximumMinimumOptions", "MINIMUM": "MaximumMinimumOptions",
              "SQUARED_DIFFERENCE": "SquaredDifferenceOptions", "FLOOR_DIV": "FloorDivOptions",
              "FLOOR_MOD": "FloorModOptions", "POW": "PowOptions", "ATAN2": "ATan2Options"}
    for kind, options in tables.items():
        for _ in range(3):
            left, right, result = broadcast_pair(m, high=4 if kind != "ATAN2" else 3)
            if kind in ("ATAN2",):
                left = right = result
            a, b = m.any(left), m.any(right)
            y = m.any(result)
            if kind in ("MAXIMUM", "MINIMUM"):
                b, y = m.any(right, like=a), m.any(result, like=a)
            if kind in ("FLOOR_DIV", "FLOOR_MOD"):
                b.draw = away_from_zero(b)
            if kind == "POW":
                integral = np.issubdtype(m.elements, np.integer)
                a.draw = (lambda rng, shape: rng.integers(-5, 6, shape)) if integral else positive
                b.draw = (lambda rng, shape: rng.integers(0, 5, shape)) if integral else (lambda rng, shape: rng.normal(0, 1.5, shape))
            yield Case(kind, [a, b], [y], dict(table=options))


def comparisons(m):
    for kind in ("EQUAL", "NOT_EQUAL", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL"):
        for _ in range(2):
            left, right, result = broadcast_pair(m, high=4)
            a, b = m.any(left), m.any(right)
            if m.pick(True, False):
                b = m.any(right, like=a)
            if m.elements not in (np.int8, np.uint8, np.bool_):
                a.draw = b.draw = lambda rng, shape: rng.integers(-3, 4, shape)
            yield Case(kind, [a, b], [Tensor(result, np.bool_)],
                       dict(table="".join(p.capitalize() for p in kind.split("_")) + "Options"))


def selections(m):
    for way in range(3):
        shape = m.shape(1, 4)
        a = m.any(shape)
        b, y = m.any(shape, like=a), m.any(shape, like=a)
        yield Case("SELECT", [Tensor([shape, (shape[0],), ()][way], np.bool_), a, b], [y], dict(table="SelectOptions"))
        left, right, result = broadcast_pair(m, high=4)
        condition = tuple(1 if m.pick(True, False) else d for d in result)
        a, b = m.any(left, like=a), m.any(right, like=a)
        yield Case("SELECT_V2", [Tensor(condition, np.bool_), a, b], [m.any(np.broadcast_shapes(result, condition), like=a)],
                   dict(table="SelectV2Options"))


def logic(m):
    for kind in ("LOGICAL_AND", "LOGICAL_OR"):
        left, right, result = broadcast_pair(m, high=4)
        yield Case(kind, [Tensor(left, np.bool_), Tensor(right, np.bool_)], [Tensor(result, np.bool_)],
                   dict(table="".join(p.capitalize() for p in kind.split("_")) + "Options"))
    shape = m.shape(0, 5)
    yield Case("LOGICAL_NOT", [Tensor(shape, np.bool_)], [Tensor(shape, np.bool_)], dict(table="LogicalNotOptions"))
    for kind in ("REDUCE_ANY", "REDUCE_ALL"):
        for case in reductions(Maker(m.rng, np.bool_), (kind,)):
            yield case


# kind: (fixed int8 result, float inputs, options)
UNARY = {
    "RELU": (None, None, {}), "RELU6": (None, None, {}), "RELU_N1_TO_1": (None, None, {}), "RELU_0_TO_1": (None, None, {}),
    "LOGISTIC": ((1 / 256, -128), wide, {}), "TANH": ((1 / 128, 0), None, {}), "ELU": (None, None, {}),
    "HARD_SWISH": (None, None, dict(table="HardSwishOptions")), "ABS": (None, None, dict(table="AbsOptions")),
    "EXP": (None, None, dict(table="ExpOptions")), "LOG": (None, positive, {}), "SQRT": (None, positive, {}),
    "RSQRT": (None, positive, {}), "NEG": (None, None, dict(table="NegOptions")), "SQUARE": (None, None, dict(table="SquareOptions")),
    "FLOOR": (None, None, {}), "CEIL": (None, None, {}), "ROUND": (None, None, {}), "SIN": (None, None, {}),
    "COS": (None, None, dict(table="CosOptions")), "SIGN": (None, None, dict(table="SignOptions")),
    "GELU": (None, None, dict(table="GeluOptions")), "LEAKY_RELU": (None, None, dict(table="LeakyReluOptions")),
    "LOG_SOFTMAX": ((16 / 256, 127), None, dict(table="LogSoftmaxOptions")),
    "SOFTMAX": ((1 / 256, -128), None, dict(table="SoftmaxOptions")),
    "L2_NORMALIZATION": ((1 / 128, 0), None, dict(table="L2NormOptions")),
    "LOCAL_RESPONSE_NORMALIZATION": (None, None, dict(table="LocalResponseNormalizationOptions")),
    "ZEROS_LIKE": (None, None, dict(table="ZerosLikeOptions")),
}


def unary(m):
    for kind, (fixed, fill, options) in UNARY.items():
        for repeat in range(3):
            rows = kind in ("SOFTMAX", "LOG_SOFTMAX", "L2_NORMALIZATION")
            shape = m.shape(1, 4, 30) if rows else m.image() if kind.startswith("LOCAL") else m.shape(0, 6)
            x = m.any(shape, draw=None if m.quantized else fill)
            if kind in ("SQRT", "RSQRT", "LOG") and m.quantized:
                x.draw = lambda rng, shape, x=x: rng.integers(x.zero_point + (kind != "SQRT"), np.iinfo(x.dtype).max + 1, shape)
            more = dict(options)
            if kind == "SOFTMAX":
                more["beta"] = m.pick(1.0, 1.0, 0.5)
            if kind == "LEAKY_RELU":
                more["alpha"] = float(m.pick(0.2, 0.01, 1.5, -0.5))
            if kind == "GELU":
                more["approximate"] = bool(repeat % 2)
            if kind.startswith("LOCAL"):
                more.update(radius=m.size(1, 4), bias=1.5, alpha=0.3, beta=0.75)
            like = x if m.quantized and kind in ("ZEROS_LIKE", "NEG", "SIGN", "FLOOR", "CEIL", "ROUND") else None
            yield Case(kind, [x], [m.any(shape, fixed=fixed, like=like, low=0.01)], more)
    for _ in range(3):
        shape = m.shape(3, 4)
        x = m.any(shape)
        yield Case("PRELU", [x, m.constant(tuple(1 for _ in shape[1:-1]) + shape[-1:], low=0.001, high=0.02)], [m.any(shape, low=0.02)])
    shape = m.shape(0, 4)
    yield Case("ADD_N", [m.any(shape) for _ in range(m.size(2, 4))], [m.any(shape)], dict(table="AddNOptions"))


# ---------------------------------------------------------------------------- reductions

def reductions(m, kinds=("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD")):
    for kind in kinds:
        for keep in (False, True, False):
            shape = m.shape(1, 5, 6)
            count = m.size(1, len(shape))
            axes = sorted(int(a) for a in m.rng.permutation(len(shape))[:count])
            result = tuple(1 if i in axes else d for i, d in enumerate(shape) if keep or i not in axes)
            x = m.any(shape)
            y = m.any(result, like=x if kind in ("REDUCE_MAX", "REDUCE_MIN") else None, low=0.02)
            if kind == "REDUCE_PROD":
                x.draw = None if m.quantized else lambda rng, shape: rng.integers(1, 3, shape) * 0.75 if m.elements == np.float32 else rng.integers(1, 3, shape)
            axes = [a - len(shape) if m.pick(True, False, False) else a for a in axes]
            yield Case(kind, [x, ints(*axes)], [y], dict(table="ReducerOptions", keepDims=keep))


def arguments(m):
    for kind in ("ARG_MAX", "ARG_MIN"):
        shape = m.shape(1, 4)
        axis = m.size(0, len(shape) - 1)
        x = m.any(shape)
        result = shape[:axis] + shape[axis + 1:]
        for name, dtype in (("INT32", np.int32), ("INT64", np.int64)):
            scalar = Tensor((), np.int32, values=np.array(axis - len(shape) if dtype == np.int64 else axis, np.int32))
            yield Case(kind, [x, scalar], [Tensor(result, dtype)], dict(
                table={"ARG_MAX": "ArgMaxOptions", "ARG_MIN": "ArgMinOptions"}[kind], outputType=getattr(schema.TensorType, name)))
    for _ in range(2):
        shape = m.shape(1, 4)
        k = m.size(1, shape[-1])
        x = m.any(shape)
        yield Case("TOPK_V2", [x, Tensor((), np.int32, values=np.array(k, np.int32))],
                   [m.any(shape[:-1] + (k,), like=x), Tensor(shape[:-1] + (k,), np.int32)], dict(table="TopKV2Options"))


def sums_along(m):
    for exclusive, reverse in itertools.product((False, True), repeat=2):
        shape = m.shape(1, 4)
        yield Case("CUMSUM", [m.any(shape), Tensor((), np.int32, values=np.array(m.size(0, len(shape) - 1), np.int32))],
                   [m.any(shape)], dict(table="CumsumOptions", exclusive=exclusive, reverse=reverse))
    for kind in ("SUM", "PROD", "MAX", "MIN"):
        shape, segments = m.shape(1, 3), m.size(1, 4)
        name = kind.capitalize()
        yield Case(f"UNSORTED_SEGMENT_{kind}", [m.any(shape), m.of(np.int32, shape[:1], 0, segments),
                                                Tensor((), np.int32, values=np.array(segments, np.int32))],
                   [m.any((segments,) + shape[1:])], dict(table=f"UnsortedSegment{name}Options"))
    shape = m.shape(1, 3)
    ids = np.sort(m.rng.integers(0, 3, shape[0])).astype(np.int32)
    yield Case("SEGMENT_SUM", [m.any(shape), table(ids)], [m.any((int(ids[-1]) + 1,) + shape[1:])], dict(table="SegmentSumOptions"))


# ---------------------------------------------------------------------------- element types and shapes

def conversions(m):
    shape = m.shape(1, 3, 30)
    if m.quantized:
        y = Tensor(shape, np.float32)
        yield Case("DEQUANTIZE", [m.any(shape)], [y], dict(table="DequantizeOptions"))
        for other in (np.int8, np.uint8):
            yield Case("QUANTIZE", [m.any(shape)], [Maker(m.rng, other).any(shape)], dict(table="QuantizeOptions"))
    if m.elements == np.float32:
        for other in (np.int8, np.uint8):
            y = Maker(m.rng, other).any(shape)
            def ties(rng, shape, y=y):
                values = rng.normal(0, 40 * y.scale, shape).astype(np.float32)
                values.flat[::2] = (np.round(values.flat[::2] / y.scale) + np.float32(0.5)) * y.scale
                return values
            yield Case("QUANTIZE", [Tensor(shape, np.float32, draw=ties)], [y], dict(table="QuantizeOptions"))
    if not m.quantized:
        for other in (np.float32, np.int8, np.uint8, np.int16, np.int32, np.int64, np.bool_):
            small = (lambda rng, shape: rng.integers(0, 100, shape)) if other in (np.uint8, np.int8) else None
            yield Case("CAST", [m.any(shape, draw=small)], [Tensor(shape, other)],
                       dict(table="CastOptions", inDataType=TYPES[m.elements], outDataType=TYPES[other]))
    for name, dtype in (("INT32", np.int32), ("INT64", np.int64)):
        yield Case("SHAPE", [m.any(shape)], [Tensor((len(shape),), dtype)], dict(table="ShapeOptions", outType=getattr(schema.TensorType, name)))
    yield Case("RANK", [m.any(shape)], [Tensor((), np.int32)], dict(table="RankOptions"))


def shape_arithmetic(m):
    for kind in ("BITWISE_XOR", "RIGHT_SHIFT"):
        left, right, result = broadcast_pair(m, high=3)
        yield Case(kind, [m.any(left), m.any(right, draw=(lambda rng, shape: rng.integers(0, 40, shape)) if kind == "RIGHT_SHIFT" else None)], [m.any(result)],
                   dict(table={"BITWISE_XOR": "BitwiseXorOptions", "RIGHT_SHIFT": "RightShiftOptions"}[kind]))
    yield Case("BROADCAST_ARGS", [ints(3, 1, 5), m.of(np.int32, (2,), 1, 2)], [Tensor((3,), np.int32)])
    yield Case("RANGE", [Tensor((), m.elements, values=np.array(v, m.elements)) for v in (2, 17, 3)], [Tensor((5,), m.elements)],
               dict(table="RangeOptions"))
    bounds = sorted(float(v) for v in m.rng.normal(0, 3, 5).astype(np.float32))
    shape = m.shape(1, 3)
    yield Case("BUCKETIZE", [m.any(shape)], [Tensor(shape, np.int32)], dict(table="BucketizeOptions", boundaries=bounds))


TYPES = {t: getattr(schema.TensorType, n) for t, n in (
    (np.float32, "FLOAT32"), (np.int8, "INT8"), (np.uint8, "UINT8"), (np.int16, "INT16"), (np.int32, "INT32"),
    (np.int64, "INT64"), (np.bool_, "BOOL"))}

MOVEMENT = (movement.reshapes, movement.borders, movement.slices, movement.picks, movement.joins, movement.blocks,
            movement.repetitions, selections)
ARITHMETIC = (arithmetic, extrema_and_differences, comparisons, unary, reductions, arguments)
FAMILIES = {
    np.float32: (conv_2d, depthwise_conv_2d, transpose_conv, fully_connected, batch_matmul, pools, conv_3d, sums_along,
                 movement.resizes, conversions, shape_arithmetic) + ARITHMETIC + MOVEMENT,
    np.int8: (conv_2d, depthwise_conv_2d, transpose_conv, fully_connected, batch_matmul, pools, movement.resizes, conversions) + ARITHMETIC + MOVEMENT,
    np.uint8: (conv_2d, depthwise_conv_2d, fully_connected, pools, movement.resizes, conversions) + ARITHMETIC + MOVEMENT,
    np.int32: (sums_along, conversions, shape_arithmetic) + ARITHMETIC + MOVEMENT,
    np.int64: (sums_along, conversions, shape_arithmetic) + ARITHMETIC + MOVEMENT,
    np.bool_: (logic, conversions) + MOVEMENT,
}


def cases(rng, elements, repeats=1):
    return draw_cases(rng, elements, FAMILIES[elements], repeats)
