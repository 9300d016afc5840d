// A TOSA network, calibrated through quantx (ranges by tensor name) and folded to !quant.uniform, under quant-opt and
// under the stock mlir-opt with the plugin.
// RUN: split-file %s %t
// RUN: quant-opt %t/net.mlir --vernier-quantize=statistics=%t/ranges.json -o %t/ours.mlir
// RUN: mlir-opt %t/net.mlir --load-dialect-plugin=%plugin \
// RUN:   --pass-pipeline='builtin.module(vernier-quantize{statistics=%t/ranges.json})' -o %t/theirs.mlir
// RUN: diff %t/ours.mlir %t/theirs.mlir
// RUN: FileCheck %t/net.mlir --input-file=%t/theirs.mlir
// RUN: FileCheck %t/net.mlir --input-file=%t/theirs.mlir --check-prefix=BORDER

// Upstream's passes understand what comes out: shapes are inferred again, constants fold, and it reads back.
// RUN: mlir-opt %t/theirs.mlir --load-dialect-plugin=%plugin --verify-roundtrip \
// RUN:   --pass-pipeline='builtin.module(func.func(tosa-infer-shapes,tosa-layerwise-constant-fold,canonicalize,cse))' | FileCheck %t/net.mlir

//--- ranges.json
{"vernier_statistics": 1, "model": "net.mlir", "samples": 100, "tensors": {
  "image": {"min": -1.0, "max": 0.9921875},
  "conv": {"min": -20.0, "max": 30.0}, "relu6": {"min": 0.0, "max": 6.0},
  "depthwise": {"min": -4.0, "max": 4.0}, "logits": {"min": -8.0, "max": 8.0}, "sum": {"min": -8.0, "max": 8.0}}}

//--- net.mlir
// Every operator folds: what is left of float is one cast at each border, and zero points nowhere else.
// BORDER: quant.qcast
// BORDER-NOT: quant.qcast
// BORDER-NOT: quant.dcast
// BORDER-NOT: quantx.f
// BORDER: %[[Y:.*]] = quant.dcast
// BORDER-NEXT: return %[[Y]] : tensor<1x1x2xf32>

