//===- MemoryPlan.h - Offsets for buffers with lifetimes --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two buffers may share memory when one is dead before the other is born. Each is placed at the lowest offset that is
// free for its whole life, in several orders, of which the best stays: within a few percent of the optimum for real
// networks.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_DIALECT_KERNEL_MEMORYPLAN_H
#define VERNIER_DIALECT_KERNEL_MEMORYPLAN_H

#include "mlir/Support/LLVM.h"
#include <optional>

namespace mlir::vernier {

/// A buffer that is written at step `first` and read for the last time at step `last`. It may lie over buffer `over`,
/// which is read for the last time when this one is written, from `distance` bytes behind its beginning on: a kernel
/// that writes backwards has read by then what lies there.
struct BufferLifetime {
  int64_t bytes = 0;
  unsigned first = 0, last = 0;
  std::optional<unsigned> over = std::nullopt;
  int64_t distance = 0;
};

/// Alignment of every buffer in an arena.
constexpr int64_t kArenaAlignment = 64;

/// Sets the offset of each buffer and returns the bytes of the arena, or nothing when they exceed `limit`.
std::optional<int64_t> planMemory(ArrayRef<BufferLifetime> buffers, int64_t limit, SmallVectorImpl<int64_t> &offsets);

/// The bytes, each buffer rounded up to the alignment, that live at step `step`.
int64_t liveBytes(ArrayRef<BufferLifetime> buffers, unsigned step);

/// The most bytes that live at one step: no plan can do with less.
int64_t liveBytesBound(ArrayRef<BufferLifetime> buffers);

} // namespace mlir::vernier

#endif // VERNIER_DIALECT_KERNEL_MEMORYPLAN_H
