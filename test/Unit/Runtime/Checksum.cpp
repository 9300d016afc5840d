//===- Checksum.cpp - a digest of kernels' results ------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Built twice, with plain flags and with all that invite the compiler to
// change floating-point results. The namespace is renamed so that the two
// copies of each inline function stay apart; VERNIER_CHECKSUM names the entry.
//===----------------------------------------------------------------------===//

#include "RandomData.h"
#include <cmath>
#include <cstddef>
#include <cstring>

#define VERNIER_JOIN2(a, b) a##b
#define VERNIER_JOIN(a, b) VERNIER_JOIN2(a, b)
#define vernier VERNIER_JOIN(VERNIER_CHECKSUM, Namespace)

#include "vernier/Runtime/Activation.h"
#include "vernier/Runtime/Arithmetic.h"
#include "vernier/Runtime/Convert.h"
#include "vernier/Runtime/Elementwise.h"
#include "vernier/Runtime/Float/Generic.h"
#include "vernier/Runtime/L2Normalization.h"
#include "vernier/Runtime/Pool.h"
#include "vernier/Runtime/Reduce.h"
#include "vernier/Runtime/ResizeBilinear.h"
#include "vernier/Runtime/Softmax.h"

using namespace mlir::vernier::runtime;
using namespace mlir::vernier::numerics;

namespace {
/// FNV-1a over the bytes of results.
struct Digest {
  uint64_t value = 14695981039346656037u;
  template <class T> void add(const std::vector<T> &values) {
    for (const T &element : values) {
      unsigned char bytes[sizeof(T)];
      std::memcpy(bytes, &element, sizeof(T));
      for (unsigned char byte : bytes)
        value = (value ^ byte) * 1099511628211u;
    }
  }
};
} // namespace

uint64_t VERNIER_CHECKSUM() {
  Digest digest;
  RandomData random(100);
  const int64_t size = 4096;
  const auto a = random.vector<float>(size), b = random.vector<float>(size);
  std::vector<float> out(size), next(size);
  Traversal<2> same;
  makeBroadcast<2>({Shape{1, {int32_t(size)}}, Shape{1, {int32_t(size)}}}, same);

  // A product whose consumer adds: the pair that a compiler likes to fuse.
  mapElements(same, a.data(), b.data(), MulFloat{}, out.data());
  mapElements(same, out.data(), a.data(), AddFloat{}, next.data());
  digest.add(next);
  mapElements(same, out.data(), a.data(), SquaredDifferenceFloat{}, next.data());
  digest.add(next);

  mapElements(size, a.data(), Logistic(), out.data());
  digest.add(out);
  mapElements(size, a.data(), Tanh(), out.data());
  digest.add(out);
  mapElements(size, a.data(), HardSwish(), out.data());
  digest.add(out);
  softmax(64, 64, 1.3f, a.data(), out.data());
  digest.add(out);
  logSoftmax(64, 64, a.data(), out.data());
  digest.add(out);
  l2Normalization(64, 64, a.data(), out.data());
  digest.add(out);

  const ResizeParams resize{1, 16, 16, 23, 29, 4, false, true};
  std::vector<float> resized(23 * 29 * 4);
  resizeBilinear(resize, a.data(), resized.data());
  digest.add(resized);
  const auto bytes = random.vector<uint8_t>(16 * 16 * 4);
  std::vector<uint8_t> resizedBytes(resized.size());
  resizeBilinearReference(resize, bytes.data(), resizedBytes.data());
  digest.add(resizedBytes);
  resizeBilinearXnnpack(resize, bytes.data(), resizedBytes.data());
  digest.add(resizedBytes);

  const Conv2DParams conv{1, 8, 8, 6, 8, 8, 20, 3, 3, 1, 1, 1, 1, 1, 1, 1, 0, 0};
  std::vector<float> packed(packedConvFilterSize(conv)), image(8 * 8 * 20);
  packConvFilter(conv, b.data(), packed.data());
  makeFloatKernels<GenericFloat>().conv2D(conv, a.data(), packed.data(), b.data(), {}, image.data());
  digest.add(image);
  const Pool2DParams pool{1, 8, 8, 4, 4, 20, 3, 3, 2, 2, 0, 0};
  std::vector<float> pooled(4 * 4 * 20);
  averagePool2D(pool, image.data(), FloatRange(), pooled.data());
  digest.add(pooled);

  // Quantized operators that pass through float, and the ranges they use.
  const QuantizedRange range = activationRange<Ties::Even>(FusedActivation::Relu6, 0.0473f, -7, -128, 127);
  std::vector<int8_t> quantized(size);
  mapElements(size, a.data(), QuantizeByReciprocal{1.0f / 0.0173f, range}, quantized.data());
  digest.add(quantized);
  mapElements(size, a.data(), QuantizeByDivision{0.0173f, range}, quantized.data());
  digest.add(quantized);
  const auto accumulators = random.vector<int32_t>(size);
  const float scale = effectiveScaleFloat(0.0213f, 0.00371f, 0.0473f) * 1e-6f;
  mapElements(
      size, accumulators.data(), [&](int32_t sum) { return FloatRequantizer{&scale, 0, range}(sum, 0); },
      quantized.data());
  digest.add(quantized);
  const double real = effectiveScale(0.0213f, 0.00371f, 0.0473f) * 1e-6;
  mapElements(
      size, accumulators.data(), [&](int32_t sum) { return DoubleRequantizer{&real, 0, range}(sum, 0); },
      quantized.data());
  digest.add(quantized);
  const MulXnnpack mul = makeMulXnnpack({0.021f, 3}, {0.017f, -9}, 0.0231f, range);
  for (int x = -128; x < 128; ++x)
    for (int y = -128; y < 128; ++y)
      quantized[(x * 256 + y) & (size - 1)] = static_cast<int8_t>(mul(x, y));
  digest.add(quantized);
  std::vector<int8_t> table(256);
  fillLookupTable<int8_t, Ties::Away>({0.037f, 5}, {1.0f / 128, 0}, Tanh(), table.data());
  digest.add(table);
  tabulate<int8_t>(makeLeakyReluXnnpack({0.037f, 5}, 0.213f, 0.031f, range), table.data());
  digest.add(table);
  std::vector<int8_t> probabilities(16 * 64);
  float exponentials[256];
  fillSoftmaxTable(0.043f, 0.9f, exponentials);
  softmaxTable(16, 64, exponentials, {1.0f / 256, -128}, quantized.data(), probabilities.data());
  digest.add(probabilities);
  logSoftmaxTable(16, 64, exponentials, 0.043f, {1.0f / 16, 127}, quantized.data(), probabilities.data());
  digest.add(probabilities);
  return digest.value;
}
