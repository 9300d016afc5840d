//===- ComparePage.cpp - What vernier compare found, as a page --*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CompareReport.h"
#include "Html.h"
#include "llvm/Support/Format.h"

namespace mlir::vernier {
namespace {

std::string toText(const char *format, double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format(format, value);
  return text;
}

std::string percent(double part) { return toText("%.1f %%", 100 * part); }

void printOutputs(llvm::raw_ostream &os, const CompareReport &report) {
  os << "<h2>Outputs</h2>\n";
  html::Table table(os,
                    {"top-1 agreement", "SQNR, dB", "lowest SQNR", "in sample", "mean error", "max error", "cosine",
                     "output", "samples with another top-1"},
                    7);
  for (auto [output, name] : llvm::zip_equal(report.comparison.outputs, report.outputNames)) {
    std::string differing;
    if (output.agreement)
      for (uint64_t sample : output.agreement->differing)
        differing += (differing.empty() ? "" : ", ") + std::to_string(sample);
    const uint64_t others = output.agreement ? report.comparison.samples - output.agreement->same : 0;
    if (output.agreement && others > output.agreement->differing.size())
      differing += ", ...";
    table.row({output.agreement
                   ? toText("%.2f %%", 100 * double(output.agreement->same) / double(report.comparison.samples))
                   : "",
               formatDecibel(output.errors.sqnr()), formatDecibel(output.worstSqnr), std::to_string(output.worstSample),
               toText("%.4g", output.errors.meanError()), toText("%.4g", output.errors.maxError()),
               toText("%.6f", output.errors.cosine()), name, differing});
  }
}

void printPlots(llvm::raw_ostream &os, ArrayRef<TensorRow> rows) {
  std::vector<html::PlotPoint> sqnr, share;
  for (const TensorRow &row : rows) {
    const std::string label = row.op + " " + row.name + ": ";
    sqnr.push_back({row.errors->sqnr(), label + formatDecibel(row.errors->sqnr()) + " dB", row.marked});
    share.push_back({100 * row.share, label + percent(row.share), row.marked});
  }
  html::plot(os, "SQNR of each tensor, in the order in which they are computed", "dB", sqnr, html::PlotKind::Line);
  html::plot(os, "Where the loss enters: each operator's part of all the noise that operators add", "%", share,
             html::PlotKind::Bars);
}

} // namespace

void CompareReport::printHtml(llvm::raw_ostream &os) const {
  html::begin(os, "vernier compare: " + actual);
  os << "<p>" << html::escape(actual) << " against " << html::escape(expected) << ": " << comparison.samples
     << " samples of " << html::escape(data) << ".</p>\n";
  printOutputs(os, *this);
  os << "<h2>Tensors</h2>\n";
  printPlots(os, rows);
  os << "<p>SQNR: power of the float values over that of the error. Drop: how far SQNR falls below that of the worst "
        "of the "
        "tensors that an operator reads. Noise: the operator's part of all the relative noise that operators add to "
        "that of "
        "what they read; the largest are marked. Bias: mean of the signed error.</p>\n";
  {
    html::Table table(os,
                      {"SQNR, dB", "drop, dB", "noise", "mean error", "bias", "max error", "rms", "cosine",
                       "infinite or NaN", "operator", "type", "tensor"},
                      9);
    for (const TensorRow &row : rows) {
      const ErrorSums &errors = *row.errors;
      table.row({formatDecibel(errors.sqnr()), row.drop ? toText("%.2f", *row.drop) : "", percent(row.share),
                 toText("%.4g", errors.meanError()), toText("%.3g", errors.bias()), toText("%.4g", errors.maxError()),
                 toText("%.4g", errors.rms()), toText("%.6f", errors.cosine()),
                 errors.nonFinite() ? std::to_string(errors.nonFinite()) : "", row.op, row.type, row.name},
                row.marked);
    }
  }
  if (comparison.onlyExpected || comparison.onlyActual)
    os << "<p>Not compared: " << comparison.onlyExpected << " tensors that only the first network has, "
       << comparison.onlyActual << " that only the second has.</p>\n";
  html::end(os);
}

} // namespace mlir::vernier
