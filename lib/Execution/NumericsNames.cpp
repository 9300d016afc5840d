//===- NumericsNames.cpp - Numerics by name ---------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Execution/NumericsNames.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace mlir::vernier {

using numerics::NumericsTarget;

static constexpr NumericsName kNames[] = {
    {NumericsTarget::LiteRT, "litert", "LiteRT on a CPU as it comes"},
    {NumericsTarget::LiteRTRef, "litert-ref", "LiteRT's reference kernels"},
    {NumericsTarget::TFLM, "tflm", "TFLite Micro"},
};

ArrayRef<NumericsName> numericsNames() { return kNames; }

StringRef stringifyNumerics(NumericsTarget target) {
  return llvm::find_if(kNames, [&](const NumericsName &row) { return row.target == target; })->name;
}

StringRef listNumerics() {
  static const std::string names =
      llvm::join(llvm::map_range(ArrayRef(kNames).drop_back(), [](const NumericsName &row) { return row.name; }),
                 ", ") +
      (" or " + std::end(kNames)[-1].name).str();
  return names;
}

std::optional<NumericsTarget> symbolizeNumerics(StringRef name) {
  for (const NumericsName &row : kNames)
    if (row.name == name)
      return row.target;
  return std::nullopt;
}

} // namespace mlir::vernier
