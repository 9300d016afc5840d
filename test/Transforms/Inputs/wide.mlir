module attributes {quantx.scheme = #quantx.scheme<int16x8>} {
  func.func @wide(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
    %w = nn.const dense<[[31.75, -4.5, 0.25, 0.0], [15.875, -1.0, 0.5, 0.125]]> : tensor<2x4xf32>
    %b = nn.const dense<[1.0, -1.0]> : tensor<2xf32> {nn.tensors = [#nn.tensor<name = "b">]}
    %0 = quantx.fake_quant %x spec <i16, symmetric, narrow> stats <min = -1.0, max = 0.5> : tensor<1x4xf32>
    %1 = quantx.fake_quant %w spec <i8, symmetric, narrow, axis = 0> : tensor<2x4xf32>
    %2 = quantx.fake_quant %b spec <i64, symmetric> : tensor<2xf32>
    %3 = nn.fully_connected %0, %1, %2 : (tensor<1x4xf32>, tensor<2x4xf32>, tensor<2xf32>) -> tensor<1x2xf32>
    %4 = quantx.fake_quant %3 spec <i16, symmetric, narrow> stats <min = -2.0, max = 2.0> : tensor<1x2xf32>
    %5 = nn.add %4, %4 : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
    %6 = quantx.fake_quant %5 spec <i16, symmetric, narrow> stats <min = -4.0, max = 4.0> : tensor<1x2xf32>
    return %6 : tensor<1x2xf32>
  }
}
