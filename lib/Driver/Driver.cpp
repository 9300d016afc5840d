//===- Driver.cpp - The vernier command -------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Driver/Driver.h"
#include "Command.h"
#include "vernier/Numerics/InstructionSet.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Process.h"

namespace mlir::vernier {
namespace {

constexpr llvm::StringLiteral kOverview =
    "Vernier quantizes neural networks\n\n"
    "  vernier quantize MODEL --calibration DATA -o OUT.tflite   to integers, with what calibration saw\n"
    "  vernier calibrate MODEL --data DATA -o STATS.json         what ranges the values of a network take\n"
    "  vernier run MODEL --input IN.npz -o OUT.npz               runs a network, float or quantized\n"
    "  vernier eval MODEL --data DATA.npz --labels KEY           its accuracy on labelled samples\n"
    "  vernier compare FLOAT QUANTIZED --data DATA               where a quantized network loses accuracy\n"
    "  vernier codegen MODEL -o DIR                              as C++ that needs nothing but a compiler and libc\n"
    "  vernier inspect MODEL                                     what a model holds\n"
    "  vernier check MODEL                                       whether a .tflite file keeps a runtime's contract\n"
    "  vernier bench MODEL                                       how long it takes here, compiled and interpreted\n\n"
    "MODEL is a .tflite, .mlir or .mlirbc file, told by content. 'vernier COMMAND --help' has the options of each.\n"
    "Exit codes: 0 done, 1 the input or the request is wrong, 2 usage, 3 a check that was asked for failed.\n";

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

/// VERNIER_ISA makes this processor look like a smaller one: docs/Debugging.md.
static LogicalResult chooseInstructionSet() {
  using numerics::InstructionSet;
  const std::optional<std::string> name = llvm::sys::Process::GetEnv("VERNIER_ISA");
  if (!name)
    return success();
  const auto wanted = llvm::StringSwitch<std::optional<InstructionSet>>(*name)
                          .Case("generic", InstructionSet::Generic)
                          .Case("avx2", InstructionSet::Avx2)
                          .Case("avx512", InstructionSet::Avx512)
                          .Case("avx512vnni", InstructionSet::Avx512Vnni)
                          .Default(std::nullopt);
  if (!wanted)
    return reportError("VERNIER_ISA: expected generic, avx2, avx512 or avx512vnni, got '" + *name + "'"), failure();
  if (*wanted > numerics::detectInstructionSet())
    return reportError("VERNIER_ISA: this processor does not have " + *name), failure();
  numerics::chosenInstructionSet() = *wanted;
  return success();
}

int runDriver(int argc, char **argv) {
  llvm::InitLLVM initialize(argc, argv);
  if (failed(chooseInstructionSet()))
    return kUsage;
  const Command commands[] = {benchCommand(), calibrateCommand(), checkCommand(),    codegenCommand(), compareCommand(),
                              evalCommand(),  inspectCommand(),   quantizeCommand(), runCommand()};
  StringRef word = argc > 1 ? argv[1] : "";
  if (word.empty() || word == "--help" || word == "-h" || word == "help") {
    llvm::outs() << kOverview;
    return word.empty() ? kUsage : kDone;
  }
  if (word == "--version") {
    llvm::outs() << "vernier " VERNIER_VERSION " (LLVM " LLVM_VERSION_STRING ")\n";
    return kDone;
  }
  const Command *chosen =
      llvm::find_if(commands, [&](const Command &command) { return command.subcommand.getName() == word; });
  if (chosen == std::end(commands)) {
    std::string guess = nearest(word, commands);
    reportError("unknown command '" + word + "'" +
                (guess.empty() ? "; 'vernier --help' lists them" : "; did you mean '" + guess + "'?"));
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
