//===- StatisticsFuzzer.cpp - A statistics file in, and out again ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Fuzz.h"
#include "vernier/Calibration/Statistics.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir::vernier;

static std::string print(const Statistics &statistics) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printStatistics(statistics, os);
  return text;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  llvm::Expected<Statistics> statistics = parseStatistics(text, "input.json");
  if (!statistics) {
    llvm::consumeError(statistics.takeError());
    return 0;
  }
  std::string printed = print(*statistics);
  llvm::Expected<Statistics> again = parseStatistics(printed, "output.json");
  if (!again) {
    fuzz::require(false, "printed statistics are refused: " + llvm::toString(again.takeError()));
    return 0;
  }
  fuzz::require(print(*again) == printed, "statistics change when they are read again");
  llvm::consumeError(merge(*again, *statistics));
  print(*again);
  return 0;
}
