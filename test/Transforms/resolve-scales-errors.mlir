// RUN: quant-test-opt %s --quantx-resolve-scales --split-input-file --verify-diagnostics | FileCheck %s

// One operand is fixed and the other is free: the fixed one is requantized, and both ends are named.
// CHECK-LABEL: @fixed_against_free
// CHECK: %[[FREE:.*]] = quantx.fake_quant %arg0 name "x" {{.*}} as !quant.uniform<i8:f32, 7.812500e-03:-128>
// CHECK: %[[GATE:.*]] = quantx.fake_quant %{{.*}} name "gate" {{.*}} as !quant.uniform<i8:f32, 1.562500e-02:10>
// CHECK: %[[AGAIN:.*]] = quantx.fake_quant %[[GATE]] spec <i8>
// CHECK: test_net.join %[[FREE]], %[[AGAIN]]
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @fixed_against_free(%x: tensor<8xf32>) -> tensor<8xf32> {
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = 0.0, max = 1.9921875> : tensor<8xf32>
    // expected-note@below {{fixed here by 'test_net.gate'}}
    %1 = test_net.gate %0 : (tensor<8xf32>) -> tensor<8xf32>
    %2 = quantx.fake_quant %1 name "gate" spec <i8> stats <min = 0.0, max = 0.5> : tensor<8xf32>
    // expected-remark@below {{needs one scale for its operands, but operand 1 is fixed at 1.562500e-02; it is requantized}}
    %3 = test_net.join %0, %2 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    %4 = quantx.fake_quant %3 name "y" spec <i8> stats <min = 0.0, max = 1.0> : tensor<8xf32>
    return %4 : tensor<8xf32>
  }
}

// -----

// Fixed twice, differently: both are requantized to what the result needs.
// CHECK-LABEL: @fixed_differently
// CHECK: nn.concatenation %[[A:.*]], %[[B:.*]] axis 0
// CHECK: name "both" {{.*}} as !quant.uniform<i8:f32, 7.812500e-03>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @fixed_differently(%x: tensor<8xf32>) -> tensor<16xf32> {
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = 0.0, max = 1.0> : tensor<8xf32>
    // expected-note@below {{fixed here by 'nn.softmax' (tensor 'probabilities')}}
    %1 = nn.softmax %0 beta 1.0 {nn.tensors = [#nn.tensor<name = "probabilities">]} : (tensor<8xf32>) -> tensor<8xf32>
    %2 = quantx.fake_quant %1 name "probabilities" spec <i8> stats <min = 0.0, max = 0.9> : tensor<8xf32>
    // expected-note@below {{fixed here by 'nn.tanh'}}
    %3 = nn.tanh %0 : (tensor<8xf32>) -> tensor<8xf32>
    %4 = quantx.fake_quant %3 name "tanh" spec <i8> stats <min = -1.0, max = 0.9> : tensor<8xf32>
    // expected-remark@below {{operand 0 is fixed at 3.906250e-03; it is requantized}}
    // expected-remark@below {{operand 1 is fixed at 7.812500e-03; it is requantized}}
    %5 = nn.concatenation %2, %4 axis 0 : (tensor<8xf32>, tensor<8xf32>) -> tensor<16xf32>
    %6 = quantx.fake_quant %5 name "both" spec <i8> stats <min = -1.0, max = 0.9921875> : tensor<16xf32>
    return %6 : tensor<16xf32>
  }
}

// -----

// expected-error@below {{has no 'quantx.scheme'; run quantx-insert-fake-quant first}}
module {
  func.func @not_marked(%x: tensor<8xf32>) -> tensor<8xf32> {
    return %x : tensor<8xf32>
  }
}
