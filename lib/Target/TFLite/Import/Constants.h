//===- Constants.h - Constants that stay in the mapped file ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_TARGET_TFLITE_IMPORT_CONSTANTS_H
#define VERNIER_LIB_TARGET_TFLITE_IMPORT_CONSTANTS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "vernier/Target/TFLite/FlatBufferModel.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringSet.h"

namespace mlir::vernier::tflite {

/// Makes one resource blob for each buffer of a file. Blobs share ownership of the file and do not copy, unless data is
/// misaligned; tensors that share a buffer share the blob.
class ConstantImporter {
public:
  ConstantImporter(MLIRContext *context, std::shared_ptr<const FlatBufferModel> file)
      : context(context), file(std::move(file)) {}

  /// Buffer `index` as elements of `type`, whose size it has; a new blob is called `name` where that is free.
  ElementsAttr get(uint32_t index, RankedTensorType type, StringRef name);

  /// Buffer `index` as a tensor of bytes.
  ElementsAttr getBytes(uint32_t index, StringRef name);

  /// `bytes` of the file that are no buffer, as a tensor of bytes.
  ElementsAttr wrapBytes(ArrayRef<char> bytes, StringRef name);

private:
  DenseResourceElementsHandle makeBlob(ArrayRef<char> bytes, StringRef name);

  MLIRContext *context;
  std::shared_ptr<const FlatBufferModel> file;
  llvm::DenseMap<uint32_t, DenseResourceElementsHandle> blobs;
  llvm::StringSet<> names;
};

} // namespace mlir::vernier::tflite

#endif // VERNIER_LIB_TARGET_TFLITE_IMPORT_CONSTANTS_H
