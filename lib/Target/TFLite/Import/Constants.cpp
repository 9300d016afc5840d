//===- Constants.cpp - Constants that stay in the mapped file ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Import/Constants.h"
#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/Alignment.h"

namespace mlir::vernier::tflite {

/// What the widest element needs; the format promises as much.
static constexpr size_t kAlignment = 16;

ElementsAttr ConstantImporter::get(uint32_t index, RankedTensorType type, StringRef name) {
  auto found = blobs.find(index);
  if (found == blobs.end())
    found = blobs.try_emplace(index, makeBlob(file->bufferData(index), name)).first;
  return DenseResourceElementsAttr::get(type, found->second);
}

ElementsAttr ConstantImporter::getBytes(uint32_t index, StringRef name) {
  int64_t size = file->bufferData(index).size();
  auto type = RankedTensorType::get({size}, IntegerType::get(context, 8));
  if (size == 0)
    return DenseElementsAttr::get(type, ArrayRef<int8_t>());
  return get(index, type, name);
}

ElementsAttr ConstantImporter::wrapBytes(ArrayRef<char> bytes, StringRef name) {
  auto type = RankedTensorType::get({int64_t(bytes.size())}, IntegerType::get(context, 8));
  return DenseResourceElementsAttr::get(type, makeBlob(bytes, name));
}

DenseResourceElementsHandle ConstantImporter::makeBlob(ArrayRef<char> bytes, StringRef name) {
  // Names of tensors may repeat without end; numbers keep the search for a free one short.
  std::string unique = name.empty() ? "constant" : name.str();
  if (!names.insert(unique).second)
    unique += "_" + std::to_string(names.size());
  AsmResourceBlob blob;
  if (llvm::isAddrAligned(llvm::Align(kAlignment), bytes.data()))
    blob = AsmResourceBlob(bytes, kAlignment, [owner = file](void *, size_t, size_t) {}, /*dataIsMutable=*/false);
  else
    blob = HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, kAlignment, /*dataIsMutable=*/false);
  return DenseResourceElementsHandle::getManagerInterface(context).insert(unique, std::move(blob));
}

} // namespace mlir::vernier::tflite
