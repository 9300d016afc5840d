// A recurrent cell in a loop: the state and the input go round, the input is cut where the counter says.
func.func @main(%x: tensor<1x5x4xf32> {nn.tensor = #nn.tensor<name = "x">}) -> tensor<1x3xf32> {
  %steps = nn.const dense<5> : tensor<i32>
  %state = nn.const dense<0.0> : tensor<1x3xf32>
  %0:3 = nn.while @more do @step(%steps, %x, %state)
      {nn.tensors = [#nn.tensor<name = "steps">, #nn.tensor<name = "input">, #nn.tensor<name = "state">]}
      : (tensor<i32>, tensor<1x5x4xf32>, tensor<1x3xf32>) -> (tensor<i32>, tensor<1x5x4xf32>, tensor<1x3xf32>)
  return %0#2 : tensor<1x3xf32>
}
func.func @more(%n: tensor<i32>, %x: tensor<1x5x4xf32>, %h: tensor<1x3xf32>) -> tensor<i1> {
  %0 = nn.cast %n : (tensor<i32>) -> tensor<i1>
  return %0 : tensor<i1>
}
func.func @step(%n: tensor<i32>, %x: tensor<1x5x4xf32>, %h: tensor<1x3xf32>)
    -> (tensor<i32>, tensor<1x5x4xf32>, tensor<1x3xf32>) {
  %one = nn.const dense<1> : tensor<i32>
  %five = nn.const dense<5> : tensor<i32>
  %zero = nn.const dense<0> : tensor<i32>
  %size = nn.const dense<[1, 1, 4]> : tensor<3xi32>
  %flat = nn.const dense<[1, 4]> : tensor<2xi32>
  %left = nn.sub %n, %one : (tensor<i32>, tensor<i32>) -> tensor<i32>
  %at = nn.sub %five, %n : (tensor<i32>, tensor<i32>) -> tensor<i32>
  %begin = nn.pack %zero, %at, %zero axis 0 {values_count = 3 : i32} : (tensor<i32>, tensor<i32>, tensor<i32>) -> tensor<3xi32>
  %cut = nn.slice %x, %begin, %size : (tensor<1x5x4xf32>, tensor<3xi32>, tensor<3xi32>) -> tensor<1x1x4xf32>
  %row = nn.reshape %cut, %flat : (tensor<1x1x4xf32>, tensor<2xi32>) -> tensor<1x4xf32>
  %w = nn.const dense<[[0.5, -0.25, 0.75, 0.125], [-0.5, 0.5, 0.25, -0.75], [0.25, 0.625, -0.375, 0.5]]> : tensor<3x4xf32>
  %b = nn.const dense<[0.125, -0.25, 0.0625]> : tensor<3xf32>
  %u = nn.const dense<[[0.5, -0.5, 0.25], [0.75, 0.25, -0.5], [-0.25, 0.375, 0.625]]> : tensor<3x3xf32>
  %none = nn.no_value : none
  %0 = nn.fully_connected %row, %w, %b : (tensor<1x4xf32>, tensor<3x4xf32>, tensor<3xf32>) -> tensor<1x3xf32>
  %1 = nn.fully_connected %h, %u, %none : (tensor<1x3xf32>, tensor<3x3xf32>, none) -> tensor<1x3xf32>
  %2 = nn.add %0, %1 : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x3xf32>
  %3 = nn.tanh %2 : (tensor<1x3xf32>) -> tensor<1x3xf32>
  return %left, %x, %3 : tensor<i32>, tensor<1x5x4xf32>, tensor<1x3xf32>
}
