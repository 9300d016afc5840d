# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Small files that keep every rule of the contract, for check_mutations.py to break."""
import numpy as np
from ai_edge_litert import schema_py_generated as schema
import recurrent
from tflite_writer import TYPES, Writer

TYPES[np.dtype(np.float16)] = schema.TensorType.FLOAT16
NONE, RELU = schema.ActivationFunctionType.NONE, schema.ActivationFunctionType.RELU
VALID = schema.Padding.VALID


def unpack(content):
    return schema.ModelT.InitFromPackedBuf(content, 0)


def integers(rng, shape, dtype=np.int8):
    return rng.integers(-127, 128, shape).astype(dtype)


def int8_network():
    """Convolution, depthwise, addition, concatenation, reshape, dense layer, softmax: 8 bits throughout."""
    rng = np.random.default_rng(0)
    w = Writer("int8")
    x = w.tensor("x", (1, 6, 6, 3), np.int8, scale=0.05, zero_point=3)
    filters = rng.uniform(0.002, 0.01, 4).astype(np.float32)
    conv_w = w.constant("conv/w", integers(rng, (4, 3, 3, 3)), scale=filters)
    conv_b = w.constant("conv/b", rng.integers(-900, 900, 4).astype(np.int32), scale=np.float32(0.05) * filters)
    conv = w.tensor("conv", (1, 4, 4, 4), np.int8, scale=0.04, zero_point=-5)
    w.operator("CONV_2D", [x, conv_w, conv_b], conv, 3, table="Conv2DOptions", padding=VALID, strideH=1, strideW=1,
               dilationHFactor=1, dilationWFactor=1, fusedActivationFunction=RELU)
    taps = rng.uniform(0.002, 0.01, 4).astype(np.float32)
    depth_w = w.constant("depth/w", integers(rng, (1, 3, 3, 4)), scale=taps, axis=3)
    depth_b = w.constant("depth/b", rng.integers(-900, 900, 4).astype(np.int32), scale=np.float32(0.04) * taps)
    depth = w.tensor("depth", (1, 2, 2, 4), np.int8, scale=0.03, zero_point=0)
    w.operator("DEPTHWISE_CONV_2D", [conv, depth_w, depth_b], depth, 3, table="DepthwiseConv2DOptions", padding=VALID,
               strideH=1, strideW=1, dilationHFactor=1, dilationWFactor=1, depthMultiplier=1)
    other = w.constant("other", integers(rng, (1, 2, 2, 4)), scale=0.02, zero_point=1)
    total = w.tensor("sum", (1, 2, 2, 4), np.int8, scale=0.05, zero_point=2)
    w.operator("ADD", [depth, other], total, 2, table="AddOptions")
    joined = w.tensor("joined", (1, 2, 2, 8), np.int8, scale=0.05, zero_point=2)
    w.operator("CONCATENATION", [total, total], joined, 2, table="ConcatenationOptions", axis=3)
    shape = w.constant("shape", np.array([1, 32], np.int32))
    flat = w.tensor("flat", (1, 32), np.int8, scale=0.05, zero_point=2)
    w.operator("RESHAPE", [joined, shape], flat, 1)
    dense_w = w.constant("dense/w", integers(rng, (5, 32)), scale=0.004)
    dense_b = w.constant("dense/b", rng.integers(-900, 900, 5).astype(np.int32), scale=np.float32(0.05) * np.float32(0.004))
    dense = w.tensor("dense", (1, 5), np.int8, scale=0.1, zero_point=10)
    w.operator("FULLY_CONNECTED", [flat, dense_w, dense_b], dense, 4, table="FullyConnectedOptions")
    y = w.tensor("y", (1, 5), np.int8, scale=1 / 256, zero_point=-128)
    w.operator("SOFTMAX", [dense], y, 2, table="SoftmaxOptions", beta=1.0)
    return unpack(w.finish({"x": x}, {"y": y}))


