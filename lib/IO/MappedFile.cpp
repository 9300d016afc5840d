//===- MappedFile.cpp - a file's bytes, read only ---------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/IO/MappedFile.h"
#include "vernier/IO/Error.h"
#include "llvm/ADT/ScopeExit.h"

using namespace mlir::vernier;
namespace fs = llvm::sys::fs;

namespace {
/// Reads a pipe or device to its end.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> readStream(fs::file_t handle, llvm::StringRef path) {
  llvm::SmallString<0> content;
  constexpr size_t kChunk = size_t(1) << 16;
  while (true) {
    size_t size = content.size();
    if (size > MappedFile::kMaxStreamedBytes)
      return makeError("{0}: more than {1} bytes from a file that cannot be mapped; use a regular file", path,
                       MappedFile::kMaxStreamedBytes);
    content.resize_for_overwrite(size + kChunk);
    llvm::Expected<size_t> got = fs::readNativeFile(handle, {content.data() + size, kChunk});
    if (!got)
      return makeError("{0}: {1}", path, llvm::toString(got.takeError()));
    content.truncate(size + *got);
    if (*got == 0)
      return llvm::MemoryBuffer::getMemBufferCopy(content, path);
  }
}
} // namespace

llvm::Expected<std::shared_ptr<const MappedFile>> MappedFile::open(llvm::StringRef path) {
  if (path.empty())
    return makeError("expected the path of a file to read, found an empty one");
  llvm::Expected<fs::file_t> handle = fs::openNativeFileForRead(path);
  if (!handle)
    return makeError("{0}: {1}", path, llvm::toString(handle.takeError()));
  llvm::scope_exit close([&] { fs::closeFile(*handle); });

  fs::file_status status;
  if (std::error_code error = fs::status(*handle, status))
    return makeError("{0}: {1}", path, error.message());
  if (fs::is_directory(status))
    return makeError("{0}: expected a file, found a directory", path);

  std::shared_ptr<MappedFile> file(new MappedFile);
  file->filePath = path.str();
  if (fs::is_regular_file(status)) {
    // Mapping no bytes is an error of the system's, with a message that explains nothing.
    if (status.getSize() == 0)
      return makeError("{0}: the file is empty", path);
    std::error_code error;
    file->region = fs::mapped_file_region(*handle, fs::mapped_file_region::readonly, status.getSize(), 0, error);
    if (error)
      return makeError("{0}: {1}", path, error.message());
    file->content = {file->region.const_data(), file->region.size()};
  } else {
    auto buffer = readStream(*handle, path);
    if (!buffer)
      return buffer.takeError();
    file->buffer = std::move(*buffer);
    file->content = {file->buffer->getBufferStart(), file->buffer->getBufferSize()};
  }
  if (file->content.empty())
    return makeError("{0}: the file is empty", path);
  return file;
}
