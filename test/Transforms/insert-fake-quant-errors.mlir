// RUN: quant-opt %s --quantx-insert-fake-quant --split-input-file --verify-diagnostics
// RUN: not quant-opt %s --quantx-insert-fake-quant=scheme=int9 --split-input-file 2>&1 | FileCheck %s
// CHECK: expected a scheme ('int8', 'int16x8', 'dynamic', 'weight-only', 'fp16' or 'float'), got 'int9'

// expected-error@below {{already has quantx.fake_quant operators; run this pass once, on float operators}}
module {
  func.func @marked_already(%x: tensor<8xf32>) -> tensor<8xf32> {
    %y = quantx.fake_quant %x spec <i8> : tensor<8xf32>
    return %y : tensor<8xf32>
  }
}
