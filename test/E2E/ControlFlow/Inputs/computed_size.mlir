// The size of a resize and the axes of a mean are computed, as where an image may have any extent: XNNPACK
// takes neither.
func.func @main(%x: tensor<?x5x6x3xf32> {nn.tensor = #nn.tensor<name = "x", shape = [1, 5, 6, 3]>})
    -> (tensor<?x10x12x3xf32>, tensor<?x3xf32>) {
  %s = nn.shape %x {out_type = 2 : i8} : (tensor<?x5x6x3xf32>) -> tensor<4xi32>
  %i = nn.const dense<1> : tensor<1xi32>
  %n = nn.const dense<2> : tensor<1xi32>
  %extent = nn.slice %s, %i, %n : (tensor<4xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<2xi32>
  %two = nn.const dense<2> : tensor<i32>
  %size = nn.mul %extent, %two : (tensor<2xi32>, tensor<i32>) -> tensor<2xi32>
  %0 = nn.resize_bilinear %x, %size {half_pixel_centers = true, nn.tensors = [#nn.tensor<name = "resized", shape = [1, 10, 12, 3]>]}
      : (tensor<?x5x6x3xf32>, tensor<2xi32>) -> tensor<?x10x12x3xf32>
  %four = nn.const dense<4> : tensor<i32>
  %axes = nn.sub %extent, %four : (tensor<2xi32>, tensor<i32>) -> tensor<2xi32>
  %1 = nn.mean %x, %axes {nn.tensors = [#nn.tensor<name = "mean", shape = [1, 3]>]} : (tensor<?x5x6x3xf32>, tensor<2xi32>) -> tensor<?x3xf32>
  return %0, %1 : tensor<?x10x12x3xf32>, tensor<?x3xf32>
}
