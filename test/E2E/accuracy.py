#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Accuracy of quantized files against their float networks, in LiteRT with its default delegate.

  accuracy.py measure NETWORK FILE.tflite     one line of figures for a file
  accuracy.py check NETWORK FILE.tflite       the same, against the bars; exit code 1 if one is missed
  accuracy.py table FOLDER                    Markdown for NETWORK.tflite and NETWORK.peer.tflite there

Figures: top-1 of both; agreement (same top-1 as the float network); SQNR of the logits before
SOFTMAX, over all samples together. A bar is the better of the published twin, measured here, and
ai-edge-quantizer 0.10.0, recorded in `peer_figures.json` by `peer_quantize.py` and `measure`.
"""
import dataclasses
import json
import os
import sys

import litert_harness as litert
import networks
import numpy as np

# By how much an int8 file may stay behind the better of the peers.
AGREEMENT_SLACK, SQNR_SLACK = 0.5, 0.3


@dataclasses.dataclass
class Figures:
    float_top1: float
    top1: float
    agreement: float
    sqnr: float

    def __str__(self):
        return (f"top-1 {self.top1:.2f} ({self.top1 - self.float_top1:+.2f}), "
                f"agreement {self.agreement:.2f}, logits SQNR {self.sqnr:.2f} dB")


def to_input(samples, detail, network):
    """Samples in the type of a file's input."""
    if detail["dtype"] == np.float32:
        return networks.real(network, samples)
    scale, zero_point = detail["quantization"]
    info = np.iinfo(detail["dtype"])
    values = networks.real(network, samples).astype(np.float64) / scale
    return np.clip(np.rint(values) + zero_point, info.min, info.max).astype(detail["dtype"])


def scores_and_logits(path, samples, network):
    """What the file answers for each sample: its output and the dequantized logits."""
    model = litert.load(path)
    logits = litert.softmax_input(model)
    graph = model.subgraphs[0]
    result = int(graph.outputs[0])
    exposed = litert.expose(model, [logits])
    place = [int(t) for t in exposed.subgraphs[0].outputs].index(logits)
    run = litert.Runner(exposed)
    collected = ([], [])
    for sample in to_input(samples, run.inputs[0], network):
        values = run(sample[None])
        collected[0].append(litert.dequantize(values[0], graph.tensors[result]).reshape(-1))
        collected[1].append(litert.dequantize(values[place], graph.tensors[logits]).reshape(-1))
    return np.stack(collected[0]), np.stack(collected[1])


_float_results = {}


def measure(network, path):
    """Figures of a quantized file of `network`."""
    samples, labels = networks.stored_evaluation(network)
    if network.name not in _float_results:
        float_path = os.path.join(litert.test_data(), "models", network.model)
        _float_results[network.name] = scores_and_logits(float_path, samples, network)
    expected, expected_logits = _float_results[network.name]
    scores, logits = scores_and_logits(path, samples, network)
    return Figures(litert.top1(expected_logits, labels), litert.top1(scores, labels),
                   litert.agreement(expected_logits, scores), litert.sqnr(expected_logits, logits))


def twin_figures(network):
    if not network.twin:
        return None
    return measure(network, os.path.join(litert.test_data(), "models", network.twin))


def recorded_peer(network):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "peer_figures.json")) as file:
        figures = json.load(file)["networks"].get(network.name, {})
    return Figures(**figures) if "top1" in figures else None


def check(network, path):
    """Prints the figures and every bar that they miss; returns whether all hold."""
    ours = measure(network, path)
    print(f"{network.name}: {ours}")
    missed = []
    if ours.top1 < ours.float_top1 - network.bar - 1e-9:
        missed.append(f"top-1 fell by {ours.float_top1 - ours.top1:.2f}, at most {network.bar} allowed")
    for label, peer in (("published twin", twin_figures(network)), ("ai-edge-quantizer", recorded_peer(network))):
        if peer is None or (label == "published twin" and not network.twin_is_same_weights):
            continue
        print(f"  {label}: {peer}")
        if ours.agreement < peer.agreement - AGREEMENT_SLACK - 1e-9:
            missed.append(f"agreement is more than {AGREEMENT_SLACK} points below the {label}'s")
        if ours.sqnr < peer.sqnr - SQNR_SLACK - 1e-9:
            missed.append(f"SQNR is more than {SQNR_SLACK} dB below the {label}'s")
    for line in missed:
        print(f"  MISSED: {line}")
    return not missed


def table(folder):
    print("| network | file | float top-1 | top-1 | change | agreement | logits SQNR |")
    print("|---|---|---|---|---|---|---|")
    for network in networks.NETWORKS:
        candidates = [("Vernier", os.path.join(folder, network.name + ".tflite")),
                      ("ai-edge-quantizer", os.path.join(folder, network.name + ".peer.tflite"))]
        if network.twin:
            candidates.append(("published", os.path.join(litert.test_data(), "models", network.twin)))
        for label, path in candidates:
            if not os.path.exists(path):
                continue
            try:
                f = measure(network, path)
                print(f"| {network.name} | {label} | {f.float_top1:.2f} | {f.top1:.2f} | "
                      f"{f.top1 - f.float_top1:+.2f} | {f.agreement:.2f} | {f.sqnr:.2f} dB |", flush=True)
            except (RuntimeError, ValueError) as error:
                reason = str(error).strip().split("\n")[0]
                print(f"| {network.name} | {label} | does not run in LiteRT: {reason} | | | | |", flush=True)


def main(arguments):
    if arguments[0] == "table":
        table(arguments[1])
        return 0
    network, path = networks.by_name(arguments[1]), arguments[2]
    if arguments[0] == "check":
        return 0 if check(network, path) else 1
    figures = measure(network, path)
    print(f"{network.name}: {figures}")
    print(json.dumps({network.name: dataclasses.asdict(figures)}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
