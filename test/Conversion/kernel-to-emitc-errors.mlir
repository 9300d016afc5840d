// RUN: quant-opt %s --convert-kernel-to-emitc --split-input-file --verify-diagnostics

// expected-error@below {{expected memory with offsets; 'kernel-plan-memory' gives them}}
func.func @unplanned(%in: memref<8xi8>) {
  %0 = kernel.buffer : memref<8xi16>
  return
}

// -----

func.func @nested(%in: memref<8xi8>) {
  // expected-error@below {{expected pointers within a record to be into constants}}
  kernel.call "f" arguments [#kernel.record<"P", #kernel.pointer<0, "int8_t">>] reads(%in : memref<8xi8>) headers []
  return
}
