//===- Verify.h - What a .tflite file must satisfy ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The steps of verification, in the order in which `FlatBufferModel::open` takes them. Each may rely on the ones before
// it; none trusts a number of the file before it has been checked.

#ifndef VERNIER_LIB_TARGET_TFLITE_READER_VERIFY_H
#define VERNIER_LIB_TARGET_TFLITE_READER_VERIFY_H

#include "Reader/Place.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

namespace mlir::vernier::tflite {

/// How far into the file its tables reach.
struct Extent {
  /// One past the last byte that any table, vector or string covers.
  uint64_t end = 0;
  /// The first field or union member that our schema does not know, as a message; empty if there is none.
  std::string newer;
};

/// Walks all tables of a flatbuffer that passed the structural verifier. Fails on files whose tables refer to the same
/// vectors so often that reading them would take many times the memory of the file.
llvm::Expected<Extent> measureExtent(llvm::StringRef file, llvm::ArrayRef<char> bytes, const schema::Model &model);

/// Schema version, buffers in and behind the flatbuffer, operator codes, metadata and external files.
llvm::Error verifyModel(const Place &place, const schema::Model &model, uint64_t fileSize);

/// The tensors and operators of subgraph `index`: indices, producers and order. `data` gives a checked buffer's bytes.
llvm::Error verifySubGraph(const Place &place, const schema::Model &model, const schema::SubGraph &graph,
                           llvm::function_ref<llvm::ArrayRef<char>(uint32_t)> data, uint64_t fileSize);

/// Type, shape, data and quantization record of one tensor of `graph`.
llvm::Error verifyTensor(const Place &place, const schema::SubGraph &graph, const schema::Tensor &tensor,
                         llvm::ArrayRef<char> data);

/// The index structure of a sparse tensor that has `dataBytes` bytes of values; the shape has been checked.
llvm::Error verifySparsity(const Place &place, const schema::Tensor &tensor, uint64_t dataBytes);

/// The subgraphs that the options of `op` name, which must exist; fills `callees`.
llvm::Error findCallees(const Place &place, const schema::Model &model, const schema::Operator &op,
                        llvm::SmallVectorImpl<uint32_t> &callees);

/// Subgraphs that operators call exist, and none calls itself, directly or through others.
llvm::Error verifyCallGraph(const Place &place, const schema::Model &model);

/// The same, and signatures name subgraphs and tensors that exist.
llvm::Error verifyReferences(const Place &place, const schema::Model &model);

} // namespace mlir::vernier::tflite

#endif // VERNIER_LIB_TARGET_TFLITE_READER_VERIFY_H
