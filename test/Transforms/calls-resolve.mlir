// RUN: quant-test-opt %s --quantx-resolve-scales --split-input-file | FileCheck %s

// Ranges are chosen so that scales are powers of two: (max - min) / 255.

// A loop's operand, its result, the argument of body and condition and what the body returns are one value: from
// [-2, 0] and [0, 1.984375], 1/64. The constant it starts with takes part.
// CHECK-LABEL: func.func @main
// CHECK: quantx.fake_quant %{{.*}} spec <i8> as !quant.uniform<i8:f32, 1.562500e-02>
// CHECK: nn.while
// CHECK: name "end" {{.*}} as !quant.uniform<i8:f32, 1.562500e-02>
// CHECK-LABEL: func.func @more
// CHECK: name "@more/x" {{.*}} as !quant.uniform<i8:f32, 1.562500e-02>
// CHECK-LABEL: func.func @step
// CHECK: name "@step/x" {{.*}} as !quant.uniform<i8:f32, 1.562500e-02>
// CHECK: name "@step/y" {{.*}} as !quant.uniform<i8:f32, 1.562500e-02>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @main(%n: tensor<i32>) -> tensor<2xf32> {
    %c = nn.const dense<[-2.0, 0.0]> : tensor<2xf32>
    %0 = quantx.fake_quant %c spec <i8> : tensor<2xf32>
    %1:2 = nn.while @more do @step(%n, %0) : (tensor<i32>, tensor<2xf32>) -> (tensor<i32>, tensor<2xf32>)
    %2 = quantx.fake_quant %1#1 name "end" spec <i8> stats <min = 0.0, max = 0.5> : tensor<2xf32>
    return %2 : tensor<2xf32>
  }
  func.func @more(%n: tensor<i32>, %x: tensor<2xf32>) -> tensor<i1> {
    %0 = quantx.fake_quant %x name "@more/x" spec <i8> stats <min = 0.0, max = 0.5> : tensor<2xf32>
    %1 = nn.cast %n : (tensor<i32>) -> tensor<i1>
    return %1 : tensor<i1>
  }
  func.func @step(%n: tensor<i32>, %x: tensor<2xf32>) -> (tensor<i32>, tensor<2xf32>) {
    %0 = quantx.fake_quant %x name "@step/x" spec <i8> stats <min = 0.0, max = 0.5> : tensor<2xf32>
    %1 = test_net.scale %0 : (tensor<2xf32>) -> tensor<2xf32>
    %2 = quantx.fake_quant %1 name "@step/y" spec <i8> stats <min = 0.0, max = 1.984375> : tensor<2xf32>
    return %n, %2 : tensor<i32>, tensor<2xf32>
  }
}

// -----

// What an operator fixes is requantized where it is returned; the branch that no sample took has the call's range.
// CHECK-LABEL: func.func @main
// CHECK: name "y" {{.*}} as !quant.uniform<i8:f32, 1.562500e-02:-128>
// CHECK-LABEL: func.func @yes
// CHECK: %[[S:.*]] = quantx.fake_quant %{{.*}} name "@yes/softmax" {{.*}} as !quant.uniform<i8:f32, 3.906250e-03:-128>
// CHECK: %[[R:.*]] = quantx.fake_quant %[[S]] spec <i8> as !quant.uniform<i8:f32, 1.562500e-02:-128>
// CHECK: return %[[R]]
// CHECK-LABEL: func.func @no
// CHECK: name "@no/x" {{.*}} as !quant.uniform<i8:f32, 7.812500e-03>
// CHECK: test_net.scale {{.*}}float_reason = "no statistics for result 0
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @main(%c: tensor<i1>, %x: tensor<2xf32>) -> tensor<2xf32> {
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = -1.0, max = 0.9921875> : tensor<2xf32>
    %1 = nn.if @yes else @no(%c, %0) : (tensor<i1>, tensor<2xf32>) -> tensor<2xf32>
    %2 = quantx.fake_quant %1 name "y" spec <i8> stats <min = 0.0, max = 3.984375> : tensor<2xf32>
    return %2 : tensor<2xf32>
  }
  func.func @yes(%x: tensor<2xf32>) -> tensor<2xf32> {
    %0 = quantx.fake_quant %x name "@yes/x" spec <i8> stats <min = -1.0, max = 0.9921875> : tensor<2xf32>
    %1 = nn.softmax %0 beta 1.0 : (tensor<2xf32>) -> tensor<2xf32>
    %2 = quantx.fake_quant %1 name "@yes/softmax" spec <i8> stats <min = 0.0, max = 0.5> : tensor<2xf32>
    return %2 : tensor<2xf32>
  }
  func.func @no(%x: tensor<2xf32>) -> tensor<2xf32> {
    %0 = quantx.fake_quant %x name "@no/x" spec <i8> : tensor<2xf32>
    %1 = test_net.scale %0 : (tensor<2xf32>) -> tensor<2xf32>
    %2 = quantx.fake_quant %1 name "@no/y" spec <i8> : tensor<2xf32>
    return %2 : tensor<2xf32>
  }
}

// -----

// A value that only float operators touch stays float, and the call says so.
// CHECK-LABEL: func.func @main
// CHECK: nn.call @f(%arg0) {{.*}}quantx.float_reason = "value 'x' stays float: no operator beside it computes in integers"
// CHECK-LABEL: func.func @f
// CHECK-NEXT: test_net.opaque %arg0
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = -1.0, max = 0.9921875> : tensor<2xf32>
    %1 = nn.call @f(%0) : (tensor<2xf32>) -> tensor<2xf32>
    %2 = quantx.fake_quant %1 name "y" spec <i8> stats <min = 0.0, max = 3.984375> : tensor<2xf32>
    return %2 : tensor<2xf32>
  }
  func.func @f(%x: tensor<2xf32> {nn.tensor = #nn.tensor<name = "x">}) -> tensor<2xf32> {
    %0 = quantx.fake_quant %x name "@f/x" spec <i8> stats <min = -1.0, max = 0.9921875> : tensor<2xf32>
    %1 = test_net.opaque %0 : (tensor<2xf32>) -> tensor<2xf32>
    %2 = quantx.fake_quant %1 name "@f/y" spec <i8> stats <min = 0.0, max = 3.984375> : tensor<2xf32>
    return %2 : tensor<2xf32>
  }
}
