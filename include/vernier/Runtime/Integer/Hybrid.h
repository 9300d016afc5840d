//===- Hybrid.h - Dynamic range in register tiles ---------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CONV_2D and FULLY_CONNECTED with dynamic range and packed filters: the tiles of 8-bit products, whose sums become
// floats. Zero points are known when rows are quantized, so that they are taken off behind the sums.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_HYBRID_H
#define VERNIER_RUNTIME_INTEGER_HYBRID_H

#include "vernier/Runtime/DynamicRange.h"
#include "vernier/Runtime/Float/Generic.h"
#include "vernier/Runtime/Integer/Convolution.h"
#if defined(__AVX2__) && defined(__FMA__)
#include "vernier/Runtime/Float/Avx2.h"
#endif
#if defined(__AVX512F__)
#include "vernier/Runtime/Float/Avx512.h"
#endif
#if defined(__aarch64__)
#include "vernier/Runtime/Float/Neon.h"
#endif

namespace mlir::vernier::runtime {

/// A filter beside inputs that are quantized at run time.
struct PackedHybridFilter {
  /// As in PackedIntegerFilter.
  const int8_t *weights;
  /// The sums of the channels' weights, in the order of its start values.
  const int32_t *weightSums;
  /// For each channel, and `hybridSlack` more.
  const float *scales;
  const float *bias;
};
constexpr int32_t hybridSlack = integerBlock - 1;

/// Packs `filter` [groups * outputs][taps][length] into buffers of the sizes that `shape` tells.
inline void packHybridFilter(const IntegerFilterShape &shape, const int8_t *filter, int8_t *weights,
                             int32_t *weightSums) {
  // A start value is the sum times the shifted zero point's negative, which here is 1.
  constexpr int32_t zeroPoint = -1 - detail::inputShift<int8_t>;
  packIntegerFilter(shape, zeroPoint, filter, nullptr, weights, weightSums);
}

namespace detail {

/// What scales the sums of some pixels to float, all by the same parameters (`rowStep` 0) or each by its own (1).
template <class Scale> struct HybridRows {
  const float *scales;
  const float *bias;
  numerics::FloatRange range;
  const numerics::RowParameters *rows;
  int32_t rowStep;
};

/// The same for `count` channels from `channel` on.
template <class Scale> struct HybridEpilogue {
  const HybridRows<Scale> &rows;
  int32_t channel, count;
};

template <class Isa, int Blocks, class Scale>
VERNIER_ALWAYS_INLINE HybridEpilogue<Scale> prepareTile(const PackedIntegerFilter &, const HybridRows<Scale> &rows,
                                                        int32_t channel, int32_t count) {
  return {rows, channel, count};
}

template <class Scale> VERNIER_ALWAYS_INLINE int32_t channelsOf(const HybridEpilogue<Scale> &epilogue) {
  return epilogue.count;
}

/// Vectors of as many numbers as `Floats` takes.
template <class Floats> struct HybridLanes {
  typedef float Reals __attribute__((vector_size(Floats::lanes * sizeof(float))));
  typedef int32_t Integers __attribute__((vector_size(Floats::lanes * sizeof(int32_t))));
  typedef uint32_t Unsigned __attribute__((vector_size(Floats::lanes * sizeof(uint32_t))));

  template <class Vector> static VERNIER_ALWAYS_INLINE Vector load(const void *from) {
    Vector vector;
    std::memcpy(&vector, from, sizeof(vector));
    return vector;
  }
  static VERNIER_ALWAYS_INLINE Reals fma(Reals a, Reals b, Reals c) {
    using Vector = typename Floats::Vector;
    using numerics::bitCast;
    return bitCast<Reals>(Floats::fma(bitCast<Vector>(a), bitCast<Vector>(b), bitCast<Vector>(c)));
  }
};

// What the function objects of the same names do: Numerics/DynamicRange.h.
template <class Lanes, class Reals = typename Lanes::Reals>
VERNIER_ALWAYS_INLINE Reals scaleSums(numerics::ScaleFused, Reals sum, float row, Reals weight, Reals bias) {
  return Lanes::fma(numerics::rounded(sum * row), weight, bias);
}
template <class Lanes, class Reals = typename Lanes::Reals>
VERNIER_ALWAYS_INLINE Reals scaleSums(numerics::ScaleByProduct, Reals sum, float row, Reals weight, Reals bias) {
  return numerics::rounded(sum * numerics::rounded(row * weight)) + bias;
}
template <class Lanes, class Reals = typename Lanes::Reals>
VERNIER_ALWAYS_INLINE Reals scaleSums(numerics::ScaleByWeightFirst, Reals sum, float row, Reals weight, Reals bias) {
  return numerics::rounded(numerics::rounded(sum * weight) * row) + bias;
}

template <class Isa, class Sum, int Rows, int Vectors, class Scale>
VERNIER_ALWAYS_INLINE void finishTile(const Sum (&sums)[Rows][Vectors],
                                      const IntegerOutputs<float, PackedIntegerFilter> &outputs,
                                      const HybridEpilogue<Scale> &epilogue, int32_t pixel) {
  using Floats = typename Isa::Floats;
  using Lanes = HybridLanes<Floats>;
  using Integers = typename Lanes::Integers;
  using Unsigned = typename Lanes::Unsigned;
  using Reals = typename Lanes::Reals;
  constexpr int vectors = Vectors * static_cast<int>(sizeof(Sum)) / static_cast<int>(sizeof(Integers));
  const HybridRows<Scale> &rows = epilogue.rows;
  const auto least = Floats::broadcast(rows.range.min), most = Floats::broadcast(rows.range.max);
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) {
    const numerics::RowParameters row = rows.rows[(pixel + r) * rows.rowStep];
    // Sums began with that of the weights.
    const auto zeroPoint = static_cast<uint32_t>(row.zeroPoint + inputOffset<typename Isa::Element, int8_t> + 1);
    float *to = outputs.first + (pixel + r) * outputs.pixelStride;
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) {
      const int32_t first = v * Floats::lanes, count = epilogue.count - first;
      if (count <= 0)
        break;
      const auto sum =
          Lanes::template load<Unsigned>(reinterpret_cast<const char *>(&sums[r]) + first * int32_t(sizeof(int32_t)));
      const auto weights = Lanes::template load<Unsigned>(outputs.filter.starts + first);
      const auto exact = reinterpret_cast<Integers>(sum - weights * zeroPoint);
      const Reals scaled = scaleSums<Lanes>(Scale(), __builtin_convertvector(exact, Reals), row.scale,
                                            Lanes::template load<Reals>(rows.scales + epilogue.channel + first),
                                            Lanes::template load<Reals>(rows.bias + epilogue.channel + first));
      const auto result = Floats::clamp(numerics::bitCast<typename Floats::Vector>(scaled), least, most);
      if (count >= Floats::lanes)
        Floats::store(to + first, result);
      else
        Floats::storeFirst(to + first, result, count);
    }
  }
}

