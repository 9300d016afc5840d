// RUN: quant-opt %s --verify-roundtrip | FileCheck %s
// RUN: quant-opt %s --mlir-print-op-generic | quant-opt | FileCheck %s

// CHECK-LABEL: @convolutions
func.func @convolutions(%x: tensor<1x8x8x4xf32>, %w: tensor<6x3x3x4xf32>, %b: tensor<6xf32>, %g: tensor<6x3x3x2xf32>,
                        %none: none) {
  // CHECK-NEXT: nn.conv_2d %arg0, %arg1 stride [1, 1] padding SAME : (tensor<1x8x8x4xf32>, tensor<6x3x3x4xf32>) -> tensor<1x8x8x6xf32>
  %0 = nn.conv_2d %x, %w stride [1, 1] padding SAME : (tensor<1x8x8x4xf32>, tensor<6x3x3x4xf32>) -> tensor<1x8x8x6xf32>
  // CHECK-NEXT: nn.conv_2d %arg0, %arg1, %arg2 stride [2, 1] padding VALID activation RELU6 :
  %1 = nn.conv_2d %x, %w, %b stride [2, 1] padding VALID activation RELU6
      : (tensor<1x8x8x4xf32>, tensor<6x3x3x4xf32>, tensor<6xf32>) -> tensor<1x3x6x6xf32>
  // Two groups, dilated.
  // CHECK-NEXT: nn.conv_2d %arg0, %arg3, %arg4 stride [1, 1] dilation [2, 2] padding VALID :
  %2 = nn.conv_2d %x, %g, %none stride [1, 1] dilation [2, 2] padding VALID
      : (tensor<1x8x8x4xf32>, tensor<6x3x3x2xf32>, none) -> tensor<1x4x4x6xf32>
  // CHECK-NEXT: nn.conv_2d %arg0, %arg1 stride [1, 1] padding SAME {quantized_bias_type = 4 : i8} :
  %3 = nn.conv_2d %x, %w stride [1, 1] padding SAME {quantized_bias_type = 4 : i8}
      : (tensor<1x8x8x4xf32>, tensor<6x3x3x4xf32>) -> tensor<1x8x8x6xf32>
  return
}

// CHECK-LABEL: @depthwise
func.func @depthwise(%x: tensor<1x8x8x4xf32>, %w: tensor<1x3x3x8xf32>, %b: tensor<8xf32>) {
  // CHECK-NEXT: nn.depthwise_conv_2d %arg0, %arg1, %arg2 stride [2, 2] dilation [1, 2] padding SAME activation RELU {depth_multiplier = 2 : i32} :
  %0 = nn.depthwise_conv_2d %x, %w, %b stride [2, 2] dilation [1, 2] padding SAME activation RELU {depth_multiplier = 2 : i32}
      : (tensor<1x8x8x4xf32>, tensor<1x3x3x8xf32>, tensor<8xf32>) -> tensor<1x4x4x8xf32>
  return
}

// CHECK-LABEL: @transposed
func.func @transposed(%s: tensor<4xi32>, %w: tensor<6x3x3x4xf32>, %x: tensor<1x4x4x4xf32>, %b: tensor<6xf32>) {
  // CHECK-NEXT: nn.transpose_conv %arg0, %arg1, %arg2, %arg3 stride [2, 2] padding SAME activation RELU :
  %0 = nn.transpose_conv %s, %w, %x, %b stride [2, 2] padding SAME activation RELU
      : (tensor<4xi32>, tensor<6x3x3x4xf32>, tensor<1x4x4x4xf32>, tensor<6xf32>) -> tensor<1x8x8x6xf32>
  return
}

// CHECK-LABEL: @matrices
func.func @matrices(%x: tensor<2x3x4xf32>, %w: tensor<5x4xf32>, %b: tensor<5xf32>, %y: tensor<2x6x4xf32>) {
  // CHECK-NEXT: nn.fully_connected %arg0, %arg1, %arg2 activation RELU : (tensor<2x3x4xf32>, tensor<5x4xf32>, tensor<5xf32>) -> tensor<6x5xf32>
  %0 = nn.fully_connected %x, %w, %b activation RELU : (tensor<2x3x4xf32>, tensor<5x4xf32>, tensor<5xf32>) -> tensor<6x5xf32>
  // CHECK-NEXT: nn.fully_connected %arg0, %arg1 {keep_num_dims = true} :
  %1 = nn.fully_connected %x, %w {keep_num_dims = true} : (tensor<2x3x4xf32>, tensor<5x4xf32>) -> tensor<2x3x5xf32>
  // CHECK-NEXT: nn.batch_matmul %arg0, %arg3 {adj_y = true} :
  %2 = nn.batch_matmul %x, %y {adj_y = true} : (tensor<2x3x4xf32>, tensor<2x6x4xf32>) -> tensor<2x3x6xf32>
  return
}

// CHECK-LABEL: @pools
func.func @pools(%x: tensor<1x7x7x4xf32>) {
  // CHECK-NEXT: nn.average_pool_2d %arg0 filter [3, 3] stride [2, 2] padding VALID : (tensor<1x7x7x4xf32>) -> tensor<1x3x3x4xf32>
  %0 = nn.average_pool_2d %x filter [3, 3] stride [2, 2] padding VALID : (tensor<1x7x7x4xf32>) -> tensor<1x3x3x4xf32>
  // CHECK-NEXT: nn.max_pool_2d %arg0 filter [2, 3] stride [2, 1] padding SAME activation RELU :
  %1 = nn.max_pool_2d %x filter [2, 3] stride [2, 1] padding SAME activation RELU : (tensor<1x7x7x4xf32>) -> tensor<1x4x7x4xf32>
  return
}

!x = !quant.uniform<i8:f32, 0.5:3>
!w = !quant.uniform<i8<-127:127>:f32:0, {0.5, 0.25}>

// The same operators on quantized types, and where shapes are not known.
// CHECK-LABEL: @quantized
func.func @quantized(%x: tensor<?x8x8x1x!x>, %w: tensor<2x3x3x1x!w>, %b: tensor<2xi32>) {
  // CHECK-NEXT: nn.conv_2d {{.*}} -> tensor<?x8x8x2x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = nn.conv_2d %x, %w, %b stride [1, 1] padding SAME
      : (tensor<?x8x8x1x!x>, tensor<2x3x3x1x!w>, tensor<2xi32>) -> tensor<?x8x8x2x!x>
  // CHECK-NEXT: nn.max_pool_2d {{.*}} -> tensor<*x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %1 = nn.max_pool_2d %0 filter [2, 2] stride [2, 2] padding SAME : (tensor<?x8x8x2x!x>) -> tensor<*x!x>
  return
}
