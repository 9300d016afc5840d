// RUN: quant-opt %s --quantx-insert-fake-quant --quantx-resolve-scales | FileCheck %s

// Nothing arrives anywhere where the function is not there.
// CHECK: nn.if @missing else @missing({{.*}}quantx.float_reason = "value 'x' stays float: nothing is known of function 'missing'"
func.func @main(%c: tensor<1xi1>, %x: tensor<4xf32> {nn.tensor = #nn.tensor<name = "x">}) -> tensor<4xi32> {
  %0 = nn.if @missing else @missing(%c, %x) : (tensor<1xi1>, tensor<4xf32>) -> tensor<4xi32>
  return %0 : tensor<4xi32>
}
