#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Dense layers with a scale for each block of a row: `vernier quantize --block-size N` against LiteRT.

  blockwise.py WORKDIR

For networks of two depths: `check` finds nothing, LiteRT's default interpreter and both of
Vernier's kernel sets agree but for the rounding of float sums, and outputs come closer to float than with one scale for each row. What
another writer made, with scales that bfloat16 has to round, runs, comes back to float, and goes out as it
came in. The form that reference kernels return garbage for is refused where those are asked for.
"""
import os
import sys

import litert_harness as litert
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from tflite_writer import Writer
from tools import ToolError, attempt, read_outputs, run_tool, write_inputs

SAMPLES = 4
CLOSE = 2e-5  # of the largest result: float sums of another order


def network(rng, depth, rows, hidden, bias, activation):
    """Two dense layers; blocks of very different size in each row."""
    w = Writer("dense")
    x = w.tensor("x", (rows, depth))
    spread = np.repeat(np.exp(rng.normal(0, 1, (hidden, depth // 32))), 32, 1)
    weight = w.constant("w", (rng.normal(0, 0.05, (hidden, depth)) * spread).astype(np.float32))
    inputs = [x, weight] + ([w.constant("b", rng.normal(0, 0.3, hidden).astype(np.float32))] if bias else [])
    y = w.tensor("y", (rows, hidden))
    w.operator("FULLY_CONNECTED", inputs, y, 6, table="FullyConnectedOptions", fusedActivationFunction=activation)
    z = w.tensor("z", (rows, 3))
    last = w.constant("last", rng.normal(0, 0.3, (3, hidden)).astype(np.float32))
    w.operator("FULLY_CONNECTED", [y, last], z, 6, table="FullyConnectedOptions")
    return w.finish({"x": x}, {"y": y, "z": z})


def foreign(rng, block):
    """As other writers have it: all 16 integers, and scales of float16 that bfloat16 does not hold."""
    w = Writer("foreign")
    x = w.tensor("x", (2, 4 * block))
    weight = w.constant("w", rng.integers(-8, 8, (9, 4 * block)).astype(np.int8), bits=4)
    scales = w.constant("scales", rng.uniform(0.01, 0.03, (9, 4)).astype(np.float16).view(np.int16))
    w.graph.tensors[scales].type = schema.TensorType.FLOAT16
    record = w.graph.tensors[weight].quantization = schema.QuantizationParametersT()
    record.detailsType, record.details = schema.QuantizationDetails.BlockwiseQuantization, schema.BlockwiseQuantizationT()
    record.details.scales, record.details.zeroPoints, record.details.blockSize = scales, -1, block
    y = w.tensor("y", (2, 9))
    w.operator("FULLY_CONNECTED", [x, weight], y, 14, table="FullyConnectedOptions", asymmetricQuantizeInputs=True)
    return w.finish({"x": x}, {"y": y})


def runner(path):
    with open(path, "rb") as file:
        return litert.Runner(file.read())


def sqnr(real, other):
    return 10 * np.log10(np.sum(np.square(real)) / max(np.sum(np.square(real - other)), 1e-30))


def close_outputs(path, workdir, samples):
    """LiteRT's outputs for `samples`, if both kernel sets come close."""
    run = runner(path)
    theirs = [np.stack(values) for values in zip(*(run(*sample) for sample in samples))]
    data, out = os.path.join(workdir, "in.npz"), os.path.join(workdir, "out.npz")
    write_inputs(data, run.inputs, samples)
    good = True
    for kernels in ("runtime", "reference"):
        run_tool("vernier", "run", path, "--input", data, "-o", out, "--kernels", kernels)
        for a, b in zip(theirs, read_outputs(out, theirs), strict=True):
            error = np.abs(a - b).max() / np.abs(a).max()
            if not error < CLOSE:
                print(f"FAIL: {path}: {kernels}: {error:g} of the largest result apart")
                good = False
    return theirs if good else None


def refused(path, *command):
    try:
        run_tool("vernier", *command)
    except ToolError:
        return True
    print(f"FAIL: {path}: {' '.join(command)} went well")
    return False