/// Rows of a matrix that are quantized together: they fit every strip, unless it is one long row.
constexpr int32_t hybridRowBytes = 8 * 1024, hybridMostRows = 256;

/// `count` rows of a matrix, each with its parameters.
template <class Isa, class Scale>
inline void hybridMatrix(const FullyConnectedParams &p, const PackedIntegerFilter &filter, const int8_t *stored,
                         int32_t count, const HybridRows<Scale> &rows, float *output) {
  using Tiles = typename Isa::template Tiles<int8_t>;
  const int32_t length = p.inputChannels;
  if (length > integerStripSize<Tiles>)
    return fullyConnectedPacked<Isa>(FullyConnectedParams{1, length, p.outputChannels, rows.rows->zeroPoint, 0}, stored,
                                     filter, rows, output);
  alignas(64) typename Isa::Element strip[integerStripSize<Tiles> + integerStripSlack];
  IntegerInputs<typename Isa::Element> inputs{strip, length, 1, 1, (length + integerStep - 1) / integerStep, 0, 0};
  if (!readsInPlace<Tiles>(inputs, stored, length))
    Tiles::copyInputs(count * length, stored, strip);
  computeBlocks<Tiles>(
      IntegerProduct<float, PackedIntegerFilter>{integerFilterShape(p), filter, nullptr, output, p.outputChannels, 0},
      inputs, count, rows);
}
} // namespace detail

