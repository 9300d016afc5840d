//===- MemoryPlan.cpp - Offsets for buffers with lifetimes ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Dialect/Kernel/MemoryPlan.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::vernier {

/// Bytes that buffer `a` takes in the eyes of `b`.
static int64_t bytesAgainst(ArrayRef<BufferLifetime> buffers, unsigned a, unsigned b) {
  return llvm::alignTo(buffers[b].over == a ? buffers[b].distance : buffers[a].bytes, kArenaAlignment);
}

/// The lowest offset at which buffer `index` meets none of the placed ones that live with it.
static int64_t findOffset(ArrayRef<BufferLifetime> buffers, unsigned index, ArrayRef<unsigned> placed,
                          ArrayRef<int64_t> offsets) {
  const BufferLifetime &buffer = buffers[index];
  int64_t offset = 0;
  for (bool moved = true; moved;) {
    moved = false;
    for (unsigned other : placed) {
      if (buffers[other].last < buffer.first || buffer.last < buffers[other].first ||
          offset + bytesAgainst(buffers, index, other) <= offsets[other])
        continue;
      const int64_t end = offsets[other] + bytesAgainst(buffers, other, index);
      moved |= offset < end;
      offset = std::max(offset, end);
    }
  }
  return offset;
}

/// Places the buffers in this order and returns the bytes of the arena, or nothing when they exceed `limit`.
static std::optional<int64_t> place(ArrayRef<BufferLifetime> buffers, ArrayRef<unsigned> order, int64_t limit,
                                    SmallVectorImpl<int64_t> &offsets) {
  offsets.assign(buffers.size(), 0);
  // Placed buffers by offset.
  SmallVector<unsigned> placed;
  int64_t end = 0;
  for (unsigned index : order) {
    if (buffers[index].bytes > limit)
      return std::nullopt;
    const int64_t size = llvm::alignTo(buffers[index].bytes, kArenaAlignment);
    const int64_t offset = findOffset(buffers, index, placed, offsets);
    if (offset + size > limit)
      return std::nullopt;
    offsets[index] = offset;
    end = std::max(end, offset + size);
    placed.insert(llvm::upper_bound(placed, index, [&](unsigned a, unsigned b) { return offsets[a] < offsets[b]; }),
                  index);
  }
  return end;
}

std::optional<int64_t> planMemory(ArrayRef<BufferLifetime> buffers, int64_t limit, SmallVectorImpl<int64_t> &offsets) {
  // No order is best for all: the largest first, what takes the most bytes for the longest time, what lives longest.
  const auto life = [&](unsigned index) { return int64_t(buffers[index].last) - buffers[index].first + 1; };
  const auto size = [&](unsigned index) { return buffers[index].bytes; };
  const auto area = [&](unsigned index) { return buffers[index].bytes * life(index); };
  const int64_t bound = liveBytesBound(buffers);
  // Further attempts take time that grows with the square of the number of buffers.
  constexpr size_t kMany = 1024;
  constexpr unsigned kRounds = 16;
  const unsigned rounds = buffers.size() < kMany ? kRounds : 1;
  std::optional<int64_t> best;
  SmallVector<int64_t> tried;
  const auto attempt = [&](auto weight) {
    if (best && *best <= bound)
      return;
    SmallVector<unsigned> order = llvm::to_vector(llvm::seq<unsigned>(0, buffers.size()));
    llvm::stable_sort(order, [&](unsigned a, unsigned b) { return weight(a) > weight(b); });
    for (unsigned round = 0; round < rounds; ++round) {
      std::optional<int64_t> end = place(buffers, order, limit, tried);
      if (!end)
        return;
      if (!best || *end < *best) {
        best = end;
        offsets.assign(tried.begin(), tried.end());
      }
      if (*best <= bound)
        return;
      // What lies highest came too late.
      auto highest =
          llvm::max_element(order, [&](unsigned a, unsigned b) { return tried[a] + size(a) < tried[b] + size(b); });
      std::rotate(order.begin(), highest, std::next(highest));
    }
  };
  attempt(size);
  attempt(area);
  attempt(life);
  return best;
}

int64_t liveBytes(ArrayRef<BufferLifetime> buffers, unsigned step) {
  int64_t live = 0;
  for (const BufferLifetime &buffer : buffers) {
    if (step < buffer.first || buffer.last < step)
      continue;
    const int64_t bytes = llvm::alignTo(buffer.bytes, kArenaAlignment);
    live += bytes;
    if (buffer.over && buffer.first == step) {
      const int64_t under = llvm::alignTo(buffers[*buffer.over].bytes, kArenaAlignment);
      const int64_t distance = llvm::alignTo(buffer.distance, kArenaAlignment);
      live -= under + bytes - std::max(under, std::min(under, distance) + bytes);
    }
  }
  return live;
}

int64_t liveBytesBound(ArrayRef<BufferLifetime> buffers) {
  // Bytes only grow where a buffer is born.
  int64_t most = 0;
  for (const BufferLifetime &at : buffers)
    most = std::max(most, liveBytes(buffers, at.first));
  return most;
}

} // namespace mlir::vernier
