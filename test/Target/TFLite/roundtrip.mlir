// RUN: quant-translate --mlir-to-tflite %s -o %t.tflite
// RUN: quant-translate --tflite-to-mlir %t.tflite | FileCheck %s

// A module survives the file: options under their names, activations, symmetric weights, the bias's derived scale.

// CHECK: module attributes {nn.description = "a test"
module attributes {nn.description = "a test", nn.signatures = [{key = "serve", function = @main,
    inputs = [{name = "image", argument = 0}], outputs = [{name = "scores", result = 0}]}]} {
  // CHECK: func.func @main(%[[X:.*]]: tensor<?x8x8x2x!quant.uniform<i8:f32, 5.000000e-01:3>>
  // CHECK-SAME: nn.tensor = #nn.tensor<name = "x", index = 0, shape = [1, 8, 8, 2]
  func.func @main(%x: tensor<?x8x8x2x!quant.uniform<i8:f32, 0.5:3>> {nn.tensor = #nn.tensor<name = "x">})
      -> tensor<?x4x4x2x!quant.uniform<i8:f32, 1.0>> {
    // CHECK: %[[W:.*]] = nn.const {{.*}} : tensor<2x3x3x2xi8> as tensor<2x3x3x2x!quant.uniform<i8:f32:0, {2.500000e-01,7.500000e-01}>>
    %w = nn.const dense<1> : tensor<2x3x3x2xi8> as tensor<2x3x3x2x!quant.uniform<i8:f32:0, {0.25,0.75}>>
        {nn.tensors = [#nn.tensor<name = "w">]}
    // CHECK: %[[B:.*]] = nn.const {{.*}} : tensor<2xi32>
    // CHECK-SAME: quantization = {scale = array<f32: 1.250000e-01, 3.750000e-01>, zero_point = array<i64: 0, 0>}
    %b = nn.const dense<[7, -7]> : tensor<2xi32>
    // CHECK: nn.conv_2d %[[X]], %[[W]], %[[B]] stride [2, 2] padding SAME activation RELU6
    // CHECK-SAME: nn.version = 3 : i32
    %y = nn.conv_2d %x, %w, %b stride [2, 2] padding SAME activation RELU6
        : (tensor<?x8x8x2x!quant.uniform<i8:f32, 0.5:3>>, tensor<2x3x3x2x!quant.uniform<i8:f32:0, {0.25,0.75}>>,
           tensor<2xi32>) -> tensor<?x4x4x2x!quant.uniform<i8:f32, 1.0>>
    return %y : tensor<?x4x4x2x!quant.uniform<i8:f32, 1.0>>
  }
}
