#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The same samples give the same bytes, in any order and with any number of threads.

  determinism.py WORKDIR MODEL.tflite CALIBRATION.npz [OPTION...]
"""
import os
import sys

import numpy as np
from tools import run_tool


def main(workdir, model, calibration, *options):
    os.makedirs(workdir, exist_ok=True)
    with np.load(calibration) as file:
        arrays = {name: file[name] for name in file.files}
    shuffled = os.path.join(workdir, "shuffled.npz")
    count = len(next(iter(arrays.values())))
    order = np.random.default_rng(3).permutation(count)
    np.savez(shuffled, **{name: array[order] for name, array in arrays.items()})
    contents = {}
    for label, data, threads in (("as given", calibration, 1), ("two threads", calibration, 2), ("shuffled", shuffled, 2)):
        out = os.path.join(workdir, "out.tflite")
        run_tool("vernier", "quantize", model, "--calibration", data, "-o", out, "--threads", threads, *options)
        with open(out, "rb") as file:
            contents[label] = file.read()
    different = [label for label, content in contents.items() if content != contents["as given"]]
    print(f"{os.path.basename(model)}, {count} samples: " + (f"FAIL, other bytes: {different}" if different else "same bytes"))
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
