# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How a mutation is written, and what several of them do to a model."""
import check_bases as bases
import litert_harness as litert
import numpy as np
from check_bases import tensor

MUTATIONS = []


def breaks(rule, base=bases.int8_network, *options):
    """A function that breaks `rule` in a fresh `base`; it may return other content than the model's."""
    def register(function):
        MUTATIONS.append((rule, function.__name__, base, options, function))
        return function
    return register


def index(model, name):
    return model.subgraphs[0].tensors.index(tensor(model, name))


def operator(model, kind):
    return next(o for o in model.subgraphs[0].operators if litert.operator_name(model, o) == kind)


def code(model, kind):
    return model.operatorCodes[operator(model, kind).opcodeIndex]


def data(model, name):
    return model.buffers[tensor(model, name).buffer]


def set_scale(model, name, *values):
    tensor(model, name).quantization.scale = np.array(values, np.float32)


def set_data(model, name, values):
    data(model, name).data = np.frombuffer(np.ascontiguousarray(values).tobytes(), np.uint8)
