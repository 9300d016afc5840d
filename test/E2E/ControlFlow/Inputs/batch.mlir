// A convolution, a pool and a fully connected operator on any batch; the rows' number is computed from the input's shape.
func.func @main(%x: tensor<?x6x6x2xf32> {nn.tensor = #nn.tensor<name = "x", shape = [1, 6, 6, 2]>}) -> tensor<?x3xf32> {
  %w = nn.const dense<[[[[0.5, -0.25], [1.0, 0.5]], [[0.25, 0.75], [-0.5, 0.125]]], [[[0.5, 0.5], [-0.25, 0.25]], [[1.0, -1.0], [0.5, 0.25]]]]> : tensor<2x2x2x2xf32>
  %b = nn.const dense<[0.25, -0.125]> : tensor<2xf32>
  %0 = nn.conv_2d %x, %w, %b stride [1, 1] padding VALID activation RELU {nn.tensors = [#nn.tensor<name = "conv", shape = [1, 5, 5, 2]>]}
      : (tensor<?x6x6x2xf32>, tensor<2x2x2x2xf32>, tensor<2xf32>) -> tensor<?x5x5x2xf32>
  %1 = nn.max_pool_2d %0 filter [2, 2] stride [2, 2] padding VALID {nn.tensors = [#nn.tensor<name = "pool", shape = [1, 2, 2, 2]>]}
      : (tensor<?x5x5x2xf32>) -> tensor<?x2x2x2xf32>
  %s = nn.shape %1 {out_type = 2 : i8} : (tensor<?x2x2x2xf32>) -> tensor<4xi32>
  %i = nn.const dense<0> : tensor<1xi32>
  %j = nn.const dense<1> : tensor<1xi32>
  %n = nn.strided_slice %s, %i, %j, %j {shrink_axis_mask = 1 : i32} : (tensor<4xi32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<i32>
  %eight = nn.const dense<8> : tensor<i32>
  %rows = nn.pack %n, %eight axis 0 {values_count = 2 : i32} : (tensor<i32>, tensor<i32>) -> tensor<2xi32>
  %2 = nn.reshape %1, %rows {nn.tensors = [#nn.tensor<name = "flat", shape = [1, 8]>]} : (tensor<?x2x2x2xf32>, tensor<2xi32>) -> tensor<?x8xf32>
  %u = nn.const dense<[[0.5, -0.25, 0.75, 0.125, 0.25, 0.5, -0.5, 1.0], [-0.5, 0.5, 0.25, -0.75, 0.125, 0.25, 0.5, -0.25], [0.25, 0.625, -0.375, 0.5, 0.75, -0.25, 0.5, 0.125]]> : tensor<3x8xf32>
  %none = nn.no_value : none
  %3 = nn.fully_connected %2, %u, %none {nn.tensors = [#nn.tensor<name = "logits", shape = [1, 3]>]} : (tensor<?x8xf32>, tensor<3x8xf32>, none) -> tensor<?x3xf32>
  return %3 : tensor<?x3xf32>
}
