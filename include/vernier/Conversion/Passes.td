//===- Passes.td - Conversions between dialects ------------*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_CONVERSION_PASSES_TD
#define VERNIER_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertNNToKernelPass : Pass<"convert-nn-to-kernel", "::mlir::ModuleOp"> {
  let summary = "From operators of a network to calls of kernels";
  let description = [{
    Makes the calls that the executor makes, with the same parameters, for the first function of the module. Functions
    that operators run are written in these operators' places; all others go. Weights are packed; what depends on constants alone is computed; reshapes disappear. Kernels are those of the
    target's instruction sets. Fails, naming the operators, where one cannot be called from source.

    ```mlir
    %1 = nn.softmax(%0) {beta = 1.0 : f32} : (tensor<1x10xf32>) -> tensor<1x10xf32>
    ```
    becomes
    ```mlir
    kernel.call "runtime::softmax" arguments [1 : i64, 10 : i32, 1.0 : f32, #kernel.pointer<0, "float">,
        #kernel.pointer<1, "float">] reads(%0 : memref<1x10xf32>) writes(%1 : memref<1x10xf32>) headers ["Runtime/Softmax.h"]
    ```
  }];
  let options = [
    Option<"target", "target", "std::string", "\"generic\"", "What the program runs on: native, or the name of a row of lib/Dialect/Kernel/Targets.cpp">,
    Option<"numerics", "numerics", "std::string", "\"litert\"", "Whose integer arithmetic is reproduced: litert, litert-ref, tflm">,
  ];
  let dependentDialects = ["::mlir::vernier::kernel::KernelDialect"];
}

def ConvertKernelToEmitCPass : Pass<"convert-kernel-to-emitc", "::mlir::ModuleOp"> {
  let summary = "From planned calls of kernels to C++";
  let description = [{
    One function for each call, with a comment that names the operator it came from, and the functions of the program's
    interface. Needs the offsets that `kernel-plan-memory` gives.

    ```mlir
    emitc.func @layer3(%arg0: !emitc.ptr<!emitc.opaque<"const float">>, %arg1: !emitc.ptr<!emitc.opaque<"float">>)
        attributes {specifiers = ["static"]} {
      emitc.call_opaque "runtime::softmax"(%arg0, %arg1) {args = [...]} : ...
    }
    ```
  }];
  let options = [
    Option<"name", "name", "std::string", "\"network\"", "Prefix of every public name: an identifier">,
    Option<"part", "part", "bool", "false", "One target's part of a program for several: a file beside it has the interface">,
  ];
  let dependentDialects = ["::mlir::emitc::EmitCDialect"];
}

#endif // VERNIER_CONVERSION_PASSES_TD
