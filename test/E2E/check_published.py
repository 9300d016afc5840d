#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Published files: `vernier check` finds what is really wrong with them, and nothing else.

  check_published.py FOLDER

EXPECTED has every finding, each with the reason why it is one.
"""
import collections
import json
import os
import subprocess
import sys

EXPECTED = {
    # Signal operators of TFLite Micro: LiteRT refuses the file.
    "audio_preprocessor_float": {"custom-operator": 9},
    # LiteRT refuses it: its biases say that they are quantized along dimension 3, and have one.
    "person_detect": {"scale-count": 14, "bias-dimension": 14, "version-too-low": 1},
    # Constants in half precision came with version 3 of DEQUANTIZE (1.15); these files ask for 2.
    "face_detection_front": {"version-too-low": 1},
    "hand_landmark_3d_256_float16_quant": {"version-too-low": 1},
    # 16-bit forms under the versions of the 8-bit ones.
    **{f"seanet_{name}": {"version-too-low": 1} for name in ("add0", "add1", "add2", "pad0", "pad1", "quantize0")},
    # Weights of -128.
    **{f"seanet_conv{n}": {"narrow-range": 1} for n in (0, 2, 3, 4, 5)},
    # Metadata that name 1.5.0 beside operators of 1.14.
    **{name: {"recorded-runtime": 1} for name in ("micro_speech_quantized", "ad01_int8", "kws_ref_model", "kws_ref_model_float32",
                                                  "model_ToyCar_quant", "pretrainedResnet_quant", "vww_96_int8")},
}


def main(folder):
    failures = files = 0
    for root, _, names in sorted(os.walk(folder)):
        for name in sorted(n for n in names if n.endswith(".tflite")):
            done = subprocess.run(["vernier", "check", os.path.join(root, name), "--json"], capture_output=True, text=True)
            report = json.loads(done.stdout)
            found = dict(collections.Counter(f["rule"] for f in report["findings"]))
            expected = EXPECTED.get(name[:-len(".tflite")], {})
            files += 1
            if found != expected or done.returncode != (3 if report["errors"] else 0):
                failures += 1
                print(f"FAIL: {name}: expected {expected}, found {found}, exit code {done.returncode}")
    print(f"{files} files, {failures} with other findings than expected")
    return failures == 0 and files > 0


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:]) else 1)
