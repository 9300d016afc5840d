// RUN: quant-opt %s --nn-fuse --split-input-file | FileCheck %s

// CHECK-LABEL: @negation
// CHECK: %[[C:.*]] = nn.const dense_resource<"y/minus_one"> : tensor<f32>
// CHECK: nn.mul %arg0, %[[C]] {nn.tensors = [#nn.tensor<name = "y", index = 2>], quantx.fused = ["NEG", "y"]}
// CHECK: "y/minus_one": "0x10000000000080BF"
func.func @negation(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %0 = nn.neg %x {nn.tensors = [#nn.tensor<name = "y", index = 2>], quantx.fused = ["NEG", "y"]} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// -----

// CHECK-LABEL: @square
// CHECK: nn.mul %arg0, %arg0 {{.*}} :
func.func @square(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %0 = nn.square %x : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// -----

// 1/2 and 1/4; the fused activation stays.
// CHECK-LABEL: @division
// CHECK: %[[C:.*]] = nn.const dense_resource<"c/reciprocal"> : tensor<2xf32>
// CHECK: nn.mul %arg0, %[[C]] activation RELU {{.*}} :
// CHECK: "c/reciprocal": "0x100000000000003F0000803E"
func.func @division(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %c = nn.const dense<[2.0, 4.0]> : tensor<2xf32> {nn.tensors = [#nn.tensor<name = "c", index = 1>]}
  %0 = nn.div %x, %c activation RELU : (tensor<3x2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// -----

// Integers have exact negations and quotients of their own; a divisor of zero has no reciprocal.
// CHECK-LABEL: @others_stay
// CHECK: nn.neg
// CHECK: nn.square
// CHECK: nn.div
// CHECK: nn.div
func.func @others_stay(%i: tensor<2xi32>, %x: tensor<2xf32>) -> (tensor<2xi32>, tensor<2xi32>, tensor<2xi32>, tensor<2xf32>) {
  %two = nn.const dense<2> : tensor<2xi32>
  %zero = nn.const dense<[1.0, 0.0]> : tensor<2xf32>
  %0 = nn.neg %i : (tensor<2xi32>) -> tensor<2xi32>
  %1 = nn.square %i : (tensor<2xi32>) -> tensor<2xi32>
  %2 = nn.div %i, %two : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  %3 = nn.div %x, %zero : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %0, %1, %2, %3 : tensor<2xi32>, tensor<2xi32>, tensor<2xi32>, tensor<2xf32>
}
