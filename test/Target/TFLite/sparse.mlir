// RUN: quant-translate --mlir-to-tflite %s | quant-translate --tflite-to-mlir | FileCheck %s

// Sparse constants keep their index lists, in the integer types of the file, and their blocks.
// CHECK: nn.sparse_const {{.*}}name = "rows"{{.*}}array_indices = {table = "Uint8Vector", values = array<i8: 2, 0>}, array_segments = {table = "Uint16Vector", values = array<i16: 0, 1, 2>}{{.*}} as tensor<2x3xi8>
// CHECK: nn.sparse_const {{.*}}name = "blocks"{{.*}}block_map = array<i32: 0>{{.*}}table = "Int32Vector"{{.*}} as tensor<4x2xi8>
func.func @main() -> (tensor<2x3xi8>, tensor<4x2xi8>) {
  %0 = nn.sparse_const dense_resource<rows> : tensor<2xi8> {nn.tensors = [#nn.tensor<name = "rows", index = 0, extra = {sparsity = {block_map = array<i32>, dim_metadata = [{dense_size = 2 : i32}, {array_indices = {table = "Uint8Vector", values = array<i8: 2, 0>}, array_segments = {table = "Uint16Vector", values = array<i16: 0, 1, 2>}, format = 1 : i8}], traversal_order = array<i32: 0, 1>}}>]} as tensor<2x3xi8>
  %1 = nn.sparse_const dense_resource<blocks> : tensor<2xi8> {nn.tensors = [#nn.tensor<name = "blocks", index = 1, extra = {sparsity = {block_map = array<i32: 0>, dim_metadata = [{dense_size = 2 : i32}, {array_indices = {table = "Uint8Vector", values = array<i8: 1>}, array_segments = {table = "Int32Vector", values = array<i32: 0, 1, 1>}, format = 1 : i8}, {dense_size = 2 : i32}], traversal_order = array<i32: 0, 1, 2>}}>]} as tensor<4x2xi8>
  %2 = nn.generic "DENSIFY" (%0) {options = {}} : (tensor<2x3xi8>) -> tensor<2x3xi8>
  %3 = nn.generic "DENSIFY" (%1) {options = {}} : (tensor<4x2xi8>) -> tensor<4x2xi8>
  return %2, %3 : tensor<2x3xi8>, tensor<4x2xi8>
}

{-#
  dialect_resources: {
    builtin: {
      rows: "0x100000000708",
      blocks: "0x100000000102"
    }
  }
#-}
