#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Single-operator files against LiteRT: every rounding decision of every kernel, to the bit.

  sweep.py WORKDIR KERNELS NUMERICS accumulators|operators

`accumulators`: weights equal their zero point, so the accumulator is the bias and any value can be
dialled in: up to 2^23, 2^27 and 2^30, half of them beside a tie of the requantized value.
`operators`: the operators without weights, over random scales and whole-range values.
"""
import os
import sys

import litert_harness as litert
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from tflite_writer import Writer
from tools import attempt, read_outputs, run_tool, write_inputs

ACTIVATIONS = schema.ActivationFunctionType
CHANNELS = 2048


def dialled_bias(rng, magnitude, multiplier):
    """Accumulators below `magnitude`; every other one within one of a tie after scaling."""
    values = rng.integers(-magnitude + 1, magnitude, CHANNELS)
    ties = np.rint((rng.integers(-140, 140, CHANNELS) + 0.5) / multiplier) + rng.integers(-1, 2, CHANNELS)
    values[::2] = np.clip(ties, -magnitude + 1, magnitude - 1)[::2]
    return values.astype(np.int32)


def weighted_case(rng, kind, dtype, magnitude, activation):
    """A CONV_2D, DEPTHWISE_CONV_2D or FULLY_CONNECTED file whose accumulators are its bias."""
    w = Writer(f"{kind} with dialled accumulators")
    per_axis = dtype == np.int8
    count = CHANNELS if per_axis else 1
    # The multiplier brings the largest accumulator a little past the output range.
    multipliers = 150.0 / magnitude * rng.uniform(0.7, 1.4, count)
    in_scale, out_scale = np.float32(rng.uniform(0.001, 0.1)), np.float32(rng.uniform(0.01, 0.2))
    weight_scales = (multipliers * out_scale / in_scale).astype(np.float32)
    bias_scales = (in_scale * weight_scales).astype(np.float32)
    zero = {np.int8: 0, np.uint8: 137}[dtype]
    in_zero, out_zero = (int(v) + (0 if per_axis else 128) for v in rng.integers(-20, 20, 2))
    bias = dialled_bias(rng, magnitude, weight_scales.astype(np.float64) * in_scale / out_scale)
    depth = CHANNELS if kind == "DEPTHWISE_CONV_2D" else 4
    weight_shape = {"CONV_2D": (CHANNELS, 1, 1, depth), "DEPTHWISE_CONV_2D": (1, 1, 1, CHANNELS),
                    "FULLY_CONNECTED": (CHANNELS, depth)}[kind]
    in_shape = (1, depth) if kind == "FULLY_CONNECTED" else (1, 1, 1, depth)
    out_shape = (1, CHANNELS) if kind == "FULLY_CONNECTED" else (1, 1, 1, CHANNELS)
    x = w.tensor("x", in_shape, dtype, scale=in_scale, zero_point=in_zero)
    filters = w.constant("w", np.full(weight_shape, zero, dtype), scale=weight_scales, zero_point=zero,
                         axis=3 if kind == "DEPTHWISE_CONV_2D" and per_axis else 0)
    b = w.constant("b", bias, scale=bias_scales)
    y = w.tensor("y", out_shape, dtype, scale=out_scale, zero_point=out_zero)
    version = {"CONV_2D": 3, "DEPTHWISE_CONV_2D": 3, "FULLY_CONNECTED": 4}[kind] if per_axis else 1
    options = {"CONV_2D": dict(table="Conv2DOptions", strideH=1, strideW=1, padding=schema.Padding.VALID),
               "DEPTHWISE_CONV_2D": dict(table="DepthwiseConv2DOptions", strideH=1, strideW=1, depthMultiplier=1,
                                         padding=schema.Padding.VALID),
               "FULLY_CONNECTED": dict(table="FullyConnectedOptions")}[kind]
    w.operator(kind, [x, filters, b], y, version, fusedActivationFunction=activation, **options)
    return w.finish({"x": x}, {"y": y})


def accumulator_cases(rng):
    for kind in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
        for dtype in (np.int8, np.uint8):
            for power in (23, 27, 30):
                activation = ACTIVATIONS.RELU6 if power == 23 else ACTIVATIONS.NONE
                for repeat in range(3):
                    label = f"{kind} {np.dtype(dtype)} below 2^{power} #{repeat}"
                    yield label, weighted_case(rng, kind, dtype, 1 << power, activation)


def quantized(rng, w, name, shape, dtype=np.int8, scale=None, zero_point=None):
    low = 0 if dtype == np.uint8 else -128
    scale = np.float32(rng.uniform(0.005, 0.3)) if scale is None else scale
    zero_point = int(rng.integers(low + 40, low + 216)) if zero_point is None else zero_point
    return w.tensor(name, shape, dtype, scale=scale, zero_point=zero_point)


def same_parameters(w, tensor):
    q = w.graph.tensors[tensor].quantization
    return dict(scale=q.scale[0], zero_point=int(q.zeroPoint[0]))


def binary_case(rng, kind, dtype, activation):
    w = Writer(kind)
    a, b, y = (quantized(rng, w, n, (1, 8, 16, 32), dtype) for n in "aby")
    w.operator(kind, [a, b], y, 2, table={"ADD": "AddOptions", "SUB": "SubOptions", "MUL": "MulOptions"}[kind],
               fusedActivationFunction=activation)
    return w.finish({"a": a, "b": b}, {"y": y})


def unary_case(rng, kind, in_shape, out_shape, dtype, fixed=None, shared=False, operands=(), version=2, **options):
    """y = kind(x, constants...); the output's parameters are free, `fixed`, or the input's."""
    w = Writer(kind)
    x = quantized(rng, w, "x", in_shape, dtype)
    parameters = dict(scale=fixed[0], zero_point=fixed[1]) if fixed else same_parameters(w, x) if shared else {}
    y = quantized(rng, w, "y", out_shape, dtype, **parameters)
    inputs = [x] + [w.constant(f"operand{i}", value) for i, value in enumerate(operands)]
    w.operator(kind, inputs, y, version, **options)
    return w.finish({"x": x}, {"y": y})


def border_case(rng, kind):
    """QUANTIZE from float, or DEQUANTIZE to it."""
    w = Writer(kind)
    if kind == "QUANTIZE":
        x, y = w.tensor("x", (1, 64, 128)), quantized(rng, w, "y", (1, 64, 128))
    else:
        x, y = quantized(rng, w, "x", (1, 64, 128)), w.tensor("y", (1, 64, 128))
    w.operator(kind, [x], y, {"QUANTIZE": 1, "DEQUANTIZE": 2}[kind], table=kind.capitalize() + "Options")
    return w.finish({"x": x}, {"y": y})


def operator_cases(rng):
    for repeat in range(8):
        for kind in ("ADD", "SUB", "MUL"):
            activation = (ACTIVATIONS.NONE, ACTIVATIONS.RELU, ACTIVATIONS.RELU6)[repeat % 3]
            yield f"{kind} #{repeat}", binary_case(rng, kind, np.int8, activation)
        yield f"ADD uint8 #{repeat}", binary_case(rng, "ADD", np.uint8, ACTIVATIONS.NONE)
        yield f"QUANTIZE #{repeat}", border_case(rng, "QUANTIZE")
        yield f"DEQUANTIZE #{repeat}", border_case(rng, "DEQUANTIZE")
        flat, image = (1, 64, 128), (1, 12, 16, 8)
        yield f"requantize #{repeat}", unary_case(rng, "QUANTIZE", flat, flat, np.int8, version=1, table="QuantizeOptions")
        mean = dict(operands=[np.array([1, 2], np.int32)], table="ReducerOptions", keepDims=False)
        yield f"MEAN #{repeat}", unary_case(rng, "MEAN", image, (1, 8), np.int8, **mean)
        yield f"SOFTMAX #{repeat}", unary_case(rng, "SOFTMAX", flat, flat, np.int8, fixed=(1 / 256, -128),
                                               table="SoftmaxOptions", beta=1.0)
        yield f"LOGISTIC #{repeat}", unary_case(rng, "LOGISTIC", flat, flat, np.int8, fixed=(1 / 256, -128))
        yield f"TANH #{repeat}", unary_case(rng, "TANH", flat, flat, np.int8, fixed=(1 / 128, 0))
        pool = dict(shared=True, table="Pool2DOptions", filterHeight=3, filterWidth=3, strideH=2, strideW=2)
        for padding, side in ((schema.Padding.SAME, (6, 8)), (schema.Padding.VALID, (5, 7))):
            for kind in ("AVERAGE_POOL_2D", "MAX_POOL_2D"):
                yield f"{kind} #{repeat}", unary_case(rng, kind, image, (1, *side, 8), np.int8, padding=padding, **pool)
        resize = dict(shared=True, operands=[np.array([29, 17], np.int32)], table="ResizeBilinearOptions")
        yield f"RESIZE_BILINEAR #{repeat}", unary_case(rng, "RESIZE_BILINEAR", image, (1, 29, 17, 8), np.int8, **resize)
        yield f"RESIZE_BILINEAR half-pixel #{repeat}", unary_case(
            rng, "RESIZE_BILINEAR", image, (1, 29, 17, 8), np.int8, halfPixelCenters=True, **{**resize, "version": 3})


def inputs_for(run, seed):
    """Whole-range integers; floats for QUANTIZE, every other one at a rounding tie or next to it."""
    values = litert.random_inputs(run.inputs, seed)
    scale = np.float32(run.outputs[0]["quantization"][0])
    for value in values:
        if value.dtype == np.float32:
            value *= 40 * scale
            value.flat[::2] = (np.round(value.flat[::2] / scale) + np.float32(0.5)) * scale
    return values


def check(label, content, workdir, kernels, numerics):
    path, inputs, outputs = (os.path.join(workdir, n) for n in ("case.tflite", "in.npz", "out.npz"))
    with open(path, "wb") as file:
        file.write(content)
    run = litert.Runner(content, numerics)
    sample = inputs_for(run, 5)
    expected = run(*sample)[0]
    write_inputs(inputs, run.inputs, [sample])
    run_tool("vernier", "run", path, "--input", inputs, "-o", outputs, "--kernels", kernels, "--numerics", numerics)
    got = read_outputs(outputs, [expected[None]])[0][0]
    if not litert.same_bits(expected, got):
        different = np.flatnonzero(expected != got)
        first = ", ".join(f"{expected.flat[i]} not {got.flat[i]}" for i in different[:3])
        print(f"FAIL: {label}, {kernels}, {numerics}: {len(different)} of {expected.size} values differ ({first})")
        return False
    return True


def main(workdir, kernels, numerics, group):
    os.makedirs(workdir, exist_ok=True)
    cases = {"accumulators": accumulator_cases, "operators": operator_cases}[group]
    results = [attempt(check, label, content, workdir, kernels, numerics)
               for label, content in cases(np.random.default_rng(11))]
    print(f"{group}, {kernels}, {numerics}: {sum(results)} of {len(results)} files agree to the bit")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
