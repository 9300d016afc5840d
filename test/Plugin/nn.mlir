// The stock mlir-opt runs our pipeline on our dialect.
// RUN: split-file %s %t
// RUN: mlir-opt %t/relu.mlir --load-dialect-plugin=%plugin \
// RUN:   --pass-pipeline='builtin.module(vernier-quantize{statistics=%t/ranges.json})' | FileCheck %t/relu.mlir

// Loaded twice, once for dialects and once for passes, it registers once; mlir-opt's own passes mix with ours.
// RUN: mlir-opt %t/relu.mlir --load-dialect-plugin=%plugin --load-pass-plugin=%plugin \
// RUN:   --pass-pipeline='builtin.module(canonicalize,quantx-insert-fake-quant,quantx-attach-statistics{statistics=%t/ranges.json},quantx-resolve-scales,quantx-fold,cse)' \
// RUN:   | FileCheck %t/relu.mlir

// Nothing of ours but the two entry points can be seen from outside, and MLIR is the tool's own.
// RUN: llvm-nm --dynamic --defined-only --extern-only %plugin | FileCheck %s --check-prefix=SYMBOLS
// SYMBOLS-NOT: vernier
// SYMBOLS: mlirGetDialectPluginInfo
// SYMBOLS: mlirGetPassPluginInfo
// SYMBOLS-NOT: vernier
// RUN: llvm-readelf --needed-libs %plugin | FileCheck %s --check-prefix=LIBRARIES
// LIBRARIES: libMLIR.so

//--- ranges.json
{"vernier_statistics": 1, "model": "relu.mlir", "samples": 1, "tensors": {"x": {"min": -1, "max": 1}, "y": {"min": 0, "max": 1}}}

//--- relu.mlir
func.func @f(%x: tensor<1x8xf32> {nn.tensor = #nn.tensor<name = "x">}) -> tensor<1x8xf32> {
  %0 = nn.relu %x {nn.tensors = [#nn.tensor<name = "y">]} : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %0 : tensor<1x8xf32>
}
// CHECK: nn.quantize %{{.*}} -> tensor<1x8x!quant.uniform<i8:f32, {{.*}}>>
// CHECK: nn.relu %{{.*}} -> tensor<1x8x!quant.uniform<i8:f32, {{.*}}:-128>>
// CHECK: nn.dequantize %{{.*}} -> tensor<1x8xf32>
