// RUN: quant-opt %s --verify-roundtrip | FileCheck %s
// RUN: quant-opt %s --mlir-print-op-generic | quant-opt | FileCheck %s

// CHECK-LABEL: @shapes
func.func @shapes(%x: tensor<1x4x6xf32>, %shape: tensor<2xi32>, %axis: tensor<i32>, %none: none) {
  // CHECK-NEXT: nn.reshape %arg0, %arg1 {new_shape = array<i32: 4, 6>} : (tensor<1x4x6xf32>, tensor<2xi32>) -> tensor<4x6xf32>
  %0 = nn.reshape %x, %shape {new_shape = array<i32: 4, 6>} : (tensor<1x4x6xf32>, tensor<2xi32>) -> tensor<4x6xf32>
  // CHECK-NEXT: nn.reshape %arg0 :
  %1 = nn.reshape %x : (tensor<1x4x6xf32>) -> tensor<24xf32>
  // CHECK-NEXT: nn.squeeze %arg0 {squeeze_dims = array<i32: 0>} :
  %2 = nn.squeeze %x {squeeze_dims = array<i32: 0>} : (tensor<1x4x6xf32>) -> tensor<4x6xf32>
  // CHECK-NEXT: nn.expand_dims %arg0, %arg2 :
  %3 = nn.expand_dims %x, %axis : (tensor<1x4x6xf32>, tensor<i32>) -> tensor<1x1x4x6xf32>
  return
}

// CHECK-LABEL: @orders
func.func @orders(%x: tensor<4x6xf32>, %axis: tensor<1xi32>) {
  %perm = nn.const dense<[1, 0]> : tensor<2xi32>
  // CHECK: nn.transpose %arg0, %{{.*}} : (tensor<4x6xf32>, tensor<2xi32>) -> tensor<6x4xf32>
  %0 = nn.transpose %x, %perm : (tensor<4x6xf32>, tensor<2xi32>) -> tensor<6x4xf32>
  // CHECK-NEXT: nn.reverse_v2 %arg0, %arg1 :
  %1 = nn.reverse_v2 %x, %axis : (tensor<4x6xf32>, tensor<1xi32>) -> tensor<4x6xf32>
  return
}

// CHECK-LABEL: @borders
func.func @borders(%x: tensor<4x6xf32>, %c: tensor<f32>) {
  %p = nn.const dense<[[1, 2], [0, 0]]> : tensor<2x2xi32>
  // CHECK: nn.pad %arg0, %{{.*}} : (tensor<4x6xf32>, tensor<2x2xi32>) -> tensor<7x6xf32>
  %0 = nn.pad %x, %p : (tensor<4x6xf32>, tensor<2x2xi32>) -> tensor<7x6xf32>
  // CHECK-NEXT: nn.padv2 %arg0, %{{.*}}, %arg1 :
  %1 = nn.padv2 %x, %p, %c : (tensor<4x6xf32>, tensor<2x2xi32>, tensor<f32>) -> tensor<7x6xf32>
  // CHECK-NEXT: nn.mirror_pad %arg0, %{{.*}} {mode = 1 : i8} :
  %2 = nn.mirror_pad %x, %p {mode = 1 : i8} : (tensor<4x6xf32>, tensor<2x2xi32>) -> tensor<7x6xf32>
  return
}

// CHECK-LABEL: @parts
func.func @parts(%x: tensor<4x6xf32>, %v: tensor<2xi32>, %i: tensor<3xi32>, %ij: tensor<5x2xi32>) {
  // CHECK-NEXT: nn.slice %arg0, %arg1, %arg1 :
  %0 = nn.slice %x, %v, %v : (tensor<4x6xf32>, tensor<2xi32>, tensor<2xi32>) -> tensor<?x?xf32>
  // CHECK-NEXT: nn.strided_slice %arg0, %arg1, %arg1, %arg1 {begin_mask = 1 : i32, shrink_axis_mask = 2 : i32} :
  %1 = nn.strided_slice %x, %v, %v, %v {begin_mask = 1 : i32, shrink_axis_mask = 2 : i32}
      : (tensor<4x6xf32>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>) -> tensor<?xf32>
  // CHECK-NEXT: nn.gather %arg0, %arg2 axis 1 :
  %2 = nn.gather %x, %i axis 1 : (tensor<4x6xf32>, tensor<3xi32>) -> tensor<4x3xf32>
  // CHECK-NEXT: nn.gather %arg0, %arg2 axis -1 :
  %3 = nn.gather %x, %i axis -1 : (tensor<4x6xf32>, tensor<3xi32>) -> tensor<4x3xf32>
  // CHECK-NEXT: nn.gather_nd %arg0, %arg3 :
  %4 = nn.gather_nd %x, %ij : (tensor<4x6xf32>, tensor<5x2xi32>) -> tensor<5xf32>
  return
}

