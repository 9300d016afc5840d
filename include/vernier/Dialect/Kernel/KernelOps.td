//===- KernelOps.td - Calls of kernels ---------------------*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_KERNEL_KERNELOPS_TD
#define VERNIER_DIALECT_KERNEL_KERNELOPS_TD

include "mlir/Interfaces/SideEffectInterfaces.td"
include "vernier/Dialect/Kernel/KernelAttributes.td"

class Kernel_Op<string mnemonic, list<Trait> traits = []> : Op<KernelDialect, mnemonic, traits>;

def Kernel_ConstantOp : Kernel_Op<"constant", [Pure]> {
  let summary = "Bytes that the program carries";
  let description = [{
    The elements as kernels read them: packed weights, start values, multipliers, tables. The memory is aligned to 64 bytes.
    `kernel-plan-memory` sets the offset within the program's weights.

    ```mlir
    %0 = kernel.constant dense_resource<conv1> : tensor<432xi8> : memref<432xi8>
    ```
  }];
  let arguments = (ins ElementsAttr:$value, OptionalAttr<I64Attr>:$offset);
  let results = (outs AnyMemRef:$memory);
  let assemblyFormat = "$value attr-dict `:` type($memory)";
  let hasVerifier = 1;
}

def Kernel_BufferOp : Kernel_Op<"buffer", [MemoryEffects<[MemAlloc]>]> {
  let summary = "Memory in the arena";
  let description = [{
    Lives from the first call that names it to the last. `kernel-plan-memory` sets the offset within the arena; buffers
    that live at different times share bytes. With `state`, it keeps its value from run to run, and starts with that byte
    everywhere.

    ```mlir
    %0 = kernel.buffer {offset = 4096 : i64} : memref<1x32x32x16xi8>
    %1 = kernel.buffer {offset = 0 : i64, state = 0 : i8} : memref<1x20xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<I64Attr>:$offset, OptionalAttr<I8Attr>:$state);
  let results = (outs AnyMemRef:$memory);
  let assemblyFormat = "attr-dict `:` type($memory)";
  let hasVerifier = 1;
}

def Kernel_CallOp : Kernel_Op<"call", [AttrSizedOperandSegments]> {
  let summary = "A call of a kernel of Runtime";
  let description = [{
    `arguments` are all arguments in order: numbers, `#kernel.record`, arrays of these, and pointers into the operands.
    With `overlapping`, a kernel of that name and the same arguments lets its first result lie over its first operand,
    from `distance` bytes on; `kernel-plan-memory` takes it where that saves memory.
    With `by_rows`, the first argument is a record that says which rows of an image each row of the result looks at
    (`inputHeight`, `outputHeight`, `filterHeight`, `strideHeight`, `padTop`, for one of `batches` images), and nothing
    else does; `kernel-strip-rows` splits such calls, and says in `rows` which rows of the operator's result a part computes.
    With `takes_residual`, two more arguments may follow, a pointer to as many elements as the result has and a function:
    each result is then function(result, element). With `elementwise`, the arguments are a number of elements, two
    operands, a function of two elements, and the result. `kernel-fuse-residual` makes one call of two such; `residual`
    says which operator the function came from.
    `isa` is the first template argument, where the kernel is one over instruction sets. `headers` declare what the
    call names. With `can_fail`, false from the kernel ends the run with an error. `origin` says which operator of the
    network this is, `macs` its number of multiply-adds.

    ```mlir
    kernel.call "runtime::softmax" arguments [1 : i64, 10 : i32, 1.0 : f32, #kernel.pointer<0, "float">,
        #kernel.pointer<1, "float">]
        reads(%0 : memref<1x10xf32>) writes(%1 : memref<1x10xf32>) headers ["Runtime/Softmax.h"] {origin = "nn.softmax"}
    ```
  }];
  let arguments = (ins StrAttr:$callee, ArrayAttr:$arguments, OptionalAttr<StrAttr>:$isa, StrArrayAttr:$headers,
    Variadic<AnyMemRef>:$reads, Variadic<AnyMemRef>:$writes, UnitAttr:$can_fail,
    DefaultValuedAttr<I64Attr, "0">:$macs, OptionalAttr<StrAttr>:$overlapping, OptionalAttr<I64Attr>:$distance,
    UnitAttr:$by_rows, UnitAttr:$takes_residual, UnitAttr:$elementwise, OptionalAttr<DenseI64ArrayAttr>:$rows,
    OptionalAttr<StrAttr>:$origin, OptionalAttr<StrAttr>:$residual);
  let assemblyFormat = [{
    $callee (`isa` $isa^)? `arguments` $arguments (`reads` `(` $reads^ `:` type($reads) `)`)?
    (`writes` `(` $writes^ `:` type($writes) `)`)? `headers` $headers (`can_fail` $can_fail^)? attr-dict
  }];
  let hasVerifier = 1;
}

def Kernel_IfOp : Kernel_Op<"if", [NoTerminator, SingleBlock]> {
  let summary = "Calls that are made only where a byte is not 0, and others where it is";
  let description = [{
    A branch of the network, with the functions that it runs in its regions. `kernel-plan-memory` gives buffers of both
    the same bytes.

    ```mlir
    kernel.if %chosen : memref<1xi8> {
      kernel.call ...
    } else {
      kernel.call ...
    } {origin = "nn.if"}
    ```
  }];
  let arguments = (ins AnyMemRef:$condition, OptionalAttr<StrAttr>:$origin);
  let regions = (region SizedRegion<1>:$thenRegion, SizedRegion<1>:$elseRegion);
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::mlir::Value":$condition, "::mlir::StringAttr":$origin)>];
  let assemblyFormat = "$condition `:` type($condition) $thenRegion `else` $elseRegion attr-dict";
  let hasVerifier = 1;
}

def Kernel_WhileOp : Kernel_Op<"while", [NoTerminator, SingleBlock]> {
  let summary = "A loop";
  let description = [{
    The first region sets the byte `condition`; where it is 0, the loop ends, else the second region follows, and all
    begins again. What goes round is in buffers outside; those inside hold nothing from one round to the next, so that
    a buffer from outside lives as long as the loop.

    ```mlir
    kernel.while %more : memref<i8> {
      kernel.call "runtime::compare" ... writes(%more : memref<i8>) ...
    } do {
      kernel.call ...
    } {origin = "nn.while"}
    ```
  }];
  let arguments = (ins AnyMemRef:$condition, OptionalAttr<StrAttr>:$origin);
  let regions = (region SizedRegion<1>:$test, SizedRegion<1>:$body);
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::mlir::Value":$condition, "::mlir::StringAttr":$origin)>];
  let assemblyFormat = "$condition `:` type($condition) $test `do` $body attr-dict";
  let hasVerifier = 1;
}

#endif // VERNIER_DIALECT_KERNEL_KERNELOPS_TD
