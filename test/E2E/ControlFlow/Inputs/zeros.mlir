// What is above zero stays: a constant of zeros beside a comparison. LiteRT aborts where a compared scale is exactly 1.
func.func @main(%x: tensor<1x8xf32> {nn.tensor = #nn.tensor<name = "x">}) -> tensor<1x8xf32> {
  %zero = nn.const dense<0.0> : tensor<f32>
  %slope = nn.const dense<0.25> : tensor<f32>
  %c = nn.greater %x, %zero : (tensor<1x8xf32>, tensor<f32>) -> tensor<1x8xi1>
  %0 = nn.mul %x, %slope : (tensor<1x8xf32>, tensor<f32>) -> tensor<1x8xf32>
  %1 = nn.select %c, %x, %0 : (tensor<1x8xi1>, tensor<1x8xf32>, tensor<1x8xf32>) -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}
