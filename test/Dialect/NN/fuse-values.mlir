// The numbers that nn-fuse computes, as float32 in little endian behind the alignment (16, in 4 bytes).
// RUN: quant-opt %s --nn-fuse --split-input-file | FileCheck %s

// y = ((x * w + b) - 0.25) * [2, 3] + 0.5
// w' = [2, 3] * [1, 4] = [2, 12], b' = [2, 3] * ([1, 2] - 0.25) + 0.5 = [2, 5.75]
// CHECK-LABEL: @conv
// CHECK-DAG: b: "0x10000000000000400000B840"
// CHECK-DAG: w: "0x100000000000004000004041"
func.func @conv(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x4x2xf32> {
  %w = nn.const dense<[[[[1.0]]], [[[4.0]]]]> : tensor<2x1x1x1xf32> {nn.tensors = [#nn.tensor<name = "w">]}
  %b = nn.const dense<[1.0, 2.0]> : tensor<2xf32> {nn.tensors = [#nn.tensor<name = "b">]}
  %scale = nn.const dense<[2.0, 3.0]> : tensor<2xf32>
  %shift = nn.const dense<0.5> : tensor<1x1x1x2xf32>
  %mean = nn.const dense<0.25> : tensor<f32>
  %y = nn.conv_2d %x, %w, %b stride [1, 1] padding SAME
      : (tensor<1x4x4x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32>
  %s = nn.sub %y, %mean : (tensor<1x4x4x2xf32>, tensor<f32>) -> tensor<1x4x4x2xf32>
  %m = nn.mul %s, %scale : (tensor<1x4x4x2xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32>
  %a = nn.add %m, %shift : (tensor<1x4x4x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x4x4x2xf32>
  return %a : tensor<1x4x4x2xf32>
}

// -----

// Channels are the last dimension of the filter: [1, 4, 2, 8] * [2, 3, 2, 3] = [2, 12, 4, 24].
// CHECK-LABEL: @depthwise
// CHECK: w: "0x100000000000004000004041000080400000C041"
func.func @depthwise(%x: tensor<1x4x4x2xf32>) -> tensor<1x4x3x2xf32> {
  %w = nn.const dense<[[[[1.0, 4.0], [2.0, 8.0]]]]> : tensor<1x1x2x2xf32> {nn.tensors = [#nn.tensor<name = "w">]}
  %scale = nn.const dense<[2.0, 3.0]> : tensor<2xf32>
  %y = nn.depthwise_conv_2d %x, %w stride [1, 1] padding VALID
      : (tensor<1x4x4x2xf32>, tensor<1x1x2x2xf32>) -> tensor<1x4x3x2xf32>
  %m = nn.mul %y, %scale : (tensor<1x4x3x2xf32>, tensor<2xf32>) -> tensor<1x4x3x2xf32>
  return %m : tensor<1x4x3x2xf32>
}

// -----

// y = [3, 5] - (x * w): w' = -[1, 4], b' = [3, 5].
// CHECK-LABEL: @subtracted_from_constant
// CHECK-DAG: c: "0x10000000000040400000A040"
// CHECK-DAG: w: "0x10000000000080BF000080C0"
func.func @subtracted_from_constant(%x: tensor<1x1xf32>) -> tensor<1x2xf32> {
  %w = nn.const dense<[[1.0], [4.0]]> : tensor<2x1xf32> {nn.tensors = [#nn.tensor<name = "w">]}
  %c = nn.const dense<[3.0, 5.0]> : tensor<2xf32> {nn.tensors = [#nn.tensor<name = "c">]}
  %y = nn.fully_connected %x, %w : (tensor<1x1xf32>, tensor<2x1xf32>) -> tensor<1x2xf32>
  %s = nn.sub %c, %y : (tensor<2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %s : tensor<1x2xf32>
}

// -----

// The product is rounded once: 0.1 * 1.1 * 1.7 (as float32 values) is nearest to 0x3E3F7CEE; float32
// steps in either order give 0x3E3F7CEF (exact rational arithmetic says so).
// CHECK-LABEL: @rounds_once
// CHECK: w: "0x10000000EE7C3F3E"
func.func @rounds_once(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %w = nn.const dense<0.1> : tensor<1x1xf32> {nn.tensors = [#nn.tensor<name = "w">]}
  %a = nn.const dense<1.1> : tensor<f32>
  %b = nn.const dense<1.7> : tensor<f32>
  %y = nn.fully_connected %x, %w : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %m = nn.mul %y, %a : (tensor<1x1xf32>, tensor<f32>) -> tensor<1x1xf32>
  %n = nn.mul %m, %b : (tensor<1x1xf32>, tensor<f32>) -> tensor<1x1xf32>
  return %n : tensor<1x1xf32>
}

// -----

// 1.5, the smallest half and infinity.
// CHECK-LABEL: @half_precision
// CHECK: h: "0x100000000000C03F000080330000807F"
func.func @half_precision(%x: tensor<3xf32>) -> tensor<3xf32> {
  %half = nn.const dense<[1.5, 0x0001, 0x7C00]> : tensor<3xf16> {nn.tensors = [#nn.tensor<name = "h">]}
  %c = nn.dequantize %half : (tensor<3xf16>) -> tensor<3xf32>
  %y = nn.mul %x, %c : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}
