#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Breaks every rule of `vernier check`, one at a time, in files that keep them all.

  check_mutations.py WORKDIR [RULE ...]

Passes if no base has a finding, every rule that `vernier check --rules` lists is broken by some mutation, and each
mutation is found: by its rule, with the exit code of the rule's severity.
"""
import json
import os
import subprocess
import sys

import litert_harness as litert
import numpy as np
from mutations import MUTATIONS


def check(path, *options):
    """The report and the exit code."""
    done = subprocess.run(["vernier", "check", path, "--json", *options], capture_output=True, text=True)
    try:
        report = json.loads(done.stdout)
    except json.JSONDecodeError:
        return {"findings": [], "failure": done.stderr.strip() or f"exit code {done.returncode}"}, done.returncode
    return report, done.returncode


def write(workdir, name, content):
    path = os.path.join(workdir, name + ".tflite")
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else litert.pack(content))
    return path


def check_bases(workdir):
    failures = 0
    for base in sorted({base for _, _, base, _, _ in MUTATIONS}, key=lambda base: base.__name__):
        path = write(workdir, base.__name__, base())
        report, exit_code = check(path)
        # The Python writer aligns constants to 4 bytes only.
        findings = [f for f in report["findings"] if f["rule"] != "buffer-alignment"]
        if findings or exit_code != 0:
            failures += 1
            print(f"FAIL: {base.__name__} has findings: {findings or report.get('failure')}")
        with open(path, "rb") as file:
            runner = litert.Runner(file.read())
        runner(*[np.zeros(d["shape"], d["dtype"]) for d in runner.inputs])
    return failures


def main(workdir, only):
    os.makedirs(workdir, exist_ok=True)
    rules = {r["rule"]: r for r in json.loads(subprocess.run(["vernier", "check", "--rules", "--json"], capture_output=True, text=True).stdout)}
    failures = check_bases(workdir)
    broken = {rule for rule, *_ in MUTATIONS}
    for rule in sorted(set(rules) - broken):
        failures += 1
        print(f"FAIL: no mutation breaks {rule}")
    for rule, name, base, options, mutate in MUTATIONS:
        if only and rule not in only:
            continue
        model = base()
        changed = mutate(model)
        report, exit_code = check(write(workdir, name, model if changed is None else changed), *options)
        found = {f["rule"] for f in report["findings"]}
        expected = 3 if any(f["severity"] == "error" for f in report["findings"]) else 0
        if rule not in found or exit_code != expected:
            failures += 1
            print(f"FAIL: {name}: expected {rule} and exit code {expected}, found {sorted(found) or report.get('failure')}, exit code {exit_code}")
        elif only or os.environ.get("CHECK_VERBOSE"):
            print(f"{name}: {sorted(found)}")
    print(f"{len(MUTATIONS)} mutations of {len(broken)} rules, {failures} failures")
    return failures == 0


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1], set(sys.argv[2:])) else 1)
