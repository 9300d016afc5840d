//===- IntegerIsas.h - the instruction sets of this build -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Those that the compiler was told to use, for tests that hold each against the scalar kernels.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_TEST_UNIT_RUNTIME_INTEGERISAS_H
#define VERNIER_TEST_UNIT_RUNTIME_INTEGERISAS_H

#include "vernier/Runtime/Integer/Generic.h"
#include "vernier/Runtime/Integer/Kernels.h"
#include "vernier/Runtime/Integer/PairedWeights.h"
#if defined(__AVX2__)
#include "vernier/Runtime/Integer/Avx2.h"
#endif
#if defined(__AVX512VNNI__) && defined(__AVX512BW__) && defined(__AVX512VL__)
#include "vernier/Runtime/Integer/Avx512Vnni.h"
#endif
#if defined(__ARM_FEATURE_DOTPROD)
#include "vernier/Runtime/Integer/ArmDotprod.h"
#endif
#include <vector>

/// Calls `function` with an object of each instruction set.
template <class Function> void forEachIntegerIsa(const Function &function) {
  using namespace mlir::vernier::runtime;
  function(GenericInteger());
#if defined(__AVX2__)
  function(Avx2Integer());
#endif
#if defined(__AVX512VNNI__) && defined(__AVX512BW__) && defined(__AVX512VL__)
  function(Avx512VnniInteger());
#endif
#if defined(__ARM_FEATURE_DOTPROD)
  function(ArmDotprodInteger());
#endif
}

/// Packed weights as an instruction set wants them: in pairs where it widens inputs.
template <class Isa> std::vector<int8_t> weightsFor(const std::vector<int8_t> &packed) {
  std::vector<int8_t> weights = packed;
  if (sizeof(typename Isa::Element) == 2)
    mlir::vernier::runtime::pairWeights(packed.data(), int64_t(packed.size()), weights.data());
  return weights;
}

/// The start values of packed weights as an instruction set wants them.
template <class Isa> std::vector<int32_t> startsFor(const std::vector<int8_t> &weights, std::vector<int32_t> starts) {
  if (std::is_signed<typename Isa::Element>::value)
    mlir::vernier::runtime::startForSignedInputs(weights.data(), int64_t(weights.size()), starts.data(),
                                                 int64_t(starts.size()));
  return starts;
}

#endif // VERNIER_TEST_UNIT_RUNTIME_INTEGERISAS_H
