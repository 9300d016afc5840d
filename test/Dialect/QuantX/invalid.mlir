// RUN: quant-opt %s --split-input-file --verify-diagnostics

func.func @not_float(%x: tensor<8xi32>) {
  // expected-error@below {{expected a float tensor, got 'tensor<8xi32>'}}
  %0 = quantx.fake_quant %x spec <i8> : tensor<8xi32>
  return
}

// -----

func.func @axis_beyond_rank(%x: tensor<8xf32>) {
  // expected-error@below {{spec has axis 1, but 'tensor<8xf32>' has rank 1}}
  %0 = quantx.fake_quant %x spec <i8, axis = 1> : tensor<8xf32>
  return
}

// -----

func.func @params_of_no_quantized_type(%x: tensor<8xf32>) {
  // expected-error@below {{expected a quantized type for its parameters, got 'i8'}}
  %0 = quantx.fake_quant %x spec <i8> as i8 : tensor<8xf32>
  return
}

// -----

func.func @params_of_another_storage(%x: tensor<8xf32>) {
  // expected-error@below {{parameters '!quant.uniform<i16:f32, 5.000000e-01>' do not have the storage type that #quantx.spec<i8> asks for}}
  %0 = quantx.fake_quant %x spec <i8> as !quant.uniform<i16:f32, 0.5> : tensor<8xf32>
  return
}

// -----

func.func @params_of_another_sign(%x: tensor<8xf32>) {
  // expected-error@below {{do not have the storage type that #quantx.spec<i8> asks for}}
  %0 = quantx.fake_quant %x spec <i8> as !quant.uniform<u8:f32, 0.5> : tensor<8xf32>
  return
}

// -----

func.func @params_of_another_float(%x: tensor<8xf64>) {
  // expected-error@below {{parameters '!quant.uniform<i8:f32, 5.000000e-01>' express 'f32', but the tensor is 'tensor<8xf64>'}}
  %0 = quantx.fake_quant %x spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<8xf64>
  return
}

// -----

func.func @missing_scales(%x: tensor<3xf32>) {
  // expected-error@below {{expected 3 scales for dimension 0, got 2}}
  %0 = quantx.fake_quant %x spec <i8, axis = 0> as !quant.uniform<i8:f32:0, {0.5, 0.25}> : tensor<3xf32>
  return
}

// -----

func.func @storage_of_no_width(%x: tensor<8xf32>) {
  // expected-error@below {{expected a storage type such as 'i8' or 'u8'}}
  %0 = quantx.fake_quant %x spec <float> : tensor<8xf32>
  return
}

// -----

func.func @storage_too_wide(%x: tensor<8xf32>) {
  // expected-error@below {{expected a storage type of 2 to 64 bits, got 65}}
  %0 = quantx.fake_quant %x spec <i65> : tensor<8xf32>
  return
}

// -----

func.func @symmetric_unsigned(%x: tensor<8xf32>) {
  // expected-error@below {{a symmetric range needs a signed storage type}}
  %0 = quantx.fake_quant %x spec <u8, symmetric> : tensor<8xf32>
  return
}

// -----

func.func @unknown_word(%x: tensor<8xf32>) {
  // expected-error@below {{expected 'symmetric', 'narrow', 'pot', 'values' or 'axis', got 'wide'}}
  %0 = quantx.fake_quant %x spec <i8, wide> : tensor<8xf32>
  return
}

// -----

func.func @empty_range(%x: tensor<8xf32>) {
  // expected-error@below {{expected finite bounds with min <= max, got min = 2.000000e+00, max = 1.000000e+00}}
  %0 = quantx.fake_quant %x spec <i8> stats <min = 2.0, max = 1.0> : tensor<8xf32>
  return
}

// -----

// expected-error@below {{expected a scheme ('int8', 'int16x8', 'dynamic', "weight-only", 'fp16' or 'float'), got 'int9'}}
module attributes {quantx.scheme = #quantx.scheme<int9>} {}

// -----

// expected-error@below {{'quantx.scheme' must be a #quantx.scheme, got "int8"}}
module attributes {quantx.scheme = "int8"} {}

// -----

// expected-error@below {{'quantx.float_reason' must be a string, got unit}}
module attributes {quantx.float_reason} {}

// -----

// expected-error@below {{'quantx.reason' is no attribute of the quantx dialect; it has 'quantx.scheme', 'quantx.float_reason', 'quantx.remedy', 'quantx.internal', 'quantx.range_method', 'quantx.io', 'quantx.fused', 'quantx.trained_range', 'quantx.trained_type', 'quantx.block_size' and 'quantx.block_reason'}}
module attributes {quantx.reason = "slip of the pen"} {}

// -----

// expected-error@below {{expected 'quantx.trained_range' to be pairs of finite numbers with min <= max, or of NaN (array<f64: ...>), got "wide"}}
func.func @trained_range() attributes {quantx.trained_range = "wide"} {
  return
}

// -----

// expected-error@below {{to be pairs of finite numbers with min <= max, or of NaN (array<f64: ...>), got array<f64: 0.000000e+00, 0x7FF0000000000000>}}
func.func @infinite_trained_range() attributes {quantx.trained_range = array<f64: 0.0, 0x7FF0000000000000>} {
  return
}

// -----

// expected-error@below {{to be pairs of finite numbers with min <= max}}
func.func private @trained_range_of_argument(tensor<4xf32> {quantx.trained_range = array<f64: 1.0, -1.0>})

// -----

func.func @trained_type() {
  // expected-error@below {{'quantx.trained_type' must be a quantized type, got i8}}
  %0 = nn.const dense<1.0> : tensor<2xf32> {quantx.trained_type = i8}
  return
}
