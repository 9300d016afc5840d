// RUN: quant-opt %s --canonicalize --split-input-file | FileCheck %s

// Rounding twice with the same parameters is rounding once.
// CHECK-LABEL: @same_parameters
// CHECK: %[[X:.*]] = quantx.fake_quant %arg0
// CHECK-NEXT: return %[[X]]
func.func @same_parameters(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = quantx.fake_quant %x name "x" spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<8xf32>
  %1 = quantx.fake_quant %0 spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<8xf32>
  return %1 : tensor<8xf32>
}

// -----

// With other parameters the second one is a requantization.
// CHECK-LABEL: @other_parameters
// CHECK-COUNT-2: quantx.fake_quant
func.func @other_parameters(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = quantx.fake_quant %x spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<8xf32>
  %1 = quantx.fake_quant %0 spec <i8> as !quant.uniform<i8:f32, 0.25> : tensor<8xf32>
  return %1 : tensor<8xf32>
}

// -----

// Without parameters both are places where calibration looks or resolve decides.
// CHECK-LABEL: @not_resolved
// CHECK-COUNT-2: quantx.fake_quant
func.func @not_resolved(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = quantx.fake_quant %x spec <i8> : tensor<8xf32>
  %1 = quantx.fake_quant %0 spec <i8> : tensor<8xf32>
  return %1 : tensor<8xf32>
}

// -----

// A mark whose value nobody reads goes.
// CHECK-LABEL: @unused
// CHECK-NEXT: return
func.func @unused(%x: tensor<8xf32>) {
  %0 = quantx.fake_quant %x spec <i8> : tensor<8xf32>
  return
}
