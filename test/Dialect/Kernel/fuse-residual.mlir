// RUN: quant-opt %s --split-input-file --kernel-fuse-residual | FileCheck %s

// The sum is made by the call before it, which reads the other operand, too, and writes what the sum wrote.
// CHECK-LABEL: func.func @second_operand
// CHECK-SAME: %[[IN:.*]]: memref<4x16xi8>, %[[OUT:.*]]: memref
// CHECK-NEXT: %[[OTHER:.*]] = kernel.buffer
// CHECK-NEXT: kernel.call "other"
// CHECK-NEXT: %[[SUM:.*]] = kernel.buffer
// CHECK-NEXT: kernel.call "conv" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<2, "int8_t">, #kernel.pointer<1, "int8_t">, #kernel.record<"Add", 3 : i32>]
// CHECK-SAME: reads(%[[IN]], %[[OTHER]] :{{.*}}) writes(%[[SUM]] :{{.*}}) headers ["Conv.h", "Add.h"] {macs = 99 : i64, origin = "the convolution", residual = "the sum"}
// CHECK-NEXT: kernel.call "last"
// CHECK-NOT: kernel.call
func.func @second_operand(%in: memref<4x16xi8>, %out: memref<4x16xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<4x16xi8>
  kernel.call "other" arguments [#kernel.pointer<0, "int8_t">] writes(%0 : memref<4x16xi8>) headers []
  %1 = kernel.buffer : memref<4x16xi8>
  kernel.call "conv" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">] reads(%in : memref<4x16xi8>) writes(%1 : memref<4x16xi8>)
      headers ["Conv.h"] {takes_residual, macs = 99 : i64, origin = "the convolution"}
  %2 = kernel.buffer : memref<4x16xi8>
  kernel.call "map" arguments [64 : i64, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">, #kernel.record<"Add", 3 : i32>, #kernel.pointer<2, "int8_t">]
      reads(%1, %0 : memref<4x16xi8>, memref<4x16xi8>) writes(%2 : memref<4x16xi8>) headers ["Add.h", "Conv.h"] {elementwise, origin = "the sum"}
  kernel.call "last" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">] reads(%2 : memref<4x16xi8>) writes(%out : memref<4x16xi8>) headers []
  return
}

// -----

// As the second operand the function's arguments change places; what the first call reads anyway is read once.
// CHECK-LABEL: func.func @first_operand
// CHECK-NEXT: kernel.call "conv" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">, #kernel.pointer<0, "int8_t">, #kernel.record<"runtime::Flipped<Add>", function = #kernel.record<"Add">>]
// CHECK-SAME: reads(%arg0 : memref<4x16xi8>) writes(%arg1 : memref<4x16xi8>)
// CHECK-NOT: kernel.call
func.func @first_operand(%in: memref<4x16xi8>, %out: memref<4x16xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<4x16xi8>
  kernel.call "conv" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">] reads(%in : memref<4x16xi8>) writes(%0 : memref<4x16xi8>) headers [] {takes_residual}
  kernel.call "map" arguments [64 : i64, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">, #kernel.record<"Add">, #kernel.pointer<2, "int8_t">]
      reads(%in, %0 : memref<4x16xi8>, memref<4x16xi8>) writes(%out : memref<4x16xi8>) headers [] {elementwise}
  return
}

// -----

// Of two calls the later one takes the sum: the other operand has to be there.
// CHECK-LABEL: func.func @later
// CHECK: kernel.call "first"
// CHECK-SAME: writes(%[[FIRST:.*]] :
// CHECK: kernel.call "second"
// CHECK-SAME: reads(%arg0, %[[FIRST]] :{{.*}}) writes(%arg1 :
// CHECK-NOT: kernel.call
func.func @later(%in: memref<4x16xi8>, %out: memref<4x16xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<4x16xi8>
  kernel.call "first" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">] reads(%in : memref<4x16xi8>) writes(%0 : memref<4x16xi8>) headers [] {takes_residual}
  %1 = kernel.buffer : memref<4x16xi8>
  kernel.call "second" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">] reads(%in : memref<4x16xi8>) writes(%1 : memref<4x16xi8>) headers [] {takes_residual}
  kernel.call "map" arguments [64 : i64, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">, #kernel.record<"Add">, #kernel.pointer<2, "int8_t">]
      reads(%0, %1 : memref<4x16xi8>, memref<4x16xi8>) writes(%out : memref<4x16xi8>) headers [] {elementwise}
  return
}

// -----

// What is not known to take an operand more does not.
// CHECK-LABEL: func.func @takes_none
// CHECK: kernel.call "map"
func.func @takes_none(%in: memref<4x16xi8>, %out: memref<4x16xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<4x16xi8>
  kernel.call "conv" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">] reads(%in : memref<4x16xi8>) writes(%0 : memref<4x16xi8>) headers []
  kernel.call "map" arguments [64 : i64, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">, #kernel.record<"Add">, #kernel.pointer<2, "int8_t">]
      reads(%0, %in : memref<4x16xi8>, memref<4x16xi8>) writes(%out : memref<4x16xi8>) headers [] {elementwise}
  return
}

// -----

// CHECK-LABEL: func.func @not_elementwise
// CHECK: kernel.call "map"
func.func @not_elementwise(%in: memref<4x16xi8>, %out: memref<4x16xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<4x16xi8>
  kernel.call "conv" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">] reads(%in : memref<4x16xi8>) writes(%0 : memref<4x16xi8>) headers [] {takes_residual}
  kernel.call "map" arguments [64 : i64, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">, #kernel.record<"Add">, #kernel.pointer<2, "int8_t">]
      reads(%0, %in : memref<4x16xi8>, memref<4x16xi8>) writes(%out : memref<4x16xi8>) headers []
  return
}

// -----

// Somebody else reads the result.
// CHECK-LABEL: func.func @read_again
// CHECK: kernel.call "map"
func.func @read_again(%in: memref<4x16xi8>, %out: memref<4x16xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<4x16xi8>
  kernel.call "conv" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">] reads(%in : memref<4x16xi8>) writes(%0 : memref<4x16xi8>) headers [] {takes_residual}
  kernel.call "map" arguments [64 : i64, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">, #kernel.record<"Add">, #kernel.pointer<2, "int8_t">]
      reads(%0, %in : memref<4x16xi8>, memref<4x16xi8>) writes(%out : memref<4x16xi8>) headers [] {elementwise}
  kernel.call "reader" arguments [#kernel.pointer<0, "int8_t">] reads(%0 : memref<4x16xi8>) headers []
  return
}

// -----

// So does the program's caller.
// CHECK-LABEL: func.func @output
// CHECK: kernel.call "map"
func.func @output(%in: memref<4x16xi8>, %out: memref<4x16xi8> {kernel.output}, %sum: memref<4x16xi8> {kernel.output}) {
  kernel.call "conv" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">] reads(%in : memref<4x16xi8>) writes(%out : memref<4x16xi8>) headers [] {takes_residual}
  kernel.call "map" arguments [64 : i64, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">, #kernel.record<"Add">, #kernel.pointer<2, "int8_t">]
      reads(%out, %in : memref<4x16xi8>, memref<4x16xi8>) writes(%sum : memref<4x16xi8>) headers [] {elementwise}
  return
}

// -----

// Both operands are the result.
// CHECK-LABEL: func.func @twice
// CHECK: kernel.call "map"
func.func @twice(%in: memref<4x16xi8>, %out: memref<4x16xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<4x16xi8>
  kernel.call "conv" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">] reads(%in : memref<4x16xi8>) writes(%0 : memref<4x16xi8>) headers [] {takes_residual}
  kernel.call "map" arguments [64 : i64, #kernel.pointer<0, "int8_t">, #kernel.pointer<0, "int8_t">, #kernel.record<"Add">, #kernel.pointer<1, "int8_t">]
      reads(%0 : memref<4x16xi8>) writes(%out : memref<4x16xi8>) headers [] {elementwise}
  return
}

// -----

// The sum is of a part.
// CHECK-LABEL: func.func @part
// CHECK: kernel.call "map"
func.func @part(%in: memref<4x16xi8>, %out: memref<4x16xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<4x16xi8>
  kernel.call "conv" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">] reads(%in : memref<4x16xi8>) writes(%0 : memref<4x16xi8>) headers [] {takes_residual}
  kernel.call "map" arguments [48 : i64, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">, #kernel.record<"Add">, #kernel.pointer<2, "int8_t">]
      reads(%0, %in : memref<4x16xi8>, memref<4x16xi8>) writes(%out : memref<4x16xi8>) headers [] {elementwise}
  return
}

// -----

// The types differ.
// CHECK-LABEL: func.func @types
// CHECK: kernel.call "map"
func.func @types(%in: memref<4x16xi8>, %out: memref<4x16xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<4x16xi8>
  kernel.call "conv" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">] reads(%in : memref<4x16xi8>) writes(%0 : memref<4x16xi8>) headers [] {takes_residual}
  kernel.call "map" arguments [64 : i64, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">, #kernel.record<"Less">, #kernel.pointer<2, "bool">]
      reads(%0, %in : memref<4x16xi8>, memref<4x16xi8>) writes(%out : memref<4x16xi8>) headers [] {elementwise}
  return
}

// -----

// The other operand gets its value after the call.
// CHECK-LABEL: func.func @residual_too_late
// CHECK: kernel.call "map"
func.func @residual_too_late(%in: memref<4x16xi8>, %out: memref<4x16xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<4x16xi8>
  %1 = kernel.buffer : memref<4x16xi8>
  kernel.call "conv" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">] reads(%in : memref<4x16xi8>) writes(%0 : memref<4x16xi8>) headers [] {takes_residual}
  kernel.call "other" arguments [#kernel.pointer<0, "int8_t">] writes(%1 : memref<4x16xi8>) headers []
  kernel.call "map" arguments [64 : i64, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">, #kernel.record<"Add">, #kernel.pointer<2, "int8_t">]
      reads(%0, %1 : memref<4x16xi8>, memref<4x16xi8>) writes(%out : memref<4x16xi8>) headers [] {elementwise}
  return
}

// -----

// What the sum writes over is read in between, in a branch.
// CHECK-LABEL: func.func @result_in_use
// CHECK: kernel.call "map"
func.func @result_in_use(%in: memref<4x16xi8>, %more: memref<i8>, %out: memref<4x16xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<4x16xi8>
  %1 = kernel.buffer : memref<4x16xi8>
  kernel.call "other" arguments [#kernel.pointer<0, "int8_t">] writes(%1 : memref<4x16xi8>) headers []
  kernel.call "conv" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">] reads(%in : memref<4x16xi8>) writes(%0 : memref<4x16xi8>) headers [] {takes_residual}
  kernel.if %more : memref<i8> {
    kernel.call "last" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">] reads(%1 : memref<4x16xi8>) writes(%out : memref<4x16xi8>) headers []
  } else {
  }
  kernel.call "map" arguments [64 : i64, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">, #kernel.record<"Add">, #kernel.pointer<2, "int8_t">]
      reads(%0, %in : memref<4x16xi8>, memref<4x16xi8>) writes(%1 : memref<4x16xi8>) headers [] {elementwise}
  return
}

// -----

// The call reads what the sum writes over.
// CHECK-LABEL: func.func @in_place
// CHECK: kernel.call "map"
func.func @in_place(%in: memref<4x16xi8>, %out: memref<4x16xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<4x16xi8>
  kernel.call "conv" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">] reads(%out : memref<4x16xi8>) writes(%0 : memref<4x16xi8>) headers [] {takes_residual}
  kernel.call "map" arguments [64 : i64, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">, #kernel.record<"Add">, #kernel.pointer<2, "int8_t">]
      reads(%0, %in : memref<4x16xi8>, memref<4x16xi8>) writes(%out : memref<4x16xi8>) headers [] {elementwise}
  return
}

// -----

// A branch has calls of its own.
// CHECK-LABEL: func.func @branch
// CHECK: kernel.call "map"
func.func @branch(%in: memref<4x16xi8>, %more: memref<i8>, %out: memref<4x16xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<4x16xi8>
  kernel.call "conv" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">] reads(%in : memref<4x16xi8>) writes(%0 : memref<4x16xi8>) headers [] {takes_residual}
  kernel.if %more : memref<i8> {
    kernel.call "map" arguments [64 : i64, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">, #kernel.record<"Add">, #kernel.pointer<2, "int8_t">]
        reads(%0, %in : memref<4x16xi8>, memref<4x16xi8>) writes(%out : memref<4x16xi8>) headers [] {elementwise}
  } else {
  }
  return
}

// -----

// A check is in between, without which the function must not be computed: a divisor of 0 ends the run.
// CHECK-LABEL: func.func @checked
// CHECK: kernel.call "conv"
// CHECK-NEXT: kernel.call "check"
// CHECK-NEXT: kernel.call "map"
func.func @checked(%in: memref<4x16xi8>, %divisor: memref<4x16xi8>, %out: memref<4x16xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<4x16xi8>
  kernel.call "conv" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">] reads(%in : memref<4x16xi8>) writes(%0 : memref<4x16xi8>) headers [] {takes_residual}
  kernel.call "check" arguments [#kernel.pointer<0, "int8_t">] reads(%divisor : memref<4x16xi8>) headers [] can_fail
  kernel.call "map" arguments [64 : i64, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">, #kernel.record<"Divide">, #kernel.pointer<2, "int8_t">]
      reads(%0, %divisor : memref<4x16xi8>, memref<4x16xi8>) writes(%out : memref<4x16xi8>) headers [] {elementwise}
  return
}

// -----

// An elementwise call over one of its own operands.
// CHECK-LABEL: func.func @over_its_operand
// CHECK: kernel.call "map"
func.func @over_its_operand(%in: memref<4x16xi8>, %out: memref<4x16xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<4x16xi8>
  kernel.call "conv" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">] reads(%in : memref<4x16xi8>) writes(%0 : memref<4x16xi8>) headers [] {takes_residual}
  kernel.call "map" arguments [64 : i64, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">, #kernel.record<"Add">, #kernel.pointer<1, "int8_t">]
      reads(%0, %out : memref<4x16xi8>, memref<4x16xi8>) writes(%out : memref<4x16xi8>) headers [] {elementwise}
  return
}
