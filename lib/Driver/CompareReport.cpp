//===- CompareReport.cpp - What vernier compare found -----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CompareReport.h"
#include "Command.h"
#include "mlir/IR/TypeUtilities.h"
#include "vernier/Execution/TensorIO.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include <cmath>

namespace mlir::vernier {
namespace {

/// So many operators are marked, as long as each adds so much of all noise.
constexpr size_t kMarked = 5;
constexpr double kLeastShare = 0.05;

TensorRow makeRow(const TensorComparison &tensor) {
  TensorRow row;
  Operation *op = tensor.pair.expected.getDefiningOp();
  row.op = op ? getOperatorName(op) : "input";
  row.name = getTensorName(tensor.pair.expected).str();
  row.type = name(*getElementKind(getElementTypeOrSelf(tensor.pair.actual))).str();
  row.errors = &tensor.errors;
  return row;
}

/// How much relative noise each operator adds, and how much SQNR falls. Noise that comes in through several inputs
/// counts as that of the worst: their errors are rarely independent.
void attribute(std::vector<TensorRow> &rows, ArrayRef<TensorComparison> tensors) {
  std::vector<double> added(rows.size());
  double total = 0;
  for (auto [index, row] : llvm::enumerate(rows)) {
    const double own = row.errors->relativeNoise();
    double worst = 0;
    for (unsigned input : tensors[index].inputs)
      worst = std::max(worst, tensors[input].errors.relativeNoise());
    if (own > 0 && worst > 0 && std::isfinite(own) && std::isfinite(worst))
      row.drop = 10 * std::log10(own / worst);
    // Where zeros are expected, every noise is infinite: it says nothing about the others.
    if (std::isfinite(own))
      added[index] = std::max(0.0, own - worst);
    total += added[index];
  }
  SmallVector<size_t> order = llvm::to_vector(llvm::seq(rows.size()));
  llvm::stable_sort(order, [&](size_t a, size_t b) { return added[a] > added[b]; });
  for (auto [rank, index] : llvm::enumerate(order)) {
    rows[index].share = total > 0 ? added[index] / total : 0;
    rows[index].marked = rank < kMarked && rows[index].share >= kLeastShare;
  }
}

std::string shorten(StringRef name, size_t width) {
  // The end of a long name tells more than its beginning.
  return name.size() > width ? ("..." + name.take_back(width - 3)).str() : name.str();
}

/// JSON has no infinities.
void writeDecibel(llvm::json::OStream &json, StringRef key, double value) {
  std::isfinite(value) ? json.attribute(key, value) : json.attribute(key, nullptr);
}

void writeErrors(llvm::json::OStream &json, const ErrorSums &errors) {
  writeDecibel(json, "sqnr_db", errors.sqnr());
  json.attribute("mean_error", errors.meanError());
  json.attribute("bias", errors.bias());
  json.attribute("max_error", errors.maxError());
  json.attribute("cosine", errors.cosine());
  json.attribute("rms", errors.rms());
  json.attribute("elements", int64_t(errors.count()));
  if (errors.nonFinite())
    json.attribute("non_finite", int64_t(errors.nonFinite()));
}

} // namespace

std::string formatDecibel(double value) {
  if (std::isnan(value))
    return "-";
  if (std::isinf(value))
    return value > 0 ? "exact" : "-inf";
  return llvm::formatv("{0:F2}", value).str();
}

CompareReport::CompareReport(std::string expected, std::string actual, std::string data,
                             std::vector<std::string> outputNames, const Comparison &comparison)
    : expected(std::move(expected)), actual(std::move(actual)), data(std::move(data)), comparison(comparison),
      outputNames(std::move(outputNames)) {
  for (const TensorComparison &tensor : comparison.tensors)
    rows.push_back(makeRow(tensor));
  attribute(rows, comparison.tensors);
}

void CompareReport::print(llvm::raw_ostream &os) const {
  os << actual << " against " << expected << ": " << comparison.samples << " samples of " << data << '\n';
  for (auto [output, name] : llvm::zip_equal(comparison.outputs, outputNames)) {
    os << "  output " << shorten(name, 48) << ": ";
    if (output.agreement)
      os << "top-1 agreement "
         << llvm::format("%.2f", 100.0 * double(output.agreement->same) / double(comparison.samples)) << " %, ";
    os << "SQNR " << formatDecibel(output.errors.sqnr());
    if (std::isfinite(output.errors.sqnr()))
      os << " dB (lowest " << formatDecibel(output.worstSqnr) << " in sample " << output.worstSample << ")";
    os << llvm::format(", mean error %.4g, max %.4g, cosine %.6f\n", output.errors.meanError(),
                       output.errors.maxError(), output.errors.cosine());
    if (output.errors.nonFinite())
      os << "    " << output.errors.nonFinite() << " elements are infinite or NaN in one of the two\n";
  }
  size_t width = 8;
  for (const TensorRow &row : rows)
    width = std::max(width, row.op.size());
  os << "\n     SQNR     drop   noise  mean err   max err    cosine  " << llvm::left_justify("operator", width)
     << "  type     tensor\n";
  for (const TensorRow &row : rows) {
    const std::string drop = row.drop ? llvm::formatv("{0:F2}", *row.drop).str() : "";
    const std::string share = row.share >= 0.0005 ? llvm::formatv("{0:F1} %", 100 * row.share).str() : "";
    os << llvm::right_justify(formatDecibel(row.errors->sqnr()), 9) << llvm::right_justify(drop, 9)
       << llvm::right_justify(share, 8)
       << llvm::format("%10.3g%10.3g%10.6f", row.errors->meanError(), row.errors->maxError(), row.errors->cosine())
       << (row.marked ? " <" : "  ") << llvm::left_justify(row.op, width) << "  " << llvm::left_justify(row.type, 7)
       << "  " << shorten(row.name, 60);
    if (row.errors->nonFinite())
      os << "  (" << row.errors->nonFinite() << " infinite or NaN)";
    os << '\n';
  }
  os << "\n  SQNR in dB; drop: below the worst of its inputs; noise: its part of all that operators add; <: the most\n";
  if (comparison.onlyExpected || comparison.onlyActual)
    os << "  not compared: " << comparison.onlyExpected << " tensors that only " << expected << " has, "
       << comparison.onlyActual << " that only " << actual << " has\n";
}

void CompareReport::printJson(llvm::raw_ostream &os) const {
  llvm::json::OStream json(os, 2);
  json.object([&] {
    json.attribute("float", llvm::json::fixUTF8(expected));
    json.attribute("quantized", llvm::json::fixUTF8(actual));
    json.attribute("data", llvm::json::fixUTF8(data));
    json.attribute("samples", int64_t(comparison.samples));
    json.attributeArray("outputs", [&] {
      for (auto [output, name] : llvm::zip_equal(comparison.outputs, outputNames))
        json.object([&, &output = output, &name = name] {
          json.attribute("name", llvm::json::fixUTF8(name));
          writeErrors(json, output.errors);
          writeDecibel(json, "worst_sqnr_db", output.worstSqnr);
          json.attribute("worst_sample", int64_t(output.worstSample));
          if (!output.agreement)
            return;
          json.attribute("top1_agreement", double(output.agreement->same) / double(comparison.samples));
          json.attributeArray("top1_differs_in", [&] {
            for (uint64_t sample : output.agreement->differing)
              json.value(int64_t(sample));
          });
        });
    });
    json.attributeArray("tensors", [&] {
      for (auto [row, tensor] : llvm::zip_equal(rows, comparison.tensors))
        json.object([&, &row = row, &tensor = tensor] {
          json.attribute("name", llvm::json::fixUTF8(row.name));
          json.attribute("quantized_name", llvm::json::fixUTF8(getTensorName(tensor.pair.actual)));
          json.attribute("matched_by", tensor.pair.byName ? "name" : "place");
          json.attribute("operator", row.op);
          json.attribute("type", row.type);
          json.attributeArray("inputs", [&] {
            for (unsigned input : tensor.inputs)
              json.value(int64_t(input));
          });
          writeErrors(json, *row.errors);
          row.drop ? json.attribute("drop_db", *row.drop) : json.attribute("drop_db", nullptr);
          json.attribute("noise_share", row.share);
          json.attribute("marked", row.marked);
        });
    });
    json.attribute("only_in_float", int64_t(comparison.onlyExpected));
    json.attribute("only_in_quantized", int64_t(comparison.onlyActual));
  });
  os << '\n';
}

} // namespace mlir::vernier
