# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a file is made of."""
from unittest import mock

import check_bases as bases
import litert_harness as litert
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from check_bases import tensor

from .mutation import breaks, code, data, index, operator


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
