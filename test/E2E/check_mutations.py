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

import check_bases as bases
import flatbuffers
import litert_harness as litert
import numpy as np
from ai_edge_litert import schema_py_generated as schema

MUTATIONS = []


def breaks(rule, base=bases.int8_network, *options):
    """A function that breaks `rule` in a fresh `base`; it may return other content than the model's."""
    def register(function):
        MUTATIONS.append((rule, function.__name__, base, options, function))
        return function
    return register


def tensor(model, name):
    return next(t for g in model.subgraphs for t in g.tensors if litert.text(t.name) == name)


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


# ---------------------------------------------------------------------------- running

def check(path, *options):
    """The report and the exit code."""
    done = subprocess.run(["vernier", "check", path, "--json", *options], capture_output=True, text=True)
    try:
        return json.loads(done.stdout), done.returncode
    except json.JSONDecodeError:
        return {"findings": [], "failure": done.stderr.strip() or f"exit code {done.returncode}"}, done.returncode


def write(workdir, name, content):
    path = os.path.join(workdir, name + ".tflite")
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else litert.pack(content))
    return path


def check_bases(workdir):
    failures = 0
    for base, options in sorted({(b, o) for _, _, b, o, _ in MUTATIONS}, key=lambda pair: (pair[0].__name__, pair[1])):
        report, exit_code = check(write(workdir, base.__name__, base()), *options)
        if report["findings"] or exit_code != 0:
            failures += 1
            print(f"FAIL: {base.__name__} has findings: {report['findings'] or report.get('failure')}")
    return failures


def main(workdir, only):
    os.makedirs(workdir, exist_ok=True)
    rules = {r["rule"]: r for r in json.loads(subprocess.run(["vernier", "check", "--rules", "--json"], capture_output=True, text=True).stdout)}
    failures = check_bases(workdir)
    broken = {rule for rule, *_ in MUTATIONS}
    for rule in sorted(set(rules) - broken - EXEMPT):
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


# Rules that no table of today's format can break: a unit test gives them other bytes.
EXEMPT = {"newer-field", "buffer-alignment"}

if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1], set(sys.argv[2:])) else 1)
