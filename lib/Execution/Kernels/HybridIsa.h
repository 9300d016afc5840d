//===- HybridIsa.h - Dynamic range on this processor ------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// As IntegerIsa.h, with a table for each way to quantize rows and to scale sums.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_LIB_EXECUTION_KERNELS_HYBRIDISA_H
#define VERNIER_LIB_EXECUTION_KERNELS_HYBRIDISA_H

#include "IntegerIsa.h"
#include "vernier/Runtime/Integer/Hybrid.h"

namespace mlir::vernier {

/// The tables of all instruction sets; each member is defined in a file of its own.
template <typename QuantizeRow, typename Scale> struct HybridTables {
  using Kernels = runtime::HybridKernels<QuantizeRow, Scale>;
  static const Kernels generic;
#ifdef VERNIER_X86_KERNELS
  static const Kernels avx2;
  static const Kernels avx512Vnni;
#endif
};

/// The fastest table that this processor runs.
template <typename QuantizeRow, typename Scale>
const runtime::HybridKernels<QuantizeRow, Scale> &hybridKernels(QuantizeRow, Scale) {
  return fastestOf<HybridTables<QuantizeRow, Scale>>();
}

} // namespace mlir::vernier

#define VERNIER_INSTANTIATE_HYBRID_TABLE(TABLE, ROWS, SCALE)                                                           \
  template const runtime::HybridKernels<numerics::ROWS, numerics::SCALE>                                               \
      HybridTables<numerics::ROWS, numerics::SCALE>::TABLE;
/// Defines the member `TABLE` of every table that there is, for the instruction set `ISA` of Runtime.
#define VERNIER_DEFINE_HYBRID_TABLES(TABLE, ISA)                                                                       \
  template <typename QuantizeRow, typename Scale>                                                                      \
  const runtime::HybridKernels<QuantizeRow, Scale> HybridTables<QuantizeRow, Scale>::TABLE =                           \
      runtime::makeHybridKernels<runtime::ISA, QuantizeRow, Scale>();                                                  \
  VERNIER_INSTANTIATE_HYBRID_TABLE(TABLE, QuantizeRowXnnpack, ScaleFused)                                              \
  VERNIER_INSTANTIATE_HYBRID_TABLE(TABLE, QuantizeRowSymmetric, ScaleByProduct)                                        \
  VERNIER_INSTANTIATE_HYBRID_TABLE(TABLE, QuantizeRowAsymmetric, ScaleByProduct)                                       \
  VERNIER_INSTANTIATE_HYBRID_TABLE(TABLE, QuantizeRowAsymmetric, ScaleByWeightFirst)

#endif // VERNIER_LIB_EXECUTION_KERNELS_HYBRIDISA_H
