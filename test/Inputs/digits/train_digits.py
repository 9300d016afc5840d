#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trains the digits classifier that `utils/quickstart` quantizes, and writes it with its data.

The network of every first tutorial: conv 3x3x12 + relu, max-pool 2x2, flatten, dense 10, softmax,
here in plain numpy. Data: the 1797 UCI handwritten digits (8x8, 0..16; see NOTICE), scaled up to
28x28 in 0..1. 1297 of them train, 100 of those calibrate, the other 500 test. Needs
`pip install numpy scikit-learn ai-edge-litert flatbuffers`; writes three files beside itself:

  digits.tflite           float32 network, input `image` 1x28x28x1, output `probabilities` 1x10
  digits_calibration.npz  `image`: 100 samples
  digits_test.npz         `image`: 500 samples, `label`: 0..9
"""
import os
import sys

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from sklearn.datasets import load_digits

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "E2E"))
from tflite_writer import Writer  # noqa: E402

SEED, EPOCHS, BATCH, RATE = 7, 30, 32, 2e-3
FILTERS, TEST_SIZE, CALIBRATION_SIZE = 12, 500, 100


def upscale(images):
    """8x8 in 0..16 to 28x28 in 0..1, each pixel repeated 3 or 4 times: the values stay multiples of 1/16."""
    place = np.arange(28) * 8 // 28
    return (images[:, place][:, :, place] / 16).astype(np.float32)[..., None]


def windows(x):
    """3x3 windows: [n, 26, 26, 9]."""
    return np.stack([x[:, i:i + 26, j:j + 26, 0] for i in range(3) for j in range(3)], axis=-1)


def forward(p, win):
    """Class scores and what backward needs; win as from `windows`."""
    conv = np.maximum(win @ p["conv_w"] + p["conv_b"], 0)
    n = len(win)
    cells = conv.reshape(n, 13, 2, 13, 2, FILTERS).transpose(0, 1, 3, 5, 2, 4).reshape(n, 13, 13, FILTERS, 4)
    pooled = cells.max(axis=-1)
    flat = pooled.reshape(n, -1)
    return flat @ p["dense_w"] + p["dense_b"], (cells, pooled, flat)


def gradients(p, win, labels):
    scores, (cells, pooled, flat) = forward(p, win)
    n = len(win)
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    d_scores = e / e.sum(axis=1, keepdims=True)
    d_scores[np.arange(n), labels] -= 1
    d_scores /= n
    # The gradient goes to the first largest cell of each window, and only where relu is open.
    d_pooled = (d_scores @ p["dense_w"].T).reshape(pooled.shape) * (pooled > 0)
    d_cells = np.zeros_like(cells)
    np.put_along_axis(d_cells, cells.argmax(axis=-1)[..., None], d_pooled[..., None], axis=-1)
    d_conv = d_cells.reshape(n, 13, 13, FILTERS, 2, 2).transpose(0, 1, 4, 2, 5, 3).reshape(n, 26, 26, FILTERS)
    return {
        "conv_w": win.reshape(-1, 9).T @ d_conv.reshape(-1, FILTERS),
        "conv_b": d_conv.sum(axis=(0, 1, 2)),
        "dense_w": flat.T @ d_scores + 1e-4 * p["dense_w"],
        "dense_b": d_scores.sum(axis=0),
    }


def train(x, y):
    rng = np.random.default_rng(SEED)
    p = {
        "conv_w": (rng.standard_normal((9, FILTERS)) / 3).astype(np.float32),
        "conv_b": np.zeros(FILTERS, np.float32),
        "dense_w": (rng.standard_normal((13 * 13 * FILTERS, 10)) / 45).astype(np.float32),
        "dense_b": np.zeros(10, np.float32),
    }
    first = {k: np.zeros_like(v) for k, v in p.items()}
    second = {k: np.zeros_like(v) for k, v in p.items()}
    win, step = windows(x), 0
    for epoch in range(EPOCHS):
        order = rng.permutation(len(x))
        for start in range(0, len(x), BATCH):
            batch = order[start:start + BATCH]
            step += 1
            for k, g in gradients(p, win[batch], y[batch]).items():
                first[k] = 0.9 * first[k] + 0.1 * g
                second[k] = 0.999 * second[k] + 0.001 * g * g
                rate = RATE * (1 - epoch / EPOCHS) * np.sqrt(1 - 0.999 ** step) / (1 - 0.9 ** step)
                p[k] -= (rate * first[k] / (np.sqrt(second[k]) + 1e-8)).astype(np.float32)
    return p


def to_tflite(p):
    w = Writer("UCI digits classifier of the Vernier project")
    flat = 13 * 13 * FILTERS
    image = w.tensor("image", [1, 28, 28, 1], signature=[-1, 28, 28, 1])
    filters = w.constant("conv/filter", np.ascontiguousarray(p["conv_w"].T).reshape(FILTERS, 3, 3, 1))
    conv_bias = w.constant("conv/bias", p["conv_b"])
    conv = w.tensor("conv/relu", [1, 26, 26, FILTERS], signature=[-1, 26, 26, FILTERS])
    pool = w.tensor("pool", [1, 13, 13, FILTERS], signature=[-1, 13, 13, FILTERS])
    flat_shape = w.constant("flatten/shape", np.array([-1, flat], np.int32))
    flatten = w.tensor("flatten", [1, flat], signature=[-1, flat])
    weights = w.constant("dense/weights", np.ascontiguousarray(p["dense_w"].T))
    bias = w.constant("dense/bias", p["dense_b"])
    scores = w.tensor("dense", [1, 10], signature=[-1, 10])
    probabilities = w.tensor("probabilities", [1, 10], signature=[-1, 10])

    valid, relu = schema.Padding.VALID, schema.ActivationFunctionType.RELU
    w.operator("CONV_2D", [image, filters, conv_bias], conv, table="Conv2DOptions",
               padding=valid, strideH=1, strideW=1, fusedActivationFunction=relu)
    w.operator("MAX_POOL_2D", [conv], pool, table="Pool2DOptions",
               padding=valid, strideH=2, strideW=2, filterHeight=2, filterWidth=2)
    w.operator("RESHAPE", [pool, flat_shape], flatten, table="ReshapeOptions")
    w.operator("FULLY_CONNECTED", [flatten, weights, bias], scores, table="FullyConnectedOptions")
    w.operator("SOFTMAX", [scores], probabilities, table="SoftmaxOptions", beta=1.0)
    return w.finish({"image": image}, {"probabilities": probabilities})


def main():
    digits = load_digits()
    order = np.random.default_rng(SEED).permutation(len(digits.target))
    x, y = upscale(digits.images[order]), digits.target[order].astype(np.int32)
    held, trained = slice(0, TEST_SIZE), slice(TEST_SIZE, None)
    p = train(x[trained], y[trained])
    correct = np.mean(forward(p, windows(x[held]))[0].argmax(axis=1) == y[held])
    with open(os.path.join(HERE, "digits.tflite"), "wb") as file:
        file.write(to_tflite(p))
    calibration = x[trained][:CALIBRATION_SIZE]
    np.savez_compressed(os.path.join(HERE, "digits_calibration.npz"), image=calibration)
    np.savez_compressed(os.path.join(HERE, "digits_test.npz"), image=x[held], label=y[held])
    print(f"float top-1 on the {TEST_SIZE} test samples: {100 * correct:.1f} %")


if __name__ == "__main__":
    main()