def int16_network():
    """16-bit activations, 8-bit weights, 64-bit biases."""
    rng = np.random.default_rng(1)
    w = Writer("int16x8")
    x = w.tensor("x", (1, 6, 6, 3), np.int16, scale=0.0005)
    filters = rng.uniform(0.002, 0.01, 4).astype(np.float32)
    conv_w = w.constant("conv/w", integers(rng, (4, 3, 3, 3)), scale=filters)
    conv_b = w.constant("conv/b", rng.integers(-9000, 9000, 4).astype(np.int64), scale=np.float32(0.0005) * filters)
    conv = w.tensor("conv", (1, 4, 4, 4), np.int16, scale=0.0004)
    w.operator("CONV_2D", [x, conv_w, conv_b], conv, 8, table="Conv2DOptions", padding=VALID, strideH=1, strideW=1,
               dilationHFactor=1, dilationWFactor=1, quantizedBiasType=schema.TensorType.INT64)
    taps = rng.uniform(0.002, 0.01, 4).astype(np.float32)
    depth_w = w.constant("depth/w", integers(rng, (1, 3, 3, 4)), scale=taps, axis=3)
    depth_b = w.constant("depth/b", rng.integers(-9000, 9000, 4).astype(np.int64), scale=np.float32(0.0004) * taps)
    depth = w.tensor("depth", (1, 2, 2, 4), np.int16, scale=0.0003)
    w.operator("DEPTHWISE_CONV_2D", [conv, depth_w, depth_b], depth, 1, table="DepthwiseConv2DOptions", padding=VALID,
               strideH=1, strideW=1, dilationHFactor=1, dilationWFactor=1, depthMultiplier=1)
    total = w.tensor("sum", (1, 2, 2, 4), np.int16, scale=0.0005)
    w.operator("ADD", [depth, depth], total, 3, table="AddOptions", potScaleInt16=False)
    dense_w = w.constant("dense/w", integers(rng, (5, 16)), scale=0.004)
    dense = w.tensor("dense", (1, 5), np.int16, scale=0.001)
    w.operator("FULLY_CONNECTED", [total, dense_w], dense, 11, table="FullyConnectedOptions",
               quantizedBiasType=schema.TensorType.INT64)
    y = w.tensor("y", (1, 5), np.int16, scale=1 / 32768)
    w.operator("SOFTMAX", [dense], y, 3, table="SoftmaxOptions", beta=1.0)
    return unpack(w.finish({"x": x}, {"y": y}))


def hybrid_network():
    """Float activations, integer and half-precision constants."""
    rng = np.random.default_rng(2)
    w = Writer("hybrid")
    x = w.tensor("x", (1, 4, 4, 4))
    depth_w = w.constant("depth/w", integers(rng, (1, 3, 3, 4)), scale=rng.uniform(0.002, 0.01, 4), axis=3)
    depth_b = w.constant("depth/b", rng.normal(0, 1, 4).astype(np.float32))
    depth = w.tensor("depth", (1, 2, 2, 4))
    w.operator("DEPTHWISE_CONV_2D", [x, depth_w, depth_b], depth, 6, table="DepthwiseConv2DOptions", padding=VALID,
               strideH=1, strideW=1, dilationHFactor=1, dilationWFactor=1, depthMultiplier=1)
    dense_w = w.constant("dense/w", integers(rng, (64, 16)), scale=rng.uniform(0.002, 0.01, 64))
    dense = w.tensor("dense", (1, 64))
    w.operator("FULLY_CONNECTED", [depth, dense_w], dense, 12, table="FullyConnectedOptions", asymmetricQuantizeInputs=True)
    half = w.constant("half", rng.normal(0, 1, 64).astype(np.float16))
    whole = w.tensor("whole", (64,))
    w.operator("DEQUANTIZE", [half], whole, 3, table="DequantizeOptions")
    total = w.tensor("sum", (1, 64))
    w.operator("ADD", [dense, whole], total, 1, table="AddOptions")
    blocks = w.constant("blocks", rng.integers(-128, 128, (8, 32)).astype(np.int8))
    graph, tensors = w.graph, w.graph.tensors
    tensors[blocks].type, tensors[blocks].shape = schema.TensorType.INT4, [8, 64]
    scales = w.constant("blocks/scales", rng.uniform(0.01, 0.02, (8, 2)).astype(np.float16))
    record = tensors[blocks].quantization = schema.QuantizationParametersT()
    record.detailsType, record.details = schema.QuantizationDetails.BlockwiseQuantization, schema.BlockwiseQuantizationT()
    record.details.scales, record.details.zeroPoints, record.details.blockSize = scales, -1, 32
    blocked = w.tensor("blocked", (1, 8))
    w.operator("FULLY_CONNECTED", [total, blocks], blocked, 14, table="FullyConnectedOptions", asymmetricQuantizeInputs=True)
    sizes = w.constant("sizes", np.array([4, 4], np.int32))
    image = w.constant("image", rng.normal(0, 1, (1, 2, 2, 1)).astype(np.float32))
    resized = w.tensor("resized", (1, 4, 4, 1))
    w.operator("RESIZE_BILINEAR", [image, sizes], resized, 3, table="ResizeBilinearOptions", halfPixelCenters=True)
    assert graph is w.graph
    return unpack(w.finish({"x": x}, {"y": blocked, "z": resized}))


