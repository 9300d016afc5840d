// RUN: quant-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// Quantized types, of any operator
//===----------------------------------------------------------------------===//

func.func @axis_beyond_rank(%x: tensor<2x!quant.uniform<i8:f32:1, {0.5, 0.25}>>) {
  // expected-error@below {{operand 0: quantized dimension 1 lies beyond the rank of 'tensor<2x!quant.uniform<i8:f32:1, {5.000000e-01,2.500000e-01}>>'}}
  nn.generic "NEG" (%x) : (tensor<2x!quant.uniform<i8:f32:1, {0.5, 0.25}>>) -> ()
  return
}

// -----

func.func @missing_scales(%x: tensor<3x!quant.uniform<i8:f32:0, {0.5, 0.25}>>) {
  // expected-error@below {{operand 0: expected 3 scales for dimension 0, got 2}}
  nn.generic "NEG" (%x) : (tensor<3x!quant.uniform<i8:f32:0, {0.5, 0.25}>>) -> ()
  return
}

// -----

func.func @zero_point_outside_storage(%x: tensor<3xf32>) {
  // expected-error@below {{result 0: zero point 128 lies outside the storage range [-128, 127]}}
  %0 = nn.quantize %x : (tensor<3xf32>) -> tensor<3x!quant.uniform<i8:f32, 0.5:128>>
  return
}

// -----

