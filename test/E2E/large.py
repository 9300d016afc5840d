#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Large networks: quantized within bounds of memory, and beyond 2 GB read by LiteRT.

  large.py quantize WORKDIR MEGABYTES    quantizes a float network of that size; prints time and memory
  large.py outside WORKDIR MEGABYTES     writes one with its weights behind the flatbuffer, sends it through
                                         `vernier quantize` without statistics, so that all stays float,
                                         and runs both files in LiteRT, which must answer the same bits

The network is a chain of fully connected layers. Files are written piece by piece and removed in the end.
"""
import json
import os
import subprocess
import sys
import time

import flatbuffers
import numpy as np
from ai_edge_litert import interpreter as litert
from ai_edge_litert import schema_py_generated as schema

from tflite_writer import Writer

WIDTH = 2048
LAYER_BYTES = 4 * WIDTH * WIDTH
ALIGNMENT = 16
# The mapped model, its weights on their grid in float, the int8 weights; and what the tool itself takes.
MEMORY_PER_BYTE, MEMORY_AT_START = 2.5, 128 << 20


def weights(layer):
    """Small enough that a long chain neither dies out nor overflows."""
    return np.random.default_rng(layer).standard_normal((WIDTH, WIDTH), np.float32) / np.float32(np.sqrt(WIDTH))


def make_chain(layers):
    writer = Writer("a chain of fully connected layers")
    last = writer.tensor("x", (1, WIDTH))
    writer.graph.inputs = [last]
    stand_in = np.zeros((1,), np.float32)
    for layer in range(layers):
        weight = writer.constant(f"w{layer}", stand_in)
        writer.graph.tensors[weight].shape = [WIDTH, WIDTH]
        result = writer.tensor(f"y{layer}", (1, WIDTH))
        writer.operator("FULLY_CONNECTED", [last, weight], result, table="FullyConnectedOptions")
        last = result
    writer.graph.outputs = [last]
    return writer.model


def pack(model):
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def write_outside(path, layers):
    """The weights follow the flatbuffer, whose size does not depend on where."""
    model = make_chain(layers)
    for start in (ALIGNMENT, None):
        start = start or -(-len(pack(model)) // ALIGNMENT) * ALIGNMENT
        for layer, buffer in enumerate(model.buffers[1:]):
            buffer.data, buffer.offset, buffer.size = None, start + layer * LAYER_BYTES, LAYER_BYTES
    with open(path, "wb") as file:
        file.write(pack(model).ljust(start, b"\0"))
        for layer in range(layers):
            file.write(weights(layer).tobytes())


def write_inside(path, layers):
    model = make_chain(layers)
    for layer, buffer in enumerate(model.buffers[1:]):
        buffer.data = weights(layer).view(np.uint8).reshape(-1)
    with open(path, "wb") as file:
        file.write(pack(model))


def write_in_child(write, path, layers):
    """In a process of its own: what the generator holds is not the tool's."""
    child = os.fork()
    if child == 0:
        write(path, layers)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


def quantize(model, calibration, out):
    """Runs `vernier quantize`; returns seconds and the most memory it held."""
    start = time.monotonic()
    process = subprocess.Popen(["vernier", "quantize", model, "--calibration", calibration, "-o", out])
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, f"vernier quantize: status {status}"
    return time.monotonic() - start, usage.ru_maxrss * 1024


def check_quantize(work, megabytes):
    model, out, statistics = (os.path.join(work, name) for name in ("large.tflite", "large.int8.tflite", "large.json"))
    layers = max(1, (megabytes << 20) // LAYER_BYTES)
    write_in_child(write_inside, model, layers)
    ranges = {name: {"min": -4, "max": 4} for name in ["x"] + [f"y{layer}" for layer in range(layers)]}
    with open(statistics, "w", encoding="utf-8") as file:
        json.dump({"vernier_statistics": 1, "model": "large.tflite", "samples": 1, "tensors": ranges}, file)
    seconds, memory = quantize(model, statistics, out)
    size = os.path.getsize(model)
    print(f"{size >> 20} MB in {seconds:.1f} s, {size / seconds / 1e6:.0f} MB/s, memory {memory / size:.2f} of the file")
    assert memory <= MEMORY_PER_BYTE * size + MEMORY_AT_START
    assert os.path.getsize(out) < size / 3
    return [model, out, statistics]


def run(path, x):
    interpreter = litert.Interpreter(model_path=path, num_threads=1)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


def check_outside(work, megabytes):
    model, out, statistics = (os.path.join(work, name) for name in ("outside.tflite", "again.tflite", "none.json"))
    write_in_child(write_outside, model, max(1, (megabytes << 20) // LAYER_BYTES))
    with open(statistics, "w", encoding="utf-8") as file:
        json.dump({"vernier_statistics": 1, "model": "outside.tflite", "samples": 1, "tensors": {}}, file)
    seconds, memory = quantize(model, statistics, out)
    size = os.path.getsize(out)
    print(f"{size >> 20} MB in {seconds:.1f} s, memory {memory / size:.2f} of the file")
    with open(out, "rb") as file:
        written = schema.Model.GetRootAs(file.read(1 << 20), 0)
    # The version of the runtime may lie inside.
    assert sum(written.Buffers(i).DataLength() for i in range(written.BuffersLength())) < 100, "weights lie outside"
    x = np.random.default_rng(0).standard_normal((1, WIDTH), np.float32)
    assert np.array_equal(run(model, x), run(out, x)), "LiteRT answers other bits"
    return [model, out, statistics]


if __name__ == "__main__":
    checks = {"quantize": check_quantize, "outside": check_outside}
    if len(sys.argv) != 4 or sys.argv[1] not in checks:
        sys.exit(__doc__)
    os.makedirs(sys.argv[2], exist_ok=True)
    for made in checks[sys.argv[1]](sys.argv[2], int(sys.argv[3])):
        os.remove(made)
