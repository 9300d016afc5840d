#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The files of ai-edge-quantizer 0.10.0, on the calibration samples that Vernier gets.

  peer_quantize.py NETWORK OUT.tflite [SCHEME]        SCHEME as in `vernier quantize`; int8 without it

The tool takes no model without a SignatureDef, so one is added where it is missing; and it reads operators from the
newer of two fields alone, so that files older than schema version 3a get both.
"""
import sys

import litert_harness as litert
import networks


def half_precision():
    from ai_edge_quantizer import algorithm_manager, qtyping, recipe_manager
    manager = recipe_manager.RecipeManager()
    manager.add_quantization_config(
        regex=".*", operation_name=qtyping.TFLOperationName.ALL_SUPPORTED,
        op_config=qtyping.OpQuantizationConfig(
            weight_tensor_config=qtyping.TensorQuantizationConfig(num_bits=16, dtype=qtyping.TensorDataType.FLOAT),
            compute_precision=qtyping.ComputePrecision.FLOAT),
        algorithm_key=algorithm_manager.AlgorithmName.FLOAT_CASTING)
    return manager.get_quantization_recipe()


def recipe_of(scheme):
    from ai_edge_quantizer import recipe
    return {"int8": recipe.static_wi8_ai8, "int16x8": recipe.static_wi8_ai16, "fp16": half_precision,
            "dynamic": recipe.dynamic_wi8_afp32, "weight-only": recipe.weight_only_wi8_afp32}[scheme]()


def quantize(network, path, scheme):
    from ai_edge_quantizer import quantizer
    model = litert.load(f"{litert.test_data()}/models/{network.model}")
    for code in model.operatorCodes:
        code.builtinCode = max(code.builtinCode, code.deprecatedBuiltinCode)
    name = litert.tensor_name(model, model.subgraphs[0].inputs[0])
    tool = quantizer.Quantizer(bytearray(litert.pack(litert.add_signature(model))), recipe_of(scheme))
    statistics = None
    if scheme in ("int8", "int16x8"):
        samples = networks.real(network, networks.stored_calibration(network))
        statistics = tool.calibrate({"serving_default": [{name: sample[None]} for sample in samples]})
    content = tool.quantize(statistics).quantized_model
    with open(path, "wb") as file:
        file.write(content)


if __name__ == "__main__":
    quantize(networks.by_name(sys.argv[1]), sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "int8")
