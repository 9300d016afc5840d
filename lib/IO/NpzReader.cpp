//===- NpzReader.cpp - arrays from .npz archives and .npy files -------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// libzip reads the archive's directory and inflates. Its answers are not trusted: the size that a .npy header
// declares must be the size of its member, so no buffer is ever larger than what the caller asked for.

#include "vernier/IO/Error.h"
#include "vernier/IO/Npz.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Path.h"
#include <cstdio>
#include <zip.h>

using namespace mlir::vernier;
namespace fs = llvm::sys::fs;

namespace {
struct CloseFile {
  void operator()(std::FILE *file) const { std::fclose(file); }
};
using FileHandle = std::unique_ptr<std::FILE, CloseFile>;

/// Opens a regular file: archives are read back and forth.
llvm::Expected<FileHandle> openRegular(llvm::StringRef path, uint64_t *size) {
  fs::file_status status;
  if (std::error_code error = fs::status(path, status))
    return makeError("{0}: {1}", path, error.message());
  if (!fs::is_regular_file(status))
    return makeError("{0}: expected a regular file, found a {1}", path,
                     fs::is_directory(status) ? "directory" : "pipe or device");
  FileHandle file(std::fopen(path.str().c_str(), "rb"));
  if (!file)
    return makeError("{0}: {1}", path, std::error_code(errno, std::generic_category()).message());
  *size = status.getSize();
  return file;
}

class NpyReader : public ArrayReader {
public:
  static llvm::Expected<std::unique_ptr<ArrayReader>> open(llvm::StringRef path, llvm::StringRef name) {
    uint64_t size;
    llvm::Expected<FileHandle> file = openRegular(path, &size);
    if (!file)
      return file.takeError();
    std::unique_ptr<NpyReader> reader(new NpyReader(path.str(), std::move(*file)));
    if (llvm::Error error = reader->readHeader(name, size))
      return error;
    return reader;
  }

private:
  NpyReader(std::string what, FileHandle file) : ArrayReader(std::move(what)), file(std::move(file)) {}

  llvm::Expected<size_t> readRaw(llvm::MutableArrayRef<char> bytes) override {
    size_t got = std::fread(bytes.data(), 1, bytes.size(), file.get());
    if (got < bytes.size() && std::ferror(file.get()))
      return makeError("{0}: {1}", what, std::error_code(errno, std::generic_category()).message());
    return got;
  }

  FileHandle file;
};

class NpyFile : public ArrayFile {
public:
  NpyFile(llvm::StringRef path) {
    filePath = path.str();
    arrayNames.push_back(llvm::sys::path::stem(path).str());
    bare = true;
  }

  llvm::Expected<std::unique_ptr<ArrayReader>> reader(llvm::StringRef name) const override {
    return NpyReader::open(filePath, name);
  }
};

struct CloseMember {
  void operator()(zip_file_t *member) const { zip_fclose(member); }
};

class MemberReader : public ArrayReader {
public:
  static llvm::Expected<std::unique_ptr<ArrayReader>> open(zip_t *archive, zip_uint64_t index, llvm::StringRef name,
                                                           std::string what) {
    zip_stat_t status;
    zip_stat_init(&status);
    if (zip_stat_index(archive, index, 0, &status) != 0 || !(status.valid & ZIP_STAT_SIZE))
      return makeError("{0}: {1}", what, zip_strerror(archive));
    std::unique_ptr<MemberReader> reader(new MemberReader(std::move(what), zip_fopen_index(archive, index, 0)));
    if (!reader->member)
      return makeError("{0}: {1}", reader->what, zip_strerror(archive));
    if (llvm::Error error = reader->readHeader(name, status.size))
      return error;
    return reader;
  }

private:
  MemberReader(std::string what, zip_file_t *member) : ArrayReader(std::move(what)), member(member) {}

  llvm::Expected<size_t> readRaw(llvm::MutableArrayRef<char> bytes) override {
    zip_int64_t got = zip_fread(member.get(), bytes.data(), bytes.size());
    if (got < 0)
      return makeError("{0}: {1}", what, zip_file_strerror(member.get()));
    return static_cast<size_t>(got);
  }

  std::unique_ptr<zip_file_t, CloseMember> member;
};

class NpzFile : public ArrayFile {
public:
  static llvm::Expected<std::unique_ptr<ArrayFile>> open(llvm::StringRef path) {
    std::unique_ptr<NpzFile> file(new NpzFile);
    file->filePath = path.str();
    int code = 0;
    file->archive.reset(zip_open(file->filePath.c_str(), ZIP_RDONLY, &code));
    if (!file->archive) {
      zip_error_t error;
      zip_error_init_with_code(&error, code);
      llvm::Error result = makeError("{0}: {1}", path, zip_error_strerror(&error));
      zip_error_fini(&error);
      return result;
    }
    zip_int64_t entries = zip_get_num_entries(file->archive.get(), 0);
    for (zip_int64_t i = 0; i < entries; ++i) {
      const char *entry = zip_get_name(file->archive.get(), i, 0);
      llvm::StringRef name = entry ? entry : "";
      if (!name.consume_back(".npy"))
        continue;
      if (!file->indices.try_emplace(name, i).second)
        return makeError("{0}: there are two arrays named '{1}'", path, name);
      file->arrayNames.push_back(name.str());
    }
    return file;
  }

