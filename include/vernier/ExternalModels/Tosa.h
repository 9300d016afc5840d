//===- Tosa.h - What TOSA's operators answer --------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_EXTERNALMODELS_TOSA_H
#define VERNIER_EXTERNALMODELS_TOSA_H

namespace mlir {
class DialectRegistry;
namespace vernier {

/// Attaches `QuantizableOpInterface` to TOSA's operators, and TOSA's spelling of casts and constants
/// to its dialect, as soon as a context loads it. docs/Integrating.md has the quantized forms.
void registerTosaExternalModels(DialectRegistry &registry);

} // namespace vernier
} // namespace mlir

#endif // VERNIER_EXTERNALMODELS_TOSA_H
