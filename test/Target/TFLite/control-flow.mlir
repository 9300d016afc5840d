// RUN: quant-translate --mlir-to-tflite %s | quant-translate --tflite-to-mlir | FileCheck %s

// Subgraphs are functions, and options refer to them by symbol, whatever their numbers.

// CHECK-LABEL: func.func @main
func.func @main(%c: tensor<1xi1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: nn.call_once @"keep nothing"()
  nn.call_once @"keep nothing"() : () -> ()
  // CHECK: nn.if @"keep it" else @negate(%{{[a-z0-9]+}}, %{{[a-z0-9]+}})
  %0 = nn.if @"keep it" else @negate(%c, %x) : (tensor<1xi1>, tensor<4xf32>) -> tensor<4xf32>
  // CHECK: nn.while @isPositive do @negate(
  %1 = nn.while @isPositive do @negate(%0) : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: nn.call @negate(
  %2 = nn.call @negate(%1) : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: nn.var_handle {{.*}}container = "c"{{.*}}shared_name = "v"
  %3 = nn.var_handle {container = "c", shared_name = "v"} : tensor<1x!nn.resource>
  // CHECK: nn.assign_variable
  nn.assign_variable %3, %2 : tensor<1x!nn.resource>, tensor<4xf32>
  // CHECK: nn.read_variable
  %4 = nn.read_variable %3 : (tensor<1x!nn.resource>) -> tensor<4xf32>
  return %4 : tensor<4xf32>
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
// CHECK: func.func @"keep nothing"()
func.func @"keep nothing"() {
  return
}
// CHECK: func.func @isPositive
func.func @isPositive(%x: tensor<4xf32>) -> tensor<4xi1> {
  %0 = nn.cast %x : (tensor<4xf32>) -> tensor<4xi1>
  return %0 : tensor<4xi1>
}
