#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Quantized models through `vernier quantize`: back to float, then to any scheme.

  requantize.py WORKDIR SCHEME FILE...

The float network that a file stands for (nn-to-float) must come close to the file itself, and each file of the scheme
close to that float network: outputs before a final softmax above 15 dB for int8, 20 dB
for the others, or as far as the file itself where its ranges are kept. A file that is int8 throughout gives the same
bits when it is asked for as int8. A model that has ranges for all values needs no calibration; others calibrate on the same samples.
"""
import os
import sys

import executor
import litert_harness as litert
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from quantize import natural_samples
from tools import ToolError, attempt, run_tool

LEAST = {"int8": 15.0}
SAMPLES = 8


def to_float(path, workdir):
    """The float network that `path` stands for, as a file."""
    text, converted, out = (os.path.join(workdir, n) for n in ("in.mlir", "float.mlirbc", "float.tflite"))
    run_tool("quant-translate", "--tflite-to-mlir", path, "-o", text)
    run_tool("quant-opt", text, "--nn-fuse", "--nn-to-float", "--nn-fuse", "--emit-bytecode", "-o", converted)
    run_tool("quant-translate", "--mlir-to-tflite", converted, "-o", out)
    return out


def before_softmax(path):
    """The model with each output that a final SOFTMAX computes replaced by what that reads, casts apart; cut off where
    custom operators begin."""
    model = executor.runnable(litert.load(path))
    graph = model.subgraphs[0]
    producer = {int(t): op for op in graph.operators for t in op.outputs}
    for place, output in enumerate(graph.outputs):
        tensor = int(output)
        while tensor in producer and litert.operator_name(model, producer[tensor]) in ("QUANTIZE", "DEQUANTIZE"):
            tensor = int(producer[tensor].inputs[0])
        if tensor in producer and litert.operator_name(model, producer[tensor]) == "SOFTMAX":
            graph.outputs[place] = int(producer[tensor].inputs[0])
    model.signatureDefs = None
    return model


def real_outputs(model, run, values):
    tensors = [model.subgraphs[0].tensors[int(t)] for t in model.subgraphs[0].outputs]
    return [litert.dequantize(v, t) for v, t in zip(run(*values), tensors, strict=True)]


def stored(details, model, values):
    """Real inputs as the integers that a file reads."""
    result = []
    for detail, tensor, value in zip(details, model.subgraphs[0].inputs, values, strict=True):
        quantized = model.subgraphs[0].tensors[int(tensor)]
        dtype = np.dtype(detail["dtype"])
        if dtype != value.dtype and litert.is_quantized(quantized):
            q, info = quantized.quantization, np.iinfo(dtype)
            value = np.clip(np.rint(value / np.float64(q.scale[0])) + int(q.zeroPoint[0]), info.min, info.max).astype(dtype)
        result.append(value)
    return result


def worst_sqnr(pairs):
    """Over whole outputs; constants and integers must be close in value only."""
    worst = np.inf
    for expected, got in pairs:
        noise = np.sum((expected - got) ** 2)
        signal = np.sum(expected ** 2)
        if noise > 0 and not (signal == 0 and noise < 1e-12):
            worst = min(worst, 10 * np.log10(max(signal, 1e-30) / noise))
    return worst


def compare(reference, model, samples, numerics="litert"):
    """The lowest SQNR of an output of `model`'s against `reference`'s: (model, runner, inputs)."""
    run = litert.Runner(model, numerics)
    columns = [[], []]
    for real in samples:
        columns[0].append(reference(real))
        columns[1].append(real_outputs(model, run, stored(run.inputs, model, real)))
    return worst_sqnr([(np.stack([s[i] for s in columns[0]]).ravel(), np.stack([s[i] for s in columns[1]]).ravel())
                       for i in range(len(columns[0][0]))])


def is_int8(path):
    """Whether nothing in a file is uint8, float or wider than a bias."""
    graph = litert.load(path).subgraphs[0]
    return all(graph.tensors[t].type == schema.TensorType.INT8 for t in [*graph.inputs, *graph.outputs]) and not any(
        t.type in (schema.TensorType.FLOAT32, schema.TensorType.UINT8, schema.TensorType.INT64) for t in graph.tensors)


def has_same_bits(path, kept):
    for numerics in ("litert", "litert-ref"):
        one, other = (litert.Runner(executor.runnable(litert.load(p)), numerics) for p in (path, kept))
        for sample in draw_samples(one.inputs)[:3]:
            if not all(litert.same_bits(a, b) for a, b in zip(one(*sample), other(*sample), strict=True)):
                return False
    return True


def draw_samples(details):
    """Photographs are of 8 bits."""
    if any(d["dtype"] == np.int16 for d in details):
        return [litert.random_inputs(details, seed) for seed in range(SAMPLES)]
    return natural_samples(details, SAMPLES)


def check(path, scheme, workdir):
    name = os.path.splitext(os.path.basename(path))[0]
    original = before_softmax(path)
    original_run = litert.Runner(original)
    floating = before_softmax(to_float(path, workdir))
    floating_run = litert.Runner(floating)
    # Real inputs: what the file's own integers stand for, except where an operator wants the integers.
    tensors = [original.subgraphs[0].tensors[int(t)] for t in original.subgraphs[0].inputs]
    samples = [[litert.dequantize(v, t).astype(np.float32) if litert.is_quantized(t) and d["dtype"] == np.float32 else v
                for v, t, d in zip(sample, tensors, floating_run.inputs, strict=True)]
               for sample in draw_samples(original_run.inputs)]
    reference = lambda real: real_outputs(floating, floating_run, real)
    back = compare(reference, original, samples[:3])

    out, data = os.path.join(workdir, f"{name}_{scheme}.tflite"), os.path.join(workdir, "data.npz")
    command = ["vernier", "quantize", path, "--scheme", scheme, "-o", out]
    how = "own ranges"
    try:
        run_tool(*command)
    except ToolError as error:
        if "needs --calibration" not in str(error):
            raise
        how = "calibrated"
        np.savez(data, **{f"arr_{i}": np.stack(column) for i, column in enumerate(zip(*samples))})
        run_tool(*command, "--calibration", data)
    result = before_softmax(out)
    sqnr = compare(reference, result, samples[:3])
    # Ranges that cut off values of the file cut them off in every scheme that has ranges.
    keeps_ranges = scheme in ("int8", "int16x8") and how == "own ranges"
    same = ""
    if scheme == "int8" and how == "own ranges" and is_int8(path):
        kept = os.path.join(workdir, "kept.tflite")
        run_tool(*command[:-1], kept, "--io", "int8")
        same = ", the same bits as int8" if has_same_bits(path, kept) else ", NOT the same bits as int8"
    ok = not same.startswith(", NOT") and sqnr > min(LEAST.get(scheme, 20.0), back - 1 if keeps_ranges else np.inf)
    print(f"{'ok' if ok else 'FAIL'}: {name} to {scheme} ({how}): {sqnr:.1f} dB of the float network, which has "
          f"{back:.1f} dB of the file{same}")
    return ok


def main(workdir, scheme, *paths):
    os.makedirs(workdir, exist_ok=True)

    def guarded(path):
        try:
            return check(path, scheme, workdir)
        except (RuntimeError, ValueError) as error:
            print(f"FAIL: {path} to {scheme}: LiteRT: {str(error).strip().splitlines()[0]}")
            return False
    results = [attempt(guarded, path) for path in paths]
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
