#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`vernier run` against LiteRT on every intermediate tensor.

  executor.py WORKDIR KERNELS NUMERICS FILE...
  executor.py WORKDIR KERNELS float FILE...

Both sides run the same rewritten file, in which every operator result is a graph output. Integer
tensors must agree to the bit; float networks within FLOAT_TOLERANCE of the tensor's largest absolute value.
Inputs are an image, scaled to the input's size, and noise over the whole range.
"""
import copy
import os
import sys

import litert_harness as litert
import networks
import numpy as np
from tools import attempt, read_outputs, run_tool, write_inputs

# `runtime` sums in the order that LiteRT does, `reference` in double: what remains there is LiteRT's
# own error, which reaches 2.6e-5 after eight layers of MobileNetV1.
FLOAT_TOLERANCE = {"runtime": 2e-5, "reference": 3e-5}

# Float operators of integer networks where LiteRT is not correctly rounded, in units in the last
# place: the exceptions of docs/Numerics.md.
EXCEPTIONS = {("SQRT", "litert"): 2}


def runnable(model):
    """A copy that LiteRT takes and that ends where custom operators begin.

    The quantized dimension of a 1-D bias becomes 0: LiteRT refuses any other, and some published
    files have one (docs/Numerics.md).
    """
    model = copy.deepcopy(model)
    graph = model.subgraphs[0]
    for tensor in graph.tensors:
        if len(litert.shape(tensor)) == 1 and tensor.quantization is not None:
            tensor.quantization.quantizedDimension = 0
    customs = [op for op in graph.operators if litert.operator_name(model, op).startswith("CUSTOM")]
    if customs:
        graph.operators = [op for op in graph.operators if op not in customs]
        produced = litert.operator_results(graph)
        graph.outputs = [int(t) for op in customs for t in op.inputs if t in produced]
    return model


def image_input(detail):
    """A photograph in the size and type of an image input (NHWC or NCHW); None for other inputs."""
    size = tuple(int(d) for d in detail["shape"])
    if len(size) != 4 or litert.test_data() is None:
        return None
    channels_first = size[1] in (1, 3)
    height, width, channels = size[2:] + size[1:2] if channels_first else size[1:]
    if channels not in (1, 3) or min(height, width) < 8:
        return None
    from PIL import Image
    stored = networks.stored_calibration(networks.by_name("mobilenet_v2"))[7]
    picture = Image.fromarray(stored).resize((width, height), Image.Resampling.BILINEAR)
    pixels = np.asarray(picture.convert("L" if channels == 1 else "RGB")).reshape(height, width, channels)
    if channels_first:
        pixels = pixels.transpose(2, 0, 1)
    dtype = np.dtype(detail["dtype"])
    if dtype == np.float32:
        return (pixels[None] / np.float32(127.5) - 1).astype(np.float32)
    if dtype == np.uint8:
        return pixels[None]
    # Over the whole range of wider integers, too.
    return (pixels[None].astype(np.int64) - 128 << 8 * dtype.itemsize - 8).astype(dtype)


def samples_for(details):
    samples = [litert.random_inputs(details, 1)]
    pictures = [image_input(d) for d in details]
    if all(p is not None for p in pictures):
        samples.append(pictures)
    return samples


def float_error(expected, got):
    if expected.dtype.kind != "f":
        return 0.0 if np.array_equal(expected, got) else np.inf
    largest = np.max(np.abs(expected), initial=0)
    error = np.max(np.abs(expected.astype(np.float64) - got), initial=0)
    return 0.0 if error == 0 else error / largest if largest > 0 else np.inf


def within_exception(producer, numerics, expected, got):
    units = EXCEPTIONS.get((producer, numerics))
    if units is None or expected.dtype != np.float32:
        return False
    return np.max(np.abs(expected.view(np.int32) - got.view(np.int32))) <= units


def compare(names, producers, expected, got, kernels, numerics):
    """Lines that name each tensor on which the two sides part, and how many values were compared."""
    wrong, values = [], 0
    for index, (name, producer, theirs, ours) in enumerate(zip(names, producers, expected, got)):
        values += theirs.size
        if theirs.shape != ours.shape or theirs.dtype != ours.dtype:
            wrong.append(f"output {index} '{name}' of {producer}: {theirs.dtype}{theirs.shape} expected, got {ours.dtype}{ours.shape}")
        elif numerics == "float":
            error = float_error(theirs, ours)
            if not error <= FLOAT_TOLERANCE[kernels]:
                wrong.append(f"output {index} '{name}' of {producer}: differs by {error:.2e} of the largest value")
        elif not litert.same_bits(theirs, ours) and not within_exception(producer, numerics, theirs, ours):
            wrong.append(f"output {index} '{name}' of {producer}: {np.count_nonzero(theirs != ours)} of {theirs.size} values differ")
    return wrong, values


def check(path, workdir, kernels, numerics):
    is_float = numerics == "float"
    name = os.path.basename(path)
    model = litert.expose(runnable(litert.load(path)))
    exposed = litert.save(model, os.path.join(workdir, f"exposed_{name}"))
    made_by = {t: litert.operator_name(model, op) for op in model.subgraphs[0].operators for t in op.outputs}
    producers = [made_by.get(t, "input") for t in model.subgraphs[0].outputs]
    names = [litert.tensor_name(model, t) for t in model.subgraphs[0].outputs]
    run = litert.Runner(litert.pack(model), "litert" if is_float else numerics)
    samples = samples_for(run.inputs)
    inputs, outputs = os.path.join(workdir, name + ".in.npz"), os.path.join(workdir, name + ".out.npz")
    write_inputs(inputs, run.inputs, samples)
    expected = [np.stack(column) for column in zip(*([o.copy() for o in run(*s)] for s in samples))]
    arguments = [] if is_float else ["--numerics", numerics]
    run_tool("vernier", "run", exposed, "--input", inputs, "-o", outputs, "--kernels", kernels, *arguments)
    got = read_outputs(outputs, expected)
    wrong, values = compare(names, producers, expected, got, kernels, numerics)
    if len(got) != len(expected):
        wrong.insert(0, f"{len(expected)} outputs expected, got {len(got)}")
    print(f"{'FAIL' if wrong else 'ok'}: {name}, {kernels}, {numerics}: {len(expected)} tensors, "
          f"{values} values, {len(wrong)} tensors differ")
    for line in wrong[:12]:
        print("  " + line)
    for leftover in (exposed, inputs, outputs):
        os.remove(leftover)
    return not wrong


def main(workdir, kernels, numerics, *paths):
    os.makedirs(workdir, exist_ok=True)
    results = [attempt(check, path, workdir, kernels, numerics) for path in paths]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
