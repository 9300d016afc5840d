// RUN: quant-test-opt %s --quantx-fold --split-input-file | FileCheck %s

// Casts stand at the function's border only; attributes survive.
// CHECK-LABEL: @border
// CHECK-NEXT: %[[X:.*]] = nn.quantize %arg0 : (tensor<8xf32>) -> tensor<8x!quant.uniform<i8:f32, 5.000000e-01>>
// CHECK-NEXT: %[[Y:.*]] = nn.relu %[[X]] {nn.tensors = [#nn.tensor<name = "y", index = 3>]}
// CHECK-SAME: (tensor<8x!quant.uniform<i8:f32, 5.000000e-01>>) -> tensor<8x!quant.uniform<i8:f32, 2.500000e-01:-128>>
// CHECK-NEXT: %[[Z:.*]] = nn.relu %[[Y]] :
// CHECK-SAME: -> tensor<8x!quant.uniform<i8:f32, 1.250000e-01:-128>>
// CHECK-NEXT: %[[R:.*]] = nn.dequantize %[[Z]]
// CHECK-NEXT: return %[[R]] : tensor<8xf32>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @border(%x: tensor<8xf32>) -> tensor<8xf32> {
    %0 = quantx.fake_quant %x spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<8xf32>
    %1 = nn.relu %0 {nn.tensors = [#nn.tensor<name = "y", index = 3>]} : (tensor<8xf32>) -> tensor<8xf32>
    %2 = quantx.fake_quant %1 spec <i8> as !quant.uniform<i8:f32, 0.25:-128> : tensor<8xf32>
    %3 = nn.relu %2 : (tensor<8xf32>) -> tensor<8xf32>
    %4 = quantx.fake_quant %3 spec <i8> as !quant.uniform<i8:f32, 0.125:-128> : tensor<8xf32>
    return %4 : tensor<8xf32>
  }
}

// -----

