//===- TestModels.h - Small .tflite files to break and to keep ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_TEST_UNIT_TARGET_TFLITE_TESTMODELS_H
#define VERNIER_TEST_UNIT_TARGET_TFLITE_TESTMODELS_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "tflite_generated.h"
#include "vernier/Target/TFLite/FlatBufferModel.h"
#include "gtest/gtest.h"
#include <string>
#include <vector>

/// Checks that a message holds `part`.
#define EXPECT_CONTAINS(text, part) EXPECT_PRED_FORMAT2(::testing::IsSubstring, part, text)

namespace mlir::vernier::test {

namespace schema = tflite::schema;

/// Appends a tensor to subgraph `graph` of `model`; returns its index. `data` becomes a buffer of its own.
int32_t addTensor(schema::ModelT &model, std::vector<int32_t> shape, std::string name,
                  schema::TensorType type = schema::TensorType::FLOAT32, std::vector<uint8_t> data = {},
                  size_t graph = 0);

/// Appends an operator; returns it.
schema::OperatorT &addOperator(schema::ModelT &model, schema::BuiltinOperator code, std::vector<int32_t> inputs,
                               std::vector<int32_t> outputs, size_t graph = 0);

/// A model with one empty subgraph called `main`.
schema::ModelT makeEmptyModel();

/// x: 1x4xf32 -> ADD (c: 1x4xf32) -> y. Tensors 0: x, 1: c, 2: y.
schema::ModelT makeAddModel();

/// The bytes of a file.
std::string pack(const schema::ModelT &model);

/// The file as an object.
schema::ModelT unpack(const std::string &bytes);

/// The error that opening `bytes` gives, or an empty string.
std::string getReaderError(const std::string &bytes);

/// Imports `bytes`; `messages` collects all diagnostics.
OwningOpRef<ModuleOp> importBytes(MLIRContext &context, const std::string &bytes, std::string *messages = nullptr);

/// Exports `module`; an empty string on failure.
std::string exportBytes(ModuleOp module, std::string *messages = nullptr);

/// The text of `module`.
std::string print(ModuleOp module);

/// Imports and exports `model`, by way of MLIR text, which must keep everything.
schema::ModelT roundTrip(const schema::ModelT &model);
std::string roundTripBytes(const std::string &bytes);

} // namespace mlir::vernier::test

#endif // VERNIER_TEST_UNIT_TARGET_TFLITE_TESTMODELS_H
