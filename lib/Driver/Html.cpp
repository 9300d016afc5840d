//===- Html.cpp - Pages and plots that need nothing else --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Html.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

namespace mlir::vernier::html {
namespace {

constexpr llvm::StringLiteral kStyle = R"(
:root { color-scheme: light dark; --line: #8886; --ink: #2a6fb0; --mark: #d1462f; --soft: #d1462f22; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; } .n { text-align: right; white-space: nowrap; overflow-wrap: normal; }
tr.marked { background: var(--soft); }
figure { margin: 1rem 0; } figcaption { font-weight: 600; } svg { width: 100%; height: auto; font-size: 12px; }
svg text { fill: currentColor; } .grid { stroke: var(--line); } .join { fill: none; stroke: var(--ink); stroke-width: 1.5; }
.point { fill: var(--ink); } .point.marked { fill: var(--mark); }
)";

/// A step of 1, 2 or 5 times a power of ten, for about five lines across `extent`.
double tickStep(double extent) {
  const double rough = extent / 5, power = std::pow(10, std::floor(std::log10(rough)));
  for (double factor : {1.0, 2.0, 5.0})
    if (rough <= factor * power)
      return factor * power;
  return 10 * power;
}

/// A plot's frame in the units of its drawing.
constexpr double kWidth = 1000, kHeight = 260, kLeft = 60, kRight = 10, kTop = 12, kBottom = 24;

} // namespace

std::string escape(StringRef text) {
  // Names in files are any bytes.
  const llvm::UTF8 *first = text.bytes_begin();
  if (!llvm::isLegalUTF8String(&first, text.bytes_end()))
    return llvm::toHex(text);
  std::string result;
  llvm::raw_string_ostream os(result);
  for (char c : text)
    static_cast<unsigned char>(c) < ' ' ? void(os << ' ') : llvm::printHTMLEscaped(StringRef(&c, 1), os);
  return result;
}

void begin(llvm::raw_ostream &os, StringRef title) {
  os << "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
     << "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" << escape(title)
     << "</title>\n<style>" << kStyle << "</style>\n</head>\n<body>\n<h1>" << escape(title) << "</h1>\n";
}

void end(llvm::raw_ostream &os) { os << "</body>\n</html>\n"; }

Table::Table(llvm::raw_ostream &os, ArrayRef<StringRef> headings, unsigned numbers) : os(os), numbers(numbers) {
  os << "<div class=\"wide\"><table>\n<thead><tr>";
  for (auto [column, heading] : llvm::enumerate(headings))
    cell("th", column, heading);
  os << "</tr></thead>\n<tbody>\n";
}

Table::~Table() { os << "</tbody>\n</table></div>\n"; }

void Table::cell(StringRef tag, unsigned column, StringRef text) {
  os << '<' << tag << (column < numbers ? " class=\"n\">" : ">") << escape(text) << "</" << tag << '>';
}

void Table::row(ArrayRef<std::string> cells, bool marked) {
  os << (marked ? "<tr class=\"marked\">" : "<tr>");
  for (auto [column, text] : llvm::enumerate(cells))
    cell("td", column, text);
  os << "</tr>\n";
}

void plot(llvm::raw_ostream &os, StringRef caption, StringRef unit, ArrayRef<PlotPoint> points, PlotKind kind) {
  double low = 0, high = 0;
  for (const PlotPoint &point : points)
    if (std::isfinite(point.value)) {
      low = std::min(low, point.value);
      high = std::max(high, point.value);
    }
  if (low == high)
    high = low + 1;
  const double step = tickStep(high - low);
  low = std::floor(low / step) * step;
  high = std::ceil(high / step) * step;
  auto x = [&](double index) { return kLeft + (kWidth - kLeft - kRight) * (index + 0.5) / double(points.size()); };
  auto y = [&](double value) { return kTop + (kHeight - kTop - kBottom) * (high - value) / (high - low); };

  os << "<figure><figcaption>" << escape(caption) << "</figcaption>\n"
     << llvm::formatv("<svg viewBox=\"0 0 {0} {1}\" role=\"img\">\n", kWidth, kHeight);
  for (double tick = low; tick <= high + step / 2; tick += step)
    os << llvm::format("<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", kLeft, kWidth - kRight,
                       y(tick), y(tick))
       << llvm::format("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%g</text>\n", kLeft - 6, y(tick) + 4, tick);
  os << llvm::format("<text x=\"4\" y=\"%.1f\">", kHeight - 6) << escape(unit) << "</text>\n";
  if (kind == PlotKind::Line) {
    os << "<polyline class=\"join\" points=\"";
    for (auto [index, point] : llvm::enumerate(points))
      if (std::isfinite(point.value))
        os << llvm::format("%.1f,%.1f ", x(double(index)), y(point.value));
    os << "\"/>\n";
  }
  for (auto [index, point] : llvm::enumerate(points)) {
    if (!std::isfinite(point.value))
      continue;
    const char *style = point.marked ? "point marked" : "point";
    if (kind == PlotKind::Line) {
      os << llvm::format("<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\">", style, x(double(index)),
                         y(point.value))
         << "<title>" << escape(point.label) << "</title></circle>\n";
      continue;
    }
    const double width = (kWidth - kLeft - kRight) / double(points.size()) * 0.8;
    const double top = std::min(y(point.value), y(0)), bottom = std::max(y(point.value), y(0));
    os << llvm::format("<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">", style,
                       x(double(index)) - width / 2, top, width, std::max(bottom - top, 1.0))
       << "<title>" << escape(point.label) << "</title></rect>\n";
  }
  os << "</svg></figure>\n";
}

} // namespace mlir::vernier::html
