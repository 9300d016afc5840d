//===- KernelAttributes.td - Arguments of kernels ----------*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_KERNEL_KERNELATTRIBUTES_TD
#define VERNIER_DIALECT_KERNEL_KERNELATTRIBUTES_TD

include "mlir/IR/AttrTypeBase.td"
include "vernier/Dialect/Kernel/KernelDialect.td"

class Kernel_Attr<string name, string attrMnemonic> : AttrDef<KernelDialect, name> {
  let mnemonic = attrMnemonic;
}

def Kernel_RecordAttr : Kernel_Attr<"Record", "record"> {
  let summary = "An object of a C++ type, member by member";
  let description = [{
    Members are in the order of their declaration. A name serves the reader alone.

    ```mlir
    #kernel.record<"numerics::QuantizedRange", zeroPoint = -128 : i32, min = -128 : i32, max = 127 : i32>
    #kernel.record<"runtime::Maximum">
    ```
  }];
  let parameters = (ins "::mlir::StringAttr":$type, ArrayRefParameter<"::mlir::StringAttr">:$names,
    ArrayRefParameter<"::mlir::Attribute">:$fields);
  let hasCustomAssemblyFormat = 1;
}

def Kernel_PointerAttr : Kernel_Attr<"Pointer", "pointer"> {
  let summary = "A pointer into an operand of the call";
  let description = [{
    The operand's place among those that the call reads, then those that it writes; the C++ type of the elements;
    bytes from the beginning. With `unsigned`, elements of int8 may be ones of uint8 instead, 128 more each: then these
    numbers among the call's arguments change by so much. `0.inputZeroPoint` is a member of the first argument, `2` the
    third; members without a name are counted from 0. `kernel-unsigned-activations` decides.

    ```mlir
    #kernel.pointer<0, "int8_t">
    #kernel.pointer<1, "float", offset = 64>
    #kernel.pointer<1, "int8_t" unsigned {"0.inputZeroPoint" = 128 : i64}>
    ```
  }];
  let parameters = (ins "unsigned":$operand, "::mlir::StringAttr":$type, DefaultValuedParameter<"int64_t", "0">:$offset,
    OptionalParameter<"::mlir::DictionaryAttr">:$unsignedForm);
  let builders = [AttrBuilder<(ins "unsigned":$operand, "::mlir::StringAttr":$type, "int64_t":$offset), [{
    return $_get($_ctxt, operand, type, offset, ::mlir::DictionaryAttr());
  }]>];
  let assemblyFormat = "`<` $operand `,` $type (`,` `offset` `=` $offset^)? (`unsigned` $unsignedForm^)? `>`";
}

def Kernel_NullAttr : Kernel_Attr<"Null", "null"> {
  let summary = "A null pointer: an operand that is absent";
  let description = [{
    ```mlir
    #kernel.null<"const int32_t">
    ```
  }];
  let parameters = (ins "::mlir::StringAttr":$type);
  let assemblyFormat = "`<` $type `>`";
}

#endif // VERNIER_DIALECT_KERNEL_KERNELATTRIBUTES_TD
