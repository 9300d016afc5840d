// RUN: quant-opt %s --split-input-file --quantx-store-blockwise | FileCheck %s

// A dense layer has a scale for each 32 weights of a row; its activations are quantized when it runs.
module attributes {quantx.scheme = #quantx.scheme<"weight-only", bits = 4>, quantx.block_size = 32 : i64} {
  // CHECK-LABEL: func @dense
  // CHECK: %[[W:.*]] = nn.const {{.*}} as tensor<2x64x!quant.uniform<i4<-7:7>:f32:{0:1, 1:32}, {{[{][{]}}5.{{.*}}e-01, 5.{{.*}}e-01}, {5.
  // CHECK: nn.fully_connected %arg0, %[[W]] {asymmetric_quantize_inputs = true}
  func.func @dense(%x: tensor<1x64xf32>) -> tensor<1x2xf32> {
    %w = nn.const dense<3.5> : tensor<2x64xf32>
    %0 = nn.fully_connected %x, %w : (tensor<1x64xf32>, tensor<2x64xf32>) -> tensor<1x2xf32>
    return %0 : tensor<1x2xf32>
  }
}

// -----

// Rows that are no multiple of the block have a shorter one, or one scale; convolutions have one for each channel.
module attributes {quantx.scheme = #quantx.scheme<"weight-only", bits = 4>, quantx.block_size = 128 : i64} {
  // CHECK-LABEL: func @others
  // CHECK: nn.fully_connected {{.*}} {asymmetric_quantize_inputs = true, quantx.block_reason = "its rows of 64 weights are no multiple of 128: blocks of 64 instead"} : (tensor<1x64xf32>, tensor<2x64x!quant.uniform<i4<-7:7>:f32:{0:1, 1:64}
  // CHECK: nn.fully_connected {{.*}} {quantx.block_reason = "its rows of 33 weights are no multiple of 32: one scale for each channel instead"} : (tensor<1x33xf32>, tensor<2x33xf32>)
  // CHECK: nn.conv_2d {{.*}} {quantx.block_reason = "LiteRT computes with blockwise weights in dense layers alone: one scale for each channel instead"}
  func.func @others(%x: tensor<1x64xf32>, %y: tensor<1x33xf32>, %z: tensor<1x4x4x32xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x4x4x2xf32>) {
    %w = nn.const dense<3.5> : tensor<2x64xf32>
    %v = nn.const dense<3.5> : tensor<2x33xf32>
    %u = nn.const dense<3.5> : tensor<2x1x1x32xf32>
    %0 = nn.fully_connected %x, %w : (tensor<1x64xf32>, tensor<2x64xf32>) -> tensor<1x2xf32>
    %1 = nn.fully_connected %y, %v : (tensor<1x33xf32>, tensor<2x33xf32>) -> tensor<1x2xf32>
    %2 = nn.conv_2d %z, %u stride [1, 1] padding SAME : (tensor<1x4x4x32xf32>, tensor<2x1x1x32xf32>) -> tensor<1x4x4x2xf32>
    return %0, %1, %2 : tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x4x4x2xf32>
  }
}

// -----

// Nobody asked, or for 8 bits; and scales beyond float16.
module attributes {quantx.scheme = #quantx.scheme<"weight-only", bits = 4>, quantx.block_size = 32 : i64} {
  // CHECK-LABEL: func @not
  // CHECK: nn.fully_connected {{.*}} tensor<2x64xf32>)
  // CHECK: nn.fully_connected {{.*}} tensor<2x64xf32>)
  // CHECK: nn.fully_connected {{.*}} {quantx.block_reason = "its scales lie beyond half precision: one scale for each channel instead"}
  func.func @not(%x: tensor<1x64xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x2xf32>) {
    %w = nn.const dense<3.5> : tensor<2x64xf32>
    %v = nn.const dense<1.0e6> : tensor<2x64xf32>
    %0 = nn.fully_connected %x, %w {quantx.block_size = 0 : i64} : (tensor<1x64xf32>, tensor<2x64xf32>) -> tensor<1x2xf32>
    %1 = nn.fully_connected %x, %w {quantx.scheme = #quantx.scheme<"weight-only">} : (tensor<1x64xf32>, tensor<2x64xf32>) -> tensor<1x2xf32>
    %2 = nn.fully_connected %x, %v : (tensor<1x64xf32>, tensor<2x64xf32>) -> tensor<1x2xf32>
    return %0, %1, %2 : tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x2xf32>
  }
}
