# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes small `.tflite` files from nothing: tensors, constants, quantization, operators."""
import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

TYPES = {np.dtype(t): getattr(schema.TensorType, n) for t, n in (
    (np.float32, "FLOAT32"), (np.int8, "INT8"), (np.uint8, "UINT8"), (np.int16, "INT16"),
    (np.int32, "INT32"), (np.int64, "INT64"), (np.bool_, "BOOL"))}


class Writer:
    """A model of one subgraph, built tensor by tensor."""

    def __init__(self, description):
        self.graph = schema.SubGraphT()
        self.graph.name, self.graph.tensors, self.graph.operators = "main", [], []
        self.model = schema.ModelT()
        self.model.version, self.model.description = 3, description
        self.model.subgraphs, self.model.operatorCodes = [self.graph], []
        self.model.buffers = [schema.BufferT()]

    def tensor(self, name, shape, dtype=np.float32, signature=None, scale=None, zero_point=0, axis=0):
        """An activation; `scale` a number or one per channel along `axis`."""
        t = schema.TensorT()
        t.name, t.shape, t.shapeSignature, t.hasRank = name, list(shape), signature, True
        t.type, t.buffer = TYPES[np.dtype(dtype)], 0
        if scale is not None:
            q = t.quantization = schema.QuantizationParametersT()
            q.scale = np.atleast_1d(np.asarray(scale, np.float32))
            q.zeroPoint = np.full(len(q.scale), zero_point, np.int64)
            q.quantizedDimension = axis
        self.graph.tensors.append(t)
        return len(self.graph.tensors) - 1

    def constant(self, name, values, bits=None, **quantization):
        """`bits`: fewer than 8, which share bytes, the first in the low ones."""
        index = self.tensor(name, values.shape, values.dtype, **quantization)
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(np.ascontiguousarray(values).tobytes(), np.uint8)
        if bits in (2, 4):
            self.graph.tensors[index].type = {2: schema.TensorType.INT2, 4: schema.TensorType.INT4}[bits]
            single = np.unpackbits(buffer.data[:, None], axis=1, bitorder="little")[:, :bits]
            buffer.data = np.packbits(single.ravel(), bitorder="little")
        self.graph.tensors[index].buffer = len(self.model.buffers)
        self.model.buffers.append(buffer)
        return index

    def variable(self, name, shape, dtype=np.float32, **quantization):
        index = self.tensor(name, shape, dtype, **quantization)
        self.graph.tensors[index].isVariable = True
        return index

    def operator(self, name, inputs, outputs, version=1, intermediates=None, **options):
        """An operator with one result or a list of them; options by their schema names, `table` names their kind."""
        outputs = outputs if isinstance(outputs, list) else [outputs]
        code, op = schema.OperatorCodeT(), schema.OperatorT()
        code.builtinCode = getattr(schema.BuiltinOperator, name)
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        code.version = version
        op.opcodeIndex, op.inputs, op.outputs = len(self.model.operatorCodes), inputs, outputs
        op.intermediates = intermediates
        table = options.pop("table", None)
        if table is not None:
            op.builtinOptionsType = getattr(schema.BuiltinOptions, table)
            op.builtinOptions = getattr(schema, table + "T")()
            for key, value in options.items():
                assert hasattr(op.builtinOptions, key), key
                setattr(op.builtinOptions, key, value)
        self.model.operatorCodes.append(code)
        self.graph.operators.append(op)

    def finish(self, inputs, outputs):
        """Serializes; `inputs` and `outputs` map signature names to tensors."""
        self.graph.inputs, self.graph.outputs = list(inputs.values()), list(outputs.values())
        signature = schema.SignatureDefT()
        signature.signatureKey, signature.subgraphIndex = "serving_default", 0
        signature.inputs, signature.outputs = [], []
        for names, maps in ((inputs, signature.inputs), (outputs, signature.outputs)):
            for name, index in names.items():
                entry = schema.TensorMapT()
                entry.name, entry.tensorIndex = name, index
                maps.append(entry)
        self.model.signatureDefs = [signature]
        builder = flatbuffers.Builder(1 << 18)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())
