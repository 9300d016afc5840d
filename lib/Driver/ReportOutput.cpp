//===- ReportOutput.cpp - A report as text, JSON and a page -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Html.h"
#include "Report.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

namespace mlir::vernier {
namespace {

std::string grouped(uint64_t number) {
  std::string digits = std::to_string(number);
  for (int place = int(digits.size()) - 3; place > 0; place -= 3)
    digits.insert(place, ",");
  return digits;
}

double shareOf(uint64_t part, uint64_t all) { return all ? double(part) / double(all) : 0; }

std::string percent(uint64_t part, uint64_t all) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.1f %%", 100 * shareOf(part, all));
  return text;
}

/// "5 of 7 operators in int8", "6 of 7 operators quantized (4 int8, 2 int16x8)".
std::string summarizeOperators(const QuantizeReport &report) {
  const unsigned quantized = report.numQuantized();
  std::string text = llvm::formatv("{0} of {1} operators ", quantized,
                                   quantized + report.floatOperators.size() + report.keptFloat.size());
  if (report.quantizedOperators.size() <= 1)
    return text + "in " + (quantized ? report.quantizedOperators.begin()->first : report.scheme);
  std::vector<std::string> parts;
  for (const auto &[scheme, count] : report.quantizedOperators)
    parts.push_back(std::to_string(count) + " " + scheme);
  return text + "quantized (" + llvm::join(parts, ", ") + ")";
}

std::string summarize(const QuantizeReport &report) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (report.numQuantized() || !(report.integerConstants + report.halfConstants))
    os << summarizeOperators(report) << "; ";
  if (report.integerConstants)
    os << report.integerConstants << " constants stored in integers, read as float32; ";
  if (report.halfConstants)
    os << report.halfConstants << " constants stored in fp16, read as float32; ";
  if (!report.keptFloat.empty())
    os << report.keptFloat.size() << " in float as asked; ";
  os << "inputs and outputs " << report.io;
  if (report.casts)
    os << "; " << report.casts << (report.casts == 1 ? " cast" : " casts");
  return text;
}

} // namespace

unsigned QuantizeReport::numQuantized() const {
  unsigned all = 0;
  for (const auto &[name, count] : quantizedOperators)
    all += count;
  return all;
}

void QuantizeReport::print(llvm::raw_ostream &os) const {
  os << output << ": " << grouped(outputBytes) << " bytes, "
     << llvm::format("%.2f", double(outputBytes) / double(inputBytes)) << " of " << input << " (" << grouped(inputBytes)
     << " bytes)\n";
  os << "  " << summarize(*this) << '\n';
  printFloatOperators(os);
}

void QuantizeReport::printFloatOperators(llvm::raw_ostream &os) const {
  if (floatOperators.empty())
    return;
  size_t typeWidth = 8, tensorWidth = 6, schemeWidth = 6;
  for (const Line &line : floatOperators) {
    typeWidth = std::max(typeWidth, line.type.size());
    tensorWidth = std::max(tensorWidth, std::min<size_t>(line.tensor.size(), 48));
    schemeWidth = std::max(schemeWidth, line.scheme.size());
  }
  auto row = [&](StringRef type, StringRef tensor, StringRef scheme, StringRef macs, StringRef bytes, StringRef why) {
    // The end of a long name tells more than its beginning.
    std::string shown = tensor.size() > 48 ? ("..." + tensor.take_back(45)).str() : tensor.str();
    os << "    " << llvm::left_justify(type, typeWidth) << "  " << llvm::left_justify(shown, tensorWidth) << "  "
       << llvm::left_justify(scheme, schemeWidth) << "  " << llvm::right_justify(macs, 7) << "  "
       << llvm::right_justify(bytes, 7) << "  " << why << '\n';
  };
  os << "  not in the scheme that was asked for:\n";
  row("operator", "tensor", "asked", "MACs", "bytes", "why");
  for (const Line &line : floatOperators) {
    row(line.type, line.tensor, line.scheme, percent(line.macs, macs), percent(line.bytes, bytes), line.reason);
    if (!line.remedy.empty())
      os << std::string(8, ' ') << "cure: " << line.remedy << '\n';
  }
}

void QuantizeReport::printJson(llvm::raw_ostream &os) const {
  llvm::json::OStream json(os, 2);
  auto text = [&](StringRef key, StringRef value) { json.attribute(key, llvm::json::fixUTF8(value)); };
  auto lines = [&](StringRef key, ArrayRef<Line> all, bool hasReason) {
    json.attributeArray(key, [&] {
      for (const Line &line : all)
        json.object([&] {
          text("operator", line.type);
          text("tensor", line.tensor);
          if (hasReason) {
            text("scheme", line.scheme);
            text("reason", line.reason);
            text("remedy", line.remedy);
          }
          json.attribute("macs", int64_t(line.macs));
          json.attribute("macs_share", shareOf(line.macs, macs));
          json.attribute("bytes", int64_t(line.bytes));
          json.attribute("bytes_share", shareOf(line.bytes, bytes));
        });
    });
  };
  json.object([&] {
    text("input", input);
    text("output", output);
    text("scheme", scheme);
    text("io", io);
    json.attribute("input_bytes", int64_t(inputBytes));
    json.attribute("output_bytes", int64_t(outputBytes));
    json.attribute("macs", int64_t(macs));
    json.attribute("constant_bytes", int64_t(bytes));
    json.attribute("quantized_operators", int64_t(numQuantized()));
    json.attributeObject("operators_by_scheme", [&] {
      for (const auto &[name, count] : quantizedOperators)
        json.attribute(name, int64_t(count));
    });
    json.attribute("stored_constants", int64_t(integerConstants + halfConstants));
    json.attribute("casts", int64_t(casts));
    lines("float_operators", floatOperators, /*hasReason=*/true);
    lines("kept_float", keptFloat, /*hasReason=*/false);
  });
  os << '\n';
}

void QuantizeReport::printHtml(llvm::raw_ostream &os) const {
  html::begin(os, "Quantization of " + input);
  auto paragraph = [&](const std::string &text) { os << "<p>" << html::escape(text) << "</p>\n"; };
  paragraph(
      llvm::formatv("{0}: {1} bytes; {2}: {3} bytes", input, grouped(inputBytes), output, grouped(outputBytes)).str());
  paragraph(summarize(*this));
  auto shares = [&](const Line &line) {
    return std::vector<std::string>{percent(line.macs, macs), percent(line.bytes, bytes)};
  };
  os << "<h2>Not in the scheme that was asked for</h2>\n";
  if (floatOperators.empty()) {
    paragraph("None: every operator is in the scheme that it was asked for.");
  } else {
    html::Table table(os, {"MACs", "bytes", "operator", "tensor", "asked", "why", "what would change it"}, 2);
    for (const Line &line : floatOperators) {
      std::vector<std::string> cells = shares(line);
      cells.insert(cells.end(), {line.type, line.tensor, line.scheme, line.reason, line.remedy});
      table.row(cells);
    }
  }
  if (!keptFloat.empty()) {
    os << "<h2>In float, as asked</h2>\n";
    html::Table table(os, {"MACs", "bytes", "operator", "tensor"}, 2);
    for (const Line &line : keptFloat) {
      std::vector<std::string> cells = shares(line);
      cells.insert(cells.end(), {line.type, line.tensor});
      table.row(cells);
    }
  }
  html::end(os);
}

} // namespace mlir::vernier
