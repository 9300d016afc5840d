// RUN: quant-opt %s --convert-nn-to-kernel=target=x86-64-v4-vnni --kernel-unsigned-activations | FileCheck %s

!a = !quant.uniform<i8:f32, 0.5:3>
!b = !quant.uniform<i8:f32, 0.5:-128>
!w = !quant.uniform<i8:f32:0, {0.25, 0.125}>
!d = !quant.uniform<i8:f32:3, {0.25, 0.125}>

// Between convolutions and a sum zero points and ranges are 128 more; of the sum's bias, in which they were, half a step
// is left, which rounds. Beside unsigned inputs tiles count weights from 128.
// CHECK: "runtime::conv2DPacked" {{.*}} inputZeroPoint = 3 : i32, filterZeroPoint = 0 : i32>, #kernel.pointer<0, "int8_t">
// CHECK-SAME: zeroPoint = 0 : i32, min = 0 : i32, max = 255 : i32>>, #kernel.pointer<{{.}}, "uint8_t">]
// CHECK: "runtime::depthwiseConv2DVector" {{.*}} inputZeroPoint = 0 : i32, filterZeroPoint = 0 : i32>, #kernel.pointer<0, "uint8_t">, #kernel.pointer<1, "int8_t">
// CHECK-SAME: zeroPoint = 0 : i32, min = 0 : i32, max = 255 : i32>>, #kernel.pointer<{{.}}, "uint8_t">]
// CHECK: "runtime::mapElements" arguments [8, #kernel.pointer<0, "uint8_t">, #kernel.pointer<1, "uint8_t">, #kernel.record<"runtime::AddXnnpack", 1048576 : i32, 1048576 : i32, 524288 : i32, 20 : i32,
// CHECK-SAME: zeroPoint = 0 : i32, min = 0 : i32, max = 255 : i32>>, #kernel.pointer<2, "uint8_t">]
// CHECK: "runtime::conv2DPacked" {{.*}} inputZeroPoint = 0 : i32, filterZeroPoint = 128 : i32>, #kernel.pointer<0, "uint8_t">
// CHECK-SAME: zeroPoint = 3 : i32, min = -128 : i32, max = 127 : i32>>, #kernel.pointer<{{.}}, "int8_t">]
func.func @main(%x: tensor<1x2x2x4x!a>) -> tensor<1x2x2x2x!a> {
  %w = nn.const dense<1> : tensor<2x1x1x4xi8> as tensor<2x1x1x4x!w>
  %d = nn.const dense<1> : tensor<1x3x3x2xi8> as tensor<1x3x3x2x!d>
  %v = nn.const dense<1> : tensor<2x1x1x2xi8> as tensor<2x1x1x2x!w>
  %b = nn.const dense<7> : tensor<2xi32>
  %0 = nn.conv_2d %x, %w, %b stride [1, 1] padding SAME activation RELU : (tensor<1x2x2x4x!a>, tensor<2x1x1x4x!w>, tensor<2xi32>) -> tensor<1x2x2x2x!b>
  %1 = nn.depthwise_conv_2d %0, %d, %b stride [1, 1] padding SAME activation RELU : (tensor<1x2x2x2x!b>, tensor<1x3x3x2x!d>, tensor<2xi32>) -> tensor<1x2x2x2x!b>
  %2 = nn.add %0, %1 : (tensor<1x2x2x2x!b>, tensor<1x2x2x2x!b>) -> tensor<1x2x2x2x!b>
  %3 = nn.conv_2d %2, %v, %b stride [1, 1] padding SAME : (tensor<1x2x2x2x!b>, tensor<2x1x1x2x!w>, tensor<2xi32>) -> tensor<1x2x2x2x!a>
  return %3 : tensor<1x2x2x2x!a>
}
