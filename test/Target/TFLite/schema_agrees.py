# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Our schema is wire-compatible with LiteRT's.

  schema_agrees.py FLATC SCHEMA WORKDIR

Both schemas exist as Python code of the flatbuffers compiler: LiteRT ships its own, ours is made
here. Numbers of enumerations, and the slot, type and default of every field, must be the same.
"""
import inspect
import os
import re
import subprocess
import sys

from ai_edge_litert import schema_py_generated


def facts_of(source):
    """What the generated code says of the wire format."""
    facts = {}
    for name, body in re.findall(r"^class (\w+)\(object\):\n((?:    \w+ = -?\d+\n)+)", source, re.M):
        for value, number in re.findall(r"    (\w+) = (-?\d+)", body):
            facts[f"{name}.{value}"] = int(number)
    # def TensorAddIsVariable(builder, isVariable): builder.PrependBoolSlot(5, isVariable, 0)
    adders = r"def (\w+?)Add(\w+)\(builder, \w+\):\s*(?:return )?builder\.Prepend(\w+)Slot\((\d+), .*, ([-.\w]+)\)"
    for table, field, kind, slot, default in re.findall(adders, source):
        value = float({"False": 0, "True": 1}.get(default, default))
        facts[f"{table}.{field}"] = (int(slot), kind, value)
    # def TensorStartShapeVector(builder, numElems): return builder.StartVector(4, numElems, 4)
    vectors = r"def (\w+?)Start(\w+)Vector\(builder, numElems\):\s*return builder\.StartVector\((\d+), numElems, (\d+)\)"
    for table, field, size, alignment in re.findall(vectors, source):
        facts[f"{table}.{field} elements"] = (int(size), int(alignment))
    return facts


def main():
    flatc, schema, workdir = sys.argv[1:]
    os.makedirs(workdir, exist_ok=True)
    subprocess.run([flatc, "--python", "--gen-onefile", "--gen-all", "-o", workdir, schema], check=True)
    source = ""
    for folder, _, files in os.walk(workdir):
        for file in files:
            if file.endswith(".py"):
                with open(os.path.join(folder, file), encoding="utf-8") as generated:
                    source += generated.read()
    ours, theirs = facts_of(source), facts_of(inspect.getsource(schema_py_generated))
    wrong = [f"{fact}: {theirs[fact]} in LiteRT, {ours.get(fact)} here" for fact in theirs if ours.get(fact) != theirs[fact]]
    # Fields that LiteRT calls deprecated have no accessors there; ours keep what old files say in them.
    kept = {"ResizeBilinearOptions.NewHeight", "ResizeBilinearOptions.NewWidth", "SignatureDef.DeprecatedTag",
            "ReduceWindowOptions.ReduceFunction"}
    wrong += [f"{fact}: not in LiteRT" for fact in ours if fact not in theirs and fact not in kept]
    print("\n".join(wrong))
    print(f"{len(theirs)} facts, {len(wrong)} differ")
    return bool(wrong) or len(theirs) < 800


if __name__ == "__main__":
    sys.exit(main())
