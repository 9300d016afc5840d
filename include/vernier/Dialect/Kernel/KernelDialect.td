//===- KernelDialect.td - Calls of kernels -----------------*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_KERNEL_KERNELDIALECT_TD
#define VERNIER_DIALECT_KERNEL_KERNELDIALECT_TD

include "mlir/IR/OpBase.td"

def KernelDialect : Dialect {
  let name = "kernel";
  let cppNamespace = "::mlir::vernier::kernel";
  let summary = "What a generated program does: calls of kernels on memory";
  let description = [{
    The last stage before C++. A function takes its inputs, then its outputs, as memory that the caller owns;
    constants are packed as kernels read them; activations are buffers in one arena; each kernel call has every
    parameter that the program will pass. Nothing is decided later: source is written from this as it stands.

    ```mlir
    func.func @main(%in: memref<1x8xi8>, %out: memref<1x4xi8> {kernel.output}) {
      %0 = kernel.buffer {offset = 0 : i64} : memref<1x8xi8>
      %table = kernel.constant dense<0> : tensor<256xi8> : memref<256xi8>
      kernel.call "runtime::lookUp" arguments [8 : i64, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">,
          #kernel.pointer<2, "int8_t">] reads(%in, %table : memref<1x8xi8>, memref<256xi8>)
          writes(%0 : memref<1x8xi8>) headers ["Runtime/Elementwise.h"]
      ...
    }
    ```

    Discardable attributes of this dialect, on the module: `kernel.target` (the name of a row of the table of targets),
    `kernel.arena_bytes` and `kernel.arena_bound` (the plan's size and the lower bound of live bytes), `kernel.state_bytes`
    (what begins the arena and keeps its value from run to run); on arguments: `kernel.output`, `kernel.name` and `kernel.type` (the tensor's type with its quantization parameters).
  }];
  let useDefaultAttributePrinterParser = 1;
  let extraClassDeclaration = [{
    void registerAttributes();
    static constexpr StringLiteral getTargetAttrName() { return "kernel.target"; }
    static constexpr StringLiteral getArenaBytesAttrName() { return "kernel.arena_bytes"; }
    static constexpr StringLiteral getArenaBoundAttrName() { return "kernel.arena_bound"; }
    static constexpr StringLiteral getStateBytesAttrName() { return "kernel.state_bytes"; }
    static constexpr StringLiteral getOutputAttrName() { return "kernel.output"; }
    static constexpr StringLiteral getNameAttrName() { return "kernel.name"; }
    static constexpr StringLiteral getTypeAttrName() { return "kernel.type"; }
  }];
}

#endif // VERNIER_DIALECT_KERNEL_KERNELDIALECT_TD
