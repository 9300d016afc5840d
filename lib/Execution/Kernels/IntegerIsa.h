//===- IntegerIsa.h - The integer kernels of this processor -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// As FloatIsa.h, with a table for each element type, each way to requantize, and each form of packed weights.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_LIB_EXECUTION_KERNELS_INTEGERISA_H
#define VERNIER_LIB_EXECUTION_KERNELS_INTEGERISA_H

#include "vernier/Runtime/Integer/Kernels.h"

namespace mlir::vernier {

/// The tables of all instruction sets; each member is defined in a file of its own.
template <typename T, typename Requantizer, typename Filter> struct IntegerTables {
  using Kernels = runtime::IntegerKernels<T, Requantizer, Filter>;
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
template <typename Tables> const typename Tables::Kernels &fastestOf() {
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

template <typename T, typename Requantizer, typename Filter = runtime::PackedIntegerFilter>
const runtime::IntegerKernels<T, Requantizer, Filter> &integerKernels() {
  return fastestOf<IntegerTables<T, Requantizer, Filter>>();
}

} // namespace mlir::vernier

/// Defines the member `TABLE` of every table that there is, for the instruction set `ISA` of Runtime.
#define VERNIER_DEFINE_INTEGER_TABLES(TABLE, ISA)                                                                      \
  template <typename T, typename Requantizer, typename Filter>                                                         \
  const runtime::IntegerKernels<T, Requantizer, Filter> IntegerTables<T, Requantizer, Filter>::TABLE =                 \
      runtime::makeIntegerKernels<runtime::ISA, T, Requantizer, Filter>();
#define VERNIER_INSTANTIATE_INTEGER_TABLE(TABLE, TYPE, REQUANTIZER, FILTER)                                            \
  template const runtime::IntegerKernels<TYPE, numerics::REQUANTIZER, runtime::FILTER>                                 \
      IntegerTables<TYPE, numerics::REQUANTIZER, runtime::FILTER>::TABLE;
#define VERNIER_INSTANTIATE_BYTE_TABLES(TABLE, TYPE)                                                                   \
  VERNIER_INSTANTIATE_INTEGER_TABLE(TABLE, TYPE, FloatRequantizer, PackedIntegerFilter)                                \
  VERNIER_INSTANTIATE_INTEGER_TABLE(TABLE, TYPE, FixedPointRequantizer, PackedIntegerFilter)                           \
  VERNIER_INSTANTIATE_INTEGER_TABLE(TABLE, TYPE, FixedPointHalfUpRequantizer, PackedIntegerFilter)                     \
  VERNIER_INSTANTIATE_INTEGER_TABLE(TABLE, TYPE, DoubleRequantizer, PackedIntegerFilter)
#define VERNIER_INSTANTIATE_WORD_TABLES(TABLE)                                                                         \
  VERNIER_INSTANTIATE_INTEGER_TABLE(TABLE, int16_t, FixedPoint64Requantizer, PackedIntegerFilter)                      \
  VERNIER_INSTANTIATE_INTEGER_TABLE(TABLE, int16_t, FixedPointRequantizer, PackedIntegerFilter)                        \
  VERNIER_INSTANTIATE_INTEGER_TABLE(TABLE, int16_t, FixedPointHalfUpRequantizer, PackedIntegerFilter)                  \
  VERNIER_INSTANTIATE_INTEGER_TABLE(TABLE, int16_t, DoubleRequantizer, PackedIntegerFilter)                            \
  VERNIER_INSTANTIATE_INTEGER_TABLE(TABLE, int16_t, FixedPoint64Requantizer, PackedWideFilter)                         \
  VERNIER_INSTANTIATE_INTEGER_TABLE(TABLE, int16_t, DoubleRequantizer, PackedWideFilter)

#endif // VERNIER_LIB_EXECUTION_KERNELS_INTEGERISA_H
