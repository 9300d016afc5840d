// Two branches, one of which branches again; the condition is data. (LiteRT has no CALL.)
func.func @main(%c: tensor<1xi1> {nn.tensor = #nn.tensor<name = "c">}, %x: tensor<1x4xf32> {nn.tensor = #nn.tensor<name = "x">})
    -> tensor<1x4xf32> {
  %w = nn.const dense<[[0.5, -0.25, 0.75, 0.125], [-0.5, 0.5, 0.25, -0.75], [0.25, 0.625, -0.375, 0.5], [0.5, 0.25, 0.125, 1.0]]> : tensor<4x4xf32>
  %none = nn.no_value : none
  %0 = nn.fully_connected %x, %w, %none : (tensor<1x4xf32>, tensor<4x4xf32>, none) -> tensor<1x4xf32>
  %1 = nn.if @yes else @no(%c, %0) {nn.tensors = [#nn.tensor<name = "chosen">]} : (tensor<1xi1>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %2 = nn.relu %1 : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %2 : tensor<1x4xf32>
}
func.func @yes(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = nn.softmax %x beta 1.0 : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}
func.func @no(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %c = nn.const dense<true> : tensor<1xi1>
  %0 = nn.if @double else @yes(%c, %x) : (tensor<1xi1>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = nn.if @double else @yes(%c, %0) : (tensor<1xi1>, tensor<1x4xf32>) -> tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}
func.func @double(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = nn.add %x, %x : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}
