#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the `.npz` files that the commands read, from the shared datasets.

  prepare_data.py FOLDER [NETWORK...]

NETWORK.calibration.npz has one array named as the input; NETWORK.evaluation.npz has `label`
besides. uint8 samples stay uint8: the commands get --mean and --std. Files that exist are kept.
"""
import os
import sys

import litert_harness as litert
import networks
import numpy as np


def model_path(network):
    return os.path.join(litert.test_data(), "models", network.model)


def input_name(network):
    model = litert.load(model_path(network))
    return litert.tensor_name(model, model.subgraphs[0].inputs[0])


def _write_once(path, arrays):
    """Writes beside and renames: tests that need the same file may run at the same time."""
    if not os.path.exists(path):
        beside = f"{path}.{os.getpid()}.npz"
        np.savez(beside, **arrays())
        os.replace(beside, path)
    return path


def calibration(network, folder):
    os.makedirs(folder, exist_ok=True)
    return _write_once(os.path.join(folder, network.name + ".calibration.npz"),
                       lambda: {input_name(network): networks.stored_calibration(network)})


def evaluation(network, folder):
    os.makedirs(folder, exist_ok=True)

    def arrays():
        samples, labels = networks.stored_evaluation(network)
        return {input_name(network): samples, "label": labels.astype(np.int32)}
    return _write_once(os.path.join(folder, network.name + ".evaluation.npz"), arrays)


def preprocessing(network):
    """Options that turn stored samples into what the network reads."""
    if networks.stored_is_real(network):
        return []
    return ["--mean", f"{network.mean:g}", "--std", f"{network.std:g}"]


def main(folder, *names):
    for network in networks.NETWORKS:
        if not names or network.name in names:
            print(calibration(network, folder))
            print(evaluation(network, folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
