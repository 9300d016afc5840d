// RUN: quant-opt %s --verify-roundtrip | FileCheck %s
// RUN: quant-opt %s --mlir-print-op-generic | quant-opt | FileCheck %s

// CHECK-DAG: !q_i8_axis0 = !quant.uniform<i8:f32:0, {5.000000e-01,2.500000e-01,1.250000e-01,6.250000e-02}>

// CHECK-LABEL: @constants
func.func @constants() {
  // CHECK-NEXT: nn.const dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>{{$}}
  %0 = nn.const dense<[1.0, 2.0]> : tensor<2xf32>
  // CHECK-NEXT: nn.const dense<1> : tensor<2xi8> as tensor<2x!quant.uniform<i8:f32, 5.000000e-01>>
  %1 = nn.const dense<1> : tensor<2xi8> as tensor<2x!quant.uniform<i8:f32, 0.5>>
  // CHECK-NEXT: nn.const dense_resource<w> : tensor<2xf32> {nn.tensors = [#nn.tensor<name = "w", index = 3>]}
  %2 = nn.const dense_resource<w> : tensor<2xf32> {nn.tensors = [#nn.tensor<name = "w", index = 3>]}
  // A long type has a name.
  // CHECK-NEXT: nn.const dense<1> : tensor<4xi8> as tensor<4x!q_i8_axis0>
  %3 = nn.const dense<1> : tensor<4xi8> as tensor<4x!quant.uniform<i8:f32:0, {0.5, 0.25, 0.125, 0.0625}>>
  // Four bits each, packed in two bytes.
  // CHECK-NEXT: nn.const dense<[16, 2]> : tensor<2xi8> as tensor<3x!quant.uniform<i4:f32, 5.000000e-01>>
  %4 = nn.const dense<[16, 2]> : tensor<2xi8> as tensor<3x!quant.uniform<i4:f32, 0.5>>
  // CHECK-NEXT: nn.const dense<0> : tensor<8xi8> as tensor<1x!nn.string>
  %5 = nn.const dense<0> : tensor<8xi8> as tensor<1x!nn.string>
  return
}

// CHECK-LABEL: @tensor_identity
// CHECK-SAME: %arg0: tensor<?x4xf32> {nn.tensor = #nn.tensor<name = "x", index = 0, shape = [1, 4]>}
func.func @tensor_identity(%x: tensor<?x4xf32> {nn.tensor = #nn.tensor<name = "x", index = 0, shape = [1, 4]>}) -> tensor<?x4xf32> {
  // CHECK: {nn.tensors = [#nn.tensor<name = "y", index = 1, type = tensor<?x4xf32>, quantization = {min = 1.000000e+00 : f32}, extra = {variable}>], nn.version = 2 : i32}
  %y = nn.relu %x {nn.version = 2 : i32, nn.tensors = [#nn.tensor<name = "y", index = 1, type = tensor<?x4xf32>,
      quantization = {min = 1.0 : f32}, extra = {variable}>]} : (tensor<?x4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// CHECK-LABEL: @generic
func.func @generic(%x: tensor<4xf32>, %r: tensor<!nn.resource>, %v: tensor<2x!nn.variant>) {
  // CHECK-NEXT: %[[NONE:.*]] = nn.no_value : none
  %none = nn.no_value : none
  // CHECK-NEXT: %[[STATE:.*]] = nn.variable : tensor<4xf32>
  %state = nn.variable : tensor<4xf32>
  // CHECK-NEXT: nn.generic "SVDF" (%arg0, %[[NONE]], %[[STATE]]) {options = {rank = 2 : i32}} : (tensor<4xf32>, none, tensor<4xf32>) -> tensor<4xf32>
  %0 = nn.generic "SVDF" (%x, %none, %state) {options = {rank = 2 : i32}} : (tensor<4xf32>, none, tensor<4xf32>) -> tensor<4xf32>
  // CHECK-NEXT: nn.generic "CUSTOM" (%arg0) {custom_code = "Rfft", custom_options = array<i8: 1, 2>} : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xi32>)
  %1:2 = nn.generic "CUSTOM" (%x) {custom_code = "Rfft", custom_options = array<i8: 1, 2>} : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xi32>)
  // CHECK-NEXT: nn.generic "IF" (%arg0) {options = {then_subgraph_index = @constants}} : (tensor<4xf32>) -> ()
  nn.generic "IF" (%x) {options = {then_subgraph_index = @constants}} : (tensor<4xf32>) -> ()
  // CHECK-NEXT: nn.generic "READ_VARIABLE" (%arg1, %arg2) : (tensor<!nn.resource>, tensor<2x!nn.variant>) -> tensor<4xf32>
  %2 = nn.generic "READ_VARIABLE" (%r, %v) : (tensor<!nn.resource>, tensor<2x!nn.variant>) -> tensor<4xf32>
  return
}

// CHECK-LABEL: @casts
func.func @casts(%x: tensor<4xf32>, %h: tensor<4xf16>) {
  // CHECK-NEXT: %[[Q:.*]] = nn.quantize %arg0 : (tensor<4xf32>) -> tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %q = nn.quantize %x : (tensor<4xf32>) -> tensor<4x!quant.uniform<i8:f32, 0.5:3>>
  // CHECK-NEXT: nn.quantize %[[Q]] : {{.*}} -> tensor<4x!quant.uniform<u8:f32, 2.500000e-01:128>>
  %u = nn.quantize %q : (tensor<4x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<4x!quant.uniform<u8:f32, 0.25:128>>
  // CHECK-NEXT: nn.dequantize %[[Q]] : {{.*}} -> tensor<4xf32>
  %d = nn.dequantize %q : (tensor<4x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<4xf32>
  // CHECK-NEXT: nn.dequantize %arg1 : (tensor<4xf16>) -> tensor<4xf32>
  %f = nn.dequantize %h : (tensor<4xf16>) -> tensor<4xf32>
  return
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x040000000000803F00000040"
    }
  }
#-}
