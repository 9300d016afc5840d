#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Import followed by export loses nothing.

  roundtrip.py WORKDIR FILE-OR-FOLDER...

Each `.tflite` goes to MLIR bytecode and back. Both files must say the same (`structure.py`), and
where LiteRT can run the original, both must answer the same bits on random inputs: three seeds,
two calls each, so that variable tensors carry their state over.
"""
import glob
import os
import sys

import litert_harness as litert
import structure
from tools import attempt, run_tool

SEEDS = (1, 2, 3)


def answers(path, inputs_like=None):
    """Outputs for every seed and call; None where LiteRT cannot run the file."""
    try:
        with open(path, "rb") as file:
            run = litert.Runner(file.read(), keeps_state=True)
        results = []
        for seed in SEEDS:
            inputs = litert.random_inputs(run.inputs, seed)
            results += run(*inputs) + run(*inputs)
            run.reset()
        return results
    except (RuntimeError, ValueError) as error:
        print(f"  LiteRT cannot run {os.path.basename(path)}: {str(error).strip().splitlines()[0]}")
        return None


def check(path, workdir):
    name = os.path.basename(path)
    bytecode = os.path.join(workdir, name + ".mlirbc")
    back = os.path.join(workdir, name)
    run_tool("quant-translate", "--tflite-to-mlir", path, "-o", bytecode)
    run_tool("quant-translate", "--mlir-to-tflite", bytecode, "-o", back)
    wrong = structure.differences(structure.describe(litert.load(path)), structure.describe(litert.load(back)))
    expected = answers(path)
    how = "structure"
    if expected is not None:
        how = f"structure and {len(expected)} outputs"
        got = answers(back)
        if got is None:
            wrong.append("LiteRT runs the original only")
        elif not all(litert.same_bits(a, b) for a, b in zip(expected, got, strict=True)):
            wrong.append("outputs in LiteRT differ")
    print(f"{'FAIL' if wrong else 'ok'}: {name} ({how})")
    for line in wrong[:20]:
        print("  " + line)
    os.remove(bytecode)
    os.remove(back)
    return not wrong


def main(workdir, *places):
    os.makedirs(workdir, exist_ok=True)
    files = []
    for place in places:
        files += sorted(glob.glob(os.path.join(place, "**", "*.tflite"), recursive=True)) if os.path.isdir(place) else [place]
    results = [attempt(check, path, workdir) for path in files]
    print(f"{sum(results)} of {len(results)} files unchanged")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
