#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Single operators in generated programs against `vernier run`, bit for bit.

  codegen_sweep.py WORKDIR GROUP[,GROUP...] [--targets T[,T...]] [--numerics N[,N...]] [--long] [--only OPERATOR]

The cases are those of sweep.py: random shapes, many operators in a file, which becomes one program. A case that the
executor does not know is counted; one that it knows and `vernier codegen` refuses is a failure. --long draws ten times
as many. A target that this processor does not run is compiled only.
"""
import argparse
import collections
import json
import os
import shutil
import sys

import numpy as np
import operator_cases
import sweep
from codegen import run, runs_here

MAIN = r"""
#include "net.h"
#include <cstdio>
alignas(64) static unsigned char arena[NET_ARENA_BYTES + 1];
%s
static bool transfer(const char *path, const char *mode, void *memory, size_t size) {
  std::FILE *file = std::fopen(path, mode);
  const size_t done = !file ? 0 : *mode == 'r' ? std::fread(memory, 1, size, file) : std::fwrite(memory, 1, size, file);
  return file && std::fclose(file) == 0 && done == size;
}
int main() {
%s  if (net_run(arena, inputs, outputs) != 0)
    return 2;
%s  return 0;
}
"""


def write_main(report):
    """Reads input N from `inN`, writes output N to `outN`."""
    memory = "".join(f"alignas(64) static unsigned char {side}{n}[{max(port['bytes'], 1)}];\n"
                     for side in ("in", "out") for n, port in enumerate(report[side + "puts"]))
    pointers = "".join(f"static {const}void *{const}{side}puts[] = {{{', '.join(side + str(n) for n in range(len(report[side + 'puts']))) or 'nullptr'}}};\n"
                       for side, const in (("in", "const "), ("out", ""))).replace("void *const ", "void *").replace("void *outputs", "void *const outputs")
    lines = {side: "".join(f'  if (!transfer("{side}{n}", "{mode}", {side}{n}, {port["bytes"]}))\n    return 1;\n'
                           for n, port in enumerate(report[side + "puts"])) for side, mode in (("in", "rb"), ("out", "wb"))}
    return MAIN % (memory + pointers, lines["in"], lines["out"])


class Sweep:
    def __init__(self, workdir, target, numerics):
        self.workdir, self.target, self.numerics = workdir, target, numerics
        self.agreed, self.unknown, self.failed = (collections.Counter() for _ in range(3))

    def expected(self, path, sample):
        """Bytes of each output as the executor computes them, or what it says."""
        inputs, outputs = (os.path.join(self.workdir, n) for n in ("in.npz", "out.npz"))
        np.savez(inputs, **{f"arr_{i}": value[None] for i, value in enumerate(sample)})
        done = run("vernier", "run", path, "--input", inputs, "-o", outputs, "--numerics", self.numerics)
        if done.returncode:
            return done.stderr.strip().splitlines()[-1]
        with np.load(outputs) as file:
            return [np.ascontiguousarray(file[name]).tobytes() for name in file.files]

    def generated(self, path, sample):
        """The same of the program; None where this processor does not run it."""
        folder = os.path.join(self.workdir, "program")
        shutil.rmtree(folder, ignore_errors=True)
        done = run("vernier", "codegen", path, "-o", folder, "--name", "net", "--target", self.target, "--numerics", self.numerics)
        if done.returncode:
            return done.stderr.strip().splitlines()[-1]
        with open(os.path.join(folder, "net.json"), encoding="utf-8") as file:
            report = json.load(file)
        with open(os.path.join(folder, "main.cpp"), "w", encoding="utf-8") as file:
            file.write(write_main(report))
        for n, value in enumerate(sample):
            with open(os.path.join(folder, f"in{n}"), "wb") as file:
                file.write(np.ascontiguousarray(value).tobytes())
        flags = report["compiler_flags"].split()
        done = run("g++", "-std=c++17", "-O1", *flags, os.path.join(folder, "net.cpp"), os.path.join(folder, "main.cpp"), "-o",
                   os.path.join(folder, "program"))
        if done.returncode:
            return "compiler: " + done.stderr.strip()[:400]
        if not runs_here(flags):
            return None
        done = run("env", "-C", folder, "./program")
        if done.returncode:
            return f"exit code {done.returncode}"
        return [open(os.path.join(folder, f"out{n}"), "rb").read() for n in range(len(report["outputs"]))]

    def run(self, cases, sample_of):
        """A file of several cases that does not work out is halved."""
        if not cases:
            return
        content, drawn = sweep.write_cases(cases)
        path = os.path.join(self.workdir, "case.tflite")
        with open(path, "wb") as file:
            file.write(content)
        sample = [sample_of[id(t)] for t in drawn]
        expected = self.expected(path, sample)
        got = None if isinstance(expected, str) else self.generated(path, sample)
        if len(cases) > 1 and (isinstance(expected, str) or isinstance(got, str)):
            half = len(cases) // 2
            self.run(cases[:half], sample_of)
            self.run(cases[half:], sample_of)
            return
        if isinstance(expected, str):
            self.unknown[cases[0].kind] += 1
            return
        at = 0
        for case in cases:
            results = range(at, at + len(case.outputs))
            at = results.stop
            wrong = isinstance(got, str) and got or got is not None and [n - results.start for n in results if got[n] != expected[n]]
            (self.failed if wrong else self.agreed)[case.kind] += 1
            if wrong:
                print(f"FAIL: {case}, {self.target}, {self.numerics}: {wrong}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("workdir")
    parser.add_argument("groups")
    parser.add_argument("--targets", default="native")
    parser.add_argument("--numerics", default="litert")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--only")
    options = parser.parse_args()
    os.makedirs(options.workdir, exist_ok=True)
    passed = True
    for group in options.groups.split(","):
        rng = np.random.default_rng(11)
        repeats = 10 if options.long else 1
        drawn = (sweep.CASES[group].cases(rng, repeats) if group in sweep.CASES
                 else operator_cases.cases(rng, sweep.elements_of(group), repeats))
        cases = [c for c in drawn if options.only is None or c.kind == options.only]
        sample_of = {id(t): operator_cases.draw(rng, t) for c in cases for t in c.inputs if t.values is None}
        for target in options.targets.split(","):
            for numerics in options.numerics.split(","):
                done = Sweep(options.workdir, target, numerics)
                for start in range(0, len(cases), 64):
                    done.run(cases[start:start + 64], sample_of)
                print(f"{group}, {target}, {numerics}: {sum(done.agreed.values())} cases of {len(done.agreed)} operators agree, "
                      f"{sum(done.failed.values())} differ, {sum(done.unknown.values())} are unknown to the executor"
                      + (f" ({', '.join(sorted(done.unknown))})" if done.unknown else ""), flush=True)
                passed = passed and not done.failed and bool(done.agreed)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
