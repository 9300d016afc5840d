// RUN: quant-opt %s --split-input-file --verify-diagnostics

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
