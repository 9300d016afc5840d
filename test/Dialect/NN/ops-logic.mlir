// RUN: quant-opt %s --verify-roundtrip | FileCheck %s
// RUN: quant-opt %s --mlir-print-op-generic | quant-opt | FileCheck %s

// CHECK-LABEL: @comparisons
func.func @comparisons(%x: tensor<4x6xf32>, %y: tensor<6xf32>, %q: tensor<4x!quant.uniform<i8:f32, 0.5>>) {
  // CHECK-NEXT: nn.equal %arg0, %arg1 : (tensor<4x6xf32>, tensor<6xf32>) -> tensor<4x6xi1>
  %0 = nn.equal %x, %y : (tensor<4x6xf32>, tensor<6xf32>) -> tensor<4x6xi1>
  // CHECK-NEXT: nn.not_equal %arg0, %arg1 :
  %1 = nn.not_equal %x, %y : (tensor<4x6xf32>, tensor<6xf32>) -> tensor<4x6xi1>
  // CHECK-NEXT: nn.less %arg2, %arg2 :
  %2 = nn.less %q, %q : (tensor<4x!quant.uniform<i8:f32, 0.5>>, tensor<4x!quant.uniform<i8:f32, 0.5>>) -> tensor<4xi1>
  // CHECK-NEXT: nn.less_equal %arg0, %arg1 :
  %3 = nn.less_equal %x, %y : (tensor<4x6xf32>, tensor<6xf32>) -> tensor<4x6xi1>
  // CHECK-NEXT: nn.greater %arg0, %arg1 :
  %4 = nn.greater %x, %y : (tensor<4x6xf32>, tensor<6xf32>) -> tensor<4x6xi1>
  // CHECK-NEXT: nn.greater_equal %arg0, %arg1 :
  %5 = nn.greater_equal %x, %y : (tensor<4x6xf32>, tensor<6xf32>) -> tensor<4x6xi1>
  return
}

// CHECK-LABEL: @logic
func.func @logic(%a: tensor<4x6xi1>, %b: tensor<6xi1>, %i: tensor<6xi32>, %axes: tensor<1xi32>) {
  // CHECK-NEXT: nn.logical_and %arg0, %arg1 :
  %0 = nn.logical_and %a, %b : (tensor<4x6xi1>, tensor<6xi1>) -> tensor<4x6xi1>
  // CHECK-NEXT: nn.logical_or %arg0, %arg1 :
  %1 = nn.logical_or %a, %b : (tensor<4x6xi1>, tensor<6xi1>) -> tensor<4x6xi1>
  // CHECK-NEXT: nn.logical_not %arg1 :
  %2 = nn.logical_not %b : (tensor<6xi1>) -> tensor<6xi1>
  // CHECK-NEXT: nn.bitwise_xor %arg2, %arg2 :
  %3 = nn.bitwise_xor %i, %i : (tensor<6xi32>, tensor<6xi32>) -> tensor<6xi32>
  // CHECK-NEXT: nn.right_shift %arg2, %arg2 :
  %4 = nn.right_shift %i, %i : (tensor<6xi32>, tensor<6xi32>) -> tensor<6xi32>
  // CHECK-NEXT: nn.reduce_any %arg0, %arg3 {keep_dims = true} :
  %5 = nn.reduce_any %a, %axes {keep_dims = true} : (tensor<4x6xi1>, tensor<1xi32>) -> tensor<4x1xi1>
  // CHECK-NEXT: nn.reduce_all %arg0, %arg3 :
  %6 = nn.reduce_all %a, %axes : (tensor<4x6xi1>, tensor<1xi32>) -> tensor<4xi1>
  return
}

// CHECK-LABEL: @selection
func.func @selection(%c: tensor<4xi1>, %x: tensor<4x6xf32>, %y: tensor<6xf32>) {
  // CHECK-NEXT: nn.select %arg0, %arg1, %arg1 : (tensor<4xi1>, tensor<4x6xf32>, tensor<4x6xf32>) -> tensor<4x6xf32>
  %0 = nn.select %c, %x, %x : (tensor<4xi1>, tensor<4x6xf32>, tensor<4x6xf32>) -> tensor<4x6xf32>
  // CHECK: nn.select_v2 %{{.*}}, %arg1, %arg2 :
  %s = nn.const dense<true> : tensor<i1>
  %1 = nn.select_v2 %s, %x, %y : (tensor<i1>, tensor<4x6xf32>, tensor<6xf32>) -> tensor<4x6xf32>
  return
}
