#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What is known of every built-in operator, as docs/Operators.md shows it.

  operators_table.py WORKDIR            says whether docs/Operators.md is up to date
  operators_table.py WORKDIR --update   writes it

Nothing is listed by hand: operators come from the schema, operators with a class from ODS, kernels from the
tables of both kernel sets, and what each element type and the scheme int8 do is tried on the cases of
operator_cases.py, with the built tools and with LiteRT.
"""
import collections
import os
import re
import sys

import litert_harness as litert
import numpy as np
import operator_cases
from quantize_operators import calibration, reason_of
from sweep import write_cases
from tools import ToolError, run_tool

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PAGE = os.path.join(ROOT, "docs", "Operators.md")
ELEMENTS = {"float32": (np.float32,), "int8": (np.int8,), "uint8": (np.uint8,), "integers": (np.int32, np.int64, np.bool_)}
HEAD = """# Operators

What each TFLite built-in can do here. `test/E2E/operators_table.py` writes this page from the schema, ODS,
the tables of kernels and what the tools and LiteRT 2.3.0 answer to single operators; a test holds it to be current.

Every built-in imports and exports, options and all. **Class**: it has an operator of its own in `nn`; the
others are `nn.generic`. **float32** to **integers** (plain int32, int64, booleans): both kernel sets execute it;
*=* means that the results are compared with LiteRT's (`test/E2E/sweep.py`: integers to the bit, floats to
2e-5), *+* that LiteRT has no such kernel. **Scheme int8**: it quantizes, or why it stays float. Operators with
a kernel that are not among the sweep's cases have tests of their own, and *kernel* here.
**Generated**: `vernier codegen` writes it, for every element type that is executed (`test/E2E/codegen_sweep.py`
compares the bits). Of operators without cases of the sweep, those that run functions or touch variables are held to it by
networks (`test/E2E/Codegen/control-flow.test`); recurrent ones are generated too.

| operator | class | float32 | int8 | uint8 | integers | generated | scheme int8 |
|---|---|---|---|---|---|---|---|
"""


def read(*path):
    with open(os.path.join(ROOT, *path)) as file:
        return file.read()


def builtins():
    """The operators of the schema, in its order of names."""
    enum = re.search(r"enum BuiltinOperator : int \{(.*?)\}", read("lib", "Target", "TFLite", "Schema", "operators.fbs"), re.S)
    return sorted(set(re.findall(r"(\w+) = \d+", enum[1])) - {"CUSTOM", "DELEGATE", "PLACEHOLDER_FOR_GREATER_OP_CODES"})


def files(*folder):
    path = os.path.join(ROOT, *folder)
    return [os.path.join(*folder, name) for name in sorted(os.listdir(path))]


def classes():
    """Mnemonic of each ODS class, by its C++ name."""
    found = {}
    for name in files("include", "vernier", "Dialect", "NN"):
        if name.endswith(".td"):
            found.update({c: m for c, m in re.findall(r'def NN_(\w+)Op\s*:\s*\w+<\s*"(\w+)"', read(name))})
    return found


def kernels(mnemonics):
    """Operators that both kernel sets have."""
    runtime = set()
    for name in files("lib", "Execution", "Kernels"):
        if name.endswith(".cpp"):
            runtime |= {mnemonics.get(c) for c in re.findall(r"row<nn::(\w+)Op\b", read(name))}
    return {m.upper() for m in runtime if m}


def outcomes(workdir):
    """(operator, column) -> a mark, for every type that runs; operator -> what the scheme says; operator -> types that
    cannot be generated."""
    marks, scheme, refused = {}, {}, {}
    path, data = os.path.join(workdir, "case.tflite"), os.path.join(workdir, "data.npz")
    for column, types in ELEMENTS.items():
        for elements in types:
            by_kind = collections.defaultdict(list)
            for case in operator_cases.cases(np.random.default_rng(11), elements):
                by_kind[case.kind].append(case)
            for kind, cases in by_kind.items():
                content, drawn = write_cases(cases[:1])
                with open(path, "wb") as file:
                    file.write(content)
                rng = np.random.default_rng(5)
                samples = calibration(rng, cases[0], drawn)
                np.savez(data, **{f"arr_{i}": values[:1] for i, values in enumerate(samples)})
                if not runs("vernier", "run", path, "--input", data, "-o", data + ".out.npz"):
                    continue
                refused.setdefault(kind, [])
                if not runs("vernier", "codegen", path, "-o", path + ".cpp", "--target", "generic"):
                    refused[kind].append(np.dtype(elements).name)
                if marks.get((kind, column)) != "=":
                    marks[kind, column] = "=" if in_litert(content, [values[0] for values in samples]) else "+"
                if elements == np.float32 and all(t.scale is None for t in cases[0].outputs):
                    np.savez(data, **{f"arr_{i}": values for i, values in enumerate(samples)})
                    scheme[kind] = quantizes(path, data)
    return marks, scheme, refused


def generated_networks(workdir):
    """Operators of the networks with control flow that are generated."""
    names = set()
    for path in files("test", "E2E", "Codegen", "Inputs"):
        if path.endswith(".mlir") and runs("vernier", "codegen", os.path.join(ROOT, path), "-o", os.path.join(workdir, "network"),
                                           "--name", "net", "--target", "generic"):
            names |= {name.upper() for name in re.findall(r"nn\.(\w+)", read(path))}
    return names


def runs(*command):
    try:
        run_tool(*command)
        return True
    except ToolError:
        return False


def in_litert(content, sample):
    try:
        litert.Runner(content)(*sample)
        return True
    except (RuntimeError, ValueError):
        return False


def quantizes(path, data):
    try:
        run_tool("vernier", "quantize", path, "-o", path + ".int8", "--calibration", data, "--strict")
        return "yes"
    except ToolError as error:
        return reason_of(str(error))


def page(workdir):
    mnemonics = classes()
    own, known = {m.upper() for m in mnemonics.values()}, kernels(mnemonics)
    marks, scheme, refused = outcomes(workdir)
    in_networks = generated_networks(workdir)
    lines, carried = [], []
    for name in builtins():
        if name not in own and name not in known:
            carried.append(name)
            continue
        cells = [marks.get((name, column), "") for column in ELEMENTS]
        if name in known and not any(cells):
            cells[0] = "kernel"
        generated = "" if name not in refused else "not " + ", ".join(refused[name]) if refused[name] else "yes"
        generated = generated or ("yes" if name in in_networks else "")
        lines.append(f"| {name} | {'yes' if name in own else ''} | {' | '.join(cells)} | {generated} | {scheme.get(name, '')} |\n")
    return HEAD + "".join(lines) + "\nCarried from file to file and not executed: " + ", ".join(carried) + ".\n"


def main(arguments):
    workdir = arguments[0]
    os.makedirs(workdir, exist_ok=True)
    text = page(workdir)
    if "--update" in arguments:
        with open(PAGE, "w") as file:
            file.write(text)
        return 0
    written = read("docs", "Operators.md").splitlines()
    different = [(a, b) for a, b in zip(written, text.splitlines()) if a != b]
    if different or len(written) != len(text.splitlines()):
        print("docs/Operators.md is not up to date; run test/E2E/operators_table.py WORKDIR --update")
        for a, b in different[:10]:
            print(f"- {a}\n+ {b}")
        return 1
    print(f"docs/Operators.md is up to date: {len(written)} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