/// Rows of `size` elements that a matrix product quantizes at a time.
constexpr int32_t hybridRows(int32_t size) {
  return size <= 0 ? 1 : numerics::clamp(detail::hybridRowBytes / size, 1, detail::hybridMostRows);
}

/// fullyConnectedHybrid of DynamicRange.h with a packed filter: the same bits. `stored` holds hybridRows(inputChannels)
/// rows.
template <class Isa, class QuantizeRow, class Scale>
inline void fullyConnectedHybridPacked(const FullyConnectedParams &p, const QuantizeRow &quantizeRow, const Scale &,
                                       const float *input, const PackedHybridFilter &filter,
                                       const numerics::FloatRange &range, int8_t *stored, float *output) {
  numerics::RowParameters parameters[detail::hybridMostRows];
  const PackedIntegerFilter packed{filter.weights, filter.weightSums};
  const int32_t together = hybridRows(p.inputChannels);
  for (int32_t done = 0; done < p.batches; done += together) {
    const int32_t count = p.batches - done < together ? p.batches - done : together;
    for (int32_t r = 0; r < count; ++r, input += p.inputChannels)
      parameters[r] = quantizeRow(p.inputChannels, input, stored + static_cast<ptrdiff_t>(r) * p.inputChannels);
    const detail::HybridRows<Scale> rows{filter.scales, filter.bias, range, parameters, 1};
    detail::hybridMatrix<Isa>(p, packed, stored, count, rows, output);
    output += static_cast<ptrdiff_t>(count) * p.outputChannels;
  }
}

/// conv2DHybrid of DynamicRange.h with a packed filter: the same bits. `stored` holds one image.
template <class Isa, class QuantizeRow, class Scale>
inline void conv2DHybridPacked(const Conv2DParams &p, const QuantizeRow &quantizeRow, const Scale &, const float *input,
                               const PackedHybridFilter &filter, const numerics::FloatRange &range, int8_t *stored,
                               float *output) {
  detail::forEachQuantizedImage(
      p, quantizeRow, input, stored, output,
      [&](const Conv2DParams &image, const int8_t *x, const numerics::RowParameters &row, float *y) {
        conv2DPacked<Isa>(image, x, PackedIntegerFilter{filter.weights, filter.weightSums},
                          detail::HybridRows<Scale>{filter.scales, filter.bias, range, &row, 0}, y);
      });
}

/// The kernels of an instruction set, a way to quantize rows and one to scale sums.
template <class QuantizeRow, class Scale> struct HybridKernels {
  template <class Params>
  using Kernel = void (*)(const Params &p, const QuantizeRow &quantizeRow, const Scale &scale, const float *input,
                          const PackedHybridFilter &filter, const numerics::FloatRange &range, int8_t *stored,
                          float *output);
  Kernel<Conv2DParams> conv2D;
  Kernel<FullyConnectedParams> fullyConnected;
};

template <class Isa, class QuantizeRow, class Scale> constexpr HybridKernels<QuantizeRow, Scale> makeHybridKernels() {
  return {conv2DHybridPacked<Isa, QuantizeRow, Scale>, fullyConnectedHybridPacked<Isa, QuantizeRow, Scale>};
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_HYBRID_H
