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
  // expected-error@below {{output 0 ('y') cannot be int8: it is computed in float}}
  func.func @float_computes_output(%x: tensor<8xi32>) -> tensor<8xf32> {
    %0 = nn.cast %x {nn.tensors = [#nn.tensor<name = "y">]} : (tensor<8xi32>) -> tensor<8xf32>
    return %0 : tensor<8xf32>
  }
}
