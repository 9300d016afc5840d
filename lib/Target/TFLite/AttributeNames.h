//===- AttributeNames.h - Where MLIR keeps what types and operators cannot say ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Discardable attributes that the importer sets and the exporter reads. Passes that do not know them lose nothing that
// changes what a model computes.

#ifndef VERNIER_LIB_TARGET_TFLITE_ATTRIBUTENAMES_H
#define VERNIER_LIB_TARGET_TFLITE_ATTRIBUTENAMES_H

#include "llvm/ADT/StringRef.h"

namespace mlir::vernier::tflite {

// On the module.

/// Text: the file's description.
inline constexpr llvm::StringLiteral kDescription = "nn.description";
/// One dictionary for each signature: `key`, `function`, `inputs` and `outputs`; these are dictionaries of `name` and
/// `argument`, `result` or, where the tensor is neither, `tensor`.
inline constexpr llvm::StringLiteral kSignatures = "nn.signatures";
/// One dictionary for each metadata entry: `name` and `value`, bytes.
inline constexpr llvm::StringLiteral kMetadata = "nn.metadata";
/// Bytes of the entries of the older, nameless list of metadata.
inline constexpr llvm::StringLiteral kMetadataBuffers = "nn.metadata_buffers";
/// Bytes that follow the model in the file, such as a zip.
inline constexpr llvm::StringLiteral kTrailingData = "nn.trailing_data";
/// The file keeps constants behind the flatbuffer.
inline constexpr llvm::StringLiteral kDataOutside = "nn.data_outside";

// On functions.

/// The subgraph's name, where it cannot be the function's: absent, or used twice.
inline constexpr llvm::StringLiteral kSubGraphName = "nn.name";
/// `#nn.tensor` of the tensors that nobody refers to.
inline constexpr llvm::StringLiteral kOtherTensors = "nn.other_tensors";

/// Tensors do not say whether they have a rank, as in older files.
inline constexpr llvm::StringLiteral kRanksUnstated = "nn.ranks_unstated";

// On operators.

/// The version that the rules of `getRequiredVersion` gave when the file that asks for less, in `nn.version`, was read.
inline constexpr llvm::StringLiteral kComputedVersion = "nn.computed_version";

/// The file has no options table for this operator; a runtime takes zeros for all options.
inline constexpr llvm::StringLiteral kNoOptions = "nn.no_options";
/// An options table that belongs to another operator: a dictionary with its name as `table`.
inline constexpr llvm::StringLiteral kForeignOptions = "nn.foreign_options";
/// Custom options of a builtin operator, and of any the number of their format where it is not 0.
inline constexpr llvm::StringLiteral kCustomOptions = "nn.custom_options";
inline constexpr llvm::StringLiteral kCustomOptionsFormat = "nn.custom_options_format";
/// Which operands the operator changes.
inline constexpr llvm::StringLiteral kMutatingInputs = "nn.mutating_variable_inputs";

/// On functions and operators: a place in the file's debug metadata.
inline constexpr llvm::StringLiteral kDebugMetadataIndex = "nn.debug_metadata_index";

// Entries of `extra` in `#nn.tensor`.

inline constexpr llvm::StringLiteral kIsVariable = "is_variable";
/// Whether the tensor says that it has a rank, where it differs from the others of its subgraph.
inline constexpr llvm::StringLiteral kHasRank = "has_rank";
inline constexpr llvm::StringLiteral kSparsity = "sparsity";
inline constexpr llvm::StringLiteral kVariantTensors = "variant_tensors";
/// The bytes of a tensor that has some although it is no constant.
inline constexpr llvm::StringLiteral kValue = "value";
/// The signature of a constant, whose type is static whatever the signature says.
inline constexpr llvm::StringLiteral kShapeSignature = "shape_signature";

} // namespace mlir::vernier::tflite

#endif // VERNIER_LIB_TARGET_TFLITE_ATTRIBUTENAMES_H
