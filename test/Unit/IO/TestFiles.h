//===- TestFiles.h - a folder to write in, errors to read -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_TEST_UNIT_IO_TESTFILES_H
#define VERNIER_TEST_UNIT_IO_TESTFILES_H

#include "vernier/IO/Npz.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"

namespace mlir::vernier::test {

/// An empty folder that goes away with its content.
class TestFolder : public ::testing::Test {
protected:
  void SetUp() override { ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("vernier-test", folder)); }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }

  std::string path(llvm::StringRef name) const { return (folder + "/" + name).str(); }

  /// Writes `content` and returns the path.
  std::string write(llvm::StringRef name, llvm::StringRef content) const {
    std::error_code error;
    llvm::raw_fd_ostream(path(name), error) << content;
    EXPECT_FALSE(error);
    return path(name);
  }

  std::string read(llvm::StringRef name) const {
    auto buffer = llvm::MemoryBuffer::getFile(path(name));
    return buffer ? (*buffer)->getBuffer().str() : "<missing>";
  }

  /// Names in the folder, sorted.
  std::vector<std::string> list() const {
    std::vector<std::string> names;
    std::error_code error;
    for (llvm::sys::fs::directory_iterator entry(folder, error), end; entry != end; entry.increment(error))
      names.push_back(llvm::sys::path::filename(entry->path()).str());
    llvm::sort(names);
    return names;
  }

  llvm::SmallString<128> folder;
};

template <typename T> std::string errorOf(llvm::Expected<T> value) {
  return value ? std::string("no error") : llvm::toString(value.takeError());
}
inline std::string errorOf(llvm::Error error) { return error ? llvm::toString(std::move(error)) : "no error"; }

#define EXPECT_ERROR(value, part)                                                                                      \
  EXPECT_PRED2(                                                                                                        \
      [](const std::string &text, const std::string &wanted) { return text.find(wanted) != std::string::npos; },       \
      ::mlir::vernier::test::errorOf(value), std::string(part))

template <typename T> llvm::ArrayRef<char> bytesOf(const std::vector<T> &values) {
  return {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T)};
}

/// An array to write: info and elements.
struct Array {
  template <typename T>
  Array(llvm::StringRef name, ElementKind kind, llvm::ArrayRef<int64_t> shape, const std::vector<T> &values)
      : info{name.str(), kind, llvm::SmallVector<int64_t>(shape)}, bytes(bytesOf(values)) {}
  ArrayInfo info;
  std::vector<char> bytes;
};

inline void writeNpz(llvm::StringRef path, const std::vector<Array> &arrays) {
  auto writer = llvm::cantFail(NpzWriter::create(path));
  for (const Array &array : arrays)
    writer.append(llvm::cantFail(writer.addArray(array.info)), array.bytes);
  llvm::cantFail(writer.commit());
}

inline std::string npy(const Array &array) {
  return makeNpyHeader(array.info.kind, array.info.shape) + std::string(array.bytes.begin(), array.bytes.end());
}

} // namespace mlir::vernier::test

#endif // VERNIER_TEST_UNIT_IO_TESTFILES_H
