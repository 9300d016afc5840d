// RUN: split-file %s %t
// RUN: quant-opt %t/float.mlir --quantx-insert-fake-quant="scheme=int8" | FileCheck %s --check-prefix=INSERT
// RUN: quant-opt %t/float.mlir --quantx-insert-fake-quant="scheme=int8" --quantx-attach-statistics=statistics=%t/all.json \
// RUN:   --quantx-resolve-scales | FileCheck %s --check-prefix=RESOLVE
// RUN: quant-opt %t/float.mlir --quantx-insert-fake-quant="scheme=int8" --quantx-attach-statistics=statistics=%t/all.json \
// RUN:   --quantx-resolve-scales --quantx-fold | FileCheck %s --check-prefix=FOLD
// RUN: quant-opt %t/float.mlir --quantx-insert-fake-quant="scheme=int8" --quantx-attach-statistics=statistics=%t/partial.json \
// RUN:   --quantx-resolve-scales --quantx-fold | FileCheck %s --check-prefix=FLOAT
// RUN: quant-test-opt %t/unknown.mlir --quantx-resolve-scales --quantx-fold --verify-diagnostics | FileCheck %s --check-prefix=AGNOSTIC

// What exists inside an operator is listed on it, since no fake_quant can sit there; the state itself has no mark.
// INSERT: %[[STATE:.*]] = nn.variable : tensor<1x8xf32>
// INSERT: nn.svdf (%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[STATE]])
// INSERT-SAME: quantx.internal = [#quantx.internal<name = "y/state", spec = <i16, symmetric, narrow>>]

// The state's scale is its own, the bias's that of time weights times the state's.
// RESOLVE: quantx.fake_quant %{{.*}} spec <i16, symmetric, narrow, values = 10> as !quant.uniform<i16<-511:511>:f32, 9.7847357392311096E-4>
// RESOLVE: quantx.fake_quant %{{.*}} spec <i32, symmetric> as !quant.uniform<i32:f32, 1.194462{{.*}}>
// RESOLVE: quantx.internal = [#quantx.internal<name = "y/state", spec = <i16, symmetric, narrow>,
// RESOLVE-SAME: statistics = <min = -4.000000e+00, max = 2.000000e+00>, params = !quant.uniform<i16<-32767:32767>:f32, 1.2207403

// FOLD: %[[STATE:.*]] = nn.variable : tensor<1x8x!quant.uniform<i16<-32767:32767>:f32, 1.2207403
// FOLD: nn.svdf
// FOLD-NOT: quantx
// FOLD-SAME: -> tensor<1x2x!quant.uniform<i8:f32

// Without a range for it the operator stays float.
// FLOAT: nn.svdf
// FLOAT-NOT: quantx.internal
// FLOAT-SAME: quantx.float_reason = "no statistics for its state: the statistics have no range for it"

// An operator that the passes do not know: a scale within bounds, a bias derived from it, a tensor that shares the
// result's type, and a result that is requantized before its zero point could move.
// AGNOSTIC: %[[BIAS:.*]] = arith.constant dense<[16, 32]> : tensor<2xi32>
// AGNOSTIC: %[[Y:.*]] = test_net.memory
// AGNOSTIC-SAME: {inner = [!quant.uniform<i16:f32, 1.250000e-01>, !quant.uniform<i8:f32, 7.812500e-03:-128>]}
// AGNOSTIC-SAME: -> tensor<2x!quant.uniform<i8:f32, 7.812500e-03:-128>>
// AGNOSTIC: %[[REAL:.*]] = quant.dcast %[[Y]]
// AGNOSTIC-NEXT: quant.qcast %[[REAL]]
// AGNOSTIC: test_net.join

//--- unknown.mlir
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = -1.0, max = 0.9921875> : tensor<2xf32>
    %w = arith.constant dense<127.0> : tensor<2xf32>
    %1 = quantx.fake_quant %w spec <i8, symmetric, narrow> : tensor<2xf32>
    %b = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
    %2 = quantx.fake_quant %b spec <i32, symmetric> : tensor<2xf32>
    %3 = test_net.memory %2, %0, %1 {quantx.internal = [#quantx.internal<name = "s", spec = <i16, symmetric, pot>,
        statistics = <min = -1.0, max = 1.0>>, unit]} : (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    %4 = quantx.fake_quant %3 name "y" spec <i8> stats <min = 0.0, max = 1.9921875> : tensor<2xf32>
    // expected-remark@below {{operand 1 relies on its zero point; it is requantized}}
    %5 = test_net.join %0, %4 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    %6 = quantx.fake_quant %5 name "z" spec <i8> stats <min = -1.0, max = 1.9921875> : tensor<2xf32>
    return %6 : tensor<2xf32>
  }
}

//--- all.json
{"vernier_statistics": 1, "model": "m.tflite", "samples": 1, "tensors": {"tensor": {"min": -1, "max": 1},
 "y": {"min": 0, "max": 3}, "y/state": {"min": -4, "max": 2}}}

//--- partial.json
{"vernier_statistics": 1, "model": "m.tflite", "samples": 1, "tensors": {"tensor": {"min": -1, "max": 1}, "y": {"min": 0, "max": 3}}}

//--- float.mlir
func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %f = nn.const dense<[[1.0, 0.5], [-0.5, 0.25]]> : tensor<2x2xf32>
  %t = nn.const dense<0.5> : tensor<2x4xf32>
  %b = nn.const dense<0.25> : tensor<2xf32>
  %s = nn.variable : tensor<1x8xf32>
  %y = nn.svdf (%x, %f, %t, %b, %s) {rank = 1 : i32, fused_activation_function = #nn<activation RELU>,
      nn.tensors = [#nn.tensor<name = "y">]}
      : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2x4xf32>, tensor<2xf32>, tensor<1x8xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
