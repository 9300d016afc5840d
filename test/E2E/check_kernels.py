#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What `vernier check` says of LiteRT's kernels, held to what LiteRT does with single operators.

  check_kernels.py WORKDIR [TYPE ...]

For random cases of every operator (operator_cases.py): an operator that check gives to XNNPACK must be in a delegate's
node, any other must not; and one that LiteRT does not run at all must be a finding.
"""
import collections
import json
import os
import subprocess
import sys

import litert_harness as litert
import numpy as np
import operator_cases
from sweep import write_cases

# Refused for what is in the data, not for the operator: segments that do not start at 0.
DATA_ONLY = {"SEGMENT_SUM"}


def run(content, sample):
    """Whether LiteRT delegates the operator, or None if it does not run it."""
    try:
        runner = litert.Runner(content)
        runner(*sample)
    except (RuntimeError, ValueError):
        return None
    return any(op["op_name"] == "DELEGATE" for op in runner.interpreter._get_ops_details())


def check(path):
    done = subprocess.run(["vernier", "check", path, "--json"], capture_output=True, text=True)
    return json.loads(done.stdout)


def main(workdir, *names):
    os.makedirs(workdir, exist_ok=True)
    failures = cases = 0
    delegated = collections.Counter()
    for elements in [np.dtype(n).type for n in names or ("int8", "uint8", "float32", "int32", "int64", "bool")]:
        rng = np.random.default_rng(5)
        for case in operator_cases.cases(rng, elements, 1):
            content, drawn = write_cases([case])
            path = os.path.join(workdir, "case.tflite")
            with open(path, "wb") as file:
                file.write(content)
            report = check(path)
            [use] = [u for u in report["kernels"] if u["name"] == case.kind]
            truth = run(content, [operator_cases.draw(rng, t) for t in drawn])
            cases += 1
            if truth is None:
                if case.kind not in DATA_ONLY and not any(f["severity"] == "error" for f in report["findings"]):
                    failures += 1
                    print(f"FAIL: {case}: LiteRT does not run it, and check finds nothing")
            elif truth != (use["kernels"] == "xnnpack") or use["kernels"] == "none":
                failures += 1
                print(f"FAIL: {case}: {'delegated' if truth else 'not delegated'}, but check says {use['kernels']}: {use.get('reason', '')}")
            else:
                delegated[truth] += 1
    print(f"{cases} cases: {delegated[True]} delegated, {delegated[False]} not, {failures} failures")
    return failures == 0 and cases > 0


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:]) else 1)
