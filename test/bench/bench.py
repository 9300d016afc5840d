#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Speed and memory, as ratios that a busy machine does not spoil: see README.md.

  bench.py executor NETWORK...            float inference, one thread, against LiteRT in the same run
  bench.py generated [TARGET] NETWORK...  generated C++, one thread, against LiteRT in the same run
  bench.py quantize NETWORK SAMPLES       `vernier quantize`: whole process, one thread, then two
  bench.py samples NETWORK FEW MANY       memory and time of many samples against few
  bench.py start                          `vernier --version` and `vernier inspect` of a small model
"""
import ctypes
import functools
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "E2E"))
import litert_harness as litert
import networks
import numpy as np

BLOCKS = 41


def pin(processors):
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:processors]))


def spread(values, unit=""):
    values = sorted(values)
    return f"{statistics.median(values):.3f}{unit} ({values[0]:.3f} to {values[-1]:.3f})"


# A process is born with the peak memory of the one that starts it, so a small one does.
LAUNCHER = """
import json, os, subprocess, sys, time
for line in sys.stdin:
    start = time.perf_counter()
    process = subprocess.Popen(json.loads(line), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    print(json.dumps([process.returncode, time.perf_counter() - start, usage.ru_utime + usage.ru_stime,
                      usage.ru_maxrss * 1024 / 1e6]), flush=True)
"""


@functools.lru_cache(None)
def launcher():
    return subprocess.Popen([sys.executable, "-S", "-c", LAUNCHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def whole_process(command):
    """Wall seconds, processor seconds and peak MB of a command."""
    launcher().stdin.write(json.dumps(command) + "\n")
    launcher().stdin.flush()
    code, *measured = json.loads(launcher().stdout.readline())
    if code != 0:
        sys.exit(f"{' '.join(command)}: exit code {code}")
    return measured


def model_path(name):
    """A network of the E2E tests, or a file."""
    return name if os.path.exists(name) else f"{litert.test_data()}/models/{networks.by_name(name).model}"


def time_litert(runner, runs):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        runner.interpreter.invoke()
        times.append((time.perf_counter() - start) * 1e6)
    return min(times), statistics.median(times)


def executor(*names):
    pin(1)
    for name in names:
        path = model_path(name)
        runner = litert.Runner(litert.load(path), threads=1)
        runner(*litert.random_inputs(runner.inputs, 1))
        runs = max(5, min(500, int(40000 / time_litert(runner, 5)[1])))
        ours, theirs = [], []
        for block in range(BLOCKS):
            for measure in (theirs, ours) if block % 2 else (ours, theirs):
                if measure is theirs:
                    theirs.append(time_litert(runner, runs))
                else:
                    report = subprocess.run(["vernier", "bench", path, "--executor", "--operators=false", "--runs", str(runs),
                                             "--json"], capture_output=True, text=True, check=True).stdout
                    times = json.loads(report)["executor"]
                    ours.append((times["min_us"], times["median_us"]))
        print(f"{name}: {runs} runs in each of {BLOCKS} interleaved blocks, one thread, us")
        for index, what in enumerate(("fastest", "median")):
            mine, peer = [o[index] for o in ours], [t[index] for t in theirs]
            print(f"  {what:8} of a block: Vernier {spread(mine)}, LiteRT {spread(peer)}, "
                  f"speed against LiteRT {spread([p / m for p, m in zip(peer, mine)])}")


LOOP = """
#include "{name}.h"
#include <chrono>
extern "C" int bench_loop(void *arena, const void *const *in, void *const *out, int runs, double *us) {{
  for (int i = 0; i < runs; ++i) {{
    const auto start = std::chrono::steady_clock::now();
    if ({name}_run(arena, in, out) != 0)
      return 1;
    us[i] = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
  }}
  return 0;
}}
"""


class Generated:
    """A generated program, compiled into a library of this process."""

    def __init__(self, path, target, compiler, folder):
        start = time.perf_counter()
        subprocess.run(["vernier", "codegen", path, "-o", folder, "--name", "net", "--target", target], check=True)
        self.codegen_seconds = time.perf_counter() - start
        with open(f"{folder}/net.json") as file:
            self.report = report = json.load(file)
        with open(f"{folder}/loop.cpp", "w") as file:
            file.write(LOOP.format(name="net"))
        start = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([compiler, "-std=c++17", "-O2", "-fPIC", *report["compiler_flags"].split(), "-c",
                        f"{folder}/net.cpp", "-o", f"{folder}/net.o"], check=True)
        end = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.compile_seconds = end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime
        subprocess.run([compiler, "-std=c++17", "-O2", "-fPIC", "-shared", f"{folder}/loop.cpp", f"{folder}/net.o", "-o",
                        f"{folder}/net.so"], check=True)
        self.loop = ctypes.CDLL(f"{folder}/net.so").bench_loop
        # Memory that the program wants aligned.
        store = np.zeros(report["arena_bytes"] + 64, np.uint8)
        self.arena = store[-store.ctypes.data % 64:]

    def time(self, inputs, outputs, runs):
        pointers = [(ctypes.c_void_p * len(arrays))(*(a.ctypes.data for a in arrays)) for arrays in (inputs, outputs)]
        times = np.zeros(runs)
        if self.loop(ctypes.c_void_p(self.arena.ctypes.data), *pointers, runs, ctypes.c_void_p(times.ctypes.data)):
            sys.exit("the generated program failed")
        return times.min(), statistics.median(times)


def generated(*names):
    pin(1)
    target = "native"
    if names and names[0] in ("generic", "x86-64-v3", "x86-64-v4-vnni"):
        target, *names = names
    print("| network | compiler | compiled in | generated, us | LiteRT, us | ratio (10 % to 90 %) | other outputs |")
    print("|---|---|---|---|---|---|---|")
    for name in names:
        path = model_path(name)
        runner = litert.Runner(litert.load(path), threads=1)
        inputs = [np.ascontiguousarray(x) for x in litert.random_inputs(runner.inputs, 1)]
        expected = [np.ascontiguousarray(x) for x in runner(*inputs)]
        runs = max(3, min(300, int(10000 / time_litert(runner, 5)[1])))
        for compiler in os.environ.get("COMPILERS", "g++ clang++-22").split():
            with tempfile.TemporaryDirectory() as folder:
                program = Generated(path, target, compiler, folder)
                outputs = [np.empty_like(x) for x in expected]
                program.time(inputs, outputs, 1)
                different = sum(int((a != b).sum()) for a, b in zip(outputs, expected))
                ours, theirs = [], []
                for block in range(BLOCKS):
                    for measure in (theirs, ours) if block % 2 else (ours, theirs):
                        measure.append(time_litert(runner, runs)[0] if measure is theirs
                                       else program.time(inputs, outputs, runs)[0])
            ratios = np.array(ours) / np.array(theirs)
            low, middle, high = np.percentile(ratios, (10, 50, 90))
            print(f"| {name} | {compiler} | {program.compile_seconds:.1f} s | {statistics.median(ours):.1f} | "
                  f"{statistics.median(theirs):.1f} | {middle:.3f} ({low:.3f} to {high:.3f}) | {different} |", flush=True)


def write_samples(network, count, folder):
    """`count` calibration samples, as often repeated as it takes."""
    stored = networks.stored_calibration(network)
    path = os.path.join(folder, f"{network.name}_{count}.npz")
    np.savez_compressed(path, arr_0=np.resize(stored, (count,) + stored.shape[1:]))
    return path


def quantize_command(network, data, folder, threads):
    command = ["vernier", "quantize", model_path(network.name), "--calibration", data, "-o",
               os.path.join(folder, "out.tflite"), "--threads", str(threads)]
    if not networks.stored_is_real(network):
        command += ["--mean", str(network.mean), "--std", str(network.std)]
    return command


def quantize(name, samples):
    network = networks.by_name(name)
    with tempfile.TemporaryDirectory() as folder:
        data = write_samples(network, int(samples), folder)
        runs = {1: [], 2: []}
        for _ in range(9):
            for threads in runs:
                runs[threads].append(whole_process(quantize_command(network, data, folder, threads)))
    print(f"{name}, {samples} samples, whole process")
    for threads, measured in runs.items():
        wall, processor, peak = zip(*measured)
        print(f"  {threads} threads: wall {spread(wall, ' s')}, processor {spread(processor, ' s')}, "
              f"peak {statistics.median(peak):.1f} MB")
    print(f"  one thread over two, wall: {spread([a[0] / b[0] for a, b in zip(runs[1], runs[2])])}")


def samples(name, few, many):
    pin(1)
    network = networks.by_name(name)
    with tempfile.TemporaryDirectory() as folder:
        measured = [whole_process(quantize_command(network, write_samples(network, int(count), folder), folder, 1))
                    for count in (few, many)]
    (_, small_time, small), (_, large_time, large) = measured
    print(f"{name}: peak {small:.1f} MB with {few} samples, {large:.1f} MB with {many} (ratio {large / small:.3f}); "
          f"{1e3 * (large_time - small_time) / (int(many) - int(few)):.3f} ms of processor for each further one, "
          f"{small_time:.2f} s and {large_time:.2f} s in all")


def start():
    pin(1)
    small = model_path("kws")
    for command in (["vernier", "--version"], ["vernier", "inspect", small]):
        wall, processor, peak = zip(*(whole_process(command) for _ in range(15)))
        print(f"{' '.join(command[:2])}: wall {spread(wall, ' s')}, processor {spread(processor, ' s')}, "
              f"peak {statistics.median(peak):.1f} MB")


COMMANDS = {"executor": executor, "generated": generated, "quantize": quantize, "samples": samples, "start": start}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    COMMANDS[sys.argv[1]](*sys.argv[2:])
