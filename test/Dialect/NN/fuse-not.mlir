// What nn-fuse leaves alone, and why.
// RUN: quant-opt %s --nn-fuse --split-input-file | FileCheck %s

// Somebody else reads the value before the activation.
// CHECK-LABEL: @two_users
// CHECK: nn.conv_2d %{{.*}} padding SAME :
// CHECK: nn.relu %
func.func @two_users(%x: tensor<1x4x4x1xf32>) -> (tensor<1x4x4x1xf32>, tensor<1x4x4x1xf32>) {
  %w = nn.const dense<1.0> : tensor<1x1x1x1xf32>
  %y = nn.conv_2d %x, %w stride [1, 1] padding SAME : (tensor<1x4x4x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x4x1xf32>
  %r = nn.relu %y : (tensor<1x4x4x1xf32>) -> tensor<1x4x4x1xf32>
  return %y, %r : tensor<1x4x4x1xf32>, tensor<1x4x4x1xf32>
}

// -----

// One operator has one activation.
// CHECK-LABEL: @activation_is_taken
// CHECK: nn.add %{{.*}} activation RELU :
// CHECK: nn.relu6
func.func @activation_is_taken(%x: tensor<8xf32>) -> tensor<8xf32> {
  %y = nn.add %x, %x activation RELU : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %r = nn.relu6 %y : (tensor<8xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// -----

// TFLite's concatenation has the option, but its kernels refuse it.
// CHECK-LABEL: @concatenation_has_no_activation
// CHECK: nn.concatenation %{{.*}} axis 0 :
// CHECK: nn.relu
func.func @concatenation_has_no_activation(%x: tensor<8xf32>) -> tensor<16xf32> {
  %y = nn.concatenation %x, %x axis 0 : (tensor<8xf32>, tensor<8xf32>) -> tensor<16xf32>
  %r = nn.relu %y : (tensor<16xf32>) -> tensor<16xf32>
  return %r : tensor<16xf32>
}

// -----

// A clamp that is not linear ends the chain.
// CHECK-LABEL: @arithmetic_after_activation
// CHECK: nn.conv_2d %{{.*}} activation RELU :
// CHECK: nn.mul
func.func @arithmetic_after_activation(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x4x1xf32> {
  %w = nn.const dense<1.0> : tensor<1x1x1x1xf32>
  %c = nn.const dense<2.0> : tensor<1xf32>
  %y = nn.conv_2d %x, %w stride [1, 1] padding SAME activation RELU
      : (tensor<1x4x4x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x4x1xf32>
  %m = nn.mul %y, %c : (tensor<1x4x4x1xf32>, tensor<1xf32>) -> tensor<1x4x4x1xf32>
  return %m : tensor<1x4x4x1xf32>
}

// -----

// The constant varies along the width, not along the channels.
// CHECK-LABEL: @constant_is_not_per_channel
// CHECK: nn.mul
func.func @constant_is_not_per_channel(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x4x4xf32> {
  %w = nn.const dense<1.0> : tensor<4x1x1x1xf32>
  %c = nn.const dense<2.0> : tensor<4x1xf32>
  %y = nn.conv_2d %x, %w stride [1, 1] padding SAME : (tensor<1x4x4x1xf32>, tensor<4x1x1x1xf32>) -> tensor<1x4x4x4xf32>
  %m = nn.mul %y, %c : (tensor<1x4x4x4xf32>, tensor<4x1xf32>) -> tensor<1x4x4x4xf32>
  return %m : tensor<1x4x4x4xf32>
}

// -----

// The sum is larger than the convolution's result.
// CHECK-LABEL: @constant_broadcasts_result
// CHECK: nn.add
func.func @constant_broadcasts_result(%x: tensor<1x1xf32>) -> tensor<1x4xf32> {
  %w = nn.const dense<1.0> : tensor<1x1xf32>
  %c = nn.const dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %y = nn.fully_connected %x, %w : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %m = nn.add %y, %c : (tensor<1x1xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  return %m : tensor<1x4xf32>
}

// -----

// A residual connection of unknown batch size is no constant.
// CHECK-LABEL: @residual
// CHECK: nn.add
func.func @residual(%x: tensor<?x4x4x1xf32>) -> tensor<?x4x4x1xf32> {
  %w = nn.const dense<1.0> : tensor<1x1x1x1xf32>
  %y = nn.conv_2d %x, %w stride [1, 1] padding SAME : (tensor<?x4x4x1xf32>, tensor<1x1x1x1xf32>) -> tensor<?x4x4x1xf32>
  %a = nn.add %y, %x : (tensor<?x4x4x1xf32>, tensor<?x4x4x1xf32>) -> tensor<?x4x4x1xf32>
  return %a : tensor<?x4x4x1xf32>
}

// -----

// CHECK-LABEL: @filter_is_computed
// CHECK: nn.mul
func.func @filter_is_computed(%x: tensor<1x4xf32>, %w: tensor<2x4xf32>) -> tensor<1x2xf32> {
  %c = nn.const dense<2.0> : tensor<f32>
  %y = nn.fully_connected %x, %w : (tensor<1x4xf32>, tensor<2x4xf32>) -> tensor<1x2xf32>
  %m = nn.mul %y, %c : (tensor<1x2xf32>, tensor<f32>) -> tensor<1x2xf32>
  return %m : tensor<1x2xf32>
}

// -----

// float32 could not hold the product: 3e38 * 2.
// CHECK-LABEL: @product_overflows
// CHECK: nn.mul
func.func @product_overflows(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %w = nn.const dense<3.0e38> : tensor<1x1xf32>
  %c = nn.const dense<2.0> : tensor<f32>
  %y = nn.fully_connected %x, %w : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %m = nn.mul %y, %c : (tensor<1x1xf32>, tensor<f32>) -> tensor<1x1xf32>
  return %m : tensor<1x1xf32>
}

// -----

// One on each side of an even size is not what SAME adds with stride 2: that is one after.
// CHECK-LABEL: @pad_is_not_same
// CHECK: nn.pad
// CHECK: padding VALID
func.func @pad_is_not_same(%x: tensor<1x4x4x1xf32>) -> tensor<1x2x2x1xf32> {
  %w = nn.const dense<1.0> : tensor<1x3x3x1xf32>
  %p = nn.const dense<[[0, 0], [1, 1], [1, 1], [0, 0]]> : tensor<4x2xi32>
  %0 = nn.pad %x, %p : (tensor<1x4x4x1xf32>, tensor<4x2xi32>) -> tensor<1x6x6x1xf32>
  %y = nn.conv_2d %0, %w stride [2, 2] padding VALID : (tensor<1x6x6x1xf32>, tensor<1x3x3x1xf32>) -> tensor<1x2x2x1xf32>
  return %y : tensor<1x2x2x1xf32>
}

// -----

// The same border, but channels grow, too.
// CHECK-LABEL: @pad_of_channels
// CHECK: nn.pad
func.func @pad_of_channels(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x4x1xf32> {
  %w = nn.const dense<1.0> : tensor<1x3x3x2xf32>
  %p = nn.const dense<[[0, 0], [1, 1], [1, 1], [0, 1]]> : tensor<4x2xi32>
  %0 = nn.pad %x, %p : (tensor<1x4x4x1xf32>, tensor<4x2xi32>) -> tensor<1x6x6x2xf32>
  %y = nn.conv_2d %0, %w stride [1, 1] padding VALID : (tensor<1x6x6x2xf32>, tensor<1x3x3x2xf32>) -> tensor<1x4x4x1xf32>
  return %y : tensor<1x4x4x1xf32>
}

// -----

// CHECK-LABEL: @pad_of_unknown_height
// CHECK: nn.pad
func.func @pad_of_unknown_height(%x: tensor<1x?x4x1xf32>) -> tensor<1x?x4x1xf32> {
  %w = nn.const dense<1.0> : tensor<1x3x3x1xf32>
  %p = nn.const dense<[[0, 0], [1, 1], [1, 1], [0, 0]]> : tensor<4x2xi32>
  %0 = nn.pad %x, %p : (tensor<1x?x4x1xf32>, tensor<4x2xi32>) -> tensor<1x?x6x1xf32>
  %y = nn.conv_2d %0, %w stride [1, 1] padding VALID : (tensor<1x?x6x1xf32>, tensor<1x3x3x1xf32>) -> tensor<1x?x4x1xf32>
  return %y : tensor<1x?x4x1xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5>

// A quantized model stays as it is: here the rounding between the two is part of its meaning.
// CHECK-LABEL: @quantized
// CHECK: nn.add %{{.*}}, %{{.*}} :
// CHECK: nn.relu
// CHECK: nn.pad
// CHECK: nn.conv_2d %{{.*}} padding VALID
func.func @quantized(%x: tensor<1x4x4x1x!q>) -> tensor<1x4x4x1x!q> {
  %w = nn.const dense<1> : tensor<1x3x3x1xi8> as tensor<1x3x3x1x!q>
  %p = nn.const dense<[[0, 0], [1, 1], [1, 1], [0, 0]]> : tensor<4x2xi32>
  %y = nn.add %x, %x : (tensor<1x4x4x1x!q>, tensor<1x4x4x1x!q>) -> tensor<1x4x4x1x!q>
  %r = nn.relu %y : (tensor<1x4x4x1x!q>) -> tensor<1x4x4x1x!q>
  %0 = nn.pad %r, %p : (tensor<1x4x4x1x!q>, tensor<4x2xi32>) -> tensor<1x6x6x1x!q>
  %z = nn.conv_2d %0, %w stride [1, 1] padding VALID : (tensor<1x6x6x1x!q>, tensor<1x3x3x1x!q>) -> tensor<1x4x4x1x!q>
  return %z : tensor<1x4x4x1x!q>
}
