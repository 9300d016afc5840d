//===- Npy.h - headers of .npy arrays ---------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The .npy format (NEP 1 of NumPy, versions 1 to 3): a magic, a Python dictionary with element type, order and shape,
// then the elements. Only the header is handled here; elements are streamed by `ArrayReader`.

#ifndef VERNIER_IO_NPY_H
#define VERNIER_IO_NPY_H

#include "vernier/IO/ElementKind.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>

namespace mlir::vernier {

/// What an array is: everything but its elements.
struct ArrayInfo {
  std::string name;
  ElementKind kind = ElementKind::Float32;
  llvm::SmallVector<int64_t> shape;

  /// Product of `shape`; readers have made sure that it, in bytes, fits an int64_t.
  int64_t numElements() const;
  int64_t numBytes() const { return numElements() * byteSize(kind); }
};

/// A parsed header. Elements are in C order: Fortran order is refused unless it makes no difference.
struct NpyHeader {
  ElementKind kind = ElementKind::Float32;
  llvm::SmallVector<int64_t> shape;
  /// Elements are stored in the other byte order than this machine's.
  bool swapped = false;
};

/// Bytes from the start of a file that tell where its header ends.
constexpr size_t kNpyPrefixBytes = 12;

/// Size in bytes of the whole header, magic included, told from the first `kNpyPrefixBytes` bytes (a shorter `prefix`
/// is a truncated file). `what` names file and array in errors.
llvm::Expected<size_t> npyHeaderSize(llvm::ArrayRef<char> prefix, llvm::StringRef what);

/// Parses a whole header of `npyHeaderSize` bytes.
llvm::Expected<NpyHeader> parseNpyHeader(llvm::ArrayRef<char> header, llvm::StringRef what);

/// The header (version 1.0 of the format, padded to 64 bytes) that introduces little-endian elements in C order.
std::string makeNpyHeader(ElementKind kind, llvm::ArrayRef<int64_t> shape);

} // namespace mlir::vernier

#endif // VERNIER_IO_NPY_H