  llvm::Expected<std::unique_ptr<ArrayReader>> reader(llvm::StringRef name) const override {
    return MemberReader::open(archive.get(), indices.lookup(name), name,
                              llvm::formatv("{0}: array '{1}'", filePath, name).str());
  }

private:
  struct Discard {
    void operator()(zip_t *archive) const { zip_discard(archive); }
  };

  std::unique_ptr<zip_t, Discard> archive;
  llvm::StringMap<zip_uint64_t> indices;
};
} // namespace

ArrayReader::~ArrayReader() = default;
ArrayFile::~ArrayFile() = default;

llvm::Error ArrayReader::readHeader(llvm::StringRef name, uint64_t totalBytes) {
  llvm::SmallVector<char, 128> header(kNpyPrefixBytes);
  auto fill = [&](size_t from) -> llvm::Expected<size_t> {
    llvm::Expected<size_t> got = readRaw(llvm::MutableArrayRef(header).drop_front(from));
    return got ? llvm::Expected<size_t>(from + *got) : got.takeError();
  };
  llvm::Expected<size_t> got = fill(0);
  if (!got)
    return got.takeError();
  llvm::Expected<size_t> size = npyHeaderSize(llvm::ArrayRef(header).take_front(*got), what);
  if (!size)
    return size.takeError();
  // The prefix may hold bytes of the elements already: an empty header of version 1 is shorter than it.
  if (*size < kNpyPrefixBytes)
    return makeError("{0}: malformed .npy header: expected a dictionary", what);
  header.resize(*size);
  got = fill(kNpyPrefixBytes);
  if (!got)
    return got.takeError();
  if (*got != *size)
    return makeError("{0}: the .npy header is truncated", what);

  llvm::Expected<NpyHeader> parsed = parseNpyHeader(header, what);
  if (!parsed)
    return parsed.takeError();
  arrayInfo = {name.str(), parsed->kind, std::move(parsed->shape)};
  swapped = parsed->swapped;
  bytesLeft = arrayInfo.numBytes();
  uint64_t present = totalBytes - std::min<uint64_t>(totalBytes, *size);
  if (static_cast<uint64_t>(bytesLeft) != present)
    return makeError("{0}: shape {1} of {2} takes {3} bytes, but the file has {4}", what, formatShape(arrayInfo.shape),
                     mlir::vernier::name(arrayInfo.kind), bytesLeft, present);
  return llvm::Error::success();
}

llvm::Error ArrayReader::read(llvm::MutableArrayRef<char> bytes) {
  unsigned width = byteSize(arrayInfo.kind);
  assert(bytes.size() % width == 0 && static_cast<int64_t>(bytes.size()) <= bytesLeft);
  for (llvm::MutableArrayRef<char> rest = bytes; !rest.empty();) {
    llvm::Expected<size_t> got = readRaw(rest);
    if (!got)
      return got.takeError();
    if (*got == 0)
      return makeError("{0}: the data is truncated", what);
    rest = rest.drop_front(*got);
  }
  if (swapped)
    for (size_t i = 0; i < bytes.size(); i += width)
      std::reverse(bytes.data() + i, bytes.data() + i + width);
  bytesLeft -= bytes.size();
  if (bytesLeft == 0 && !bytes.empty()) {
    // Reading past the end is what makes libzip compare the checksum.
    char extra;
    llvm::Expected<size_t> got = readRaw({&extra, 1});
    if (!got)
      return got.takeError();
    if (*got != 0)
      return makeError("{0}: there is more data than shape {1} needs", what, formatShape(arrayInfo.shape));
  }
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<ArrayFile>> ArrayFile::open(llvm::StringRef path) {
  uint64_t size;
  llvm::Expected<FileHandle> file = openRegular(path, &size);
  if (!file)
    return file.takeError();
  char magic[4] = {};
  size_t got = std::fread(magic, 1, sizeof magic, file->get());
  llvm::StringRef start(magic, got);
  if (start == "\x93NUM")
    return std::make_unique<NpyFile>(path);
  if (start == "PK\x03\x04" || start == "PK\x05\x06")
    return NpzFile::open(path);
  return makeError("{0}: expected a .npz archive or a .npy array, found {1}", path,
                   size == 0 ? "an empty file" : "neither");
}
