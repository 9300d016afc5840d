// RUN: quant-opt %s --convert-nn-to-kernel | FileCheck %s

!unsigned = !quant.uniform<u8:f32, 0.5:131>
!signed = !quant.uniform<i8:f32, 0.5:3>
!finer = !quant.uniform<i8:f32, 0.25:3>

// One type of 8 bits to the other with the same scale adds a number; another scale takes a table.
// CHECK: kernel.call "runtime::mapElements"
// CHECK-SAME: #kernel.record<"runtime::MoveZeroPoint", -128 : i32>
// CHECK: kernel.call "runtime::lookUp"
func.func @main(%x: tensor<100x!unsigned>) -> tensor<100x!finer> {
  %0 = nn.quantize %x : (tensor<100x!unsigned>) -> tensor<100x!signed>
  %1 = nn.quantize %0 : (tensor<100x!signed>) -> tensor<100x!finer>
  return %1 : tensor<100x!finer>
}
