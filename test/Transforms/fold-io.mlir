// RUN: quant-opt %s --quantx-fold=io=int8 | FileCheck %s --check-prefix=INT8
// RUN: quant-opt %s --quantx-fold=io=uint8 | FileCheck %s --check-prefix=UINT8
// RUN: quant-opt %s --quantx-fold | FileCheck %s --check-prefix=FLOAT

// Inputs and outputs in int8 need no casts; in uint8 one each, with the zero point 128 higher.
// INT8: func.func @f(%[[X:.*]]: tensor<8x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<8x!quant.uniform<i8:f32, 2.500000e-01:-128>>
// INT8-NEXT: %[[Y:.*]] = nn.relu %[[X]]
// INT8-NEXT: return %[[Y]]

// UINT8: func.func @f(%[[X:.*]]: tensor<8x!quant.uniform<u8:f32, 5.000000e-01:131>>) -> tensor<8x!quant.uniform<u8:f32, 2.500000e-01>>
// UINT8-NEXT: %[[I:.*]] = nn.quantize %[[X]] : {{.*}} -> tensor<8x!quant.uniform<i8:f32, 5.000000e-01:3>>
// UINT8-NEXT: %[[Y:.*]] = nn.relu %[[I]]
// UINT8-NEXT: %[[U:.*]] = nn.quantize %[[Y]] : {{.*}} -> tensor<8x!quant.uniform<u8:f32, 2.500000e-01>>
// UINT8-NEXT: return %[[U]]

// FLOAT: func.func @f(%{{.*}}: tensor<8xf32>) -> tensor<8xf32>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @f(%x: tensor<8xf32>) -> tensor<8xf32> {
    %0 = quantx.fake_quant %x spec <i8> as !quant.uniform<i8:f32, 0.5:3> : tensor<8xf32>
    %1 = nn.relu %0 : (tensor<8xf32>) -> tensor<8xf32>
    %2 = quantx.fake_quant %1 spec <i8> as !quant.uniform<i8:f32, 0.25:-128> : tensor<8xf32>
    return %2 : tensor<8xf32>
  }
}
