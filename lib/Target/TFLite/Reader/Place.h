//===- Place.h - Where in a model file a message points ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every message about a file names it, and the subgraph, operator and tensor that it is about, by number and by name.

#ifndef VERNIER_LIB_TARGET_TFLITE_READER_PLACE_H
#define VERNIER_LIB_TARGET_TFLITE_READER_PLACE_H

#include "tflite_generated.h"
#include "vernier/IO/Error.h"
#include <cstring>
#include <string>
#include <vector>

namespace mlir::vernier::tflite {

/// A flatbuffer string as a `StringRef`; empty where the file has none.
inline llvm::StringRef toStringRef(const flatbuffers::String *text) {
  return text ? llvm::StringRef(text->c_str(), text->size()) : llvm::StringRef();
}

/// A flatbuffer vector of scalars as an `ArrayRef`; empty where the file has none. The format aligns vectors to four
/// bytes only: wider elements need `copyOf`.
template <typename T> llvm::ArrayRef<T> toArrayRef(const flatbuffers::Vector<T> *values) {
  static_assert(sizeof(T) <= sizeof(flatbuffers::uoffset_t), "elements may be misaligned");
  return values ? llvm::ArrayRef<T>(values->data(), values->size()) : llvm::ArrayRef<T>();
}

/// The elements of a flatbuffer vector of scalars, which need not be aligned.
template <typename T> std::vector<T> copyOf(const flatbuffers::Vector<T> *values) {
  std::vector<T> copy(values ? values->size() : 0);
  if (!copy.empty())
    std::memcpy(copy.data(), values->Data(), copy.size() * sizeof(T));
  return copy;
}

/// The number of elements of a flatbuffer vector that may be absent.
template <typename T> uint32_t sizeOf(const flatbuffers::Vector<T> *values) { return values ? values->size() : 0; }

/// The number of a builtin operator: files before schema version 3a have it in a byte.
int32_t getBuiltinCode(const schema::OperatorCode &code);

/// The name of builtin operator `code`, such as CONV_2D, or an empty string if the schema has none.
llvm::StringRef getBuiltinName(int32_t code);

/// The operator code of `op`, whose index has been checked.
const schema::OperatorCode &getOperatorCode(const schema::Model &model, const schema::Operator &op);

/// A position in a file, from the file inwards. Cheap to copy: text is made for a message only.
class Place {
public:
  Place(llvm::StringRef file, const schema::Model &model) : file(file), model(&model) {}

  Place atSubGraph(uint32_t index) const;
  Place atOperator(uint32_t index) const;
  /// A tensor of the current subgraph. The index may be out of range.
  Place atTensor(int32_t index) const;

  /// "model.tflite: subgraph 0 'main': operator 3 (CONV_2D): tensor 17 'conv/w': ".
  std::string str() const;

  /// As `str`, without the file and the last colon.
  std::string strInFile() const;

  /// An error here; the sentence is `llvm::formatv(format, values...)`.
  template <typename... Ts> llvm::Error error(const char *format, Ts &&...values) const {
    return makeError("{0}{1}", str(), llvm::formatv(format, std::forward<Ts>(values)...).str());
  }

private:
  llvm::StringRef file;
  const schema::Model *model;
  int64_t subgraph = -1, op = -1;
  int64_t tensor = kNone;
  static constexpr int64_t kNone = INT64_MIN;
};

} // namespace mlir::vernier::tflite

#endif // VERNIER_LIB_TARGET_TFLITE_READER_PLACE_H
