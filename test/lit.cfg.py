# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# How lit finds, names and runs the tests below this folder. Unit/ has a file of its own.
import os
import subprocess
import sys

import lit.formats
from lit.llvm import llvm_config
from lit.llvm.subst import ToolSubst

config.name = "Vernier"
config.test_format = lit.formats.ShTest(not llvm_config.use_lit_shell)
config.suffixes = [".mlir", ".td", ".test"]
config.excludes = ["Inputs", "Unit", "lib", "bench"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.vernier_obj_root, "test")

test_data = os.path.abspath(os.environ.get("VERNIER_TEST_DATA") or config.vernier_test_data)
e2e_python = os.environ.get("VERNIER_E2E_PYTHON") or config.vernier_e2e_python

config.substitutions += [
    ("%python", sys.executable),
    ("%e2e-python", e2e_python),
    ("%src-root", config.vernier_src_root),
    ("%build-root", config.vernier_obj_root),
    ("%plugin", os.path.join(config.vernier_obj_root, "lib", "VernierPlugin.so")),
    ("%llvm-libs", os.path.join(os.path.dirname(config.llvm_tools_dir), "lib")),
    ("%inputs", os.path.join(config.test_source_root, "Inputs")),
    ("%test-data", os.path.join(test_data, "data")),
]

# `data`: the shared models and datasets are there.
if os.path.isdir(os.path.join(test_data, "data", "models")):
    config.available_features.add("data")


def imports(modules):
    try:
        return subprocess.run([e2e_python, "-c", "import " + modules], capture_output=True).returncode == 0
    except OSError:
        return False


# `litert`: an interpreter with LiteRT for the end-to-end tests; `dask`: the same with Dask.
if imports("ai_edge_litert.interpreter, flatbuffers, PIL"):
    config.available_features.add("litert")
if imports("dask.distributed, numpy"):
    config.available_features.add("dask")
# `long`: tests that take minutes, asked for with `utils/check --long`.
if os.environ.get("VERNIER_LONG_TESTS"):
    config.available_features.add("long")

config.environment["FILECHECK_OPTS"] = "-enable-var-scope --allow-unused-prefixes=false"
config.environment["VERNIER_TEST_DATA"] = test_data
config.environment["PYTHONDONTWRITEBYTECODE"] = "1"

llvm_config.with_environment("PATH", config.llvm_tools_dir, append_path=True)
llvm_config.with_environment("PATH", config.vernier_tools_dir, append_path=True)
tools = [ToolSubst(name, unresolved="ignore") for name in
         ("vernier", "quant-lsp-server", "quant-opt", "quant-reduce", "quant-test-opt", "quant-translate", "mlir-opt", "llvm-nm",
          "llvm-readelf", "FileCheck", "not", "count", "split-file")]
llvm_config.add_tool_substitutions(tools, [config.vernier_tools_dir, config.llvm_tools_dir])
