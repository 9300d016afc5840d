#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""LSTM, RNN and SVDF as single operators against LiteRT: every optional part, integer to the bit.

  recurrent.py WORKDIR KERNELS integer|float|hybrid NUMERICS
  recurrent.py WORKDIR quantize

Two samples, each from fresh variables on both sides. Float results agree within FLOAT_TOLERANCE of the largest value.
`hybrid`: the float files with int8 weights, which quantize their vectors at run time.
`quantize` calibrates and quantizes the float files that have an int8 form, and compares the results in LiteRT.
"""
import itertools
import os
import re
import sys

import litert_harness as litert
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from tflite_writer import Writer
from tools import attempt, read_outputs, run_tool, write_inputs

ACTIVATIONS = schema.ActivationFunctionType
FLOAT_TOLERANCE = 2e-5
LEAST_SQNR = 15.0
ABSENT = -1


class Sizes:
    """Odd sizes on purpose; without a projection outputs are cells."""

    def __init__(self, projection=False, batches=3, times=5):
        self.batches, self.times, self.inputs, self.cells = batches, times, 7, 9
        self.outputs = 4 if projection else self.cells

    def sequence(self, features, time_major):
        return (self.times, self.batches, features) if time_major else (self.batches, self.times, features)


def floats(rng, w, name, *shape):
    return w.constant(name, (rng.standard_normal(shape) * 0.5).astype(np.float32))


def float_cell(rng, w, s, inputs, cifg, peephole, projection, diagonal=False, prefix=""):
    """Operands 1 to 17 of an LSTM: weights, peepholes, biases, projection."""
    def gates(name, *shape):
        return [ABSENT if cifg and g == "i" else floats(rng, w, f"{prefix}{name}{g}", *shape) for g in "ifgo"]
    operands = gates("w", s.cells, inputs)
    operands += gates("r", s.cells) if diagonal else gates("r", s.cells, s.outputs)
    operands += [ABSENT if not peephole or (cifg and g == "i") else floats(rng, w, f"{prefix}p{g}", s.cells) for g in "ifo"]
    operands += gates("b", s.cells)
    if projection:
        return operands + [floats(rng, w, prefix + "v", s.outputs, s.cells), floats(rng, w, prefix + "vb", s.outputs)]
    return operands + [ABSENT, ABSENT]


def float_lstm(rng, kind, cifg, peephole, projection, normalized, time_major, activation, diagonal=False, clip=0.0):
    w, s = Writer(kind), Sizes(projection)
    rank2 = kind == "LSTM"
    x = w.tensor("x", (s.batches, s.inputs) if rank2 else s.sequence(s.inputs, time_major))
    y = w.tensor("y", (s.batches, s.outputs) if rank2 else s.sequence(s.outputs, time_major))
    operands = [x] + float_cell(rng, w, s, s.inputs, cifg, peephole, projection, diagonal)
    operands += [w.variable("h", (s.batches, s.outputs)), w.variable("c", (s.batches, s.cells))]
    if normalized:
        operands += [ABSENT if cifg and g == "i" else floats(rng, w, "n" + g, s.cells) for g in "ifgo"]
    options = dict(fusedActivationFunction=activation, cellClip=clip, projClip=clip / 2)
    if rank2:
        w.operator("LSTM", operands, y, 1, table="LSTMOptions", **options)
    else:
        w.operator(kind, operands, y, 4 if diagonal else 1, table="UnidirectionalSequenceLSTMOptions",
                   timeMajor=time_major, diagonalRecurrentTensors=diagonal, **options)
    return w.finish({"x": x}, {"y": y})


def bidirectional_lstm(rng, time_major, merged, second, cifg):
    """`second`: None, "backward" (what the backward cell reads) or "added"."""
    # LiteRT's offset of the second batch's state goes by the merged output: one batch, unless time is first.
    w, s = Writer("BIDIRECTIONAL_SEQUENCE_LSTM"), Sizes(batches=3 if time_major or not merged else 1)
    x = w.tensor("x", s.sequence(s.inputs, time_major))
    operands = [x]
    for prefix in ("fw_", "bw_"):
        operands += float_cell(rng, w, s, s.inputs, cifg, not cifg, False, prefix=prefix)
    for name in ("fw_", "bw_"):
        operands += [w.variable(name + "h", (s.batches, s.outputs)), w.variable(name + "c", (s.batches, s.cells))]
    inputs = {"x": x}
    if second:
        inputs["z"] = w.tensor("z", s.sequence(s.inputs, time_major))
    operands.append(inputs.get("z", ABSENT))
    for prefix in ("fw_", "bw_"):
        operands += [ABSENT if second != "added" or (cifg and g == "i") else floats(rng, w, f"{prefix}a{g}", s.cells, s.inputs)
                     for g in "ifgo"]
    if merged:
        outputs = {"y": w.tensor("y", s.sequence(2 * s.outputs, time_major))}
    else:
        outputs = {n: w.tensor(n, s.sequence(s.outputs, time_major)) for n in ("fw", "bw")}
    w.operator("BIDIRECTIONAL_SEQUENCE_LSTM", operands, list(outputs.values()), 1, table="BidirectionalSequenceLSTMOptions",
               fusedActivationFunction=ACTIVATIONS.TANH, mergeOutputs=merged, timeMajor=time_major)
    return w.finish(inputs, outputs)


def rnn(rng, kind, time_major, activation):
    w, s = Writer(kind), Sizes()
    x = w.tensor("x", (s.batches, s.inputs) if kind == "RNN" else s.sequence(s.inputs, time_major))
    y = w.tensor("y", (s.batches, s.cells) if kind == "RNN" else s.sequence(s.cells, time_major))
    operands = [x, floats(rng, w, "w", s.cells, s.inputs), floats(rng, w, "r", s.cells, s.cells), floats(rng, w, "b", s.cells),
                w.variable("h", (s.batches, s.cells))]
    if kind == "RNN":
        w.operator(kind, operands, y, 1, table="RNNOptions", fusedActivationFunction=activation)
    else:
        w.operator(kind, operands, y, 1, table="SequenceRNNOptions", fusedActivationFunction=activation,
                   timeMajor=time_major)
    return w.finish({"x": x}, {"y": y})


def bidirectional_rnn(rng, time_major, merged, second):
    w, s = Writer("BIDIRECTIONAL_SEQUENCE_RNN"), Sizes()
    inputs = {"x": w.tensor("x", s.sequence(s.inputs, time_major))}
    operands = [inputs["x"]]
    for p in ("fw_", "bw_"):
        operands += [floats(rng, w, p + "w", s.cells, s.inputs), floats(rng, w, p + "r", s.cells, s.cells),
                     floats(rng, w, p + "b", s.cells), w.variable(p + "h", (s.batches, s.cells))]
    if second:
        inputs["z"] = w.tensor("z", s.sequence(s.inputs, time_major))
    operands.append(inputs.get("z", ABSENT))
    operands += [floats(rng, w, p + "a", s.cells, s.inputs) if second == "added" else ABSENT for p in ("fw_", "bw_")]
    if merged:
        outputs = {"y": w.tensor("y", s.sequence(2 * s.cells, time_major))}
    else:
        outputs = {n: w.tensor(n, s.sequence(s.cells, time_major)) for n in ("fw", "bw")}
    w.operator("BIDIRECTIONAL_SEQUENCE_RNN", operands, list(outputs.values()), 1, table="BidirectionalSequenceRNNOptions",
               fusedActivationFunction=ACTIVATIONS.TANH, mergeOutputs=merged, timeMajor=time_major)
    return w.finish(inputs, outputs)


def basic_lstm(rng):
    w, s = Writer("LSTM, basic"), Sizes()
    x = w.tensor("x", (s.batches, s.inputs))
    operands = [x, w.variable("h", (s.batches, s.cells)), floats(rng, w, "w", 4 * s.cells, s.inputs + s.cells),
                floats(rng, w, "b", 4 * s.cells), w.variable("c", (s.batches, s.cells))]
    outputs = {n: w.tensor(n, (s.batches, k)) for n, k in (
        ("y", s.cells), ("state", s.cells), ("joined", s.inputs + s.cells), ("gates", 4 * s.cells))}
    w.operator("LSTM", operands, list(outputs.values()), 2, table="LSTMOptions", kernelType=1,
               fusedActivationFunction=ACTIVATIONS.TANH)
    return w.finish({"x": x}, outputs)


def svdf(rng, dtype, rank, bias, activation):
    """Scales bring most values into range; some saturate."""
    w, batches, inputs, units, steps = Writer("SVDF"), 3, 7, 5, 6
    filters = units * rank
    quantized = dtype == np.int8
    scales = dict(x=0.02, f=0.01, t=0.002, s=0.0005, y=0.01) if quantized else {}

    def parameters(name, zero_point=0):
        return dict(scale=np.float32(scales[name] * rng.uniform(0.7, 1.4)), zero_point=zero_point) if quantized else {}

    x = w.tensor("x", (batches, inputs), dtype, **parameters("x", int(rng.integers(-20, 20))))
    y = w.tensor("y", (batches, units), dtype, **parameters("y", int(rng.integers(-128, 20))))
    if quantized:
        feature = w.constant("f", rng.integers(-127, 128, (filters, inputs)).astype(np.int8), **parameters("f"))
        time = w.constant("t", rng.integers(-511, 512, (filters, steps)).astype(np.int16), **parameters("t"))
        b = w.constant("b", rng.integers(-20000, 20000, units).astype(np.int32), scale=np.float32(1e-6)) if bias else ABSENT
    else:
        feature, time = floats(rng, w, "f", filters, inputs), floats(rng, w, "t", filters, steps)
        b = floats(rng, w, "b", units) if bias else ABSENT
    state = w.variable("s", (batches, filters * steps), np.int16 if quantized else np.float32, **parameters("s"))
    w.operator("SVDF", [x, feature, time, b, state], y, 3 if quantized else 1, table="SVDFOptions", rank=rank,
               fusedActivationFunction=activation)
    return w.finish({"x": x}, {"y": y})


def integer_lstm(rng, kind, cifg, peephole, projection, normalized, time_major, clip, batches):
    w, s = Writer(kind), Sizes(projection, batches)

    def scale(middle):
        return np.float32(middle * rng.uniform(0.7, 1.4))

    def zero():
        return int(rng.integers(-30, 30))

    def gates(name, shape, dtype, limit, middle):
        return [ABSENT if cifg and g == "i" else
                w.constant(name + g, rng.integers(-limit, limit + 1, shape).astype(dtype), scale=scale(middle))
                for g in "ifgo"]

    rank2 = kind == "LSTM"
    out = dict(scale=scale(0.007), zero_point=zero())
    hidden = dict(scale=scale(0.006), zero_point=zero()) if projection else out
    shape = (lambda n: (s.batches, n)) if rank2 else (lambda n: s.sequence(n, time_major))
    x = w.tensor("x", shape(s.inputs), np.int8, scale=scale(0.02), zero_point=zero())
    y = w.tensor("y", shape(s.outputs), np.int8, **out)
    operands = [x] + gates("w", (s.cells, s.inputs), np.int8, 127, 0.006)
    operands += gates("r", (s.cells, s.outputs), np.int8, 127, 0.01)
    peepholes = [w.constant("p" + g, rng.integers(-32767, 32768, s.cells).astype(np.int16), scale=scale(3e-5))
                 if peephole and not (cifg and g == "i") else ABSENT for g in "ifo"]
    operands += peepholes + gates("b", s.cells, np.int32, 2000 if normalized else 10000, 1e-4)
    if projection:
        operands += [w.constant("v", rng.integers(-127, 128, (s.outputs, s.cells)).astype(np.int8), scale=scale(0.008)),
                     w.constant("vb", rng.integers(-3000, 3000, s.outputs).astype(np.int32), scale=scale(5e-5))]
    else:
        operands += [ABSENT, ABSENT]
    operands += [w.variable("h", (s.batches, s.outputs), np.int8, **out),
                 w.variable("c", (s.batches, s.cells), np.int16, scale=np.float32(2.0 ** -int(rng.integers(9, 16))))]
    if normalized:
        operands += gates("n", s.cells, np.int16, 32767, 4e-5)
    else:
        operands += [ABSENT] * 4
    inner = [w.tensor(f"inner{g}", (0,), np.int16, scale=scale(2e-4)) if normalized else w.tensor(f"inner{g}", (0,))
             for g in "ifgo"] + [w.tensor("hidden", (0,), np.int8, **hidden)]
    options = dict(fusedActivationFunction=ACTIVATIONS.TANH, cellClip=clip, projClip=clip / 2)
    if kind == "LSTM":
        w.operator(kind, operands, y, 4, inner, table="LSTMOptions", **options)
    else:
        w.operator(kind, operands, y, 1, inner, table="UnidirectionalSequenceLSTMOptions", timeMajor=time_major, **options)
    return w.finish({"x": x}, {"y": y})


def integer_cases(rng):
    flags = (False, True)
    for cifg, peephole, projection, normalized, time_major in itertools.product(flags, repeat=5):
        parts = [n for n, f in dict(cifg=cifg, peephole=peephole, projection=projection, normalized=normalized,
                                    time_major=time_major).items() if f]
        for kind in ("UNIDIRECTIONAL_SEQUENCE_LSTM",) if time_major else ("UNIDIRECTIONAL_SEQUENCE_LSTM", "LSTM"):
            clip = float(rng.choice([0, 0.6, 3]))
            batches = int(rng.choice([1, 3]))
            yield f"{kind} {' '.join(parts)} clip {clip} batches {batches}", integer_lstm(
                rng, kind, cifg, peephole, projection, normalized, time_major, clip, batches)
    for rank, bias in itertools.product((1, 2, 4), flags):
        yield f"SVDF rank {rank} bias {bias}", svdf(rng, np.int8, rank, bias, ACTIVATIONS.RELU)


def float_cases(rng):
    flags = (False, True)
    every = (ACTIVATIONS.TANH, ACTIVATIONS.NONE, ACTIVATIONS.RELU, ACTIVATIONS.RELU6, ACTIVATIONS.RELU_N1_TO_1)
    for i, parts in enumerate(itertools.product(flags, repeat=5)):
        cifg, peephole, projection, normalized, time_major = parts
        kind = "LSTM" if i % 3 == 0 else "UNIDIRECTIONAL_SEQUENCE_LSTM"
        # Without a function LiteRT leaves the cell's gate as the step before had it.
        activation = (ACTIVATIONS.TANH, ACTIVATIONS.RELU, ACTIVATIONS.RELU6, ACTIVATIONS.RELU_N1_TO_1)[i * 5 // 3 % 4]
        clip = (0.0, 1.5)[i % 2]
        label = f"{kind} cifg {cifg} peephole {peephole} projection {projection} normalized {normalized}"
        yield f"{label} time_major {time_major} clip {clip} activation {activation}", float_lstm(
            rng, kind, cifg, peephole, projection, normalized, time_major, activation, clip=clip)
    yield "diagonal recurrent weights", float_lstm(
        rng, "UNIDIRECTIONAL_SEQUENCE_LSTM", False, False, False, False, False, ACTIVATIONS.TANH, diagonal=True)
    for time_major, merged, second in itertools.product(flags, flags, (None, "backward", "added")):
        label = f"time_major {time_major} merged {merged} second input {second}"
        yield f"BIDIRECTIONAL_SEQUENCE_LSTM {label}", bidirectional_lstm(rng, time_major, merged, second, merged)
        # With batches first LiteRT's backward cell reads the first input, whatever it is given.
        if time_major or second != "backward":
            yield f"BIDIRECTIONAL_SEQUENCE_RNN {label}", bidirectional_rnn(rng, time_major, merged, second)
    for time_major, activation in itertools.product(flags, every):
        kind = "RNN" if activation == ACTIVATIONS.RELU else "UNIDIRECTIONAL_SEQUENCE_RNN"
        yield f"{kind} time_major {time_major} activation {activation}", rnn(rng, kind, time_major, activation)
    yield "basic LSTM", basic_lstm(rng)
    for rank, bias in itertools.product((1, 3), flags):
        yield f"SVDF rank {rank} bias {bias}", svdf(rng, np.float32, rank, bias, every[rank])


# Matrices and peepholes of all cells, and the weights of SVDF.
WEIGHTS = re.compile(r"(fw_|bw_)?([wrpa][ifgo]?|v|f|t)")


def hybrid_cases(rng):
    for i, (label, content) in enumerate(float_cases(rng)):
        model = schema.ModelT.InitFromPackedBuf(content, 0)
        [op] = model.subgraphs[0].operators
        # The basic cell has no such form; of the other LiteRT repeats the whole sequence once for each of its steps.
        if label == "basic LSTM" or label.startswith("BIDIRECTIONAL_SEQUENCE_RNN time_major True"):
            continue
        diagonal = label.startswith("diagonal")
        for tensor in model.subgraphs[0].tensors:
            name = tensor.name.decode()
            if not WEIGHTS.fullmatch(name) or (diagonal and name.startswith("r")):
                continue
            values = np.frombuffer(bytes(model.buffers[tensor.buffer].data), np.float32)
            scale = np.float32(np.abs(values).max() / 127)
            model.buffers[tensor.buffer].data = np.rint(values / scale).astype(np.int8).view(np.uint8)
            tensor.type, tensor.quantization = schema.TensorType.INT8, schema.QuantizationParametersT()
            tensor.quantization.scale, tensor.quantization.zeroPoint = [scale], [0]
        asymmetric = i % 2 == 0
        op.builtinOptions.asymmetricQuantizeInputs = asymmetric
        yield f"{label} asymmetric {asymmetric}", litert.pack(model)


def check(label, content, workdir, kernels, numerics, exact):
    path, inputs, outputs = (os.path.join(workdir, n) for n in ("case.tflite", "in.npz", "out.npz"))
    with open(path, "wb") as file:
        file.write(content)
    run = litert.Runner(content, numerics)
    samples = [litert.random_inputs(run.inputs, seed) for seed in (5, 6)]
    expected = [np.stack(column) for column in zip(*([o.copy() for o in run(*s)] for s in samples))]
    write_inputs(inputs, run.inputs, samples)
    run_tool("vernier", "run", path, "--input", inputs, "-o", outputs, "--kernels", kernels, "--numerics", numerics)
    ok = True
    for theirs, ours in zip(expected, read_outputs(outputs, expected), strict=True):
        error = np.max(np.abs(theirs.astype(np.float64) - ours))
        agrees = litert.same_bits(theirs, ours) if exact else error <= FLOAT_TOLERANCE * np.max(np.abs(theirs))
        if not agrees:
            print(f"FAIL: {label}, {kernels}, {numerics}: {np.count_nonzero(theirs != ours)} of {theirs.size} values "
                  f"differ, by up to {error:g}")
            ok = False
    return ok


def quantizable_cases(rng):
    flags = (False, True)
    for cifg, peephole, projection, normalized in itertools.product(flags, repeat=4):
        if peephole and projection:
            continue  # stays float: docs/Numerics.md
        time_major, kind = cifg != peephole, "LSTM" if projection != normalized else "UNIDIRECTIONAL_SEQUENCE_LSTM"
        label = f"{kind} cifg {cifg} peephole {peephole} projection {projection} normalized {normalized}"
        yield label, float_lstm(rng, kind, cifg, peephole, projection, normalized, time_major, ACTIVATIONS.TANH)
    for rank in (1, 2):
        yield f"SVDF rank {rank}", svdf(rng, np.float32, rank, True, ACTIVATIONS.RELU)


def check_quantized(label, content, workdir):
    """The int8 file has no float operator, runs in LiteRT close to float, and in our executor to the bit."""
    path, data, out = (os.path.join(workdir, n) for n in ("float.tflite", "data.npz", "int8.tflite"))
    with open(path, "wb") as file:
        file.write(content)
    run = litert.Runner(content)
    samples = [litert.random_inputs(run.inputs, seed) for seed in range(40)]
    write_inputs(data, run.inputs, samples)
    run_tool("vernier", "quantize", path, "--calibration", data, "-o", out, "--strict")
    with open(out, "rb") as file:
        quantized = file.read()
    run8 = litert.Runner(quantized)
    real, stored = (np.stack([r(*s)[0].copy() for s in samples[:10]]) for r in (run, run8))
    found = litert.sqnr(real, stored)
    if not found >= LEAST_SQNR:
        print(f"FAIL: {label}: {found:.1f} dB")
    return check(label, quantized, workdir, "runtime", "litert", True) and found >= LEAST_SQNR


def main(workdir, kernels, kind="", numerics=""):
    os.makedirs(workdir, exist_ok=True)
    if kernels == "quantize":
        results = [attempt(check_quantized, *case, workdir) for case in quantizable_cases(np.random.default_rng(4))]
        print(f"quantize: {sum(results)} of {len(results)} files agree")
        return 0 if results and all(results) else 1
    cases = {"integer": integer_cases, "float": float_cases, "hybrid": hybrid_cases}[kind]
    results = [attempt(check, label, content, workdir, kernels, numerics, kind == "integer")
               for label, content in cases(np.random.default_rng(3))
               # LiteRT's reference kernels have none.
               if numerics == "litert" or not label.startswith("diagonal")]
    print(f"{kind}, {kernels}, {numerics}: {sum(results)} of {len(results)} files agree")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
