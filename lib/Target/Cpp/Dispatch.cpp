//===- Dispatch.cpp - Which of several parts runs ---------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Parts.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <set>

namespace mlir::vernier::cpp {

/// The function that gives states their first values, where there are any.
static std::string writeReset(const Summary &s) {
  std::string body;
  func::FuncOp(s.function).walk([&](kernel::BufferOp buffer) {
    if (buffer.getState())
      body += llvm::formatv("  std::memset(static_cast<unsigned char *>(arena) + {0}, {1}, {2});\n",
                            buffer.getOffset().value_or(0), int(*buffer.getState()),
                            kernel::bytesOf(cast<MemRefType>(buffer.getType())));
  });
  return body.empty() ? "" : llvm::formatv("void {0}_reset(void *arena) {{\n{1}}\n", s.name, body).str();
}

std::string writeDispatch(const Summary &s) {
  std::set<std::string> headers;
  std::string declarations, choices, nowhere;
  for (const Source &source : llvm::reverse(s.sources)) {
    if (!source.target)
      continue;
    const std::string run = s.name + "_" + source.target->identifier() + "_run";
    declarations += "int " + run + "(void *, const void *const *, void *const *);\n";
    if (source.target->features.empty())
      choices += "  return " + run + ";\n";
    else
      choices += ("  if (" + source.target->check + ")\n    return " + run + ";\n").str();
    if (!source.target->checkHeader.empty())
      headers.insert(("#include <" + source.target->checkHeader + ">\n").str());
  }
  // What needs nothing of a processor comes last.
  if (!s.sources[1].target->features.empty()) {
    nowhere = "int runNowhere(void *, const void *const *, void *const *) { return 2; }\n\n";
    choices += "  return runNowhere;\n";
  }
  std::string includes;
  for (const std::string &header : headers)
    includes += header;
  constexpr llvm::StringLiteral text = R"(#include "{0}.h"
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
{1}
extern "C" {{
{2}{3}}

namespace {{
using Run = int (*)(void *, const void *const *, void *const *);

{8}/// The best part for this processor.
Run choose() {{
{4}}
} // namespace

size_t {0}_arena_bytes() {{ return {5}; }
size_t {0}_arena_alignment() {{ return {6}; }
{7}int {0}_run(void *arena, const void *const *inputs, void *const *outputs) {{
  // Threads that are first at the same time choose the same.
  static std::atomic<Run> chosen{{nullptr};
  Run run = chosen.load(std::memory_order_relaxed);
  if (!run) {{
    run = choose();
    chosen.store(run, std::memory_order_relaxed);
  }
  return run(arena, inputs, outputs);
}
)";
  const std::string weights = s.weightBytes ? "extern const std::uint64_t " + s.name + "_weights[];\n" : "";
  return llvm::formatv(text.data(), s.name, includes, declarations, weights, choices, s.arenaBytes, kernel::kAlignment,
                       writeReset(s), nowhere);
}

} // namespace mlir::vernier::cpp
