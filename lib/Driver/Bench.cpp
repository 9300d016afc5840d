//===- Bench.cpp - vernier bench --------------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "DataFlags.h"
#include "vernier/Execution/TensorIO.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include <chrono>
#include <random>

namespace mlir::vernier {
namespace {

using Clock = std::chrono::steady_clock;

struct Flags {
  llvm::cl::SubCommand command{"bench", "Time a network on this machine"};
  llvm::cl::opt<std::string> model{llvm::cl::Positional, llvm::cl::sub(command), llvm::cl::Required,
                                   llvm::cl::desc("MODEL")};
  llvm::cl::opt<unsigned> runs{"runs", llvm::cl::sub(command), llvm::cl::init(50), llvm::cl::value_desc("N"),
                               llvm::cl::desc("Timed runs, after a few that are not (default 50)")};
  llvm::cl::opt<bool> operators{"operators", llvm::cl::sub(command),
                                llvm::cl::desc("Also list the fastest time of each operator")};
  llvm::cl::opt<bool> json{"json", llvm::cl::sub(command), llvm::cl::desc("Print the result as JSON")};
  ExecutionFlags execution{command};
};

Flags &flags() {
  static Flags instance;
  return instance;
}

double microseconds(Clock::duration time) { return std::chrono::duration<double, std::micro>(time).count(); }

/// Floats of unit scale; integers 0, which are valid indices.
void fillInputs(ArrayRef<TensorInfo> tensors, TensorBuffers &buffers) {
  std::mt19937 random(1);
  for (auto [tensor, bytes] : llvm::zip_equal(tensors, buffers.writable())) {
    llvm::fill(bytes, 0);
    if (tensor.elementType.isF32())
      for (float &value : MutableArrayRef(reinterpret_cast<float *>(bytes.data()), bytes.size() / sizeof(float)))
        value = std::ldexp(float(random()), -31) - 1.0f;
  }
}

/// The fastest time of each operator: what others do on the machine adds to the rest.
class OperatorTimes {
public:
  LogicalResult take(Executor &executor, const TensorBuffers &inputs) {
    Clock::time_point last = Clock::now();
    auto observer = [&](Operation *op, ArrayRef<TensorRef>) {
      const Clock::time_point now = Clock::now();
      auto [entry, isNew] = times.try_emplace(op, now - last);
      if (!isNew)
        entry->second = std::min(entry->second, now - last);
      last = now;
      return success();
    };
    return executor.run(inputs.readable(), observer);
  }
  void print(llvm::raw_ostream &os) const {
    for (auto [op, time] : times)
      os << llvm::format("%10.1f us  ", microseconds(time)) << describe(op) << '\n';
  }

private:
  llvm::MapVector<Operation *, Clock::duration> times;
};

int bench() {
  if (flags().runs < 1) {
    reportError("--runs 0: expected at least one");
    return kUsage;
  }
  ToolContext context;
  FailureOr<Model> model = loadModel(flags().model, context);
  if (failed(model))
    return kWrongInput;
  auto executor = Executor::create(model->main(), flags().execution.options());
  if (failed(executor))
    return kWrongInput;
  TensorBuffers inputs((*executor)->inputs());
  fillInputs((*executor)->inputs(), inputs);
  std::vector<double> times;
  const unsigned warmUp = std::min(5u, flags().runs.getValue());
  for (unsigned i = 0; i < warmUp + flags().runs; ++i) {
    const Clock::time_point start = Clock::now();
    if (failed((*executor)->run(inputs.readable())))
      return kWrongInput;
    if (i >= warmUp)
      times.push_back(microseconds(Clock::now() - start));
  }
  llvm::sort(times);
  const double median = times[times.size() / 2], slow = times[times.size() * 9 / 10];
  if (flags().json) {
    llvm::json::OStream json(llvm::outs(), 2);
    json.object([&] {
      json.attribute("model", model->path);
      json.attribute("runs", int64_t(times.size()));
      json.attribute("min_us", times.front());
      json.attribute("median_us", median);
      json.attribute("p90_us", slow);
      json.attribute("arena_bytes", (*executor)->arenaBytes());
    });
    llvm::outs() << '\n';
    return kDone;
  }
  llvm::outs() << model->path << ": " << llvm::format("%.1f", median) << " us (median of " << times.size()
               << " runs, fastest " << llvm::format("%.1f", times.front()) << ", 90 % below "
               << llvm::format("%.1f", slow) << "), " << (*executor)->arenaBytes() << " bytes of activations\n";
  if (flags().operators) {
    OperatorTimes operators;
    for (unsigned i = 0; i < flags().runs; ++i)
      if (failed(operators.take(**executor, inputs)))
        return kWrongInput;
    operators.print(llvm::outs());
  }
  return kDone;
}

} // namespace

Command benchCommand() { return {flags().command, bench}; }

} // namespace mlir::vernier
