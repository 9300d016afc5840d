# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random single operators with dynamic range: float activations over integer weights."""
import itertools

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from case_maker import FUSED, PADDING, Case, Tensor, conv_side, draw_cases


def weights(m, shape, axis, per_axis=True, bits=8):
    limit = (1 << (bits - 1)) - 1
    count = shape[axis] if per_axis else 1
    return Tensor(shape, np.int8, m.rng.uniform(0.002, 0.05, count).astype(np.float32), 0, axis if per_axis else 0,
                  values=m.rng.integers(-limit, limit + 1, shape).astype(np.int8), bits=bits)


def bias(m, count):
    return Tensor((count,), np.float32, values=m.rng.normal(0, 1, count).astype(np.float32))


def rows(m, shape):
    """Rows that lie on either side of zero, or about it, or at it."""
    def draw(rng, shape):
        values = rng.normal(0, 2.5, shape) + rng.choice([0, 0, 4, -4])
        return np.zeros(shape) if rng.integers(12) == 0 else values
    return Tensor(tuple(shape), np.float32, draw=draw)


def fully_connected(m):
    for keep, per_axis, asymmetric, bits in itertools.product((False, True), (True, False), (False, True), (8, 4, 2)):
        depth, out = m.size(1, 40), m.size(1, 17)
        if bits < 8:
            depth = depth // 4 * 4 + 4 if m.pick(True, True, False) else depth
        lead = m.shape(1, 3, 5)
        count = int(np.prod(lead))
        yield Case("FULLY_CONNECTED", [rows(m, (*lead, depth)), weights(m, (out, depth), 0, per_axis, bits), bias(m, out)],
                   [Tensor((*lead, out) if keep else (count, out))],
                   dict(table="FullyConnectedOptions", keepNumDims=keep, asymmetricQuantizeInputs=asymmetric,
                        fusedActivationFunction=m.pick(*FUSED)))


def convolutions(m):
    for padding, per_axis, grouped, bits in itertools.product(PADDING, (True, False), (False, True), (8, 4)):
        n, h, w, _ = m.image()
        groups = m.pick(2, 3) if grouped else 1
        if groups > 1 and not per_axis:
            continue  # reads one scale for each channel, where there is one
        per_group, out = m.size(1, 5), m.size(2, 6) * groups
        k, s = ((1, 1), (1, 1)) if m.pick(True, False, False) else ((m.size(1, 3), m.size(1, 3)), (m.size(1, 3), m.size(1, 3)))
        d = (m.size(1, 2), m.size(1, 2)) if max(s) == 1 and min(h, w) > 5 else (1, 1)
        yield Case("CONV_2D", [rows(m, (n, h, w, per_group * groups)), weights(m, (out, *k, per_group), 0, per_axis, bits), bias(m, out)],
                   [Tensor((n, conv_side(h, k[0], s[0], d[0], padding), conv_side(w, k[1], s[1], d[1], padding), out))],
                   dict(table="Conv2DOptions", padding=padding, strideH=s[0], strideW=s[1], dilationHFactor=d[0],
                        dilationWFactor=d[1], fusedActivationFunction=m.pick(*FUSED)))


def depthwise(m):
    for padding, multiplier in itertools.product(PADDING, (1, 2, 3)):
        n, h, w, c = m.image(channels=20)
        k, s = (m.size(1, 3), m.size(1, 3)), m.size(1, 2)
        d = m.size(1, 2) if s == 1 and min(h, w) > 4 else 1
        yield Case("DEPTHWISE_CONV_2D", [rows(m, (n, h, w, c)), weights(m, (1, *k, c * multiplier), 3), bias(m, c * multiplier)],
                   [Tensor((n, conv_side(h, k[0], s, d, padding), conv_side(w, k[1], s, d, padding), c * multiplier))],
                   dict(table="DepthwiseConv2DOptions", padding=padding, strideH=s, strideW=s, dilationHFactor=d,
                        dilationWFactor=d, depthMultiplier=multiplier, fusedActivationFunction=m.pick(*FUSED)))


def transposed(m):
    for padding, with_bias in itertools.product(PADDING, (False, True)):
        n, h, w, c = m.image(side=6)
        k, s, out = (m.size(1, 4), m.size(1, 4)), (m.size(1, 3), m.size(1, 3)), m.size(2, 10)
        sides = [side * t if padding == schema.Padding.SAME else (side - 1) * t + max(kk, t)
                 for side, t, kk in zip((h, w), s, k)]
        sizes = Tensor((4,), np.int32, values=np.array((n, *sides, out), np.int32))
        yield Case("TRANSPOSE_CONV", [sizes, weights(m, (out, *k, c), 0), rows(m, (n, h, w, c))] + ([bias(m, out)] if with_bias else []),
                   [Tensor((n, *sides, out))],
                   dict(table="TransposeConvOptions", padding=padding, strideH=s[0], strideW=s[1],
                        fusedActivationFunction=m.pick(*FUSED[:2])))


def products(m):
    for adjoint_x, adjoint_y, per_axis, asymmetric in itertools.product((False, True), repeat=4):
        rows_, depth, columns = m.size(1, 6), m.size(1, 40), m.size(1, 9)
        # The reference kernel takes the scales of two dimensions of batches for those of one.
        lead = m.pick((), (3,), (1, 3))
        # Matrices may be one for all batches.
        right = ((1,) * len(lead) if m.pick(True, False) else lead) + ((columns, depth) if adjoint_y else (depth, columns))
        yield Case("BATCH_MATMUL", [rows(m, (*lead, *((depth, rows_) if adjoint_x else (rows_, depth)))),
                                    weights(m, right, len(right) - (2 if adjoint_y else 1), per_axis)],
                   [Tensor((*lead, rows_, columns))],
                   dict(table="BatchMatMulOptions", adjX=adjoint_x, adjY=adjoint_y, asymmetricQuantizeInputs=asymmetric))


def lookups(m):
    for per_axis, bits, extra in itertools.product((True, False), (8, 4, 2), ((), (3,))):
        size, columns = m.size(2, 12), m.size(1, 5) * 4
        yield Case("EMBEDDING_LOOKUP", [Tensor((7,), np.int32, draw=lambda rng, shape, size=size: rng.integers(0, size, shape)),
                                        weights(m, (size, *extra, columns), 0, per_axis, bits)],
                   [Tensor((7, *extra, columns))])


FAMILIES = (fully_connected, convolutions, depthwise, transposed, products, lookups)


def cases(rng, repeats=1):
    for case in draw_cases(rng, np.float32, FAMILIES, repeats):
        _, weights, *_ = case.inputs
        case.label = f"dynamic range, {weights.bits} bits, {np.size(weights.scale)} scales {case.label}"
        yield case
