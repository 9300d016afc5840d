// RUN: quant-opt %s --quantx-insert-fake-quant=per-tensor | FileCheck %s

// CHECK: module attributes {quantx.scheme = #quantx.scheme<int8, per_tensor>}
// CHECK: quantx.fake_quant %{{.*}} spec <i8, symmetric, narrow> : tensor<3x2xf32>
func.func @one_scale_per_weight_tensor(%x: tensor<1x2xf32>) -> tensor<1x3xf32> {
  %w = nn.const dense<1.0> : tensor<3x2xf32>
  %y = nn.fully_connected %x, %w : (tensor<1x2xf32>, tensor<3x2xf32>) -> tensor<1x3xf32>
  return %y : tensor<1x3xf32>
}
