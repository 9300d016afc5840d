//===- NumericsNames.h - Numerics by name -----------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What options and reports call those whose integer arithmetic is reproduced.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_EXECUTION_NUMERICSNAMES_H
#define VERNIER_EXECUTION_NUMERICSNAMES_H

#include "mlir/Support/LLVM.h"
#include "vernier/Numerics/NumericsTarget.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <optional>

namespace mlir::vernier {

/// One of the numerics.
struct NumericsName {
  numerics::NumericsTarget target;
  /// In options; and in a few words.
  StringRef name, meaning;
};

/// All of them, the default first.
ArrayRef<NumericsName> numericsNames();

/// The name of `target`.
StringRef stringifyNumerics(numerics::NumericsTarget target);

/// What options may be given, for messages: "litert, litert-ref or tflm".
StringRef listNumerics();

/// The target called `name`, if one is.
std::optional<numerics::NumericsTarget> symbolizeNumerics(StringRef name);

} // namespace mlir::vernier

#endif // VERNIER_EXECUTION_NUMERICSNAMES_H
