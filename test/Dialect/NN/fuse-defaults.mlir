// RUN: quant-opt %s --nn-fuse --split-input-file | FileCheck %s

// What LiteRT refuses without a bias gets one of zeros, whether the operand is missing or absent.
// CHECK-LABEL: @zero_bias
// CHECK-DAG: %[[C:.*]] = nn.const {{.*}}"y/bias"{{.*}} : tensor<8xf32>
// CHECK-DAG: %[[D:.*]] = nn.const {{.*}}"z/bias"{{.*}} : tensor<16xf32>
// CHECK-DAG: %[[Y:.*]] = nn.conv_2d %{{.*}}, %{{.*}}, %[[C]] stride
// CHECK: nn.depthwise_conv_2d %[[Y]], %{{.*}}, %[[D]] stride
func.func @zero_bias(%x: tensor<1x4x4x2xf32>) -> tensor<1x4x4x16xf32> {
  %v = nn.const dense<1.0> : tensor<8x1x1x2xf32>
  %w = nn.const dense<1.0> : tensor<1x1x1x16xf32>
  %none = nn.no_value : none
  %y = nn.conv_2d %x, %v stride [1, 1] padding SAME {nn.tensors = [#nn.tensor<name = "y">]}
      : (tensor<1x4x4x2xf32>, tensor<8x1x1x2xf32>) -> tensor<1x4x4x8xf32>
  %z = nn.depthwise_conv_2d %y, %w, %none stride [1, 1] padding SAME {depth_multiplier = 2 : i32, nn.tensors = [#nn.tensor<name = "z">]}
      : (tensor<1x4x4x8xf32>, tensor<1x1x1x16xf32>, none) -> tensor<1x4x4x16xf32>
  return %z : tensor<1x4x4x16xf32>
}

// -----

// A stale multiplier follows the shapes.
// CHECK-LABEL: @depth_multiplier
// CHECK: nn.depthwise_conv_2d {{.*}} {depth_multiplier = 3 : i32}
func.func @depth_multiplier(%x: tensor<1x4x4x2xf32>, %w: tensor<1x1x1x6xf32>, %b: tensor<6xf32>) -> tensor<1x4x4x6xf32> {
  %y = nn.depthwise_conv_2d %x, %w, %b stride [1, 1] padding SAME
      : (tensor<1x4x4x2xf32>, tensor<1x1x1x6xf32>, tensor<6xf32>) -> tensor<1x4x4x6xf32>
  return %y : tensor<1x4x4x6xf32>
}
