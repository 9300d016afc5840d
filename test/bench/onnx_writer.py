# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes a `.tflite` network of convolutions as the ONNX network that ONNX Runtime runs fastest.

Quantized tensors become uint8 (ONNX Runtime's kernels on x86 multiply u8 by s8) between pairs of QuantizeLinear and
DequantizeLinear around every operator, which the runtime fuses; weights stay int8, with a scale for each channel. Images are
NCHW, inputs included: `write` also says how to turn an input or output of the one network into that of the other. An activation
function that clamps to no less than the quantized type does is left out.
"""
import litert_harness as litert
import numpy as np
import onnx
from ai_edge_litert import schema_py_generated as schema
from onnx import TensorProto, helper, numpy_helper

INT8, UINT8, FLOAT = schema.TensorType.INT8, schema.TensorType.UINT8, schema.TensorType.FLOAT32
CLAMPS = {schema.ActivationFunctionType.NONE: (-np.inf, np.inf), schema.ActivationFunctionType.RELU: (0.0, np.inf),
          schema.ActivationFunctionType.RELU6: (0.0, 6.0)}


def images_first(array):
    """NHWC to NCHW, where there are images."""
    return np.ascontiguousarray(array.transpose(0, 3, 1, 2)) if array.ndim == 4 else array


class Writer:
    def __init__(self, model):
        self.model, self.graph = model, model.subgraphs[0]
        self.nodes, self.initializers = [], []

    def constant(self, name, array):
        self.initializers.append(numpy_helper.from_array(np.array(array, order="C"), name))
        return name

    def node(self, kind, inputs, name, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def shape(self, index):
        """As ONNX has it: images are NCHW."""
        shape = litert.shape(self.graph.tensors[index])
        return [shape[0], shape[3], shape[1], shape[2]] if len(shape) == 4 else shape

    def parameters(self, index):
        """Scale and zero point as uint8, or None for a float."""
        tensor = self.graph.tensors[index]
        if tensor.type == FLOAT:
            return None
        if tensor.type not in (INT8, UINT8):
            raise ValueError(f"tensor {litert.text(tensor.name)}: expected 8 bits or floats")
        return np.float32(tensor.quantization.scale[0]), int(tensor.quantization.zeroPoint[0]) + (128 if tensor.type == INT8 else 0)

    def read(self, index, user):
        """The tensor's real values. Every user has a node of its own, so that the runtime can fuse them."""
        parameters = self.parameters(index)
        if parameters is None:
            return f"t{index}"
        scale, zero = (self.constant(f"{user}_in{index}_{what}", value)
                       for what, value in (("scale", parameters[0]), ("zero", np.uint8(parameters[1]))))
        return self.node("DequantizeLinear", [f"t{index}", scale, zero], f"{user}_in{index}")

    def store(self, real, index, activation=schema.ActivationFunctionType.NONE):
        """Makes tensor `index` of real values."""
        low, high = CLAMPS[activation]
        parameters = self.parameters(index)
        if parameters is None:
            low_held, high_held = -np.inf, np.inf
        else:
            scale, zero = parameters
            low_held, high_held = scale * (0 - zero), scale * (255 - zero)
            # Half a step either way rounds to the same numbers.
            low, high = (low if low > low_held + scale / 2 else -np.inf), (high if high < high_held - scale / 2 else np.inf)
        target = f"t{index}" if parameters is None else f"r{index}"
        if low != -np.inf or high != np.inf:
            self.nodes[-1].output[0] = real = f"c{index}"
            if high == np.inf:
                self.node("Relu", [real], target)
            else:
                self.node("Clip", [real, self.constant(f"low{index}", np.float32(low)), self.constant(f"high{index}", np.float32(high))], target)
        else:
            self.nodes[-1].output[0] = target
        if parameters is not None:
            self.node("QuantizeLinear", [target, self.constant(f"scale{index}", scale), self.constant(f"zero{index}", np.uint8(zero))],
                      f"t{index}")

    def weights(self, index, arrange, bias, data):
        """The real values of constants `index`, whose output channels `arrange` brings to the front, and of the bias."""
        tensor = self.graph.tensors[index]
        array = self.array(index)
        if tensor.type == FLOAT:
            inputs = [self.constant(f"w{index}", arrange(array))]
            return inputs + ([self.constant(f"b{index}", self.array(bias))] if bias >= 0 else [])
        scales = np.float32(tensor.quantization.scale)
        assert tensor.type == INT8 and not np.any(tensor.quantization.zeroPoint), "symmetric weights"
        axis = {"axis": 0} if scales.size > 1 else {}
        def spread(values, kind):
            return values.astype(kind) if axis else kind(values[0])
        scale = self.constant(f"w{index}_scale", spread(scales, np.float32))
        zero = self.constant(f"w{index}_zero", spread(np.zeros_like(scales), np.int8))
        inputs = [self.node("DequantizeLinear", [self.constant(f"w{index}", arrange(array)), scale, zero], f"w{index}_real", **axis)]
        if bias >= 0:
            bias_scale = self.constant(f"b{index}_scale", spread(scales * self.parameters(data)[0], np.float32))
            bias_zero = self.constant(f"b{index}_zero", spread(np.zeros_like(scales), np.int32))
            inputs.append(self.node("DequantizeLinear", [self.constant(f"b{index}", self.array(bias)), bias_scale, bias_zero],
                                    f"b{index}_real", **axis))
        return inputs

    def array(self, index):
        tensor = self.graph.tensors[index]
        data = np.asarray(self.model.buffers[tensor.buffer].data, np.uint8).tobytes()
        return np.frombuffer(data, litert.NUMPY_TYPES[tensor.type]).reshape(litert.shape(tensor))

    def window(self, operator, index, height, width):
        """Strides, dilations and padding of an operator that slides over images of tensor `index`."""
        options = operator.builtinOptions
        strides = [options.strideH, options.strideW]
        dilations = [getattr(options, "dilationHFactor", 1), getattr(options, "dilationWFactor", 1)]
        begin, end = [0, 0], [0, 0]
        if options.padding == schema.Padding.SAME:
            for axis, (size, filter) in enumerate(zip(self.shape(index)[2:], (height, width))):
                extent = (filter - 1) * dilations[axis] + 1
                total = max(0, (-(-size // strides[axis]) - 1) * strides[axis] + extent - size)
                begin[axis], end[axis] = total // 2, total - total // 2
        return strides, dilations, begin + end

    def convolution(self, operator, kind, name):
        data, weights = operator.inputs[:2]
        bias = operator.inputs[2] if len(operator.inputs) > 2 else -1
        depthwise = kind == "DEPTHWISE_CONV_2D"
        filter_shape = litert.shape(self.graph.tensors[weights])
        strides, dilations, pads = self.window(operator, data, *filter_shape[1:3])
        arrange = (lambda w: w.transpose(3, 0, 1, 2)) if depthwise else (lambda w: w.transpose(0, 3, 1, 2))
        self.node("Conv", [self.read(data, name)] + self.weights(weights, arrange, bias, data), name, strides=strides,
                  dilations=dilations, pads=pads, group=self.shape(data)[1] if depthwise else 1, kernel_shape=filter_shape[1:3])
        self.store(name, operator.outputs[0], operator.builtinOptions.fusedActivationFunction)

    def add(self, index, operator):
        kind, name = litert.operator_name(self.model, operator), f"op{index}"
        data, result = operator.inputs[0], operator.outputs[0]
        if kind in ("CONV_2D", "DEPTHWISE_CONV_2D"):
            self.convolution(operator, kind, name)
        elif kind == "FULLY_CONNECTED":
            bias = operator.inputs[2] if len(operator.inputs) > 2 else -1
            self.node("Gemm", [self.read(data, name)] + self.weights(operator.inputs[1], lambda w: w, bias, data), name, transB=1)
            self.store(name, result, operator.builtinOptions.fusedActivationFunction)
        elif kind == "ADD":
            self.node("Add", [self.read(i, name) for i in operator.inputs], name)
            self.store(name, result, operator.builtinOptions.fusedActivationFunction)
        elif kind == "MEAN" and sorted(self.array(operator.inputs[1]).tolist()) == [1, 2]:
            self.node("GlobalAveragePool", [self.read(data, name)], name)
            self.store(name, result)
        elif kind == "AVERAGE_POOL_2D":
            options = operator.builtinOptions
            size = [options.filterHeight, options.filterWidth]
            strides, _, pads = self.window(operator, data, *size)
            self.node("AveragePool", [self.read(data, name)], name, kernel_shape=size, strides=strides, pads=pads)
            self.store(name, result, options.fusedActivationFunction)
        elif kind == "SOFTMAX":
            self.node("Softmax", [self.read(data, name)], name, axis=-1)
            self.store(name, result)
        elif kind in ("QUANTIZE", "DEQUANTIZE"):
            if self.parameters(data) == self.parameters(result):
                self.node("Identity", [f"t{data}"], f"t{result}")
            else:
                self.node("Identity", [self.read(data, name)], name)
                self.store(name, result)
        elif kind == "RESHAPE" and (len(self.shape(data)) != 4 or self.shape(data)[2:] == [1, 1]):
            shape = self.constant(f"{name}_shape", np.array(self.shape(result), np.int64))
            self.node("Reshape", [f"t{data}", shape], f"t{result}")
        else:
            raise ValueError(f"operator {index}: no form of {kind} here")

    def port(self, index):
        kind = TensorProto.FLOAT if self.parameters(index) is None else TensorProto.UINT8
        return helper.make_tensor_value_info(f"t{index}", kind, self.shape(index))


def write(model):
    """The ONNX network of an object tree of LiteRT's schema, as bytes."""
    writer = Writer(model)
    for index, operator in enumerate(writer.graph.operators):
        writer.add(index, operator)
    graph = helper.make_graph(writer.nodes, "network", [writer.port(i) for i in writer.graph.inputs],
                              [writer.port(i) for i in writer.graph.outputs], writer.initializers)
    network = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(network)
    return network.SerializeToString()


def input_of(array):
    """An input of the `.tflite` network as one of the ONNX network."""
    return images_first((array.astype(np.int16) + 128).astype(np.uint8) if array.dtype == np.int8 else array)


def output_of(array, like):
    """An output of the ONNX network as that of the `.tflite` network, which is of the type of `like`."""
    return (array.astype(np.int16) - 128).astype(np.int8) if like.dtype == np.int8 else array
