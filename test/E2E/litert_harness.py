# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What every end-to-end test needs of LiteRT: load, rewrite, run and compare `.tflite` files.

A file is handled as the object tree that the schema generates (`ModelT`). Under the default
delegate LiteRT never writes a network's inner tensors, so tests that look at them run a copy of
the file in which every operator result is also a graph output (`expose`).
"""
import copy
import os

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

# The kernel sets of LiteRT by the names of docs/Numerics.md.
RESOLVERS = {
    "litert": OpResolverType.AUTO,
    "litert-ref": OpResolverType.BUILTIN_REF,
}

NUMPY_TYPES = {
    schema.TensorType.FLOAT32: np.float32,
    schema.TensorType.FLOAT16: np.float16,
    schema.TensorType.FLOAT64: np.float64,
    schema.TensorType.INT8: np.int8,
    schema.TensorType.UINT8: np.uint8,
    schema.TensorType.INT16: np.int16,
    schema.TensorType.UINT16: np.uint16,
    schema.TensorType.INT32: np.int32,
    schema.TensorType.UINT32: np.uint32,
    schema.TensorType.INT64: np.int64,
    schema.TensorType.UINT64: np.uint64,
    schema.TensorType.BOOL: np.bool_,
}

_OPERATOR_NAMES = {v: k for k, v in vars(schema.BuiltinOperator).items() if isinstance(v, int)}


def load(path):
    """Reads a file into an object tree; buffers placed behind the flatbuffer are brought inside."""
    with open(path, "rb") as file:
        content = file.read()
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    for buffer in model.buffers:
        if buffer.offset > 1:
            buffer.data = np.frombuffer(content, np.uint8, buffer.size, buffer.offset)
            buffer.offset = buffer.size = 0
    return model


def pack(model):
    """Serializes an object tree."""
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def save(model, path):
    with open(path, "wb") as file:
        file.write(pack(model))
    return path


def operator_name(model, operator):
    code = model.operatorCodes[operator.opcodeIndex]
    name = _OPERATOR_NAMES[max(code.deprecatedBuiltinCode, code.builtinCode)]
    if name == "CUSTOM":
        name += ":" + text(code.customCode)
    return name


def text(value):
    """Names come as bytes, or not at all."""
    return "" if value is None else value.decode() if isinstance(value, bytes) else value


def shape(tensor):
    return [] if tensor.shape is None else [int(d) for d in tensor.shape]


def is_quantized(tensor):
    q = tensor.quantization
    return q is not None and q.scale is not None and len(q.scale) > 0


def operator_results(graph, from_operator=0):
    """Every tensor that an operator writes, in order, once."""
    seen = []
    for operator in graph.operators[from_operator:]:
        seen += [t for t in operator.outputs if t >= 0 and t not in seen]
    return seen


def expose(model, only=None):
    """A copy whose first subgraph also returns every operator result (or the tensors `only`).

    Signatures are dropped: they would no longer name all outputs.
    """
    model = copy.deepcopy(model)
    graph = model.subgraphs[0]
    outputs = [int(t) for t in graph.outputs]
    for tensor in operator_results(graph) if only is None else only:
        if tensor not in outputs and shape(graph.tensors[tensor]) is not None:
            outputs.append(int(tensor))
    graph.outputs = outputs
    model.signatureDefs = None
    return model


def add_signature(model, key="serving_default"):
    """A copy with one signature over the first subgraph, for tools that insist on one."""
    model = copy.deepcopy(model)
    graph = model.subgraphs[0]

    def maps(indices):
        result = []
        for position, index in enumerate(indices):
            entry = schema.TensorMapT()
            entry.name = text(graph.tensors[index].name) or f"tensor_{position}"
            entry.tensorIndex = int(index)
            result.append(entry)
        return result

    signature = schema.SignatureDefT()
    signature.signatureKey = key
    signature.subgraphIndex = 0
    signature.inputs = maps(graph.inputs)
    signature.outputs = maps(graph.outputs)
    model.signatureDefs = [signature]
    return model


def tensor_name(model, index):
    return text(model.subgraphs[0].tensors[index].name)


def softmax_input(model):
    """The tensor that the network's last SOFTMAX reads: the logits; None without a SOFTMAX."""
    for operator in reversed(model.subgraphs[0].operators):
        if operator_name(model, operator) == "SOFTMAX":
            return int(operator.inputs[0])
    return None


def dequantize(values, tensor):
    """Real values of a tensor's stored ones (per-tensor parameters)."""
    if not is_quantized(tensor):
        return values.astype(np.float64)
    q = tensor.quantization
    return (values.astype(np.float64) - int(q.zeroPoint[0])) * np.float64(q.scale[0])


class Runner:
    """One LiteRT interpreter over a file's first subgraph; inputs and outputs in file order.

    Each call starts from fresh variables, as `vernier run` starts each sample; `keeps_state` leaves them alone.
    """

    def __init__(self, model, numerics="litert", threads=2, keeps_state=False):
        self.keeps_state = keeps_state
        content = model if isinstance(model, bytes) else pack(model)
        self.interpreter = Interpreter(
            model_content=content, num_threads=threads,
            experimental_op_resolver_type=RESOLVERS[numerics])
        self.interpreter.allocate_tensors()
        self.inputs = self.interpreter.get_input_details()
        self.outputs = self.interpreter.get_output_details()

    def __call__(self, *values):
        if not self.keeps_state:
            self.reset()
        for detail, value in zip(self.inputs, values, strict=True):
            self.interpreter.set_tensor(detail["index"], value)
        self.interpreter.invoke()
        return [self.interpreter.get_tensor(d["index"]) for d in self.outputs]

    def reset(self):
        """Variables start over."""
        self.interpreter.reset_all_variables()


def random_inputs(details, seed):
    """Inputs for `Runner.inputs`: unit normal floats, whole range integers (small where they index)."""
    rng = np.random.default_rng(seed)
    values = []
    for detail in details:
        size, dtype = tuple(detail["shape"]), np.dtype(detail["dtype"])
        if dtype.kind == "f":
            values.append(rng.standard_normal(size).astype(dtype))
        elif dtype.kind == "b":
            values.append(rng.integers(0, 2, size).astype(dtype))
        elif dtype.itemsize >= 4:
            values.append(rng.integers(0, 100, size).astype(dtype))
        else:
            info = np.iinfo(dtype)
            values.append(rng.integers(info.min, info.max + 1, size).astype(dtype))
    return values


def same_bits(a, b):
    """Equal shape, type and bytes (so NaN equals NaN and -0 does not equal 0)."""
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()


def sqnr(reference, other):
    """Signal to quantization noise in dB over all values together."""
    noise = np.sum((reference - other) ** 2)
    return np.inf if noise == 0 else 10 * np.log10(np.sum(reference ** 2) / noise)


def top1(scores, labels):
    """Percent of rows whose largest score is at the label."""
    return 100.0 * np.mean(np.argmax(scores, axis=1) == labels)


def agreement(a, b):
    """Percent of rows whose largest score is at the same place."""
    return 100.0 * np.mean(np.argmax(a, axis=1) == np.argmax(b, axis=1))


def test_data():
    """The folder with `data/models` and `data/datasets`, or None where it is missing."""
    here = os.path.dirname(os.path.abspath(__file__))
    root = os.environ.get("VERNIER_TEST_DATA") or os.path.join(here, "..", "..", "..", "shared")
    data = os.path.join(os.path.abspath(root), "data")
    return data if os.path.isdir(os.path.join(data, "models")) else None