// CHECK-LABEL: @repetition
func.func @repetition(%x: tensor<4x6xf32>, %m: tensor<2xi32>, %s: tensor<3xi64>) {
  // CHECK-NEXT: nn.tile %arg0, %arg1 :
  %0 = nn.tile %x, %m : (tensor<4x6xf32>, tensor<2xi32>) -> tensor<8x6xf32>
  // CHECK-NEXT: nn.broadcast_to %arg0, %arg2 :
  %1 = nn.broadcast_to %x, %s : (tensor<4x6xf32>, tensor<3xi64>) -> tensor<2x4x6xf32>
  return
}

// CHECK-LABEL: @blocks
func.func @blocks(%x: tensor<1x4x6x8xf32>, %b: tensor<2xi32>, %p: tensor<2x2xi32>) {
  // CHECK-NEXT: nn.space_to_depth %arg0 block 2 :
  %0 = nn.space_to_depth %x block 2 : (tensor<1x4x6x8xf32>) -> tensor<1x2x3x32xf32>
  // CHECK-NEXT: nn.depth_to_space %arg0 block 2 :
  %1 = nn.depth_to_space %x block 2 : (tensor<1x4x6x8xf32>) -> tensor<1x8x12x2xf32>
  // CHECK-NEXT: nn.space_to_batch_nd %arg0, %arg1, %arg2 :
  %2 = nn.space_to_batch_nd %x, %b, %p : (tensor<1x4x6x8xf32>, tensor<2xi32>, tensor<2x2xi32>) -> tensor<4x2x3x8xf32>
  // CHECK-NEXT: nn.batch_to_space_nd %{{.*}}, %arg1, %arg2 :
  %3 = nn.batch_to_space_nd %2, %b, %p : (tensor<4x2x3x8xf32>, tensor<2xi32>, tensor<2x2xi32>) -> tensor<1x4x6x8xf32>
  // CHECK-NEXT: nn.resize_bilinear %arg0, %arg1 {half_pixel_centers = true} :
  %4 = nn.resize_bilinear %x, %b {half_pixel_centers = true} : (tensor<1x4x6x8xf32>, tensor<2xi32>) -> tensor<1x8x12x8xf32>
  // CHECK-NEXT: nn.resize_nearest_neighbor %arg0, %arg1 {align_corners = true} :
  %5 = nn.resize_nearest_neighbor %x, %b {align_corners = true} : (tensor<1x4x6x8xf32>, tensor<2xi32>) -> tensor<1x8x12x8xf32>
  return
}

// CHECK-LABEL: @several
func.func @several(%x: tensor<2x4xf32>, %axis: tensor<i32>, %sizes: tensor<2xi32>) {
  // CHECK-NEXT: nn.concatenation %arg0, %arg0 axis -1 activation RELU :
  %0 = nn.concatenation %x, %x axis -1 activation RELU : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x8xf32>
  // CHECK-NEXT: nn.pack %arg0, %arg0 axis 0 {values_count = 2 : i32} :
  %1 = nn.pack %x, %x axis 0 {values_count = 2 : i32} : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x2x4xf32>
  // CHECK-NEXT: nn.unpack %arg0 axis 0 {num = 2 : i32} :
  %2:2 = nn.unpack %x axis 0 {num = 2 : i32} : (tensor<2x4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  // CHECK-NEXT: nn.split %arg1, %arg0 {num_splits = 2 : i32} :
  %3:2 = nn.split %axis, %x {num_splits = 2 : i32} : (tensor<i32>, tensor<2x4xf32>) -> (tensor<1x4xf32>, tensor<1x4xf32>)
  // CHECK-NEXT: nn.split_v %arg0, %arg2, %arg1 {num_splits = 2 : i32} :
  %4:2 = nn.split_v %x, %sizes, %axis {num_splits = 2 : i32}
      : (tensor<2x4xf32>, tensor<2xi32>, tensor<i32>) -> (tensor<2x1xf32>, tensor<2x3xf32>)
  return
}
