//===- BenchReport.h - What vernier bench found -----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_DRIVER_BENCHREPORT_H
#define VERNIER_LIB_DRIVER_BENCHREPORT_H

#include "NativeProgram.h"
#include "llvm/ADT/MapVector.h"

namespace mlir::vernier {

/// The times of whole runs, in microseconds.
class RunTimes {
public:
  void add(double us) { times.insert(llvm::upper_bound(times, us), us); }
  double fastest() const { return times.front(); }
  double median() const { return times[times.size() / 2]; }
  double slow() const { return times[times.size() * 9 / 10]; }

private:
  std::vector<double> times;
};

/// One operator of the network, or one kernel of the program.
struct OperatorTime {
  std::string name;
  /// The fastest, in microseconds: what others do on the machine adds to the rest.
  double us;
  /// How often it was made in that run: 0 where a branch left it out, more than once in a loop.
  unsigned rounds;
};

struct BenchReport {
  std::string model;
  unsigned runs;
  RunTimes executor;
  int64_t executorArena;
  /// Empty where they were not asked for.
  std::vector<OperatorTime> operators;

  /// The generated program, and what it ran on; null where the executor alone was timed.
  const NativeProgram *program = nullptr;
  std::string target, compiler;
  RunTimes generated;
  /// Bytes of the outputs that are not the executor's.
  int64_t differentBytes = 0;
  /// The best that this core does, where that is known.
  llvm::SmallMapVector<Arithmetic, std::optional<Peak>, 4> peaks;
  /// Gigabytes a second of reading as many bytes as the program's memory has, and far more than caches hold.
  double reads = 0, memoryReads = 0;
};

void printReport(const BenchReport &report, llvm::raw_ostream &os);
void writeReport(const BenchReport &report, llvm::raw_ostream &os);

} // namespace mlir::vernier

#endif // VERNIER_LIB_DRIVER_BENCHREPORT_H
