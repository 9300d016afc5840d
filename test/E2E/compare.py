#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The figures of `vernier compare` against numpy's on what LiteRT computes.

  compare.py WORKDIR FLOAT QUANTIZED [DATA.npz]

Every tensor that `compare` lists is read from both files in LiteRT, by name, for the first samples of
DATA (noise without it), and every figure is computed again. Figures do not depend on --threads.
"""
import json
import os
import sys

import litert_harness as litert
import numpy as np
from tools import run_tool, write_inputs

SAMPLES = 8
# Float kernels of LiteRT and ours differ in the last bits: that much of an error, and of an SQNR.
RELATIVE, DECIBEL = 1e-3, 0.02
# Above, noise is near the last bits of float itself.
HIGHEST_SQNR = 100.0


def samples_of(details, path):
    if path is None:
        return [litert.random_inputs(details, seed) for seed in range(SAMPLES)]
    with np.load(path) as file:
        arrays = [file[name][:SAMPLES] for name in file.files[:len(details)]]
    return [[array[i].reshape(tuple(d["shape"])) for array, d in zip(arrays, details)] for i in range(len(arrays[0]))]


def quantized_like(value, detail):
    """`value` in the type of an input: divided by the scale in float32, rounded half away from zero."""
    if detail["dtype"] == value.dtype:
        return value
    scale, zero_point = detail["quantization"]
    steps = value / np.float32(scale)
    info = np.iinfo(detail["dtype"])
    return np.clip(np.copysign(np.floor(np.abs(steps) + np.float32(0.5)), steps) + zero_point,
                   info.min, info.max).astype(detail["dtype"])


class Network:
    """All tensors of a file by name, in real values."""

    def __init__(self, path):
        self.model = litert.load(path)
        self.exposed = litert.expose(self.model)
        self.run = litert.Runner(self.exposed)
        self.values = {}

    def add(self, inputs):
        graph = self.exposed.subgraphs[0]
        inputs = [quantized_like(v, d) for v, d in zip(inputs, self.run.inputs, strict=True)]
        for indices, values in ((graph.inputs, inputs), (graph.outputs, self.run(*inputs))):
            for index, value in zip(indices, values, strict=True):
                tensor = graph.tensors[int(index)]
                self.values.setdefault(litert.text(tensor.name), []).append(litert.dequantize(value, tensor))

    def tensor(self, name):
        return np.stack(self.values[name])

    def output(self, index):
        return self.tensor(litert.tensor_name(self.model, int(self.model.subgraphs[0].outputs[index])))


def figures(expected, actual):
    error = actual - expected
    return {
        "sqnr_db": litert.sqnr(expected, actual),
        "mean_error": np.abs(error).mean(),
        "bias": error.mean(),
        "max_error": np.abs(error).max(),
        "rms": np.sqrt((expected ** 2).mean()),
        "cosine": (expected * actual).sum() / np.sqrt((expected ** 2).sum() * (actual ** 2).sum()),
        "elements": error.size,
    }


def differences(name, ours, expected, actual):
    wrong = []
    if not np.any(expected):
        return wrong
    theirs = figures(expected, actual)
    largest = np.abs(expected).max()
    mean = RELATIVE * theirs["mean_error"] + 1e-7 * largest
    slack = {"sqnr_db": DECIBEL, "cosine": 1e-6, "elements": 0, "mean_error": mean, "bias": mean,
             "max_error": RELATIVE * theirs["max_error"] + 1e-5 * largest, "rms": RELATIVE * theirs["rms"]}
    if theirs["sqnr_db"] > HIGHEST_SQNR:
        if ours["sqnr_db"] is not None and ours["sqnr_db"] < HIGHEST_SQNR:
            wrong.append(f"{name}: SQNR {ours['sqnr_db']}, LiteRT has {theirs['sqnr_db']}")
        return wrong
    for key, value in theirs.items():
        if ours[key] is None or not abs(ours[key] - value) <= slack[key]:
            wrong.append(f"{name}: {key} is {ours[key]}, numpy has {value}")
    return wrong


def check(workdir, float_path, quantized_path, data):
    first, second = Network(float_path), Network(quantized_path)
    samples = samples_of(first.run.inputs, data)
    for sample in samples:
        first.add(sample)
        second.add(sample)
    path = os.path.join(workdir, "samples.npz")
    write_inputs(path, first.run.inputs, samples)
    command = ["vernier", "compare", float_path, quantized_path, "--data", path, "--json"]
    text = run_tool(*command, "--threads", "1")
    wrong = [] if text == run_tool(*command, "--threads", "2") else ["two threads give other figures than one"]
    report = json.loads(text)
    for tensor in report["tensors"]:
        wrong += differences(tensor["name"], tensor, first.tensor(tensor["name"]), second.tensor(tensor["quantized_name"]))
    for index, output in enumerate(report["outputs"]):
        expected, actual = first.output(index), second.output(index)
        wrong += differences(f"output {index}", output, expected, actual)
        if "top1_agreement" in output:
            theirs = litert.agreement(expected.reshape(len(samples), -1), actual.reshape(len(samples), -1)) / 100
            if abs(output["top1_agreement"] - theirs) > 1e-9:
                wrong.append(f"output {index}: agreement {output['top1_agreement']}, numpy has {theirs}")
    for line in wrong:
        print("FAIL:", line)
    missing = report["only_in_float"]
    print(f"{'FAIL' if wrong else 'ok'}: {os.path.basename(quantized_path)}: {len(report['tensors'])} tensors, "
          f"{missing} of the float network without a partner")
    return not wrong and bool(report["tensors"])


def main(workdir, float_path, quantized_path, data=None):
    os.makedirs(workdir, exist_ok=True)
    return 0 if check(workdir, float_path, quantized_path, data) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
