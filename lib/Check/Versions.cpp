//===- Versions.cpp - Operator versions and the runtimes they need -*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "OperatorVersions.h"
#include "Rule.h"
#include "llvm/Support/FormatVariadic.h"
#include <map>

namespace mlir::vernier::check {
namespace {

using llvm::formatv;

bool isBuiltin(const OperatorView &op) { return !op.is(Builtin::CUSTOM); }

/// Calls `visit` with the first operator of each entry of the model's table of operator codes for which `value` is
/// largest, and that value. A version stands there once for all operators that share it.
void forEachCode(const ModelView &model, llvm::function_ref<int(const OperatorView &)> value,
                 llvm::function_ref<void(const OperatorView &, int)> visit) {
  std::map<uint32_t, std::pair<const OperatorView *, int>> codes;
  for (const GraphView &graph : model.graphs)
    for (const OperatorView &op : graph.operators) {
      if (!op.isSound || !isBuiltin(op))
        continue;
      auto [entry, isFirst] = codes.try_emplace(op.table->opcode_index(), &op, value(op));
      if (int number = value(op); !isFirst && number > entry->second.second)
        entry->second = {&op, number};
    }
  for (const auto &[code, largest] : codes)
    visit(*largest.first, largest.second);
}

void tooLow(Context &context) {
  forEachCode(
      context.model, [](const OperatorView &op) { return tflite::getRequiredVersion(op.name, op.nn); },
      [&](const OperatorView &op, int needed) {
        if (op.version < needed)
          context.report(op, formatv("version {0}, for its types and options", needed),
                         formatv("version {0}", op.version));
      });
}

const Rule kRules[] = {
    {"version-too-low", Severity::Warning, "an operator's version is at least what its types and options need",
     "older runtimes take the file and then fail or compute something else", "raise the version in the operator code",
     tooLow},
};

} // namespace

ArrayRef<Rule> versionRules() { return kRules; }

llvm::VersionTuple findNeededRuntime(const ModelView &model) {
  llvm::VersionTuple needed;
  for (const GraphView &graph : model.graphs)
    for (const OperatorView &op : graph.operators)
      if (op.code && isBuiltin(op))
        needed = std::max(needed, tflite::findRelease(op.name, op.version));
  return needed;
}

} // namespace mlir::vernier::check
