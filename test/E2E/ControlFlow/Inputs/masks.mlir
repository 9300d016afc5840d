// Attention hides places from a softmax: by constants, by a mask that is computed, and by what takes the place of a score.
// A scale that reached -1e9 would have no steps for the scores.
func.func @main(%x: tensor<4x6xf32> {nn.tensor = #nn.tensor<name = "x">}, %k: tensor<6x6xf32> {nn.tensor = #nn.tensor<name = "k">},
                %hide: tensor<1x6xi1> {nn.tensor = #nn.tensor<name = "hide">})
    -> (tensor<2x2x6xf32>, tensor<4x6xf32>, tensor<4x6xf32>) {
  %scores = nn.batch_matmul %x, %k : (tensor<4x6xf32>, tensor<6x6xf32>) -> tensor<4x6xf32>
  %causal = nn.const dense<[[0.0, -1.0e9, -1.0e9, -1.0e9, -1.0e9, -1.0e9], [0.0, 0.0, -1.0e9, -1.0e9, -1.0e9, -1.0e9],
                            [0.0, 0.0, 0.0, -1.0e9, -1.0e9, -1.0e9], [0.0, 0.0, 0.0, 0.0, -1.0e9, -1.0e9]]> : tensor<4x6xf32>
  %0 = nn.add %scores, %causal : (tensor<4x6xf32>, tensor<4x6xf32>) -> tensor<4x6xf32>
  %shape = nn.const dense<[2, 2, 6]> : tensor<3xi32>
  %heads = nn.reshape %0, %shape : (tensor<4x6xf32>, tensor<3xi32>) -> tensor<2x2x6xf32>
  %1 = nn.softmax %heads beta 1.0 : (tensor<2x2x6xf32>) -> tensor<2x2x6xf32>
  %one = nn.const dense<1.0> : tensor<f32>
  %zero = nn.const dense<0.0> : tensor<f32>
  %real = nn.select_v2 %hide, %one, %zero : (tensor<1x6xi1>, tensor<f32>, tensor<f32>) -> tensor<1x6xf32>
  %deep = nn.const dense<-1.0e9> : tensor<f32>
  %mask = nn.mul %real, %deep : (tensor<1x6xf32>, tensor<f32>) -> tensor<1x6xf32>
  %2 = nn.add %scores, %mask : (tensor<4x6xf32>, tensor<1x6xf32>) -> tensor<4x6xf32>
  %3 = nn.softmax %2 beta 1.0 : (tensor<4x6xf32>) -> tensor<4x6xf32>
  %lowest = nn.const dense<-2.37e38> : tensor<f32>
  %4 = nn.select_v2 %hide, %lowest, %scores : (tensor<1x6xi1>, tensor<f32>, tensor<4x6xf32>) -> tensor<4x6xf32>
  %5 = nn.softmax %4 beta 1.0 : (tensor<4x6xf32>) -> tensor<4x6xf32>
  return %1, %3, %5 : tensor<2x2x6xf32>, tensor<4x6xf32>, tensor<4x6xf32>
}
