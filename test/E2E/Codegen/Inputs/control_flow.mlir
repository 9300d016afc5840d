// Everything that runs functions, one within the other, around a variable: a counter that changes from run to run chooses
// the branch and the number of rounds, and values of a loop change places.
!q = !quant.uniform<i8:f32, 0.0625:-3>
func.func @main(%x: tensor<1x4xf32> {nn.tensor = #nn.tensor<name = "x">}, %y: tensor<1x4x!q> {nn.tensor = #nn.tensor<name = "y">})
    -> (tensor<1x4xf32>, tensor<i32>, tensor<1x4x!q>) {
  nn.call_once @start() : () -> ()
  %h = nn.var_handle {shared_name = "count"} : tensor<!nn.resource>
  %n = nn.call @next(%h) : (tensor<!nn.resource>) -> tensor<i32>
  %one = nn.const dense<1> : tensor<i32>
  %two = nn.const dense<2> : tensor<i32>
  %rest = nn.floor_mod %n, %two : (tensor<i32>, tensor<i32>) -> tensor<i32>
  %odd = nn.equal %rest, %one : (tensor<i32>, tensor<i32>) -> tensor<i1>
  %0 = nn.if @yes else @no(%odd, %x) : (tensor<i1>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %1:4 = nn.while @more do @round(%n, %0, %x, %h)
      : (tensor<i32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<!nn.resource>)
      -> (tensor<i32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<!nn.resource>)
  %2 = nn.if @twice else @same(%odd, %y) : (tensor<i1>, tensor<1x4x!q>) -> tensor<1x4x!q>
  %3 = nn.read_variable %1#3 : (tensor<!nn.resource>) -> tensor<i32>
  return %1#1, %3, %2 : tensor<1x4xf32>, tensor<i32>, tensor<1x4x!q>
}
func.func @start() {
  %h = nn.var_handle {shared_name = "count"} : tensor<!nn.resource>
  %four = nn.const dense<4> : tensor<i32>
  nn.assign_variable %h, %four : tensor<!nn.resource>, tensor<i32>
  return
}
func.func @next(%h: tensor<!nn.resource>) -> tensor<i32> {
  %one = nn.const dense<1> : tensor<i32>
  %0 = nn.read_variable %h : (tensor<!nn.resource>) -> tensor<i32>
  %1 = nn.add %0, %one : (tensor<i32>, tensor<i32>) -> tensor<i32>
  nn.assign_variable %h, %1 : tensor<!nn.resource>, tensor<i32>
  return %1 : tensor<i32>
}
func.func @yes(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = nn.softmax %x beta 1.0 : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}
func.func @no(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  return %x : tensor<1x4xf32>
}
func.func @more(%n: tensor<i32>, %a: tensor<1x4xf32>, %b: tensor<1x4xf32>, %h: tensor<!nn.resource>) -> tensor<i1> {
  %zero = nn.const dense<0> : tensor<i32>
  %0 = nn.greater %n, %zero : (tensor<i32>, tensor<i32>) -> tensor<i1>
  return %0 : tensor<i1>
}
func.func @round(%n: tensor<i32>, %a: tensor<1x4xf32>, %b: tensor<1x4xf32>, %h: tensor<!nn.resource>)
    -> (tensor<i32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<!nn.resource>) {
  %one = nn.const dense<1> : tensor<i32>
  %three = nn.const dense<3> : tensor<i32>
  %half = nn.const dense<0.5> : tensor<f32>
  %0 = nn.sub %n, %one : (tensor<i32>, tensor<i32>) -> tensor<i32>
  %c = nn.less %0, %three : (tensor<i32>, tensor<i32>) -> tensor<i1>
  %1 = nn.if @yes else @no(%c, %b) : (tensor<i1>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %2 = nn.add %1, %half : (tensor<1x4xf32>, tensor<f32>) -> tensor<1x4xf32>
  %3 = nn.call @next(%h) : (tensor<!nn.resource>) -> tensor<i32>
  return %0, %2, %a, %h : tensor<i32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<!nn.resource>
}
func.func @twice(%x: tensor<1x4x!q>) -> tensor<1x4x!q> {
  %0 = nn.add %x, %x : (tensor<1x4x!q>, tensor<1x4x!q>) -> tensor<1x4x!q>
  return %0 : tensor<1x4x!q>
}
func.func @same(%x: tensor<1x4x!q>) -> tensor<1x4x!q> {
  return %x : tensor<1x4x!q>
}
