// RUN: quant-opt %s --split-input-file --verify-diagnostics

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

func.func @selection_of_two_types(%c: tensor<i1>, %x: tensor<2xf32>, %y: tensor<2xi32>) {
  // expected-error@below {{expected operand 2 and result 0 to have the same element or storage type}}
  %0 = nn.select_v2 %c, %x, %y : (tensor<i1>, tensor<2xf32>, tensor<2xi32>) -> tensor<2xf32>
  return
}
