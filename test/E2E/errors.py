#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Bad input gets a sentence that names what is wrong, the right exit code, and leaves no output behind.

  errors.py WORKDIR DIGITS.tflite DIGITS_CALIBRATION.npz
"""
import json
import os
import re
import shutil
import subprocess
import sys

import numpy as np

OLD = b"what stood here before"


class Case:
    """One bad request; `expected` are patterns that the message must contain.

    It is one to quantize `model` to `out`, unless `command` says otherwise.
    """

    def __init__(self, name, expected, model="digits.tflite", data="good.npz", out="out.tflite", options=(),
                 command=None, code=1):
        self.name, self.expected, self.out, self.code = name, expected, out, code
        self.command = command or ["quantize", model, "--calibration", data, "-o", out, *options]


def eval_case(name, expected, *options, labels="label"):
    command = ["eval", "digits.tflite", "--data", "labelled.npz", "--labels", labels, *options]
    return Case(name, expected, command=command)


CASES = [
    Case("missing model", [r"absent\.tflite", "[Nn]o such file"], model="absent.tflite"),
    Case("no model", ["path of a file to read", "empty"], model=""),
    Case("model is a folder", [r"folder"], model="folder"),
    Case("empty model", [r"empty\.tflite"], model="empty.tflite"),
    Case("model is garbage", [r"garbage\.tflite"], model="garbage.tflite"),
    Case("truncated model", [r"truncated\.tflite"], model="truncated.tflite"),
    Case("no calibration", ["needs --calibration"], command=["quantize", "digits.tflite", "-o", "out.tflite"]),
    Case("missing data", [r"absent\.npz", "[Nn]o such file"], data="absent.npz"),
    Case("data is garbage", [r"garbage\.npz"], data="garbage.npz"),
    Case("truncated data", [r"truncated\.npz"], data="truncated.npz"),
    Case("missing channels", [r"rank\.npz", "'image'", "100x28x28", r"28x28x1"], data="rank.npz"),
    Case("wrong size", [r"size\.npz", "'image'", "100x32x32x1", r"28x28x1"], data="size.npz"),
    Case("wrong type", [r"type\.npz", "'image'", "int64"], data="type.npz"),
    Case("text array", [r"strings\.npz", "'image'"], data="strings.npz"),
    Case("uint8 without mean and std", [r"bytes\.npz", "'image'", "--mean", "--std"], data="bytes.npz"),
    Case("unknown name", [r"name\.npz", "'picture'", "'image'", "'arr_0'"], data="name.npz"),
    Case("no arrays", [r"none\.npz", "image"], data="none.npz"),
    Case("no samples", [r"nothing\.npz", "'image'", "empty|no samples|0x28x28x1"], data="nothing.npz"),
    Case("no output", ["path of a file", "empty"], out=""),
    Case("no folder", ["-o", "path of a folder", "empty"], command=["codegen", "digits.tflite", "-o", ""]),
    Case("NaN", [r"digits\.tflite", r"nan\.npz, sample 17", "'image'", "NaN"], data="nan.npz"),
    Case("NaN in a folder", [r"folder.nan\.npy, sample 17", "'image'", "NaN"], data="folder"),
    Case("infinity", [r"digits\.tflite", r"inf\.npz, sample 23", "'image'", "infinite"], data="inf.npz"),
    Case("mean without std", ["--mean", "--std"], data="bytes.npz", options=["--mean", "0"]),
    Case("means of other channels", [r"bytes\.npz", "--mean", "expected 1 number", "'image'", "found 3"],
         data="bytes.npz", options=["--mean", "1,2,3", "--std", "1"]),
    Case("mean for statistics", [r"good\.json", "--mean"], data="good.json", options=["--mean", "0", "--std", "255"]),
    Case("malformed statistics", [r"malformed\.json:?", "JSON"], data="malformed.json"),
    Case("empty range in statistics", [r"range\.json", "'image'", "min 2 is greater than max 1"], data="range.json"),
    Case("elided weights", [r"elided\.mlir:\d", "elided"], model="elided.mlir"),
    Case("nested without end", [r"nested\.mlir", "at most 1000 deep"], model="nested.mlir"),
    Case("MLIR without a function", [r"module\.mlir", "function"], model="module.mlir"),
    Case("output folder missing", [r"absent/out\.tflite"], out="absent/out.tflite"),
    Case("output is a folder", ["folder"], out="folder"),
    Case("output below a file", [r"good\.npz/out\.tflite"], out="good.npz/out.tflite"),
    Case("unknown scheme", ["int3"], options=["--scheme", "int3"], code=2),
    Case("unknown range method", ["peak"], options=["--ranges", "peak"], code=2),
    Case("unknown width", ["--weight-bits 3"], options=["--weight-bits", "3"], code=2),
    Case("unknown block", ["--block-size 33", "32, 64, 128 or 256"], options=["--block-size", "33"], code=2),
    Case("unknown border", ["--io int3"], options=["--io", "int3"], code=2),
    Case("mean of words", ["--mean", "grey"], options=["--mean", "grey"], code=2),
    Case("unknown release", ["--min-runtime newest"], options=["--min-runtime", "newest"], code=2),
    Case("unknown runtime", ["--target toaster", "litert"],
         command=["check", "digits.tflite", "--target", "toaster"], code=2),
    Case("unwritable module", [r"absent/out\.mlir"], options=["--emit-mlir", "absent/out.mlir"]),
    Case("module onto the model", ["-o and --emit-mlir"], options=["--emit-mlir", "out.tflite"]),
    eval_case("unknown labels", [r"labelled\.npz", "'classes'", "label"], labels="classes"),
    eval_case("too few labels", [r"labelled\.npz", "100 samples", "'few' has 3"], labels="few"),
    eval_case("label of no class", [r"labelled\.npz", "label 10 of sample 0", "10 classes"], "--label-offset", "10"),
    eval_case("best of none", ["--top-k 0", "expected 1 to 10"], "--top-k", "0"),
    eval_case("best of too many", ["--top-k 11", "expected 1 to 10"], "--top-k", "11"),
    Case("unknown command", ["'quantise'", "'quantize'"], command=["quantise"], code=2),
    Case("unknown option", ["--shceme"], options=["--shceme", "int8"], code=2),
    Case("missing option", ["-o"], command=["quantize", "digits.tflite", "--calibration", "good.npz"], code=2),
    Case("samples to merge", ["--merge", "--data"],
         command=["calibrate", "--merge", "good.json", "--data", "good.npz", "-o", "out.json"], code=2),
]


def write_inputs(folder, model, calibration):
    """Every file that a case names; the folder holds nothing else."""
    os.mkdir(os.path.join(folder, "folder"))
    shutil.copy(model, os.path.join(folder, "digits.tflite"))
    shutil.copy(calibration, os.path.join(folder, "good.npz"))
    with open(model, "rb") as file:
        content = file.read()
    with open(calibration, "rb") as file:
        archive = file.read()
    for name, data in (("empty.tflite", b""), ("garbage.tflite", bytes(range(256)) * 9), ("garbage.npz", b"PK\3\4" * 99),
                       ("truncated.tflite", content[:len(content) // 2]), ("truncated.npz", archive[:len(archive) // 2])):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
    with np.load(calibration) as file:
        image = file["image"]
    nan, inf = image.copy(), image.copy()
    nan[17, 3, 4, 0], inf[23, 0, 0, 0] = np.nan, np.inf
    for name, arrays in {
            "rank": {"image": image[..., 0]}, "size": {"image": np.zeros((100, 32, 32, 1), np.float32)},
            "type": {"image": image.astype(np.int64)}, "strings": {"image": np.array(["a", "b"])},
            "bytes": {"image": (image * 255).astype(np.uint8)}, "name": {"picture": image}, "none": {},
            "nothing": {"image": image[:0]}, "nan": {"image": nan}, "inf": {"image": inf}}.items():
        np.savez(os.path.join(folder, name + ".npz"), **arrays)
    label = np.zeros(len(image), np.int64)
    np.savez(os.path.join(folder, "labelled.npz"), image=image, label=label, few=label[:3])
    np.save(os.path.join(folder, "folder", "fine.npy"), image)
    np.save(os.path.join(folder, "folder", "nan.npy"), nan)
    good = json.dumps({"vernier_statistics": 1, "model": "digits.tflite", "samples": 1,
                       "tensors": {"image": {"min": 2, "max": 3}}})
    for name, text in {
            "good.json": good, "malformed.json": good[:-1], "range.json": good.replace("3", "1"),
            "module.mlir": "module {}",
            "nested.mlir": "func.func @main() attributes {a = " + "[" * 100000 + "]" * 100000 + "} { return }",
            "elided.mlir": "func.func @main() -> tensor<2xf32> {\n"
                           "  %0 = nn.const dense_resource<__elided__> : tensor<2xf32>\n"
                           "  return %0 : tensor<2xf32>\n}"}.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)


def check(case, folder):
    """Runs a case twice: onto nothing, and onto a file that must stay as it was."""
    before = set(os.listdir(folder))
    problems = []
    for existing in (False, True):
        out = os.path.join(folder, case.out)
        if existing and case.out != "out.tflite":
            continue
        if existing:
            with open(out, "wb") as file:
                file.write(OLD)
        done = subprocess.run(["vernier", *case.command], cwd=folder, capture_output=True, text=True, errors="replace")
        if done.returncode != case.code:
            problems.append(f"exit code {done.returncode}, expected {case.code}")
        problems += [f"message lacks /{p}/" for p in case.expected if not re.search(p, done.stderr)]
        if existing:
            with open(out, "rb") as file:
                if file.read() != OLD:
                    problems.append("the file that stood there was changed")
            os.remove(out)
        left = set(os.listdir(folder)) - before
        if left:
            problems.append(f"left behind: {sorted(left)}")
    print(f"{'FAIL' if problems else 'ok'}: {case.name}: {done.stderr.strip()[:300]}")
    for problem in dict.fromkeys(problems):
        print("  " + problem)
    return not problems


def main(workdir, model, calibration):
    shutil.rmtree(workdir, ignore_errors=True)
    os.makedirs(workdir)
    write_inputs(workdir, model, calibration)
    results = [check(case, workdir) for case in CASES]
    print(f"{sum(results)} of {len(results)} kinds of bad input answered well")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
