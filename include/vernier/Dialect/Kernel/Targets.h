//===- Targets.h - What programs can be generated for -----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A row for each target. A new one is a row here and a folder of kernels in Runtime.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_DIALECT_KERNEL_TARGETS_H
#define VERNIER_DIALECT_KERNEL_TARGETS_H

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace mlir::vernier::kernel {

/// One of Runtime's instruction sets: the type that kernels are templates over, and the header below vernier/ with it.
struct InstructionSet {
  StringRef type, header;
  /// Its tiles multiply signed inputs, and want start values for them (runtime::startForSignedInputs).
  bool signedInputs = false;
  /// Its tiles want the weights beside inputs of 8 bits in pairs (runtime::pairWeights).
  bool pairedWeights = false;
  /// Its kernels are faster on activations of uint8 than of int8.
  bool unsignedActivations = false;
};

/// What a program is generated for, called `name` on the command line and in modules.
struct Target {
  StringRef name;
  InstructionSet integer, floating;
  /// What a compiler must be told, with spaces between; and the macros by which the program sees that it was.
  StringRef flags;
  ArrayRef<StringRef> macros;
  /// What a processor must be: of this architecture, unless it is empty, with these features as LLVM calls them.
  StringRef architecture;
  ArrayRef<StringRef> features;
  /// How a program asks the processor that it runs on: an expression, and the header that it needs.
  StringRef check, checkHeader;

  /// The name as a part of identifiers.
  std::string identifier() const;
};

/// What may be asked for, for messages: "generic, ... or native".
StringRef targetNames();

/// The target called `name`, or null. "native" is the best one that this processor runs.
const Target *findTarget(StringRef name);

/// Whether this processor has every feature of `target`.
bool runsHere(const Target &target);

} // namespace mlir::vernier::kernel

#endif // VERNIER_DIALECT_KERNEL_TARGETS_H
