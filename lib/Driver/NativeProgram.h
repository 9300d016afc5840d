//===- NativeProgram.h - A network, generated, compiled and loaded ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_DRIVER_NATIVEPROGRAM_H
#define VERNIER_LIB_DRIVER_NATIVEPROGRAM_H

#include "Command.h"
#include "Machine.h"
#include "vernier/Pipelines/LowerToCpp.h"
#include "llvm/Support/DynamicLibrary.h"

namespace mlir::vernier {

/// What one call of a kernel has to do.
struct KernelWork {
  /// The operator of the network that it came from, the one that it joins to its results or nothing, and the kernel's
  /// name.
  std::string origin, residual, kernel;
  Arithmetic arithmetic;
  /// Multiply-adds; bytes of weights and activations that it reads and writes, each once.
  int64_t macs, bytes;
};

/// A network as `vernier codegen` writes it, in this process.
class NativeProgram {
public:
  /// Generates `network`, compiles it with `compiler`, and loads it; the files are gone afterwards. Errors are printed.
  static FailureOr<NativeProgram> create(ModuleOp network, const LowerToCppOptions &options,
                                         ArrayRef<std::string> compiler);

  NativeProgram(NativeProgram &&) = default;
  NativeProgram &operator=(NativeProgram &&) = default;

  /// Runs once; false where the data make an operator impossible.
  bool run(const void *const *inputs, void *const *outputs) { return plain(arena(), inputs, outputs) == 0; }

  /// The same by code that calls `lap` after each kernel, with its place in `work`: never for what a branch leaves out,
  /// again and again in loops.
  bool runInLaps(const void *const *inputs, void *const *outputs, function_ref<void(unsigned)> lap);

  ArrayRef<KernelWork> work() const { return kernels; }
  int64_t arenaBytes() const { return arenaSize; }
  int64_t weightBytes() const { return weightSize; }
  StringRef compilerFlags() const { return flags; }
  /// Wall seconds of generating; seconds of processor that the compiler took for one object at -O2.
  double generatingSeconds() const { return generating; }
  double compilingSeconds() const { return compiling; }

private:
  using Run = int (*)(void *arena, const void *const *inputs, void *const *outputs);

  NativeProgram() = default;
  void describe(ModuleOp planned);
  void *arena();

  std::vector<KernelWork> kernels;
  int64_t arenaSize = 0, weightSize = 0;
  std::string flags;
  double generating = 0, compiling = 0;
  Run plain = nullptr, inLaps = nullptr;
  /// The program's own variables: what it calls after each kernel, and with what.
  void (**hook)(void *, unsigned) = nullptr;
  void **hookArgument = nullptr;
  std::vector<char> memory;
};

/// The words of a command that compiles C++: those of `wanted` or of the variable CXX, else the first that is found of
/// c++, g++ and clang++. Errors are printed, with what would help.
FailureOr<std::vector<std::string>> findCompiler(std::optional<StringRef> wanted);

} // namespace mlir::vernier

#endif // VERNIER_LIB_DRIVER_NATIVEPROGRAM_H
