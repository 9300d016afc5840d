// RUN: quant-translate --mlir-to-tflite %s | quant-translate --tflite-to-mlir | FileCheck %s

// A constant of strings is its table of offsets and characters, as bytes.
// CHECK: nn.const dense_resource<words> : tensor<21xi8> as tensor<2x!nn.string>
func.func @main() -> tensor<2x!nn.string> {
  %0 = nn.const dense_resource<words> : tensor<21xi8> as tensor<2x!nn.string> {nn.tensors = [#nn.tensor<name = "words", index = 0>]}
  %1 = nn.reshape %0 : (tensor<2x!nn.string>) -> tensor<2x!nn.string>
  return %1 : tensor<2x!nn.string>
}

{-#
  dialect_resources: {
    builtin: {
      words: "0x100000000200000010000000120000001500000068656C6C6F"
    }
  }
#-}
