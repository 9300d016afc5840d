#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Generated programs against LiteRT, ONNX Runtime, OpenVINO and oneDNN, as one Markdown table: see README.md.

  peers.py [--target TARGET]... [--blocks N] [NETWORK...]

NETWORK is one of those below (default: all), or a file. Blocks of runs of every engine alternate in one process, on one processor
and with one thread. A column of a peer holds the median over the blocks of the time of the program by that of the peer within the
block, fastest run by fastest run, with the 10th and the 90th percentile.
"""
import argparse
import ctypes
import os
import statistics
import subprocess
import sys
import tempfile
import time

# Before any runtime is loaded.
os.environ["OMP_NUM_THREADS"] = "1"

import bench
import litert_harness as litert
import networks
import numpy as np

NETWORKS = {
    "MobileNetV2 int8": "imagenet/tf2_mobilenet_v2_1.0_224_ptq.tflite",
    "ResNet-8 int8": "mlperf_tiny/pretrainedResnet_quant.tflite",
    "KWS int8": "mlperf_tiny/kws_ref_model.tflite",
    "VWW int8": "mlperf_tiny/vww_96_int8.tflite",
    "MobileNetV2 float": "imagenet/mobilenet_v2_1.0_224_float.tflite",
    # Quantized here, beside the same in int8.
    "MobileNetV2 16x8": "",
}
PEERS = ("LiteRT", "ONNX Runtime", "OpenVINO", "oneDNN", "own int8")


def fastest(run, runs):
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best * 1e6


class LiteRT:
    def __init__(self, model, inputs):
        import ai_edge_litert
        self.version = f"LiteRT {ai_edge_litert.__version__}"
        self.runner = litert.Runner(model, threads=1)
        self.outputs = self.runner(*inputs)

    def time(self, runs):
        return fastest(self.runner.interpreter.invoke, runs)


class OnnxRuntime:
    def __init__(self, model, inputs, like):
        import onnx_writer
        import onnxruntime
        self.version = f"ONNX Runtime {onnxruntime.__version__}"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(onnx_writer.write(model), options, providers=["CPUExecutionProvider"])
        self.binding = self.session.io_binding()
        for port, array in zip(self.session.get_inputs(), inputs, strict=True):
            value = onnxruntime.OrtValue.ortvalue_from_numpy(onnx_writer.input_of(array))
            self.binding.bind_ortvalue_input(port.name, value)
        for port in self.session.get_outputs():
            self.binding.bind_output(port.name)
        self.session.run_with_iobinding(self.binding)
        self.outputs = [onnx_writer.output_of(a, b) for a, b in zip(self.binding.copy_outputs_to_cpu(), like, strict=True)]

    def time(self, runs):
        return fastest(lambda: self.session.run_with_iobinding(self.binding), runs)


class OpenVINO:
    def __init__(self, path, inputs):
        import openvino
        self.version = f"OpenVINO {openvino.__version__.split('-')[0]}"
        core = openvino.Core()
        model = core.read_model(path)
        model.reshape({port: list(array.shape) for port, array in zip(model.inputs, inputs, strict=True)})
        # Floats are single precision for everybody: by itself it takes bfloat16 where the processor has that.
        compiled = core.compile_model(model, "CPU", {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY",
                                                     "ENABLE_CPU_PINNING": False, "INFERENCE_PRECISION_HINT": "f32"})
        self.request = compiled.create_infer_request()
        for port, array in zip(compiled.inputs, inputs):
            self.request.set_tensor(port, openvino.Tensor(array))
        self.request.infer()
        self.outputs = [np.array(self.request.get_tensor(port).data) for port in compiled.outputs]

    def time(self, runs):
        return fastest(self.request.infer, runs)


class OneDNN:
    """Convolutions and matrix products alone, so less than the network."""
    outputs = None

    def __init__(self, model, folder):
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "onednn_layers.cpp")
        library = f"{folder}/onednn.so"
        if not os.path.exists(library):
            subprocess.run(["g++", "-std=c++17", "-O2", "-shared", "-fPIC", source, "-ldnnl", "-o", library], check=True,
                           stderr=subprocess.DEVNULL)
        self.library = ctypes.CDLL(library)
        self.library.onednn_create.restype = ctypes.c_void_p
        self.library.onednn_version.restype = ctypes.c_char_p
        self.version = f"oneDNN {self.library.onednn_version().decode()}"
        layers = np.array(list_layers(model), np.int32)
        self.handle = self.library.onednn_create(layers.ctypes.data_as(ctypes.c_void_p), len(layers))
        if not self.handle:
            raise ValueError("oneDNN refuses a layer")

    def time(self, runs):
        times = np.zeros(runs)
        self.library.onednn_time(ctypes.c_void_p(self.handle), runs, times.ctypes.data_as(ctypes.c_void_p))
        return times.min()


def list_layers(model):
    """The layers of onednn_layers.cpp."""
    import onnx_writer
    writer, layers = onnx_writer.Writer(model), []
    for operator in writer.graph.operators:
        kind = litert.operator_name(model, operator)
        if kind not in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
            continue
        data, weights, result = operator.inputs[0], litert.shape(writer.graph.tensors[operator.inputs[1]]), operator.outputs[0]
        is_float = int(writer.parameters(data) is None)
        if kind == "FULLY_CONNECTED":
            layers.append([1, 1, weights[1], 1, 1, weights[0], 1, 1, 1, 1, 0, 0, 0, 0, 1, is_float])
            continue
        _, channels, *size = writer.shape(data)
        _, out_channels, *out_size = writer.shape(result)
        strides, dilations, pads = writer.window(operator, data, *weights[1:3])
        if dilations != [1, 1]:
            raise ValueError("a dilated convolution")
        groups = channels if kind == "DEPTHWISE_CONV_2D" else 1
        layers.append([*size, channels, *out_size, out_channels, *weights[1:3], *strides, *pads, groups, is_float])
    return layers


class Program:
    def __init__(self, path, target, compiler, folder, inputs, like):
        os.makedirs(folder)
        self.program = bench.Generated(path, target, compiler, folder)
        self.inputs, self.outputs = inputs, [np.empty_like(a) for a in like]
        self.program.time(self.inputs, self.outputs, 1)

    def time(self, runs):
        return self.program.time(self.inputs, self.outputs, runs)[0]


def compiler_version(compiler):
    return subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]


def quantized(folder, scheme, io):
    """MobileNetV2, quantized with a few of its calibration images; inputs and outputs are integers, too."""
    network = networks.by_name("mobilenet_v2")
    data = bench.write_samples(network, 8, folder)
    path = f"{folder}/{scheme}.tflite"
    subprocess.run(["vernier", "quantize", bench.model_path(network.name), "--calibration", data, "--mean", str(network.mean), "--std",
                    str(network.std), "--scheme", scheme, "--io", io, "-o", path], check=True, stdout=subprocess.DEVNULL)
    return path


def try_peer(make, name, versions):
    """The peer, or None where it is not installed or cannot run the network, which is said."""
    try:
        peer = make()
    except (ImportError, OSError, ValueError, RuntimeError, subprocess.CalledProcessError) as error:
        print(f"{name} is left out: {str(error).splitlines()[0]}", file=sys.stderr)
        return None
    versions[peer.version] = None
    return peer


def difference(outputs, expected):
    """The largest, in steps for integers; a peer that computed something else would be no peer."""
    return max(float(np.abs(a.astype(np.float64).ravel() - b.astype(np.float64).ravel()).max()) for a, b in zip(outputs, expected, strict=True))


def measure(engines, blocks):
    """The fastest time of each engine in each block."""
    runs = {name: max(1, min(300, int(10000 / engine.time(3)))) for name, engine in engines.items()}
    times = {name: [] for name in engines}
    order, shuffle = list(engines), np.random.default_rng(1)
    for _ in range(blocks):
        shuffle.shuffle(order)
        for name in order:
            times[name].append(engines[name].time(runs[name]))
    return {name: np.array(values) for name, values in times.items()}


def ratio(ours, theirs):
    low, middle, high = np.percentile(ours / theirs, (10, 50, 90))
    digits = 3 if middle < 0.1 else 2
    return f"**{middle:.{digits}f}** ({low:.{digits}f}-{high:.{digits}f})"


def compare(name, arguments, versions):
    with tempfile.TemporaryDirectory() as folder:
        if name == "MobileNetV2 16x8":
            path, beside = quantized(folder, "int16x8", "int16"), quantized(folder, "int8", "int8")
        else:
            path, beside = (name if os.path.exists(name) else f"{litert.test_data()}/models/{NETWORKS[name]}"), None
        model = litert.load(path)
        inputs = [np.ascontiguousarray(a) for a in litert.random_inputs(litert.Runner(model, threads=1).inputs, 1)]
        peers = {"LiteRT": LiteRT(model, inputs)}
        versions[peers["LiteRT"].version] = None
        expected = peers["LiteRT"].outputs
        if not beside:
            peers["ONNX Runtime"] = try_peer(lambda: OnnxRuntime(model, inputs, expected), "ONNX Runtime", versions)
            peers["OpenVINO"] = try_peer(lambda: OpenVINO(path, inputs), "OpenVINO", versions)
            peers["oneDNN"] = try_peer(lambda: OneDNN(model, folder), "oneDNN", versions)
            peers = {peer: engine for peer, engine in peers.items() if engine}
        programs = {}
        for compiler in os.environ.get("COMPILERS", "g++ clang++-22").split():
            for target in arguments.target:
                key = (target, compiler)
                programs[key] = Program(path, target, compiler, f"{folder}/{target}{compiler}", inputs, expected)
                if beside:
                    own = litert.Runner(litert.load(beside), threads=1)
                    own_inputs = [np.ascontiguousarray(a) for a in litert.random_inputs(own.inputs, 1)]
                    peers["own int8", *key] = Program(beside, target, compiler, f"{folder}/own{target}{compiler}", own_inputs, own(*own_inputs))
        times = measure({**peers, **programs}, arguments.blocks)
        for peer, engine in peers.items():
            if isinstance(peer, str):
                unlike = "" if engine.outputs is None else f", outputs within {difference(engine.outputs, expected):.3g} of LiteRT's"
                print(f"{name}: {peer} {statistics.median(times[peer]):.1f} us{unlike}", file=sys.stderr)
        for (target, compiler), program in programs.items():
            key, made = (target, compiler), program.program
            cells = [name, target, compiler, f"{statistics.median(times[key]):.1f}"]
            for peer in PEERS:
                engine = ("own int8", *key) if peer == "own int8" else peer
                cells.append(ratio(times[key], times[engine]) if engine in peers else "-")
            cells += [f"{made.codegen_seconds:.2f}", f"{made.compile_seconds:.1f}", f"{made.report['arena_bytes']:,}",
                      f"{difference(program.outputs, expected):.3g}"]
            print("| " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", action="append", help="as in 'vernier codegen'; default: native and x86-64-v3")
    parser.add_argument("--blocks", type=int, default=bench.BLOCKS)
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help=", ".join(NETWORKS))
    arguments = parser.parse_args()
    arguments.target = arguments.target or ["native", "x86-64-v3"]
    bench.pin(1)
    versions = {compiler_version(compiler): None for compiler in os.environ.get("COMPILERS", "g++ clang++-22").split()}
    columns = ["network", "target", "compiler", "us"] + [f"of {peer}" for peer in PEERS] + ["codegen, s", "compile, s", "arena, bytes", "differs"]
    print("| " + " | ".join(columns) + " |\n|" + "---|" * len(columns), flush=True)
    for name in arguments.networks or NETWORKS:
        if name not in NETWORKS and not os.path.exists(name):
            parser.error(f"{name}: expected a file or one of {', '.join(NETWORKS)}")
        compare(name, arguments, versions)
    print("\n" + "; ".join(versions))


if __name__ == "__main__":
    main()
