# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random tensors, and what a case of one operator is made of."""
import dataclasses

import numpy as np
from ai_edge_litert import schema_py_generated as schema

ACTIVATIONS = schema.ActivationFunctionType
PADDING = (schema.Padding.SAME, schema.Padding.VALID)
FUSED = (ACTIVATIONS.NONE, ACTIVATIONS.RELU, ACTIVATIONS.RELU6, ACTIVATIONS.RELU_N1_TO_1)


@dataclasses.dataclass
class Tensor:
    """An operand or a result; `values` make a constant, `draw(rng, shape)` fills an input."""
    shape: tuple
    dtype: type = np.float32
    scale: object = None
    zero_point: int = 0
    axis: int = 0
    values: object = None
    draw: object = None
    bits: int = None  # of a constant of narrow integers


@dataclasses.dataclass
class Case:
    kind: str
    inputs: list
    outputs: list
    options: dict = dataclasses.field(default_factory=dict)
    label: str = ""
    elements: type = None

    def __str__(self):
        operands = ", ".join("-" if t is None else "x".join(map(str, t.shape)) or "scalar" for t in self.inputs)
        return f"{self.kind} {np.dtype(self.elements)} ({operands}) {self.options} {self.label}"


def is_quantized(elements):
    return elements in (np.int8, np.uint8)


class Maker:
    """Draws tensors of one element type."""

    def __init__(self, rng, elements):
        self.rng, self.elements = rng, elements
        self.quantized = is_quantized(elements)

    def pick(self, *choices):
        return choices[self.rng.integers(len(choices))]

    def size(self, low=1, high=7):
        return int(self.rng.integers(low, high + 1))

    def shape(self, low=1, high=5, most=7):
        """A shape whose rank is in [low, high]."""
        rank = self.size(low, high)
        return tuple(self.size(1, max(2, most - rank // 2)) for _ in range(rank))

    def image(self, batch=2, side=11, channels=9):
        return (self.size(1, batch), self.size(3, side), self.size(3, side), self.size(1, channels))

    def parameters(self, low=0.005, high=0.3):
        if not self.quantized:
            return {}
        least = 0 if self.elements == np.uint8 else -128
        return dict(scale=np.float32(self.rng.uniform(low, high)), zero_point=int(self.rng.integers(least + 20, least + 236)))

    def any(self, shape, like=None, fixed=None, draw=None, values=None, **limits):
        """An activation: parameters of its own, `fixed`, or those of the tensor `like`."""
        if like is not None:
            parameters = dict(scale=like.scale, zero_point=like.zero_point)
        elif fixed is not None and self.quantized:
            parameters = dict(scale=np.float32(fixed[0]), zero_point=fixed[1] + (128 if self.elements == np.uint8 else 0))
        else:
            parameters = self.parameters(**limits)
        return Tensor(tuple(shape), self.elements, draw=draw, values=values, **parameters)

    def constant(self, shape, like=None, **limits):
        t = self.any(shape, like, **limits)
        t.values = draw(self.rng, t)
        return t

    def of(self, dtype, shape, low=None, high=None):
        """An input of other elements, in [low, high)."""
        fill = None if low is None else lambda rng, shape: rng.integers(low, high, shape)
        return Tensor(tuple(shape), dtype, draw=fill)


def draw_cases(rng, elements, families, repeats=1):
    """What each of `families` makes of a Maker of `elements`, all of them `repeats` times."""
    m = Maker(rng, elements)
    for repeat in range(repeats):
        for family in families:
            for case in family(m):
                case.label, case.elements = f"#{repeat}", elements
                yield case


def ints(*values):
    return Tensor((len(values),), np.int32, values=np.array(values, np.int32))


def table(values, dtype=np.int32):
    values = np.asarray(values, dtype)
    return Tensor(values.shape, dtype, values=values)


def draw(rng, t):
    """Values for a tensor: the whole range of integers, moderate floats."""
    if t.draw is not None:
        return np.asarray(t.draw(rng, t.shape)).astype(t.dtype)
    if t.dtype == np.bool_:
        return rng.integers(0, 2, t.shape).astype(bool)
    if np.issubdtype(t.dtype, np.floating):
        return rng.normal(0, 2.5, t.shape).astype(t.dtype)
    if t.dtype in (np.int8, np.uint8):
        info = np.iinfo(t.dtype)
        return rng.integers(info.min, info.max + 1, t.shape).astype(t.dtype)
    return rng.integers(-1000, 1000, t.shape).astype(t.dtype)


def positive(rng, shape):
    return np.abs(rng.normal(0, 2, shape)) + 0.05


def wide(rng, shape):
    return rng.normal(0, 30, shape)


def conv_side(side, kernel, stride, dilation, padding):
    if padding == schema.Padding.SAME:
        return -(-side // stride)
    return -(-(side - (kernel - 1) * dilation) // stride)
