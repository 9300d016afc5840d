//===- Versions.cpp - Operator versions and the runtimes they need -*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "KernelTables.h"
#include "OperatorVersions.h"
#include "Reader/Place.h"
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

void unknownToRuntime(Context &context) {
  forEachCode(
      context.model, [](const OperatorView &) { return 0; },
      [&](const OperatorView &op, int) {
        auto versions = findVersions(op.name);
        if (versions && (op.version < versions->first || op.version > versions->second))
          context.report(op, formatv("version {0} to {1}", versions->first, versions->second),
                         formatv("version {0}", op.version));
      });
}

/// Versions that op tables of old compilers stop at.
void tooNewForEdgeTPU(Context &context) {
  constexpr struct {
    Builtin builtin;
    int last;
  } kLast[] = {{Builtin::QUANTIZE, 2},
               {Builtin::REVERSE_V2, 2},
               {Builtin::CONV_2D, 3},
               {Builtin::DEPTHWISE_CONV_2D, 3},
               {Builtin::FULLY_CONNECTED, 9}};
  forEachCode(
      context.model, [](const OperatorView &op) { return op.version; },
      [&](const OperatorView &op, int version) {
        for (const auto &row : kLast)
          if (op.is(row.builtin) && version > row.last)
            context.report(op, formatv("version {0} or lower", row.last), formatv("version {0}", version));
      });
}

void minRuntime(Context &context) {
  if (context.options.minRuntime.empty())
    return;
  forEachCode(
      context.model, [](const OperatorView &op) { return op.version; },
      [&](const OperatorView &op, int version) {
        llvm::VersionTuple release = tflite::findRelease(op.name, version);
        if (release > context.options.minRuntime)
          context.report(op, formatv("an operator of release {0} or older", context.options.minRuntime.getAsString()),
                         formatv("version {0}, of release {1}", version, release.getAsString()));
      });
}

void recordedRuntime(Context &context) {
  const schema::Model &model = context.model.root();
  if (!model.metadata())
    return;
  for (const schema::Metadata *entry : *model.metadata()) {
    if (tflite::toStringRef(entry->name()) != "min_runtime_version")
      continue;
    ArrayRef<char> bytes = context.model.buffer(entry->buffer());
    StringRef text = StringRef(bytes.data(), bytes.size()).split('\0').first;
    llvm::VersionTuple recorded, needed = findNeededRuntime(context.model);
    if (!text.empty() && recorded.tryParse(text))
      context.report({}, "a release such as 2.14.0 as min_runtime_version", text.str());
    else if (!text.empty() && recorded < needed)
      context.report({}, formatv("min_runtime_version {0} or later, for the operators' versions", needed.getAsString()),
                     text.str());
  }
}

const Rule kRules[] = {
    {"version-too-low", Severity::Warning, "an operator's version is at least what its types and options need",
     "runtimes that lack the form take the file, and then fail or compute something else",
     "raise the version in the operator code", tooLow},
    {"version-unknown", Severity::Error, "an operator's version is one that the runtime registers",
     "the runtime refuses the file", "lower the version to what the operator needs, or drop the feature that needs it",
     unknownToRuntime, kLiteRT | kEdgeTPU},
    {"edgetpu-version", Severity::Error, "operator versions are ones that the Edge TPU's compiler knows",
     "the compiler refuses the file", "write the older form of the operator", tooNewForEdgeTPU, kEdgeTPU},
    {"min-runtime", Severity::Error, "every operator's version is in the release that --min-runtime names",
     "that release refuses the file", "keep the operator in a form that has an older version, or ask for less",
     minRuntime},
    {"recorded-runtime", Severity::Warning,
     "the metadata min_runtime_version, where present, is not older than the operators' versions",
     "tools that trust it deploy the file where it does not load", "write the largest release of all operators",
     recordedRuntime},
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
