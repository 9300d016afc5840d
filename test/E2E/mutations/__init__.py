# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A way to break every rule of `vernier check`, by the family of the rule."""
from . import integers, kernels, operators, quantization, structure, versions
from .mutation import MUTATIONS

__all__ = ["MUTATIONS", "integers", "kernels", "operators", "quantization", "structure", "versions"]
