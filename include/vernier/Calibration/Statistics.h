//===- Statistics.h - calibration results as a file -------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What calibration saw of a model's tensors, as JSON that a person can read, edit and feed back:
//
//   {"vernier_statistics": 1, "model": "kws.tflite", "samples": 500, "tensors": {
//     "conv1": {"min": -1.5, "max": 6, "count": 4000,
//               "histogram": {"exponent": -8, "first_bin": -384, "counts": [3, 0, 17]}}}}
//
// `count` and `histogram` may be left out. Where `min` and `max` were edited to disagree with the histogram they win:
// the histogram, which describes another range, is dropped on reading.

#ifndef VERNIER_CALIBRATION_STATISTICS_H
#define VERNIER_CALIBRATION_STATISTICS_H

#include "vernier/Calibration/Histogram.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <map>
#include <optional>
#include <string>

namespace mlir::vernier {

class Observer;

/// One tensor's finite values over all samples.
struct TensorStatistics {
  float min = 0, max = 0;
  /// How many values; 0 if not known (a range written by hand).
  uint64_t count = 0;
  std::optional<Histogram> histogram;

  /// What `observer` saw; it must have seen a finite value.
  static TensorStatistics of(const Observer &observer);
};

/// What a statistics file holds: of `samples` samples, run through the model called `model`.
struct Statistics {
  std::string model;
  uint64_t samples = 0;
  /// By tensor name; ordered, so that the same statistics are the same bytes.
  std::map<std::string, TensorStatistics> tensors;
};

/// Reads the text of a statistics file; `path` names it in errors. Refused with the place: anything but the form above,
/// numbers that are not finite floats, min > max, unknown or duplicate keys, a histogram that does not add up to
/// `count`.
llvm::Expected<Statistics> parseStatistics(llvm::StringRef text, llvm::StringRef path);

/// Reads the file at `path`.
llvm::Expected<Statistics> readStatistics(llvm::StringRef path);

/// Writes the JSON form: one line for each tensor, floats in their shortest exact form.
void printStatistics(const Statistics &statistics, llvm::raw_ostream &os);

/// Writes the file at `path`, whole or not at all.
llvm::Error writeStatistics(const Statistics &statistics, llvm::StringRef path);

/// Adds what `source` saw to `into`, as if one calibration had seen the samples of both. Statistics of different models
/// are refused. A tensor that either side knows without a histogram ends without one.
llvm::Error merge(Statistics &into, const Statistics &source);

} // namespace mlir::vernier

#endif // VERNIER_CALIBRATION_STATISTICS_H
