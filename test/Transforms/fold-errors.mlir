// RUN: quant-test-opt %s --quantx-fold=io=int8 --split-input-file --verify-diagnostics

// expected-error@below {{has no 'quantx.scheme'; run quantx-insert-fake-quant and quantx-resolve-scales first}}
module {
  func.func @no_scheme(%x: tensor<8xf32>) -> tensor<8xf32> {
    return %x : tensor<8xf32>
  }
}

// -----

module attributes {quantx.scheme = #quantx.scheme<int8>} {
  // expected-error@below {{input 0 ('x') cannot be int8: 'test_net.opaque' reads it as float}}
  func.func @float_reads_input(%x: tensor<8xf32> {nn.tensor = #nn.tensor<name = "x">}) -> tensor<8xf32> {
    %0 = test_net.opaque %x : (tensor<8xf32>) -> tensor<8xf32>
    return %0 : tensor<8xf32>
  }
}

// -----

module attributes {quantx.scheme = #quantx.scheme<int8>} {
  // expected-error@below {{output 0 ('y') cannot be int8: 'nn.cast' (tensor 'y') computes it in float: it has no int8 form}}
  func.func @float_computes_output(%x: tensor<8xi32>) -> tensor<8xf32> {
    %0 = nn.cast %x {nn.tensors = [#nn.tensor<name = "y">], quantx.float_reason = "it has no int8 form"} : (tensor<8xi32>) -> tensor<8xf32>
    return %0 : tensor<8xf32>
  }
}

// -----

module attributes {quantx.scheme = #quantx.scheme<int8>} {
  // expected-error@below {{output 0 ('c') cannot be int8: it is a constant, which nothing computes in integers}}
  func.func @constant_output() -> tensor<2xf32> {
    %0 = nn.const dense<[1.0, 2.0]> : tensor<2xf32> {nn.tensors = [#nn.tensor<name = "c">]}
    return %0 : tensor<2xf32>
  }
}

// -----

module attributes {quantx.scheme = #quantx.scheme<int8>} {
  // expected-error@below {{output 0 ('y') cannot be int8: 'nn.relu' (tensor 'y') computes it in float, as it was asked to}}
  func.func @asked_to_stay_float(%x: tensor<2xf32>) -> tensor<2xf32> {
    %0 = quantx.fake_quant %x spec <i8> as !quant.uniform<i8:f32, 0.5:3> : tensor<2xf32>
    %1 = nn.relu %0 {nn.tensors = [#nn.tensor<name = "y">], quantx.scheme = #quantx.scheme<float>} : (tensor<2xf32>) -> tensor<2xf32>
    return %1 : tensor<2xf32>
  }
}
