// RUN: quant-opt %s --quantx-balance-weights --split-input-file | FileCheck %s

// Steps of 0.5: 0.2, 0.15 and 0.1 are 0.4, 0.3 and 0.2 of a step and round to 0, an error of -0.9 in
// all. The one nearest to the middle goes up instead.
// CHECK-LABEL: @errors_of_a_channel_cancel
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @errors_of_a_channel_cancel(%x: tensor<1x4xf32>) -> tensor<1x1xf32> {
    %xq = quantx.fake_quant %x spec <i8> as !quant.uniform<i8:f32, 1.0> : tensor<1x4xf32>
    // CHECK: %[[W:.*]] = nn.const dense_resource<[[DATA:.*]]> : tensor<1x4xf32>
    // CHECK: quantx.fake_quant %[[W]]
    %w = nn.const dense<[[0.15, 0.2, 0.1, 63.5]]> : tensor<1x4xf32>
    %wq = quantx.fake_quant %w spec <i8, symmetric, narrow, axis = 0> as !quant.uniform<i8<-127:127>:f32:0, {0.5}> : tensor<1x4xf32>
    %n = nn.no_value : none
    %y = nn.fully_connected %xq, %wq, %n : (tensor<1x4xf32>, tensor<1x4xf32>, none) -> tensor<1x1xf32>
    %yq = quantx.fake_quant %y spec <i8> as !quant.uniform<i8:f32, 1.0> : tensor<1x1xf32>
    return %yq : tensor<1x1xf32>
  }
}
// 0.0, 0.5, 0.0 and 63.5 in little-endian float32, after four bytes of alignment.
// CHECK: [[DATA]]: "0x10000000000000000000003F0000000000007E42"

// -----

// Errors that cancel already are left alone: 0.2 and -0.2 are 0.4 of a step each.
// CHECK-LABEL: @balanced_stays
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @balanced_stays(%x: tensor<1x3xf32>) -> tensor<1x1xf32> {
    %xq = quantx.fake_quant %x spec <i8> as !quant.uniform<i8:f32, 1.0> : tensor<1x3xf32>
    %w = nn.const dense<[[0.2, -0.2, 63.5]]> : tensor<1x3xf32>
    %wq = quantx.fake_quant %w spec <i8, symmetric, narrow, axis = 0> as !quant.uniform<i8<-127:127>:f32:0, {0.5}> : tensor<1x3xf32>
    %n = nn.no_value : none
    %y = nn.fully_connected %xq, %wq, %n : (tensor<1x3xf32>, tensor<1x3xf32>, none) -> tensor<1x1xf32>
    %yq = quantx.fake_quant %y spec <i8> as !quant.uniform<i8:f32, 1.0> : tensor<1x1xf32>
    return %yq : tensor<1x1xf32>
  }
}
// CHECK: "0x10000000000000000000000000007E42"
