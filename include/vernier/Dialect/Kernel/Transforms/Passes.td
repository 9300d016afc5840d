//===- Passes.td - Passes of the kernel dialect ------------*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_KERNEL_TRANSFORMS_PASSES_TD
#define VERNIER_DIALECT_KERNEL_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def PlanMemoryPass : Pass<"kernel-plan-memory", "::mlir::ModuleOp"> {
  let summary = "Give every buffer its place in the arena, and every constant its place among the weights";
  let description = [{
    Buffers that live at different times share bytes. The module gets `kernel.arena_bytes`, the size of the arena, and
    `kernel.arena_bound`, the most bytes that live at one time: no plan can do with less. States come first in the arena;
    `kernel.state_bytes` says how much of it they take.

    ```mlir
    %0 = kernel.buffer : memref<64xi8>
    ```
    becomes
    ```mlir
    %0 = kernel.buffer {offset = 128 : i64} : memref<64xi8>
    ```
  }];
}

#endif // VERNIER_DIALECT_KERNEL_TRANSFORMS_PASSES_TD
