# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators' versions, and what runtime they need."""
import check_bases as bases
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from .mutation import breaks, code


@breaks("version-too-low")
def version_below_the_types(model):
    code(model, "CONV_2D").version = 1


@breaks("version-too-low", bases.int16_network)
def version_below_the_bias_type(model):
    code(model, "FULLY_CONNECTED").version = 5


@breaks("version-unknown")
def version_of_the_future(model):
    code(model, "CONV_2D").version = 99


@breaks("version-unknown", bases.lstm)
def version_of_another_runtime(model):
    code(model, "UNIDIRECTIONAL_SEQUENCE_LSTM").version = 5


@breaks("edgetpu-version", bases.pieces, "--target", "edgetpu")
def quantize_per_channel_for_the_edgetpu(model):
    code(model, "QUANTIZE").version = 3


@breaks("min-runtime", bases.int8_network, "--min-runtime", "1.14")
def newer_than_asked_for(model):
    code(model, "CONV_2D").version = 7


@breaks("recorded-runtime")
def older_runtime_in_the_metadata(model):
    entry, buffer = schema.MetadataT(), schema.BufferT()
    entry.name, entry.buffer = "min_runtime_version", len(model.buffers)
    buffer.data = np.frombuffer(b"1.5.0".ljust(16, b"\0"), np.uint8)
    model.metadata = [entry]
    model.buffers.append(buffer)
