// RUN: quant-test-opt %s --quantx-resolve-scales --split-input-file | FileCheck %s

// Ranges are chosen so that scales are powers of two: (max - min) / 255.

// Free parameters come from the range: 1.9921875 / 255 = 1/128.
// CHECK-LABEL: @own_from_statistics
// CHECK: name "x" {{.*}} as !quant.uniform<i8:f32, 7.812500e-03>
// CHECK: name "y" {{.*}} as !quant.uniform<i8:f32, 7.812500e-03:-128>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @own_from_statistics(%x: tensor<8xf32>) -> tensor<8xf32> {
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = -1.0, max = 0.9921875> : tensor<8xf32>
    %1 = test_net.scale %0 : (tensor<8xf32>) -> tensor<8xf32>
    %2 = quantx.fake_quant %1 name "y" spec <i8> stats <min = 0.0, max = 1.9921875> : tensor<8xf32>
    return %2 : tensor<8xf32>
  }
}

// -----

// Zero is always exact, so a range of [1, 1.9921875] starts at 0.
// CHECK-LABEL: @range_contains_zero
// CHECK: name "x" {{.*}} as !quant.uniform<i8:f32, 7.812500e-03:-128>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @range_contains_zero(%x: tensor<8xf32>) -> tensor<8xf32> {
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = 1.0, max = 1.9921875> : tensor<8xf32>
    %1 = test_net.scale %0 : (tensor<8xf32>) -> tensor<8xf32>
    %2 = quantx.fake_quant %1 name "y" spec <i8> stats <min = 0.0, max = 1.9921875> : tensor<8xf32>
    return %2 : tensor<8xf32>
  }
}

// -----

// What shares has one set of parameters: [0, 1.984375] and [-2, 0] make (1.984375 + 2) / 255 = 1/64.
// CHECK-LABEL: @shared
// CHECK: name "a" {{.*}} as !quant.uniform<i8:f32, 1.562500e-02>
// CHECK: name "b" {{.*}} as !quant.uniform<i8:f32, 1.562500e-02>
// CHECK: name "joined" {{.*}} as !quant.uniform<i8:f32, 1.562500e-02>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @shared(%a: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<8xf32> {
    %0 = quantx.fake_quant %a name "a" spec <i8> stats <min = 0.0, max = 1.984375> : tensor<8xf32>
    %1 = quantx.fake_quant %b name "b" spec <i8> stats <min = -2.0, max = 0.0> : tensor<8xf32>
    %2 = test_net.join %0, %1 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    %3 = quantx.fake_quant %2 name "joined" spec <i8> stats <min = 0.0, max = 0.5> : tensor<8xf32>
    return %3 : tensor<8xf32>
  }
}

// -----

// Sharing passes through chains, whatever the dialect: the pool's output has the parameters of its input's input.
// CHECK-LABEL: @shared_chain
// CHECK: name "x" {{.*}} as !quant.uniform<i8:f32, 7.812500e-03:-128>
// CHECK: name "pool" {{.*}} as !quant.uniform<i8:f32, 7.812500e-03:-128>
// CHECK: name "picked" {{.*}} as !quant.uniform<i8:f32, 7.812500e-03:-128>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @shared_chain(%x: tensor<1x4x4x1xf32>, %i: tensor<1xi32>) -> tensor<1x2x2x1xf32> {
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = 0.0, max = 1.9921875> : tensor<1x4x4x1xf32>
    %1 = nn.max_pool_2d %0 filter [2, 2] stride [2, 2] padding VALID : (tensor<1x4x4x1xf32>) -> tensor<1x2x2x1xf32>
    %2 = quantx.fake_quant %1 name "pool" spec <i8> : tensor<1x2x2x1xf32>
    %3 = test_net.pick %i, %2 : (tensor<1xi32>, tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32>
    %4 = quantx.fake_quant %3 name "picked" spec <i8> : tensor<1x2x2x1xf32>
    return %4 : tensor<1x2x2x1xf32>
  }
}

// -----

// Fixed parameters ignore statistics, and what shares with them is fixed, too.
// CHECK-LABEL: @fixed
// CHECK: name "gate" {{.*}} as !quant.uniform<i8:f32, 1.562500e-02:10>
// CHECK: name "picked" {{.*}} as !quant.uniform<i8:f32, 1.562500e-02:10>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @fixed(%x: tensor<8xf32>, %i: tensor<1xi32>) -> tensor<8xf32> {
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = 0.0, max = 1.0> : tensor<8xf32>
    %1 = test_net.gate %0 : (tensor<8xf32>) -> tensor<8xf32>
    %2 = quantx.fake_quant %1 name "gate" spec <i8> stats <min = 0.0, max = 100.0> : tensor<8xf32>
    %3 = test_net.pick %i, %2 : (tensor<1xi32>, tensor<8xf32>) -> tensor<8xf32>
    %4 = quantx.fake_quant %3 name "picked" spec <i8> : tensor<8xf32>
    return %4 : tensor<8xf32>
  }
}

