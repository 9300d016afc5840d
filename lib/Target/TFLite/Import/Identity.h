//===- Identity.h - What the file says of a tensor beyond its type ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_TARGET_TFLITE_IMPORT_IDENTITY_H
#define VERNIER_LIB_TARGET_TFLITE_IMPORT_IDENTITY_H

#include "Import/Constants.h"
#include "Reader/Place.h"
#include "vernier/Dialect/NN/NN.h"

namespace mlir::vernier::tflite {

/// Imports types and identities of one subgraph's tensors.
class IdentityImporter {
public:
  IdentityImporter(MLIRContext *context, const Place &place, const FlatBufferModel &file, const schema::SubGraph &graph,
                   ConstantImporter &constants)
      : context(context), place(place), file(file), graph(graph), constants(constants) {
    for (uint32_t i = 0, e = sizeOf(graph.tensors()); i < e; ++i)
      statesRanks |= graph.tensors()->Get(i)->has_rank();
  }

  /// False if no tensor of the subgraph has the flag that newer files set on every tensor with a rank.
  bool areRanksStated() const { return statesRanks; }

  /// The type of tensor `index`, quantized where its record says so. Dimensions come from the shape signature, except
  /// for constants, whose shape is what it is.
  TensorType getType(int32_t index, bool isConstant);

  /// The identity of tensor `index`, whose value has type `type`. `keepType` records the type even if nothing depends
  /// on it, for tensors that no value stands for.
  nn::TensorAttr getIdentity(int32_t index, TensorType type, bool isConstant, bool keepType = false);

  /// The text before a message about tensor `index`, and where it is.
  Location getLoc(int32_t index) const;

private:
  /// The element type of a matrix with blockwise scales; null where `tensor` is none, or in no form that a kernel
  /// computes with.
  Type readBlockwiseType(const schema::Tensor &tensor);
  DictionaryAttr readRecord(const schema::Tensor &tensor);
  DictionaryAttr readExtra(const schema::Tensor &tensor, bool isConstant);
  Attribute readParameterTensor(int32_t index);

  MLIRContext *context;
  const Place &place;
  const FlatBufferModel &file;
  const schema::SubGraph &graph;
  ConstantImporter &constants;
  bool statesRanks = false;
};

/// The location of `place`: its text, at the file.
Location makeLocation(MLIRContext *context, const FlatBufferModel &file, const Place &place);

} // namespace mlir::vernier::tflite

#endif // VERNIER_LIB_TARGET_TFLITE_IMPORT_IDENTITY_H
