#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`vernier quantize` on real networks: the file loads, runs, and keeps its accuracy.

  quantize.py WORKDIR DATADIR accuracy NETWORK...   labelled networks, against the bars of accuracy.py
  quantize.py WORKDIR DATADIR runs FILE...          others: every operator in int8, output close to float

With `runs`, photographs scaled to the input calibrate and test (noise for inputs of another kind).
"""
import os
import sys

import accuracy
import executor
import litert_harness as litert
import networks
import numpy as np
import prepare_data
from tools import attempt, run_tool

# Far below what these networks reach, far above what a wrong scale or zero point leaves.
LEAST_SQNR = 8.0


def quantize(model, data, out, *options):
    run_tool("vernier", "quantize", model, "--calibration", data, "-o", out, "--strict", *options)


def check_accuracy(name, workdir, datadir):
    network = networks.by_name(name)
    out = os.path.join(workdir, name + ".tflite")
    quantize(prepare_data.model_path(network), prepare_data.calibration(network, datadir), out,
             *prepare_data.preprocessing(network))
    return accuracy.check(network, out)


def natural_samples(details, count):
    """One list of inputs per sample: a shifted photograph each, or noise."""
    samples = []
    for seed in range(count):
        pictures = [executor.image_input(d) for d in details]
        if any(p is None for p in pictures):
            samples.append(litert.random_inputs(details, seed))
        else:
            samples.append([np.roll(p, 17 * seed, axis=(1, 2)) for p in pictures])
    return samples


def check_runs(path, workdir):
    name = os.path.basename(path)
    data, out = os.path.join(workdir, name + ".npz"), os.path.join(workdir, name)
    with open(path, "rb") as file:
        run = litert.Runner(file.read())
    samples = natural_samples(run.inputs, 8)
    np.savez(data, **{f"arr_{i}": np.concatenate(column) for i, column in enumerate(zip(*samples))})
    quantize(path, data, out)
    with open(out, "rb") as file:
        quantized = litert.Runner(file.read())
    worst = np.inf
    for sample in samples[:3]:
        for expected, got in zip(run(*sample), quantized(*sample), strict=True):
            worst = min(worst, litert.sqnr(expected.astype(np.float64), got.astype(np.float64)))
    ok = worst >= LEAST_SQNR
    print(f"{'ok' if ok else 'FAIL'}: {name}: {os.path.getsize(out)} of {os.path.getsize(path)} bytes, "
          f"lowest output SQNR {worst:.1f} dB")
    return ok


def main(workdir, datadir, what, *subjects):
    os.makedirs(workdir, exist_ok=True)
    if what == "accuracy":
        results = [attempt(check_accuracy, name, workdir, datadir) for name in subjects]
    else:
        results = [attempt(check_runs, path, workdir) for path in subjects]
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