// -----

// The values of the specification.
// CHECK-LABEL: @fixed_by_specification
// CHECK: name "softmax" {{.*}} as !quant.uniform<i8:f32, 3.906250e-03:-128>
// CHECK: name "tanh" {{.*}} as !quant.uniform<i8:f32, 7.812500e-03>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @fixed_by_specification(%x: tensor<8xf32>) -> tensor<8xf32> {
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = 0.0, max = 1.0> : tensor<8xf32>
    %1 = nn.softmax %0 beta 1.0 : (tensor<8xf32>) -> tensor<8xf32>
    %2 = quantx.fake_quant %1 name "softmax" spec <i8> : tensor<8xf32>
    %3 = nn.tanh %2 : (tensor<8xf32>) -> tensor<8xf32>
    %4 = quantx.fake_quant %3 name "tanh" spec <i8> : tensor<8xf32>
    return %4 : tensor<8xf32>
  }
}

// -----

// Two sides fixed alike agree: no requantization.
// CHECK-LABEL: @fixed_alike
// CHECK: %[[A:.*]] = quantx.fake_quant %{{.*}} name "a"
// CHECK: %[[B:.*]] = quantx.fake_quant %{{.*}} name "b"
// CHECK: nn.concatenation %[[A]], %[[B]]
// CHECK: name "both" {{.*}} as !quant.uniform<i8:f32, 3.906250e-03:-128>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @fixed_alike(%x: tensor<8xf32>) -> tensor<16xf32> {
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = 0.0, max = 1.0> : tensor<8xf32>
    %1 = nn.softmax %0 beta 1.0 : (tensor<8xf32>) -> tensor<8xf32>
    %2 = quantx.fake_quant %1 name "a" spec <i8> : tensor<8xf32>
    %3 = nn.logistic %0 : (tensor<8xf32>) -> tensor<8xf32>
    %4 = quantx.fake_quant %3 name "b" spec <i8> : tensor<8xf32>
    %5 = nn.concatenation %2, %4 axis 0 : (tensor<8xf32>, tensor<8xf32>) -> tensor<16xf32>
    %6 = quantx.fake_quant %5 name "both" spec <i8> : tensor<16xf32>
    return %6 : tensor<16xf32>
  }
}

// -----

// One scale for each output channel, symmetric: [1, -3] and [0.5, 0.25] over 127. The bias has input scale x weight
// scale, rounded to float32: 1/128 * 1/127 and so on.
// CHECK-LABEL: @weights_and_bias
// CHECK-DAG: spec <i8, symmetric, narrow, axis = 0> as !quant.uniform<i8<-127:127>:f32:0, {0.023622047156095505,0.0039370078593492508}>
// CHECK-DAG: spec <i32, symmetric, axis = 0> as !quant.uniform<i32:f32:0, {1.845472434069961{{[0-9]*}}E-4,3.075787390116602{{[0-9]*}}E-5}>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @weights_and_bias(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
    %w = nn.const dense<[[1.0, -3.0], [0.5, 0.25]]> : tensor<2x2xf32>
    %b = nn.const dense<[1.0, -1.0]> : tensor<2xf32>
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = 0.0, max = 1.9921875> : tensor<1x2xf32>
    %1 = quantx.fake_quant %w spec <i8, symmetric, narrow, axis = 0> : tensor<2x2xf32>
    %2 = quantx.fake_quant %b spec <i32, symmetric> : tensor<2xf32>
    %3 = nn.fully_connected %0, %1, %2 : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
    %4 = quantx.fake_quant %3 name "y" spec <i8> stats <min = -8.0, max = 8.0> : tensor<1x2xf32>
    return %4 : tensor<1x2xf32>
  }
}

// -----