// A flatbuffer holds scales as float32.
func.func @inexact_scale(%x: tensor<3xf32>) {
  // expected-error@below {{result 0: expected a positive, finite scale that float32 holds exactly, got 1.000000e-01}}
  %0 = nn.quantize %x : (tensor<3xf32>) -> tensor<3x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @moved_to_another_storage(%x: tensor<8x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error@below {{expected operand 0 and result 0 to have the same element or storage type, got 'tensor<8x!quant.uniform<i8:f32, 5.000000e-01>>' and 'tensor<2x4xf32>'}}
  %0 = nn.reshape %x : (tensor<8x!quant.uniform<i8:f32, 0.5>>) -> tensor<2x4xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Tensor identity
//===----------------------------------------------------------------------===//

func.func @identity_for_each_result(%x: tensor<2x4xf32>) {
  // expected-error@below {{expected one #nn.tensor for each of 2 results, got 1}}
  %0:2 = nn.unpack %x axis 0 {num = 2 : i32, nn.tensors = [#nn.tensor<name = "a">]} : (tensor<2x4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func @identity_is_an_attribute(%x: tensor<4xf32>) {
  // expected-error@below {{expected #nn.tensor attributes in 'nn.tensors', got ["a"]}}
  %0 = nn.relu %x {nn.tensors = ["a"]} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// expected-error@below {{expected a #nn.tensor on argument 0, got "x"}}
func.func @identity_of_argument(%x: tensor<4xf32> {nn.tensor = "x"}) {
  return
}

// -----

//===----------------------------------------------------------------------===//
// Constants, generic operators, casts
//===----------------------------------------------------------------------===//

func.func @constant_of_no_shape() {
  // expected-error@below {{expected a static shape, got 'tensor<?xf32>'}}
  %0 = nn.const dense<1.0> : tensor<2xf32> as tensor<?xf32>
  return
}

// -----

func.func @constant_of_wrong_size() {
  // expected-error@below {{expected 8 bytes for 'tensor<2xf32>', got 4}}
  %0 = nn.const dense<1> : tensor<4xi8> as tensor<2xf32>
  return
}

// -----

func.func @constant_without_data() {
  // expected-error@below {{has no data for resource 'elided'; text with elided weights cannot be used, write bytecode (.mlirbc) instead}}
  %0 = nn.const dense_resource<elided> : tensor<2xf32>
  return
}

// -----

func.func @constant_of_no_elements() {
  // expected-error@below {{expected the elements of a tensor}}
  %0 = nn.const 3 : i32
  return
}

// -----

func.func @custom_without_code(%x: tensor<2xf32>) {
  // expected-error@below {{expected a custom_code with "CUSTOM" and with nothing else, got "CUSTOM"}}
  nn.generic "CUSTOM" (%x) : (tensor<2xf32>) -> ()
  return
}

// -----

func.func @code_without_custom(%x: tensor<2xf32>) {
  // expected-error@below {{expected a custom_code with "CUSTOM" and with nothing else, got "RFFT2D"}}
  nn.generic "RFFT2D" (%x) {custom_code = "x"} : (tensor<2xf32>) -> ()
  return
}

// -----

func.func @quantize_to_float(%x: tensor<2xf32>) {
  // expected-error@below {{expected a quantized result, got 'tensor<2xf32>'}}
  %0 = nn.quantize %x : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @quantize_to_another_shape(%x: tensor<2xf32>) {
  // expected-error@below {{expected equal shapes, got 'tensor<2xf32>' and 'tensor<3x!quant.uniform<i8:f32, 5.000000e-01>>'}}
  %0 = nn.quantize %x : (tensor<2xf32>) -> tensor<3x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @dequantize_to_integers(%x: tensor<2x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error@below {{expected a float result, got 'tensor<2xi8>'}}
  %0 = nn.dequantize %x : (tensor<2x!quant.uniform<i8:f32, 0.5>>) -> tensor<2xi8>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Convolutions, matrices, pools
//===----------------------------------------------------------------------===//

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

// -----

//===----------------------------------------------------------------------===//
// Element by element
//===----------------------------------------------------------------------===//

func.func @shapes_do_not_broadcast(%x: tensor<2x3xf32>, %y: tensor<2xf32>) {
  // expected-error@below {{operands don't have broadcast-compatible shapes}}
  %0 = nn.add %x, %y : (tensor<2x3xf32>, tensor<2xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @result_is_not_the_broadcast(%x: tensor<2x3xf32>, %y: tensor<3xf32>) {
  // expected-error@below {{result type '2x4' not broadcast compatible with broadcasted operands's shapes '2x3'}}
  %0 = nn.mul %x, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @activation_changes_shape(%x: tensor<2x3xf32>) {
  // expected-error@below {{requires the same shape for all operands and results}}
  %0 = nn.softmax %x beta 1.0 : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @shape_of_rank(%x: tensor<2x3xf32>) {
  // expected-error@below {{expected 2 elements in its result, got 'tensor<3xi32>'}}
  %0 = nn.shape %x : (tensor<2x3xf32>) -> tensor<3xi32>
  return
}

// -----

func.func @axes_are_integers(%x: tensor<2x3xf32>, %axes: tensor<1xf32>) {
  // expected-error@below {{expected integers for axes, got 'tensor<1xf32>'}}
  %0 = nn.mean %x, %axes : (tensor<2x3xf32>, tensor<1xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @axes_are_a_vector(%x: tensor<2x3xf32>, %axes: tensor<1x1xi32>) {
  // expected-error@below {{expected at most a vector for axes, got 'tensor<1x1xi32>'}}
  %0 = nn.sum %x, %axes : (tensor<2x3xf32>, tensor<1x1xi32>) -> tensor<2xf32>
  return
}

// -----

func.func @arg_max_counts(%x: tensor<2x3xf32>, %axis: tensor<i32>) {
  // expected-error@below {{expected a result of integers, got 'tensor<2xf32>'}}
  %0 = nn.arg_max %x, %axis : (tensor<2x3xf32>, tensor<i32>) -> tensor<2xf32>
  return
}

// -----

func.func @arg_max_drops_a_dimension(%x: tensor<2x3xf32>, %axis: tensor<i32>) {
  // expected-error@below {{expected a result of rank 1, got 'tensor<2x1xi32>'}}
  %0 = nn.arg_max %x, %axis : (tensor<2x3xf32>, tensor<i32>) -> tensor<2x1xi32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Movement
//===----------------------------------------------------------------------===//

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

func.func @repeated_too_often() {
  // expected-error@below {{expected numeric elements, and at most 1 GiB of one that is repeated, got 'tensor<1000000x1000000xf32>'}}
  %0 = nn.const dense<1.0> : tensor<1000000x1000000xf32>
  return
}

// -----

func.func @beyond_all_addresses() {
  // expected-error@below {{expected a size that can be addressed, got 'tensor<4294967296x4294967296xf32>'}}
  %0 = nn.const dense_resource<__elided__> : tensor<4294967296x4294967296xf32>
  return
}

// -----

func.func @comparison_of_floats(%x: tensor<2xf32>) {
  // expected-error@below {{expected a result of booleans, got 'tensor<2xf32>'}}
  %0 = nn.less %x, %x : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @logic_axes(%x: tensor<2xi1>, %axes: tensor<1xf32>) {
  // expected-error@below {{expected integers for axes, got 'tensor<1xf32>'}}
  %0 = nn.reduce_any %x, %axes : (tensor<2xi1>, tensor<1xf32>) -> tensor<i1>
  return
}

// -----

func.func @fill_rank(%dims: tensor<2xi32>, %value: tensor<f32>) {
  // expected-error@below {{expected 3 elements in the dimensions, got 'tensor<2xi32>'}}
  %0 = nn.fill %dims, %value : (tensor<2xi32>, tensor<f32>) -> tensor<2x3x4xf32>
  return
}

// -----

func.func @selection_of_two_types(%c: tensor<i1>, %x: tensor<2xf32>, %y: tensor<2xi32>) {
  // expected-error@below {{expected operand 2 and result 0 to have the same element or storage type}}
  %0 = nn.select_v2 %c, %x, %y : (tensor<i1>, tensor<2xf32>, tensor<2xi32>) -> tensor<2xf32>
  return
}
