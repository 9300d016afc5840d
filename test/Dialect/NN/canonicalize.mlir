// RUN: quant-opt %s --canonicalize --split-input-file | FileCheck %s

// Equal static types: the elements are where they were.
// CHECK-LABEL: @movement_without_effect
// CHECK-NEXT: nn.relu %arg0
func.func @movement_without_effect(%x: tensor<1x4xf32>, %m: tensor<2xi32>, %p: tensor<2x2xi32>) -> tensor<1x4xf32> {
  %0 = nn.reshape %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = nn.squeeze %0 : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %2 = nn.pad %1, %p : (tensor<1x4xf32>, tensor<2x2xi32>) -> tensor<1x4xf32>
  %3 = nn.slice %2, %m, %m : (tensor<1x4xf32>, tensor<2xi32>, tensor<2xi32>) -> tensor<1x4xf32>
  %4 = nn.tile %3, %m : (tensor<1x4xf32>, tensor<2xi32>) -> tensor<1x4xf32>
  %5 = nn.broadcast_to %4, %m : (tensor<1x4xf32>, tensor<2xi32>) -> tensor<1x4xf32>
  %6 = nn.concatenation %5 axis 0 : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %7 = nn.cast %6 : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %8 = nn.relu %7 : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %8 : tensor<1x4xf32>
}

// -----

// What a function returns keeps its name.
// CHECK-LABEL: @model_output
// CHECK: nn.reshape
func.func @model_output(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = nn.reshape %x {nn.tensors = [#nn.tensor<name = "output">]} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// At run time the two unknown sizes may be 2 x 3 and 3 x 2.
// CHECK-LABEL: @unknown_sizes
// CHECK: nn.reshape
func.func @unknown_sizes(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %0 = nn.reshape %x : (tensor<?x?xf32>) -> tensor<?x?xf32>
  %1 = nn.relu %0 : (tensor<?x?xf32>) -> tensor<?x?xf32>
  return %1 : tensor<?x?xf32>
}

// -----

// Other parameters: the stored integers mean other values.
// CHECK-LABEL: @other_parameters
// CHECK: nn.reshape
func.func @other_parameters(%x: tensor<4x!quant.uniform<i8:f32, 0.5>>) -> tensor<4x!quant.uniform<i8:f32, 0.5>> {
  %0 = nn.reshape %x : (tensor<4x!quant.uniform<i8:f32, 0.5>>) -> tensor<4x!quant.uniform<i8:f32, 0.25>>
  %1 = nn.relu %0 : (tensor<4x!quant.uniform<i8:f32, 0.25>>) -> tensor<4x!quant.uniform<i8:f32, 0.5>>
  return %1 : tensor<4x!quant.uniform<i8:f32, 0.5>>
}

// -----

// A square matrix keeps its type when it is transposed; only the identity goes.
// CHECK-LABEL: @transposes
// CHECK: %[[T:.*]] = nn.transpose %arg0
// CHECK: nn.relu %[[T]]
// CHECK: nn.relu %arg0
func.func @transposes(%x: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>) {
  %swap = nn.const dense<[1, 0]> : tensor<2xi32>
  %keep = nn.const dense<[0, 1]> : tensor<2xi32>
  %0 = nn.transpose %x, %swap : (tensor<4x4xf32>, tensor<2xi32>) -> tensor<4x4xf32>
  %1 = nn.transpose %x, %keep : (tensor<4x4xf32>, tensor<2xi32>) -> tensor<4x4xf32>
  %2 = nn.relu %0 : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %3 = nn.relu %1 : (tensor<4x4xf32>) -> tensor<4x4xf32>
  return %2, %3 : tensor<4x4xf32>, tensor<4x4xf32>
}

// -----

// One input, but a clamp.
// CHECK-LABEL: @clamping_concatenation
// CHECK: nn.concatenation
func.func @clamping_concatenation(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.concatenation %x axis 0 activation RELU : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.neg %0 : (tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5>

// Dequantize, then quantize with the same parameters: the same integers.
// CHECK-LABEL: @requantized_dequantize
// CHECK-NEXT: nn.relu %arg0
func.func @requantized_dequantize(%x: tensor<4x!q>) -> tensor<4x!q> {
  %0 = nn.dequantize %x : (tensor<4x!q>) -> tensor<4xf32>
  %1 = nn.quantize %0 : (tensor<4xf32>) -> tensor<4x!q>
  %2 = nn.quantize %1 : (tensor<4x!q>) -> tensor<4x!q>
  %3 = nn.relu %2 : (tensor<4x!q>) -> tensor<4x!q>
  return %3 : tensor<4x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.5>

// The other order rounds.
// CHECK-LABEL: @quantize_then_dequantize
// CHECK: nn.quantize
// CHECK: nn.dequantize
func.func @quantize_then_dequantize(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.quantize %x : (tensor<4xf32>) -> tensor<4x!q>
  %1 = nn.dequantize %0 : (tensor<4x!q>) -> tensor<4xf32>
  %2 = nn.neg %1 : (tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!r = !quant.uniform<i8:f32, 0.25>

// Each requantization rounds, and the first one clamps.
// CHECK-LABEL: @requantized_twice
// CHECK-COUNT-2: nn.quantize
func.func @requantized_twice(%x: tensor<4x!q>) -> tensor<4x!q> {
  %0 = nn.quantize %x : (tensor<4x!q>) -> tensor<4x!r>
  %1 = nn.quantize %0 : (tensor<4x!r>) -> tensor<4x!q>
  %2 = nn.relu %1 : (tensor<4x!q>) -> tensor<4x!q>
  return %2 : tensor<4x!q>
}

// -----

!q = !quant.uniform<i32:f32, 0.5>

// float32 has 24 bits: of 32-bit integers some are lost on the way.
// CHECK-LABEL: @wide_integers
// CHECK: nn.dequantize
// CHECK: nn.quantize
func.func @wide_integers(%x: tensor<4x!q>) -> tensor<4xf32> {
  %0 = nn.dequantize %x : (tensor<4x!q>) -> tensor<4xf32>
  %1 = nn.quantize %0 : (tensor<4xf32>) -> tensor<4x!q>
  %2 = nn.dequantize %1 : (tensor<4x!q>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// Equal constants stay apart: each is a tensor of the file.
// CHECK-LABEL: @constants_stay_apart
// CHECK: nn.const dense<1.000000e+00> : tensor<4xf32> {nn.tensors = [#nn.tensor<name = "a">]}
// CHECK: nn.const dense<1.000000e+00> : tensor<4xf32> {nn.tensors = [#nn.tensor<name = "b">]}
func.func @constants_stay_apart() -> tensor<4xf32> {
  %a = nn.const dense<1.0> : tensor<4xf32> {nn.tensors = [#nn.tensor<name = "a">]}
  %b = nn.const dense<1.0> : tensor<4xf32> {nn.tensors = [#nn.tensor<name = "b">]}
  %0 = nn.add %a, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
