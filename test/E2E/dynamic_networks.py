#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Whole networks of dynamic range: `vernier run` against LiteRT.

  dynamic_networks.py WORKDIR FILE...

A file that has float activations over integer weights already is run as it is; from any other one
`vernier quantize --scheme dynamic` makes such a file. Operators alone agree to the bit (sweep.py, hybrid); here float
operators between them round in another order, and a row that is quantized when it comes makes a step of that. All outputs
have to be within LEAST of LiteRT's, under both numerics.
"""
import os
import sys

import litert_harness as litert
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from schemes_table import samples_of
from tools import attempt, read_outputs, run_tool, write_inputs

LEAST = 40.0
SAMPLES = 4
FLOAT, INT8 = schema.TensorType.FLOAT32, schema.TensorType.INT8


def is_dynamic(path):
    """Whether an operator other than a cast reads int8 constants and computes floats."""
    model = litert.load(path)
    graph = model.subgraphs[0]
    for op in graph.operators:
        constants = [graph.tensors[t] for t in op.inputs if t >= 0 and model.buffers[graph.tensors[t].buffer].data is not None]
        if (litert.operator_name(model, op) != "DEQUANTIZE" and graph.tensors[op.outputs[0]].type == FLOAT
                and graph.tensors[op.inputs[0]].type == FLOAT and any(c.type == INT8 for c in constants)):
            return True
    return False


def check(path, workdir):
    name = os.path.basename(path)
    out, data, results = (os.path.join(workdir, n) for n in (name, "in.npz", "out.npz"))
    if is_dynamic(path):
        out = path
    else:
        run_tool("vernier", "quantize", path, "--scheme", "dynamic", "-o", out)
    figures = []
    for numerics in ("litert", "litert-ref"):
        with open(out, "rb") as file:
            run = litert.Runner(file.read(), numerics)
        samples = [[v.astype(d["dtype"]) for v, d in zip(s, run.inputs)] for s in samples_of(path, run.inputs)[:SAMPLES]]
        expected = [np.stack(column) for column in zip(*(run(*sample) for sample in samples))]
        write_inputs(data, run.inputs, samples)
        run_tool("vernier", "run", out, "--input", data, "-o", results, "--numerics", numerics)
        figures.append(min(litert.sqnr(a.astype(np.float64), b.astype(np.float64))
                           for a, b in zip(expected, read_outputs(results, expected), strict=True)))
    good = min(figures) >= LEAST
    print(f"{'ok' if good else 'FAIL'}: {name}{' as it is' if out == path else ''}: "
          f"litert {figures[0]:.1f} dB, litert-ref {figures[1]:.1f} dB", flush=True)
    return good


def main(workdir, *paths):
    os.makedirs(workdir, exist_ok=True)
    return 0 if all([attempt(check, path, workdir) for path in paths]) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
