//===- ProgressTest.cpp -----------------------------------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/IO/Progress.h"
#include "llvm/Support/Regex.h"
#include "gtest/gtest.h"

using namespace mlir::vernier;

namespace {
/// Text that says it is on a terminal.
class Terminal : public llvm::raw_string_ostream {
public:
  using raw_string_ostream::raw_string_ostream;
  bool is_displayed() const override { return true; }
};
} // namespace

TEST(ProgressTest, DrawsABarOnATerminal) {
  std::string text;
  Terminal terminal(text);
  {
    Progress progress(terminal, "calibrating", 500);
    progress.update(120); // too early to be drawn
    progress.update(500);
  }
  EXPECT_TRUE(llvm::Regex("^\rcalibrating  \\[\\.{40}\\] 0/500  0\\.0 s"
                          "\rcalibrating  \\[#{40}\\] 500/500  [0-9]+\\.[0-9] s\n$")
                  .match(text))
      << text;
}

TEST(ProgressTest, IsSilentElsewhere) {
  std::string text;
  llvm::raw_string_ostream pipe(text);
  Progress(pipe, "calibrating", 500).update(500);
  EXPECT_EQ(text, "");
}
