#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every scheme on every model: a Markdown table of what LiteRT makes of the files.

  schemes_table.py WORKDIR [--scheme NAME]... [FILE.tflite...]

Each cell is the lowest SQNR of an output against the same model's own in LiteRT (a SOFTMAX or LOGISTIC at the end is
left out), `inf` where no bit differs. A cell says what went wrong where quantizing, loading or running failed, and what
`vernier check` finds in the file; an asterisk marks files for which `--strict` finds operators outside the scheme. A model
that is quantized already has roundings and clips of its own: where a file is below its bar against it, the cell also tells
how far the file, and the model itself, are from the float network that the model stands for, and the file has
to be at its bar there, or nearer than the model. Without files: all shared models. Exit code 1 where a cell is below
15 dB (int8) or 20 dB (others), or a file has a finding.
"""
import glob
import json
import os
import subprocess
import sys

import executor
import litert_harness as litert
import networks
import numpy as np
import requantize
from ai_edge_litert import schema_py_generated as schema
from quantize import natural_samples
from tools import run_tool, ToolError

SCHEMES = ["int8", "int16x8", "fp16", "dynamic", "weight-only"]
LEAST = {"int8": 15.0}
CALIBRATION, EVALUATION = 32, 4


def before_squashing(model):
    """The outputs, or what the SOFTMAX or LOGISTIC before one of them reads."""
    graph = model.subgraphs[0]
    producer = {int(t): op for op in graph.operators for t in op.outputs}
    tensors = []
    for output in map(int, graph.outputs):
        tensor, op = output, producer.get(output)
        while op is not None and litert.operator_name(model, op) in ("DEQUANTIZE", "QUANTIZE", "RESHAPE"):
            tensor = int(op.inputs[0])
            op = producer.get(tensor)
        found = op is not None and litert.operator_name(model, op) in ("SOFTMAX", "LOGISTIC")
        tensors.append(int(op.inputs[0]) if found else output)
    return tensors


class Outputs:
    """Runs a file; real values of its outputs, before a SOFTMAX or LOGISTIC."""

    def __init__(self, path):
        model = litert.load(path)
        tensors = before_squashing(model)
        graph = model.subgraphs[0]
        self.parameters = [graph.tensors[t] for t in tensors]
        exposed = litert.expose(model, tensors)
        outputs = [int(t) for t in exposed.subgraphs[0].outputs]
        self.places = [outputs.index(t) for t in tensors]
        self.run = litert.Runner(exposed)
        self.inputs = self.run.inputs

    def __call__(self, sample):
        """Real inputs; integers that stand for reals are rounded here."""
        stored = []
        for detail, value in zip(self.inputs, sample, strict=True):
            dtype = np.dtype(detail["dtype"])
            if dtype != value.dtype and dtype.kind in "iu" and value.dtype.kind == "f":
                scale, zero_point = detail["quantization"]
                info = np.iinfo(dtype)
                value = np.clip(np.rint(value / np.float64(scale)) + zero_point, info.min, info.max)
            stored.append(value.astype(dtype))
        values = self.run(*stored)
        return [litert.dequantize(values[p], t) for p, t in zip(self.places, self.parameters)]


def real(detail, value):
    """Real values of a stored input; those of 32 and 64 bits are read as they are stored."""
    scale, zero_point = detail["quantization"]
    if value.dtype.kind == "f" or not scale or value.dtype.itemsize >= 4:
        return value
    return ((value.astype(np.float64) - zero_point) * scale).astype(np.float32)


def normal(details, seed):
    """Normal values that fill the range of each input that has one, to three deviations: a network was quantized for what it
    meets, and full-range noise drives it into saturation everywhere."""
    rng = np.random.default_rng(seed)
    values = []
    for detail, noise in zip(details, litert.random_inputs(details, seed)):
        scale, zero_point = detail["quantization"]
        if scale and noise.dtype.itemsize < 4:
            info = np.iinfo(noise.dtype)
            middle, deviation = (info.max + info.min) / 2, (info.max - info.min) / 6
            noise = np.clip(np.rint(rng.normal(middle, deviation, noise.shape)), info.min, info.max).astype(noise.dtype)
        values.append(noise)
    return values


def on_grid(detail, value):
    """Real values that an input stores without loss: which way halves are rounded is not what is measured."""
    scale, zero_point = detail["quantization"]
    if not scale:
        return value.astype(np.float32)
    info = np.iinfo(np.dtype(detail["dtype"]))
    return real(detail, np.clip(np.rint(value / np.float64(scale)) + zero_point, info.min, info.max).astype(info.dtype))


def samples_of(path, details):
    """Real inputs: those of the labelled dataset where there is one, else photographs or noise."""
    count = CALIBRATION + EVALUATION
    for network in networks.NETWORKS:
        if path.endswith((network.model, network.twin or network.model)):
            stored = networks.real(network, networks.stored_calibration(network)[:count])
            return [[on_grid(details[0], x.reshape(details[0]["shape"]))] for x in stored]
    samples = natural_samples(details, count)
    if any(executor.image_input(d) is None for d in details):
        samples = [normal(details, seed) for seed in range(count)]
    return [[real(d, v) for d, v in zip(details, sample)] for sample in samples]


def lowest_sqnr(original, path, samples):
    quantized = Outputs(path)
    pairs = [(original(sample), quantized(sample)) for sample in samples]
    return min(litert.sqnr(np.stack([p[0][i] for p in pairs]), np.stack([p[1][i] for p in pairs]))
               for i in range(len(pairs[0][0])))


def findings(path):
    done = subprocess.run(["vernier", "check", path, "--json"], capture_output=True, text=True, check=False)
    return json.loads(done.stdout)["findings"]


def cell(path, scheme, workdir, samples):
    """One file: (text, whether it is good enough). Runs in a process of its own, since LiteRT may abort."""
    out = os.path.join(workdir, f"{os.path.basename(path)}.{scheme}.tflite")
    data = os.path.join(workdir, os.path.basename(path) + ".npz")
    options = ["--calibration", data] if scheme in ("int8", "int16x8") else []
    for attempts in ([options, []] if options else [options]):
        options = attempts
        try:
            run_tool("vernier", "quantize", path, "--scheme", scheme, "-o", out, *options)
            break
        except ToolError as error:
            # A model with ranges of its own needs no samples, which are of no use where a custom operator is in the way.
            refusal = str(error).strip().splitlines()[-1][:160]
    else:
        return "refused: " + refusal, False
    strict = subprocess.run(["vernier", "quantize", path, "--scheme", scheme, "-o", out + ".strict", "--strict", *options],
                            capture_output=True, check=False).returncode
    done = subprocess.run([sys.executable, __file__, "--measure", path, out, data], capture_output=True, text=True, check=False)
    if done.returncode:
        return "does not run: " + (done.stderr.strip().splitlines() or [f"signal {-done.returncode}"])[-1][:160], False
    ratio = os.path.getsize(out) / os.path.getsize(path)
    decibels, *apart = map(float, done.stdout.split())
    good = decibels >= LEAST.get(scheme, 20.0)
    found = sorted({finding["rule"] for finding in findings(out)})
    text = f"{decibels:.1f} ({ratio:.3f}){'*' if strict == 3 else ''}"
    if not good and apart:
        text += f" float: {apart[0]:.1f}, model itself {apart[1]:.1f}"
        good = apart[0] >= min(LEAST.get(scheme, 20.0), apart[1])
    return " ".join([text, *(f"[{rule}]" for rule in found)]), good and not found


def measure(path, out, data):
    with np.load(data) as file:
        columns = [file[name] for name in file.files]
    samples = [[column[i] for column in columns] for i in range(CALIBRATION, CALIBRATION + EVALUATION)]
    original = Outputs(path)
    results = [lowest_sqnr(original, out, samples)]
    if any(litert.is_quantized(t) and t.type != schema.TensorType.FLOAT32 for t in litert.load(path).subgraphs[0].tensors):
        stands_for = Outputs(requantize.to_float(path, os.path.dirname(out)))
        results += [lowest_sqnr(stands_for, out, samples), lowest_sqnr(stands_for, path, samples)]
    print(*results)


def row(path, schemes, workdir):
    """Cells of one model, or why there are none."""
    details = Outputs(path).inputs
    samples = samples_of(path, details)
    data = os.path.join(workdir, os.path.basename(path) + ".npz")
    np.savez(data, **{f"arr_{i}": np.stack(column) for i, column in enumerate(zip(*samples))})
    return [cell(path, scheme, workdir, samples) for scheme in schemes]


def main(workdir, *arguments):
    arguments = list(arguments)
    schemes = []
    while "--scheme" in arguments:
        at = arguments.index("--scheme")
        schemes.append(arguments[at + 1])
        del arguments[at:at + 2]
    schemes = schemes or SCHEMES
    os.makedirs(workdir, exist_ok=True)
    models = os.path.join(litert.test_data(), "models")
    paths = arguments or sorted(glob.glob(os.path.join(models, "**", "*.tflite"), recursive=True))
    print("| model | " + " | ".join(schemes) + " |\n|---|" + "---|" * len(schemes))
    good = True
    for path in paths:
        try:
            cells = row(path, schemes, workdir)
        except (RuntimeError, ValueError) as error:
            cells = [(f"LiteRT does not run the model: {str(error).splitlines()[0][:120]}", True)]
        good &= all(ok for _, ok in cells)
        print(f"| {os.path.relpath(path, models) if path.startswith(models) else os.path.basename(path)} | "
              + " | ".join(text + ("" if ok else " !") for text, ok in cells) + " |", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(measure(*sys.argv[2:]) if sys.argv[1] == "--measure" else main(*sys.argv[1:]))