def pieces():
    """Operators that rescale by themselves: product, requantization, pooling, split."""
    w = Writer("pieces")
    x = w.tensor("x", (1, 4, 4, 2), np.int8, scale=0.05, zero_point=3)
    product = w.tensor("product", (1, 4, 4, 2), np.int8, scale=0.1, zero_point=0)
    w.operator("MUL", [x, x], product, 2, table="MulOptions")
    pooled = w.tensor("pooled", (1, 2, 2, 2), np.int8, scale=0.1, zero_point=0)
    w.operator("AVERAGE_POOL_2D", [product], pooled, 2, table="Pool2DOptions", padding=VALID, strideH=2, strideW=2,
               filterHeight=2, filterWidth=2)
    again = w.tensor("again", (1, 2, 2, 2), np.int8, scale=0.2, zero_point=0)
    w.operator("QUANTIZE", [pooled], again, 1, table="QuantizeOptions")
    axis = w.constant("axis", np.array(3, np.int32))
    halves = [w.tensor(n, (1, 2, 2, 1), np.int8, scale=0.2, zero_point=0) for n in ("left", "right")]
    w.operator("SPLIT", [axis, again], halves, 2, table="SplitOptions", numSplits=2)
    real = w.tensor("real", (1, 2, 2, 1))
    w.operator("DEQUANTIZE", [halves[0]], real, 2, table="DequantizeOptions")
    return unpack(w.finish({"x": x}, {"real": real, "right": halves[1]}))


def tensor(model, name):
    return next(t for g in model.subgraphs for t in g.tensors if (t.name.decode() if isinstance(t.name, bytes) else t.name) == name)


def lstm():
    model = unpack(recurrent.integer_lstm(np.random.default_rng(3), "UNIDIRECTIONAL_SEQUENCE_LSTM", False, False, False, False, False, 0.0, 2))
    for gate in "ifgo":
        scale = tensor(model, "x").quantization.scale * tensor(model, "w" + gate).quantization.scale
        tensor(model, "b" + gate).quantization.scale = scale.astype(np.float32)
    return model


def svdf():
    model = unpack(recurrent.svdf(np.random.default_rng(4), np.int8, 2, True, schema.ActivationFunctionType.RELU))
    tensor(model, "b").quantization.scale = tensor(model, "t").quantization.scale * tensor(model, "s").quantization.scale
    return model


def branches():
    """An IF between two subgraphs that double a value."""
    w = Writer("branches")
    choose = w.tensor("choose", (1,), np.bool_)
    x = w.tensor("x", (1, 4), np.int8, scale=0.1, zero_point=1)
    y = w.tensor("y", (1, 4), np.int8, scale=0.2, zero_point=0)
    w.operator("IF", [choose, x], y, 1, table="IfOptions", thenSubgraphIndex=1, elseSubgraphIndex=2)
    model = unpack(w.finish({"choose": choose, "x": x}, {"y": y}))
    for name in ("then", "else"):
        inner = Writer(name)
        a = inner.tensor(name + "/x", (1, 4), np.int8, scale=0.1, zero_point=1)
        b = inner.tensor(name + "/y", (1, 4), np.int8, scale=0.2, zero_point=0)
        inner.operator("ADD", [a, a], b, 2, table="AddOptions")
        part = unpack(inner.finish({"x": a}, {"y": b}))
        part.subgraphs[0].name = name
        part.subgraphs[0].operators[0].opcodeIndex = len(model.operatorCodes)
        model.operatorCodes += part.operatorCodes
        model.subgraphs += part.subgraphs
    return model
