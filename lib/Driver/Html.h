//===- Html.h - Pages and plots that need nothing else ----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the reports of the commands share: one file each, no script, no font and no image from elsewhere.

#ifndef VERNIER_LIB_DRIVER_HTML_H
#define VERNIER_LIB_DRIVER_HTML_H

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"
#include <string>
#include <vector>

namespace mlir::vernier::html {

/// `text` as a page shows it: bytes that mean something in HTML, and those that are no text, are replaced.
std::string escape(StringRef text);

/// The page up to its heading, and its end.
void begin(llvm::raw_ostream &os, StringRef title);
void end(llvm::raw_ostream &os);

/// Writes tables row by row.
class Table {
public:
  /// Columns of `numbers` are aligned to the right.
  Table(llvm::raw_ostream &os, ArrayRef<StringRef> headings, unsigned numbers);
  ~Table();
  /// Cells are text, not HTML.
  void row(ArrayRef<std::string> cells, bool marked = false);

private:
  void cell(StringRef tag, unsigned column, StringRef text);

  llvm::raw_ostream &os;
  /// The first columns hold numbers.
  unsigned numbers;
};

struct PlotPoint {
  /// Not a finite number: no point is drawn.
  double value;
  /// Shown when the pointer rests on it.
  std::string label;
  bool marked = false;
};

/// Draws points from left to right, joined by a line or as bars from 0.
enum class PlotKind { Line, Bars };
void plot(llvm::raw_ostream &os, StringRef caption, StringRef unit, ArrayRef<PlotPoint> points, PlotKind kind);

} // namespace mlir::vernier::html

#endif // VERNIER_LIB_DRIVER_HTML_H
