// RUN: quant-opt %s --split-input-file --kernel-strip-rows | FileCheck %s

// Of the image between a product and a window of three rows, a strip is kept, and the two rows that the next strip looks at
// again move to its front: nothing is computed twice.
// CHECK-LABEL: func.func @chain
// CHECK: %[[ROWS:.*]] = kernel.buffer : memref<1x10x64x64xi8>
// CHECK: kernel.call "a" arguments [#kernel.record<"P", batches = 1 : i32, inputHeight = 9 : i32, outputHeight = 9 : i32, outputWidth = 64 : i32, filterHeight = 1 : i32, strideHeight = 1 : i32, padTop = 0 : i32>, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">]
// CHECK-SAME: macs = 1152 : i64, rows = array<i64: 0, 9>
// CHECK: kernel.call "b" arguments [#kernel.record<"P", batches = 1 : i32, inputHeight = 9 : i32, outputHeight = 8 : i32, {{.*}} padTop = 1 : i32>
// CHECK-SAME: rows = array<i64: 0, 8>
// Two rows of 4096 bytes, the last ones.
// CHECK: kernel.call "runtime::moveBytes" arguments [8192, #kernel.pointer<0, "uint8_t", offset = 28672>, #kernel.pointer<1, "uint8_t">] reads(%[[ROWS]]
// CHECK: kernel.call "a" arguments [#kernel.record<"P", {{.*}} inputHeight = 8 : i32, outputHeight = 8 : i32, {{.*}}>, #kernel.pointer<0, "int8_t", offset = 4608>, #kernel.pointer<1, "int8_t", offset = 8192>]
// CHECK-SAME: rows = array<i64: 9, 17>
// CHECK: kernel.call "b" arguments [#kernel.record<"P", {{.*}} inputHeight = 10 : i32, outputHeight = 8 : i32, {{.*}} padTop = 0 : i32>, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t", offset = 32768>]
// CHECK-SAME: rows = array<i64: 8, 16>
// The last strip ends with padding, for which no row is there.
// CHECK: rows = array<i64: 25, 32>
// CHECK: kernel.call "b" arguments [#kernel.record<"P", {{.*}} inputHeight = 9 : i32, outputHeight = 8 : i32, {{.*}} padTop = 0 : i32>
// CHECK-SAME: rows = array<i64: 24, 32>
func.func @chain(%in: memref<1x32x64x8xi8>, %out: memref<1x32x64x64xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<1x32x64x64xi8>
  kernel.call "a" arguments [#kernel.record<"P", batches = 1 : i32, inputHeight = 32 : i32, outputHeight = 32 : i32, outputWidth = 64 : i32,
      filterHeight = 1 : i32, strideHeight = 1 : i32, padTop = 0 : i32>, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">]
      reads(%in : memref<1x32x64x8xi8>) writes(%0 : memref<1x32x64x64xi8>) headers [] {by_rows, macs = 4096 : i64}
  kernel.call "b" arguments [#kernel.record<"P", batches = 1 : i32, inputHeight = 32 : i32, outputHeight = 32 : i32, outputWidth = 64 : i32,
      filterHeight = 3 : i32, strideHeight = 1 : i32, padTop = 1 : i32>, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">]
      reads(%0 : memref<1x32x64x64xi8>) writes(%out : memref<1x32x64x64xi8>) headers [] {by_rows}
  return
}

// -----

// What somebody else reads as well stays whole.
// CHECK-LABEL: func.func @shared
// CHECK-NOT: rows = array
func.func @shared(%in: memref<1x32x64x8xi8>, %out: memref<1x32x64x64xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<1x32x64x64xi8>
  kernel.call "a" arguments [#kernel.record<"P", batches = 1 : i32, inputHeight = 32 : i32, outputHeight = 32 : i32, outputWidth = 64 : i32,
      filterHeight = 1 : i32, strideHeight = 1 : i32, padTop = 0 : i32>, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">]
      reads(%in : memref<1x32x64x8xi8>) writes(%0 : memref<1x32x64x64xi8>) headers [] {by_rows}
  kernel.call "b" arguments [#kernel.record<"P", batches = 1 : i32, inputHeight = 32 : i32, outputHeight = 32 : i32, outputWidth = 64 : i32,
      filterHeight = 3 : i32, strideHeight = 1 : i32, padTop = 1 : i32>, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">]
      reads(%0 : memref<1x32x64x64xi8>) writes(%out : memref<1x32x64x64xi8>) headers [] {by_rows}
  kernel.call "c" arguments [#kernel.pointer<0, "int8_t">] reads(%0 : memref<1x32x64x64xi8>) headers []
  return
}

// -----

// What is joined to the results is read at their rows, though the chain begins with it.
// CHECK-LABEL: func.func @residual
// CHECK: kernel.call "b" arguments [#kernel.record<"P", {{.*}}>, #kernel.pointer<0, "int8_t">, #kernel.pointer<2, "int8_t">, #kernel.pointer<1, "int8_t">, #kernel.record<"Add">]
// CHECK-SAME: reads(%[[ROWS:.*]], %arg0 :{{.*}}) writes(%arg1
// CHECK-SAME: rows = array<i64: 0, 7>
// Seven rows of 2048 bytes.
// CHECK: kernel.call "b" arguments [#kernel.record<"P", {{.*}}>, #kernel.pointer<0, "int8_t">, #kernel.pointer<2, "int8_t", offset = 14336>, #kernel.pointer<1, "int8_t", offset = 14336>, #kernel.record<"Add">]
// CHECK-SAME: reads(%[[ROWS]], %arg0 :{{.*}}) writes(%arg1
// CHECK-SAME: rows = array<i64: 7, 14>
func.func @residual(%in: memref<1x32x64x32xi8>, %out: memref<1x32x64x32xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<1x32x64x64xi8>
  kernel.call "a" arguments [#kernel.record<"P", batches = 1 : i32, inputHeight = 32 : i32, outputHeight = 32 : i32, outputWidth = 64 : i32,
      filterHeight = 1 : i32, strideHeight = 1 : i32, padTop = 0 : i32>, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">]
      reads(%in : memref<1x32x64x32xi8>) writes(%0 : memref<1x32x64x64xi8>) headers [] {by_rows}
  kernel.call "b" arguments [#kernel.record<"P", batches = 1 : i32, inputHeight = 32 : i32, outputHeight = 32 : i32, outputWidth = 64 : i32,
      filterHeight = 1 : i32, strideHeight = 1 : i32, padTop = 0 : i32>, #kernel.pointer<0, "int8_t">, #kernel.pointer<2, "int8_t">, #kernel.pointer<1, "int8_t">,
      #kernel.record<"Add">]
      reads(%0, %in : memref<1x32x64x64xi8>, memref<1x32x64x32xi8>) writes(%out : memref<1x32x64x32xi8>) headers [] {by_rows, residual = "sum"}
  return
}

// -----

// Of an image that is joined to the results as well, the rows that go are still needed: it stays whole.
// CHECK-LABEL: func.func @image_is_residual
// CHECK-NOT: rows = array
func.func @image_is_residual(%in: memref<1x32x64x8xi8>, %out: memref<1x32x64x64xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<1x32x64x64xi8>
  kernel.call "a" arguments [#kernel.record<"P", batches = 1 : i32, inputHeight = 32 : i32, outputHeight = 32 : i32, outputWidth = 64 : i32,
      filterHeight = 1 : i32, strideHeight = 1 : i32, padTop = 0 : i32>, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">]
      reads(%in : memref<1x32x64x8xi8>) writes(%0 : memref<1x32x64x64xi8>) headers [] {by_rows}
  kernel.call "b" arguments [#kernel.record<"P", batches = 1 : i32, inputHeight = 32 : i32, outputHeight = 32 : i32, outputWidth = 64 : i32,
      filterHeight = 3 : i32, strideHeight = 1 : i32, padTop = 1 : i32>, #kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">, #kernel.pointer<0, "int8_t">,
      #kernel.record<"Add">]
      reads(%0 : memref<1x32x64x64xi8>) writes(%out : memref<1x32x64x64xi8>) headers [] {by_rows, residual = "sum"}
  return
}
