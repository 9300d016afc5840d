// RUN: quant-opt %s --verify-roundtrip | FileCheck %s
// RUN: quant-opt %s --mlir-print-op-generic | quant-opt | FileCheck %s
// RUN: quant-opt %s --cse --canonicalize | FileCheck %s --check-prefix=KEPT

// Two operators of equal operands both change their state: neither goes away.
// CHECK-LABEL: @rnn
// KEPT-LABEL: @rnn
// KEPT-COUNT-2: nn.rnn
func.func @rnn(%x: tensor<1x2xf32>, %w: tensor<3x2xf32>, %r: tensor<3x3xf32>, %b: tensor<3xf32>) -> tensor<1x3xf32> {
  // CHECK-NEXT: %[[STATE:.*]] = nn.variable : tensor<1x3xf32>
  %h = nn.variable : tensor<1x3xf32>
  // CHECK-NEXT: nn.rnn (%arg0, %arg1, %arg2, %arg3, %[[STATE]]) {fused_activation_function = #nn<activation TANH>} : (tensor<1x2xf32>, tensor<3x2xf32>, tensor<3x3xf32>, tensor<3xf32>, tensor<1x3xf32>) -> tensor<1x3xf32>
  %0 = nn.rnn (%x, %w, %r, %b, %h) {fused_activation_function = #nn<activation TANH>}
      : (tensor<1x2xf32>, tensor<3x2xf32>, tensor<3x3xf32>, tensor<3xf32>, tensor<1x3xf32>) -> tensor<1x3xf32>
  %1 = nn.rnn (%x, %w, %r, %b, %h) {fused_activation_function = #nn<activation TANH>}
      : (tensor<1x2xf32>, tensor<3x2xf32>, tensor<3x3xf32>, tensor<3xf32>, tensor<1x3xf32>) -> tensor<1x3xf32>
  return %1 : tensor<1x3xf32>
}

// CHECK-LABEL: @intermediates
func.func @intermediates(%x: tensor<1x2x!quant.uniform<i8:f32, 0.5>>) -> tensor<1x2x!quant.uniform<i8:f32, 0.5>> {
  // CHECK: nn.lstm (%arg0) {cell_clip = 1.000000e+01 : f32, nn.tensors_inside = [unit, #nn.tensor<name = "hidden", type = tensor<0x!quant.uniform<i8:f32, 5.000000e-01>>>]}
  %0 = nn.lstm (%x) {cell_clip = 10.0 : f32, nn.tensors_inside = [unit,
      #nn.tensor<name = "hidden", type = tensor<0x!quant.uniform<i8:f32, 0.5>>>]}
      : (tensor<1x2x!quant.uniform<i8:f32, 0.5>>) -> tensor<1x2x!quant.uniform<i8:f32, 0.5>>
  return %0 : tensor<1x2x!quant.uniform<i8:f32, 0.5>>
}
