// RUN: quant-opt %s --split-input-file --verify-diagnostics

func.func @reshape_loses_elements(%x: tensor<2x3xf32>) {
  // expected-error@below {{expected a result of 6 elements as the input has, got 'tensor<5xf32>'}}
  %0 = nn.reshape %x : (tensor<2x3xf32>) -> tensor<5xf32>
  return
}

// -----

func.func @squeeze_beyond_rank(%x: tensor<1x3xf32>) {
  // expected-error@below {{expected an axis within [-2, 2), got 2}}
  %0 = nn.squeeze %x {squeeze_dims = array<i32: 2>} : (tensor<1x3xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @expand_dims_adds_one(%x: tensor<2x3xf32>, %axis: tensor<i32>) {
  // expected-error@below {{expected a result of rank 3, got 'tensor<2x3xf32>'}}
  %0 = nn.expand_dims %x, %axis : (tensor<2x3xf32>, tensor<i32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @transpose_of_another_rank(%x: tensor<2x3xf32>, %perm: tensor<3xi32>) {
  // expected-error@below {{expected 2 elements in the permutation, got 'tensor<3xi32>'}}
  %0 = nn.transpose %x, %perm : (tensor<2x3xf32>, tensor<3xi32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @transpose_repeats(%x: tensor<2x3xf32>) {
  %perm = nn.const dense<[1, 1]> : tensor<2xi32>
  // expected-error@below {{expected a permutation of 2 dimensions, got [1, 1]}}
  %0 = nn.transpose %x, %perm : (tensor<2x3xf32>, tensor<2xi32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @transpose_of_wrong_shape(%x: tensor<2x3xf32>) {
  %perm = nn.const dense<[1, 0]> : tensor<2xi32>
  // expected-error@below {{expected a result with size 3 in dimension 0, got 'tensor<2x3xf32>'}}
  %0 = nn.transpose %x, %perm : (tensor<2x3xf32>, tensor<2xi32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @paddings_of_another_rank(%x: tensor<2x3xf32>, %p: tensor<3x2xi32>) {
  // expected-error@below {{expected paddings of 2 x 2, got 'tensor<3x2xi32>'}}
  %0 = nn.pad %x, %p : (tensor<2x3xf32>, tensor<3x2xi32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @paddings_are_integers(%x: tensor<2x3xf32>, %p: tensor<2x2xf32>) {
  // expected-error@below {{expected integers for the paddings, got 'tensor<2x2xf32>'}}
  %0 = nn.mirror_pad %x, %p : (tensor<2x3xf32>, tensor<2x2xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @negative_paddings(%x: tensor<2x3xf32>) {
  %p = nn.const dense<[[0, 0], [0, -1]]> : tensor<2x2xi32>
  // expected-error@below {{expected paddings that are not negative, got [0, -1] for dimension 1}}
  %0 = nn.pad %x, %p : (tensor<2x3xf32>, tensor<2x2xi32>) -> tensor<2x2xf32>
  return
}

// -----

func.func @paddings_overflow(%x: tensor<2x3xf32>) {
  %p = nn.const dense<[[0, 9223372036854775807], [0, 0]]> : tensor<2x2xi64>
  // expected-error@below {{paddings [0, 9223372036854775807] overflow dimension 0}}
  %0 = nn.pad %x, %p : (tensor<2x3xf32>, tensor<2x2xi64>) -> tensor<?x3xf32>
  return
}

// -----

func.func @padded_size(%x: tensor<2x3xf32>) {
  %p = nn.const dense<[[0, 1], [0, 0]]> : tensor<2x2xi32>
  // expected-error@below {{expected a result with size 3 in dimension 0, got 'tensor<4x3xf32>'}}
  %0 = nn.pad %x, %p : (tensor<2x3xf32>, tensor<2x2xi32>) -> tensor<4x3xf32>
  return
}

// -----

func.func @padding_of_two_values(%x: tensor<2x3xf32>, %p: tensor<2x2xi32>, %c: tensor<2xf32>) {
  // expected-error@below {{expected one value to pad with, got 'tensor<2xf32>'}}
  %0 = nn.padv2 %x, %p, %c : (tensor<2x3xf32>, tensor<2x2xi32>, tensor<2xf32>) -> tensor<?x?xf32>
  return
}

// -----

func.func @slice_of_another_rank(%x: tensor<2x3xf32>, %v: tensor<2xi32>, %w: tensor<1xi32>) {
  // expected-error@below {{expected 2 elements in size, got 'tensor<1xi32>'}}
  %0 = nn.slice %x, %v, %w : (tensor<2x3xf32>, tensor<2xi32>, tensor<1xi32>) -> tensor<?x?xf32>
  return
}

// -----

func.func @strided_slice_sizes(%x: tensor<2x3xf32>, %v: tensor<2xi32>, %w: tensor<1xi32>) {
  // expected-error@below {{expected 2 elements in strides, got 'tensor<1xi32>'}}
  %0 = nn.strided_slice %x, %v, %v, %w : (tensor<2x3xf32>, tensor<2xi32>, tensor<2xi32>, tensor<1xi32>) -> tensor<?x?xf32>
  return
}

// -----

func.func @gather_beyond_rank(%x: tensor<2x3xf32>, %i: tensor<1xi32>) {
  // expected-error@below {{expected an axis within [-2, 2), got -3}}
  %0 = nn.gather %x, %i axis -3 : (tensor<2x3xf32>, tensor<1xi32>) -> tensor<1x3xf32>
  return
}

// -----

func.func @gather_by_floats(%x: tensor<2x3xf32>, %i: tensor<1xf32>) {
  // expected-error@below {{expected integers for the indices, got 'tensor<1xf32>'}}
  %0 = nn.gather %x, %i axis 0 : (tensor<2x3xf32>, tensor<1xf32>) -> tensor<1x3xf32>
  return
}

// -----

func.func @tile_of_another_rank(%x: tensor<2x3xf32>, %m: tensor<3xi32>) {
  // expected-error@below {{expected 2 elements in multiples, got 'tensor<3xi32>'}}
  %0 = nn.tile %x, %m : (tensor<2x3xf32>, tensor<3xi32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @broadcast_to_another_rank(%x: tensor<3xf32>, %s: tensor<3xi32>) {
  // expected-error@below {{expected 2 elements in the shape, got 'tensor<3xi32>'}}
  %0 = nn.broadcast_to %x, %s : (tensor<3xf32>, tensor<3xi32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @block_of_zero(%x: tensor<1x4x4x4xf32>) {
  // expected-error@below {{expected a positive block size, got 0}}
  %0 = nn.depth_to_space %x block 0 : (tensor<1x4x4x4xf32>) -> tensor<1x8x8x1xf32>
  return
}

// -----

func.func @blocks_do_not_match(%x: tensor<1x4x4x4xf32>) {
  // expected-error@below {{expected blocks of 2 x 2 pixels in 'tensor<1x4x4x4xf32>' to match the channels of 'tensor<1x2x2x8xf32>'}}
  %0 = nn.space_to_depth %x block 2 : (tensor<1x4x4x4xf32>) -> tensor<1x2x2x8xf32>
  return
}

// -----

func.func @crops_of_another_rank(%x: tensor<4x2x2x1xf32>, %b: tensor<2xi32>, %c: tensor<1x2xi32>) {
  // expected-error@below {{expected crops of block dimensions x 2 for 'tensor<2xi32>', got 'tensor<1x2xi32>'}}
  %0 = nn.batch_to_space_nd %x, %b, %c : (tensor<4x2x2x1xf32>, tensor<2xi32>, tensor<1x2xi32>) -> tensor<1x4x4x1xf32>
  return
}

// -----

func.func @resize_to_another_size(%x: tensor<1x4x4x1xf32>) {
  %s = nn.const dense<[8, 6]> : tensor<2xi32>
  // expected-error@below {{expected a result with size 6 in dimension 2, got 'tensor<1x8x8x1xf32>'}}
  %0 = nn.resize_bilinear %x, %s : (tensor<1x4x4x1xf32>, tensor<2xi32>) -> tensor<1x8x8x1xf32>
  return
}

// -----

func.func @concatenation_of_nothing() {
  // expected-error@below {{expected at least one input}}
  %0 = "nn.concatenation"() : () -> tensor<4xf32>
  return
}

// -----

func.func @concatenation_beyond_rank(%x: tensor<4xf32>) {
  // expected-error@below {{expected an axis within [-1, 1), got 1}}
  %0 = nn.concatenation %x, %x axis 1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @concatenation_of_other_sizes(%x: tensor<2x4xf32>, %y: tensor<3x4xf32>) {
  // expected-error@below {{expected inputs that differ from 'tensor<2x8xf32>' in dimension 1 only, got 'tensor<3x4xf32>' for input 1}}
  %0 = nn.concatenation %x, %y axis 1 : (tensor<2x4xf32>, tensor<3x4xf32>) -> tensor<2x8xf32>
  return
}

// -----

func.func @concatenation_adds_up(%x: tensor<2x4xf32>) {
  // expected-error@below {{expected a result with size 8 in dimension 1, got 'tensor<2x7xf32>'}}
  %0 = nn.concatenation %x, %x axis 1 : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x7xf32>
  return
}

// -----

func.func @pack_counts(%x: tensor<4xf32>) {
  // expected-error@below {{values_count is 3, but there are 2 inputs}}
  %0 = nn.pack %x, %x axis 0 {values_count = 3 : i32} : (tensor<4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @unpack_counts(%x: tensor<2x4xf32>) {
  // expected-error@below {{num is 2, but there are 1 results}}
  %0 = nn.unpack %x axis 0 {num = 2 : i32} : (tensor<2x4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @split_counts(%x: tensor<2x4xf32>, %axis: tensor<i32>) {
  // expected-error@below {{num_splits is 2, but there are 1 results}}
  %0 = nn.split %axis, %x {num_splits = 2 : i32} : (tensor<i32>, tensor<2x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @split_sizes(%x: tensor<2x4xf32>, %sizes: tensor<3xi32>, %axis: tensor<i32>) {
  // expected-error@below {{expected 1 elements in size_splits, got 'tensor<3xi32>'}}
  %0 = nn.split_v %x, %sizes, %axis {num_splits = 1 : i32} : (tensor<2x4xf32>, tensor<3xi32>, tensor<i32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @fill_rank(%dims: tensor<2xi32>, %value: tensor<f32>) {
  // expected-error@below {{expected 3 elements in the dimensions, got 'tensor<2xi32>'}}
  %0 = nn.fill %dims, %value : (tensor<2xi32>, tensor<f32>) -> tensor<2x3x4xf32>
  return
}