func.func @net(%image: tensor<1x4x4x1xf32> {nn.tensor = #nn.tensor<name = "image">}) -> tensor<1x1x2xf32> {
  %zero = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %w1 = "tosa.const"() {values = dense<[[[[1.0]]], [[[-2.0]]]]> : tensor<2x1x1x1xf32>} : () -> tensor<2x1x1x1xf32>
  %b1 = "tosa.const"() {values = dense<[0.5, -0.5]> : tensor<2xf32>} : () -> tensor<2xf32>
  // The convolution's result takes the range of the clamp that cuts it off: 6 / 255, not 50 / 255.
  // CHECK-DAG: %[[W1:.*]] = "tosa.const"() <{values = dense<{{\[\[\[\[}}127]]], {{\[\[\[}}-127]]]]> : tensor<2x1x1x1xi8>}> : () -> tensor<2x1x1x1x!quant.uniform<i8<-127:127>:f32:0, {{.*}}>>
  // CHECK-DAG: %[[B1:.*]] = "tosa.const"() <{values = dense<[{{.*}}]> : tensor<2xi32>}> : () -> tensor<2xi32>
  // CHECK: %[[ACC:.*]] = tosa.conv2d %{{.*}}, %[[W1]], %[[B1]], {{.*}}acc_type = i32{{.*}}tensor<1xi8>, tensor<1xi8>) -> tensor<1x4x4x2xi32>
  // CHECK: tosa.rescale %[[ACC]], {{.*}} {input_unsigned = false, {{.*}}nn.tensors = [#nn.tensor<name = "conv">]{{.*}}per_channel = true{{.*}} -> tensor<1x4x4x2x!quant.uniform<i8:f32, 0.02352941{{[0-9]*}}:-128>>
  %0 = tosa.conv2d %image, %w1, %b1, %zero, %zero {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, nn.tensors = [#nn.tensor<name = "conv">]}
      : (tensor<1x4x4x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x2xf32>
  // CHECK: tosa.clamp %{{.*}} {max_val = 127 : i8, min_val = -128 : i8, {{.*}}!quant.uniform<i8:f32, 0.02352941{{[0-9]*}}:-128>>
  %1 = tosa.clamp %0 {min_val = 0.0 : f32, max_val = 6.0 : f32, nn.tensors = [#nn.tensor<name = "relu6">]} : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  %w2 = "tosa.const"() {values = dense<[[[[0.5], [0.25]]]]> : tensor<1x1x2x1xf32>} : () -> tensor<1x1x2x1xf32>
  %b2 = "tosa.const"() {values = dense<0.0> : tensor<2xf32>} : () -> tensor<2xf32>
  // CHECK: tosa.depthwise_conv2d {{.*}} tensor<1x1x2x1x!quant.uniform<i8<-127:127>:f32:2, {{.*}} -> tensor<1x4x4x2xi32>
  // CHECK: tosa.rescale
  %2 = tosa.depthwise_conv2d %1, %w2, %b2, %zero, %zero {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, nn.tensors = [#nn.tensor<name = "depthwise">]}
      : (tensor<1x4x4x2xf32>, tensor<1x1x2x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x2xf32>
  // Pools and reshapes keep the parameters of what they read.
  // CHECK: tosa.max_pool2d {{.*}}!quant.uniform<i8:f32, [[S:0.0313[0-9]*]]>>) -> tensor<1x2x2x2x!quant.uniform<i8:f32, [[S]]>>
  // CHECK: tosa.avg_pool2d {{.*}}tensor<1xi8>, tensor<1xi8>) -> tensor<1x1x1x2x!quant.uniform<i8:f32, [[S]]>>
  %3 = tosa.max_pool2d %2 {kernel = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 2, 2>} : (tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32>
  %4 = tosa.avg_pool2d %3, %zero, %zero {acc_type = f32, kernel = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 2, 2>}
      : (tensor<1x2x2x2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x1x2xf32>
  %shape = tosa.const_shape {values = dense<[1, 1, 2]> : tensor<3xindex>} : () -> !tosa.shape<3>
  // CHECK: tosa.reshape {{.*}} -> tensor<1x1x2x!quant.uniform<i8:f32, [[S]]>>
  %5 = tosa.reshape %4, %shape : (tensor<1x1x1x2xf32>, !tosa.shape<3>) -> tensor<1x1x2xf32>
  %w3 = "tosa.const"() {values = dense<[[[1.0, -1.0], [0.5, 2.0]]]> : tensor<1x2x2xf32>} : () -> tensor<1x2x2xf32>
  // A fully connected layer in TOSA's way: a product, then a sum. Sums are taken on i32.
  // CHECK: tosa.matmul {{.*}} -> tensor<1x1x2xi32>
  %6 = tosa.matmul %5, %w3, %zero, %zero {nn.tensors = [#nn.tensor<name = "logits">]} : (tensor<1x1x2xf32>, tensor<1x2x2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x2xf32>
  %b3 = "tosa.const"() {values = dense<[[[0.125, 0.25]]]> : tensor<1x1x2xf32>} : () -> tensor<1x1x2xf32>
  // CHECK: tosa.add %{{.*}}, %{{.*}} : (tensor<1x1x2xi32>, tensor<1x1x2xi32>) -> tensor<1x1x2xi32>
  %7 = tosa.add %6, %b3 {nn.tensors = [#nn.tensor<name = "sum">]} : (tensor<1x1x2xf32>, tensor<1x1x2xf32>) -> tensor<1x1x2xf32>
  // CHECK: tosa.table {{.*}} -> tensor<1x1x2x!quant.uniform<i8:f32, 3.906250e-03:-128>>
  %8 = tosa.sigmoid %7 : (tensor<1x1x2xf32>) -> tensor<1x1x2xf32>
  return %8 : tensor<1x1x2xf32>
}
