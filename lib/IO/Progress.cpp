//===- Progress.cpp - a progress bar on a terminal --------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/IO/Progress.h"
#include "llvm/Support/Format.h"

using namespace mlir::vernier;

Progress::Progress(llvm::raw_ostream &os, llvm::StringRef label, uint64_t total)
    : os(os), visible(os.is_displayed()), label(label), total(total), start(Clock::now()), lastDraw(start) {
  if (visible)
    draw();
}

Progress::~Progress() {
  if (visible)
    os << '\n';
}

void Progress::update(uint64_t newDone) {
  done = newDone;
  Clock::time_point now = Clock::now();
  if (!visible || (done < total && now - lastDraw < std::chrono::milliseconds(100)))
    return;
  lastDraw = now;
  draw();
}

void Progress::draw() {
  constexpr unsigned kWidth = 40;
  unsigned filled = total == 0 ? kWidth : static_cast<unsigned>(static_cast<double>(done) / total * kWidth);
  double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  os << '\r' << label << "  [" << std::string(filled, '#') << std::string(kWidth - filled, '.') << "] " << done << '/'
     << total << llvm::format("  %.1f s", seconds);
  os.flush();
}
