#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Generated programs of many networks: a Markdown table of what became of each.

  codegen_table.py WORKDIR [--target T] [--numerics N] [--schemes S[,S...]] [--refused NAME]... FILE_OR_FOLDER...

Each network is written as C++, compiled, and run against what the executor computes, bit for bit. `--schemes` also
quantizes float networks so, over noise, and generates those. Outcomes: equal; refused, with the reason; unknown to the
executor as well; or what is wrong. Exit code 1 where something is wrong, or a network was refused that no `--refused`
names.
"""
import argparse
import glob
import json
import os
import re
import shutil
import sys

from codegen import run, runs_here


def generate(path, folder, options):
    """(outcome, detail) of one network."""
    shutil.rmtree(folder, ignore_errors=True)
    done = run("vernier", "codegen", path, "-o", folder, "--name", "net", "--target", options.target, "--numerics",
               options.numerics, "--with-tests")
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "error:" in line] or [done.stderr[-300:]]
        reasons = sorted({line.split("error: ", 1)[-1] for line in lines})
        unknown = any("cannot be executed" in reason or "runs on" in reason for reason in reasons)
        outcome = "refused" if done.returncode == 1 and not os.path.exists(os.path.join(folder, "net.cpp")) else "WRONG"
        return ("unknown" if unknown and outcome == "refused" else outcome), f"{len(reasons)}: {reasons[0]}"
    with open(os.path.join(folder, "net.json"), encoding="utf-8") as file:
        report = json.load(file)
    flags = report["compiler_flags"].split()
    program = os.path.join(folder, "program")
    sources = [os.path.join(folder, name) for name in ("net.cpp", "net_test.cpp")]
    done = run("g++", "-std=c++17", "-O1", "-Wall", "-Wextra", "-fno-exceptions", "-fno-rtti", *flags, *sources, "-o", program)
    if done.returncode or done.stderr:
        return "WRONG", "compiler: " + " ".join(done.stderr.split("\n")[:3])[:400]
    if runs_here(flags):
        done = run(program)
        if done.returncode:
            return "WRONG", f"exit code {done.returncode}: {done.stdout.strip()[:200]}"
    return "equal", f"{len(report['operators'])} calls, arena {report['arena_bytes']}, state {report['state_bytes']}"


def networks(options):
    """(label, path) of each network, quantized ones made on the way."""
    for given in options.files:
        files = sorted(glob.glob(os.path.join(given, "**", "*.tflite"), recursive=True)) if os.path.isdir(given) else [given]
        for path in files:
            label = os.path.relpath(path, given) if os.path.isdir(given) else os.path.basename(path)
            yield label, path
            for scheme in options.schemes.split(",") if options.schemes else []:
                out = os.path.join(options.workdir, "quantized.tflite")
                done = run("vernier", "quantize", path, "--scheme", scheme, "-o", out, *calibration(path, scheme, options))
                if done.returncode == 0:
                    yield f"{label} {scheme}", out


def calibration(path, scheme, options):
    if scheme not in ("int8", "int16x8"):
        return []
    import litert_harness as litert
    import numpy as np
    from quantize import natural_samples
    from schemes_table import real
    data = os.path.join(options.workdir, "samples.npz")
    try:
        details = litert.Runner(litert.load(path)).inputs
        samples = [[real(d, v) for d, v in zip(details, sample)] for sample in natural_samples(details, 4)]
        np.savez(data, **{f"arr_{i}": np.stack(column) for i, column in enumerate(zip(*samples))})
    except Exception as error:  # LiteRT cannot run every network; then there is nothing to calibrate with.
        print(f"no samples of {path}: {error}", file=sys.stderr)
    return ["--calibration", data]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("workdir")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--target", default="native")
    parser.add_argument("--numerics", default="litert")
    parser.add_argument("--schemes", default="")
    parser.add_argument("--refused", action="append", default=[])
    options = parser.parse_args()
    os.makedirs(options.workdir, exist_ok=True)
    counts, unexpected = {}, 0
    print(f"| network ({options.target}, {options.numerics}) | outcome | |\n|---|---|---|")
    for label, path in networks(options):
        folder = os.path.join(options.workdir, re.sub(r"\W", "_", label))
        outcome, detail = generate(path, folder, options)
        if outcome != "WRONG":
            shutil.rmtree(folder, ignore_errors=True)
        print(f"| {label} | {outcome} | {detail.replace('|', '/')[:400]} |", flush=True)
        counts[outcome] = counts.get(outcome, 0) + 1
        expected = outcome == "equal" or outcome != "WRONG" and any(name in label for name in options.refused)
        unexpected += not expected
    print("\n" + ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())))
    return unexpected != 0


if __name__ == "__main__":
    sys.exit(main())
