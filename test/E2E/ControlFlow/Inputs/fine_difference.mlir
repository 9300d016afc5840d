// The square of a difference so small that its own range asks for a scale at which LiteRT's kernel aborts.
func.func @main(%x: tensor<1x8xf32> {nn.tensor = #nn.tensor<name = "x">}) -> tensor<1x8xf32> {
  %step = nn.const dense<0.001> : tensor<f32>
  %y = nn.add %x, %step : (tensor<1x8xf32>, tensor<f32>) -> tensor<1x8xf32>
  %d = nn.squared_difference %x, %y : (tensor<1x8xf32>, tensor<1x8xf32>) -> tensor<1x8xf32>
  %0 = nn.add %x, %d : (tensor<1x8xf32>, tensor<1x8xf32>) -> tensor<1x8xf32>
  return %0 : tensor<1x8xf32>
}
