// RUN: quant-translate --mlir-to-tflite %s | quant-translate --tflite-to-mlir | FileCheck %s

// Variables, absent operands, flags of operands that change, and tensors inside an operator.

// CHECK-LABEL: func.func @main
// CHECK-SAME: nn.other_tensors = [#nn.tensor<name = "nobody's", index = 4, type = tensor<2xf32>>]
func.func @main(%x: tensor<1x4xf32> {nn.tensor = #nn.tensor<name = "x", index = 0>}) -> tensor<1x4xf32> attributes {nn.other_tensors =
    [#nn.tensor<name = "nobody's", index = 10, type = tensor<2xf32>>]} {
  // CHECK-DAG: %[[NONE:.*]] = nn.no_value : none
  // CHECK-DAG: %[[STATE:.*]] = nn.variable {nn.tensors = [#nn.tensor<name = "state", index = 1, extra = {is_variable}>]} : tensor<1x4xf32>
  %state = nn.variable {nn.tensors = [#nn.tensor<name = "state", index = 1, extra = {is_variable}>]} : tensor<1x4xf32>
  %none = nn.no_value : none
  // CHECK: nn.generic "CUSTOM" (%{{[a-z0-9]+}}, %[[NONE]], %[[STATE]]) {custom_code = "Step", custom_options = array<i8: 1, -1>
  // CHECK-SAME: nn.mutating_variable_inputs = array<i1: false, false, true>
  // CHECK-SAME: nn.tensors_inside = [#nn.tensor<name = "scale", index = 3, type = tensor<0x!quant.uniform<i16:f32, 5.000000e-01>>>, unit]
  %y = nn.generic "CUSTOM" (%x, %none, %state) {custom_code = "Step", custom_options = array<i8: 1, -1>,
      nn.tensors_inside = [#nn.tensor<name = "scale", index = 9, type = tensor<0x!quant.uniform<i16:f32, 0.5>>>, unit], nn.mutating_variable_inputs = array<i1: false, false, true>,
      nn.tensors = [#nn.tensor<name = "y", index = 2>]} : (tensor<1x4xf32>, none, tensor<1x4xf32>) -> tensor<1x4xf32>
  return %y : tensor<1x4xf32>
}
