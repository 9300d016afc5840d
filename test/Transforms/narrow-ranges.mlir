// RUN: quant-opt %s --quantx-narrow-ranges --split-input-file | FileCheck %s

// Scores of at least -4 with a mask whose every row has a place that it does not hide: nothing below -4 - ln(4 * 1024) shows
// in eight bits of a row of four. Of the mask counts what brings a score of 4 there.
// CHECK-LABEL: @added
// CHECK: name "scores" spec <i8> stats <min = -4.000000e+00, max = 4.000000e+00>
// CHECK: quantx.fake_quant %{{.*}} spec <i8> stats <min = -16.31{{[0-9]+}}, max = 0.000000e+00>
// CHECK: name "hidden" spec <i8> stats <min = -12.31{{[0-9]+}}, max = 4.000000e+00>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @added(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
    %m = nn.const dense<[[0.0, -1.0e9, -1.0e9, -1.0e9], [0.0, 0.0, -1.0e9, -1.0e9]]> : tensor<2x4xf32>
    %0 = quantx.fake_quant %x name "scores" spec <i8> stats <min = -4.0, max = 4.0> : tensor<2x4xf32>
    %1 = quantx.fake_quant %m spec <i8> : tensor<2x4xf32>
    %2 = nn.add %0, %1 : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
    %3 = quantx.fake_quant %2 name "hidden" spec <i8> stats <min = -1.0e9, max = 4.0> : tensor<2x4xf32>
    %4 = nn.softmax %3 beta 1.0 : (tensor<2x4xf32>) -> tensor<2x4xf32>
    %5 = quantx.fake_quant %4 name "weights" spec <i8> : tensor<2x4xf32>
    return %5 : tensor<2x4xf32>
  }
}

// -----

// A row that the bias lowers as a whole has its largest value down there: what counts begins below it.
// CHECK-LABEL: @bias
// CHECK: name "sum" spec <i8> stats <min = -2.000000e+01, max = 4.000000e+00>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @bias(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
    %b = nn.const dense<[[0.0, 0.0, 0.0, 0.0], [-16.0, -16.0, -16.0, -16.0]]> : tensor<2x4xf32>
    %0 = quantx.fake_quant %x name "scores" spec <i8> stats <min = -4.0, max = 4.0> : tensor<2x4xf32>
    %1 = quantx.fake_quant %b spec <i8> : tensor<2x4xf32>
    %2 = nn.add %0, %1 : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
    %3 = quantx.fake_quant %2 name "sum" spec <i8> stats <min = -20.0, max = 4.0> : tensor<2x4xf32>
    %4 = nn.softmax %3 beta 1.0 : (tensor<2x4xf32>) -> tensor<2x4xf32>
    %5 = quantx.fake_quant %4 name "weights" spec <i8> : tensor<2x4xf32>
    return %5 : tensor<2x4xf32>
  }
}

// -----

// Somebody else who reads the sum wants all of it; and what was trained stays.
// CHECK-LABEL: @read_twice
// CHECK: name "hidden" spec <i8> stats <min = -1.000000e+09, max = 4.000000e+00>
// CHECK: name "trained" spec <i8> stats <min = -1.000000e+09, max = 4.000000e+00>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @read_twice(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
    %m = nn.const dense<[0.0, -1.0e9, -1.0e9, -1.0e9]> : tensor<4xf32>
    %0 = quantx.fake_quant %x name "scores" spec <i8> stats <min = -4.0, max = 4.0> : tensor<4xf32>
    %1 = quantx.fake_quant %m spec <i8> : tensor<4xf32>
    %2 = nn.add %0, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %3 = quantx.fake_quant %2 name "hidden" spec <i8> stats <min = -1.0e9, max = 4.0> : tensor<4xf32>
    %4 = nn.softmax %3 beta 1.0 : (tensor<4xf32>) -> tensor<4xf32>
    %5 = nn.add %0, %1 {quantx.trained_range = array<f64: -1.0e9, 4.0>} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %6 = quantx.fake_quant %5 name "trained" spec <i8> stats <min = -1.0e9, max = 4.0> : tensor<4xf32>
    %7 = nn.softmax %6 beta 1.0 : (tensor<4xf32>) -> tensor<4xf32>
    return %3, %4, %7 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  }
}

// -----

