# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes float32 numbers as an array, with the standard library alone.

  write_npy.py OUT.npy SHAPE NUMBER...       SHAPE as in 2x1x4
"""
import struct
import sys

path, shape, *numbers = sys.argv[1:]
header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape.replace('x', ',')},), }}".ljust(117) + "\n"
with open(path, "wb") as file:
    file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
    file.write(struct.pack(f"<{len(numbers)}f", *map(float, numbers)))
