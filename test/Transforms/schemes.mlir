// RUN: quant-opt %s --quantx-insert-fake-quant=scheme=dynamic --quantx-resolve-scales --quantx-fold | FileCheck %s --check-prefix=DYNAMIC
// RUN: quant-opt %s --quantx-insert-fake-quant=scheme=weight-only --quantx-resolve-scales --quantx-fold | FileCheck %s --check-prefix=WEIGHT
// RUN: quant-opt %s --quantx-insert-fake-quant="scheme=weight-only weight-bits=4" --quantx-resolve-scales --quantx-fold | FileCheck %s --check-prefix=FOUR
// RUN: quant-opt %s --quantx-insert-fake-quant=scheme=int16x8 | FileCheck %s --check-prefix=WIDE
// RUN: quant-opt %S/Inputs/wide.mlir --quantx-resolve-scales --quantx-fold | FileCheck %s --check-prefix=FOLDED

// The weights turn into integers, the operator reads float activations beside them, and the runtime's rows are asymmetric.
// DYNAMIC-LABEL: func @net
// DYNAMIC-DAG: %[[W:.*]] = nn.const {{.*}} as tensor<2x4x!quant.uniform<i8<-127:127>:f32:0, {2.500000e-01,1.250000e-01}>>
// DYNAMIC-DAG: %[[B:.*]] = nn.const dense<{{.*}}> : tensor<2xf32>
// DYNAMIC: nn.fully_connected %arg0, %[[W]], %[[B]] {asymmetric_quantize_inputs = true}
// DYNAMIC-SAME: -> tensor<1x2xf32>

// Only the storage is integer.
// WEIGHT-LABEL: func @net
// WEIGHT: %[[W:.*]] = nn.const {{.*}} as tensor<2x4x!quant.uniform<i8<-127:127>:f32:0
// WEIGHT: %[[F:.*]] = nn.dequantize %[[W]]
// WEIGHT: nn.fully_connected %arg0, %[[F]], %{{[^ ]*}} : (tensor<1x4xf32>, tensor<2x4xf32>, tensor<2xf32>) -> tensor<1x2xf32>

// Two integers share a byte, the first in the low half: 31.75 / (31.75 / 7) = 7 and -4.5 / (31.75 / 7) = -1 are 0xF7.
// FOUR-LABEL: func @net
// FOUR: nn.const dense_resource<w> : tensor<2x4xi4> as tensor<2x4x!quant.uniform<i4<-7:7>:f32:0
// FOUR: w: "0x10000000F7{{[0-9A-F]*}}"

// Activations have 16 symmetric bits, biases 64; hard_swish has no 16-bit kernel.
// WIDE-LABEL: func @net
// WIDE: quantx.fake_quant %arg0 {{.*}}spec <i16, symmetric, narrow>
// WIDE: spec <i8, symmetric, narrow, axis = 0>
// WIDE: spec <i64, symmetric>
// WIDE: nn.hard_swish {{.*}}quantx.float_reason = "LiteRT has no int16 kernel for it"
// A recurrent operator reads its weights dequantized, so that each row has a scale; its state stays.
// DYNAMIC-LABEL: func @recurrent
// DYNAMIC: %[[W:.*]] = nn.const {{.*}} as tensor<2x4x!quant.uniform<i8<-127:127>:f32:0, {2.500000e-01,1.250000e-01}>>
// DYNAMIC: %[[F:.*]] = nn.dequantize %[[W]]
// DYNAMIC: nn.svdf (%arg0, %[[F]],

// Rows are picked from a constant table in integers, and dequantized then; what moves computed values has nothing to store.
// DYNAMIC-LABEL: func @table
// DYNAMIC-NEXT: %[[T:.*]] = nn.const {{.*}} as tensor<2x2x!quant.uniform<i8:f32, 1.562500e-02>>
// DYNAMIC-NEXT: %[[ROWS:.*]] = nn.gather %[[T]], %arg1
// DYNAMIC-NEXT: %[[F:.*]] = nn.dequantize %[[ROWS]]
// DYNAMIC-NEXT: %[[SAME:.*]] = nn.gather %arg0, %arg1 axis 0 : (tensor<2x2xf32>, tensor<3xi32>) -> tensor<3x2xf32>
// DYNAMIC-NEXT: return %[[F]], %[[SAME]]

