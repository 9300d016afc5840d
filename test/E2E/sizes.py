#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How large the files of every scheme are, against what they have to hold: a Markdown table.

  sizes.py WORKDIR [--peers FOLDER] FILE.tflite...

The bars: the bytes of constants, 24 for each channel with scales (a scale and a zero point of weight and bias), 1 % and 8 KB;
half precision of float models above 1 MB at most 0.505 of them; and no file above FOLDER/NAME.SCHEME.tflite where there is one.
Noise calibrates: sizes do not depend on it. Exit code 1 where a bar is missed.
"""
import argparse
import os
import sys

import litert_harness as litert
import numpy as np
from tools import run_tool

SCHEMES = ["int8", "int16x8", "fp16", "dynamic", "weight-only"]
PER_CHANNEL, PART, ROOM = 24, 0.01, 8192
HALF, LARGE = 0.505, 1e6


def quantize(path, scheme, workdir):
    name = os.path.basename(path)
    out = os.path.join(workdir, f"{name}.{scheme}.tflite")
    options = []
    if scheme in ("int8", "int16x8"):
        data = os.path.join(workdir, name + ".npz")
        if not os.path.exists(data):
            inputs = litert.random_inputs(litert.Runner(litert.load(path)).inputs, seed=1)
            np.savez(data, **{f"arr_{i}": value[None] for i, value in enumerate(inputs)})
        options = ["--calibration", data]
    run_tool("vernier", "quantize", path, "--scheme", scheme, "-o", out, *options)
    return out


def allowed(path):
    """Bytes that what the file holds may take."""
    model = litert.load(path)

    def data_of(tensor):
        data = model.buffers[tensor.buffer].data
        return 0 if data is None else len(data)
    constants = sum(len(buffer.data) for buffer in model.buffers if buffer.data is not None)
    small = [litert.schema.TensorType.INT8, litert.schema.TensorType.UINT8, litert.schema.TensorType.INT4]
    channels = sum(len(tensor.quantization.scale) for graph in model.subgraphs for tensor in graph.tensors
                   if tensor.type in small and litert.is_quantized(tensor) and data_of(tensor))
    return (constants + PER_CHANNEL * channels) * (1 + PART) + ROOM


def is_float(path):
    """Whether the weights are float32."""
    model = litert.load(path)
    kinds = [t.type for g in model.subgraphs for t in g.tensors if model.buffers[t.buffer].data is not None]
    return litert.schema.TensorType.FLOAT32 in kinds and litert.schema.TensorType.FLOAT16 not in kinds


def missed_bars(path, scheme, out, peers):
    size, original = os.path.getsize(out), os.path.getsize(path)
    missed = []
    if size > allowed(out):
        missed.append(f"{size - allowed(out):.0f} more than it may hold")
    if scheme == "fp16" and original > LARGE and is_float(path) and size > HALF * original:
        missed.append(f"{size / original:.4f} of float")
    peer = os.path.join(peers or "", f"{os.path.basename(path)}.{scheme}.tflite")
    if peers and os.path.exists(peer) and size > os.path.getsize(peer):
        missed.append(f"{size - os.path.getsize(peer)} more than the peer's")
    return missed


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("workdir")
    parser.add_argument("--peers")
    parser.add_argument("files", nargs="+")
    options = parser.parse_args(arguments)
    os.makedirs(options.workdir, exist_ok=True)
    print("| model | scheme | bytes | of the model | allowed | bars missed |\n|---|---|---|---|---|---|")
    good = True
    for path in options.files:
        for scheme in SCHEMES:
            out = quantize(path, scheme, options.workdir)
            missed = missed_bars(path, scheme, out, options.peers)
            size = os.path.getsize(out)
            print(f"| {os.path.basename(path)} | {scheme} | {size} | {size / os.path.getsize(path):.3f} | {allowed(out):.0f} "
                  f"| {'; '.join(missed)} |", flush=True)
            good &= not missed
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
