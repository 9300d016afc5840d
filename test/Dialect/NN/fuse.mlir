// RUN: quant-opt %s --nn-fuse --split-input-file | FileCheck %s

// The activation joins its producer; the result is known by the activation's name.
// CHECK-LABEL: @relu6_into_conv
// CHECK: %[[Y:.*]] = nn.conv_2d %{{.*}} padding SAME activation RELU6 {nn.tensors = [#nn.tensor<name = "relu6">], quantx.fused = ["CONV_2D", "conv", "RELU6", "relu6"]}
// CHECK-NEXT: return %[[Y]]
func.func @relu6_into_conv(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x4x2xf32> {
  %w = nn.const dense<1.0> : tensor<2x1x1x1xf32>
  %y = nn.conv_2d %x, %w stride [1, 1] padding SAME {nn.tensors = [#nn.tensor<name = "conv">]}
      : (tensor<1x4x4x1xf32>, tensor<2x1x1x1xf32>) -> tensor<1x4x4x2xf32>
  %r = nn.relu6 %y {nn.tensors = [#nn.tensor<name = "relu6">], quantx.fused = ["CONV_2D", "conv", "RELU6", "relu6"]} : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  return %r : tensor<1x4x4x2xf32>
}

// -----

// CHECK-LABEL: @relu_n1_to_1_into_add
// CHECK: nn.add %{{.*}} activation RELU_N1_TO_1
// CHECK-NOT: nn.relu
func.func @relu_n1_to_1_into_add(%x: tensor<8xf32>) -> tensor<8xf32> {
  %y = nn.add %x, %x : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %r = nn.relu_n1_to_1 %y : (tensor<8xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// -----

// CHECK-LABEL: @relu_into_pool
// CHECK: nn.max_pool_2d %{{.*}} activation RELU {
// CHECK-NOT: nn.relu
func.func @relu_into_pool(%x: tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32> {
  %y = nn.max_pool_2d %x filter [2, 2] stride [2, 2] padding VALID : (tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32>
  %r = nn.relu %y : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  return %r : tensor<1x2x2x2xf32>
}

// -----

// A chain folds as one: filter and bias are new, the name is the last one.
// CHECK-LABEL: @batch_norm_into_conv
// CHECK-DAG: %[[W:.*]] = nn.const dense_resource<w> : tensor<2x1x1x1xf32> {nn.tensors = [#nn.tensor<name = "w", index = 1>]}
// CHECK-DAG: %[[B:.*]] = nn.const dense_resource<b> : tensor<2xf32> {nn.tensors = [#nn.tensor<name = "b", index = 2>]}
// CHECK: %[[Y:.*]] = nn.conv_2d %{{.*}}, %[[W]], %[[B]] stride [1, 1] padding SAME activation RELU {nn.tensors = [#nn.tensor<name = "relu">]
// CHECK-NEXT: return %[[Y]]
func.func @batch_norm_into_conv(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x4x2xf32> {
  %w = nn.const dense<1.0> : tensor<2x1x1x1xf32> {nn.tensors = [#nn.tensor<name = "w", index = 1>]}
  %b = nn.const dense<1.0> : tensor<2xf32> {nn.tensors = [#nn.tensor<name = "b", index = 2>]}
  %scale = nn.const dense<[2.0, 3.0]> : tensor<2xf32>
  %shift = nn.const dense<0.5> : tensor<1x1x1x2xf32>
  %mean = nn.const dense<0.25> : tensor<f32>
  %y = nn.conv_2d %x, %w, %b stride [1, 1] padding SAME
      : (tensor<1x4x4x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32>
  %s = nn.sub %y, %mean : (tensor<1x4x4x2xf32>, tensor<f32>) -> tensor<1x4x4x2xf32>
  %m = nn.mul %s, %scale : (tensor<1x4x4x2xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32>
  %a = nn.add %shift, %m : (tensor<1x1x1x2xf32>, tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  %r = nn.relu %a {nn.tensors = [#nn.tensor<name = "relu">]} : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  return %r : tensor<1x4x4x2xf32>
}

// -----

// A bias that was not there is made, under the name of the constant that was added.
// CHECK-LABEL: @add_makes_bias
// CHECK: %[[B:.*]] = nn.const dense_resource<shift> : tensor<2xf32> {nn.tensors = [#nn.tensor<name = "shift">]}
// CHECK: nn.depthwise_conv_2d %{{.*}}, %{{.*}}, %[[B]] stride
// CHECK-NOT: nn.add
func.func @add_makes_bias(%x: tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> {
  %none = nn.no_value : none
  %w = nn.const dense<1.0> : tensor<1x3x3x2xf32>
  %shift = nn.const dense<[1.0, 2.0]> : tensor<2xf32> {nn.tensors = [#nn.tensor<name = "shift", index = 7>]}
  %y = nn.depthwise_conv_2d %x, %w, %none stride [1, 1] padding SAME
      : (tensor<1x4x4x2xf32>, tensor<1x3x3x2xf32>, none) -> tensor<1x4x4x2xf32>
  %a = nn.add %y, %shift : (tensor<1x4x4x2xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32>
  return %a : tensor<1x4x4x2xf32>
}

// -----

// A multiplication alone needs no bias; an activation that the last link has moves along.
// CHECK-LABEL: @mul_into_fully_connected
// CHECK: nn.fully_connected %arg0, %{{[0-9]+}} activation RELU {{.*}} : (tensor<1x4xf32>, tensor<2x4xf32>) -> tensor<1x2xf32>
// CHECK-NOT: nn.mul
func.func @mul_into_fully_connected(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  %w = nn.const dense<1.0> : tensor<2x4xf32>
  %scale = nn.const dense<[2.0, 3.0]> : tensor<2xf32>
  %y = nn.fully_connected %x, %w : (tensor<1x4xf32>, tensor<2x4xf32>) -> tensor<1x2xf32>
  %m = nn.mul %y, %scale activation RELU : (tensor<1x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %m : tensor<1x2xf32>
}

// -----

// 3 x 3 with stride 2 on an even size: SAME adds nothing before and one after.
// CHECK-LABEL: @pad_is_same
// CHECK-NOT: nn.pad
// CHECK: nn.conv_2d %arg0, %{{.*}} stride [2, 2] padding SAME {quantx.fused = ["PAD", ""]} :
func.func @pad_is_same(%x: tensor<1x4x6x1xf32>) -> tensor<1x2x3x1xf32> {
  %w = nn.const dense<1.0> : tensor<1x3x3x1xf32>
  %p = nn.const dense<[[0, 0], [0, 1], [0, 1], [0, 0]]> : tensor<4x2xi32>
  %0 = nn.pad %x, %p : (tensor<1x4x6x1xf32>, tensor<4x2xi32>) -> tensor<1x5x7x1xf32>
  %y = nn.conv_2d %0, %w stride [2, 2] padding VALID : (tensor<1x5x7x1xf32>, tensor<1x3x3x1xf32>) -> tensor<1x2x3x1xf32>
  return %y : tensor<1x2x3x1xf32>
}

// -----

// 3 x 3 dilated by 2 covers 5: SAME adds two on each side.
// CHECK-LABEL: @pad_is_same_with_dilation
// CHECK-NOT: nn.pad
// CHECK: nn.depthwise_conv_2d %arg0, %{{.*}}, %{{.*}} stride [1, 1] dilation [2, 2] padding SAME {depth_multiplier = 1 : i32, {{.*}}} :
func.func @pad_is_same_with_dilation(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x4x1xf32> {
  %w = nn.const dense<1.0> : tensor<1x3x3x1xf32>
  %p = nn.const dense<[[0, 0], [2, 2], [2, 2], [0, 0]]> : tensor<4x2xi64>
  %0 = nn.pad %x, %p : (tensor<1x4x4x1xf32>, tensor<4x2xi64>) -> tensor<1x8x8x1xf32>
  %y = nn.depthwise_conv_2d %0, %w stride [1, 1] dilation [2, 2] padding VALID
      : (tensor<1x8x8x1xf32>, tensor<1x3x3x1xf32>) -> tensor<1x4x4x1xf32>
  return %y : tensor<1x4x4x1xf32>
}

// -----

// A half-precision model comes in as float, and its weights keep their names.
// CHECK-LABEL: @half_precision_weights
// CHECK-NOT: f16
// CHECK: %[[W:.*]] = nn.const dense_resource<w> : tensor<1x2xf32> {nn.tensors = [#nn.tensor<name = "w">]}
// CHECK: nn.fully_connected %arg0, %[[W]] activation RELU
func.func @half_precision_weights(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  %half = nn.const dense<[[1.0, 2.0]]> : tensor<1x2xf16> {nn.tensors = [#nn.tensor<name = "w">]}
  %w = nn.dequantize %half {nn.tensors = [#nn.tensor<name = "w_dequantized">]} : (tensor<1x2xf16>) -> tensor<1x2xf32>
  %y = nn.fully_connected %x, %w : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  %r = nn.relu %y : (tensor<1x1xf32>) -> tensor<1x1xf32>
  return %r : tensor<1x1xf32>
}

// -----

// A reshaped constant takes its new shape.
// CHECK-LABEL: @reshaped_constant
// CHECK: %[[C:.*]] = nn.const dense<{{\[\[}}1.000000e+00, 2.000000e+00]]> : tensor<1x2xf32> {nn.tensors = [#nn.tensor<name = "c">]}
// CHECK-NEXT: nn.mul %arg0, %[[C]]
func.func @reshaped_constant(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %c = nn.const dense<[1.0, 2.0]> : tensor<2xf32> {nn.tensors = [#nn.tensor<name = "c">]}
  %s = nn.reshape %c : (tensor<2xf32>) -> tensor<1x2xf32>
  %y = nn.mul %x, %s : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
