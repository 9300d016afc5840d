#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs TOSA functions in float and, quantized by our pipeline, in integers; both by MLIR's own lowering.

  tosa_runs.py OPERATORS.mlir WORKDIR

Without its `!quant.uniform` types, which say what integers stand for, the quantized module is plain TOSA on
int8. It must pass upstream's validation for the integer profile, and compute what the float module computes
to within TOLERANCE steps of the result: half a step is the rounding of the result, the rest that of weights.
"""
import json
import os
import random
import re
import subprocess
import sys

TOLERANCE = {"conv2d": 2, "conv2d_one_bias": 1, "conv3d": 2, "depthwise": 2, "depthwise_multiplier": 1, "transpose_conv2d": 2}
DEFAULT_TOLERANCE = 0.51
# Arguments are multiples of a power of two, so that their quantization is exact: scale 1/64, zero point -64.
ARGUMENT_RANGE = (-1.0, -1.0 + 255 / 64)
LOWERING = """builtin.module(
  func.func(tosa-optional-decompositions,canonicalize,tosa-to-linalg-named,canonicalize,tosa-to-linalg,tosa-to-tensor,
            tosa-to-arith{include-apply-rescale=true}),
  one-shot-bufferize{bufferize-function-boundaries=true},
  func.func(convert-linalg-to-loops,convert-scf-to-cf),expand-strided-metadata,lower-affine,convert-scf-to-cf,
  convert-math-to-llvm,convert-math-to-libm,convert-to-llvm,reconcile-unrealized-casts)"""

QUANTIZED = re.compile(r"!quant\.uniform<(?:[^<>]|<[^<>]*>)*>")
PARAMETERS = re.compile(r"!quant\.uniform<i8:f32, ([-+.eE\d]+)(?::(-?\d+))?>")
TENSOR = r"tensor<(?:[^<>]|<[^<>]*>)*>"
FUNCTION = re.compile(rf"func\.func @(\w+)\((.*?)\) -> ({TENSOR}) \{{\n(.*?)\n  \}}", re.DOTALL)
ARGUMENT = re.compile(rf"%arg\d+: ({TENSOR})")


def run(*command, text=None):
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\nexit code {done.returncode}\n{done.stderr[:4000]}")
    return done.stdout


def functions_of(module):
    """{name: (argument types, result type, body)} in the order of the module."""
    return {name: (ARGUMENT.findall(arguments), result, body) for name, arguments, result, body in FUNCTION.findall(module)}


def names_in(body):
    """Names that statistics have for a function's arguments, and for its result or None."""
    marks = dict(re.findall(r'(%\w+) = quantx\.fake_quant %\w+ name "([^"]+)"', body))
    arguments = re.findall(r'quantx\.fake_quant (%arg\d+) name "([^"]+)"', body)
    return [name for _, name in sorted(arguments)], marks.get(re.search(r"return (%\w+)", body).group(1))


def shape_of(tensor):
    return [int(size) for size in re.findall(r"(\d+)x", tensor)]


def literal(values, shape):
    if not shape:
        return str(values[0])
    step = len(values) // shape[0]
    return "[" + ", ".join(literal(values[i * step:(i + 1) * step], shape[1:]) for i in range(shape[0])) + "]"


