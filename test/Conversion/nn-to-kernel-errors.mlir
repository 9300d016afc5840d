// RUN: quant-opt %s --convert-nn-to-kernel --split-input-file --verify-diagnostics

// Every operator that stands in the way is named.
func.func @unknown(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@below {{'nn.generic' cannot be executed yet: there is no kernel for this operator}}
  %0 = nn.generic "A" (%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
