#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every float operator alone through `vernier quantize --strict`, and its integer file through LiteRT.

  quantize_operators.py WORKDIR [--scheme int8|int16x8] [--long] [--only OPERATOR]

A file must load and run in LiteRT, in both kernel sets that know its operator, and keep its output
above 15 dB of the float operator's; of booleans, nine tenths must agree. An operator that is refused must say why; the reasons are printed.
"""
import collections
import os
import sys

import litert_harness as litert
import numpy as np
import operator_cases
from sweep import write_cases
from tools import ToolError, run_tool

SAMPLES = 16
LEAST = 15.0
LEAST_AGREEING = 0.9


def calibration(rng, case, drawn):
    """Whole inputs, one rank more than the model's."""
    return [np.stack([operator_cases.draw(rng, t) for _ in range(SAMPLES)]) for t in drawn]


def quantize(case, rng, workdir, scheme):
    """The reason why it stays float, or its SQNR in dB."""
    path, data, output = (os.path.join(workdir, n) for n in ("float.tflite", "data.npz", "integer.tflite"))
    content, drawn = write_cases([case])
    with open(path, "wb") as file:
        file.write(content)
    samples = calibration(rng, case, drawn)
    np.savez(data, **{f"arr_{i}": values for i, values in enumerate(samples)})
    try:
        run_tool("vernier", "quantize", path, "-o", output, "--calibration", data, "--strict", "--scheme", scheme)
    except ToolError as error:
        return str(error)
    with open(output, "rb") as file:
        quantized = file.read()
    # Where results are indices, loading and running is all that is asked.
    exact, rounded = litert.Runner(content), litert.Runner(quantized)
    signal = noise = 0.0
    agreeing = []
    for i in range(SAMPLES):
        sample = [values[i] for values in samples]
        for a, b in zip(exact(*sample), rounded(*sample), strict=True):
            if a.dtype == np.float32:
                finite = np.isfinite(a)
                signal += np.sum(a[finite].astype(np.float64) ** 2)
                noise += np.sum((a[finite].astype(np.float64) - b[finite]) ** 2)
            elif a.dtype == np.bool_:
                agreeing.append(np.mean(a == b))
    if agreeing and np.mean(agreeing) < LEAST_AGREEING:
        raise ValueError(f"{np.mean(agreeing):.2f} of the booleans agree")
    return np.inf if noise == 0 else 10 * np.log10(max(signal, 1e-30) / noise)


def is_float_operator(case):
    """Whether it reads inputs, none of its tensors is quantized yet, and LiteRT runs it."""
    if all(t.values is not None for t in case.inputs) or any(t.scale is not None for t in case.inputs + case.outputs):
        return False
    content, drawn = write_cases([case])
    try:
        litert.Runner(content)(*(operator_cases.draw(np.random.default_rng(1), t) for t in drawn))
        return True
    except (RuntimeError, ValueError):
        return False


def reason_of(message):
    """The clause that `--strict` gives for the operator: the row of its table, or the error."""
    lines = message.strip().splitlines()
    for at, line in enumerate(lines[:-1]):
        if line.split() [:3] == ["operator", "tensor", "asked"]:
            return lines[at + 1][line.index("why"):].strip()
    return lines[-1]


def main(arguments):
    only = arguments[arguments.index("--only") + 1] if "--only" in arguments else None
    scheme = arguments[arguments.index("--scheme") + 1] if "--scheme" in arguments else "int8"
    workdir = arguments[0]
    os.makedirs(workdir, exist_ok=True)
    rng = np.random.default_rng(3)
    results, failed, reasons = collections.defaultdict(list), 0, collections.defaultdict(set)
    for case in operator_cases.cases(rng, np.float32, 10 if "--long" in arguments else 1):
        if (only is not None and case.kind != only) or not is_float_operator(case):
            continue
        try:
            outcome = quantize(case, rng, workdir, scheme)
        except (RuntimeError, ValueError) as error:
            outcome = None
            failed += 1
            print(f"FAIL: {case}: LiteRT: {str(error).strip().splitlines()[0]}")
        if isinstance(outcome, str):
            if "not in the scheme" not in outcome:
                failed += 1
                print(f"FAIL: {case}: {outcome.strip()}")
            reasons[case.kind].add(reason_of(outcome))
        elif outcome is not None:
            results[case.kind].append(outcome)
            if outcome <= LEAST:
                failed += 1
                print(f"FAIL: {case}: {outcome:.2f} dB")
    for kind, why in sorted(reasons.items()):
        print(f"{kind} stays float: {'; '.join(sorted(why))}")
    worst = {kind: min(values) for kind, values in results.items()}
    if worst:
        kind = min(worst, key=worst.get)
        print(f"{sum(map(len, results.values()))} files of {len(worst)} operators run in LiteRT; the least, {kind}, has {worst[kind]:.2f} dB; {failed} failed")
    return 0 if worst and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