// A bias of 1e6 at 1/128 * 2^-7 / 127 would need 41 bits: the weights' scale rises until |bias| / scale <= 2^30,
// that is to 1e6 * 128 / 2^30 = 0.11920929 (one part in a million more). The other channel keeps its scale.
// CHECK-LABEL: @bias_fits
// CHECK: spec <i8, symmetric, narrow, axis = 0> as !quant.uniform<i8<-127:127>:f32:0, {0.1192094{{[0-9]*}},0.0078740157186985015}>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @bias_fits(%x: tensor<1x1xf32>) -> tensor<1x2xf32> {
    %w = nn.const dense<[[0.0078125], [1.0]]> : tensor<2x1xf32>
    %b = nn.const dense<[1000000.0, 1.0]> : tensor<2xf32>
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = 0.0, max = 1.9921875> : tensor<1x1xf32>
    %1 = quantx.fake_quant %w spec <i8, symmetric, narrow, axis = 0> : tensor<2x1xf32>
    %2 = quantx.fake_quant %b spec <i32, symmetric> : tensor<2xf32>
    %3 = nn.fully_connected %0, %1, %2 : (tensor<1x1xf32>, tensor<2x1xf32>, tensor<2xf32>) -> tensor<1x2xf32>
    %4 = quantx.fake_quant %3 name "y" spec <i8> stats <min = 0.0, max = 1.0e6> : tensor<1x2xf32>
    return %4 : tensor<1x2xf32>
  }
}

// -----

// Derived and per-axis parameters of an operator that orders its operands differently: columns [1, 3] and [2, -4],
// over 127; the bias is 1/128 of that.
// CHECK-LABEL: @derived_in_other_dialect
// CHECK-DAG: spec <i8, symmetric, narrow, axis = 1> as !quant.uniform<i8<-127:127>:f32:1, {0.023622047156095505,0.031496062874794006}>
// CHECK-DAG: spec <i32, symmetric, axis = 0> as !quant.uniform<i32:f32:0, {1.845472434069961{{[0-9]*}}E-4,2.460629912093281{{[0-9]*}}E-4}>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @derived_in_other_dialect(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
    %w = arith.constant dense<[[1.0, 2.0], [3.0, -4.0]]> : tensor<2x2xf32>
    %b = arith.constant dense<[1.0, -1.0]> : tensor<2xf32>
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = 0.0, max = 1.9921875> : tensor<1x2xf32>
    %1 = quantx.fake_quant %w spec <i8, symmetric, narrow, axis = 1> : tensor<2x2xf32>
    %2 = quantx.fake_quant %b spec <i32, symmetric> : tensor<2xf32>
    %3 = test_net.linear %2, %0, %1 : (tensor<2xf32>, tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
    %4 = quantx.fake_quant %3 name "y" spec <i8> stats <min = -8.0, max = 8.0> : tensor<1x2xf32>
    return %4 : tensor<1x2xf32>
  }
}

// -----

// An operator says how fine its result may be: here half of its input's scale, 1/256, and not 1/1024.
// CHECK-LABEL: @smallest_result_scale
// CHECK: name "y" {{.*}} as !quant.uniform<i8:f32, 0.0039062{{[0-9]*}}:-128>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @smallest_result_scale(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
    %w = arith.constant dense<1.0> : tensor<1x1xf32>
    %b = arith.constant dense<0.0> : tensor<1xf32>
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = 0.0, max = 1.9921875> : tensor<1x1xf32>
    %1 = quantx.fake_quant %w spec <i8, symmetric, narrow, axis = 1> : tensor<1x1xf32>
    %2 = quantx.fake_quant %b spec <i32, symmetric> : tensor<1xf32>
    %3 = test_net.linear %2, %0, %1 : (tensor<1xf32>, tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
    %4 = quantx.fake_quant %3 name "y" spec <i8> stats <min = 0.0, max = 0.2490234375> : tensor<1x1xf32>
    return %4 : tensor<1x1xf32>
  }
}

// -----

// A channel of zeros takes the scale of the largest one: any does, and its bias fits.
// CHECK-LABEL: @channel_of_zeros
// CHECK: spec <i8, symmetric, narrow, axis = 0> as !quant.uniform<i8<-127:127>:f32:0, {0.0078740157186985015,0.0078740157186985015}>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @channel_of_zeros(%x: tensor<1x1xf32>) -> tensor<1x2xf32> {
    %w = nn.const dense<[[1.0], [0.0]]> : tensor<2x1xf32>
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = 0.0, max = 1.0> : tensor<1x1xf32>
    %1 = quantx.fake_quant %w spec <i8, symmetric, narrow, axis = 0> : tensor<2x1xf32>
    %3 = nn.fully_connected %0, %1 : (tensor<1x1xf32>, tensor<2x1xf32>) -> tensor<1x2xf32>
    %4 = quantx.fake_quant %3 name "y" spec <i8> stats <min = 0.0, max = 1.0> : tensor<1x2xf32>
    return %4 : tensor<1x2xf32>
  }
}

