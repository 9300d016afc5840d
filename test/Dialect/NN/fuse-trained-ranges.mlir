// RUN: quant-opt %s --nn-fuse --split-input-file --verify-diagnostics | FileCheck %s

// A value that was rounded in training keeps the range: (0 - 128) * 0.5 to (255 - 128) * 0.5.
// CHECK-LABEL: @pair
// CHECK-SAME: %arg0: tensor<4xf32> {nn.tensor = #nn.tensor<name = "x", index = 0>, quantx.trained_range = array<f64: -6.400000e+01, 6.350000e+01>}
// CHECK-NEXT: %[[Y:.*]] = nn.abs %arg0 {nn.tensors = [#nn.tensor<name = "y">], quantx.trained_range = array<f64: 0.000000e+00, 6.375000e+01>}
// CHECK-NEXT: %[[Z:.*]] = nn.abs %[[Y]]
// CHECK-NEXT: return %[[Z]]
func.func @pair(%x: tensor<4xf32> {nn.tensor = #nn.tensor<name = "x", index = 0>}) -> tensor<4xf32> {
  %0 = nn.quantize %x : (tensor<4xf32>) -> tensor<4x!quant.uniform<u8:f32, 0.5:128>>
  %1 = nn.dequantize %0 : (tensor<4x!quant.uniform<u8:f32, 0.5:128>>) -> tensor<4xf32>
  %2 = nn.abs %1 {nn.tensors = [#nn.tensor<name = "y">]} : (tensor<4xf32>) -> tensor<4xf32>
  %3 = nn.quantize %2 : (tensor<4xf32>) -> tensor<4x!quant.uniform<u8:f32, 0.25>>
  %4 = nn.dequantize %3 : (tensor<4x!quant.uniform<u8:f32, 0.25>>) -> tensor<4xf32>
  %5 = nn.abs %4 : (tensor<4xf32>) -> tensor<4xf32>
  return %5 : tensor<4xf32>
}

// -----

// An output keeps its name.
// CHECK-LABEL: @output
// CHECK: nn.abs %arg0 {nn.tensors = [#nn.tensor<name = "out", index = 3>], quantx.fused = ["ABS", "inner"], quantx.trained_range
func.func @output(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.abs %x {nn.tensors = [#nn.tensor<name = "inner", index = 1>]} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.quantize %0 : (tensor<4xf32>) -> tensor<4x!quant.uniform<i8:f32, 0.5>>
  %2 = nn.dequantize %1 {nn.tensors = [#nn.tensor<name = "out", index = 3>]} : (tensor<4x!quant.uniform<i8:f32, 0.5>>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// Constants take the grid, one scale for each row: 0.3 is nearest to one step of 0.25, and to none of 1.0; 200 saturates.
// A shape that the file does not say is the constant's.
// CHECK-LABEL: @constant_pair
// CHECK: %[[W:.*]] = nn.const dense_resource<w> : tensor<2x2xf32> {nn.tensors = [#nn.tensor<name = "w">], quantx.trained_type = !quant.uniform<i8<-127:127>:f32:0, {2.500000e-01,1.000000e+00}>}
// CHECK: nn.add %arg0, %[[W]]
// CHECK: w: "0x100000000000803E0000FE41000000000000FE42"
func.func @constant_pair(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %w = nn.const dense<[[0.3, 200.0], [0.3, 200.0]]> : tensor<2x2xf32> {nn.tensors = [#nn.tensor<name = "w">]}
  %0 = nn.quantize %w : (tensor<2x2xf32>) -> tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {0.25, 1.0}>>
  %1 = nn.dequantize %0 : (tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {0.25, 1.0}>>) -> tensor<*xf32>
  %2 = nn.add %x, %1 : (tensor<2x2xf32>, tensor<*xf32>) -> tensor<2x2xf32>
  return %2 : tensor<2x2xf32>
}

// -----

// Stored integers become the values that they stand for: (3 - 1) * 0.5 and (-4 - 1) * 0.5.
// CHECK-LABEL: @stored_constant
// CHECK: nn.const dense_resource<w> : tensor<2xf32>
// CHECK: w: "0x100000000000803F000020C0"
func.func @stored_constant(%x: tensor<2xf32>) -> tensor<2xf32> {
  %w = nn.const dense<[3, -4]> : tensor<2xi8> as tensor<2x!quant.uniform<i8:f32, 0.5:1>> {nn.tensors = [#nn.tensor<name = "w">]}
  %0 = nn.dequantize %w : (tensor<2x!quant.uniform<i8:f32, 0.5:1>>) -> tensor<2xf32>
  %1 = nn.add %x, %0 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----

// [-1.01, 1.54] has 255 steps of 0.01, and zero at step 101.
// CHECK-LABEL: @fake_quant
// CHECK: nn.abs %arg0 {nn.tensors = [#nn.tensor<name = "y">], quantx.trained_range = array<f64: -1.00{{.*}}, 1.53{{.*}}>}
// CHECK-NOT: FAKE_QUANT
func.func @fake_quant(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.abs %x {nn.tensors = [#nn.tensor<name = "y">]} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.generic "FAKE_QUANT" (%0) {options = {min = -1.01 : f32, max = 1.54 : f32, num_bits = 8 : i32, narrow_range = false}}
      : (tensor<4xf32>) -> tensor<4xf32>
  %2 = nn.abs %1 : (tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// A range without zero is moved to it, 4 bits and the lowest one left out: 14 steps of 0.5 from 0.
// CHECK-LABEL: @fake_quant_above_zero
// CHECK: nn.abs %arg0 {quantx.trained_range = array<f64: 0.000000e+00, 7.000000e+00>}
// CHECK-NOT: FAKE_QUANT
func.func @fake_quant_above_zero(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.abs %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.generic "FAKE_QUANT" (%0) {options = {min = 1.0 : f32, max = 8.0 : f32, num_bits = 4 : i32, narrow_range = true}}
      : (tensor<4xf32>) -> tensor<4xf32>
  %2 = nn.abs %1 : (tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// CHECK-LABEL: @two_ranges
// CHECK: trained_range = array<f64: -1.280000e+02, 1.270000e+02>
func.func @two_ranges(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.abs %x {nn.tensors = [#nn.tensor<name = "y">]} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.quantize %0 : (tensor<4xf32>) -> tensor<4x!quant.uniform<i8:f32, 0.5>>
  // expected-warning-re@below {{tensor 'y' was trained with the ranges [{{.*}}] and [{{.*}}]; it takes the one that holds both}}
  %2 = nn.dequantize %1 : (tensor<4x!quant.uniform<i8:f32, 0.5>>) -> tensor<4xf32>
  %3 = nn.quantize %0 : (tensor<4xf32>) -> tensor<4x!quant.uniform<i8:f32, 1.0>>
  %4 = nn.dequantize %3 : (tensor<4x!quant.uniform<i8:f32, 1.0>>) -> tensor<4xf32>
  %5 = nn.add %2, %4 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %5 : tensor<4xf32>
}
