// RUN: quant-opt %s --convert-kernel-to-emitc=name=net | FileCheck %s

// A part of a program for several targets has no interface.
// RUN: quant-opt %s --convert-kernel-to-emitc="name=net part=true" | FileCheck %s --check-prefix=PART
// PART: emitc.verbatim "#define vernier vernier_net_x86_64_v3"
// PART-NOT: arena_bytes()
// PART: emitc.func @net_x86_64_v3_run

// CHECK: emitc.verbatim "#define vernier vernier_net_x86_64_v3"
// CHECK: emitc.include "net.h"
// CHECK: emitc.include "vernier/Runtime/F.h"
// CHECK: emitc.verbatim "// nn.f 'a'"
// CHECK: emitc.func @layer0(%[[X:.*]]: !emitc.ptr<!emitc.opaque<"const int8_t">>, %[[Y:.*]]: !emitc.ptr<!emitc.opaque<"int16_t">>) -> i1
// CHECK: call_opaque "runtime::f"(%[[X]], %[[Y]])
// Floats are exact, the lowest integer has no literal, a constant is an offset into the weights.
// CHECK-SAME: #emitc.opaque<"runtime::P{/*scale=*/0x1.99999ap-4f, std::numeric_limits<int32_t>::min(), {int64_t(1), int64_t(-2)}}">
// CHECK-SAME: 0 : index, #emitc.opaque<"constant<float>(68)">, 1 : index, #emitc.opaque<"static_cast<const int32_t *>(nullptr)">
// CHECK-SAME: template_args = [#emitc.opaque<"runtime::GenericInteger">]
// CHECK: emitc.func @net_arena_bytes() -> !emitc.opaque<"size_t">
// CHECK: literal "192"
// CHECK: verbatim "void net_reset(void *arena) {\0A  std::memset(at<unsigned char>(arena, 0), 253, 9);\0A}"
// CHECK: emitc.func @net_run
// CHECK: call_opaque "element"(%{{.*}}) {args = [0 : index, #emitc.opaque<"0">]}
// CHECK: call_opaque "at"(%{{.*}}) {args = [0 : index, #emitc.opaque<"130">], template_args = [#emitc.opaque<"int16_t">]}
// CHECK: %[[OK:.*]] = call_opaque "layer0"
// CHECK: verbatim "if (!{})\0A    return 1;" args %[[OK]]
module attributes {kernel.arena_bytes = 192 : i64, kernel.target = "x86-64-v3"} {
  func.func @main(%in: memref<8xi8>) {
    %c = kernel.constant dense<0> : tensor<8xi8> {offset = 64 : i64} : memref<8xi8>
    %0 = kernel.buffer {offset = 128 : i64} : memref<8xi16>
    %state = kernel.buffer {offset = 0 : i64, state = -3 : i8} : memref<9xi8>
    kernel.call "runtime::f" isa "runtime::GenericInteger" arguments
        [#kernel.record<"runtime::P", scale = 0.1 : f32, -2147483648 : i32, [1, -2]>, #kernel.pointer<0, "int8_t">,
         #kernel.pointer<1, "float", offset = 4>, #kernel.pointer<2, "int16_t", offset = 2>, #kernel.null<"const int32_t">]
        reads(%in, %c : memref<8xi8>, memref<8xi8>) writes(%0 : memref<8xi16>) headers ["Runtime/F.h"] can_fail
        {origin = "nn.f 'a'"}
    return
  }
}
