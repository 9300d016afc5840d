//===- MemoryPlan.cpp - Offsets for buffers with lifetimes ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Dialect/Kernel/MemoryPlan.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::vernier {

std::optional<int64_t> planMemory(ArrayRef<BufferLifetime> buffers, int64_t limit, SmallVectorImpl<int64_t> &offsets) {
  offsets.assign(buffers.size(), 0);
  SmallVector<unsigned> bySize = llvm::to_vector(llvm::seq<unsigned>(0, buffers.size()));
  llvm::stable_sort(bySize, [&](unsigned a, unsigned b) { return buffers[a].bytes > buffers[b].bytes; });
  // Placed buffers by offset.
  SmallVector<unsigned> placed;
  int64_t end = 0;
  for (unsigned index : bySize) {
    const BufferLifetime &buffer = buffers[index];
    if (buffer.bytes > limit)
      return std::nullopt;
    int64_t size = llvm::alignTo(buffer.bytes, kArenaAlignment), offset = 0;
    for (unsigned other : placed) {
      const BufferLifetime &neighbour = buffers[other];
      if (neighbour.last < buffer.first || buffer.last < neighbour.first)
        continue;
      if (offsets[other] >= offset + size)
        break;
      offset = std::max<int64_t>(offset, offsets[other] + llvm::alignTo(neighbour.bytes, kArenaAlignment));
    }
    if (offset + size > limit)
      return std::nullopt;
    offsets[index] = offset;
    end = std::max(end, offset + size);
    placed.insert(llvm::upper_bound(placed, index, [&](unsigned a, unsigned b) { return offsets[a] < offsets[b]; }),
                  index);
  }
  return end;
}

int64_t liveBytesBound(ArrayRef<BufferLifetime> buffers) {
  int64_t most = 0;
  for (const BufferLifetime &at : buffers) {
    // Bytes only grow where a buffer is born.
    int64_t live = 0;
    for (const BufferLifetime &buffer : buffers)
      if (buffer.first <= at.first && at.first <= buffer.last)
        live += llvm::alignTo(buffer.bytes, kArenaAlignment);
    most = std::max(most, live);
  }
  return most;
}

} // namespace mlir::vernier