def check_network(workdir, rng, shape, block):
    source, plain, out = (os.path.join(workdir, n) for n in ("float.tflite", "rows.tflite", f"blocks-{block}.tflite"))
    with open(source, "wb") as file:
        file.write(network(rng, *shape))
    samples = [[rng.normal(0.3, 1, (shape[1], shape[0])).astype(np.float32)] for _ in range(SAMPLES)]
    asked = ("--scheme", "weight-only", "--weight-bits", "4")
    run_tool("vernier", "quantize", source, *asked, "-o", plain)
    run_tool("vernier", "quantize", source, *asked, "--block-size", str(block), "-o", out)
    run_tool("vernier", "check", out)
    # Releases that return garbage for such weights refuse the file; TFLite Micro has no kernel.
    run_tool("vernier", "check", out, "--min-runtime", "2.21")
    for options in (("--min-runtime", "2.20"), ("--target", "tflm")):
        if not refused(out, "check", out, *options):
            return False
    again = os.path.join(workdir, "again.tflite")
    if not refused(out, "quantize", source, *asked, "--block-size", str(block), "--min-runtime", "2.20", "-o", again):
        return False
    theirs = close_outputs(out, workdir, samples)
    if theirs is None:
        return False
    run = runner(source)
    real = np.stack([run(*sample)[0] for sample in samples])
    run = runner(plain)
    rows = np.stack([run(*sample)[0] for sample in samples])
    ours, before = sqnr(real, theirs[0]), sqnr(real, rows)
    print(f"{shape} in blocks of {block}: {ours:.1f} dB, with one scale for a row {before:.1f} dB")
    # A block that is a whole row has the same steps, but for scales of fewer digits.
    good = ours > (before - 0.3 if block == shape[0] else before) and ours > 13
    data = os.path.join(workdir, "in.npz")
    good &= refused(out, "run", out, "--input", data, "-o", os.path.join(workdir, "o.npz"), "--numerics", "litert-ref")
    # The same integers, when the file is asked for what it is.
    run_tool("vernier", "quantize", out, *asked, "--block-size", str(block), "-o", again)
    with open(out, "rb") as first, open(again, "rb") as second:
        if first.read() != second.read():
            print(f"FAIL: {out}: quantized again, it is another file")
            good = False
    return good


def check_foreign(workdir, rng, block):
    source, text, back = (os.path.join(workdir, n) for n in ("foreign.tflite", "foreign.mlir", "back.tflite"))
    with open(source, "wb") as file:
        file.write(foreign(rng, block))
    run_tool("vernier", "check", source)
    samples = [[rng.normal(-0.3, 1, (2, 4 * block)).astype(np.float32)] for _ in range(SAMPLES)]
    theirs = close_outputs(source, workdir, samples)
    if theirs is None:
        return False
    run_tool("vernier", "quantize", source, "--scheme", "float", "-o", back)
    run = runner(back)
    floats = np.stack([run(*sample)[0] for sample in samples])
    run_tool("quant-translate", "--tflite-to-mlir", source, "-o", text)
    run_tool("quant-translate", "--mlir-to-tflite", text, "-o", back)
    with open(source, "rb") as first, open(back, "rb") as second:
        a, b = (schema.ModelT.InitFromPackedBuf(f.read(), 0).subgraphs[0].tensors for f in (first, second))
    same = [t.name for t in a] == [t.name for t in b]
    print(f"foreign, blocks of {block}: {sqnr(floats, theirs[0]):.1f} dB from the float network")
    return same and sqnr(floats, theirs[0]) > 30


def main(workdir):
    os.makedirs(workdir, exist_ok=True)
    rng = np.random.default_rng(6)
    relu, relu6 = schema.ActivationFunctionType.RELU, schema.ActivationFunctionType.RELU6
    good = all([attempt(check_network, workdir, rng, (256, 1, 9, True, relu), 32),
                attempt(check_network, workdir, rng, (512, 3, 33, False, relu6), 32),
                *(attempt(check_network, workdir, rng, (768, 4, 64, True, relu), block) for block in (64, 128, 256)),
                attempt(check_network, workdir, rng, (256, 4, 64, True, relu), 256),
                attempt(check_foreign, workdir, rng, 32)])
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
