#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Accuracy and size of every scheme on the labelled networks, beside ai-edge-quantizer's files: a Markdown table.

  scheme_accuracy.py WORKDIR [--scheme NAME]... [--samples N] [--peers FOLDER] NETWORK...

Quantizes with `vernier`, runs in LiteRT with its default delegate on the first N labelled samples. FOLDER holds
NETWORK.SCHEME.tflite of `peer_quantize.py`. Exit code 1 where a bar is missed: fp16 within 0.2 points of float; of the
others, top-1 at most 0.5 points below the peer's file, agreement and SQNR not below it; int16x8 within 0.5 dB of int8
weights under float activations (`weight-only`), and not below int8; no file larger than the peer's.
"""
import argparse
import os
import sys

import accuracy
import networks
import prepare_data
from tools import run_tool

SCHEMES = ["int8", "int16x8", "fp16", "dynamic", "weight-only"]
FP16_LOSS, TOP1_SLACK, SQNR_OF_ACTIVATIONS = 0.2, 0.5, 0.5
# Two runs of one file differ by as much where LiteRT's float sums depend on threads.
NOISE = 0.005


def quantize(network, scheme, workdir):
    out = os.path.join(workdir, f"{network.name}.{scheme}.tflite")
    options = []
    if scheme in ("int8", "int16x8"):
        options = ["--calibration", prepare_data.calibration(network, workdir), *prepare_data.preprocessing(network)]
    run_tool("vernier", "quantize", prepare_data.model_path(network), "--scheme", scheme, "-o", out, *options)
    return out


def peer_of(network, scheme, folder):
    """(path, figures) of the peer's file; no figures where LiteRT refuses it, nothing where there is none."""
    path = os.path.join(folder or "", f"{network.name}.{scheme}.tflite")
    if not folder or not os.path.exists(path):
        return None
    try:
        return path, accuracy.measure(network, path)
    except (RuntimeError, ValueError):
        return path, None


def missed_bars(scheme, ours, path, peer, others):
    """What `ours` misses; `others` are the figures of the schemes measured before."""
    missed = []
    if scheme == "fp16" and ours.float_top1 - ours.top1 > FP16_LOSS + NOISE:
        missed.append(f"top-1 {ours.float_top1 - ours.top1:.2f} below float")
    if scheme == "int16x8":
        if "int8" in others and ours.sqnr < others["int8"].sqnr - NOISE:
            missed.append("SQNR below int8's")
        if "weight-only" in others and ours.sqnr < others["weight-only"].sqnr - SQNR_OF_ACTIVATIONS:
            missed.append(f"SQNR {others['weight-only'].sqnr - ours.sqnr:.2f} dB below weight-only's")
    if not peer:
        return missed
    peer_path, figures = peer
    if os.path.getsize(path) > os.path.getsize(peer_path):
        missed.append("larger than the peer's")
    if figures and scheme not in ("fp16", "int8"):
        if ours.top1 < figures.top1 - TOP1_SLACK - NOISE:
            missed.append(f"top-1 {figures.top1 - ours.top1:.2f} below the peer's")
        if ours.agreement < figures.agreement - NOISE:
            missed.append(f"agreement {figures.agreement - ours.agreement:.2f} below the peer's")
        if ours.sqnr < figures.sqnr - NOISE:
            missed.append(f"SQNR {figures.sqnr - ours.sqnr:.2f} dB below the peer's")
    return missed


def row(network, scheme, label, path, figures, missed):
    size = os.path.getsize(path)
    if figures is None:
        text = "does not run in LiteRT | | |"
    else:
        text = f"{figures.top1:.2f} ({figures.top1 - figures.float_top1:+.2f}) | {figures.agreement:.2f} | {figures.sqnr:.2f} dB |"
    print(f"| {network.name} | {scheme} | {label} | {size} | {text} {'; '.join(missed)} |", flush=True)


def check(network, schemes, workdir, peers):
    # The bar of int16x8 is made of the others.
    order = sorted(schemes, key=lambda scheme: scheme == "int16x8")
    others, good = {}, True
    for scheme in order:
        path = quantize(network, scheme, workdir)
        ours = others[scheme] = accuracy.measure(network, path)
        peer = peer_of(network, scheme, peers)
        missed = missed_bars(scheme, ours, path, peer, others)
        row(network, scheme, "Vernier", path, ours, missed)
        if peer:
            row(network, scheme, "peer", *peer, [])
        good &= not missed
    return good


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("workdir")
    parser.add_argument("--scheme", action="append", choices=SCHEMES)
    parser.add_argument("--samples", type=int)
    parser.add_argument("--peers")
    parser.add_argument("networks", nargs="+")
    options = parser.parse_args(arguments)
    os.makedirs(options.workdir, exist_ok=True)
    if options.samples:
        every = networks.stored_evaluation
        networks.stored_evaluation = lambda network: tuple(part[:options.samples] for part in every(network))
    print("| network | scheme | file | bytes | top-1 (change) | agreement | logits SQNR | bars missed |\n|---|---|---|---|---|---|---|---|")
    results = [check(networks.by_name(name), options.scheme or SCHEMES, options.workdir, options.peers)
               for name in options.networks]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
