//===- Elementwise.h - apply a function to every element --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loops of all elementwise operators: one, two or three operands with
// broadcasting. What is computed is a function object, so that the compiler
// sees one loop per operator and vectorizes it.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_ELEMENTWISE_H
#define VERNIER_RUNTIME_ELEMENTWISE_H

#include "vernier/Runtime/Shape.h"
#include <cstring>

namespace mlir::vernier::runtime {

/// output[i] = function(input[i]). Input and output may be the same buffer if
/// their types have one size. Blocks of a fixed size, in a place of their own, become vectors.
template <class In, class Out, class Function>
inline void mapElements(int64_t size, const In *input, const Function &function, Out *output) {
  constexpr int64_t block = 64;
  const Function f = function;
  for (; size >= block; size -= block, input += block, output += block) {
    Out results[block];
    for (int64_t i = 0; i < block; ++i)
      results[i] = static_cast<Out>(f(input[i]));
    std::memcpy(output, results, sizeof(results));
  }
  for (int64_t i = 0; i < size; ++i)
    output[i] = static_cast<Out>(f(input[i]));
}

/// 64 elements of output[i] = function(lhs[i], rhs[i]); the output may be an operand. Functions that are faster in
/// vectors of their own have an overload.
template <class L, class R, class Out, class Function>
VERNIER_ALWAYS_INLINE void mapBlock(const Function &function, const L *lhs, const R *rhs, Out *output) {
  for (int64_t i = 0; i < 64; ++i)
    output[i] = static_cast<Out>(function(lhs[i], rhs[i]));
}

/// output[i] = function(lhs[i], rhs[i]). The output overlaps no operand. Blocks of a fixed size become vectors where
/// a compiler is shy of loops whose length it does not know.
template <class L, class R, class Out, class Function>
inline void mapElements(int64_t size, const L *__restrict lhs, const R *__restrict rhs, const Function &function,
                        Out *__restrict output) {
  constexpr int64_t block = 64;
  const Function f = function;
  const int64_t blocks = size / block, rest = size % block;
  for (int64_t i = 0; i < blocks; ++i, lhs += block, rhs += block, output += block)
    mapBlock(f, lhs, rhs, output);
  for (int64_t j = 0; j < rest; ++j)
    output[j] = static_cast<Out>(f(lhs[j], rhs[j]));
}

namespace detail {
/// `count` elements `step` apart, of a block at most. Whole blocks become vectors.
template <int32_t Block, class T> VERNIER_ALWAYS_INLINE void gather(const T *from, int64_t step, int32_t count, T *to) {
  if (count == Block && step == 1) {
    std::memcpy(to, from, Block * sizeof(T));
  } else if (count == Block && step == 0) {
    const T value = *from;
    for (int32_t i = 0; i < Block; ++i)
      to[i] = value;
  } else if (step == 0) {
    const T value = *from;
    for (int32_t i = 0; i < count; ++i)
      to[i] = value;
  } else if (step == 1) {
    std::memcpy(to, from, static_cast<size_t>(count) * sizeof(T));
  } else {
    for (int32_t i = 0; i < count; ++i)
      to[i] = from[i * step];
  }
}
} // namespace detail

/// output = function(lhs, rhs) over a broadcast plan. The output is dense and overlaps no operand.
template <class L, class R, class Out, class Function>
inline void mapElements(const Traversal<2> &plan, const L *lhs, const R *rhs, const Function &function, Out *output) {
  // A few constants that repeat, as those of channels do: so often that whole blocks are left.
  constexpr int32_t block = 64, mostRepeated = 16;
  const Function f = function;
  const int32_t period = plan.rank == 2 ? plan.dims[1] : 0;
  if (period > 0 && period <= mostRepeated && plan.strides[0][1] == 1 && plan.strides[1][1] == 1 &&
      plan.strides[0][0] == period && plan.strides[1][0] == 0) {
    R repeated[block * mostRepeated];
    for (int32_t i = 0; i < block * period; ++i)
      repeated[i] = rhs[plan.offsets[1] + i % period];
    const L *l = lhs + plan.offsets[0];
    for (int64_t left = int64_t(plan.dims[0]) * period; left > 0; left -= block * period) {
      mapElements(left < block * period ? left : block * period, l, repeated, f, output);
      l += block * period;
      output += block * period;
    }
    return;
  }
  // Operands are gathered into blocks, over the ends of runs.
  L ls[block];
  R rs[block];
  int32_t filled = 0;
  forEachRun(plan, [&](int64_t, const int64_t (&offsets)[2], const int64_t (&steps)[2], int32_t length) {
    const L *l = lhs + offsets[0];
    const R *r = rhs + offsets[1];
    while (length > 0) {
      const int32_t count = length < block - filled ? length : block - filled;
      detail::gather<block>(l, steps[0], count, ls + filled);
      detail::gather<block>(r, steps[1], count, rs + filled);
      l += count * steps[0];
      r += count * steps[1];
      length -= count;
      filled += count;
      if (filled < block)
        continue;
      mapElements(block, ls, rs, f, output);
      output += block;
      filled = 0;
    }
  });
  mapElements(filled, ls, rs, f, output);
}

/// output = condition ? ifTrue : ifFalse (SELECT_V2; SELECT's vector condition
/// is a condition of shape [n, 1, ...]).
template <class Condition, class T>
inline void select(const Traversal<3> &plan, const Condition *condition, const T *ifTrue, const T *ifFalse, T *output) {
  forEachRun(plan, [&](int64_t at, const int64_t (&offsets)[3], const int64_t (&steps)[3], int32_t length) {
    for (int32_t i = 0; i < length; ++i)
      output[at + i] =
          condition[offsets[0] + i * steps[0]] ? ifTrue[offsets[1] + i * steps[1]] : ifFalse[offsets[2] + i * steps[2]];
  });
}

/// sums[i] = function(sums[i], input[i]). The sums overlap no input. Blocks of a fixed size become vectors.
template <class T, class Function>
inline void accumulate(int64_t size, const T *__restrict input, const Function &function, T *__restrict sums) {
  constexpr int64_t block = 64;
  const Function f = function;
  const int64_t blocks = size / block, rest = size % block;
  for (int64_t i = 0; i < blocks; ++i, input += block, sums += block)
    mapBlock(f, sums, input, sums);
  for (int64_t j = 0; j < rest; ++j)
    sums[j] = static_cast<T>(f(sums[j], input[j]));
}

/// output[i] = table[input[i]], for a table filled by numerics::fillLookupTable
/// or `tabulate`.
template <class In, class Out> inline void lookUp(int64_t size, const In *input, const Out table[256], Out *output) {
  static_assert(sizeof(In) == 1, "one byte indexes the table");
#pragma GCC unroll 8
  for (int64_t i = 0; i < size; ++i)
    output[i] = table[static_cast<uint8_t>(input[i])];
}

/// Fills `table` with `function(value)` for every value of the 8-bit type `In`.
template <class In, class Out, class Function> inline void tabulate(const Function &function, Out table[256]) {
  for (int32_t value = std::numeric_limits<In>::min(); value <= std::numeric_limits<In>::max(); ++value)
    table[static_cast<uint8_t>(value)] = static_cast<Out>(function(static_cast<In>(value)));
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_ELEMENTWISE_H
