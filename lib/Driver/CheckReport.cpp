//===- CheckReport.cpp - What check found, for people and scripts -*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CheckReport.h"
#include "vernier/Execution/NumericsNames.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include <cmath>
#include <map>

namespace mlir::vernier {
namespace {

using namespace check;

StringRef nameOf(Severity severity) { return severity == Severity::Error ? "error" : "warning"; }

std::string counted(unsigned count, StringRef what) {
  return std::to_string(count) + " " + what.str() + (count == 1 ? "" : "s");
}

/// Names from files may hold any bytes; JSON holds UTF-8.
std::string fixed(StringRef text) { return llvm::json::isUTF8(text) ? text.str() : llvm::json::fixUTF8(text); }

void printKernels(llvm::raw_ostream &os, const Report &report) {
  if (report.kernels.empty())
    return;
  std::map<StringRef, unsigned> counts;
  size_t nameWidth = 8, kernelWidth = 7, tensorWidth = 6;
  for (const KernelUse &use : report.kernels) {
    ++counts[use.kernels];
    if (use.reason.empty())
      continue;
    nameWidth = std::max(nameWidth, use.name.size());
    kernelWidth = std::max(kernelWidth, use.kernels.size());
    tensorWidth = std::max(tensorWidth, std::min<size_t>(use.tensor.size(), 40));
  }
  os << "kernels: ";
  llvm::interleaveComma(counts, os, [&](const auto &entry) { os << entry.second << ' ' << entry.first; });
  os << '\n';
  auto line = [&](StringRef name, StringRef tensor, StringRef kernels, StringRef why) {
    // The end of a long name tells more than its beginning.
    std::string shown = tensor.size() > 40 ? ("..." + tensor.take_back(37)).str() : tensor.str();
    os << "  " << llvm::left_justify(name, nameWidth) << "  " << llvm::left_justify(shown, tensorWidth) << "  "
       << llvm::left_justify(kernels, kernelWidth) << "  " << why << '\n';
  };
  bool isFirst = true;
  for (const KernelUse &use : report.kernels) {
    if (use.reason.empty())
      continue;
    if (std::exchange(isFirst, false))
      line("operator", "result", "kernels", "why");
    line(use.name, use.tensor, use.kernels, use.reason);
  }
}

/// "12 of 4096, by 1 at most".
std::string describe(const Difference &difference) {
  if (difference.differing == 0)
    return "equal";
  std::string text = std::to_string(difference.differing) + " of " + std::to_string(difference.elements) + ", by ";
  llvm::raw_string_ostream(text) << llvm::format("%.3g", difference.largest) << " at most";
  return text;
}

void printPartings(llvm::raw_ostream &os, const PartingReport &report) {
  os << "run on " << counted(report.samples, "sample") << " with the numerics of litert, and compared with ";
  llvm::interleave(llvm::map_range(kOtherTargets, stringifyNumerics), os, " and ");
  os << '\n';
  auto line = [&](StringRef op, StringRef tensor, const std::array<std::string, 2> &columns) {
    std::string shown = tensor.size() > 40 ? ("..." + tensor.take_back(37)).str() : tensor.str();
    os << "  " << llvm::left_justify(op, 18) << llvm::left_justify(shown, 42) << llvm::left_justify(columns[0], 34)
       << columns[1] << '\n';
  };
  auto lines = [&](ArrayRef<Parting> partings, StringRef kind) {
    for (const Parting &parting : partings)
      line(parting.op.empty() ? kind : StringRef(parting.op), parting.tensor,
           {describe(parting.differences[0]), describe(parting.differences[1])});
  };
  line("they part in", "result",
       {stringifyNumerics(kOtherTargets[0]).str(), stringifyNumerics(kOtherTargets[1]).str()});
  lines(report.operators, "");
  lines(report.outputs, "output");
}

void printPartings(llvm::json::OStream &json, ArrayRef<Parting> partings) {
  for (const Parting &parting : partings)
    json.object([&] {
      if (!parting.op.empty())
        json.attribute("operator", fixed(parting.op));
      json.attribute("tensor", fixed(parting.tensor));
      for (auto [target, difference] : llvm::zip_equal(kOtherTargets, parting.differences))
        json.attributeObject(stringifyNumerics(target), [&, &difference = difference] {
          json.attribute("elements", int64_t(difference.elements));
          json.attribute("differing", int64_t(difference.differing));
          json.attribute("largest", std::isfinite(difference.largest) ? difference.largest : 1e308);
        });
    });
}

} // namespace

void printRules(llvm::raw_ostream &os, bool json) {
  std::vector<RuleInfo> rules = listRules();
  if (!json) {
    StringRef family;
    for (const RuleInfo &rule : rules) {
      if (rule.family != family)
        os << (family.empty() ? "" : "\n") << rule.family << '\n';
      family = rule.family;
      os << "  " << llvm::left_justify(rule.id, 26) << llvm::left_justify(nameOf(rule.severity), 9) << rule.summary
         << '\n';
    }
    return;
  }
  llvm::json::OStream stream(os, 2);
  stream.array([&] {
    for (const RuleInfo &rule : rules)
      stream.object([&] {
        stream.attribute("rule", rule.id);
        stream.attribute("family", rule.family);
        stream.attribute("severity", nameOf(rule.severity));
        stream.attribute("summary", rule.summary);
        stream.attribute("consequence", rule.consequence);
        stream.attribute("cure", rule.cure);
      });
  });
  os << '\n';
}

void printText(llvm::raw_ostream &os, const Report &report, const PartingReport *partings, StringRef model,
               const Options &options) {
  os << model << ": " << counted(report.count(Severity::Error), "error") << ", "
     << counted(report.count(Severity::Warning), "warning") << " for " << check::getName(options.runtime);
  if (!report.neededRuntime.empty())
    os << "; needs release " << report.neededRuntime.getAsString() << " or newer";
  os << '\n';
  for (const Finding &finding : report.findings) {
    os << nameOf(finding.severity) << ": " << finding.rule;
    if (!finding.place.empty())
      os << ": " << finding.place;
    os << "\n  expected     " << finding.expected << "\n  found        " << finding.found << "\n  consequence  "
       << finding.consequence << "\n  cure         " << finding.cure << '\n';
  }
  printKernels(os, report);
  if (partings)
    printPartings(os, *partings);
}

void printJson(llvm::raw_ostream &os, const Report &report, const PartingReport *partings, StringRef model,
               const Options &options) {
  llvm::json::OStream json(os, 2);
  json.object([&] {
    json.attribute("model", fixed(model));
    json.attribute("target", check::getName(options.runtime));
    json.attribute("errors", report.count(Severity::Error));
    json.attribute("warnings", report.count(Severity::Warning));
    if (!report.neededRuntime.empty())
      json.attribute("needed_runtime", report.neededRuntime.getAsString());
    json.attributeArray("findings", [&] {
      for (const Finding &finding : report.findings)
        json.object([&] {
          json.attribute("rule", finding.rule);
          json.attribute("severity", nameOf(finding.severity));
          if (finding.subgraph >= 0)
            json.attribute("subgraph", finding.subgraph);
          if (finding.op >= 0)
            json.attribute("operator", finding.op);
          if (finding.tensor >= 0)
            json.attribute("tensor", finding.tensor);
          json.attribute("place", fixed(finding.place));
          json.attribute("expected", fixed(finding.expected));
          json.attribute("found", fixed(finding.found));
          json.attribute("consequence", finding.consequence);
          json.attribute("cure", finding.cure);
        });
    });
    json.attributeArray("kernels", [&] {
      for (const KernelUse &use : report.kernels)
        json.object([&] {
          json.attribute("subgraph", use.subgraph);
          json.attribute("operator", use.op);
          json.attribute("name", fixed(use.name));
          json.attribute("tensor", fixed(use.tensor));
          json.attribute("kernels", use.kernels);
          if (!use.reason.empty())
            json.attribute("reason", use.reason);
        });
    });
    if (partings)
      json.attributeObject("run", [&] {
        json.attribute("samples", int64_t(partings->samples));
        json.attributeArray("operators", [&] { printPartings(json, partings->operators); });
        json.attributeArray("outputs", [&] { printPartings(json, partings->outputs); });
      });
  });
  os << '\n';
}

} // namespace mlir::vernier
