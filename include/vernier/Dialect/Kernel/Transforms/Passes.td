//===- Passes.td - Passes of the kernel dialect ------------*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_KERNEL_TRANSFORMS_PASSES_TD
#define VERNIER_DIALECT_KERNEL_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def UnsignedActivationsPass : Pass<"kernel-unsigned-activations", "::mlir::ModuleOp"> {
  let summary = "Hold activations as unsigned numbers, where all calls that name them can and the target gains";
  let description = [{
    Dot products of x86 take unsigned inputs. A buffer of int8, no state, becomes one of uint8 where every pointer to it
    says in `unsigned` what changes with it (`#kernel.pointer`): zero points and ranges of the calls move by 128, packed
    weights and their start values stay. Inputs, outputs and constants are what they were. Which targets gain, the table of
    targets says; elsewhere, the pass only removes `unsigned`.

    ```mlir
    %0 = kernel.buffer : memref<64xi8>
    kernel.call "runtime::mapElements" arguments [64 : i64, #kernel.pointer<0, "uint8_t">,
        #kernel.record<"runtime::MoveZeroPoint", -128 : i32>, #kernel.pointer<1, "int8_t" unsigned {"2.0" = 128 : i64}>] ...
    ```
    becomes
    ```mlir
    %0 = kernel.buffer : memref<64xui8>
    kernel.call "runtime::mapElements" arguments [64 : i64, #kernel.pointer<0, "uint8_t">,
        #kernel.record<"runtime::MoveZeroPoint", 0 : i32>, #kernel.pointer<1, "uint8_t">] ...
    ```
  }];
}

def FuseResidualPass : Pass<"kernel-fuse-residual", "::mlir::ModuleOp"> {
  let summary = "Make one call of one that can join an operand to its results and the elementwise one behind it";
  let description = [{
    The result of a call with `takes_residual` that nothing reads but a call with `elementwise` never gets to memory: the
    first call takes the other operand and the function, and writes what the second one wrote. Both operands and the
    result have one type and one size; the other operand has its value before the first call.

    ```mlir
    kernel.call "conv" arguments [..., #kernel.pointer<1, "int8_t">] reads(%in) writes(%0) {takes_residual}
    kernel.call "map" arguments [64, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">, #kernel.record<"Add">,
        #kernel.pointer<2, "int8_t">] reads(%0, %1) writes(%2) {elementwise}
    ```
    becomes
    ```mlir
    kernel.call "conv" arguments [..., #kernel.pointer<2, "int8_t">, #kernel.pointer<1, "int8_t">, #kernel.record<"Add">]
        reads(%in, %1) writes(%2) {residual = "..."}
    ```
    Where the first call computes the second operand, the function is a `runtime::Flipped` of it.
  }];
}

def StripRowsPass : Pass<"kernel-strip-rows", "::mlir::ModuleOp"> {
  let summary = "Compute chains of calls a strip of rows at a time, where that lowers the peak of the arena";
  let description = [{
    Of images between calls that go row by row (convolutions, pooling), only as many rows are kept as the next call looks
    at: a strip of rows of the last result is computed by all calls of the chain before the next strip begins. Rows that two
    strips need are moved to the front of their buffer, nothing is computed twice. Which calls make a chain, and in how many
    strips, is what leaves the lowest bound of live bytes; nothing changes where that is no lower.

    ```mlir
    kernel.call "a" ... writes(%0 : memref<1x112x112x96xi8>)
    kernel.call "b" ... reads(%0 : memref<1x112x112x96xi8>)
    ```
    becomes
    ```mlir
    kernel.call "a" ... writes(%0 : memref<15x112x96xi8>) {rows = array<i64: 0, 15>}
    kernel.call "b" ... reads(%0 : memref<15x112x96xi8>) {rows = array<i64: 0, 7>}
    kernel.call "runtime::moveBytes" ... reads(%0) writes(%0)
    kernel.call "a" ... writes(%0 : memref<15x112x96xi8>) {rows = array<i64: 15, 29>}
    ...
    ```
  }];
}

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
