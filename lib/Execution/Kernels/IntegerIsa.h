//===- IntegerIsa.h - The 8-bit kernels of this processor -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// As FloatIsa.h, with a table for each element type and each way to requantize.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_LIB_EXECUTION_KERNELS_INTEGERISA_H
#define VERNIER_LIB_EXECUTION_KERNELS_INTEGERISA_H

#include "vernier/Runtime/Integer/Kernels.h"

namespace mlir::vernier {

/// The tables of all instruction sets; each member is defined in a file of its own.
template <typename T, typename Requantizer> struct IntegerTables {
  using Kernels = runtime::IntegerKernels<T, Requantizer>;
  static const Kernels generic;
#ifdef VERNIER_X86_KERNELS
  static const Kernels avx2;
  static const Kernels avx512Vnni;
#endif
};

/// How far this processor's instruction set goes.
enum class IntegerIsa { Generic, Avx2, Avx512Vnni };
IntegerIsa integerIsa();

/// The fastest table that this processor runs.
template <typename T, typename Requantizer> const runtime::IntegerKernels<T, Requantizer> &integerKernels() {
  using Tables = IntegerTables<T, Requantizer>;
#ifdef VERNIER_X86_KERNELS
  switch (integerIsa()) {
  case IntegerIsa::Avx512Vnni:
    return Tables::avx512Vnni;
  case IntegerIsa::Avx2:
    return Tables::avx2;
  case IntegerIsa::Generic:
    break;
  }
#endif
  return Tables::generic;
}

} // namespace mlir::vernier

/// Defines the member `TABLE` of every table that there is, for the instruction set `ISA` of Runtime.
#define VERNIER_DEFINE_INTEGER_TABLES(TABLE, ISA)                                                                      \
  template <typename T, typename Requantizer>                                                                          \
  const runtime::IntegerKernels<T, Requantizer> IntegerTables<T, Requantizer>::TABLE =                                 \
      runtime::makeIntegerKernels<runtime::ISA, T, Requantizer>();                                                     \
  VERNIER_INSTANTIATE_INTEGER_TABLE(TABLE, int8_t)                                                                     \
  VERNIER_INSTANTIATE_INTEGER_TABLE(TABLE, uint8_t)
#define VERNIER_INSTANTIATE_INTEGER_TABLE(TABLE, TYPE)                                                                 \
  template const runtime::IntegerKernels<TYPE, numerics::FloatRequantizer>                                             \
      IntegerTables<TYPE, numerics::FloatRequantizer>::TABLE;                                                          \
  template const runtime::IntegerKernels<TYPE, numerics::FixedPointRequantizer>                                        \
      IntegerTables<TYPE, numerics::FixedPointRequantizer>::TABLE;                                                     \
  template const runtime::IntegerKernels<TYPE, numerics::FixedPointHalfUpRequantizer>                                  \
      IntegerTables<TYPE, numerics::FixedPointHalfUpRequantizer>::TABLE;                                               \
  template const runtime::IntegerKernels<TYPE, numerics::DoubleRequantizer>                                            \
      IntegerTables<TYPE, numerics::DoubleRequantizer>::TABLE;

#endif // VERNIER_LIB_EXECUTION_KERNELS_INTEGERISA_H
