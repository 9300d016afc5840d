// RUN: quant-opt %s --split-input-file --kernel-unsigned-activations | FileCheck %s

// What is between two calls that both can becomes unsigned: numbers of the call that writes it and of the one that reads
// it change, each by what its pointer says. The caller's memory stays what it is.
module attributes {kernel.target = "x86-64-v4-vnni"} {
// CHECK-LABEL: func.func @between
// CHECK: %[[ACTIVATION:.*]] = kernel.buffer : memref<64xui8>
// CHECK: "a" arguments [#kernel.pointer<0, "int8_t">, #kernel.record<"Range", zeroPoint = 0 : i32, 255 : i32>, #kernel.pointer<1, "uint8_t">]
// CHECK-SAME: writes(%[[ACTIVATION]] : memref<64xui8>)
// CHECK: "b" arguments [#kernel.record<"P", rows = 8 : i32, zeroPoint = 0 : i32>, #kernel.pointer<0, "uint8_t", offset = 32>, 700 : i32, #kernel.pointer<1, "int8_t">]
func.func @between(%in: memref<64xi8>, %out: memref<64xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<64xi8>
  kernel.call "a" arguments [#kernel.pointer<0, "int8_t" unsigned {"1.zeroPoint" = 1 : i64}>,
      #kernel.record<"Range", zeroPoint = -128 : i32, 127 : i32>,
      #kernel.pointer<1, "int8_t" unsigned {"1.zeroPoint" = 128 : i64, "1.1" = 128 : i64}>]
      reads(%in : memref<64xi8>) writes(%0 : memref<64xi8>) headers []
  kernel.call "b" arguments [#kernel.record<"P", rows = 8 : i32, zeroPoint = -128 : i32>,
      #kernel.pointer<0, "int8_t", offset = 32 unsigned {"0.zeroPoint" = 128 : i64, "2" = -300 : i64}>, 1000 : i32,
      #kernel.pointer<1, "int8_t" unsigned {"2" = 1 : i64}>]
      reads(%0 : memref<64xi8>) writes(%out : memref<64xi8>) headers []
  return
}
}

// -----

// One number may stand for both operands, and one operand may be read twice.
module attributes {kernel.target = "x86-64-v4-vnni"} {
// CHECK-LABEL: func.func @twice
// CHECK: "b" arguments [#kernel.pointer<0, "uint8_t">, #kernel.pointer<0, "uint8_t">, 50 : i32, #kernel.pointer<1, "int8_t">]
func.func @twice(%out: memref<64xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<64xi8>
  kernel.call "a" arguments [0 : i32, #kernel.pointer<0, "int8_t" unsigned {"0" = 128 : i64}>] writes(%0 : memref<64xi8>) headers []
  kernel.call "b" arguments [#kernel.pointer<0, "int8_t" unsigned {"2" = -30 : i64}>,
      #kernel.pointer<0, "int8_t" unsigned {"2" = -20 : i64}>, 100 : i32, #kernel.pointer<1, "int8_t">]
      reads(%0 : memref<64xi8>) writes(%out : memref<64xi8>) headers []
  return
}
}

// -----

// One call that cannot keeps it signed: "b" reads it as it is, and "c" through another pointer.
module attributes {kernel.target = "x86-64-v4-vnni"} {
// CHECK-LABEL: func.func @cannot
// CHECK-NOT: ui8
// CHECK-NOT: unsigned
// CHECK: return
func.func @cannot(%out: memref<64xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<64xi8>
  kernel.call "a" arguments [0 : i32, #kernel.pointer<0, "int8_t" unsigned {"0" = 128 : i64}>] writes(%0 : memref<64xi8>) headers []
  kernel.call "b" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">]
      reads(%0 : memref<64xi8>) writes(%out : memref<64xi8>) headers []
  %1 = kernel.buffer : memref<64xi8>
  kernel.call "a" arguments [0 : i32, #kernel.pointer<0, "int8_t" unsigned {"0" = 128 : i64}>] writes(%1 : memref<64xi8>) headers []
  kernel.call "c" arguments [0 : i32, #kernel.pointer<0, "int8_t" unsigned {"0" = 128 : i64}>,
      #kernel.record<"R", at = #kernel.pointer<0, "int8_t">>, #kernel.pointer<1, "int8_t">]
      reads(%1 : memref<64xi8>) writes(%out : memref<64xi8>) headers []
  return
}
}

// -----

// Nor does what keeps its value from run to run, what chooses a branch, or what has no bytes of int8.
module attributes {kernel.target = "x86-64-v4-vnni"} {
// CHECK-LABEL: func.func @other
// CHECK-NOT: pointer<{{.*}}"uint8_t"
// CHECK: return
func.func @other() {
  %state = kernel.buffer {state = 0 : i8} : memref<1xi8>
  %condition = kernel.buffer : memref<1xi8>
  %wide = kernel.buffer : memref<1xi16>
  kernel.call "a" arguments [0 : i32, #kernel.pointer<0, "int8_t" unsigned {"0" = 128 : i64}>,
      #kernel.pointer<1, "int8_t" unsigned {"0" = 128 : i64}>, #kernel.pointer<2, "int8_t" unsigned {"0" = 128 : i64}>]
      writes(%state, %condition, %wide : memref<1xi8>, memref<1xi8>, memref<1xi16>) headers []
  kernel.if %condition : memref<1xi8> {
  } else {
  }
  return
}
}

// -----

// Where products are of signed numbers, all stays as it is.
module attributes {kernel.target = "armv8-dotprod"} {
// CHECK-LABEL: func.func @signed
// CHECK: kernel.buffer : memref<64xi8>
// CHECK: "a" arguments [0 : i32, #kernel.pointer<0, "int8_t">]
func.func @signed() {
  %0 = kernel.buffer : memref<64xi8>
  kernel.call "a" arguments [0 : i32, #kernel.pointer<0, "int8_t" unsigned {"0" = 128 : i64}>] writes(%0 : memref<64xi8>) headers []
  return
}
}
