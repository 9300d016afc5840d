# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The labelled float networks: files, calibration and evaluation samples, preprocessing.

Calibration never sees labels. KWS has one labelled set only: its first 200 samples calibrate.
The 100 ImageNet calibration images are among the 500 of the evaluation, for every tool alike.
"""
import csv
import os
from dataclasses import dataclass

import numpy as np
from litert_harness import test_data

KWS_SCALE, KWS_ZERO_POINT = 0.5847029089927673, 83


@dataclass(frozen=True)
class Network:
    """A float network with its data; `bar` is the largest top-1 loss allowed, in points."""
    name: str
    model: str           # under models/
    twin: str            # the published quantized file, or ""
    bar: float
    dataset: str
    mean: float = 0.0    # real = (stored - mean) / std
    std: float = 1.0
    twin_is_same_weights: bool = True


NETWORKS = [
    Network("resnet8", "mlperf_tiny/pretrainedResnet.tflite", "mlperf_tiny/pretrainedResnet_quant.tflite", 0.7, "cifar10"),
    Network("kws", "mlperf_tiny/kws_ref_model_float32_dequantized.tflite", "mlperf_tiny/kws_ref_model.tflite", 0.8, "kws"),
    Network("mobilenet_v1", "imagenet/mobilenet_v1_0.25_224_1_default_1.tflite", "imagenet/mobilenet_v1_0.25_224_quant.tflite",
            1.5, "imagenet", 127.5, 127.5, twin_is_same_weights=False),
    Network("mobilenet_v2", "imagenet/mobilenet_v2_1.0_224_float.tflite", "imagenet/tf2_mobilenet_v2_1.0_224_ptq.tflite",
            1.2, "imagenet", 127.5, 127.5),
    Network("mnist", "basic/mnist.tflite", "", 0.2, "mnist", 0.0, 255.0),
    Network("lstm", "rnn/trained_lstm.tflite", "rnn/trained_lstm_int8.tflite", 0.5, "mnist_rows", 0.0, 255.0),
]


def by_name(name):
    return next(n for n in NETWORKS if n.name == name)


def _npz(path, *keys):
    with np.load(os.path.join(test_data(), "datasets", path)) as file:
        return [file[k] for k in keys]


def _kws_real(x):
    return ((x.astype(np.float64) - KWS_ZERO_POINT) * KWS_SCALE).astype(np.float32)


def _imagenet_images():
    from PIL import Image
    folder = os.path.join(test_data(), "datasets", "imagenet_sample")
    images, labels = [], []
    with open(os.path.join(folder, "labels.csv")) as file:
        for row in csv.DictReader(file):
            image = Image.open(os.path.join(folder, row["file"])).convert("RGB")
            left, top = (image.width - 224) // 2, (image.height - 224) // 2
            images.append(np.asarray(image.crop((left, top, left + 224, top + 224))))
            labels.append(int(row["class_index"]) + 1)
    return np.stack(images), np.array(labels)


def stored_is_real(network):
    """Whether the samples are what the network reads; all others are uint8."""
    return network.dataset == "kws"


def stored_calibration(network):
    """Samples as stored: uint8, or float32 where `stored_is_real`."""
    if network.dataset == "cifar10":
        return _npz("cifar10/cifar10_train_unlabelled_1000.npz", "x")[0]
    if network.dataset == "kws":
        return _kws_real(_npz("mlperf_tiny/kws01_500.npz", "x")[0][:200])
    if network.dataset == "mnist":
        return _npz("mnist/mnist_train_unlabelled_500.npz", "x")[0][..., None]
    if network.dataset == "mnist_rows":
        return _npz("mnist/mnist_train_unlabelled_500.npz", "x")[0]
    return _npz("imagenet_sample/calib_224_100.npz", "x")[0]


def stored_evaluation(network):
    """(samples, labels), samples as in `stored_calibration`."""
    if network.dataset == "cifar10":
        return tuple(_npz("cifar10/cifar10_test_jpegq75_2000.npz", "x", "y"))
    if network.dataset == "kws":
        x, y = _npz("mlperf_tiny/kws01_500.npz", "x", "y")
        return _kws_real(x), y
    if network.dataset == "mnist":
        x, y = _npz("mnist/mnist_test_0000_4999.npz", "x", "y")
        return x[..., None], y
    if network.dataset == "mnist_rows":
        return tuple(_npz("mnist/mnist_test_0000_4999.npz", "x", "y"))
    return _imagenet_images()


def real(network, stored):
    """What the float network reads."""
    if stored_is_real(network):
        return stored
    return ((stored.astype(np.float32) - np.float32(network.mean)) / np.float32(network.std)).astype(np.float32)
