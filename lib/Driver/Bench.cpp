//===- Bench.cpp - vernier bench --------------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "BenchReport.h"
#include "DataFlags.h"
#include "NoiseInputs.h"
#include "vernier/Dialect/Kernel/Targets.h"
#include "vernier/Execution/NumericsNames.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "llvm/ADT/StringExtras.h"
#include <chrono>

namespace mlir::vernier {
namespace {

using Clock = std::chrono::steady_clock;

struct Flags {
  llvm::cl::SubCommand command{
      "bench", "Time a network on this machine, as a generated program and by the executor\n\n"
               "  The network is written as C++ into a temporary folder, compiled at -O2 and run, in blocks that "
               "alternate with the\n"
               "  executor's. The table has a line for each kernel: its fastest time, multiply-adds, and the bytes of "
               "weights and\n"
               "  activations that it moves, beside what this core does at most, which is measured too."};
  llvm::cl::opt<std::string> model{llvm::cl::Positional, llvm::cl::sub(command), llvm::cl::Required,
                                   llvm::cl::desc("MODEL")};
  llvm::cl::opt<unsigned> runs{"runs", llvm::cl::sub(command), llvm::cl::init(50), llvm::cl::value_desc("N"),
                               llvm::cl::desc("Timed runs of each, after a few that are not (default 50)")};
  llvm::cl::opt<bool> operators{
      "operators", llvm::cl::sub(command), llvm::cl::init(true),
      llvm::cl::desc("List the fastest time of each operator (default; =false leaves it out)")};
  llvm::cl::opt<bool> executorOnly{"executor", llvm::cl::sub(command),
                                   llvm::cl::desc("Time the executor alone: nothing is generated or compiled")};
  llvm::cl::opt<std::string> target{
      "target", llvm::cl::sub(command), llvm::cl::init("native"), llvm::cl::value_desc("TARGET"),
      llvm::cl::desc("What the program is generated for, as in 'vernier codegen' (default native)")};
  llvm::cl::opt<std::string> compiler{
      "compiler", llvm::cl::sub(command), llvm::cl::value_desc("COMMAND"),
      llvm::cl::desc(
          "Compiles the program, like g++ or clang++ (default: $CXX, else the first found of c++, g++, clang++)")};
  llvm::cl::opt<bool> json{"json", llvm::cl::sub(command), llvm::cl::desc("Print the result as JSON")};
  ExecutionFlags execution{command};
};

Flags &flags() {
  static Flags instance;
  return instance;
}

double microseconds(Clock::duration time) { return std::chrono::duration<double, std::micro>(time).count(); }

/// Keeps the fastest time of each step: of all that it takes in one run, where a loop makes it again and again.
class Laps {
public:
  void start() {
    current.assign(fastest.size(), Step());
    last = Clock::now();
  }
  void lap(size_t step) {
    const Clock::time_point now = Clock::now();
    if (step >= current.size())
      current.resize(step + 1);
    current[step].time += now - last;
    ++current[step].rounds;
    last = now;
  }
  void finish() {
    fastest.resize(current.size());
    for (auto [best, step] : llvm::zip_equal(fastest, current))
      if (step.rounds && (!best.rounds || step.time < best.time))
        best = step;
  }
  /// Steps that no run has come to take no time and no rounds.
  OperatorTime at(size_t step, std::string name) const {
    // Never 0, which a coarse clock may say.
    if (step >= fastest.size())
      return {std::move(name), 1e-3, 0};
    return {std::move(name), std::max(1e-3, microseconds(fastest[step].time)), fastest[step].rounds};
  }

private:
  struct Step {
    Clock::duration time{};
    unsigned rounds = 0;
  };
  Clock::time_point last;
  std::vector<Step> current, fastest;
};

/// Both ways of running a network, on the same inputs.
class Bench {
public:
  Bench(Executor &executor, NativeProgram *program)
      : executor(executor), program(program), inputs(executor.inputs()), outputs(executor.outputs()) {
    std::mt19937 random(1);
    fillWithNoise(executor.inputs(), inputs, random, /*largestIndex=*/0);
    for (ArrayRef<char> bytes : inputs.readable())
      inputPointers.push_back(bytes.data());
    for (MutableArrayRef<char> bytes : outputs.writable())
      outputPointers.push_back(bytes.data());
  }

  LogicalResult measure(BenchReport &report);

private:
  /// Runs `run` as often as a block has runs, after two that warm caches up.
  LogicalResult timeBlock(unsigned runs, RunTimes *times, function_ref<LogicalResult()> run);
  LogicalResult runProgram(function_ref<bool()> run) {
    return run() ? success() : LogicalResult((reportError("the generated program failed on these inputs"), failure()));
  }
  int64_t countDifferentBytes();

