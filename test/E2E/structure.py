# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares two `.tflite` files table by table, without regard to how they are laid out.

Buffers count by content and operator codes by name, with the highest version in the file, since one
code may serve operators that need different versions; an absent vector equals an empty one, and
absent quantization equals a record without any field. Everything else must be the same, in the same order.
"""
import litert_harness as litert
import numpy as np


def _plain(value):
    """A table as nested dicts and lists of plain values."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, np.ndarray):
        return value.tobytes() if value.dtype == np.uint8 else [v.item() for v in value]
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if hasattr(value, "__dict__"):
        return {key: _plain(field) for key, field in vars(value).items()}
    return value


def _contents(model, index):
    buffer = model.buffers[index]
    return b"" if buffer.data is None else np.asarray(buffer.data, np.uint8).tobytes()


def describe(model):
    """Everything a file says, as nested plain values."""
    result = {"version": model.version, "description": litert.text(model.description)}
    result["versions"] = {}
    result["signatures"] = _plain(model.signatureDefs)
    result["metadata"] = [(litert.text(m.name), _contents(model, m.buffer)) for m in model.metadata or []]
    result["subgraphs"] = []
    for graph in model.subgraphs:
        tables = {"name": litert.text(graph.name), "inputs": _plain(graph.inputs), "outputs": _plain(graph.outputs)}
        tables["tensors"], tables["operators"] = [], []
        for tensor in graph.tensors:
            table = _plain(tensor)
            table["buffer"] = _contents(model, tensor.buffer)
            if not any(not _empty(field) and field != 0 for field in (table["quantization"] or {}).values()):
                table["quantization"] = None
            tables["tensors"].append(table)
        for operator in graph.operators or []:
            table = _plain(operator)
            name = table["opcodeIndex"] = litert.operator_name(model, operator)
            version = model.operatorCodes[operator.opcodeIndex].version
            result["versions"][name] = max(version, result["versions"].get(name, 1))
            tables["operators"].append(table)
        result["subgraphs"].append(tables)
    return result


def _empty(value):
    return value is None or (isinstance(value, (list, str, bytes, dict)) and len(value) == 0)


def differences(a, b, path="model"):
    """Where two descriptions part, one line each."""
    if a == b or (_empty(a) and _empty(b)):
        return []
    if isinstance(a, dict) and isinstance(b, dict):
        return [d for key in sorted(a.keys() | b.keys()) for d in differences(a.get(key), b.get(key), f"{path}.{key}")]
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)) and len(a) == len(b):
        return [d for i, (x, y) in enumerate(zip(a, b)) for d in differences(x, y, f"{path}[{i}]")]
    if isinstance(a, float) and isinstance(b, float) and a != a and b != b:
        return []
    return [f"{path}: {_short(a)} became {_short(b)}"]


def _short(value):
    shown = f"{len(value)} bytes" if isinstance(value, bytes) and len(value) > 16 else repr(value)
    return shown if len(shown) < 80 else shown[:77] + "..."
