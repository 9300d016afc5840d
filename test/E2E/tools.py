# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Calls the command-line tools (found on PATH) and exchanges arrays with them."""
import subprocess

import numpy as np


class ToolError(Exception):
    """A tool exited with another code than 0; the message is what it said."""


def run_tool(*command):
    """Runs a tool that must succeed; returns its standard output."""
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, errors="replace")
    if done.returncode != 0:
        raise ToolError(f"{' '.join(map(str, command))}\nexit code {done.returncode}\n{done.stderr}")
    return done.stdout


def attempt(check, *arguments):
    """What `check` returns; a tool that fails is printed and counts as False, so that others still run."""
    try:
        return check(*arguments)
    except ToolError as error:
        print(f"FAIL: {error}")
        return False


def write_inputs(path, details, samples):
    """`samples`: one list of inputs per sample. Whole inputs, one rank more than the model's."""
    arrays = [np.stack([sample[i] for sample in samples]) for i in range(len(details))]
    np.savez(path, **{f"arr_{i}": array for i, array in enumerate(arrays)})


def read_outputs(path, expected):
    """Arrays of an `.npz` in the order of its entries, in the shapes of `expected`.

    `expected` has one axis of samples more than the model's tensors. A tensor whose first dimension
    is 1 is written with that dimension as the axis of samples.
    """
    with np.load(path) as file:
        arrays = [file[name] for name in file.files]
    for i, (theirs, ours) in enumerate(zip(expected, arrays)):
        if theirs.ndim > 1 and theirs.shape[1] == 1 and ours.shape == theirs.shape[:1] + theirs.shape[2:]:
            arrays[i] = ours.reshape(theirs.shape)
    return arrays
