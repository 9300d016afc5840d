// RUN: quant-opt %s | quant-opt | FileCheck %s

// CHECK-LABEL: func.func @calls
func.func @calls(%in: memref<1x8xi8>, %out: memref<1x4xi8> {kernel.output}) {
  // CHECK: %[[TABLE:.*]] = kernel.constant dense<0> : tensor<256xi8> {offset = 64 : i64} : memref<256xi8>
  %table = kernel.constant dense<0> : tensor<256xi8> {offset = 64 : i64} : memref<256xi8>
  // CHECK: %[[BUFFER:.*]] = kernel.buffer {offset = 128 : i64} : memref<1x8xi8>
  %0 = kernel.buffer {offset = 128 : i64} : memref<1x8xi8>
  // CHECK: kernel.call "runtime::f" isa "runtime::GenericInteger" arguments
  // CHECK-SAME: #kernel.record<"runtime::P", rows = 1 : i32, -2 : i64, range = #kernel.record<"R">>
  // CHECK-SAME: #kernel.pointer<0, "int8_t" unsigned {"0.rows" = 128 : i64}>, #kernel.pointer<1, "int8_t", offset = 16>, #kernel.null<"const int32_t">
  // CHECK-SAME: reads(%{{.*}}, %[[TABLE]] : memref<1x8xi8>, memref<256xi8>) writes(%[[BUFFER]] : memref<1x8xi8>)
  // CHECK-SAME: headers ["Runtime/F.h"] can_fail {macs = 12 : i64, origin = "nn.f"}
  kernel.call "runtime::f" isa "runtime::GenericInteger" arguments
      [#kernel.record<"runtime::P", rows = 1 : i32, -2 : i64, range = #kernel.record<"R">>,
       #kernel.pointer<0, "int8_t" unsigned {"0.rows" = 128 : i64}>, #kernel.pointer<1, "int8_t", offset = 16>, #kernel.null<"const int32_t">]
      reads(%in, %table : memref<1x8xi8>, memref<256xi8>) writes(%0 : memref<1x8xi8>) headers ["Runtime/F.h"] can_fail
      {macs = 12 : i64, origin = "nn.f"}
  return
}

// CHECK-LABEL: func.func @control
func.func @control(%in: memref<1xi8>, %out: memref<1x4xi8> {kernel.output}) {
  %more = kernel.buffer : memref<i8>
  // CHECK: kernel.if %{{.*}} : memref<1xi8> {
  // CHECK-NEXT: kernel.call "f"
  // CHECK-NEXT: } else {
  // CHECK-NEXT: kernel.call "g"
  // CHECK-NEXT: } {origin = "nn.if"}
  kernel.if %in : memref<1xi8> {
    kernel.call "f" arguments [] writes(%out : memref<1x4xi8>) headers []
  } else {
    kernel.call "g" arguments [] writes(%out : memref<1x4xi8>) headers []
  } {origin = "nn.if"}
  // CHECK: kernel.while %{{.*}} : memref<i8> {
  // CHECK-NEXT: kernel.call "f"
  // CHECK-NEXT: } do {
  // CHECK-NEXT: }
  kernel.while %more : memref<i8> {
    kernel.call "f" arguments [] writes(%more : memref<i8>) headers []
  } do {
  }
  return
}
