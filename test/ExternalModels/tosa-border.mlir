// RUN: split-file %s %t
// RUN: quant-opt %t/border.mlir --vernier-quantize='statistics=%t/ranges.json io=uint8' | FileCheck %t/border.mlir
// RUN: quant-opt %t/float.mlir --vernier-quantize=statistics=%t/ranges.json 2>&1 | FileCheck %t/float.mlir

//--- ranges.json
{"vernier_statistics": 1, "model": "net.mlir", "samples": 1, "tensors": {
  "x": {"min": 0, "max": 1.9921875}, "y": {"min": 0, "max": 0.99609375}}}

//--- border.mlir
// From uint8 to int8 TOSA rescales, 128 lower; where parameters differ it rescales too.
// CHECK-LABEL: @border(%arg0: tensor<8x!quant.uniform<u8:f32, 7.812500e-03>>
// CHECK-SAME: -> (tensor<8x!quant.uniform<u8:f32, 3.906250e-03>>
// CHECK: %[[ZERO:.*]] = "tosa.const"() <{values = dense<0> : tensor<1xi8>}>
// CHECK-NEXT: %[[LOWEST:.*]] = "tosa.const"() <{values = dense<-128> : tensor<1xi8>}>
// CHECK-NEXT: %[[X:.*]] = tosa.rescale %arg0, %{{.*}}, %{{.*}}, %[[ZERO]], %[[LOWEST]] {input_unsigned = true, output_unsigned = false
// CHECK-SAME: -> tensor<8x!quant.uniform<i8:f32, 7.812500e-03:-128>>
// CHECK: %[[Q:.*]] = tosa.rescale %[[X]], {{.*}} -> tensor<8x!quant.uniform<i8:f32, 3.906250e-03:-128>>
// CHECK: %[[Y:.*]] = tosa.clamp %[[Q]]
// CHECK: tosa.rescale %[[Y]], {{.*}} {input_unsigned = false, {{.*}}output_unsigned = true
func.func @border(%x: tensor<8xf32> {nn.tensor = #nn.tensor<name = "x">}) -> (tensor<8xf32>, tensor<8xf32>) {
  %0 = tosa.clamp %x {min_val = 0.0 : f32, max_val = 1.0 : f32, nn.tensors = [#nn.tensor<name = "y">]} : (tensor<8xf32>) -> tensor<8xf32>
  %1 = tosa.reverse %x {axis = 0 : i32} : (tensor<8xf32>) -> tensor<8xf32>
  return %0, %1 : tensor<8xf32>, tensor<8xf32>
}

//--- float.mlir
// What has no integer form in TOSA stays float between casts and says why.
// CHECK-LABEL: @float
// CHECK: %[[X:.*]] = quant.dcast
// CHECK-NEXT: %[[E:.*]] = tosa.exp %[[X]] {{.*}}quantx.float_reason = "it has no int8 form"
// CHECK: tosa.resize {{.*}}quantx.float_reason = "its scales are no tosa.const_shape"
func.func @float(%x: tensor<8xf32> {nn.tensor = #nn.tensor<name = "x">}, %y: tensor<1x2x2x1xf32>) -> (tensor<8xf32>, tensor<?x?x?x?xf32>) {
  %0 = tosa.reverse %x {axis = 0 : i32} : (tensor<8xf32>) -> tensor<8xf32>
  %1 = tosa.exp %0 : (tensor<8xf32>) -> tensor<8xf32>
  %half = tosa.const_shape {values = dense<[2, 1, 2, 1]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %scale = tosa.add_shape %half, %half : (!tosa.shape<4>, !tosa.shape<4>) -> !tosa.shape<4>
  %none = tosa.const_shape {values = dense<0> : tensor<2xindex>} : () -> !tosa.shape<2>
  %2 = tosa.resize %y, %scale, %none, %none {mode = BILINEAR} : (tensor<1x2x2x1xf32>, !tosa.shape<4>, !tosa.shape<2>, !tosa.shape<2>) -> tensor<?x?x?x?xf32>
  return %1, %2 : tensor<8xf32>, tensor<?x?x?x?xf32>
}