// What takes the place of a score counts as far as the scores do, and (1 - mask) * -1e9 as far as the smallest step of the
// mask does not reach: 255 times the end of the result, which may hide four.
// CHECK-LABEL: @chosen
// CHECK: quantx.fake_quant %{{.*}} spec <i8> stats <min = -12.31{{[0-9]+}}, max = -12.31{{[0-9]+}}>
// CHECK: name "chosen" spec <i8> stats <min = -12.31{{[0-9]+}}, max = 4.000000e+00>
// CHECK-LABEL: @computed
// CHECK: quantx.fake_quant %{{.*}} spec <i8> stats <min = -416{{[0-9.]+}}, max = -416{{[0-9.]+}}>
// CHECK: name "mask" spec <i8> stats <min = -16.31{{[0-9]+}}, max = 0.000000e+00>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @chosen(%c: tensor<4xi1>, %x: tensor<4xf32>) -> tensor<4xf32> {
    %m = nn.const dense<-2.0e38> : tensor<f32>
    %0 = quantx.fake_quant %x name "scores" spec <i8> stats <min = -4.0, max = 4.0> : tensor<4xf32>
    %1 = quantx.fake_quant %m spec <i8> : tensor<f32>
    %2 = nn.select_v2 %c, %0, %1 : (tensor<4xi1>, tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
    %3 = quantx.fake_quant %2 name "chosen" spec <i8> stats <min = -2.0e38, max = 4.0> : tensor<4xf32>
    %4 = nn.softmax %3 beta 1.0 : (tensor<4xf32>) -> tensor<4xf32>
    return %4 : tensor<4xf32>
  }
  func.func @computed(%x: tensor<4xf32>, %hide: tensor<4xf32>) -> tensor<4xf32> {
    %m = nn.const dense<-1.0e9> : tensor<f32>
    %0 = quantx.fake_quant %x name "scores2" spec <i8> stats <min = -4.0, max = 4.0> : tensor<4xf32>
    %1 = quantx.fake_quant %hide name "hide" spec <i8> stats <min = 0.0, max = 1.0> : tensor<4xf32>
    %2 = quantx.fake_quant %m spec <i8> : tensor<f32>
    %3 = nn.mul %1, %2 : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
    %4 = quantx.fake_quant %3 name "mask" spec <i8> stats <min = -1.0e9, max = 0.0> : tensor<4xf32>
    %5 = nn.add %0, %4 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %6 = quantx.fake_quant %5 name "sum" spec <i8> stats <min = -1.0e9, max = 4.0> : tensor<4xf32>
    %7 = nn.softmax %6 beta 1.0 : (tensor<4xf32>) -> tensor<4xf32>
    return %7 : tensor<4xf32>
  }
}

// -----

// Taken away is the same: of (1 - mask) * 1e9 counts what brings a score of 4 below where a softmax sees.
// CHECK-LABEL: @taken_away
// CHECK: name "hide" spec <i8> stats <min = 0.000000e+00, max = 1.000000e+00>
// CHECK: quantx.fake_quant %{{.*}} spec <i8> stats <min = 416{{[0-9.]+}}, max = 416
// CHECK: name "mask" spec <i8> stats <min = 0.000000e+00, max = 16.31{{[0-9]+}}>
// CHECK: name "hidden" spec <i8> stats <min = -12.31{{[0-9]+}}, max = 4.000000e+00>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @taken_away(%x: tensor<4xf32>, %hide: tensor<4xf32>) -> tensor<4xf32> {
    %c = nn.const dense<1.0e9> : tensor<f32>
    %0 = quantx.fake_quant %x name "scores" spec <i8> stats <min = -4.0, max = 4.0> : tensor<4xf32>
    %1 = quantx.fake_quant %hide name "hide" spec <i8> stats <min = 0.0, max = 1.0> : tensor<4xf32>
    %2 = quantx.fake_quant %c spec <i8> : tensor<f32>
    %3 = nn.mul %1, %2 : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
    %4 = quantx.fake_quant %3 name "mask" spec <i8> stats <min = 0.0, max = 1.0e9> : tensor<4xf32>
    %5 = nn.sub %0, %4 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %6 = quantx.fake_quant %5 name "hidden" spec <i8> stats <min = -1.0e9, max = 4.0> : tensor<4xf32>
    %7 = nn.softmax %6 beta 1.0 : (tensor<4xf32>) -> tensor<4xf32>
    %8 = quantx.fake_quant %7 name "weights" spec <i8> : tensor<4xf32>
    return %8 : tensor<4xf32>
  }
}

// -----

// A log_softmax of 8 bits ends at -16; of 16 bits there is none, and the float one sees all.
// CHECK-LABEL: @logarithm
// CHECK: name "sum" spec <i8> stats <min = -2.000000e+01, max = 4.000000e+00>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @logarithm(%x: tensor<4xf32>, %mask: tensor<4xf32>) -> tensor<4xf32> {
    %0 = quantx.fake_quant %x name "scores" spec <i8> stats <min = -4.0, max = 4.0> : tensor<4xf32>
    %1 = quantx.fake_quant %mask name "mask" spec <i8> stats <min = -1.0e9, max = 0.0> : tensor<4xf32>
    %2 = nn.add %0, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %3 = quantx.fake_quant %2 name "sum" spec <i8> stats <min = -1.0e9, max = 4.0> : tensor<4xf32>
    %4 = nn.log_softmax %3 : (tensor<4xf32>) -> tensor<4xf32>
    %5 = quantx.fake_quant %4 name "result" spec <i8> : tensor<4xf32>
    return %5 : tensor<4xf32>
  }
}
