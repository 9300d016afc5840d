// RUN: quant-opt %s --convert-nn-to-kernel=target=generic | FileCheck %s

!in = !quant.uniform<i8:f32, 0.5:3>
!out = !quant.uniform<i8:f32, 0.75:-5>

// Rows beside rows need no scratch memory to transpose in: the kernel is called without.
// CHECK: kernel.call "runtime::batchMatMulInteger"
// CHECK-SAME: #kernel.null<"int8_t">
func.func @main(%x: tensor<1x3x4x!in>) -> tensor<1x3x3x!out> {
  %0 = nn.batch_matmul %x, %x {adj_y = true} : (tensor<1x3x4x!in>, tensor<1x3x4x!in>) -> tensor<1x3x3x!out>
  return %0 : tensor<1x3x3x!out>
}