// -----

// No integer stands for NaN.
// CHECK-LABEL: @nan_weight
// CHECK: nn.fully_connected {{.*}}quantx.float_reason = "operand 1 ('w') holds NaN"
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @nan_weight(%x: tensor<1x1xf32>) -> tensor<1x2xf32> {
    %w = nn.const dense<[[1.0], [0x7FC00000]]> : tensor<2x1xf32>
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = 0.0, max = 1.0> : tensor<1x1xf32>
    %1 = quantx.fake_quant %w name "w" spec <i8, symmetric, narrow, axis = 0> : tensor<2x1xf32>
    %3 = nn.fully_connected %0, %1 : (tensor<1x1xf32>, tensor<2x1xf32>) -> tensor<1x2xf32>
    %4 = quantx.fake_quant %3 name "y" spec <i8> stats <min = 0.0, max = 1.0> : tensor<1x2xf32>
    return %4 : tensor<1x2xf32>
  }
}

// -----

// What calibration never reached stays float and says so; its marks go.
// CHECK-LABEL: @without_statistics
// CHECK: test_net.scale %{{.*}} {quantx.float_reason = "no statistics for result 0 ('y'): the statistics have no range for it"
// CHECK-NOT: name "y"
// CHECK: return
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @without_statistics(%x: tensor<8xf32>) -> tensor<8xf32> {
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = 0.0, max = 1.0> : tensor<8xf32>
    %1 = test_net.scale %0 : (tensor<8xf32>) -> tensor<8xf32>
    %2 = quantx.fake_quant %1 name "y" spec <i8> : tensor<8xf32>
    return %2 : tensor<8xf32>
  }
}

// -----

// An operator that cuts its operand off gives it its own parameters: [0, 1.9921875], though the producer reaches 8.
// CHECK-LABEL: @cut
// CHECK: test_net.scale
// CHECK-NEXT: name "y" {{.*}} as !quant.uniform<i8:f32, 7.812500e-03:-128>
// CHECK-NEXT: test_net.cut
// CHECK-NEXT: name "z" {{.*}} as !quant.uniform<i8:f32, 7.812500e-03:-128>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @cut(%x: tensor<8xf32>) -> tensor<8xf32> {
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = -1.0, max = 1.0> : tensor<8xf32>
    %1 = test_net.scale %0 : (tensor<8xf32>) -> tensor<8xf32>
    %2 = quantx.fake_quant %1 name "y" spec <i8> stats <min = -8.0, max = 8.0> : tensor<8xf32>
    %3 = test_net.cut %2 : (tensor<8xf32>) -> tensor<8xf32>
    %4 = quantx.fake_quant %3 name "z" spec <i8> stats <min = 0.0, max = 1.9921875> : tensor<8xf32>
    return %4 : tensor<8xf32>
  }
}

// -----

// Where others read the operand too, it keeps its range and is requantized.
// CHECK-LABEL: @cut_beside_a_reader
// CHECK: %[[Y:.*]] = quantx.fake_quant %{{.*}} name "y" {{.*}} as !quant.uniform<i8:f32, 7.812500e-03>
// CHECK-NEXT: %[[Q:.*]] = quantx.fake_quant %[[Y]] spec <i8> as !quant.uniform<i8:f32, 0.001953125:-128>
// CHECK-NEXT: test_net.cut %[[Q]]
// CHECK-NEXT: name "z" {{.*}} as !quant.uniform<i8:f32, 0.001953125:-128>
// CHECK: return %[[Y]]
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @cut_beside_a_reader(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = -1.0, max = 1.0> : tensor<8xf32>
    %1 = test_net.scale %0 : (tensor<8xf32>) -> tensor<8xf32>
    %2 = quantx.fake_quant %1 name "y" spec <i8> stats <min = -1.0, max = 0.9921875> : tensor<8xf32>
    %3 = test_net.cut %2 : (tensor<8xf32>) -> tensor<8xf32>
    %4 = quantx.fake_quant %3 name "z" spec <i8> stats <min = 0.0, max = 0.498046875> : tensor<8xf32>
    return %2, %4 : tensor<8xf32>, tensor<8xf32>
  }
}

// -----

