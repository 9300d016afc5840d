//===- InstructionSet.h - vector instructions of this processor -*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Programs that hold kernels for several instruction sets ask here which to
// run. Results are the same bits whatever the answer, so asking for less than
// the processor has is a way to test just that.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_NUMERICS_INSTRUCTIONSET_H
#define VERNIER_NUMERICS_INSTRUCTIONSET_H

namespace mlir::vernier::numerics {

/// Instruction sets in order: each includes the ones before it. Avx2 includes
/// FMA, Avx512 the extensions F, BW, DQ and VL, Avx512Vnni VNNI as well.
enum class InstructionSet { Generic, Avx2, Avx512, Avx512Vnni };

/// The largest set that this processor runs.
inline InstructionSet detectInstructionSet() {
#if (defined(__x86_64__) || defined(__i386__)) && (defined(__GNUC__) || defined(__clang__))
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
    return InstructionSet::Generic;
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl"))
    return InstructionSet::Avx2;
  return __builtin_cpu_supports("avx512vnni") ? InstructionSet::Avx512Vnni : InstructionSet::Avx512;
#else
  return InstructionSet::Generic;
#endif
}

/// The set that kernels are chosen for: what the processor has, unless a program
/// lowers it when it starts, before any kernel is chosen.
inline InstructionSet &chosenInstructionSet() {
  static InstructionSet chosen = detectInstructionSet();
  return chosen;
}

} // namespace mlir::vernier::numerics

#endif // VERNIER_NUMERICS_INSTRUCTIONSET_H
