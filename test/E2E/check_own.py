#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What `vernier quantize` writes, `vernier check` finds nothing in: every scheme of every model.

  check_own.py WORKDIR FILE...

Models that a scheme refuses (already quantized, say) are counted, not failed.
"""
import json
import os
import subprocess
import sys

import litert_harness as litert
import numpy as np

SCHEMES = [("int8",), ("int8", "--per-tensor"), ("int8", "--io", "int8"), ("int8", "--io", "uint8"), ("int16x8",), ("fp16",), ("dynamic",),
           ("weight-only",), ("weight-only", "--weight-bits", "4"), ("weight-only", "--weight-bits", "2")]


def calibration(path, workdir):
    """Three samples of noise, or None for a model that LiteRT does not load."""
    with open(path, "rb") as file:
        content = file.read()
    try:
        details = litert.Runner(content).inputs
    except (RuntimeError, ValueError):
        return None
    data = os.path.join(workdir, "samples.npz")
    samples = [litert.random_inputs(details, seed) for seed in range(3)]
    np.savez(data, **{f"arr_{i}": np.stack(column) for i, column in enumerate(zip(*samples))})
    return data


def check(path, options, data, workdir):
    """None if the scheme does not take the model, else the findings."""
    out = os.path.join(workdir, "out.tflite")
    command = ["vernier", "quantize", path, "-o", out, "--scheme", *options]
    if options[0] in ("int8", "int16x8"):
        command += ["--calibration", data]
    if subprocess.run(command, capture_output=True).returncode != 0:
        return None
    done = subprocess.run(["vernier", "check", out, "--json"], capture_output=True, text=True)
    try:
        return json.loads(done.stdout)["findings"]
    except json.JSONDecodeError:
        return [{"rule": "crash", "place": "", "expected": "a report", "found": done.stderr[-300:]}]


def main(workdir, *paths):
    os.makedirs(workdir, exist_ok=True)
    clean = refused = failed = 0
    for path in paths:
        data = calibration(path, workdir)
        for options in SCHEMES if data else []:
            findings = check(path, options, data, workdir)
            if findings is None:
                refused += 1
            elif findings:
                failed += 1
                print(f"FAIL: {os.path.basename(path)} {' '.join(options)}: {len(findings)} findings")
                for f in findings[:5]:
                    print(f"  {f['rule']}: {f['place']}: expected {f['expected']}, found {f['found']}")
            else:
                clean += 1
    print(f"{clean} files of ours are clean, {failed} are not, {refused} were not written")
    return failed == 0 and clean > 0


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:]) else 1)
