//===- InstructionSets.cpp - What this processor runs -----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "FloatIsa.h"
#include "IntegerIsa.h"
#include "vernier/Numerics/InstructionSet.h"
#include "llvm/ADT/SmallVector.h"

namespace mlir::vernier {

extern const runtime::FloatKernels kGenericFloatKernels;
#ifdef VERNIER_X86_KERNELS
extern const runtime::FloatKernels kAvx2FloatKernels;
extern const runtime::FloatKernels kAvx512FloatKernels;
#endif

using numerics::chosenInstructionSet;
using numerics::InstructionSet;

IntegerIsa integerIsa() {
#ifdef VERNIER_X86_KERNELS
  return chosenInstructionSet() >= InstructionSet::Avx512Vnni ? IntegerIsa::Avx512Vnni
         : chosenInstructionSet() >= InstructionSet::Avx2     ? IntegerIsa::Avx2
                                                              : IntegerIsa::Generic;
#else
  return IntegerIsa::Generic;
#endif
}

ArrayRef<const runtime::FloatKernels *> allFloatKernels() {
  static const auto tables = [] {
    SmallVector<const runtime::FloatKernels *> found;
#ifdef VERNIER_X86_KERNELS
    if (chosenInstructionSet() >= InstructionSet::Avx512)
      found.push_back(&kAvx512FloatKernels);
    if (chosenInstructionSet() >= InstructionSet::Avx2)
      found.push_back(&kAvx2FloatKernels);
#endif
    found.push_back(&kGenericFloatKernels);
    return found;
  }();
  return tables;
}

const runtime::FloatKernels &floatKernels() { return *allFloatKernels().front(); }

} // namespace mlir::vernier