// A producer whose parameters are tied to others' keeps them.
// CHECK-LABEL: @cut_after_shared
// CHECK: test_net.join
// CHECK-NEXT: name "y" {{.*}} as !quant.uniform<i8:f32, 7.812500e-03>
// CHECK-NEXT: quantx.fake_quant %{{.*}} as !quant.uniform<i8:f32, 0.001953125:-128>
// CHECK-NEXT: test_net.cut
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @cut_after_shared(%x: tensor<8xf32>) -> tensor<8xf32> {
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = -1.0, max = 0.9921875> : tensor<8xf32>
    %1 = test_net.join %0, %0 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    %2 = quantx.fake_quant %1 name "y" spec <i8> : tensor<8xf32>
    %3 = test_net.cut %2 : (tensor<8xf32>) -> tensor<8xf32>
    %4 = quantx.fake_quant %3 name "z" spec <i8> stats <min = 0.0, max = 0.498046875> : tensor<8xf32>
    return %4 : tensor<8xf32>
  }
}

// -----

// A constant counts as far as it shows in the result: the bound of min(x, 1e7) does not stretch the range of x.
// CHECK-LABEL: @far_bound
// CHECK: name "x" {{.*}} as !quant.uniform<i8:f32, 7.812500e-03:-128>
// CHECK: name "y" {{.*}} as !quant.uniform<i8:f32, 7.812500e-03:-128>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @far_bound(%x: tensor<8xf32>) -> tensor<8xf32> {
    %c = nn.const dense<1.0e7> : tensor<f32>
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = 0.0, max = 1.9921875> : tensor<8xf32>
    %1 = quantx.fake_quant %c spec <i8> : tensor<f32>
    %2 = nn.minimum %0, %1 : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
    %3 = quantx.fake_quant %2 name "y" spec <i8> stats <min = 0.0, max = 1.9921875> : tensor<8xf32>
    return %3 : tensor<8xf32>
  }
}

// -----

// LiteRT aborts on a comparison of scales of 1 or more: [0, 510] has one of 2.
// CHECK-LABEL: @comparison_of_large_values
// CHECK: nn.less {{.*}}quantx.float_reason = "operand 0 has a scale of 2, and the largest that its kernels work with is 0.99999994"
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @comparison_of_large_values(%x: tensor<8xf32>, %y: tensor<8xf32>) -> tensor<8xi1> {
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = 0.0, max = 510.0> : tensor<8xf32>
    %1 = quantx.fake_quant %y name "y" spec <i8> stats <min = 0.0, max = 1.9921875> : tensor<8xf32>
    %2 = nn.less %0, %1 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xi1>
    return %2 : tensor<8xi1>
  }
}

// -----

// A value that was trained with a narrower range than its neighbour's keeps it, and what it cuts off: it is requantized. One
// that was only measured grows.
// CHECK-LABEL: func.func @trained
// CHECK: %[[A:.*]] = quantx.fake_quant %{{.*}} name "a" {{.*}} as !quant.uniform<i8:f32, 3.906250e-03:-128>
// CHECK: %[[B:.*]] = quantx.fake_quant %{{.*}} name "b" {{.*}} as !quant.uniform<i8:f32, 1.562500e-02>
// CHECK: %[[C:.*]] = quantx.fake_quant %{{.*}} name "c" {{.*}} as !quant.uniform<i8:f32, 1.562500e-02>
// CHECK: %[[R:.*]] = quantx.fake_quant %[[A]] spec <i8> as !quant.uniform<i8:f32, 1.562500e-02>
// CHECK: nn.concatenation %[[R]], %[[B]], %[[C]]
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @trained(%x: tensor<2xf32>, %y: tensor<2xf32>) -> tensor<6xf32> {
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = -2.0, max = 1.984375> : tensor<2xf32>
    %1 = nn.relu %0 {quantx.trained_range = array<f64: 0.0, 0.99609375>} : (tensor<2xf32>) -> tensor<2xf32>
    %2 = quantx.fake_quant %1 name "a" spec <i8> stats <min = 0.0, max = 0.99609375> : tensor<2xf32>
    %3 = nn.leaky_relu %0 alpha 0.5 {quantx.trained_range = array<f64: -2.0, 1.984375>} : (tensor<2xf32>) -> tensor<2xf32>
    %4 = quantx.fake_quant %3 name "b" spec <i8> stats <min = -2.0, max = 1.984375> : tensor<2xf32>
    %5 = nn.relu %0 : (tensor<2xf32>) -> tensor<2xf32>
    %6 = quantx.fake_quant %5 name "c" spec <i8> stats <min = 0.0, max = 0.99609375> : tensor<2xf32>
    %7 = nn.concatenation %2, %4, %6 axis 0 : (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<6xf32>
    %8 = quantx.fake_quant %7 name "joined" spec <i8> : tensor<6xf32>
    return %8 : tensor<6xf32>
  }
}