  Executor &executor;
  NativeProgram *program;
  TensorBuffers inputs, outputs;
  SmallVector<const void *> inputPointers;
  SmallVector<void *> outputPointers;
};

LogicalResult Bench::timeBlock(unsigned runs, RunTimes *times, function_ref<LogicalResult()> run) {
  constexpr unsigned kWarmUp = 2;
  for (unsigned i = 0; i < kWarmUp + runs; ++i) {
    const Clock::time_point start = Clock::now();
    if (failed(run()))
      return failure();
    if (times && i >= kWarmUp)
      times->add(microseconds(Clock::now() - start));
  }
  return success();
}

int64_t Bench::countDifferentBytes() {
  int64_t different = 0;
  for (auto [index, bytes] : llvm::enumerate(outputs.writable())) {
    const char *expected = executor.output(index).as<const char>();
    for (auto [at, byte] : llvm::enumerate(bytes))
      different += byte != expected[at];
  }
  return different;
}

LogicalResult Bench::measure(BenchReport &report) {
  Laps laps;
  llvm::SmallMapVector<Operation *, size_t, 16> operators;
  const auto runExecutor = [&] { return executor.run(inputs.readable()); };
  const auto runExecutorInLaps = [&] {
    laps.start();
    LogicalResult result = executor.run(inputs.readable(), [&](Operation *op, ArrayRef<TensorRef>) {
      laps.lap(operators.try_emplace(op, operators.size()).first->second);
      return success();
    });
    laps.finish();
    return result;
  };
  const auto runPlain = [&] {
    return runProgram([&] { return program->run(inputPointers.data(), outputPointers.data()); });
  };
  const auto runInLaps = [&] {
    laps.start();
    LogicalResult result = runProgram([&] {
      return program->runInLaps(inputPointers.data(), outputPointers.data(),
                                [&](unsigned kernel) { laps.lap(kernel); });
    });
    laps.finish();
    return result;
  };
  // Compared while a state that networks may keep is still the first.
  if (program) {
    if (failed(runExecutor()) || failed(runPlain()))
      return failure();
    report.differentBytes = countDifferentBytes();
  }
  constexpr unsigned kBlocks = 10;
  const unsigned blocks = std::min(kBlocks, report.runs);
  for (unsigned block = 0; block < blocks; ++block) {
    const unsigned runs = report.runs * (block + 1) / blocks - report.runs * block / blocks;
    if (failed(timeBlock(runs, &report.executor, runExecutor)))
      return failure();
    if (program && failed(timeBlock(runs, &report.generated, runPlain)))
      return failure();
    if (flags().operators &&
        failed(program ? timeBlock(runs, nullptr, runInLaps) : timeBlock(runs, nullptr, runExecutorInLaps)))
      return failure();
  }
  for (auto [op, index] : operators)
    report.operators.push_back(laps.at(index, describe(op)));
  if (program && flags().operators)
    for (auto [index, work] : llvm::enumerate(program->work()))
      report.operators.push_back(laps.at(index, work.origin));
  return success();
}

/// What this core can do, in the arithmetic of the program and with as much memory as it has.
void measureCore(const NativeProgram &program, BenchReport &report) {
  for (const KernelWork &work : program.work())
    if (work.macs > 0 && !report.peaks.contains(work.arithmetic))
      report.peaks[work.arithmetic] = measurePeak(report.target, work.arithmetic);
  constexpr size_t kBeyondCaches = 256 << 20;
  report.reads = measureReads(report.target, program.arenaBytes() + program.weightBytes());
  report.memoryReads = measureReads(report.target, kBeyondCaches);
}

FailureOr<NativeProgram> makeProgram(ModuleOp network, BenchReport &report) {
  LowerToCppOptions options;
  options.target = report.target;
  options.numerics = stringifyNumerics(flags().execution.numerics).str();
  auto compiler =
      findCompiler(flags().compiler.getNumOccurrences() ? std::optional<StringRef>(flags().compiler) : std::nullopt);
  if (failed(compiler))
    return failure();
  report.compiler = llvm::join(*compiler, " ");
  auto program = NativeProgram::create(network, options, *compiler);
  if (failed(program))
    llvm::errs() << "  note: 'vernier bench --executor' times the executor alone\n";
  return program;
}

int bench() {
  if (flags().runs < 1) {
    reportError("--runs 0: expected at least one");
    return kUsage;
  }
  const kernel::Target *target = kernel::findTarget(flags().target);
  if (!target) {
    reportError("--target: expected " + kernel::targetNames() + ", got '" + flags().target + "'");
    return kUsage;
  }
  if (!flags().executorOnly && !kernel::runsHere(*target))
    return reportError("--target " + target->name + ": this processor does not run it");
  ToolContext context;
  FailureOr<Model> model = loadModel(flags().model, context);
  if (failed(model))
    return kWrongInput;
  BenchReport report;
  report.model = model->path;
  report.runs = flags().runs;
  report.target = target->name.str();
  FailureOr<NativeProgram> program;
  if (!flags().executorOnly) {
    program = makeProgram(*model->module, report);
    if (failed(program))
      return kWrongInput;
    report.program = &*program;
    measureCore(*program, report);
  }
  auto executor = Executor::create(model->main(), flags().execution.options());
  if (failed(executor))
    return kWrongInput;
  report.executorArena = (*executor)->arenaBytes();
  if (failed(Bench(**executor, succeeded(program) ? &*program : nullptr).measure(report)))
    return kWrongInput;
  flags().json ? writeReport(report, llvm::outs()) : printReport(report, llvm::outs());
  if (report.differentBytes)
    return reportError(model->path + ": " + Twine(report.differentBytes) +
                       " bytes of the generated program's outputs are not the executor's");
  return kDone;
}

} // namespace

Command benchCommand() { return {flags().command, bench}; }

} // namespace mlir::vernier
