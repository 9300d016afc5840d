// RUN: quant-translate --mlir-to-tflite %s -o %t && quant-translate --tflite-to-mlir %t | FileCheck %s

// Scales of blocks become a tensor of float16 that the record names; two matrices of one name have one each.
// CHECK: nn.const dense_resource<w> : tensor<32xi8> as tensor<1x64x!quant.uniform<i4:f32:{0:1, 1:32}, {{[{][{]}}5.000000e-01, 2.500000e-01{{[}][}]}}>> {{.*}}details = {block_size = 32 : i32, scales = {tensor = #nn.tensor<name = "w_scales", index = {{[0-9]+}}, type = tensor<1x2xf16>>, value = {{.*}}}, table = "BlockwiseQuantization", zero_points = -1 : i32}
// CHECK: as tensor<1x64x!quant.uniform<i4:f32:{0:1, 1:32}, {{[{][{]}}1.000000e+00, 2.000000e+00{{[}][}]}}>>
// CHECK: nn.fully_connected
func.func @main(%x: tensor<1x64xf32> {nn.tensor = #nn.tensor<name = "x">}) -> (tensor<1x1xf32>, tensor<1x1xf32>) {
  %w = nn.const dense<17> : tensor<32xi8> as tensor<1x64x!quant.uniform<i4<-7:7>:f32:{0:1, 1:32}, {{0.5, 0.25}}>> {nn.tensors = [#nn.tensor<name = "w">]}
  %v = nn.const dense<34> : tensor<32xi8> as tensor<1x64x!quant.uniform<i4<-7:7>:f32:{0:1, 1:32}, {{1.0, 2.0}}>> {nn.tensors = [#nn.tensor<name = "w">]}
  %0 = nn.fully_connected %x, %w {asymmetric_quantize_inputs = true, nn.tensors = [#nn.tensor<name = "y">]} : (tensor<1x64xf32>, tensor<1x64x!quant.uniform<i4<-7:7>:f32:{0:1, 1:32}, {{0.5, 0.25}}>>) -> tensor<1x1xf32>
  %1 = nn.fully_connected %x, %v {asymmetric_quantize_inputs = true, nn.tensors = [#nn.tensor<name = "z">]} : (tensor<1x64xf32>, tensor<1x64x!quant.uniform<i4<-7:7>:f32:{0:1, 1:32}, {{1.0, 2.0}}>>) -> tensor<1x1xf32>
  return %0, %1 : tensor<1x1xf32>, tensor<1x1xf32>
}
