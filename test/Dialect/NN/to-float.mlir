// RUN: quant-opt %s --nn-to-float --split-input-file --verify-diagnostics | FileCheck %s

!qx = !quant.uniform<i8:f32, 0.5:-28>
!qw = !quant.uniform<i8:f32:0, {0.5, 0.25}>
!qy = !quant.uniform<i8:f32, 0.125:3>

// Weights and bias become the values that they stand for: 4 * 0.5, 4 * 0.25; 16 * 0.5 * 0.5, 16 * 0.5 * 0.25. The range
// of each tensor and the type of the weights stay known. The file's record of the bias does not hold for other integers, nor
// does the operator's version.
// CHECK-LABEL: @weights
// CHECK-SAME: (%arg0: tensor<1x1xf32> {nn.tensor = #nn.tensor<name = "x">, quantx.trained_range = array<f64: -5.000000e+01, 7.750000e+01>}) -> tensor<1x2xf32>
// CHECK-DAG: %[[W:.*]] = nn.const dense_resource<w> : tensor<2x1xf32> {nn.tensors = [#nn.tensor<name = "w">], quantx.trained_type = !q{{.*}}}
// CHECK-DAG: %[[B:.*]] = nn.const dense_resource<b> : tensor<2xf32> {nn.tensors = [#nn.tensor<name = "b">]}
// CHECK: nn.fully_connected %arg0, %[[W]], %[[B]]{{ +}}{quantx.trained_range = array<f64: -1.637500e+01, 1.550000e+01>
// CHECK: w: "0x10000000000000400000803F"
// CHECK: b: "0x100000000000804000000040"
func.func @weights(%x: tensor<1x1x!qx> {nn.tensor = #nn.tensor<name = "x">}) -> tensor<1x2x!qy> {
  %w = nn.const dense<4> : tensor<2x1xi8> as tensor<2x1x!qw> {nn.tensors = [#nn.tensor<name = "w">]}
  %b = nn.const dense<16> : tensor<2xi32> {nn.tensors = [#nn.tensor<name = "b", type = tensor<2xi32>, quantization = {scale = array<f32: 1.0>}>]}
  %0 = nn.fully_connected %x, %w, %b {nn.version = 4 : i32} : (tensor<1x1x!qx>, tensor<2x1x!qw>, tensor<2xi32>) -> tensor<1x2x!qy>
  return %0 : tensor<1x2x!qy>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:1>
!q4 = !quant.uniform<i4:f32, 0.5>

// Casts at the border go, and the output keeps its name; four bits are two values in a byte, the first in the low half.
// CHECK-LABEL: @casts
// CHECK-SAME: %arg0: tensor<2xf32> {quantx.trained_range
// CHECK: %[[W:.*]] = nn.const dense_resource<constant> : tensor<2xf32>
// CHECK: %[[Y:.*]] = nn.add %arg0, %[[W]] {nn.tensors = [#nn.tensor<name = "out">]
// CHECK-NEXT: return %[[Y]]
// CHECK: constant: "0x10000000000060400000C0BF"
func.func @casts(%x: tensor<2xf32>) -> tensor<2xf32> {
  %w = nn.const dense<[0xD7]> : tensor<1xi8> as tensor<2x!q4>
  %0 = nn.quantize %x : (tensor<2xf32>) -> tensor<2x!q>
  %1 = nn.add %0, %w {nn.tensors = [#nn.tensor<name = "inner">]} : (tensor<2x!q>, tensor<2x!q4>) -> tensor<2x!q>
  %2 = nn.dequantize %1 {nn.tensors = [#nn.tensor<name = "out">]} : (tensor<2x!q>) -> tensor<2xf32>
  return %2 : tensor<2xf32>
}

// -----

!qx = !quant.uniform<u8:f32, 0.5:128>
!q6 = !quant.uniform<u8:f32, 0.023529412224888802>
!q0 = !quant.uniform<u8:f32, 0.5>

// A range from zero stands for an activation that a converter left out.
// CHECK-LABEL: @activations
// CHECK: nn.add {{.*}} activation RELU6
// CHECK: nn.add {{.*}} activation RELU {
// CHECK: nn.add %{{[0-9]+}}, %arg0 {quantx.trained_range
func.func @activations(%x: tensor<2x!qx>) -> tensor<2x!qx> {
  %0 = nn.add %x, %x : (tensor<2x!qx>, tensor<2x!qx>) -> tensor<2x!q6>
  %1 = nn.add %0, %x : (tensor<2x!q6>, tensor<2x!qx>) -> tensor<2x!q0>
  %2 = nn.add %1, %x : (tensor<2x!q0>, tensor<2x!qx>) -> tensor<2x!qx>
  return %2 : tensor<2x!qx>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:1>

// A cast reads stored integers, and nobody knows what a custom operator reads: they keep what they had.
// CHECK-LABEL: @keepers
// CHECK: %[[Q:.*]] = nn.quantize %arg0 : (tensor<2xf32>) -> tensor<2x!q
// CHECK: nn.cast %[[Q]] : (tensor<2x!q{{.*}}>) -> tensor<2xi32>
// CHECK: %[[R:.*]] = nn.quantize %arg0
// CHECK: %[[C:.*]] = nn.generic "CUSTOM" (%[[R]])
// CHECK: %[[D:.*]] = nn.dequantize %[[C]] {quantx.trained_range
// CHECK: nn.abs %[[D]] {{.*}} : (tensor<2xf32>) -> tensor<2xf32>
func.func @keepers(%x: tensor<2x!q>) -> (tensor<2xi32>, tensor<2x!q>) {
  %0 = nn.cast %x : (tensor<2x!q>) -> tensor<2xi32>
  %1 = nn.generic "CUSTOM" (%x) {custom_code = "Mine"} : (tensor<2x!q>) -> tensor<2x!q>
  %2 = nn.abs %1 : (tensor<2x!q>) -> tensor<2x!q>
  return %0, %2 : tensor<2xi32>, tensor<2x!q>
}

// -----

// A float network is not touched.
// CHECK-LABEL: @float
// CHECK-NEXT: nn.abs %arg0 : (tensor<2xf32>) -> tensor<2xf32>
func.func @float(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = nn.abs %x : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5>

func.func @computed_bias(%x: tensor<1x1x!q>, %b: tensor<1xi32>) -> tensor<1x1x!q> {
  %w = nn.const dense<4> : tensor<1x1xi8> as tensor<1x1x!q>
  // expected-error@below {{cannot be brought back to float: operand 2, its bias, is computed at run time}}
  %0 = nn.fully_connected %x, %w, %b : (tensor<1x1x!q>, tensor<1x1x!q>, tensor<1xi32>) -> tensor<1x1x!q>
  return %0 : tensor<1x1x!q>
}
