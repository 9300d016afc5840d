// RUN: quant-test-opt %s --quantx-insert-fake-quant --split-input-file | FileCheck %s

// One mark on the argument that a quantizable operator reads, one on its result.
// CHECK: module attributes {quantx.scheme = #quantx.scheme<int8>}
// CHECK-LABEL: @argument_and_result
// CHECK: %[[X:.*]] = quantx.fake_quant %arg0 name "x" spec <i8> :
// CHECK: %[[Y:.*]] = nn.relu %[[X]]
// CHECK: %[[Z:.*]] = quantx.fake_quant %[[Y]] name "y" spec <i8> :
// CHECK: return %[[Z]]
func.func @argument_and_result(%x: tensor<8xf32> {nn.tensor = #nn.tensor<name = "x">}) -> tensor<8xf32> {
  %y = nn.relu %x {nn.tensors = [#nn.tensor<name = "y">]} : (tensor<8xf32>) -> tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

// Weights are symmetric, narrow and per-axis on the output channels; the bias has 32 bits. Absent operands stay absent.
// CHECK-LABEL: @weights_and_bias
// CHECK-DAG: %[[W:.*]] = quantx.fake_quant %{{.*}} spec <i8, symmetric, narrow, axis = 0> : tensor<2x1x1x1xf32>
// CHECK-DAG: %[[B:.*]] = quantx.fake_quant %{{.*}} spec <i32, symmetric> : tensor<2xf32>
// CHECK-DAG: %[[NONE:.*]] = nn.no_value
// CHECK: nn.conv_2d %{{.*}}, %[[W]], %[[B]] stride
// CHECK: nn.conv_2d %{{.*}}, %{{.*}}, %[[NONE]] stride
func.func @weights_and_bias(%x: tensor<1x4x4x1xf32>) -> (tensor<1x4x4x2xf32>, tensor<1x4x4x2xf32>) {
  %w = nn.const dense<1.0> : tensor<2x1x1x1xf32>
  %b = nn.const dense<1.0> : tensor<2xf32>
  %none = nn.no_value : none
  %y = nn.conv_2d %x, %w, %b stride [1, 1] padding SAME
      : (tensor<1x4x4x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32>
  %z = nn.conv_2d %x, %w, %none stride [1, 1] padding SAME
      : (tensor<1x4x4x1xf32>, tensor<2x1x1x1xf32>, none) -> tensor<1x4x4x2xf32>
  return %y, %z : tensor<1x4x4x2xf32>, tensor<1x4x4x2xf32>
}

// -----

// An operator of another dialect answers for itself: bias first, weights per-axis on dimension 1.
// CHECK-LABEL: @other_dialect
// CHECK-DAG: %[[B:.*]] = quantx.fake_quant %{{.*}} spec <i32, symmetric> : tensor<3xf32>
// CHECK-DAG: %[[W:.*]] = quantx.fake_quant %{{.*}} spec <i8, symmetric, narrow, axis = 1> : tensor<2x3xf32>
// CHECK-DAG: %[[X:.*]] = quantx.fake_quant %arg0 name "{{.*}}" spec <i8> :
// CHECK: test_net.linear %[[B]], %[[X]], %[[W]]
func.func @other_dialect(%x: tensor<1x2xf32>) -> tensor<1x3xf32> {
  %w = arith.constant dense<1.0> : tensor<2x3xf32>
  %b = arith.constant dense<1.0> : tensor<3xf32>
  %y = test_net.linear %b, %x, %w : (tensor<3xf32>, tensor<1x2xf32>, tensor<2x3xf32>) -> tensor<1x3xf32>
  return %y : tensor<1x3xf32>
}

// -----

// Two readers of a value share its mark.
// CHECK-LABEL: @two_readers
// CHECK-COUNT-1: quantx.fake_quant %arg0
// CHECK-NOT: quantx.fake_quant %arg0
// CHECK: return
func.func @two_readers(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  %y = nn.relu %x : (tensor<8xf32>) -> tensor<8xf32>
  %z = test_net.scale %x : (tensor<8xf32>) -> tensor<8xf32>
  return %y, %z : tensor<8xf32>, tensor<8xf32>
}

// -----

// Indices are left untouched.
// CHECK-LABEL: @indices
// CHECK: %[[X:.*]] = quantx.fake_quant %arg1
// CHECK: test_net.pick %arg0, %[[X]]
func.func @indices(%i: tensor<1xi32>, %x: tensor<8xf32>) -> tensor<8xf32> {
  %y = test_net.pick %i, %x : (tensor<1xi32>, tensor<8xf32>) -> tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

// A computed filter is an activation for its producer and a weight for its reader: two marks.
// CHECK-LABEL: @consumer_wants_another_spec
// CHECK: %[[A:.*]] = quantx.fake_quant %{{.*}} name "w" spec <i8> :
// CHECK: %[[W:.*]] = quantx.fake_quant %[[A]] spec <i8, symmetric, narrow> :
// CHECK: nn.fully_connected %{{.*}}, %[[W]]
func.func @consumer_wants_another_spec(%x: tensor<1x2xf32>, %v: tensor<3x2xf32>) -> tensor<1x3xf32> {
  %w = nn.relu %v {nn.tensors = [#nn.tensor<name = "w">]} : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %y = nn.fully_connected %x, %w : (tensor<1x2xf32>, tensor<3x2xf32>) -> tensor<1x3xf32>
  return %y : tensor<1x3xf32>
}

// -----

// Why an operator stays float is written on it: no interface, an answer of its own, an option that int8 kernels lack.
// CHECK-LABEL: @reasons
// CHECK-NOT: fake_quant
// CHECK: test_net.opaque %arg0 {quantx.float_reason = "it has no int8 form"
// CHECK: test_net.refuse %{{.*}} {quantx.float_reason = "tests want it in float"
// CHECK: nn.div %{{.*}} {quantx.float_reason = "an int8 divisor that rounds to zero has no quotient"
// CHECK: nn.add %{{.*}} activation TANH {quantx.float_reason = "its int8 kernel cannot fuse TANH"
func.func @reasons(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = test_net.opaque %x : (tensor<8xf32>) -> tensor<8xf32>
  %1 = test_net.refuse %0 : (tensor<8xf32>) -> tensor<8xf32>
  %2 = nn.div %1, %1 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %3 = nn.add %2, %2 activation TANH : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %3 : tensor<8xf32>
}

// -----

// CHECK-LABEL: @bias_at_run_time
// CHECK: nn.fully_connected %{{.*}} {quantx.float_reason = "operand 2, its bias, is computed at run time"
func.func @bias_at_run_time(%x: tensor<1x2xf32>, %b: tensor<3xf32>) -> tensor<1x3xf32> {
  %w = nn.const dense<1.0> : tensor<3x2xf32>
  %y = nn.fully_connected %x, %w, %b : (tensor<1x2xf32>, tensor<3x2xf32>, tensor<3xf32>) -> tensor<1x3xf32>
  return %y : tensor<1x3xf32>
}

// -----

// CHECK-LABEL: @not_float32
// CHECK: nn.relu %{{.*}} {quantx.float_reason = "operand 0 has type tensor<8xf64>, not a ranked tensor of f32"
func.func @not_float32(%x: tensor<8xf64>) -> tensor<8xf64> {
  %y = nn.relu %x : (tensor<8xf64>) -> tensor<8xf64>
  return %y : tensor<8xf64>
}

// -----

// Integers are no business of this pass.
// CHECK-LABEL: @integers
// CHECK-NEXT: nn.add %arg0, %arg0 :
func.func @integers(%x: tensor<8xi32>) -> tensor<8xi32> {
  %y = nn.add %x, %x : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  return %y : tensor<8xi32>
}

// -----

// A name that occurs twice is numbered: statistics files find each value.
// CHECK-LABEL: @equal_names
// CHECK-DAG: name "t" spec
// CHECK-DAG: name "t#2" spec
func.func @equal_names(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = nn.relu %x {nn.tensors = [#nn.tensor<name = "t">]} : (tensor<8xf32>) -> tensor<8xf32>
  %1 = nn.relu %0 {nn.tensors = [#nn.tensor<name = "t">]} : (tensor<8xf32>) -> tensor<8xf32>
  return %1 : tensor<8xf32>
}

// -----

// What compares is quantized, the booleans are not; a selection shares its parameters, its condition has none.
// CHECK-LABEL: @comparison_and_selection
// CHECK-DAG: %[[X:.*]] = quantx.fake_quant %arg0
// CHECK-DAG: %[[Y:.*]] = quantx.fake_quant %arg1
// CHECK: %[[C:.*]] = nn.less %[[X]], %[[Y]]
// CHECK-NEXT: %[[Z:.*]] = nn.select_v2 %[[C]], %[[X]], %[[Y]]
// CHECK-NEXT: quantx.fake_quant %[[Z]]
func.func @comparison_and_selection(%x: tensor<8xf32>, %y: tensor<8xf32>) -> tensor<8xf32> {
  %c = nn.less %x, %y : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xi1>
  %z = nn.select_v2 %c, %x, %y : (tensor<8xi1>, tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %z : tensor<8xf32>
}

// -----

// The second result of an operator can be an index.
// CHECK-LABEL: @values_and_indices
// CHECK: %[[V:.*]], %[[I:.*]] = nn.topk_v2
// CHECK-NEXT: %[[Q:.*]] = quantx.fake_quant %[[V]]
// CHECK-NEXT: return %[[Q]], %[[I]]
func.func @values_and_indices(%x: tensor<8xf32>, %k: tensor<i32>) -> (tensor<2xf32>, tensor<2xi32>) {
  %v, %i = nn.topk_v2 %x, %k : (tensor<8xf32>, tensor<i32>) -> (tensor<2xf32>, tensor<2xi32>)
  return %v, %i : tensor<2xf32>, tensor<2xi32>
}

// -----

// CHECK-LABEL: @no_faithful_kernel
// CHECK: nn.scatter_nd {{.*}} {quantx.float_reason = "its int8 kernel fills with stored zeros and adds stored values"
func.func @no_faithful_kernel(%i: tensor<3x1xi32>, %u: tensor<3xf32>, %s: tensor<1xi32>) -> tensor<8xf32> {
  %y = nn.scatter_nd %i, %u, %s : (tensor<3x1xi32>, tensor<3xf32>, tensor<1xi32>) -> tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

// A range that was trained is known before calibration.
// CHECK-LABEL: @trained_range
// CHECK: quantx.fake_quant %arg0 name "x" spec <i8> stats <min = -1.000000e+00, max = 2.000000e+00>
// CHECK: quantx.fake_quant %{{.*}} name "y" spec <i8> stats <min = 0.000000e+00, max = 2.500000e+00>
func.func @trained_range(%x: tensor<4xf32> {nn.tensor = #nn.tensor<name = "x">, quantx.trained_range = array<f64: -1.0, 2.0>}) -> tensor<4xf32> {
  %0 = nn.abs %x {nn.tensors = [#nn.tensor<name = "y">], quantx.trained_range = array<f64: 0.0, 2.5>} : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
