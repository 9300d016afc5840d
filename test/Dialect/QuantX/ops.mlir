// RUN: quant-opt %s --verify-roundtrip | FileCheck %s
// RUN: quant-opt %s --mlir-print-op-generic | quant-opt | FileCheck %s

// CHECK: module attributes {quantx.scheme = #quantx.scheme<int8, per_tensor>}
module attributes {quantx.scheme = #quantx.scheme<int8, per_tensor>} {

// From the mark to the parameters.
// CHECK-LABEL: @stages
func.func @stages(%x: tensor<1x8xf32>) {
  // CHECK-NEXT: quantx.fake_quant %arg0 spec <i8> : tensor<1x8xf32>
  %0 = quantx.fake_quant %x spec <i8> : tensor<1x8xf32>
  // CHECK-NEXT: quantx.fake_quant %arg0 name "conv/Relu:0" spec <i8> : tensor<1x8xf32>
  %1 = quantx.fake_quant %x name "conv/Relu:0" spec <i8> : tensor<1x8xf32>
  // CHECK-NEXT: quantx.fake_quant %arg0 name "x" spec <i8> stats <min = -1.500000e+00, max = 6.000000e+00> : tensor<1x8xf32>
  %2 = quantx.fake_quant %x name "x" spec <i8> stats <min = -1.5, max = 6.0> : tensor<1x8xf32>
  // CHECK-NEXT: quantx.fake_quant %arg0 name "x" spec <i8> stats <min = -1.500000e+00, max = 6.000000e+00> as !quant.uniform<i8:f32, 3.125000e-02:-80> : tensor<1x8xf32>
  %3 = quantx.fake_quant %x name "x" spec <i8> stats <min = -1.5, max = 6.0> as !quant.uniform<i8:f32, 0.03125:-80> : tensor<1x8xf32>
  return
}

// CHECK-LABEL: @specs
func.func @specs(%x: tensor<2x3xf32>) {
  // CHECK-NEXT: spec <u8> :
  %0 = quantx.fake_quant %x spec <u8> : tensor<2x3xf32>
  // CHECK-NEXT: spec <i8, symmetric, narrow, axis = 1> :
  %1 = quantx.fake_quant %x spec <i8, symmetric, narrow, axis = 1> : tensor<2x3xf32>
  // CHECK-NEXT: spec <i16, symmetric, pot> :
  %2 = quantx.fake_quant %x spec <i16, pot, symmetric> : tensor<2x3xf32>
  // CHECK-NEXT: spec <i32, symmetric> as !quant.uniform<i32:f32, 5.000000e-01> :
  %3 = quantx.fake_quant %x spec <i32, symmetric> as !quant.uniform<i32:f32, 0.5> : tensor<2x3xf32>
  // CHECK-NEXT: spec <i8, symmetric, narrow, axis = 0> as !quant.uniform<i8<-127:127>:f32:0, {5.000000e-01,2.500000e-01}> :
  %4 = quantx.fake_quant %x spec <i8, symmetric, narrow, axis = 0> as !quant.uniform<i8<-127:127>:f32:0, {0.5, 0.25}> : tensor<2x3xf32>
  return
}

// Why an operator stays float, on an operator of any dialect.
// CHECK-LABEL: @reason
func.func @reason(%x: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK-NEXT: nn.neg %arg0 {quantx.float_reason = "it has no int8 form"
  %0 = nn.neg %x {quantx.float_reason = "it has no int8 form"} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
}
