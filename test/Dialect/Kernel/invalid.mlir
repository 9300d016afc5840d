// RUN: quant-opt %s --split-input-file --verify-diagnostics

func.func @pointer_to_no_operand(%in: memref<8xi8>) {
  // expected-error@below {{expected a pointer into one of 1 operands, got #kernel.pointer<1, "int8_t">}}
  kernel.call "f" arguments [#kernel.pointer<1, "int8_t">] reads(%in : memref<8xi8>) headers []
  return
}

// -----

func.func @pointer_beyond_the_end(%in: memref<8xi8>) {
  // expected-error@below {{expected an offset within 'memref<8xi8>', got #kernel.pointer<0, "int8_t", offset = 9>}}
  kernel.call "f" arguments [[#kernel.pointer<0, "int8_t", offset = 9>]] reads(%in : memref<8xi8>) headers []
  return
}

// -----

func.func @unsigned_form_of_words(%in: memref<8xi16>) {
  // expected-error@below {{expected a pointer to int8_t that may be one to uint8_t, got #kernel.pointer<0, "int16_t" unsigned {"1" = 128 : i64}>}}
  kernel.call "f" arguments [#kernel.pointer<0, "int16_t" unsigned {"1" = 128 : i64}>, 0 : i32] reads(%in : memref<8xi16>) headers []
  return
}

// -----

func.func @unsigned_form_without_its_number(%in: memref<8xi8>) {
  // expected-error@below {{expected a number among the arguments, got "1.min" of #kernel.pointer<0, "int8_t" unsigned {"1.min" = 128 : i64}>}}
  kernel.call "f" arguments [#kernel.pointer<0, "int8_t" unsigned {"1.min" = 128 : i64}>, #kernel.record<"R", max = 127 : i32>]
      reads(%in : memref<8xi8>) headers []
  return
}

// -----

func.func @unaligned() {
  // expected-error@below {{expected an offset that is a multiple of 64, got 8}}
  %0 = kernel.buffer {offset = 8 : i64} : memref<8xi8>
  return
}

// -----

func.func @dynamic() {
  // expected-error@below {{expected memory of static shape with elements of known size, got 'memref<?xi8>'}}
  %0 = kernel.buffer : memref<?xi8>
  return
}

// -----

func.func @elements_of_another_type() {
  // expected-error@below {{expected elements of 'memref<4xi8>', got 'tensor<2xi16>'}}
  %0 = kernel.constant dense<0> : tensor<2xi16> : memref<4xi8>
  return
}

// -----

func.func @long_condition(%in: memref<2xi8>) {
  // expected-error@below {{expected one byte as its condition, got 'memref<2xi8>'}}
  kernel.if %in : memref<2xi8> {
  } else {
  }
  return
}

// -----

func.func @wide_condition(%in: memref<i32>) {
  // expected-error@below {{expected one byte as its condition, got 'memref<i32>'}}
  kernel.while %in : memref<i32> {
  } do {
  }
  return
}
