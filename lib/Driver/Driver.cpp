//===- Driver.cpp - The vernier command -------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Driver/Driver.h"
#include "Command.h"
#include "llvm/Support/InitLLVM.h"

namespace mlir::vernier {
namespace {

constexpr llvm::StringLiteral kOverview =
    "Vernier quantizes neural networks\n\n"
    "  vernier quantize MODEL --calibration DATA -o OUT.tflite   to integers, with what calibration saw\n"
    "  vernier calibrate MODEL --data DATA -o STATS.json         what ranges the values of a network take\n"
    "  vernier run MODEL --input IN.npz -o OUT.npz               runs a network, float or quantized\n"
    "  vernier eval MODEL --data DATA.npz --labels KEY           its accuracy on labelled samples\n"
    "  vernier inspect MODEL                                     what a model holds\n\n"
    "MODEL is a .tflite, .mlir or .mlirbc file, told by content. 'vernier COMMAND --help' has the options of each.\n"
    "Exit codes: 0 done, 1 the input or the request is wrong, 2 usage, 3 a check that was asked for failed.\n";

/// Commands of later versions: asking for one gets an answer, not a guess.
constexpr llvm::StringLiteral kPlanned[] = {"codegen", "compare", "check", "bench"};

std::string nearest(StringRef word, ArrayRef<Command> commands) {
  std::string best;
  // A word of three letters is two typing errors away from everything.
  unsigned distance = std::min<unsigned>(word.size() / 2 + 1, 4);
  for (const Command &command : commands) {
    unsigned d = word.edit_distance(command.subcommand.getName());
    if (d < distance) {
      distance = d;
      best = command.subcommand.getName().str();
    }
  }
  return best;
}

} // namespace

int runDriver(int argc, char **argv) {
  llvm::InitLLVM initialize(argc, argv);
  const Command commands[] = {calibrateCommand(), evalCommand(), inspectCommand(), quantizeCommand(), runCommand()};
  StringRef word = argc > 1 ? argv[1] : "";
  if (word.empty() || word == "--help" || word == "-h" || word == "help") {
    llvm::outs() << kOverview;
    return word.empty() ? kUsage : kDone;
  }
  if (word == "--version") {
    llvm::outs() << "vernier " VERNIER_VERSION " (LLVM " LLVM_VERSION_STRING ")\n";
    return kDone;
  }
  if (llvm::is_contained(kPlanned, word)) {
    reportError("'vernier " + word + "' is not available yet in version " VERNIER_VERSION);
    return kUsage;
  }
  const Command *chosen = llvm::find_if(commands, [&](const Command &command) { return command.subcommand.getName() == word; });
  if (chosen == std::end(commands)) {
    std::string guess = nearest(word, commands);
    reportError("unknown command '" + word + "'" + (guess.empty() ? "; 'vernier --help' lists them" : "; did you mean '" + guess + "'?"));
    return kUsage;
  }
  if (!llvm::cl::ParseCommandLineOptions(argc, argv, "", &llvm::errs()))
    return kUsage;
  int code = chosen->run();
  llvm::outs().flush();
  if (std::error_code error = llvm::outs().error()) {
    llvm::outs().clear_error();
    return reportError("standard output: cannot write: " + error.message());
  }
  return code;
}

} // namespace mlir::vernier
