//===- ObserverAvx512.cpp - an observer's loops compiled for AVX-512 ------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#define VERNIER_DEFINE_OBSERVER
#include "../ObserverKernels.h"

// gcc 12 takes the operands that its own intrinsics leave undefined for mistakes (gcc PR 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop

namespace {
/// The plain loop with what compilers do not find: one multiply-add, rounded down, gives the number that counts from
/// the first bin, and numbers other than `leftOut` are packed together.
///
/// floor(value / width) - first is exact: rounded down, the sum is not below the integer that it is to become.
mlir::vernier::BlockBins packedBinNumbers(const float *values, size_t size, const mlir::vernier::BinScale &bins,
                                          int32_t leftOut, uint16_t *numbers) {
  constexpr int kDown = _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC;
  const __m512 min = _mm512_set1_ps(bins.min), max = _mm512_set1_ps(bins.max), scale = _mm512_set1_ps(bins.scale);
  const __m512 offset = _mm512_set1_ps(-static_cast<float>(bins.first));
  const __m512i skipped = _mm512_set1_epi32(leftOut);
  unsigned outside = 0;
  size_t written = 0;
  auto take = [&](__m512 value, __mmask16 lanes) {
    const __mmask16 above = _mm512_mask_cmp_ps_mask(lanes, value, min, _CMP_GE_OQ);
    outside |= lanes ^ _mm512_mask_cmp_ps_mask(above, value, max, _CMP_LE_OQ);
    const __m512i bin = _mm512_cvt_roundps_epi32(_mm512_fmadd_round_ps(value, scale, offset, kDown), kDown);
    const __mmask16 kept = _mm512_mask_cmpneq_epi32_mask(lanes, bin, skipped);
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(numbers + written),
                        _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(kept, bin)));
    written += static_cast<size_t>(__builtin_popcount(kept));
  };
  size_t i = 0;
  for (; i + 16 <= size; i += 16)
    take(_mm512_loadu_ps(values + i), 0xFFFF);
  if (i < size) {
    const auto lanes = static_cast<__mmask16>((1u << (size - i)) - 1);
    take(_mm512_maskz_loadu_ps(lanes, values + i), lanes);
  }
  return {outside == 0, written};
}
} // namespace

namespace mlir::vernier {
const ObserverKernels kAvx512Observer = {rangeOf, packedBinNumbers};
} // namespace mlir::vernier
