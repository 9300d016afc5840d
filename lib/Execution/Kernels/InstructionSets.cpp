//===- InstructionSets.cpp - What this processor runs -----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "FloatIsa.h"
#include "IntegerIsa.h"
#include "llvm/ADT/SmallVector.h"

namespace mlir::vernier {

extern const runtime::FloatKernels kGenericFloatKernels;
#ifdef VERNIER_X86_KERNELS
extern const runtime::FloatKernels kAvx2FloatKernels;
extern const runtime::FloatKernels kAvx512FloatKernels;
#endif

#ifdef VERNIER_X86_KERNELS
// What the files in Isa are compiled for: see CMakeLists.txt.
static bool hasAvx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
static bool hasAvx512() {
  return hasAvx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}
#endif

IntegerIsa integerIsa() {
#ifdef VERNIER_X86_KERNELS
  static const IntegerIsa isa = hasAvx512() && __builtin_cpu_supports("avx512vnni") ? IntegerIsa::Avx512Vnni
                                : hasAvx2()                                         ? IntegerIsa::Avx2
                                                                                    : IntegerIsa::Generic;
  return isa;
#else
  return IntegerIsa::Generic;
#endif
}

ArrayRef<const runtime::FloatKernels *> allFloatKernels() {
  static const auto tables = [] {
    SmallVector<const runtime::FloatKernels *> found;
#ifdef VERNIER_X86_KERNELS
    if (hasAvx512())
      found.push_back(&kAvx512FloatKernels);
    if (hasAvx2())
      found.push_back(&kAvx2FloatKernels);
#endif
    found.push_back(&kGenericFloatKernels);
    return found;
  }();
  return tables;
}

const runtime::FloatKernels &floatKernels() { return *allFloatKernels().front(); }

} // namespace mlir::vernier
