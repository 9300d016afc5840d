// RUN: quant-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// Quantized types, of any operator
//===----------------------------------------------------------------------===//

func.func @axis_beyond_rank(%x: tensor<2x!quant.uniform<i8:f32:1, {0.5, 0.25}>>) {
  // expected-error@below {{operand 0: quantized dimension 1 lies beyond the rank of 'tensor<2x!quant.uniform<i8:f32:1, {5.000000e-01,2.500000e-01}>>'}}
  nn.generic "NEG" (%x) : (tensor<2x!quant.uniform<i8:f32:1, {0.5, 0.25}>>) -> ()
  return
}

// -----

func.func @missing_scales(%x: tensor<3x!quant.uniform<i8:f32:0, {0.5, 0.25}>>) {
  // expected-error@below {{operand 0: expected 3 scales for dimension 0, got 2}}
  nn.generic "NEG" (%x) : (tensor<3x!quant.uniform<i8:f32:0, {0.5, 0.25}>>) -> ()
  return
}

// -----

func.func @zero_point_outside_storage(%x: tensor<3xf32>) {
  // expected-error@below {{result 0: zero point 128 lies outside the storage range [-128, 127]}}
  %0 = nn.quantize %x : (tensor<3xf32>) -> tensor<3x!quant.uniform<i8:f32, 0.5:128>>
  return
}

// -----

// A flatbuffer holds scales as float32.
func.func @inexact_scale(%x: tensor<3xf32>) {
  // expected-error@below {{result 0: expected a positive, finite scale that float32 holds exactly, got 1.000000e-01}}
  %0 = nn.quantize %x : (tensor<3xf32>) -> tensor<3x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @moved_to_another_storage(%x: tensor<8x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error@below {{expected operand 0 and result 0 to have the same element or storage type, got 'tensor<8x!quant.uniform<i8:f32, 5.000000e-01>>' and 'tensor<2x4xf32>'}}
  %0 = nn.reshape %x : (tensor<8x!quant.uniform<i8:f32, 0.5>>) -> tensor<2x4xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Tensor identity
//===----------------------------------------------------------------------===//

func.func @identity_for_each_result(%x: tensor<2x4xf32>) {
  // expected-error@below {{expected one #nn.tensor for each of 2 results, got 1}}
  %0:2 = nn.unpack %x axis 0 {num = 2 : i32, nn.tensors = [#nn.tensor<name = "a">]} : (tensor<2x4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func @identity_is_an_attribute(%x: tensor<4xf32>) {
  // expected-error@below {{expected #nn.tensor attributes in 'nn.tensors', got ["a"]}}
  %0 = nn.relu %x {nn.tensors = ["a"]} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// expected-error@below {{expected a #nn.tensor on argument 0, got "x"}}
func.func @identity_of_argument(%x: tensor<4xf32> {nn.tensor = "x"}) {
  return
}

// -----

//===----------------------------------------------------------------------===//
// Constants, generic operators, casts
//===----------------------------------------------------------------------===//

func.func @constant_of_no_shape() {
  // expected-error@below {{expected a static shape, got 'tensor<?xf32>'}}
  %0 = nn.const dense<1.0> : tensor<2xf32> as tensor<?xf32>
  return
}

// -----

func.func @constant_of_wrong_size() {
  // expected-error@below {{expected 8 bytes for 'tensor<2xf32>', got 4}}
  %0 = nn.const dense<1> : tensor<4xi8> as tensor<2xf32>
  return
}

// -----

func.func @constant_without_data() {
  // expected-error@below {{has no data for resource 'elided'; text with elided weights cannot be used, write bytecode (.mlirbc) instead}}
  %0 = nn.const dense_resource<elided> : tensor<2xf32>
  return
}

// -----

func.func @constant_of_no_elements() {
  // expected-error@below {{expected the elements of a tensor}}
  %0 = nn.const 3 : i32
  return
}

// -----

func.func @custom_without_code(%x: tensor<2xf32>) {
  // expected-error@below {{expected a custom_code with "CUSTOM" and with nothing else, got "CUSTOM"}}
  nn.generic "CUSTOM" (%x) : (tensor<2xf32>) -> ()
  return
}

// -----

func.func @code_without_custom(%x: tensor<2xf32>) {
  // expected-error@below {{expected a custom_code with "CUSTOM" and with nothing else, got "RFFT2D"}}
  nn.generic "RFFT2D" (%x) {custom_code = "x"} : (tensor<2xf32>) -> ()
  return
}

// -----

func.func @quantize_to_float(%x: tensor<2xf32>) {
  // expected-error@below {{expected a quantized result, got 'tensor<2xf32>'}}
  %0 = nn.quantize %x : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @quantize_to_another_shape(%x: tensor<2xf32>) {
  // expected-error@below {{expected equal shapes, got 'tensor<2xf32>' and 'tensor<3x!quant.uniform<i8:f32, 5.000000e-01>>'}}
  %0 = nn.quantize %x : (tensor<2xf32>) -> tensor<3x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @dequantize_to_integers(%x: tensor<2x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error@below {{expected a float result, got 'tensor<2xi8>'}}
  %0 = nn.dequantize %x : (tensor<2x!quant.uniform<i8:f32, 0.5>>) -> tensor<2xi8>
  return
}

// -----

func.func @repeated_too_often() {
  // expected-error@below {{expected numeric elements, and at most 1 GiB of one that is repeated, got 'tensor<1000000x1000000xf32>'}}
  %0 = nn.const dense<1.0> : tensor<1000000x1000000xf32>
  return
}

// -----

func.func @beyond_all_addresses() {
  // expected-error@below {{expected a size that can be addressed, got 'tensor<4294967296x4294967296xf32>'}}
  %0 = nn.const dense_resource<__elided__> : tensor<4294967296x4294967296xf32>
  return
}
