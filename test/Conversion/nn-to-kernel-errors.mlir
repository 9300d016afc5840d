// RUN: quant-opt %s --convert-nn-to-kernel --split-input-file --verify-diagnostics

// Every operator that stands in the way is named.
func.func @unknown(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@below {{'nn.generic' cannot be executed yet: there is no kernel for this operator}}
  %0 = nn.generic "A" (%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// The branches return different shapes: which one, only the run knows.
func.func @grow(%c: tensor<i1>, %x: tensor<4xf32>) -> tensor<?xf32> {
  // expected-error@below {{'nn.if' cannot be generated yet: the shape of its results follows from data}}
  %0 = nn.if @same else @twice(%c, %x) : (tensor<i1>, tensor<4xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}
func.func @same(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
func.func @twice(%x: tensor<4xf32>) -> tensor<8xf32> {
  %0 = nn.concatenation %x, %x axis 0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<8xf32>
  return %0 : tensor<8xf32>
}

// -----

func.func @choice(%c: tensor<i1>) -> tensor<2xf32> {
  // expected-error@below {{'nn.if' cannot be generated yet: which variable its result names follows from data}}
  %h = nn.if @a else @b(%c) : (tensor<i1>) -> tensor<!nn.resource>
  %0 = nn.read_variable %h : (tensor<!nn.resource>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
func.func @a() -> tensor<!nn.resource> {
  %h = nn.var_handle {shared_name = "a"} : tensor<!nn.resource>
  return %h : tensor<!nn.resource>
}
func.func @b() -> tensor<!nn.resource> {
  %h = nn.var_handle {shared_name = "b"} : tensor<!nn.resource>
  return %h : tensor<!nn.resource>
}

// -----

func.func @sizes(%x: tensor<2xf32>, %y: tensor<3xf32>) -> tensor<2xf32> {
  %h = nn.var_handle {shared_name = "a"} : tensor<!nn.resource>
  nn.assign_variable %h, %x : tensor<!nn.resource>, tensor<2xf32>
  // expected-error@below {{'nn.assign_variable' cannot be generated yet: expected a variable of one type and shape throughout}}
  nn.assign_variable %h, %y : tensor<!nn.resource>, tensor<3xf32>
  return %x : tensor<2xf32>
}