// Constants become integers under their names: [1, -3] / 0.25 + 0; the bias is a plain i32, [1, -1] / 0.125.
// CHECK-LABEL: @constants
// CHECK-DAG: nn.const dense_resource<w> : tensor<2x1xi8> as tensor<2x1x!quant.uniform<i8<-127:127>:f32, 2.500000e-01>> {nn.tensors = [#nn.tensor<name = "w">]}
// CHECK-DAG: nn.const dense_resource<b> : tensor<2xi32> {nn.tensors = [#nn.tensor<name = "b">]}
// CHECK: nn.fully_connected
// CHECK-DAG: w: "0x1000000004F4"
// CHECK-DAG: b: "0x1000000008000000F8FFFFFF"
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @constants(%x: tensor<1x1xf32>) -> tensor<1x2xf32> {
    %w = nn.const dense<[[1.0], [-3.0]]> : tensor<2x1xf32> {nn.tensors = [#nn.tensor<name = "w">]}
    %b = nn.const dense<[1.0, -1.0]> : tensor<2xf32> {nn.tensors = [#nn.tensor<name = "b">]}
    %0 = quantx.fake_quant %x spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<1x1xf32>
    %1 = quantx.fake_quant %w spec <i8, symmetric, narrow> as !quant.uniform<i8<-127:127>:f32, 0.25> : tensor<2x1xf32>
    %2 = quantx.fake_quant %b spec <i32, symmetric> as !quant.uniform<i32:f32, 0.125> : tensor<2xf32>
    %3 = nn.fully_connected %0, %1, %2 : (tensor<1x1xf32>, tensor<2x1xf32>, tensor<2xf32>) -> tensor<1x2xf32>
    %4 = quantx.fake_quant %3 spec <i8> as !quant.uniform<i8:f32, 1.0> : tensor<1x2xf32>
    return %4 : tensor<1x2xf32>
  }
}

// -----

// A constant that float operators read as well keeps its float form for them.
// CHECK-LABEL: @constant_of_both_kinds
// CHECK-DAG: %[[F:.*]] = nn.const dense<1.000000e+00> : tensor<8xf32>
// CHECK-DAG: %[[Q:.*]] = nn.const {{.*}} as tensor<8x!quant.uniform<i8:f32, 5.000000e-01>>
// CHECK: nn.add %{{.*}}, %[[Q]]
// CHECK: test_net.opaque %[[F]]
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @constant_of_both_kinds(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
    %c = nn.const dense<1.0> : tensor<8xf32>
    %0 = quantx.fake_quant %x spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<8xf32>
    %1 = quantx.fake_quant %c spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<8xf32>
    %2 = nn.add %0, %1 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    %3 = quantx.fake_quant %2 spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<8xf32>
    %4 = test_net.opaque %c : (tensor<8xf32>) -> tensor<8xf32>
    return %3, %4 : tensor<8xf32>, tensor<8xf32>
  }
}

// -----

// Another dialect gets upstream's spelling, and its operator is told that it is quantized.
// CHECK-LABEL: @other_dialect
// CHECK-DAG: %[[X:.*]] = quant.qcast %arg0 : tensor<1x2xf32> to tensor<1x2x!quant.uniform<i8:f32, 5.000000e-01>>
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}4, 8], [-4, -8]]> : tensor<2x2xi8>
// CHECK-DAG: %[[WQ:.*]] = quant.scast %[[W]] : tensor<2x2xi8> to tensor<2x2x!quant.uniform<i8<-127:127>:f32:1, {2.500000e-01,5.000000e-01}>>
// CHECK: test_net.linear %{{.*}}, %[[X]], %[[WQ]] {finalized}
// CHECK: quant.dcast
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @other_dialect(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
    %w = arith.constant dense<[[1.0, 4.0], [-1.0, -4.0]]> : tensor<2x2xf32>
    %b = arith.constant dense<[1.0, -1.0]> : tensor<2xf32>
    %0 = quantx.fake_quant %x spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<1x2xf32>
    %1 = quantx.fake_quant %w spec <i8, symmetric, narrow, axis = 1> as !quant.uniform<i8<-127:127>:f32:1, {0.25, 0.5}> : tensor<2x2xf32>
    %2 = quantx.fake_quant %b spec <i32, symmetric, axis = 0> as !quant.uniform<i32:f32:0, {0.125, 0.25}> : tensor<2xf32>
    %3 = test_net.linear %2, %0, %1 : (tensor<2xf32>, tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
    %4 = quantx.fake_quant %3 spec <i8> as !quant.uniform<i8:f32, 1.0> : tensor<1x2xf32>
    return %4 : tensor<1x2xf32>
  }
}

// -----

// A float operator in the middle reads floats; indices stay as they are.
// CHECK-LABEL: @float_in_the_middle
// CHECK: %[[Q:.*]] = test_net.pick %arg1, %{{.*}} : (tensor<1xi32>, tensor<8x!quant.uniform<i8:f32, 5.000000e-01>>) -> tensor<8x!quant.uniform<i8:f32, 5.000000e-01>>
// CHECK: %[[F:.*]] = quant.dcast %[[Q]]
// CHECK: test_net.opaque %[[F]]
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @float_in_the_middle(%x: tensor<8xf32>, %i: tensor<1xi32>) -> tensor<8xf32> {
    %0 = quantx.fake_quant %x spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<8xf32>
    %1 = test_net.pick %i, %0 : (tensor<1xi32>, tensor<8xf32>) -> tensor<8xf32>
    %2 = quantx.fake_quant %1 spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<8xf32>
    %3 = test_net.opaque %2 : (tensor<8xf32>) -> tensor<8xf32>
    return %3 : tensor<8xf32>
  }
}

// -----

// An operand with other parameters than its producer gives is requantized.
// CHECK-LABEL: @requantized
// CHECK: %[[A:.*]] = nn.logistic
// CHECK: %[[B:.*]] = nn.quantize %[[A]] : (tensor<8x!quant.uniform<i8:f32, 3.906250e-03:-128>>) -> tensor<8x!quant.uniform<i8:f32, 5.000000e-01>>
// CHECK: nn.concatenation %[[B]], %{{.*}} axis 0
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @requantized(%x: tensor<8xf32>) -> tensor<16xf32> {
    %0 = quantx.fake_quant %x spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<8xf32>
    %1 = nn.logistic %0 : (tensor<8xf32>) -> tensor<8xf32>
    %2 = quantx.fake_quant %1 spec <i8> as !quant.uniform<i8:f32, 0.00390625:-128> : tensor<8xf32>
    %3 = quantx.fake_quant %2 spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<8xf32>
    %4 = nn.concatenation %3, %0 axis 0 : (tensor<8xf32>, tensor<8xf32>) -> tensor<16xf32>
    %5 = quantx.fake_quant %4 spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<16xf32>
    return %5 : tensor<16xf32>
  }
}

