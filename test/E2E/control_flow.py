#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Networks with loops, branches, calls and dynamic shapes, float and quantized, against LiteRT.

  control_flow.py WORKDIR FILE...            `.mlir` or `.tflite` files
  control_flow.py WORKDIR --float-ok FILE... operators may stay float

Each float network runs as LiteRT does. Its int8 file loads, runs, computes what our executor computes, to the bit, and
comes within MIN_SQNR of the float network. Where an input has a dynamic first dimension, all of it is done again for a
batch of three.
"""
import json
import os
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from tools import attempt, run_tool

FLOAT_TOLERANCE = 2e-5
MIN_SQNR = 15
SAMPLES = 20


class Network:
    """A file in LiteRT, with inputs of the batch sizes that it is given."""

    def __init__(self, path):
        self.path = path
        interpreter = Interpreter(model_path=path, num_threads=1)
        interpreter.allocate_tensors()
        self.fresh = interpreter.get_input_details()

    def shapes(self, batch):
        signatures = [list(map(int, d["shape_signature"])) for d in self.fresh]
        recorded = [list(map(int, d["shape"])) for d in self.fresh]
        return [[batch if i == 0 and s < 0 else n for i, (s, n) in enumerate(zip(signature, shape))]
                for signature, shape in zip(signatures, recorded)]

    def has_batch(self):
        return any(len(d["shape_signature"]) and d["shape_signature"][0] < 0 for d in self.fresh)

    def run(self, values):
        # Each sample stands alone: variables live as long as the interpreter.
        interpreter = Interpreter(model_path=self.path, num_threads=1)
        for detail, value in zip(self.fresh, values):
            interpreter.resize_tensor_input(detail["index"], value.shape)
        interpreter.allocate_tensors()
        for detail, value in zip(self.fresh, values):
            interpreter.set_tensor(detail["index"], value)
        interpreter.invoke()
        return [interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()]


def draw(generator, detail, shape):
    dtype = np.dtype(detail["dtype"])
    if dtype == np.bool_:
        return generator.integers(0, 2, shape).astype(bool)
    if dtype.kind == "f":
        return generator.uniform(-1, 1, shape).astype(dtype)
    return generator.integers(0, 4, shape).astype(dtype)


def sqnr(real, approximate):
    noise = sum(np.sum((a.astype(np.float64) - b) ** 2) for a, b in zip(real, approximate))
    power = sum(np.sum(a.astype(np.float64) ** 2) for a in real)
    return np.inf if noise == 0 else 10 * np.log10(power / noise)


def run_ours(path, workdir, samples, kernels):
    """The outputs of `vernier run`, for each sample a list."""
    results = []
    source, target = os.path.join(workdir, "in.npz"), os.path.join(workdir, "out.npz")
    # Samples may give outputs of different shapes, which one array cannot hold.
    for sample in samples:
        np.savez(source, **{f"arr_{i}": value[None] for i, value in enumerate(sample)})
        run_tool("vernier", "run", path, "--input", source, "-o", target, "--kernels", kernels)
        with np.load(target) as file:
            results.append([file[name] for name in file.files])
    return results


def compare(path, workdir, samples, expected, is_exact, largest):
    """Lines that say where we and LiteRT part."""
    wrong = []
    for kernels in ("runtime", "reference"):
        for number, (theirs, ours) in enumerate(zip(expected, run_ours(path, workdir, samples, kernels))):
            for index, (a, b) in enumerate(zip(theirs, ours, strict=True)):
                if a.size != b.size:
                    wrong.append(f"{kernels}: sample {number}, output {index}: shape {b.shape}, expected {a.shape}")
                    continue
                a, b = a.reshape(-1), b.reshape(-1)
                if is_exact and not np.array_equal(a, b):
                    wrong.append(f"{kernels}: sample {number}, output {index}: {np.count_nonzero(a != b)} of {a.size} values differ")
                elif not is_exact and np.max(np.abs(a.astype(np.float64) - b), initial=0) > FLOAT_TOLERANCE * largest[index]:
                    wrong.append(f"{kernels}: sample {number}, output {index}: differs by {np.max(np.abs(a.astype(np.float64) - b))}")
    return wrong


def check(path, workdir, float_ok):
    name = os.path.splitext(os.path.basename(path))[0]
    if path.endswith(".mlir"):
        source, path = path, os.path.join(workdir, name + ".tflite")
        run_tool("quant-translate", "--mlir-to-tflite", source, "-o", path)
    network = Network(path)
    generator = np.random.default_rng(7)
    wrong, data = [], os.path.join(workdir, name + ".npz")
    quantized = os.path.join(workdir, name + ".int8.tflite")
    ratio = np.inf
    for batch in (1, 3) if network.has_batch() else (1,):
        samples = [[draw(generator, d, s) for d, s in zip(network.fresh, network.shapes(batch))] for _ in range(SAMPLES)]
        if batch == 1:
            np.savez(data, **{f"arr_{i}": np.stack(column) for i, column in enumerate(zip(*samples))})
            report = json.loads(run_tool("vernier", "quantize", path, "--calibration", data, "-o", quantized, "--json"))
            twin = Network(quantized)
            wrong += [f"stays float: {op}" for op in report["float_operators"] if not float_ok]
        some = samples[:3]
        expected = [network.run(sample) for sample in samples]
        largest = [max(np.max(np.abs(e[i].astype(np.float64)), initial=0) for e in expected) for i in range(len(expected[0]))]
        wrong += compare(path, workdir, some, expected, False, largest)
        integer = [twin.run(sample) for sample in samples]
        wrong += ["int8, " + line for line in compare(quantized, workdir, some, integer, not float_ok, largest)]
        if all(a.shape == b.shape for e, q in zip(expected, integer) for a, b in zip(e, q)):
            ratio = min(ratio, sqnr([a for e in expected for a in e], [b for q in integer for b in q]))
    if not ratio >= MIN_SQNR:
        wrong.append(f"int8 against float: {ratio:.1f} dB")
    print(f"{'FAIL' if wrong else 'ok'}: {name}: {ratio:.1f} dB, {report['quantized_operators']} operators in int8, "
          f"{len(report['float_operators'])} in float")
    for line in wrong[:12]:
        print("  " + line)
    return not wrong


def main(workdir, *paths):
    os.makedirs(workdir, exist_ok=True)
    float_ok = "--float-ok" in paths
    results = [attempt(check, path, workdir, float_ok) for path in paths if not path.startswith("--")]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
