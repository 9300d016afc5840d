// RUN: split-file %s %t
// RUN: quant-opt %t/marked.mlir --quantx-attach-statistics=statistics=%t/good.json | FileCheck %s
// RUN: quant-opt %t/marked.mlir --quantx-attach-statistics=statistics=%t/unknown.json 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not quant-opt %t/marked.mlir --quantx-attach-statistics=statistics=%t/none.json 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not quant-opt %t/marked.mlir --quantx-attach-statistics 2>&1 | FileCheck %s --check-prefix=NOFILE

// Values are found by name; those that the file leaves out stay without statistics, as do operands without a name.
// CHECK: quantx.fake_quant %arg0 name "x" spec <i8> stats <min = -1.500000e+00, max = 6.000000e+00> :
// CHECK: quantx.fake_quant %{{.*}} name "y" spec <i8> :
// CHECK: quantx.fake_quant %{{.*}} spec <i32, symmetric> :

// In 16 bits a range leaves as much room again; the other methods choose for themselves.
// RUN: quant-opt %t/wide.mlir --quantx-attach-statistics=statistics=%t/good.json | FileCheck %s --check-prefix=ROOM
// RUN: quant-opt %t/wide.mlir --quantx-attach-statistics="statistics=%t/good.json ranges=mse" | FileCheck %s --check-prefix=TIGHT
// The largest value seen is an integer: 16383 of 32767.
// ROOM: quantx.fake_quant %arg0 name "x" spec <i16, symmetric> stats <min = -3.000{{[0-9]+}}, max = 12.000{{[0-9]+}}> :
// TIGHT: quantx.fake_quant %arg0 name "x" spec <i16, symmetric> stats <min = -1.500000e+00, max = 6.000000e+00> :

// A name that nothing has is usually a slip of the pen.
// UNKNOWN: warning: {{.*}}unknown.json: no quantized value of the module is named 'X'

// MISSING: error: {{.*}}none.json
// NOFILE: error: needs a statistics file; give its path as 'statistics=FILE.json'

//--- good.json
{"vernier_statistics": 1, "model": "m.tflite", "samples": 1, "tensors": {"x": {"min": -1.5, "max": 6}}}

//--- unknown.json
{"vernier_statistics": 1, "model": "m.tflite", "samples": 1, "tensors": {"X": {"min": -1.5, "max": 6}}}

//--- wide.mlir
func.func @wide(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = quantx.fake_quant %x name "x" spec <i16, symmetric> : tensor<8xf32>
  return %0 : tensor<8xf32>
}

//--- marked.mlir
func.func @marked(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = quantx.fake_quant %x name "x" spec <i8> : tensor<8xf32>
  %1 = nn.relu %0 : (tensor<8xf32>) -> tensor<8xf32>
  %2 = quantx.fake_quant %1 name "y" spec <i8> : tensor<8xf32>
  %3 = quantx.fake_quant %2 spec <i32, symmetric> : tensor<8xf32>
  return %3 : tensor<8xf32>
}
