// Slices that begin where data say, in every way that has a known number of elements: an index from the front and from the
// back, bounds and masks, backwards.
func.func @main(%x: tensor<4x6x3xf32> {nn.tensor = #nn.tensor<name = "x">}, %i: tensor<1xi32> {nn.tensor = #nn.tensor<name = "i">})
    -> (tensor<6x3xf32>, tensor<6x3xf32>, tensor<4x2x3xf32>, tensor<4x2x3xf32>, tensor<4x2x3xf32>) {
  %zero = nn.const dense<0> : tensor<1xi32>
  %one = nn.const dense<1> : tensor<1xi32>
  %two = nn.const dense<2> : tensor<1xi32>
  %four = nn.const dense<4> : tensor<1xi32>
  %next = nn.add %i, %one : (tensor<1xi32>, tensor<1xi32>) -> tensor<1xi32>
  %0 = nn.strided_slice %x, %i, %next, %one {shrink_axis_mask = 1 : i32}
      : (tensor<4x6x3xf32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<6x3xf32>
  %back = nn.sub %i, %four : (tensor<1xi32>, tensor<1xi32>) -> tensor<1xi32>
  %1 = nn.strided_slice %x, %back, %zero, %one {shrink_axis_mask = 1 : i32, end_mask = 1 : i32}
      : (tensor<4x6x3xf32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<6x3xf32>
  %last = nn.add %i, %two : (tensor<1xi32>, tensor<1xi32>) -> tensor<1xi32>
  %begin = nn.concatenation %zero, %i, %zero axis 0 : (tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<3xi32>
  %end = nn.concatenation %zero, %last, %zero axis 0 : (tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<3xi32>
  %ones = nn.const dense<1> : tensor<3xi32>
  %2 = nn.strided_slice %x, %begin, %end, %ones {begin_mask = 5 : i32, end_mask = 5 : i32}
      : (tensor<4x6x3xf32>, tensor<3xi32>, tensor<3xi32>, tensor<3xi32>) -> tensor<4x2x3xf32>
  %backwards = nn.const dense<[1, -1, 1]> : tensor<3xi32>
  %3 = nn.strided_slice %x, %end, %begin, %backwards {begin_mask = 5 : i32, end_mask = 5 : i32}
      : (tensor<4x6x3xf32>, tensor<3xi32>, tensor<3xi32>, tensor<3xi32>) -> tensor<4x2x3xf32>
  %size = nn.const dense<[-1, 2, 3]> : tensor<3xi32>
  %4 = nn.slice %x, %begin, %size : (tensor<4x6x3xf32>, tensor<3xi32>, tensor<3xi32>) -> tensor<4x2x3xf32>
  return %0, %1, %2, %3, %4 : tensor<6x3xf32>, tensor<6x3xf32>, tensor<4x2x3xf32>, tensor<4x2x3xf32>, tensor<4x2x3xf32>
}
