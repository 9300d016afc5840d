#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Simulated quantization tells the truth: each operator, simulated and folded, on identical inputs.

  simulation.py WORKDIR [OPERATOR...]

Every line of OPERATORS is calibrated on noise, resolved, and run twice: in float with fake-quants, and
folded to integers. The dequantized results may differ by one step of the output's scale. Resizing and
averaging round in other places than the last, and still keep the bound.
"""
import os
import re
import sys

import numpy as np
from tools import attempt, run_tool

# name: (input shapes, constants as {name: (shape, element, values or None for noise)}, operator, result shape)
X = (1, 6, 6, 4)


def indices(*values):
    return (len(values),), "i32", values


OPERATORS = {
    "conv_2d": ([X], {"w": ((8, 3, 3, 4), "f32", None), "b": ((8,), "f32", None)},
                "nn.conv_2d %x0, %w, %b stride [2, 1] padding SAME activation RELU6", (1, 3, 6, 8)),
    "conv_2d grouped": ([X], {"w": ((6, 3, 3, 2), "f32", None), "b": ((6,), "f32", None)},
                        "nn.conv_2d %x0, %w, %b stride [1, 1] padding VALID", (1, 4, 4, 6)),
    "depthwise_conv_2d": ([X], {"w": ((1, 3, 3, 8), "f32", None), "b": ((8,), "f32", None)},
                          "nn.depthwise_conv_2d %x0, %w, %b stride [1, 1] padding SAME activation RELU {depth_multiplier = 2 : i32}",
                          (1, 6, 6, 8)),
    "transpose_conv": ([X], {"s": indices(1, 12, 12, 3), "w": ((3, 3, 3, 4), "f32", None), "b": ((3,), "f32", None)},
                       "nn.transpose_conv %s, %w, %x0, %b stride [2, 2] padding SAME", (1, 12, 12, 3)),
    "fully_connected": ([(3, 20)], {"w": ((7, 20), "f32", None), "b": ((7,), "f32", None)},
                        "nn.fully_connected %x0, %w, %b", (3, 7)),
    "batch_matmul": ([(2, 3, 8), (2, 8, 5)], {}, "nn.batch_matmul %x0, %x1", (2, 3, 5)),
    "average_pool_2d": ([X], {}, "nn.average_pool_2d %x0 filter [3, 3] stride [2, 2] padding SAME", (1, 3, 3, 4)),
    "max_pool_2d": ([X], {}, "nn.max_pool_2d %x0 filter [2, 2] stride [2, 2] padding VALID", (1, 3, 3, 4)),
    "add": ([X, X], {}, "nn.add %x0, %x1 activation RELU", X),
    "add broadcast": ([X, (4,)], {}, "nn.add %x0, %x1", X),
    "sub": ([X, X], {}, "nn.sub %x0, %x1", X),
    "mul": ([X, (1, 1, 1, 4)], {}, "nn.mul %x0, %x1", X),
    "maximum": ([X, X], {}, "nn.maximum %x0, %x1", X),
    "minimum": ([X, X], {}, "nn.minimum %x0, %x1", X),
    "squared_difference": ([X, X], {}, "nn.squared_difference %x0, %x1", X),
    "relu": ([X], {}, "nn.relu %x0", X),
    "relu6": ([X], {}, "nn.relu6 %x0", X),
    "relu_n1_to_1": ([X], {}, "nn.relu_n1_to_1 %x0", X),
    "logistic": ([X], {}, "nn.logistic %x0", X),
    "tanh": ([X], {}, "nn.tanh %x0", X),
    "hard_swish": ([X], {}, "nn.hard_swish %x0", X),
    "elu": ([X], {}, "nn.elu %x0", X),
    "gelu": ([X], {}, "nn.gelu %x0", X),
    "abs": ([X], {}, "nn.abs %x0", X),
    "exp": ([X], {}, "nn.exp %x0", X),
    "leaky_relu": ([X], {}, "nn.leaky_relu %x0 alpha 0.2", X),
    "prelu": ([X], {"a": ((1, 1, 4), "f32", None)}, "nn.prelu %x0, %a", X),
    "softmax": ([(3, 10)], {}, "nn.softmax %x0 beta 1.0", (3, 10)),
    "log_softmax": ([(3, 10)], {}, "nn.log_softmax %x0", (3, 10)),
    "l2_normalization": ([(3, 10)], {}, "nn.l2_normalization %x0", (3, 10)),
    "mean": ([X], {"a": indices(1, 2)}, "nn.mean %x0, %a", (1, 4)),
    "sum": ([X], {"a": indices(3)}, "nn.sum %x0, %a", (1, 6, 6)),
    "reduce_max": ([X], {"a": indices(1, 2)}, "nn.reduce_max %x0, %a", (1, 4)),
    "reshape": ([X], {"s": indices(4, 36)}, "nn.reshape %x0, %s", (4, 36)),
    "transpose": ([X], {"p": indices(0, 3, 1, 2)}, "nn.transpose %x0, %p", (1, 4, 6, 6)),
    "pad": ([X], {"p": ((4, 2), "i32", (0, 0, 1, 2, 0, 1, 0, 0))}, "nn.pad %x0, %p", (1, 9, 7, 4)),
    "strided_slice": ([X], {"b": indices(0, 1, 0, 0), "e": indices(1, 5, 6, 4), "t": indices(1, 2, 1, 1)},
                      "nn.strided_slice %x0, %b, %e, %t", (1, 2, 6, 4)),
    "gather": ([X], {"i": indices(2, 0, 3)}, "nn.gather %x0, %i axis 3", (1, 6, 6, 3)),
    "resize_bilinear": ([X], {"s": indices(9, 11)}, "nn.resize_bilinear %x0, %s", (1, 9, 11, 4)),
    "resize_nearest_neighbor": ([X], {"s": indices(9, 11)}, "nn.resize_nearest_neighbor %x0, %s", (1, 9, 11, 4)),
    "space_to_depth": ([X], {}, "nn.space_to_depth %x0 block 2", (1, 3, 3, 16)),
    "concatenation": ([X, X], {}, "nn.concatenation %x0, %x1 axis 3", (1, 6, 6, 8)),
    "pack": ([X, X], {}, "nn.pack %x0, %x1 axis 0 {values_count = 2 : i32}", (2, 1, 6, 6, 4)),
}


def tensor(shape, element="f32"):
    return "tensor<" + "".join(f"{n}x" for n in shape) + element + ">"


def literal(shape, element, values, noise):
    if values is None:
        values = [float(v) for v in noise.normal(0, 0.3, int(np.prod(shape))).astype(np.float32)]
    return np.array([repr(v) for v in values], object).reshape(shape).tolist()


def module(shapes, constants, operator, result):
    """Text of a function that applies one operator."""
    noise = np.random.default_rng(7)
    types = {f"x{i}": tensor(s) for i, s in enumerate(shapes)}
    lines = []
    for name, (shape, element, values) in constants.items():
        types[name] = tensor(shape, element)
        elements = str(literal(shape, element, values, noise)).replace("'", "")
        lines.append(f"  %{name} = nn.const dense<{elements}> : {types[name]}")
    arguments = ", ".join(f'%x{i}: {tensor(s)} {{nn.tensor = #nn.tensor<name = "x{i}">}}' for i, s in enumerate(shapes))
    head, _, attributes = operator.partition(" {")
    attributes = (attributes.rstrip("}") + ", " if attributes else "") + 'nn.tensors = [#nn.tensor<name = "y">]'
    operands = ", ".join(types[n] for n in re.findall(r"%(\w+)", head))
    lines.append(f"  %y = {head} {{{attributes}}} : ({operands}) -> {tensor(result)}")
    return f"func.func @main({arguments}) -> {tensor(result)} {{\n" + "\n".join(lines) + f"\n  return %y : {tensor(result)}\n}}\n"


def check(name, workdir):
    shapes, constants, operator, result = OPERATORS[name]
    stem = os.path.join(workdir, name.replace(" ", "-"))
    with open(stem + ".mlir", "w") as file:
        file.write(module(shapes, constants, operator, result))
    noise = np.random.default_rng(1)
    samples = {f"x{i}": noise.normal(0.2, 1.5, (8, *s)).astype(np.float32) for i, s in enumerate(shapes)}
    np.savez(stem + ".npz", **samples)
    run_tool("vernier", "calibrate", stem + ".mlir", "--data", stem + ".npz", "-o", stem + ".json")
    run_tool("quant-opt", stem + ".mlir", "--quantx-insert-fake-quant", f"--quantx-attach-statistics=statistics={stem}.json",
             "--quantx-resolve-scales", "--quantx-balance-weights", "-o", stem + ".simulated.mlir")
    run_tool("quant-opt", stem + ".simulated.mlir", "--quantx-fold", "-o", stem + ".folded.mlir")
    with open(stem + ".simulated.mlir") as file:
        marks = [line for line in file if "quantx.fake_quant" in line]
    with open(stem + ".folded.mlir") as file:
        if not marks or "quantx.fake_quant" in file.read():
            print(f"FAIL: {name}: did not quantize")
            return False
    step = float(re.search(r"!quant.uniform<i8:f32, ([-+.e0-9]+)", marks[-1])[1])
    outputs = []
    for form in ("simulated", "folded"):
        run_tool("vernier", "run", f"{stem}.{form}.mlir", "--input", stem + ".npz", "-o", f"{stem}.{form}.npz")
        with np.load(f"{stem}.{form}.npz") as arrays:
            outputs.append(arrays[arrays.files[0]].astype(np.float64))
    steps = np.abs(outputs[0] - outputs[1]).max() / step
    passed = steps <= 1.0001
    print(f"{'PASS' if passed else 'FAIL'}: {name}: simulated and folded differ by {steps:.2f} steps of {step:.3g}")
    return passed


def main(arguments):
    workdir, names = arguments[0], arguments[1:] or list(OPERATORS)
    os.makedirs(workdir, exist_ok=True)
    return 0 if all([attempt(check, name, workdir) for name in names]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
