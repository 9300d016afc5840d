// RUN: split-file %s %t
// RUN: not quant-translate --mlir-to-tflite %t/elided.mlir 2>&1 | FileCheck %s --check-prefix=ELIDED
// RUN: not quant-translate --mlir-to-tflite %t/dialect.mlir 2>&1 | FileCheck %s --check-prefix=DIALECT
// RUN: not quant-translate --mlir-to-tflite %t/option.mlir 2>&1 | FileCheck %s --check-prefix=OPTION
// RUN: not quant-translate --tflite-to-mlir %t/option.mlir 2>&1 | FileCheck %s --check-prefix=OTHER

// ELIDED: error: 'nn.const' op has no data for resource '__elided__'; text with elided weights cannot be used, write bytecode (.mlirbc) instead
//--- elided.mlir
func.func @main() -> tensor<2xf32> {
  %0 = nn.const dense_resource<__elided__> : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// DIALECT: error: 'func.call' op cannot be written to a .tflite file, which holds operators of the nn dialect only
//--- dialect.mlir
func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = func.call @main(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// OPTION: error: 'nn.generic' op CumsumOptions has no field 'exclusiv'
// OTHER: option.mlir: expected a .tflite file, whose bytes 4 to 7 are 'TFL3'
//--- option.mlir
func.func @main(%x: tensor<2xf32>, %a: tensor<i32>) -> tensor<2xf32> {
  %0 = nn.generic "CUMSUM" (%x, %a) {options = {exclusiv = true}} : (tensor<2xf32>, tensor<i32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
