// RUN: quant-test-opt %s --quantx-insert-fake-quant --split-input-file | FileCheck %s

// What passes through a loop is marked where it is given and where it arrives, under its function's name; integers are
// not, nor is the condition.
// CHECK-LABEL: func.func @main
// CHECK: %[[START:.*]] = quantx.fake_quant %arg1 name "x" spec <i8>
// CHECK: %[[LOOP:.*]]:2 = nn.while @more do @step(%arg0, %[[START]])
// CHECK: %[[END:.*]] = quantx.fake_quant %[[LOOP]]#1 name "y" spec <i8>
// CHECK: return %[[END]]
func.func @main(%n: tensor<i32>, %x: tensor<2xf32> {nn.tensor = #nn.tensor<name = "x">}) -> tensor<2xf32> {
  %0:2 = nn.while @more do @step(%n, %x) {nn.tensors = [#nn.tensor<name = "n">, #nn.tensor<name = "y">]}
      : (tensor<i32>, tensor<2xf32>) -> (tensor<i32>, tensor<2xf32>)
  return %0#1 : tensor<2xf32>
}
// CHECK-LABEL: func.func @more
// CHECK: quantx.fake_quant %arg1 name "@more/tensor" spec <i8>
func.func @more(%n: tensor<i32>, %x: tensor<2xf32>) -> tensor<i1> {
  %0 = nn.cast %n : (tensor<i32>) -> tensor<i1>
  return %0 : tensor<i1>
}
// CHECK-LABEL: func.func @step
// CHECK: %[[X:.*]] = quantx.fake_quant %arg1 name "@step/x" spec <i8>
// CHECK: %[[R:.*]] = nn.relu %[[X]]
// CHECK: %[[Q:.*]] = quantx.fake_quant %[[R]] name "@step/relu" spec <i8>
// CHECK: return %arg0, %[[Q]]
func.func @step(%n: tensor<i32>, %x: tensor<2xf32> {nn.tensor = #nn.tensor<name = "x">}) -> (tensor<i32>, tensor<2xf32>) {
  %0 = nn.relu %x {nn.tensors = [#nn.tensor<name = "relu">]} : (tensor<2xf32>) -> tensor<2xf32>
  return %n, %0 : tensor<i32>, tensor<2xf32>
}

// -----

// A function that a model's users may call themselves keeps float values.
// CHECK-LABEL: func.func @main
// CHECK: nn.call @entry(%arg0)
// CHECK-NOT: quantx.fake_quant
// CHECK-LABEL: func.func @entry
// CHECK-NEXT: return %arg0
module attributes {nn.signatures = [{key = "k", function = @entry, inputs = [], outputs = []}]} {
  func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
    %0 = nn.call @entry(%x) : (tensor<2xf32>) -> tensor<2xf32>
    return %0 : tensor<2xf32>
  }
  func.func @entry(%x: tensor<2xf32>) -> tensor<2xf32> {
    return %x : tensor<2xf32>
  }
}

// -----

// Whether the loop goes on depends on its counter, which is a float: what computes it, round by round, stays float. What
// else goes round is marked.
// CHECK-LABEL: func.func @main
// CHECK: %[[X:.*]] = quantx.fake_quant %arg0 name "tensor" spec <i8>
// CHECK: nn.while @more do @step(%{{.*}}, %[[X]])
// CHECK-LABEL: func.func @more
// CHECK: nn.less %arg0, %{{.*}} {quantx.float_reason = "whether a loop goes on depends on it, and integers that saturate might never end it"
// CHECK-LABEL: func.func @step
// CHECK: %[[Y:.*]] = quantx.fake_quant %arg1
// CHECK: nn.add %arg0, %{{.*}}quantx.float_reason = "whether a loop goes on
// CHECK: nn.relu %[[Y]]
func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  %zero = nn.const dense<0.0> : tensor<f32>
  %0:2 = nn.while @more do @step(%zero, %x) : (tensor<f32>, tensor<2xf32>) -> (tensor<f32>, tensor<2xf32>)
  return %0#1 : tensor<2xf32>
}
func.func @more(%n: tensor<f32>, %x: tensor<2xf32>) -> tensor<i1> {
  %end = nn.const dense<100.0> : tensor<f32>
  %0 = nn.less %n, %end : (tensor<f32>, tensor<f32>) -> tensor<i1>
  return %0 : tensor<i1>
}
func.func @step(%n: tensor<f32>, %x: tensor<2xf32>) -> (tensor<f32>, tensor<2xf32>) {
  %one = nn.const dense<1.0> : tensor<f32>
  %0 = nn.add %n, %one : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %1 = nn.relu %x : (tensor<2xf32>) -> tensor<2xf32>
  return %0, %1 : tensor<f32>, tensor<2xf32>
}
