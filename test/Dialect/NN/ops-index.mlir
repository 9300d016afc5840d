// RUN: quant-opt %s --verify-roundtrip | FileCheck %s
// RUN: quant-opt %s --mlir-print-op-generic | quant-opt | FileCheck %s

// CHECK-LABEL: @sizes
func.func @sizes(%x: tensor<4x6xf32>, %dims: tensor<2xi32>, %value: tensor<f32>, %n: tensor<i32>) {
  // CHECK-NEXT: nn.fill %arg1, %arg2 : (tensor<2xi32>, tensor<f32>) -> tensor<4x6xf32>
  %0 = nn.fill %dims, %value : (tensor<2xi32>, tensor<f32>) -> tensor<4x6xf32>
  // CHECK-NEXT: nn.range %arg3, %arg3, %arg3 :
  %1 = nn.range %n, %n, %n : (tensor<i32>, tensor<i32>, tensor<i32>) -> tensor<?xi32>
  // CHECK-NEXT: nn.rank %arg0 :
  %2 = nn.rank %x : (tensor<4x6xf32>) -> tensor<i32>
  // CHECK-NEXT: nn.zeros_like %arg0 :
  %3 = nn.zeros_like %x : (tensor<4x6xf32>) -> tensor<4x6xf32>
  // CHECK-NEXT: nn.broadcast_args %arg1, %arg1 :
  %4 = nn.broadcast_args %dims, %dims : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  // CHECK-NEXT: nn.one_hot %arg1, %arg3, %arg2, %arg2 axis -1 :
  %5 = nn.one_hot %dims, %n, %value, %value axis -1 : (tensor<2xi32>, tensor<i32>, tensor<f32>, tensor<f32>) -> tensor<2x?xf32>
  // CHECK-NEXT: nn.bitcast %arg0 :
  %6 = nn.bitcast %x : (tensor<4x6xf32>) -> tensor<4x6xi32>
  return
}

// CHECK-LABEL: @picks
func.func @picks(%x: tensor<4x6xf32>, %at: tensor<2xi32>, %ij: tensor<3x2xi32>, %u: tensor<3xf32>, %k: tensor<i32>) {
  // CHECK-NEXT: nn.embedding_lookup %arg1, %arg0 :
  %0 = nn.embedding_lookup %at, %x : (tensor<2xi32>, tensor<4x6xf32>) -> tensor<2x6xf32>
  // CHECK-NEXT: nn.topk_v2 %arg0, %arg4 : (tensor<4x6xf32>, tensor<i32>) -> (tensor<4x2xf32>, tensor<4x2xi32>)
  %1, %2 = nn.topk_v2 %x, %k : (tensor<4x6xf32>, tensor<i32>) -> (tensor<4x2xf32>, tensor<4x2xi32>)
  // CHECK-NEXT: nn.dynamic_update_slice %arg0, %arg0, %arg1 :
  %3 = nn.dynamic_update_slice %x, %x, %at : (tensor<4x6xf32>, tensor<4x6xf32>, tensor<2xi32>) -> tensor<4x6xf32>
  // CHECK-NEXT: nn.scatter_nd %arg2, %arg3, %arg1 :
  %4 = nn.scatter_nd %ij, %u, %at : (tensor<3x2xi32>, tensor<3xf32>, tensor<2xi32>) -> tensor<4x6xf32>
  // CHECK-NEXT: nn.reverse_sequence %arg0, %arg1 {batch_dim = 1 : i32} :
  %5 = nn.reverse_sequence %x, %at {batch_dim = 1 : i32} : (tensor<4x6xf32>, tensor<2xi32>) -> tensor<4x6xf32>
  // CHECK-NEXT: nn.matrix_diag %arg3 :
  %6 = nn.matrix_diag %u : (tensor<3xf32>) -> tensor<3x3xf32>
  // CHECK-NEXT: nn.matrix_set_diag %arg0, %arg3 :
  %7 = nn.matrix_set_diag %x, %u : (tensor<4x6xf32>, tensor<3xf32>) -> tensor<4x6xf32>
  // CHECK-NEXT: nn.bucketize %arg3 {boundaries = array<f32: 0.000000e+00, 1.000000e+00>} :
  %8 = nn.bucketize %u {boundaries = array<f32: 0.0, 1.0>} : (tensor<3xf32>) -> tensor<3xi32>
  return
}

// CHECK-LABEL: @sums
func.func @sums(%x: tensor<4x6xf32>, %ids: tensor<4xi32>, %n: tensor<i32>) {
  // CHECK-NEXT: nn.cumsum %arg0, %arg2 {exclusive = true} :
  %0 = nn.cumsum %x, %n {exclusive = true} : (tensor<4x6xf32>, tensor<i32>) -> tensor<4x6xf32>
  // CHECK-NEXT: nn.segment_sum %arg0, %arg1 :
  %1 = nn.segment_sum %x, %ids : (tensor<4x6xf32>, tensor<4xi32>) -> tensor<?x6xf32>
  // CHECK-NEXT: nn.unsorted_segment_sum %arg0, %arg1, %arg2 :
  %2 = nn.unsorted_segment_sum %x, %ids, %n : (tensor<4x6xf32>, tensor<4xi32>, tensor<i32>) -> tensor<?x6xf32>
  return
}

// CHECK-LABEL: @volumes
func.func @volumes(%x: tensor<1x4x4x4x2xf32>, %w: tensor<3x3x3x2x5xf32>, %s: tensor<5xi32>, %i: tensor<1x8x8x3xf32>) {
  // CHECK-NEXT: nn.conv_3d %arg0, %arg1 stride [1, 1, 2] padding SAME activation RELU :
  %0 = nn.conv_3d %x, %w stride [1, 1, 2] padding SAME activation RELU : (tensor<1x4x4x4x2xf32>, tensor<3x3x3x2x5xf32>) -> tensor<1x4x4x2x5xf32>
  // CHECK-NEXT: nn.conv_3d_transpose %arg2, %arg1, %arg0 stride [1, 1, 1] padding VALID :
  %1 = nn.conv_3d_transpose %s, %w, %x stride [1, 1, 1] padding VALID : (tensor<5xi32>, tensor<3x3x3x2x5xf32>, tensor<1x4x4x4x2xf32>) -> tensor<1x6x6x6x2xf32>
  // CHECK-NEXT: nn.l2_pool_2d %arg3 filter [2, 2] stride [2, 2] padding SAME :
  %2 = nn.l2_pool_2d %i filter [2, 2] stride [2, 2] padding SAME : (tensor<1x8x8x3xf32>) -> tensor<1x4x4x3xf32>
  // CHECK-NEXT: nn.local_response_normalization %arg3 {{.*}}radius = 2
  %3 = nn.local_response_normalization %i {radius = 2 : i32, bias = 1.0 : f32} : (tensor<1x8x8x3xf32>) -> tensor<1x8x8x3xf32>
  return
}
