#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The same samples give the same bytes: in any order, with any number of threads, on any instruction
set of this processor, in one pass or as merged shards; and `run` gives the same outputs.

  determinism.py WORKDIR MODEL.tflite CALIBRATION.npz [OPTION...]
"""
import itertools
import os
import sys

import numpy as np
from tools import ToolError, run_tool

INSTRUCTION_SETS = ["avx512vnni", "avx512", "avx2", "generic"]


def available_sets():
    """Those that this processor has: `vernier` refuses the others."""
    found = []
    for name in INSTRUCTION_SETS:
        os.environ["VERNIER_ISA"] = name
        try:
            run_tool("vernier", "--version")
            found.append(name)
        except ToolError:
            pass
    return found


def read(path):
    with open(path, "rb") as file:
        return file.read()


def save_samples(workdir, calibration):
    """Files of samples: label to list of shards; the last one's shards are of very different size."""
    with np.load(calibration) as file:
        arrays = {name: file[name] for name in file.files}
    count = len(next(iter(arrays.values())))
    if count < 3:
        sys.exit(f"{calibration}: expected at least 3 samples, found {count}")
    order = np.random.default_rng(3).permutation(count)
    layouts = {"ordered": [np.arange(count)], "shuffled": [order], "shards": [order[:1], order[1:count // 3 + 1], order[count // 3 + 1:]]}
    files = {}
    for label, shards in layouts.items():
        files[label] = []
        for index, shard in enumerate(shards):
            files[label].append(os.path.join(workdir, f"{label}{index}.npz"))
            # Compressed and not: both ways of reading.
            (np.savez if index % 2 else np.savez_compressed)(files[label][-1], **{n: a[shard] for n, a in arrays.items()})
    return count, files


def main(workdir, model, calibration, *options):
    os.makedirs(workdir, exist_ok=True)
    count, files = save_samples(workdir, calibration)
    out, whole = os.path.join(workdir, "out.tflite"), os.path.join(workdir, "whole.json")
    outputs, merged = os.path.join(workdir, "out.npz"), os.path.join(workdir, "merged.json")
    contents = {}
    for isa, threads in itertools.product(available_sets(), (1, 2)):
        os.environ["VERNIER_ISA"] = isa
        place = f"{isa}, {threads} threads"
        common = ("--threads", threads, *options)
        for label in ("ordered", "shuffled"):
            run_tool("vernier", "quantize", model, "--calibration", files[label][0], "-o", out, *common)
            contents["file", f"{place}, {label}"] = read(out)
        shards = []
        for index, shard in enumerate(files["shards"]):
            shards.append(os.path.join(workdir, f"shard{index}.json"))
            run_tool("vernier", "calibrate", model, "--data", shard, "-o", shards[-1], *common)
        run_tool("vernier", "calibrate", "--merge", *shards, "-o", merged)
        run_tool("vernier", "calibrate", model, "--data", files["ordered"][0], "-o", whole, *common)
        run_tool("vernier", "quantize", model, "--calibration", merged, "-o", out)
        contents["file", f"{place}, merged shards"] = read(out)
        contents["statistics", f"{place}, merged shards"] = read(merged)
        contents["statistics", f"{place}, one pass"] = read(whole)
        run_tool("vernier", "run", model, "--input", files["ordered"][0], "-o", outputs, *common)
        contents["outputs", place] = read(outputs)
    del os.environ["VERNIER_ISA"]
    first = {}
    different = [f"{kind}: {how}" for (kind, how), content in contents.items() if content != first.setdefault(kind, content)]
    print(f"{os.path.basename(model)}, {count} samples, {len(contents)} ways: " +
          (f"FAIL, other bytes: {different}" if different else "same bytes"))
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
