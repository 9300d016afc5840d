// RUN: quant-opt %s --quantx-store-half | FileCheck %s

// A cast from half precision takes the place of the constant, under its name.
// CHECK-LABEL: func @weights
// CHECK: %[[H:.*]] = nn.const dense_resource<w> : tensor<32xf16> {nn.tensors = [#nn.tensor<name = "w">]}
// CHECK: %[[W:.*]] = nn.dequantize %[[H]] {{.*}}(tensor<32xf16>) -> tensor<32xf32>
// CHECK: nn.add %arg0, %[[W]]
func.func @weights(%x: tensor<32xf32>) -> tensor<32xf32> {
  %w = nn.const dense<1.5> : tensor<32xf32> {nn.tensors = [#nn.tensor<name = "w">]}
  %0 = nn.add %x, %w : (tensor<32xf32>, tensor<32xf32>) -> tensor<32xf32>
  return %0 : tensor<32xf32>
}

// Too small to gain, or a result itself.
// CHECK-LABEL: func @kept
// CHECK-NOT: f16
func.func @kept(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<32xf32>) {
  %w = nn.const dense<1.5> : tensor<4xf32>
  %c = nn.const dense<1.5> : tensor<32xf32>
  %0 = nn.add %x, %w : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %0, %c : tensor<4xf32>, tensor<32xf32>
}

// What half precision cannot hold stays, with the reason.
// CHECK-LABEL: func @out_of_range
// CHECK: nn.const {{.*}} : tensor<32xf32> {quantx.float_reason = "it holds 70000.{{0*}}, beyond the largest half-precision number, 65504"
// CHECK: nn.const {{.*}} : tensor<32xf32> {quantx.float_reason = "its values are too small for half precision: {{.*}}"
func.func @out_of_range(%x: tensor<32xf32>) -> tensor<32xf32> {
  %large = nn.const dense<70000.0> : tensor<32xf32>
  %small = nn.const dense<1.1e-7> : tensor<32xf32>
  %0 = nn.add %x, %large : (tensor<32xf32>, tensor<32xf32>) -> tensor<32xf32>
  %1 = nn.add %0, %small : (tensor<32xf32>, tensor<32xf32>) -> tensor<32xf32>
  return %1 : tensor<32xf32>
}
