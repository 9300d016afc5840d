// RUN: quant-opt %s --convert-kernel-to-emitc=name=net | FileCheck %s

// CHECK: emitc.include "vernier/Runtime/IsSet.h"
// CHECK: emitc.func @net_run(%[[ARENA:[^:]*]]: !emitc.ptr<!emitc.opaque<"void">>, %[[INPUTS:[^:]*]]: !emitc.ptr<
// CHECK: verbatim "// nn.if"
// CHECK: %[[IN:.*]] = call_opaque "element"(%[[INPUTS]])
// CHECK: %[[AT:.*]] = call_opaque "at"(%[[IN]])
// CHECK: %[[CHOSEN:.*]] = call_opaque "runtime::isSet"(%[[AT]])
// CHECK: if %[[CHOSEN]] {
// CHECK: call_opaque "layer0"
// CHECK: } else {
// CHECK: call_opaque "layer1"
// CHECK: }
// CHECK: verbatim "// nn.while"
// CHECK: %[[MORE:.*]] = "emitc.variable"() <{value = true}> : () -> !emitc.lvalue<i1>
// CHECK: do {
// CHECK: call_opaque "layer2"
// CHECK: %[[GOES_ON:.*]] = call_opaque "runtime::isSet"
// CHECK: assign %[[GOES_ON]] : i1 to %[[MORE]]
// CHECK: if %[[GOES_ON]] {
// CHECK: %[[OK:.*]] = call_opaque "layer3"
// CHECK: verbatim "if (!{})\0A    return 1;" args %[[OK]]
// CHECK: } while {
// CHECK: load
// A pointer's name ends with the braces that it is in: behind them it is named again.
// CHECK: call_opaque "at"(%[[ARENA]]) {args = [0 : index, #emitc.opaque<"64">], template_args = [#emitc.opaque<"const int8_t">]}
// CHECK: call_opaque "layer4"
func.func @main(%c: memref<1xi8>, %out: memref<8xi8> {kernel.output}) {
  %0 = kernel.buffer {offset = 64 : i64} : memref<8xi8>
  %more = kernel.buffer {offset = 0 : i64} : memref<i8>
  kernel.if %c : memref<1xi8> {
    kernel.call "f" arguments [#kernel.pointer<0, "int8_t">] writes(%0 : memref<8xi8>) headers []
  } else {
    kernel.call "g" arguments [#kernel.pointer<0, "int8_t">] writes(%0 : memref<8xi8>) headers []
  } {origin = "nn.if"}
  kernel.while %more : memref<i8> {
    kernel.call "h" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "uint8_t">] reads(%0 : memref<8xi8>) writes(%more : memref<i8>) headers []
  } do {
    kernel.call "m" arguments [#kernel.pointer<0, "int8_t">] writes(%0 : memref<8xi8>) headers [] can_fail
  } {origin = "nn.while"}
  kernel.call "k" arguments [#kernel.pointer<0, "int8_t">, #kernel.pointer<1, "int8_t">] reads(%0 : memref<8xi8>) writes(%out : memref<8xi8>) headers []
  return
}
