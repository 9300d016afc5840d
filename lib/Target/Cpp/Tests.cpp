//===- Tests.cpp - The self-test and the benchmark --------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Parts.h"
#include "llvm/Support/FormatVariadic.h"

namespace mlir::vernier::cpp {
namespace {

/// An array for each tensor, and one of pointers to them.
std::string writeArrays(StringRef name, ArrayRef<std::vector<char>> tensors) {
  std::string text, pointers;
  for (auto [index, bytes] : llvm::enumerate(tensors)) {
    text += llvm::formatv("alignas(64) static const unsigned char {0}{1}[] = {{", name, index);
    for (auto [at, byte] : llvm::enumerate(bytes))
      text += (at % 32 ? "" : "\n") + std::to_string(static_cast<unsigned char>(byte)) + ",";
    text += bytes.empty() ? "0};\n" : "\n};\n";
    pointers += llvm::formatv("{0}{1}{2}", index ? ", " : "", name, index);
  }
  if (tensors.empty())
    return llvm::formatv("static const void *const *const {0} = nullptr;\n", name);
  return text + llvm::formatv("static const void *const {0}[] = {{{1}};\n", name, pointers).str();
}

/// Memory for each tensor, and an array of pointers to them.
std::string writeMemory(StringRef name, ArrayRef<Port> ports) {
  std::string text, pointers;
  for (auto [index, port] : llvm::enumerate(ports)) {
    text +=
        llvm::formatv("alignas(64) static unsigned char {0}{1}[{2}];\n", name, index, std::max<int64_t>(port.bytes, 1));
    pointers += llvm::formatv("{0}{1}{2}", index ? ", " : "", name, index);
  }
  if (ports.empty())
    return llvm::formatv("static void *const *const {0} = nullptr;\n", name);
  return text + llvm::formatv("static void *const {0}[] = {{{1}};\n", name, pointers).str();
}

std::string writeArena(const Summary &s) {
  return llvm::formatv("alignas({0}) static unsigned char arena[{1}];\n", kernel::kAlignment,
                       std::max<int64_t>(s.arenaBytes, 1));
}

std::string writeReset(const Summary &s) { return s.stateBytes ? "  " + s.name + "_reset(arena);\n" : ""; }

} // namespace

std::string writeSelfTest(const Summary &s, const TestVectors &vectors) {
  std::string checks;
  for (auto [index, bytes] : llvm::enumerate(vectors.outputs))
    checks += llvm::formatv(
        "  failures += differs({0}, actual{0}, static_cast<const unsigned char *>(expected[{0}]), {1});\n", index,
        bytes.size());
  constexpr llvm::StringLiteral text =
      R"(// Runs the network and compares its outputs with those that Vernier computed, bit for bit.
#include "{0}.h"
#include <cstdio>
#include <cstring>

{1}{2}{3}{4}
static int differs(int output, const unsigned char *got, const unsigned char *wanted, size_t size) {{
  for (size_t i = 0; i < size; ++i)
    if (got[i] != wanted[i]) {{
      std::printf("output %d differs: byte %lu is %d, expected %d\n", output, static_cast<unsigned long>(i), got[i], wanted[i]);
      return 1;
    }
  return 0;
}

int main() {{
  // What is in the arena before a run must not matter.
  std::memset(arena, 0x5a, sizeof(arena));
{6}  for (int run = 0; run < {7}; ++run)
    if ({0}_run(arena, input, actual) != 0) {{
      std::puts("the run failed");
      return 1;
    }
  int failures = 0;
{5}  std::puts(failures ? "FAILED" : "passed");
  return failures ? 1 : 0;
}
)";
  return llvm::formatv(text.data(), s.name, writeArrays("input", vectors.inputs),
                       writeArrays("expected", vectors.outputs), writeMemory("actual", s.outputs), writeArena(s),
                       checks, writeReset(s), TestVectors::kRuns);
}

std::string writeBenchmark(const Summary &s) {
  constexpr llvm::StringLiteral text =
      R"(// Times the network: the median and the 90th percentile over blocks of runs, in microseconds for one.
//   {0}_bench [SECONDS]
#include "{0}.h"
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

{1}{2}{3}
static double seconds() {{
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

int main(int argc, char **argv) {{
  const double limit = argc > 1 ? std::atof(argv[1]) : 1.0;
{4}  std::vector<double> blocks;
  const double start = seconds();
  int runs = 1;
  do {{
    const double begin = seconds();
    for (int i = 0; i < runs; ++i)
      if ({0}_run(arena, input, output) != 0)
        return 1;
    const double time = seconds() - begin;
    // A block of a millisecond or more is long beside the clock.
    if (time < 1e-3)
      runs *= 2;
    else
      blocks.push_back(time / runs * 1e6);
  } while (seconds() - start < limit || blocks.empty());
  std::sort(blocks.begin(), blocks.end());
  std::printf("{0}: median %.2f us, p90 %.2f us, %lu blocks of %d\n", blocks[blocks.size() / 2],
              blocks[blocks.size() * 9 / 10], static_cast<unsigned long>(blocks.size()), runs);
  return 0;
}
)";
  return llvm::formatv(text.data(), s.name, writeMemory("input", s.inputs), writeMemory("output", s.outputs),
                       writeArena(s), writeReset(s));
}

} // namespace mlir::vernier::cpp
