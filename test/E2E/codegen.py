#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Generated programs against `vernier run`, bit for bit.

  codegen.py WORKDIR TARGET[,TARGET...] FILE... [--machine host|x86-32|aarch64] [--numerics N] [--compilers gcc,clang]
             [--flags FLAGS] [--sanitize [SANITIZERS]]

Writes each file as C++ for each target (or for several at once: A+B), compiles it with every compiler, with warnings as errors, and runs the
self-test, whose vectors come from the executor. Integer programs may use nothing but memcpy, memset, memmove and memcmp.
Nothing may run before main. `--sanitize` builds with sanitizers instead, of addresses and undefined behaviour by default. Another machine's programs run under
QEMU; a target that this processor does not run is compiled only.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time

WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"]
# What every freestanding compiler may call.
ALLOWED = {"memcpy", "memset", "memmove", "memcmp", "_GLOBAL_OFFSET_TABLE_"}
# How a program asks its processor.
DISPATCH = {"__cpu_model", "__cpu_features2", "__cpu_indicator_init", "getauxval"}
LIBM = {"fmaf", "sqrtf", "floorf", "fmodf", "fma", "sqrt", "floor", "fmod"}
# Every machine's compilers with what they are told, how its programs run, and what its compilers' own libraries do.
MACHINES = {
    "host": {"gcc": ["g++"], "clang": ["clang++"], "run": []},
    "x86-32": {"gcc": ["g++", "-m32", "-msse2", "-mfpmath=sse"], "clang": ["clang++", "-m32", "-msse2", "-mfpmath=sse"],
               "run": [], "library": {"__divdi3", "__moddi3", "__udivdi3", "__umoddi3"}},
    "aarch64": {"gcc": ["aarch64-linux-gnu-g++"], "clang": ["clang++", "--target=aarch64-linux-gnu"],
                "run": ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"]},
}


def compilers(names, machine):
    """Name and command of each that there is."""
    prefix = subprocess.run(["llvm-config-22", "--prefix"], capture_output=True, text=True).stdout.strip()
    for name in names:
        command = list(MACHINES[machine][name])
        if name == "clang":
            command[0] = os.path.join(prefix, "bin", command[0])
        if shutil.which(command[0]):
            yield name, command


def run(*command):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, errors="replace")


def runs_here(flags):
    """Whether this processor has what the flags ask for."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        features = set(re.search(r"^(?:flags|Features)\s*:(.*)$", file.read(), re.M).group(1).split())
    names = {"avx512vnni": "avx512_vnni"}
    return all(names.get(flag[2:], flag[2:]) in features for flag in flags)


def undefined_symbols(path):
    return {line.split()[-1] for line in run("llvm-nm", "-u", path).stdout.splitlines() if line.split()}


def check(folder, name, report, compiler, options):
    """None, or what is wrong."""
    flags = options.flags.split()
    extra = ["-fsanitize=" + options.sanitize, "-fno-sanitize-recover=all", "-g"] if options.sanitize else []
    source, program = os.path.join(folder, name), os.path.join(folder, "program")
    begin = time.time()
    objects = []
    for part in report["sources"]:
        objects.append(os.path.join(folder, part["file"] + ".o"))
        done = run(*compiler, "-std=c++17", "-O2", *WARNINGS, "-fno-exceptions", "-fno-rtti", *options.flags.split(),
                   *part["compiler_flags"].split(), *extra, "-c", os.path.join(folder, part["file"]), "-o", objects[-1])
        if done.returncode:
            return "does not compile: " + done.stderr[:2000]
    seconds = time.time() - begin
    is_float = any(port["type"] == "float" for port in report["inputs"] + report["outputs"])
    machine = MACHINES[options.machine]
    own = {f"{name}_weights", *(f"{name}_{re.sub('-', '_', part.get('target', ''))}_run" for part in report["sources"])}
    if len(objects) > 1:
        own |= DISPATCH
    own |= machine.get("library", set()) | (LIBM if is_float or options.mixed else set())
    foreign = set().union(*(undefined_symbols(path) for path in objects)) - own - ALLOWED
    if foreign and not options.sanitize:
        return f"uses {sorted(foreign)}"
    if any("_GLOBAL__sub_I" in run("llvm-nm", path).stdout for path in objects) and not options.sanitize:
        return "has an initializer"
    done = run(*compiler, "-std=c++17", *WARNINGS, *flags, *extra, source + "_test.cpp", *objects, "-o", program)
    if done.returncode:
        return "the self-test does not compile: " + done.stderr[:2000]
    if machine["run"] or runs_here(report["compiler_flags"].split()):
        done = run(*machine["run"], program)
        if done.returncode:
            return f"exit code {done.returncode}: {done.stdout[-300:]}{done.stderr[:1500]}"
    print(f"  {os.path.basename(compiler[0])}: {seconds:.1f} s")
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("workdir")
    parser.add_argument("targets")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--machine", default="host", choices=MACHINES)
    parser.add_argument("--numerics", default="litert")
    parser.add_argument("--compilers", default="gcc,clang")
    parser.add_argument("--flags", default="")
    parser.add_argument("--sanitize", nargs="?", const="address,undefined", metavar="SANITIZERS")
    parser.add_argument("--mixed", action="store_true", help="float operators inside: libm's exact functions are allowed")
    options = parser.parse_args()
    failures = 0
    for path in options.files:
        for target in options.targets.split(","):
            stem = re.sub(r"\W", "_", os.path.splitext(os.path.basename(path))[0])
            folder = os.path.join(options.workdir, stem, target)
            shutil.rmtree(folder, ignore_errors=True)
            done = run("vernier", "codegen", path, "-o", folder, "--name", "net", "--target", target.replace("+", ","), "--numerics",
                       options.numerics, "--with-tests")
            print(f"{os.path.basename(path)} for {target}")
            if done.returncode:
                print("FAIL:", done.stderr[:1500])
                failures += 1
                continue
            with open(os.path.join(folder, "net.json"), encoding="utf-8") as file:
                report = json.load(file)
            print(f"  arena {report['arena_bytes']} (at least {report['arena_lower_bound']}), weights {report['weight_bytes']}")
            for name, compiler in compilers(options.compilers.split(","), options.machine):
                problem = check(folder, "net", report, compiler, options)
                if problem:
                    print(f"FAIL: {name}: {problem}")
                    failures += 1
    print(f"{failures} failures")
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
