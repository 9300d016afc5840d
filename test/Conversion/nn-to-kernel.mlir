// RUN: quant-opt %s --convert-nn-to-kernel=target=x86-64-v3 | FileCheck %s

!in = !quant.uniform<i8:f32, 0.5:3>
!w = !quant.uniform<i8:f32:0, {0.25, 0.125}>
!out = !quant.uniform<i8:f32, 0.75:-5>

// Weights are packed and the input's zero point is in the start values: 7 - (3 + 128) * sum of the channel.
// CHECK: module attributes {kernel.target = "x86-64-v3"}
// CHECK: func.func @main(%[[IN:.*]]: memref<1x4xi8> {kernel.name = "", kernel.type = tensor<1x4x!{{.*}}>},
// CHECK-SAME: %[[OUT:.*]]: memref<1x2xi8> {kernel.name = "", kernel.output, kernel.type = tensor<1x2x!{{.*}}>})
// CHECK-DAG: kernel.constant dense_resource<{{.*}}> : tensor<64xi8> : memref<64xi8>
// CHECK-DAG: kernel.constant dense_resource<{{.*}}> : tensor<8xi8> : memref<8xi8>
// CHECK: kernel.call "runtime::fullyConnectedPacked" isa "runtime::Avx2Integer" arguments
// CHECK-SAME: #kernel.record<"runtime::FullyConnectedParams", batches = 1 : i32, inputChannels = 4 : i32, outputChannels = 2 : i32, inputZeroPoint = 3 : i32, filterZeroPoint = 0 : i32>
// CHECK-SAME: #kernel.record<"numerics::FloatRequantizer", scales = #kernel.pointer<{{.}}, "float">, channelStride = 1 : i32, range = #kernel.record<"numerics::QuantizedRange", zeroPoint = -5 : i32, min = -5 : i32, max = 127 : i32>>
// CHECK-SAME: reads(%[[IN]]
// CHECK-SAME: writes(%[[OUT]] : memref<1x2xi8>)
// CHECK-SAME: headers ["Runtime/Integer/Convolution.h", "Runtime/Integer/Avx2.h"]
// CHECK-SAME: macs = 8 : i64
func.func @main(%x: tensor<1x4x!in>) -> tensor<1x2x!out> {
  %w = nn.const dense<1> : tensor<2x4xi8> as tensor<2x4x!w>
  %b = nn.const dense<7> : tensor<2xi32>
  %0 = nn.fully_connected %x, %w, %b activation RELU : (tensor<1x4x!in>, tensor<2x4x!w>, tensor<2xi32>) -> tensor<1x2x!out>
  return %0 : tensor<1x2x!out>
}
