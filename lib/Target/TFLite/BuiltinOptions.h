//===- BuiltinOptions.h - Which options table belongs to which operator ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_TARGET_TFLITE_BUILTINOPTIONS_H
#define VERNIER_LIB_TARGET_TFLITE_BUILTINOPTIONS_H

#include "Reflection.h"
#include <optional>

namespace mlir::vernier::tflite {

/// The number of the builtin operator called `name`, such as "CONV_2D", or nothing.
std::optional<int32_t> findBuiltin(llvm::StringRef name);

/// The table that holds the options of builtin `name`, or null if it takes none.
const reflection::Object *getOptionsTable(llvm::StringRef name);

} // namespace mlir::vernier::tflite

#endif // VERNIER_LIB_TARGET_TFLITE_BUILTINOPTIONS_H
