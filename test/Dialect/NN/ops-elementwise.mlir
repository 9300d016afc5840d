// RUN: quant-opt %s --verify-roundtrip | FileCheck %s
// RUN: quant-opt %s --mlir-print-op-generic | quant-opt | FileCheck %s

// CHECK-LABEL: @binary
func.func @binary(%x: tensor<2x3xf32>, %y: tensor<3xf32>, %s: tensor<f32>) {
  // CHECK-NEXT: nn.add %arg0, %arg1 activation RELU : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %0 = nn.add %x, %y activation RELU : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.sub %arg2, %arg0 {pot_scale_int16 = false} : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = nn.sub %s, %x {pot_scale_int16 = false} : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.mul %arg0, %arg0 activation RELU_N1_TO_1 :
  %2 = nn.mul %x, %x activation RELU_N1_TO_1 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.div %arg0, %arg2 :
  %3 = nn.div %x, %s : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.maximum
  %4 = nn.maximum %x, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.minimum
  %5 = nn.minimum %x, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.squared_difference
  %6 = nn.squared_difference %x, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.floor_div
  %7 = nn.floor_div %x, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.floor_mod
  %8 = nn.floor_mod %x, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: @unary
func.func @unary(%x: tensor<?x3xf32>, %i: tensor<2xi32>) {
  // CHECK-NEXT: nn.relu %arg0 : (tensor<?x3xf32>) -> tensor<?x3xf32>
  %0 = nn.relu %x : (tensor<?x3xf32>) -> tensor<?x3xf32>
  // CHECK-NEXT: nn.relu6
  %1 = nn.relu6 %x : (tensor<?x3xf32>) -> tensor<?x3xf32>
  // CHECK-NEXT: nn.relu_n1_to_1
  %2 = nn.relu_n1_to_1 %x : (tensor<?x3xf32>) -> tensor<?x3xf32>
  // CHECK-NEXT: nn.logistic
  %3 = nn.logistic %x : (tensor<?x3xf32>) -> tensor<?x3xf32>
  // CHECK-NEXT: nn.tanh
  %4 = nn.tanh %x : (tensor<?x3xf32>) -> tensor<?x3xf32>
  // CHECK-NEXT: nn.hard_swish
  %5 = nn.hard_swish %x : (tensor<?x3xf32>) -> tensor<?x3xf32>
  // CHECK-NEXT: nn.elu
  %6 = nn.elu %x : (tensor<?x3xf32>) -> tensor<?x3xf32>
  // CHECK-NEXT: nn.abs
  %7 = nn.abs %x : (tensor<?x3xf32>) -> tensor<?x3xf32>
  // CHECK-NEXT: nn.exp
  %8 = nn.exp %x : (tensor<?x3xf32>) -> tensor<?x3xf32>
  // CHECK-NEXT: nn.log
  %9 = nn.log %x : (tensor<?x3xf32>) -> tensor<?x3xf32>
  // CHECK-NEXT: nn.sqrt
  %10 = nn.sqrt %x : (tensor<?x3xf32>) -> tensor<?x3xf32>
  // CHECK-NEXT: nn.rsqrt
  %11 = nn.rsqrt %x : (tensor<?x3xf32>) -> tensor<?x3xf32>
  // CHECK-NEXT: nn.neg
  %12 = nn.neg %x : (tensor<?x3xf32>) -> tensor<?x3xf32>
  // CHECK-NEXT: nn.square
  %13 = nn.square %x : (tensor<?x3xf32>) -> tensor<?x3xf32>
  // CHECK-NEXT: nn.floor
  %14 = nn.floor %x : (tensor<?x3xf32>) -> tensor<?x3xf32>
  // CHECK-NEXT: nn.leaky_relu %arg0 alpha 2.000000e-01 :
  %15 = nn.leaky_relu %x alpha 0.2 : (tensor<?x3xf32>) -> tensor<?x3xf32>
  // CHECK-NEXT: nn.gelu %arg0 {approximate = true} :
  %16 = nn.gelu %x {approximate = true} : (tensor<?x3xf32>) -> tensor<?x3xf32>
  // CHECK-NEXT: nn.cast %arg1 {in_data_type = 2 : i8} : (tensor<2xi32>) -> tensor<2xf32>
  %17 = nn.cast %i {in_data_type = 2 : i8} : (tensor<2xi32>) -> tensor<2xf32>
  // CHECK-NEXT: nn.shape %arg0 {out_type = 2 : i8} : (tensor<?x3xf32>) -> tensor<2xi32>
  %18 = nn.shape %x {out_type = 2 : i8} : (tensor<?x3xf32>) -> tensor<2xi32>
  return
}

// CHECK-LABEL: @normalization
func.func @normalization(%x: tensor<2x3xf32>, %a: tensor<3xf32>) {
  // CHECK-NEXT: nn.softmax %arg0 beta 1.000000e+00 :
  %0 = nn.softmax %x beta 1.0 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.log_softmax
  %1 = nn.log_softmax %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.l2_normalization %arg0 :
  %2 = nn.l2_normalization %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: nn.prelu %arg0, %arg1 :
  %3 = nn.prelu %x, %a : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: @reductions
func.func @reductions(%x: tensor<2x3xf32>, %axes: tensor<1xi32>, %axis: tensor<i32>) {
  // CHECK-NEXT: nn.mean %arg0, %arg1 {keep_dims = true} :
  %0 = nn.mean %x, %axes {keep_dims = true} : (tensor<2x3xf32>, tensor<1xi32>) -> tensor<2x1xf32>
  // CHECK-NEXT: nn.sum %arg0, %arg1 :
  %1 = nn.sum %x, %axes : (tensor<2x3xf32>, tensor<1xi32>) -> tensor<2xf32>
  // CHECK-NEXT: nn.reduce_max
  %2 = nn.reduce_max %x, %axes : (tensor<2x3xf32>, tensor<1xi32>) -> tensor<2xf32>
  // CHECK-NEXT: nn.reduce_min
  %3 = nn.reduce_min %x, %axes : (tensor<2x3xf32>, tensor<1xi32>) -> tensor<2xf32>
  // CHECK-NEXT: nn.arg_max %arg0, %arg2 {output_type = 2 : i8} : (tensor<2x3xf32>, tensor<i32>) -> tensor<2xi32>
  %4 = nn.arg_max %x, %axis {output_type = 2 : i8} : (tensor<2x3xf32>, tensor<i32>) -> tensor<2xi32>
  // CHECK-NEXT: nn.arg_min
  %5 = nn.arg_min %x, %axis : (tensor<2x3xf32>, tensor<i32>) -> tensor<2xi64>
  return
}
