// RUN: quant-opt %s --split-input-file --kernel-plan-memory | FileCheck %s

// Two of three live at a time; the third takes the place of the first.
// CHECK: module attributes {kernel.arena_bound = 192 : i64, kernel.arena_bytes = 192 : i64}
// CHECK: kernel.constant {{.*}} {offset = 0 : i64} : memref<65xi8>
// CHECK: kernel.constant {{.*}} {offset = 128 : i64} : memref<4xi8>
// CHECK: kernel.buffer {offset = 128 : i64} : memref<64xi8>
// CHECK: kernel.buffer {offset = 0 : i64} : memref<128xi8>
// CHECK: kernel.buffer {offset = 128 : i64} : memref<60xi8>
func.func @chain(%in: memref<8xi8>, %out: memref<8xi8> {kernel.output}) {
  %c0 = kernel.constant dense<0> : tensor<65xi8> : memref<65xi8>
  %c1 = kernel.constant dense<0> : tensor<4xi8> : memref<4xi8>
  %0 = kernel.buffer : memref<64xi8>
  %1 = kernel.buffer : memref<128xi8>
  %2 = kernel.buffer : memref<60xi8>
  kernel.call "f" arguments [] reads(%in : memref<8xi8>) writes(%0 : memref<64xi8>) headers []
  kernel.call "f" arguments [] reads(%0 : memref<64xi8>) writes(%1 : memref<128xi8>) headers []
  kernel.call "f" arguments [] reads(%1 : memref<128xi8>) writes(%2 : memref<60xi8>) headers []
  kernel.call "f" arguments [] reads(%2 : memref<60xi8>) writes(%out : memref<8xi8>) headers []
  return
}

// -----

// The step that needs the most memory is the second: its kernel writes over what it reads. The third could, but need not.
// CHECK: module attributes {kernel.arena_bound = 1152 : i64, kernel.arena_bytes = 1152 : i64}
// CHECK: kernel.buffer {offset = 0 : i64} : memref<1024xi8>
// CHECK: kernel.buffer {offset = 640 : i64} : memref<512xi8>
// CHECK: kernel.call "backwards" arguments [1 : i32] reads(%{{.*}} : memref<1024xi8>) {{.*}} headers []
// CHECK-NOT: distance
// CHECK: kernel.call "f" arguments [2 : i32] reads(%{{.*}} : memref<512xi8>) {{.*}} headers []
func.func @overlap(%in: memref<8xi8>, %out: memref<8xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<1024xi8>
  %1 = kernel.buffer : memref<512xi8>
  %2 = kernel.buffer : memref<256xi8>
  kernel.call "f" arguments [0 : i32] reads(%in : memref<8xi8>) writes(%0 : memref<1024xi8>) headers []
  kernel.call "f" arguments [1 : i32] reads(%0 : memref<1024xi8>) writes(%1 : memref<512xi8>) headers []
      {overlapping = "backwards", distance = 640 : i64}
  kernel.call "f" arguments [2 : i32] reads(%1 : memref<512xi8>) writes(%2 : memref<256xi8>) headers []
      {overlapping = "backwards", distance = 300 : i64}
  kernel.call "f" arguments [3 : i32] reads(%2 : memref<256xi8>) writes(%out : memref<8xi8>) headers []
  return
}

// -----

// What keeps its value from run to run comes first, and shares its place with nobody.
// CHECK: module attributes {kernel.arena_bound = 192 : i64, kernel.arena_bytes = 192 : i64, kernel.state_bytes = 128 : i64}
// CHECK: kernel.buffer {offset = 128 : i64} : memref<64xi8>
// CHECK: kernel.buffer {offset = 0 : i64, state = -3 : i8} : memref<65xi8>
func.func @state(%in: memref<8xi8>, %out: memref<8xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<64xi8>
  %1 = kernel.buffer {state = -3 : i8} : memref<65xi8>
  kernel.call "f" arguments [] reads(%in : memref<8xi8>) writes(%0, %1 : memref<64xi8>, memref<65xi8>) headers []
  kernel.call "f" arguments [] reads(%0 : memref<64xi8>) writes(%out : memref<8xi8>) headers []
  return
}

// -----

// Buffers of both branches have one place, beside what lives around them.
// CHECK: module attributes {kernel.arena_bound = 192 : i64, kernel.arena_bytes = 192 : i64}
// CHECK-LABEL: func.func @branches
// CHECK: kernel.buffer {offset = 128 : i64} : memref<64xi8>
// CHECK: kernel.if
// CHECK-NEXT: kernel.buffer {offset = 0 : i64} : memref<128xi8>
// CHECK: } else {
// CHECK-NEXT: kernel.buffer {offset = 0 : i64} : memref<100xi8>
func.func @branches(%c: memref<i8>, %out: memref<8xi8> {kernel.output}) {
  %0 = kernel.buffer : memref<64xi8>
  kernel.call "f" arguments [] writes(%0 : memref<64xi8>) headers []
  kernel.if %c : memref<i8> {
    %1 = kernel.buffer : memref<128xi8>
    kernel.call "f" arguments [] writes(%1 : memref<128xi8>) headers []
    kernel.call "f" arguments [] reads(%0, %1 : memref<64xi8>, memref<128xi8>) writes(%out : memref<8xi8>) headers []
  } else {
    %2 = kernel.buffer : memref<100xi8>
    kernel.call "f" arguments [] writes(%2 : memref<100xi8>) headers []
    kernel.call "f" arguments [] reads(%0, %2 : memref<64xi8>, memref<100xi8>) writes(%out : memref<8xi8>) headers []
  }
  return
}

// -----

// What a loop reads of what was there before it, it reads in every round: nothing of the loop takes its place, though
// the text reads it before. What is the loop's own does.
// CHECK: module attributes {kernel.arena_bound = 256 : i64, kernel.arena_bytes = 256 : i64}
// CHECK-LABEL: func.func @loop
// CHECK: kernel.buffer {offset = [[MORE:[0-9]+]] : i64} : memref<i8>
// CHECK: kernel.buffer {offset = [[BEFORE:[0-9]+]] : i64} : memref<64xi8>
// CHECK: kernel.while
// CHECK: kernel.buffer {offset = 0 : i64} : memref<128xi8>
// CHECK: kernel.buffer {offset = 0 : i64} : memref<128xi8>
func.func @loop(%out: memref<8xi8> {kernel.output}) {
  %more = kernel.buffer : memref<i8>
  %0 = kernel.buffer : memref<64xi8>
  kernel.call "f" arguments [] writes(%0 : memref<64xi8>) headers []
  kernel.while %more : memref<i8> {
    kernel.call "f" arguments [] reads(%0 : memref<64xi8>) writes(%more : memref<i8>) headers []
  } do {
    %1 = kernel.buffer : memref<128xi8>
    kernel.call "f" arguments [] writes(%1 : memref<128xi8>) headers []
    kernel.call "f" arguments [] reads(%1 : memref<128xi8>) writes(%out : memref<8xi8>) headers []
    %2 = kernel.buffer : memref<128xi8>
    kernel.call "f" arguments [] writes(%2 : memref<128xi8>) headers []
    kernel.call "f" arguments [] reads(%2 : memref<128xi8>) writes(%out : memref<8xi8>) headers []
  }
  return
}
