#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Breaks every rule of `vernier check`, one at a time, in files that keep them all.

  check_mutations.py WORKDIR [RULE ...]

Passes if no base has a finding, every rule that `vernier check --rules` lists is broken by some mutation, and each
mutation is found: by its rule, with the exit code of the rule's severity.
"""
import json
import os
import subprocess
import sys
from unittest import mock

import check_bases as bases
import litert_harness as litert
import numpy as np
from ai_edge_litert import schema_py_generated as schema
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


# ---------------------------------------------------------------------------- structure

@breaks("flatbuffer")
def truncated(model):
    return litert.pack(model)[:-400]


@breaks("flatbuffer")
def other_identifier(model):
    content = litert.pack(model)
    return content[:4] + b"ONNX" + content[8:]


@breaks("schema-version")
def version_2(model):
    model.version = 2


@breaks("subgraph")
def no_subgraph(model):
    model.subgraphs, model.signatureDefs = [], []


@breaks("buffer-range")
def data_behind_the_file(model):
    buffer = data(model, "conv/w")
    buffer.data, buffer.offset, buffer.size = None, 1 << 30, 108


@breaks("buffer-index")
def buffer_that_is_not_there(model):
    tensor(model, "conv/w").buffer = 999


@breaks("buffer-zero")
def data_in_buffer_zero(model):
    model.buffers[0].data = np.zeros(4, np.uint8)


@breaks("metadata-buffer")
def metadata_that_are_not_there(model):
    entry = schema.MetadataT()
    entry.name, entry.buffer = "notes", 999
    model.metadata = [entry]


@breaks("external-file")
def weights_in_another_file(model):
    group = schema.ExternalBufferGroupT()
    group.name = "../weights.bin"
    model.externalBufferGroups = [group]


@breaks("signature")
def signature_of_another_subgraph(model):
    model.signatureDefs[0].subgraphIndex = 7


@breaks("signature")
def signature_names_an_inner_tensor(model):
    model.signatureDefs[0].outputs[0].tensorIndex = index(model, "conv")


@breaks("operator-code")
def code_that_is_not_there(model):
    operator(model, "ADD").opcodeIndex = 99


@breaks("unknown-operator")
def builtin_without_a_name(model):
    code(model, "ADD").builtinCode = 9999
    model.operatorCodes[2].deprecatedBuiltinCode = 127


@breaks("deprecated-code")
def old_code_left_out(model):
    code(model, "SOFTMAX").deprecatedBuiltinCode = 0


@breaks("deprecated-code")
def old_code_of_another_operator(model):
    code(model, "CONV_2D").deprecatedBuiltinCode = 4


@breaks("tensor-index")
def operand_that_is_not_there(model):
    operator(model, "ADD").inputs = [0, 999]


@breaks("tensor-index")
def absent_result(model):
    operator(model, "SOFTMAX").outputs = [-1]


@breaks("tensor-index")
def output_that_is_not_there(model):
    model.subgraphs[0].outputs = [-5]
    model.signatureDefs = []


@breaks("single-writer")
def computed_twice(model):
    operator(model, "ADD").outputs = [index(model, "depth")]


@breaks("single-writer")
def computed_constant(model):
    operator(model, "ADD").outputs = [index(model, "other")]


@breaks("undefined-tensor")
def nobody_computes_it(model):
    model.subgraphs[0].operators.pop(0)


@breaks("operator-order")
def operators_out_of_order(model):
    operators = model.subgraphs[0].operators
    operators[2], operators[3] = operators[3], operators[2]


@breaks("operator-order")
def operator_reads_itself(model):
    operator(model, "ADD").inputs = [index(model, "sum"), index(model, "other")]


def add_call(model, subgraph):
    call = schema.OperatorCodeT()
    call.builtinCode = schema.BuiltinOperator.CALL_ONCE
    call.deprecatedBuiltinCode, call.version = 127, 1
    op = schema.OperatorT()
    op.opcodeIndex, op.inputs, op.outputs = len(model.operatorCodes), [], []
    op.builtinOptionsType, op.builtinOptions = schema.BuiltinOptions.CallOnceOptions, schema.CallOnceOptionsT()
    op.builtinOptions.initSubgraphIndex = subgraph
    model.operatorCodes.append(call)
    model.subgraphs[0].operators.append(op)


@breaks("subgraph-reference")
def subgraph_that_is_not_there(model):
    add_call(model, 5)


@breaks("recursion")
def subgraph_calls_itself(model):
    add_call(model, 0)


@breaks("newer-field")
def field_of_a_later_format(model):
    known = 10

    def start(builder):
        builder.StartObject(known + 1)

    def end(builder):
        builder.PrependInt32Slot(known, 1, 0)
        return builder.EndObject()

    with mock.patch.multiple(schema, ModelStart=start, ModelEnd=end):
        return litert.pack(model)


@breaks("element-type")
def element_type_without_a_name(model):
    tensor(model, "conv").type = 99


@breaks("shape")
def negative_dimension(model):
    tensor(model, "conv").shape = [1, -4, 4, 4]


@breaks("shape")
def signature_of_another_rank(model):
    tensor(model, "conv").shapeSignature = [-1, 4]


@breaks("data-size")
def too_few_bytes(model):
    buffer = data(model, "conv/w")
    buffer.data = buffer.data[:-1]


@breaks("string-table")
def string_behind_its_table(model):
    other = tensor(model, "other")
    other.type, other.shape, other.quantization = schema.TensorType.STRING, [1], None
    data(model, "other").data = np.array([1, 12, 500], np.int32).view(np.uint8)


@breaks("sparsity")
def sparse_without_an_index(model):
    tensor(model, "dense/w").sparsity = schema.SparsityParametersT()


@breaks("variable-data")
def variable_constant(model):
    tensor(model, "other").isVariable = True


@breaks("details-tensor")
def blockwise_without_scales(model):
    record = tensor(model, "dense/w").quantization
    record.detailsType = schema.QuantizationDetails.BlockwiseQuantization
    record.details = schema.BlockwiseQuantizationT()
    record.details.scales = 777


# ---------------------------------------------------------------------------- versions

@breaks("version-too-low")
def version_below_the_types(model):
    code(model, "CONV_2D").version = 1


# ---------------------------------------------------------------------------- quantization parameters

def set_scale(model, name, *values):
    tensor(model, name).quantization.scale = np.array(values, np.float32)


@breaks("scale-value")
def scale_zero(model):
    set_scale(model, "conv", 0)


@breaks("scale-value")
def scale_infinite(model):
    set_scale(model, "conv", np.inf)


@breaks("scale-value")
def scale_nan(model):
    set_scale(model, "conv", np.nan)


@breaks("scale-value")
def scale_negative(model):
    set_scale(model, "x", -0.05)


@breaks("scale-count")
def scales_of_another_dimension(model):
    tensor(model, "depth/w").quantization.quantizedDimension = 1


@breaks("scale-count")
def dimension_beyond_the_rank(model):
    tensor(model, "conv/b").quantization.quantizedDimension = 3


@breaks("zero-point-count")
def one_zero_point_for_all(model):
    tensor(model, "conv/w").quantization.zeroPoint = np.zeros(1, np.int64)


@breaks("zero-point-count")
def no_zero_point(model):
    tensor(model, "conv").quantization.zeroPoint = None


@breaks("zero-point-range")
def zero_point_beyond_the_type(model):
    tensor(model, "conv").quantization.zeroPoint = np.array([128], np.int64)


# ---------------------------------------------------------------------------- operators

@breaks("same-scale")
def reshape_changes_the_scale(model):
    set_scale(model, "flat", 0.06)


@breaks("same-scale")
def concatenation_of_two_scales(model):
    operator(model, "CONCATENATION").inputs = [index(model, "sum"), index(model, "depth")]


@breaks("fixed-output")
def softmax_of_another_scale(model):
    set_scale(model, "y", 1 / 255)


@breaks("fixed-output")
def softmax_of_another_zero_point(model):
    tensor(model, "y").quantization.zeroPoint = np.array([0], np.int64)


# ---------------------------------------------------------------------------- integers

@breaks("bias-scale")
def bias_of_another_scale(model):
    tensor(model, "conv/b").quantization.scale = tensor(model, "conv/b").quantization.scale * np.float32([1, 1, 1.01, 1])


@breaks("multiplier-range")
def multiplier_256(model):
    set_scale(model, "dense", 0.05 * 0.004 / 257)


@breaks("bias-dimension")
def bias_on_another_dimension(model):
    for name in ("conv/b", "dense/b"):
        tensor(model, name).quantization.quantizedDimension = 3


@breaks("bias-scale")
def one_bias_scale_for_all(model):
    set_scale(model, "conv/b", 1e-4)
    tensor(model, "conv/b").quantization.zeroPoint = np.zeros(1, np.int64)


@breaks("operator-form")
def bias_too_short(model):
    b = tensor(model, "conv/b")
    b.shape, data(model, "conv/b").data = [3], data(model, "conv/b").data[:12]
    b.quantization.scale, b.quantization.zeroPoint = b.quantization.scale[:1], b.quantization.zeroPoint[:1]


@breaks("bias-unquantized")
def bias_without_a_scale(model):
    tensor(model, "conv/b").quantization = None


def set_data(model, name, values):
    data(model, name).data = np.frombuffer(np.ascontiguousarray(values).tobytes(), np.uint8)


@breaks("bias-overflow")
def bias_at_the_limit(model):
    set_data(model, "conv/b", np.array([0, 2**31 - 1, 0, 0], np.int32))


@breaks("multiplier-zero")
def multiplier_that_vanishes(model):
    set_scale(model, "dense", 0.05 * 0.004 * 2.0**33)


@breaks("sum-multiplier")
def sum_of_a_fine_result(model):
    set_scale(model, "sum", 2 * 0.03 / 2**20)


@breaks("sum-multiplier", bases.int16_network)
def wide_sum_of_a_fine_result(model):
    set_scale(model, "sum", 2 * 0.0003 / 2**16)


@breaks("rescale-range", bases.pieces)
def product_of_a_tiny_scale(model):
    set_scale(model, "product", 1e-13)


@breaks("rescale-range", bases.pieces)
def requantization_to_nothing(model):
    set_scale(model, "again", 1e10)


@breaks("softmax-input")
def softmax_of_a_tiny_scale(model):
    set_scale(model, "dense", 1e-9)


@breaks("softmax-input")
def softmax_without_beta(model):
    operator(model, "SOFTMAX").builtinOptions.beta = 0.0


@breaks("activation-range")
def clamp_beyond_32_bits(model):
    set_scale(model, "conv", 1e-9)


def deepen(model, depth, value):
    """The dense layer reads `depth` values instead of 32."""
    tensor(model, "flat").shape = [1, depth]
    tensor(model, "dense/w").shape = [5, depth]
    set_data(model, "dense/w", np.full((5, depth), value, np.int8))
    tensor(model, "joined").shape = [1, 2, 2, depth // 4]
    set_data(model, "shape", np.array([1, depth], np.int32))


@breaks("accumulator-depth")
def too_many_products(model):
    deepen(model, 65540, 1)


@breaks("accumulator-overflow")
def sum_that_overflows(model):
    deepen(model, 131080, 127)


@breaks("accumulator-overflow", bases.int16_network)
def narrow_sum_of_wide_products(model):
    set_data(model, "conv/b", np.full(4, 2**31 - 1, np.int32))
    tensor(model, "conv/b").type = schema.TensorType.INT32
    operator(model, "CONV_2D").builtinOptions.quantizedBiasType = schema.TensorType.INT32


@breaks("recurrent-bias-scale", bases.lstm)
def gate_bias_of_another_scale(model):
    set_scale(model, "bf", *(2 * tensor(model, "bf").quantization.scale))


@breaks("recurrent-bias-scale", bases.svdf)
def svdf_bias_of_another_scale(model):
    set_scale(model, "b", *(2 * tensor(model, "b").quantization.scale))


# ---------------------------------------------------------------------------- more versions

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


# ---------------------------------------------------------------------------- kernels

def become(model, kind, other, table=None):
    """Makes another operator of one of `kind`."""
    op, c = operator(model, kind), code(model, kind)
    c.builtinCode = c.deprecatedBuiltinCode = getattr(schema.BuiltinOperator, other)
    c.version = 1
    op.builtinOptionsType = getattr(schema.BuiltinOptions, table) if table else 0
    op.builtinOptions = getattr(schema, table + "T")() if table else None


@breaks("no-kernel", bases.int16_network)
def squared_difference_in_16_bits(model):
    become(model, "ADD", "SQUARED_DIFFERENCE", "SquaredDifferenceOptions")


@breaks("no-kernel", bases.int8_network, "--target", "tflm")
def operator_that_micro_lacks(model):
    become(model, "SOFTMAX", "RANK", "RankOptions")


@breaks("no-kernel")
def builtin_without_a_kernel(model):
    become(model, "SOFTMAX", "CONCAT_EMBEDDINGS")


@breaks("custom-operator")
def custom_operator(model):
    code(model, "SOFTMAX").customCode = "FlexSoftmax"
    become(model, "SOFTMAX", "CUSTOM")


def narrow(model, name, dtype, bits):
    """Stores a tensor's elements in fewer bits; which values they get does not matter."""
    t = tensor(model, name)
    count = int(np.prod(t.shape))
    t.type = dtype
    set_data(model, name, np.zeros((count * bits + 7) // 8, np.uint8))


@breaks("weight-types")
def convolution_with_two_bits(model):
    narrow(model, "conv/w", schema.TensorType.INT2, 2)


@breaks("weight-types", bases.hybrid_network)
def float_depthwise_with_four_bits(model):
    narrow(model, "depth/w", schema.TensorType.INT4, 4)


@breaks("weight-types", bases.hybrid_network, "--target", "tflm")
def hybrid_on_micro(model):
    pass


@breaks("bias-type")
def bias_in_8_bits(model):
    tensor(model, "conv/b").type = schema.TensorType.INT8
    set_data(model, "conv/b", np.ones(4, np.int8))


@breaks("bias-type", bases.int16_network)
def narrow_bias_of_a_depthwise_convolution(model):
    tensor(model, "depth/b").type = schema.TensorType.INT32
    set_data(model, "depth/b", np.ones(4, np.int32))


@breaks("bias-type-option", bases.int16_network)
def option_says_32_bits(model):
    operator(model, "CONV_2D").builtinOptions.quantizedBiasType = schema.TensorType.INT32


@breaks("bias-type-option", bases.int16_network)
def narrow_accumulator_without_a_bias(model):
    operator(model, "FULLY_CONNECTED").builtinOptions.quantizedBiasType = schema.TensorType.INT32


@breaks("blockwise-form", bases.hybrid_network)
def blockwise_scales_in_float32(model):
    tensor(model, "blocks/scales").type = schema.TensorType.FLOAT32
    set_data(model, "blocks/scales", np.ones((8, 2), np.float32))


@breaks("blockwise-form", bases.hybrid_network)
def blocks_of_another_size(model):
    tensor(model, "blocks").quantization.details.blockSize = 16


@breaks("blockwise-form", bases.hybrid_network)
def blockwise_in_8_bits(model):
    narrow(model, "blocks", schema.TensorType.INT8, 8)


@breaks("hybrid-depthwise", bases.hybrid_network)
def one_scale_for_a_hybrid_depthwise(model):
    record = tensor(model, "depth/w").quantization
    record.scale, record.zeroPoint, record.quantizedDimension = record.scale[:1], record.zeroPoint[:1], 0


@breaks("two-bit-rows", bases.hybrid_network)
def two_bits_with_one_scale(model):
    narrow(model, "dense/w", schema.TensorType.INT2, 2)
    record = tensor(model, "dense/w").quantization
    record.scale, record.zeroPoint = record.scale[:1], record.zeroPoint[:1]


@breaks("half-result", bases.hybrid_network)
def half_stays_half(model):
    tensor(model, "whole").type = schema.TensorType.FLOAT16


@breaks("cast-scale", bases.pieces)
def dequantize_without_a_scale(model):
    tensor(model, "left").quantization = None


@breaks("dynamic-shape", bases.int8_network, "--target", "tflm")
def unknown_batch(model):
    tensor(model, "x").shapeSignature = [-1, 6, 6, 3]


@breaks("float-on-edgetpu", bases.int8_network, "--target", "edgetpu")
def float_on_the_edgetpu(model):
    tensor(model, "other").type, tensor(model, "other").quantization = schema.TensorType.FLOAT32, None
    set_data(model, "other", np.ones((1, 2, 2, 4), np.float32))


# ---------------------------------------------------------------------------- more parameters

@breaks("scale-value")
def scale_denormal(model):
    set_scale(model, "conv", 1e-40)


@breaks("int16-zero-point", bases.int16_network)
def zero_point_of_16_bits(model):
    tensor(model, "conv").quantization.zeroPoint = np.array([7], np.int64)


@breaks("bias-zero-point")
def zero_point_of_a_bias(model):
    tensor(model, "dense/b").quantization.zeroPoint = np.array([3], np.int64)


@breaks("weight-zero-point")
def zero_point_of_weights(model):
    tensor(model, "dense/w").quantization.zeroPoint = np.array([3], np.int64)


@breaks("weight-zero-point", bases.hybrid_network)
def zero_point_of_hybrid_weights(model):
    tensor(model, "dense/w").quantization.zeroPoint = np.full(64, 3, np.int64)


@breaks("weight-axis")
def weights_on_another_dimension(model):
    record = tensor(model, "conv/w").quantization
    record.scale, record.zeroPoint, record.quantizedDimension = record.scale[:3], record.zeroPoint[:3], 3


@breaks("activation-scales")
def scales_for_each_channel_of_an_activation(model):
    record = tensor(model, "conv").quantization
    record.scale, record.zeroPoint, record.quantizedDimension = np.full(4, 0.04, np.float32), np.full(4, -5, np.int64), 3


@breaks("missing-scale")
def activation_without_a_scale(model):
    tensor(model, "sum").quantization = None


@breaks("missing-scale")
def weights_without_a_scale(model):
    tensor(model, "conv/w").quantization = None


@breaks("missing-weight-scale", bases.hybrid_network)
def hybrid_weights_without_a_scale(model):
    tensor(model, "dense/w").quantization = None


@breaks("narrow-range")
def weights_at_minus_128(model):
    values = data(model, "conv/w").data.copy()
    values[5] = 128
    data(model, "conv/w").data = values


@breaks("power-of-two", bases.lstm)
def cell_state_of_another_scale(model):
    set_scale(model, "c", *(1.5 * tensor(model, "c").quantization.scale))


@breaks("state-parameters", bases.lstm)
def output_state_of_another_scale(model):
    set_scale(model, "h", *(1.5 * tensor(model, "h").quantization.scale))


@breaks("inner-parameters", bases.lstm)
def lstm_without_inner_parameters(model):
    tensor(model, "hidden").quantization = None


@breaks("storage-width", bases.lstm)
def cell_state_in_8_bits(model):
    tensor(model, "bf").type = schema.TensorType.INT8
    set_data(model, "bf", np.ones(tensor(model, "bf").shape, np.int8))


@breaks("scale-value", bases.svdf)
def svdf_state_without_a_scale(model):
    set_scale(model, "s", 0)


@breaks("value-bits", bases.svdf)
def time_weights_of_16_bits(model):
    set_data(model, "t", np.full(tensor(model, "t").shape, 30000, np.int16))


# ---------------------------------------------------------------------------- more operators

@breaks("same-scale", bases.pieces)
def pool_changes_the_scale(model):
    set_scale(model, "pooled", 0.15)


@breaks("same-scale", bases.pieces)
def split_changes_the_zero_point(model):
    tensor(model, "right").quantization.zeroPoint = np.array([4], np.int64)


@breaks("fixed-output", bases.int16_network)
def softmax_of_16_bits_of_another_scale(model):
    set_scale(model, "y", 1 / 256)


@breaks("operator-form")
def convolution_without_a_filter(model):
    operator(model, "CONV_2D").inputs = [index(model, "x")]


@breaks("operator-form")
def dense_layer_of_another_depth(model):
    tensor(model, "dense/w").shape = [10, 16]


@breaks("recorded-shape")
def shape_that_is_not_computed(model):
    tensor(model, "conv").shape = [1, 9, 9, 4]


@breaks("option-value")
def padding_without_a_name(model):
    operator(model, "CONV_2D").builtinOptions.padding = 7


@breaks("options-table")
def options_of_another_operator(model):
    add = operator(model, "ADD")
    add.builtinOptionsType, add.builtinOptions = schema.BuiltinOptions.SoftmaxOptions, schema.SoftmaxOptionsT()


@breaks("option-range")
def stride_zero(model):
    operator(model, "CONV_2D").builtinOptions.strideH = 0


@breaks("option-range", bases.pieces)
def pool_without_options(model):
    operator(model, "AVERAGE_POOL_2D").builtinOptionsType, operator(model, "AVERAGE_POOL_2D").builtinOptions = 0, None


@breaks("option-range", bases.pieces)
def split_into_other_pieces(model):
    operator(model, "SPLIT").builtinOptions.numSplits = 3


@breaks("channels")
def filter_of_other_channels(model):
    tensor(model, "conv/w").shape = [4, 3, 1, 9]


@breaks("fused-activation")
def fused_tanh(model):
    operator(model, "CONV_2D").builtinOptions.fusedActivationFunction = schema.ActivationFunctionType.TANH


@breaks("resize-options", bases.hybrid_network)
def both_ways_to_resize(model):
    operator(model, "RESIZE_BILINEAR").builtinOptions.alignCorners = True


@breaks("weights-format")
def shuffled_weights(model):
    operator(model, "FULLY_CONNECTED").builtinOptions.weightsFormat = 1


@breaks("power-of-two-sum", bases.int16_network)
def sum_says_powers_of_two(model):
    operator(model, "ADD").builtinOptions.potScaleInt16 = True


@breaks("index-type")
def shape_in_8_bits(model):
    tensor(model, "shape").type = schema.TensorType.INT8
    set_data(model, "shape", np.array([1, 32], np.int8))


@breaks("subgraph-interface", bases.branches)
def branch_with_another_scale(model):
    set_scale(model, "then/y", 0.3)


@breaks("subgraph-interface", bases.branches)
def branch_with_another_input(model):
    model.subgraphs[1].inputs = []
    model.signatureDefs = []


@breaks("buffer-alignment", bases.int16_network)
def constants_at_odd_places(model):
    # The Python writer aligns to 4 bytes; which constants that leaves at odd places depends on what stands before.
    for length in range(16):
        model.description = "x" * length
        content = litert.pack(model)
        bias = data(model, "conv/b").data.tobytes()
        if content.index(bias) % 8:
            return content
    raise AssertionError("no such length")


# ---------------------------------------------------------------------------- running

def check(path, *options):
    """The report and the exit code."""
    done = subprocess.run(["vernier", "check", path, "--json", *options], capture_output=True, text=True)
    try:
        report = json.loads(done.stdout)
    except json.JSONDecodeError:
        return {"findings": [], "failure": done.stderr.strip() or f"exit code {done.returncode}"}, done.returncode
    return report, done.returncode


def write(workdir, name, content):
    path = os.path.join(workdir, name + ".tflite")
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else litert.pack(content))
    return path


def check_bases(workdir):
    failures = 0
    for base in sorted({base for _, _, base, _, _ in MUTATIONS}, key=lambda base: base.__name__):
        path = write(workdir, base.__name__, base())
        report, exit_code = check(path)
        # The Python writer aligns constants to 4 bytes only.
        findings = [f for f in report["findings"] if f["rule"] != "buffer-alignment"]
        if findings or exit_code != 0:
            failures += 1
            print(f"FAIL: {base.__name__} has findings: {findings or report.get('failure')}")
        with open(path, "rb") as file:
            runner = litert.Runner(file.read())
        runner(*[np.zeros(d["shape"], d["dtype"]) for d in runner.inputs])
    return failures


def main(workdir, only):
    os.makedirs(workdir, exist_ok=True)
    rules = {r["rule"]: r for r in json.loads(subprocess.run(["vernier", "check", "--rules", "--json"], capture_output=True, text=True).stdout)}
    failures = check_bases(workdir)
    broken = {rule for rule, *_ in MUTATIONS}
    for rule in sorted(set(rules) - broken):
        failures += 1
        print(f"FAIL: no mutation breaks {rule}")
    for rule, name, base, options, mutate in MUTATIONS:
        if only and rule not in only:
            continue
        model = base()
        changed = mutate(model)
        report, exit_code = check(write(workdir, name, model if changed is None else changed), *options)
        found = {f["rule"] for f in report["findings"]}
        expected = 3 if any(f["severity"] == "error" for f in report["findings"]) else 0
        if rule not in found or exit_code != expected:
            failures += 1
            print(f"FAIL: {name}: expected {rule} and exit code {expected}, found {sorted(found) or report.get('failure')}, exit code {exit_code}")
        elif only or os.environ.get("CHECK_VERBOSE"):
            print(f"{name}: {sorted(found)}")
    print(f"{len(MUTATIONS)} mutations of {len(broken)} rules, {failures} failures")
    return failures == 0


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1], set(sys.argv[2:])) else 1)
