#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Static int8 by ai-edge-quantizer 0.10.0, on the calibration samples that Vernier gets.

  peer_quantize.py NETWORK OUT.tflite

The tool takes no model without a SignatureDef, so one is added where it is missing.
"""
import sys

import litert_harness as litert
import networks


def quantize(network, path):
    from ai_edge_quantizer import quantizer, recipe
    model = litert.load(f"{litert.test_data()}/models/{network.model}")
    samples = networks.real(network, networks.stored_calibration(network))
    name = litert.tensor_name(model, model.subgraphs[0].inputs[0])
    tool = quantizer.Quantizer(bytearray(litert.pack(litert.add_signature(model))), recipe.static_wi8_ai8())
    statistics = tool.calibrate({"serving_default": [{name: sample[None]} for sample in samples]})
    content = tool.quantize(statistics).quantized_model
    with open(path, "wb") as file:
        file.write(content)


if __name__ == "__main__":
    quantize(networks.by_name(sys.argv[1]), sys.argv[2])
