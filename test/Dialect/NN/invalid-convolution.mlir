// RUN: quant-opt %s --split-input-file --verify-diagnostics

func.func @conv_of_a_matrix(%x: tensor<4x4xf32>, %w: tensor<1x1x1x1xf32>) {
  // expected-error@below {{expected an input of rank 4, got 'tensor<4x4xf32>'}}
  %0 = nn.conv_2d %x, %w stride [1, 1] padding SAME : (tensor<4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x4x1xf32>
  return
}

// -----

func.func @conv_with_flat_filter(%x: tensor<1x4x4x1xf32>, %w: tensor<1x1xf32>) {
  // expected-error@below {{expected a filter of rank 4, got 'tensor<1x1xf32>'}}
  %0 = nn.conv_2d %x, %w stride [1, 1] padding SAME : (tensor<1x4x4x1xf32>, tensor<1x1xf32>) -> tensor<1x4x4x1xf32>
  return
}

// -----

func.func @conv_without_stride(%x: tensor<1x4x4x1xf32>, %w: tensor<1x1x1x1xf32>) {
  // expected-error@below {{expected positive strides, got [1, 0]}}
  %0 = nn.conv_2d %x, %w stride [1, 0] padding SAME : (tensor<1x4x4x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x4x1xf32>
  return
}

// -----

func.func @conv_with_negative_dilation(%x: tensor<1x4x4x1xf32>, %w: tensor<1x1x1x1xf32>) {
  // expected-error@below {{expected positive dilations, got [1, -1]}}
  %0 = nn.conv_2d %x, %w stride [1, 1] dilation [1, -1] padding SAME : (tensor<1x4x4x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x4x1xf32>
  return
}

// -----

func.func @conv_channels_do_not_divide(%x: tensor<1x4x4x3xf32>, %w: tensor<2x1x1x2xf32>) {
  // expected-error@below {{expected the filter's input channels to divide the input's 3, got 2}}
  %0 = nn.conv_2d %x, %w stride [1, 1] padding SAME : (tensor<1x4x4x3xf32>, tensor<2x1x1x2xf32>) -> tensor<1x4x4x2xf32>
  return
}

// -----

func.func @conv_groups_do_not_divide(%x: tensor<1x4x4x4xf32>, %w: tensor<3x1x1x2xf32>) {
  // expected-error@below {{expected 2 groups to divide the output channels, got 3}}
  %0 = nn.conv_2d %x, %w stride [1, 1] padding SAME : (tensor<1x4x4x4xf32>, tensor<3x1x1x2xf32>) -> tensor<1x4x4x3xf32>
  return
}

// -----

func.func @conv_of_wrong_height(%x: tensor<1x4x4x1xf32>, %w: tensor<2x3x3x1xf32>) {
  // expected-error@below {{expected a result with size 2 in dimension 1, got 'tensor<1x4x2x2xf32>'}}
  %0 = nn.conv_2d %x, %w stride [1, 1] padding VALID : (tensor<1x4x4x1xf32>, tensor<2x3x3x1xf32>) -> tensor<1x4x2x2xf32>
  return
}

// -----

func.func @conv_of_wrong_channels(%x: tensor<1x4x4x1xf32>, %w: tensor<2x3x3x1xf32>) {
  // expected-error@below {{expected a result with size 2 in dimension 3, got 'tensor<1x4x4x3xf32>'}}
  %0 = nn.conv_2d %x, %w stride [1, 1] padding SAME : (tensor<1x4x4x1xf32>, tensor<2x3x3x1xf32>) -> tensor<1x4x4x3xf32>
  return
}

// -----

func.func @conv_with_short_bias(%x: tensor<1x4x4x1xf32>, %w: tensor<2x3x3x1xf32>, %b: tensor<1xf32>) {
  // expected-error@below {{expected a bias of 2 elements to match the output channels, got 'tensor<1xf32>'}}
  %0 = nn.conv_2d %x, %w, %b stride [1, 1] padding SAME
      : (tensor<1x4x4x1xf32>, tensor<2x3x3x1xf32>, tensor<1xf32>) -> tensor<1x4x4x2xf32>
  return
}

// -----

func.func @depthwise_with_conv_filter(%x: tensor<1x4x4x2xf32>, %w: tensor<2x3x3x2xf32>) {
  // expected-error@below {{expected a filter of 1 x height x width x channels, got 'tensor<2x3x3x2xf32>'}}
  %0 = nn.depthwise_conv_2d %x, %w stride [1, 1] padding SAME : (tensor<1x4x4x2xf32>, tensor<2x3x3x2xf32>) -> tensor<1x4x4x2xf32>
  return
}

// -----

func.func @depthwise_with_odd_multiplier(%x: tensor<1x4x4x2xf32>, %w: tensor<1x3x3x3xf32>) {
  // expected-error@below {{expected the filter's channels to be a multiple of the input's 2, got 3}}
  %0 = nn.depthwise_conv_2d %x, %w stride [1, 1] padding SAME : (tensor<1x4x4x2xf32>, tensor<1x3x3x3xf32>) -> tensor<1x4x4x3xf32>
  return
}

// -----

func.func @transpose_conv_of_short_shape(%s: tensor<3xi32>, %w: tensor<2x3x3x1xf32>, %x: tensor<1x4x4x1xf32>) {
  // expected-error@below {{expected 4 elements in the output shape, got 'tensor<3xi32>'}}
  %0 = nn.transpose_conv %s, %w, %x stride [1, 1] padding SAME
      : (tensor<3xi32>, tensor<2x3x3x1xf32>, tensor<1x4x4x1xf32>) -> tensor<1x4x4x2xf32>
  return
}

// -----

func.func @transpose_conv_of_other_channels(%s: tensor<4xi32>, %w: tensor<2x3x3x3xf32>, %x: tensor<1x4x4x1xf32>) {
  // expected-error@below {{expected the filter's last dimension to match the input's 1 channels, got 3}}
  %0 = nn.transpose_conv %s, %w, %x stride [1, 1] padding SAME
      : (tensor<4xi32>, tensor<2x3x3x3xf32>, tensor<1x4x4x1xf32>) -> tensor<1x4x4x2xf32>
  return
}

// -----

func.func @fully_connected_rows(%x: tensor<1x5xf32>, %w: tensor<3x4xf32>) {
  // expected-error@below {{expected an input that flattens to rows of 4 elements, got 'tensor<1x5xf32>'}}
  %0 = nn.fully_connected %x, %w : (tensor<1x5xf32>, tensor<3x4xf32>) -> tensor<1x3xf32>
  return
}

// -----

func.func @fully_connected_without_columns(%x: tensor<1x5xf32>, %w: tensor<3x0xf32>) {
  // expected-error@below {{expected a filter with columns, got 'tensor<3x0xf32>'}}
  %0 = nn.fully_connected %x, %w : (tensor<1x5xf32>, tensor<3x0xf32>) -> tensor<1x3xf32>
  return
}

// -----

func.func @fully_connected_outputs(%x: tensor<1x4xf32>, %w: tensor<3x4xf32>) {
  // expected-error@below {{expected a result with size 3 in dimension 1, got 'tensor<1x4xf32>'}}
  %0 = nn.fully_connected %x, %w : (tensor<1x4xf32>, tensor<3x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @matmul_of_vectors(%x: tensor<4xf32>, %y: tensor<4x2xf32>) {
  // expected-error@below {{expected matrices, got 'tensor<4xf32>'}}
  %0 = nn.batch_matmul %x, %y : (tensor<4xf32>, tensor<4x2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @matmul_rows(%x: tensor<3x4xf32>, %y: tensor<5x4xf32>) {
  // expected-error@below {{expected as many rows on the right as columns on the left, got 4 columns and 5 rows}}
  %0 = nn.batch_matmul %x, %y : (tensor<3x4xf32>, tensor<5x4xf32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @pool_without_window(%x: tensor<1x4x4x1xf32>) {
  // expected-error@below {{expected positive filter sizes, got [2, 0]}}
  %0 = nn.max_pool_2d %x filter [2, 0] stride [2, 2] padding SAME : (tensor<1x4x4x1xf32>) -> tensor<1x2x2x1xf32>
  return
}

// -----

func.func @pool_of_wrong_width(%x: tensor<1x4x4x1xf32>) {
  // expected-error@below {{expected a result with size 2 in dimension 2, got 'tensor<1x2x4x1xf32>'}}
  %0 = nn.average_pool_2d %x filter [2, 2] stride [2, 2] padding SAME : (tensor<1x4x4x1xf32>) -> tensor<1x2x4x1xf32>
  return
}
