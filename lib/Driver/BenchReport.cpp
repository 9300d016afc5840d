//===- BenchReport.cpp - What vernier bench found ---------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "BenchReport.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

namespace mlir::vernier {
namespace {

/// A line of the roofline: what a kernel did, beside the least time that this core needs for it.
struct Line {
  double us = 0, macs = 0, bytes = 0;
  /// Least microseconds for the products alone, and with the bytes. Products need no time where no peak is known.
  double productsUs = 0, roofUs = 0;
  bool hasPeak = true, bytesLimit = false;
};

Line makeLine(const BenchReport &report, size_t index) {
  const KernelWork &work = report.program->work()[index];
  const OperatorTime &timed = report.operators[index];
  Line line;
  line.us = timed.us;
  line.macs = double(work.macs) * timed.rounds;
  line.bytes = double(work.bytes) * timed.rounds;
  if (work.macs > 0) {
    const std::optional<Peak> &peak = report.peaks.find(work.arithmetic)->second;
    line.hasPeak = peak.has_value();
    line.productsUs = peak ? line.macs / peak->gmacs * 1e-3 : 0;
  }
  const double bytesUs = line.bytes / report.reads * 1e-3;
  line.bytesLimit = bytesUs > line.productsUs;
  line.roofUs = std::max(bytesUs, line.productsUs);
  return line;
}

Line sum(ArrayRef<Line> lines) {
  Line total;
  for (const Line &line : lines) {
    total.us += line.us;
    total.macs += line.macs;
    total.bytes += line.bytes;
    total.productsUs += line.productsUs;
    total.roofUs += line.roofUs;
    total.hasPeak &= line.hasPeak;
  }
  return total;
}

/// The fewest lines that take half of the time.
SmallVector<bool> findSlowest(ArrayRef<Line> lines, double total) {
  auto order = llvm::to_vector(llvm::seq<size_t>(0, lines.size()));
  llvm::stable_sort(order, [&](size_t a, size_t b) { return lines[a].us > lines[b].us; });
  SmallVector<bool> slowest(lines.size());
  double taken = 0;
  for (size_t index : order) {
    if (taken >= total / 2)
      break;
    slowest[index] = true;
    taken += lines[index].us;
  }
  return slowest;
}

/// Where an operator was not made once: how often.
std::string countRounds(const OperatorTime &timed) {
  return timed.rounds == 1 ? "" : " (" + std::to_string(timed.rounds) + " times)";
}

/// "conv_2d of 'x'" for "'nn.conv_2d' (tensor 'x')". Names of tensors may be as long as a page is wide, several times.
std::string shorten(StringRef origin) {
  constexpr size_t kMost = 56;
  StringRef kind = origin, tensor;
  std::tie(kind, tensor) = origin.split(" (tensor '");
  tensor.consume_back("')");
  kind = kind.trim('\'');
  kind.consume_front("nn.");
  if (tensor.empty())
    return kind.str();
  return (kind + " of '" + tensor.take_front(kMost) + (tensor.size() > kMost ? "..." : "'")).str();
}

void printLine(llvm::raw_ostream &os, const Line &line, double total, StringRef mark, StringRef limit, StringRef name) {
  os << mark << llvm::format("%9.1f %6.1f %%", line.us, 100 * line.us / total);
  if (line.macs > 0)
    os << llvm::format("%9.3f %7.1f", line.macs * 1e-6, line.macs / line.us * 1e-3);
  else
    os << llvm::format("%9s %7s", "-", "-");
  if (line.macs > 0 && line.hasPeak)
    os << llvm::format("  %5.1f %%", 100 * line.productsUs / line.us);
  else
    os << llvm::format("  %7s", "-");
  os << llvm::format(" %9.1f", line.bytes * 1e-3);
  if (line.macs > 0)
    os << llvm::format(" %8.1f", line.macs / line.bytes);
  else
    os << llvm::format(" %8s", "-");
  os << llvm::format("  %5.1f %%", 100 * line.roofUs / line.us);
  os << "  " << limit << "  " << name << '\n';
}

void printRoofline(const BenchReport &report, llvm::raw_ostream &os) {
  SmallVector<Line> lines;
  for (size_t i = 0, e = report.operators.size(); i < e; ++i)
    lines.push_back(makeLine(report, i));
  const Line total = sum(lines);
  const SmallVector<bool> slowest = findSlowest(lines, total.us);
  os << "\n        us     time     MMAC  GMAC/s  of peak        KB    MAC/B  of roof  limit     kernel\n";
  for (auto [line, timed, slow, work] : llvm::zip_equal(lines, report.operators, slowest, report.program->work()))
    printLine(os, line, total.us, slow ? "*" : " ", line.bytesLimit ? "bytes   " : "products",
              shorten(timed.name) + (work.residual.empty() ? "" : " + " + shorten(work.residual)) + countRounds(timed));
  printLine(os, total, total.us, " ", "        ", "all");
  os << "* the slowest, which take half of the time between them. Of roof: the least time for the products at the "
        "peak, or for\n"
        "  the bytes at the rate above, whichever is longer, against the time taken; more than 100 % where a nearer "
        "cache has them.\n";
}

void printProgram(const BenchReport &report, llvm::raw_ostream &os) {
  const NativeProgram &program = *report.program;
  os << "  generated: " << llvm::format("%.1f", report.generated.median()) << " us (fastest "
     << llvm::format("%.1f", report.generated.fastest()) << ", 90 % below "
     << llvm::format("%.1f", report.generated.slow()) << "), "
     << llvm::format("%.2f", report.generated.median() / report.executor.median()) << " of the executor; arena "
     << program.arenaBytes() << " bytes, weights " << program.weightBytes() << " bytes\n"
     << "  for " << report.target << ": generated in " << llvm::format("%.2f", program.generatingSeconds())
     << " s, compiled by " << report.compiler << " at -O2 in " << llvm::format("%.2f", program.compilingSeconds())
     << " s of processor\n"
     << "  this core: ";
  for (auto &[arithmetic, peak] : report.peaks)
    if (peak)
      os << stringify(arithmetic) << ' ' << llvm::format("%.1f", peak->gmacs) << " GMAC/s (" << peak->instruction
         << "), ";
  os << "reads " << llvm::format("%.1f", report.reads) << " GB/s from as much memory as the program has, "
     << llvm::format("%.1f", report.memoryReads) << " GB/s beyond caches\n";
}

void writeTimes(llvm::json::OStream &json, const RunTimes &times) {
  json.attribute("min_us", times.fastest());
  json.attribute("median_us", times.median());
  json.attribute("p90_us", times.slow());
}

/// null where it is not known.
void writeIf(llvm::json::OStream &json, StringRef key, bool known, double value) {
  json.attribute(key, known ? llvm::json::Value(value) : llvm::json::Value(nullptr));
}

void writeOperators(llvm::json::OStream &json, const BenchReport &report) {
  for (auto [index, timed] : llvm::enumerate(report.operators))
    json.object([&, index = index, &timed = timed] {
      json.attribute("operator", llvm::json::fixUTF8(timed.name));
      json.attribute("min_us", timed.us);
      json.attribute("rounds", timed.rounds);
      if (!report.program)
        return;
      const KernelWork &work = report.program->work()[index];
      const Line line = makeLine(report, index);
      if (!work.residual.empty())
        json.attribute("residual", llvm::json::fixUTF8(work.residual));
      json.attribute("kernel", llvm::json::fixUTF8(work.kernel));
      json.attribute("arithmetic", stringify(work.arithmetic));
      json.attribute("macs", work.macs);
      json.attribute("bytes", work.bytes);
      writeIf(json, "macs_per_byte", work.bytes > 0, line.macs / std::max(1.0, line.bytes));
      json.attribute("gmacs_per_second", line.macs / line.us * 1e-3);
      writeIf(json, "percent_of_peak", line.hasPeak && work.macs > 0, 100 * line.productsUs / line.us);
      json.attribute("roof_us", line.roofUs);
      json.attribute("limit", line.bytesLimit ? "bytes" : "products");
      json.attribute("percent_of_roof", 100 * line.roofUs / line.us);
    });
}

void writeProgram(llvm::json::OStream &json, const BenchReport &report) {
  const NativeProgram &program = *report.program;
  Line total;
  for (auto [index, work] : llvm::enumerate(program.work()))
    if (!report.operators.empty())
      total = sum({total, makeLine(report, index)});
    else
      total.macs += double(work.macs);
  json.attributeObject("generated", [&] {
    writeTimes(json, report.generated);
    json.attribute("target", report.target);
    json.attribute("compiler", report.compiler);
    json.attribute("compiler_flags", program.compilerFlags());
    json.attribute("generating_seconds", program.generatingSeconds());
    json.attribute("compiling_seconds", program.compilingSeconds());
    json.attribute("arena_bytes", program.arenaBytes());
    json.attribute("weight_bytes", program.weightBytes());
    json.attribute("macs", int64_t(total.macs));
    json.attribute("gmacs_per_second", total.macs / report.generated.median() * 1e-3);
    if (!report.operators.empty())
      writeIf(json, "percent_of_peak", total.hasPeak, 100 * total.productsUs / report.generated.median());
    json.attribute("time_of_executor", report.generated.median() / report.executor.median());
    json.attribute("different_bytes", report.differentBytes);
  });
  json.attributeObject("core", [&] {
    json.attributeArray("peaks", [&] {
      for (auto &entry : report.peaks)
        if (const std::optional<Peak> &peak = entry.second)
          json.object([&] {
            json.attribute("arithmetic", stringify(entry.first));
            json.attribute("instruction", peak->instruction);
            json.attribute("gmacs_per_second", peak->gmacs);
          });
    });
    json.attribute("reads_gb_per_second", report.reads);
    json.attribute("memory_reads_gb_per_second", report.memoryReads);
  });
}

} // namespace

void printReport(const BenchReport &report, llvm::raw_ostream &os) {
  const RunTimes &times = report.executor;
  os << report.model << ", median of " << report.runs << " runs\n"
     << "  executor:  " << llvm::format("%.1f", times.median()) << " us (fastest "
     << llvm::format("%.1f", times.fastest()) << ", 90 % below " << llvm::format("%.1f", times.slow()) << "); "
     << report.executorArena << " bytes of activations\n";
  if (report.program) {
    printProgram(report, os);
    if (!report.operators.empty())
      printRoofline(report, os);
    return;
  }
  for (const OperatorTime &timed : report.operators)
    os << llvm::format("%10.1f us  ", timed.us) << timed.name << countRounds(timed) << '\n';
}

void writeReport(const BenchReport &report, llvm::raw_ostream &os) {
  llvm::json::OStream json(os, 2);
  json.object([&] {
    json.attribute("model", llvm::json::fixUTF8(report.model));
    json.attribute("runs", int64_t(report.runs));
    json.attributeObject("executor", [&] {
      writeTimes(json, report.executor);
      json.attribute("arena_bytes", report.executorArena);
    });
    if (report.program)
      writeProgram(json, report);
    if (!report.operators.empty())
      json.attributeArray("operators", [&] { writeOperators(json, report); });
  });
  os << '\n';
}

} // namespace mlir::vernier