// -----

// A mark of the same parameters is no requantization.
// CHECK-LABEL: @same_parameters
// CHECK: %[[Y:.*]] = nn.relu
// CHECK-NEXT: nn.relu %[[Y]]
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @same_parameters(%x: tensor<8xf32>) -> tensor<8xf32> {
    %0 = quantx.fake_quant %x spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<8xf32>
    %1 = nn.relu %0 : (tensor<8xf32>) -> tensor<8xf32>
    %2 = quantx.fake_quant %1 spec <i8> as !quant.uniform<i8:f32, 0.25:-128> : tensor<8xf32>
    %3 = quantx.fake_quant %2 spec <i8> as !quant.uniform<i8:f32, 0.25:-128> : tensor<8xf32>
    %4 = nn.relu %3 : (tensor<8xf32>) -> tensor<8xf32>
    %5 = quantx.fake_quant %4 spec <i8> as !quant.uniform<i8:f32, 0.125:-128> : tensor<8xf32>
    return %5 : tensor<8xf32>
  }
}

// -----

// An operator with a reason keeps its float form and the reason.
// CHECK-LABEL: @keeps_reason
// CHECK: test_net.refuse %arg0 {quantx.float_reason = "tests want it in float"} : (tensor<8xf32>) -> tensor<8xf32>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @keeps_reason(%x: tensor<8xf32>) -> tensor<8xf32> {
    %0 = test_net.refuse %x {quantx.float_reason = "tests want it in float"} : (tensor<8xf32>) -> tensor<8xf32>
    return %0 : tensor<8xf32>
  }
}

// -----

// What lies far outside saturates, on the side where it lies: "minus infinity" pads with the lowest value.
// CHECK-LABEL: @far_outside
// CHECK: far: "0x10000000807F"
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @far_outside(%x: tensor<2xf32>) -> tensor<2xf32> {
    %c = nn.const dense<[-3.4e38, 3.4e38]> : tensor<2xf32> {nn.tensors = [#nn.tensor<name = "far">]}
    %0 = quantx.fake_quant %x spec <i8> as !quant.uniform<i8:f32, 0.03125:-128> : tensor<2xf32>
    %1 = quantx.fake_quant %c spec <i8> as !quant.uniform<i8:f32, 0.03125:-128> : tensor<2xf32>
    %2 = nn.maximum %0, %1 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    %3 = quantx.fake_quant %2 spec <i8> as !quant.uniform<i8:f32, 0.03125:-128> : tensor<2xf32>
    return %3 : tensor<2xf32>
  }
}

// -----

// A quantized form of two operators: readers take what the second computes.
// CHECK-LABEL: @two_operators
// CHECK: %[[W:.*]] = test_net.two_step %{{.*}} : (tensor<8x!quant.uniform<i8:f32, 5.000000e-01>>) -> tensor<8xi32>
// CHECK-NEXT: %[[N:.*]] = test_net.opaque %[[W]] : (tensor<8xi32>) -> tensor<8x!quant.uniform<i8:f32, 2.500000e-01>>
// CHECK-NEXT: test_net.scale %[[N]]
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @two_operators(%x: tensor<8xf32>) -> tensor<8xf32> {
    %0 = quantx.fake_quant %x spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<8xf32>
    %1 = test_net.two_step %0 : (tensor<8xf32>) -> tensor<8xf32>
    %2 = quantx.fake_quant %1 spec <i8> as !quant.uniform<i8:f32, 0.25> : tensor<8xf32>
    %3 = test_net.scale %2 : (tensor<8xf32>) -> tensor<8xf32>
    %4 = quantx.fake_quant %3 spec <i8> as !quant.uniform<i8:f32, 1.0> : tensor<8xf32>
    return %4 : tensor<8xf32>
  }
}
