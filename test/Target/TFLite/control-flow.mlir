// RUN: quant-translate --mlir-to-tflite %s | quant-translate --tflite-to-mlir | FileCheck %s

// Subgraphs are functions, and options refer to them by symbol, whatever their numbers.

// CHECK-LABEL: func.func @main
func.func @main(%c: tensor<1xi1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: nn.generic "IF" (%{{[a-z0-9]+}}, %{{[a-z0-9]+}})
  // CHECK-SAME: options = {else_subgraph_index = @negate, then_subgraph_index = @"keep it"}
  %0 = nn.generic "IF" (%c, %x) {options = {then_subgraph_index = @"keep it", else_subgraph_index = @negate}}
      : (tensor<1xi1>, tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
// CHECK: func.func @negate
func.func @negate(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.neg %x : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
// CHECK: func.func @"keep it"
func.func @"keep it"(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
