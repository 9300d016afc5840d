//===- Progress.h - a progress bar on a terminal ----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `calibrating  [####....] 120/500  1.1 s`, redrawn in place. A stream that is no terminal gets nothing, so logs and
// pipes stay clean.

#ifndef VERNIER_IO_PROGRESS_H
#define VERNIER_IO_PROGRESS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <cstdint>
#include <string>

namespace mlir::vernier {

/// One line on a terminal that tells how far long work is.
class Progress {
public:
  /// Shows `label` and 0 of `total` steps on `os`, if that is a terminal.
  Progress(llvm::raw_ostream &os, llvm::StringRef label, uint64_t total);
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  /// Ends the line, so that an error message starts on a fresh one.
  ~Progress();

  /// Says that `done` steps are done. Cheap: redraws ten times a second at most, and at the last step.
  void update(uint64_t done);

private:
  void draw();

  using Clock = std::chrono::steady_clock;
  llvm::raw_ostream &os;
  bool visible;
  std::string label;
  uint64_t total, done = 0;
  Clock::time_point start, lastDraw;
};

} // namespace mlir::vernier

#endif // VERNIER_IO_PROGRESS_H
