//===- JsonSchema.h - Does a JSON file have the form that its schema says ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The schema that is published for editors is the one that is checked: they cannot differ.

#ifndef VERNIER_IO_JSONSCHEMA_H
#define VERNIER_IO_JSONSCHEMA_H

#include "vernier/IO/Json.h"

namespace mlir::vernier {

/// Checks `json` against `schema`, with those keywords of JSON Schema 2020-12 that our schemas use: `type`, `enum`,
/// `const`, `minimum`, `maximum`, `minLength`, `items`, `minItems`, `maxItems`, `properties`, `required`,
/// `additionalProperties: false`, `minProperties`, `dependentRequired`; others are notes for the reader. The error has
/// place and key, and for a misspelled word the nearest right one.
llvm::Error checkSchema(const LocatedJson &json, const llvm::json::Value &schema);

} // namespace mlir::vernier

#endif // VERNIER_IO_JSONSCHEMA_H
