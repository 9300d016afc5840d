#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Single operators against LiteRT: every rounding decision of every kernel, to the bit.

  sweep.py WORKDIR GROUP [--long] [--only OPERATOR]

`accumulators`: weights equal their zero point, so the accumulator is the bias and any value can be
dialled in: up to 2^23, 2^27 and 2^30, half of them beside a tie of the requantized value.
`hybrid`: float activations over integer weights (hybrid_cases.py), to the bit. `int16x8`: int16_cases.py.
Any other GROUP is an element type (int8, uint8, float32, int32, int64, bool): random cases of every
operator (operator_cases.py), many in a file. Both kernel sets are held to LiteRT's results under both
numerics targets: integers to the bit, floats within 2e-5 of the tensor's largest value. A case that
LiteRT itself refuses is counted, not compared. --long runs ten times as many.
"""
import collections
import os
import sys

import hybrid_cases
import int16_cases
import litert_harness as litert
import numpy as np
import operator_cases
from ai_edge_litert import schema_py_generated as schema
from tflite_writer import Writer
from tools import ToolError, read_outputs, run_tool

ACTIVATIONS = schema.ActivationFunctionType
CHANNELS = 2048
TOLERANCE = 2e-5
# Where LiteRT 2.3.0 is not to be followed: docs/Numerics.md, Exceptions, has the cause of each.
EXCEPTIONS = {("SUM", np.int8, "litert-ref"), ("SUM", np.int16, "litert-ref"), ("LOG_SOFTMAX", np.uint8, "litert-ref"),
              ("LOCAL_RESPONSE_NORMALIZATION", np.float32, "litert-ref")}
# Of what LiteRT takes from the C library, some table entries are one unit off: so are at most this share of the results.
ONE_OFF = 0.02


def is_of_c_library(case):
    return (case.kind, case.elements) == ("GELU", np.int16) and not case.options["approximate"]


# Groups that are no element type.
CASES = {"hybrid": hybrid_cases, "int16x8": int16_cases}
# What LiteRT registers from a later version on.
MINIMUM_VERSIONS = {"BROADCAST_TO": 2}


def dialled_bias(rng, magnitude, multiplier):
    """Accumulators below `magnitude`; every other one within one of a tie after scaling."""
    values = rng.integers(-magnitude + 1, magnitude, CHANNELS)
    ties = np.rint((rng.integers(-140, 140, CHANNELS) + 0.5) / multiplier) + rng.integers(-1, 2, CHANNELS)
    values[::2] = np.clip(ties, -magnitude + 1, magnitude - 1)[::2]
    return values.astype(np.int32)


def weighted_case(rng, kind, dtype, magnitude, activation):
    """A CONV_2D, DEPTHWISE_CONV_2D or FULLY_CONNECTED file whose accumulators are its bias."""
    w = Writer(f"{kind} with dialled accumulators")
    per_axis = dtype == np.int8
    count = CHANNELS if per_axis else 1
    # The multiplier brings the largest accumulator a little past the output range.
    multipliers = 150.0 / magnitude * rng.uniform(0.7, 1.4, count)
    in_scale, out_scale = np.float32(rng.uniform(0.001, 0.1)), np.float32(rng.uniform(0.01, 0.2))
    weight_scales = (multipliers * out_scale / in_scale).astype(np.float32)
    bias_scales = (in_scale * weight_scales).astype(np.float32)
    zero = {np.int8: 0, np.uint8: 137}[dtype]
    in_zero, out_zero = (int(v) + (0 if per_axis else 128) for v in rng.integers(-20, 20, 2))
    bias = dialled_bias(rng, magnitude, weight_scales.astype(np.float64) * in_scale / out_scale)
    depth = CHANNELS if kind == "DEPTHWISE_CONV_2D" else 4
    weight_shape = {"CONV_2D": (CHANNELS, 1, 1, depth), "DEPTHWISE_CONV_2D": (1, 1, 1, CHANNELS),
                    "FULLY_CONNECTED": (CHANNELS, depth)}[kind]
    in_shape = (1, depth) if kind == "FULLY_CONNECTED" else (1, 1, 1, depth)
    out_shape = (1, CHANNELS) if kind == "FULLY_CONNECTED" else (1, 1, 1, CHANNELS)
    x = w.tensor("x", in_shape, dtype, scale=in_scale, zero_point=in_zero)
    filters = w.constant("w", np.full(weight_shape, zero, dtype), scale=weight_scales, zero_point=zero,
                         axis=3 if kind == "DEPTHWISE_CONV_2D" and per_axis else 0)
    b = w.constant("b", bias, scale=bias_scales)
    y = w.tensor("y", out_shape, dtype, scale=out_scale, zero_point=out_zero)
    version = {"CONV_2D": 3, "DEPTHWISE_CONV_2D": 3, "FULLY_CONNECTED": 4}[kind] if per_axis else 1
    options = {"CONV_2D": dict(table="Conv2DOptions", strideH=1, strideW=1, padding=schema.Padding.VALID),
               "DEPTHWISE_CONV_2D": dict(table="DepthwiseConv2DOptions", strideH=1, strideW=1, depthMultiplier=1,
                                         padding=schema.Padding.VALID),
               "FULLY_CONNECTED": dict(table="FullyConnectedOptions")}[kind]
    w.operator(kind, [x, filters, b], y, version, fusedActivationFunction=activation, **options)
    return w.finish({"x": x}, {"y": y})


def accumulator_files(rng):
    for kind in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
        for dtype in (np.int8, np.uint8):
            for power in (23, 27, 30):
                activation = ACTIVATIONS.RELU6 if power == 23 else ACTIVATIONS.NONE
                for repeat in range(3):
                    label = f"{kind} {np.dtype(dtype)} below 2^{power} #{repeat}"
                    yield label, weighted_case(rng, kind, dtype, 1 << power, activation)


def write_cases(cases):
    """A file with an operator for each case, and the tensors of its inputs."""
    w, inputs, outputs, drawn = Writer("operators"), {}, {}, []
    for i, case in enumerate(cases):
        indices = []
        for n, t in enumerate(case.inputs):
            quantization = dict(scale=t.scale, zero_point=t.zero_point, axis=t.axis)
            if t.values is not None:
                indices.append(w.constant(f"{i}.constant{n}", np.asarray(t.values, t.dtype), t.bits, **quantization))
            else:
                indices.append(w.tensor(f"{i}.input{n}", t.shape, t.dtype, **quantization))
                inputs[f"{i}.input{n}"] = indices[-1]
                drawn.append(t)
        results = [w.tensor(f"{i}.result{n}", t.shape, t.dtype, scale=t.scale, zero_point=t.zero_point)
                   for n, t in enumerate(case.outputs)]
        outputs.update({f"{i}.result{n}": t for n, t in enumerate(results)})
        w.operator(case.kind, indices, results, MINIMUM_VERSIONS.get(case.kind, 1), **case.options)
    return w.finish(inputs, outputs), drawn


class Sweep:
    """Compares; keeps the counts."""

    def __init__(self, workdir, numerics, exact=False):
        self.workdir, self.numerics, self.exact = workdir, numerics, exact
        self.agreed, self.refused, self.failed, self.one_off = (collections.Counter() for _ in range(4))

    def litert_results(self, content, sample):
        try:
            return litert.Runner(content, self.numerics)(*sample)
        except (RuntimeError, ValueError) as error:
            return str(error)

    def our_results(self, content, sample, expected, kernels):
        path, inputs, outputs = (os.path.join(self.workdir, n) for n in ("case.tflite", "in.npz", "out.npz"))
        with open(path, "wb") as file:
            file.write(content)
        np.savez(inputs, **{f"arr_{i}": value[None] for i, value in enumerate(sample)})
        run_tool("vernier", "run", path, "--input", inputs, "-o", outputs, "--kernels", kernels, "--numerics", self.numerics)
        return [value[0] for value in read_outputs(outputs, [value[None] for value in expected])]

    def run(self, cases, sample_of):
        """Compares `cases` in one file; where a file of several does not run, each half by itself."""
        if not cases:
            return
        content, drawn = write_cases(cases)
        sample = [sample_of[id(t)] for t in drawn]
        expected = self.litert_results(content, sample)
        if isinstance(expected, str) and len(cases) == 1:
            self.refused[cases[0].kind] += 1
            if os.environ.get("SWEEP_VERBOSE"):
                print(f"refused: {cases[0]}: {expected.splitlines()[0][:150]}")
            return
        try:
            ours = {} if isinstance(expected, str) else {
                kernels: self.our_results(content, sample, expected, kernels) for kernels in ("runtime", "reference")}
        except ToolError as error:
            if len(cases) == 1:
                self.fail(cases[0], str(error).strip().splitlines()[-1])
                return
            ours = {}
        if not ours:
            half = len(cases) // 2
            self.run(cases[:half], sample_of)
            self.run(cases[half:], sample_of)
            return
        at = 0
        for case in cases:
            difference = None
            for n in range(len(case.outputs)):
                for kernels, results in ours.items():
                    difference = difference or self.compare(expected[at + n], results[at + n], kernels)
            if difference and is_of_c_library(case):
                distances = [np.abs(expected[at].astype(int) - results[at]) for results in ours.values()]
                if all(d.max() <= 1 and d.mean() <= ONE_OFF for d in distances):
                    self.one_off[case.kind] += 1
                    difference = None
            at += len(case.outputs)
            if difference:
                self.fail(case, difference)
            else:
                self.agreed[case.kind] += 1

    def compare(self, expected, got, kernels):
        if expected.dtype == np.float32 and not self.exact:
            with np.errstate(invalid="ignore", over="ignore"):
                finite = np.isfinite(expected)
                largest = np.abs(expected[finite]).max(initial=0)
                wrong = np.where(finite, np.abs(expected - got) > TOLERANCE * largest, ~((expected == got) | (np.isnan(expected) & np.isnan(got))))
                wrong |= finite & ~np.isfinite(got)
        else:
            wrong = expected != got
        if not wrong.any():
            return None
        first = ", ".join(f"[{i}] {expected.flat[i]} not {got.flat[i]}" for i in np.flatnonzero(wrong)[:3])
        return f"{kernels}: {wrong.sum()} of {wrong.size} values differ ({first})"

    def fail(self, case, difference):
        if (case.kind, case.elements, self.numerics) in EXCEPTIONS:
            self.refused[case.kind] += 1
            return
        self.failed[case.kind] += 1
        print(f"FAIL: {case}, {self.numerics}: {difference}")


def elements_of(group):
    return {"bool": np.bool_}.get(group) or np.dtype(group).type


def sweep_operators(workdir, group, repeats, only):
    passed = True
    for numerics in ("litert", "litert-ref"):
        sweep = Sweep(workdir, numerics, exact=group == "hybrid")
        rng = np.random.default_rng(11)
        drawn = CASES[group].cases(rng, repeats) if group in CASES else operator_cases.cases(rng, elements_of(group), repeats)
        cases = [c for c in drawn if only is None or c.kind == only]
        sample_of = {id(t): operator_cases.draw(rng, t) for c in cases for t in c.inputs if t.values is None}
        for start in range(0, len(cases), 64):
            sweep.run(cases[start:start + 64], sample_of)
        kinds = sorted(set(sweep.agreed) | set(sweep.failed))
        none = sorted(set(sweep.refused) - set(kinds))
        print(f"{group}, {numerics}: {sum(sweep.agreed.values())} cases of {len(kinds)} operators agree"
              + "".join(f" ({n} of {kind} but for single entries of a table)" for kind, n in sweep.one_off.items()) + ", "
              f"{sum(sweep.failed.values())} differ, {sum(sweep.refused.values())} have no answer of LiteRT's"
              + (f" (all of {', '.join(none)})" if none else ""))
        passed = passed and not sweep.failed and bool(sweep.agreed)
    return passed


def sweep_accumulators(workdir):
    passed = True
    for numerics in ("litert", "litert-ref"):
        sweep, agreed = Sweep(workdir, numerics), 0
        for label, content in accumulator_files(np.random.default_rng(11)):
            run = litert.Runner(content, numerics)
            sample = litert.random_inputs(run.inputs, 5)
            expected = run(*sample)
            try:
                differences = [sweep.compare(expected[0], sweep.our_results(content, sample, expected, kernels)[0], kernels)
                               for kernels in ("runtime", "reference")]
            except ToolError as error:
                differences = [str(error)]
            agreed += not any(differences)
            passed = passed and not any(differences)
            for difference in filter(None, differences):
                print(f"FAIL: {label}, {numerics}: {difference}")
        print(f"accumulators, {numerics}: {agreed} files agree to the bit")
    return passed


def main(arguments):
    only = None
    if "--only" in arguments:
        at = arguments.index("--only")
        only = arguments[at + 1]
        del arguments[at:at + 2]
    repeats = 10 if "--long" in arguments else 1
    workdir, group = [a for a in arguments if a != "--long"]
    os.makedirs(workdir, exist_ok=True)
    if group == "accumulators":
        return 0 if sweep_accumulators(workdir) else 1
    return 0 if sweep_operators(workdir, group, repeats, only) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
