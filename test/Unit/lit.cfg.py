# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Runs every GoogleTest binary and reports each of its tests.
import os

import lit.formats

config.name = "Vernier-Unit"
config.suffixes = []
config.test_source_root = config.test_exec_root = config.vernier_unit_dir
config.test_format = lit.formats.GoogleTest(".", "Tests")
config.environment["VERNIER_TEST_DATA"] = os.path.abspath(
    os.environ.get("VERNIER_TEST_DATA") or config.vernier_test_data)