def call(workdir, label, module, functions, inputs):
    """What each function of `module` returns for `inputs`, as flat lists of numbers."""
    main, printed = [], {"f32": "F32", "i8": "I32", "i32": "I32"}
    for name, (arguments, result, _) in functions.items():
        operands = []
        for index, (tensor, values) in enumerate(zip(arguments, inputs[name])):
            operands.append(f"%{name}_{index}")
            main.append(f"{operands[-1]} = arith.constant dense<{literal(values, shape_of(tensor))}> : {tensor}")
        main.append(f"%{name} = call @{name}({', '.join(operands)}) : ({', '.join(arguments)}) -> {result}")
        element = re.search(r"(\w+)>$", result).group(1).split("x")[-1]
        value, shown = f"%{name}", result.replace("xi8>", "xi32>")
        if element == "i8":
            main.append(f"%{name}_wide = tosa.cast {value} : ({result}) -> {shown}")
            value = f"%{name}_wide"
        unranked = f"tensor<*x{'f32' if element == 'f32' else 'i32'}>"
        main.append(f"%{name}_any = tensor.cast {value} : {shown} to {unranked}")
        main.append(f"call @printMemref{printed[element]}(%{name}_any) : ({unranked}) -> ()")
    text = module.rstrip().rstrip("}") + "\n".join([
        "func.func private @printMemrefF32(tensor<*xf32>)", "func.func private @printMemrefI32(tensor<*xi32>)",
        "func.func @main() {", *main, "return", "}", "}"])
    path = os.path.join(workdir, label + ".mlir")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    lowered = run("mlir-opt", path, "--pass-pipeline=" + re.sub(r"\s+", "", LOWERING))
    libraries = [os.path.join(os.environ["LLVM_LIBRARIES"], f"libmlir_{which}.so") for which in ("runner_utils", "c_runner_utils")]
    out = run("mlir-runner", "-e", "main", "--entry-point-result=void", "--shared-libs=" + ",".join(libraries), text=lowered)
    tensors = re.split(r"Unranked Memref.*data =", out)[1:]
    assert len(tensors) == len(functions), out
    return {name: [float(number) for number in re.findall(r"-?[\d.]+(?:e[-+]?\d+)?", text)] for name, text in zip(functions, tensors)}


def parameters_of(tensor):
    scale, zero_point = PARAMETERS.search(tensor).groups()
    return float(scale), int(zero_point or 0)


def main(operators, workdir):
    os.makedirs(workdir, exist_ok=True)
    marked = functions_of(run("quant-opt", operators, "--quantx-insert-fake-quant"))
    float_module = run("quant-opt", operators)
    float_functions = functions_of(float_module)
    rng = random.Random(5)
    inputs = {}
    for name, (arguments, _, _) in float_functions.items():
        count = [eval("*".join(map(str, shape_of(tensor)))) for tensor in arguments]
        inputs[name] = [[rng.randint(-64, 191) / 64 for _ in range(n)] for n in count]
    expected = call(workdir, "float", float_module, float_functions, inputs)

    tensors = {}
    for name, (_, _, body) in marked.items():
        arguments, result = names_in(body)
        tensors.update({argument: {"min": ARGUMENT_RANGE[0], "max": ARGUMENT_RANGE[1]} for argument in arguments})
        if result:
            tensors[result] = {"min": min(expected[name]), "max": max(expected[name])}
    statistics = os.path.join(workdir, "ranges.json")
    with open(statistics, "w", encoding="utf-8") as file:
        json.dump({"vernier_statistics": 1, "model": "operators", "samples": 1, "tensors": tensors}, file)
    quantized = run("quant-opt", operators, f"--vernier-quantize=statistics={statistics} io=int8")
    if "float_reason" in quantized:
        sys.exit("stays float:\n" + "\n".join(line for line in quantized.splitlines() if "float_reason" in line))

    quantized_functions = functions_of(quantized)
    integers = {name: [[min(max(round(x / scale) + zero_point, -128), 127) for x in values]
                       for tensor, values in zip(arguments, inputs[name]) for scale, zero_point in [parameters_of(tensor)]]
                for name, (arguments, _, _) in quantized_functions.items()}
    plain = re.sub(r"module attributes \{[^}]*\}", "module", QUANTIZED.sub("i8", quantized))
    run("mlir-opt", "--pass-pipeline=builtin.module(tosa-attach-target{profiles=pro_int specification_version=1.0},"
        "tosa-validate{strict-op-spec-alignment=true})", text=plain)
    found = call(workdir, "integers", plain, functions_of(plain), integers)

    failures = 0
    for name, (_, result, _) in quantized_functions.items():
        scale, zero_point = parameters_of(result) if "quant" in result else (1.0, 0)
        low, high = (-128 - zero_point) * scale, (127 - zero_point) * scale
        errors = [abs((q - zero_point) * scale - min(max(x, low), high)) / scale for q, x in zip(found[name], expected[name])]
        assert len(found[name]) == len(expected[name]) > 0
        good = max(errors) <= TOLERANCE.get(name, DEFAULT_TOLERANCE)
        failures += not good
        print(f"{name}: {max(errors):.2f} steps" + ("" if good else "  FAIL"))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
