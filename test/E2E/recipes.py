#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random recipes over networks: no crash, a file that LiteRT runs, and the same bytes from the recipe that was written.

  recipes.py WORKDIR RUNS SEED MODEL.tflite|FOLDER...

Each run draws a model and a recipe of up to six rules with names, types, regions and sizes that the model has. A recipe may
ask for what cannot be; then the answer is an error with the rule's place. Everything else is quantized, run, and followed
again.
"""
import json
import os
import re
import subprocess
import sys

import litert_harness as litert
import numpy as np
from ai_edge_litert.interpreter import Interpreter

SCHEMES = ["int8", "int16x8", "dynamic", "weight-only", "fp16", "float"]
BLOCKS = ["blockwise_32", "blockwise_64", "blockwise_128", "blockwise_256"]
METHODS = ["minmax", "percentile", "mse", "entropy"]
# What the random recipe may rightly be refused for.
REFUSALS = re.compile(r"recipe\.json: ranges: |recipe\.json:\d+:\d+: rules\[\d\]|cannot be (u?int8|int16): |--io |--calibration")


class Network:
    """What rules can be about, from the flatbuffer alone."""

    def __init__(self, path):
        self.path = path
        model = litert.load(path)
        graph = model.subgraphs[0]
        self.inputs = [litert.text(graph.tensors[i].name) for i in graph.inputs]
        self.computed, self.types, self.reads = [], [], {}
        names = {}
        for operator in graph.operators:
            results = [litert.text(graph.tensors[i].name) for i in operator.outputs if i >= 0]
            kind = litert.operator_name(model, operator)
            self.computed += [name for name in results if name]
            self.types.append(kind)
            for name in results:
                names[name] = [litert.text(graph.tensors[i].name) for i in operator.inputs if i >= 0]
        self.reads = names

    def draw_region(self, rng):
        """Two tensors of which the second depends on the first."""
        last = rng.choice(self.computed)
        first = last
        for _ in range(int(rng.integers(1, 12))):
            before = [name for name in self.reads.get(first, []) if name in self.reads or name in self.inputs]
            if not before:
                break
            first = str(rng.choice(before))
        return {"from": first, "to": str(last)}


def draw_match(rng, network):
    kind = rng.choice(["name", "names", "regex", "type", "region", "size", "input"])
    name = str(rng.choice(network.computed))
    if kind == "name":
        return {"name": name}
    if kind == "names":
        return {"name": [str(n) for n in rng.choice(network.computed, min(3, len(network.computed)), replace=False)]}
    if kind == "regex":
        start, stop = sorted(int(i) for i in rng.integers(0, len(name) + 1, 2))
        return {"regex": ".*" + re.sub(r"([][().*+?{}|^$\\])", r"\\\1", name[start:stop]) + ".*"}
    if kind == "type":
        return {"type": str(rng.choice(network.types))}
    if kind == "region":
        return network.draw_region(rng)
    if kind == "size":
        return {"min_size": int(rng.integers(0, 5000))}
    return {"type": "INPUT"}


def draw_rule(rng, network):
    rule = {"match": draw_match(rng, network)}
    if rule["match"].get("type") != "INPUT" and rng.random() < 0.8:
        rule["scheme"] = str(rng.choice(SCHEMES))
        if rule["scheme"] == "weight-only" and rng.random() < 0.5:
            rule["bits"] = int(rng.choice([8, 4, 2]))
    if rule.get("bits") == 4 and rng.random() < 0.7:
        rule["granularity"] = str(rng.choice(BLOCKS))
    elif rng.random() < 0.2:
        rule["granularity"] = str(rng.choice(["per-axis", "per-tensor"]))
    if rng.random() < 0.3:
        rule["ranges"] = str(rng.choice(METHODS))
    if rng.random() < 0.04 or len(rule) == 1:
        rule["range"] = sorted(float(x) for x in np.round(rng.normal(0, 4, 2), 3))
    if "regex" in rule["match"] or "min_size" in rule["match"]:
        rule["optional"] = True
    return rule


def draw_recipe(rng, network):
    scheme = str(rng.choice(SCHEMES, p=[0.4, 0.2, 0.1, 0.1, 0.1, 0.1]))
    recipe = {"vernier_recipe": 1, "scheme": scheme,
              "granularity": "per-tensor" if rng.random() < 0.2 else "per-axis",
              "ranges": str(rng.choice(METHODS)) if rng.random() < 0.3 else "minmax"}
    if scheme == "weight-only" and rng.random() < 0.5:
        recipe.update(bits=4, granularity=str(rng.choice(BLOCKS)))
    if rng.random() < 0.2:
        recipe["io"] = {"int8": str(rng.choice(["int8", "uint8"])), "int16x8": "int16"}.get(scheme, "float32")
    recipe["rules"] = [draw_rule(rng, network) for _ in range(int(rng.integers(1, 7)))]
    return recipe


def draw_inputs(rng, path, samples):
    """Inputs in the shapes of the file, real values where they are quantized; integers stay small, as indices do."""
    drawn = []
    for detail in Interpreter(model_path=path).get_input_details():
        shape = [samples, *detail["shape"]]
        if detail["dtype"] == np.float32 or detail["quantization"][0]:
            drawn.append(rng.uniform(-1, 1, shape).astype(np.float32))
        else:
            drawn.append(rng.integers(0, 2, shape).astype(detail["dtype"]))
    return drawn


def quantize(network, recipe, data, output, written):
    command = ["vernier", "quantize", network.path, "-o", output, "--recipe", recipe, "--write-recipe", written]
    return subprocess.run(command + (["--calibration", data] if data else []), capture_output=True, text=True)


def run_once(rng, network, workdir):
    """What went wrong, or nothing; and whether the request was refused."""
    recipe, written, again = (os.path.join(workdir, n) for n in ("recipe.json", "written.json", "again.json"))
    first, second, data = (os.path.join(workdir, n) for n in ("first.tflite", "second.tflite", "data.npz"))
    for path in (first, second):
        if os.path.exists(path):
            os.remove(path)
    with open(recipe, "w") as file:
        json.dump(draw_recipe(rng, network), file, indent=1)
    drawn = draw_inputs(rng, network.path, 2)
    np.savez(data, **{f"arr_{i}": values for i, values in enumerate(drawn)})
    done = quantize(network, recipe, data, first, written)
    # Without activations in integers there is nothing to calibrate, and networks of custom operators have to bring ranges.
    if done.returncode == 1 and re.search("leave out --calibration|cannot be executed yet", done.stderr):
        data = None
        done = quantize(network, recipe, data, first, written)
    if done.returncode == 1 and REFUSALS.search(done.stderr):
        return None, True
    if done.returncode != 0:
        return f"exit code {done.returncode}: {done.stderr.strip()[-400:]}", False
    try:
        runner = Interpreter(model_path=first)
        runner.allocate_tensors()
        for detail in runner.get_input_details():
            runner.set_tensor(detail["index"], np.zeros(detail["shape"], detail["dtype"]))
        runner.invoke()
    except (RuntimeError, ValueError) as error:
        return f"LiteRT: {str(error).strip()[:300]}", False
    follow = quantize(network, written, data, second, again)
    if follow.returncode != 0:
        return f"the written recipe: {follow.stderr.strip()[-400:]}", False
    with open(first, "rb") as a, open(second, "rb") as b:
        if a.read() != b.read():
            return "the written recipe gives other bytes", False
    return None, False


def find_networks(paths):
    """The files, and those below folders, that LiteRT can load."""
    networks = []
    for path in paths:
        below = sorted(os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names if name.endswith(".tflite"))
        for file in below or [path]:
            try:
                Interpreter(model_path=file).allocate_tensors()
                network = Network(file)
                # Rules need names.
                if network.computed:
                    networks.append(network)
            except (RuntimeError, ValueError) as error:
                print(f"{file} is left out: {str(error).strip().splitlines()[0]}")
    return networks


def main(workdir, runs, seed, *paths):
    os.makedirs(workdir, exist_ok=True)
    networks = find_networks(paths)
    failed = refused = 0
    for run in range(int(runs)):
        rng = np.random.default_rng([int(seed), run])
        network = networks[run % len(networks)]
        wrong, was_refused = run_once(rng, network, workdir)
        refused += was_refused
        if wrong:
            failed += 1
            kept = os.path.join(workdir, f"failed-{run}.json")
            os.replace(os.path.join(workdir, "recipe.json"), kept)
            print(f"FAIL: run {run}, {os.path.basename(network.path)}, {kept}: {wrong}", flush=True)
    print(f"{runs} recipes: {int(runs) - refused - failed} followed twice with the same bytes and run in LiteRT, {refused} refused with the place, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
