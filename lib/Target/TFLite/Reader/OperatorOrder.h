//===- OperatorOrder.h - An order in which a subgraph's operators can run ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_TARGET_TFLITE_READER_OPERATORORDER_H
#define VERNIER_LIB_TARGET_TFLITE_READER_OPERATORORDER_H

#include "Reader/Place.h"
#include <vector>

namespace mlir::vernier::tflite {

/// For each tensor of `graph` the operator that computes it, or -1. Indices have been checked.
std::vector<int32_t> findProducers(const schema::SubGraph &graph);

/// The operators of `graph` in an order in which each runs after those whose results it reads: the file's own order
/// where that is one, else the one nearest to it. Fails where operators wait for each other in a circle.
llvm::Expected<std::vector<uint32_t>> orderOperators(const Place &place, const schema::SubGraph &graph);

} // namespace mlir::vernier::tflite

#endif // VERNIER_LIB_TARGET_TFLITE_READER_OPERATORORDER_H