// A constant right side is read as it is, with a scale for each column; a left one has no kernel, and is dequantized. Nothing
// is asked of a product of two activations.
// DYNAMIC-LABEL: func @products
// DYNAMIC-DAG: %[[R:.*]] = nn.const {{.*}} as tensor<2x2x!quant.uniform<i8<-127:127>:f32:1, {2.500000e-01,1.250000e-01}>>
// DYNAMIC-DAG: %[[L:.*]] = nn.const {{.*}} as tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {2.500000e-01,1.562500e-02}>>
// DYNAMIC-DAG: nn.batch_matmul %arg0, %[[R]] {asymmetric_quantize_inputs = true}
// DYNAMIC-DAG: %[[F:.*]] = nn.dequantize %[[L]]
// DYNAMIC: nn.batch_matmul %[[F]], %arg0 {{.*}}(tensor<2x2xf32>, tensor<2x2xf32>)
// DYNAMIC: nn.batch_matmul %arg0, %arg0 {{.*}}(tensor<2x2xf32>, tensor<2x2xf32>)

// One part in 32767 of each magnitude, a plain 64-bit bias of 1 / (1/32767 * 31.75/127) = 131068, and general sums.
// FOLDED-LABEL: func @wide
// FOLDED: nn.const dense_resource<b> : tensor<2xi64>
// FOLDED: nn.fully_connected {{.*}}x!quant.uniform<i16<-32767:32767>:f32, {{[^:]*}}>>, tensor<2x4x!quant.uniform<i8<-127:127>:f32:0,
// FOLDED-SAME: tensor<2xi64>
// FOLDED: nn.add {{.*}}pot_scale_int16 = false
// FOLDED: b: "0x10000000FCFF010000000000

func.func @net(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  %w = nn.const dense<[[31.75, -4.5, 0.25, 0.0], [15.875, -1.0, 0.5, 0.125]]> : tensor<2x4xf32> {nn.tensors = [#nn.tensor<name = "w">]}
  %b = nn.const dense<[1.0, -1.0]> : tensor<2xf32>
  %0 = nn.fully_connected %x, %w, %b : (tensor<1x4xf32>, tensor<2x4xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %1 = nn.hard_swish %0 : (tensor<1x2xf32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

func.func @recurrent(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  %w = nn.const dense<[[31.75, -4.5, 0.25, 0.0], [15.875, -1.0, 0.5, 0.125]]> : tensor<2x4xf32>
  %t = nn.const dense<0.5> : tensor<2x4xf32>
  %b = nn.const dense<[0.5, -0.25]> : tensor<2xf32>
  %s = nn.variable : tensor<1x8xf32>
  %0 = nn.svdf (%x, %w, %t, %b, %s) {rank = 1 : i32, fused_activation_function = #nn<activation RELU>}
      : (tensor<1x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>, tensor<2xf32>, tensor<1x8xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// 16-bit operands are ordered by what is stored, whatever the scales; equality is computed at scale.
// WIDE-LABEL: func @compare
// WIDE-NOT: quantx.float_reason
// WIDE: nn.less {{.*}}quantx.float_reason = "LiteRT has no int16 kernel for it"
func.func @compare(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xi1>, tensor<4xi1>) {
  %0 = nn.equal %x, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
  %1 = nn.less %x, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
  return %0, %1 : tensor<4xi1>, tensor<4xi1>
}

func.func @table(%x: tensor<2x2xf32>, %i: tensor<3xi32>) -> (tensor<3x2xf32>, tensor<3x2xf32>) {
  %t = nn.const dense<[[-2.0, 1.984375], [0.5, 0.0]]> : tensor<2x2xf32>
  %0 = nn.gather %t, %i axis 0 : (tensor<2x2xf32>, tensor<3xi32>) -> tensor<3x2xf32>
  %1 = nn.gather %x, %i axis 0 : (tensor<2x2xf32>, tensor<3xi32>) -> tensor<3x2xf32>
  return %0, %1 : tensor<3x2xf32>, tensor<3x2xf32>
}

func.func @products(%x: tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>) {
  %w = nn.const dense<[[31.75, 15.875], [-1.984375, 0.5]]> : tensor<2x2xf32>
  %v = nn.const dense<[[31.75, 15.875], [-1.984375, 0.5]]> : tensor<2x2xf32>
  %0 = nn.batch_matmul %x, %w : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = nn.batch_matmul %v, %x : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %2 = nn.batch_matmul %x, %x : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  return %0, %1, %2 : tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>
}
