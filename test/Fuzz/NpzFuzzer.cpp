//===- NpzFuzzer.cpp - Arrays of a .npz or .npy file ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Fuzz.h"
#include "vernier/IO/Data.h"
#include "vernier/IO/Npz.h"
#include <sys/mman.h>
#include <unistd.h>

using namespace mlir::vernier;

namespace {

/// The path of a regular file, in memory, that holds `content`.
const std::string &writeInput(llvm::StringRef content) {
  static const int handle = memfd_create("input", 0);
  static const std::string path = "/proc/self/fd/" + std::to_string(handle);
  fuzz::require(ftruncate(handle, 0) == 0 && pwrite(handle, content.data(), content.size(), 0) >= 0,
                "cannot write the input");
  return path;
}

/// A deflated byte is at most this many; more is more than the file can hold.
constexpr uint64_t kLargestRatio = 1040;

void readArrays(const std::string &path, size_t size) {
  llvm::Expected<std::unique_ptr<ArrayFile>> file = ArrayFile::open(path);
  if (!file)
    return llvm::consumeError(file.takeError());
  for (llvm::StringRef name : (*file)->names()) {
    llvm::Expected<std::unique_ptr<ArrayReader>> reader = (*file)->reader(name);
    if (!reader) {
      llvm::consumeError(reader.takeError());
      continue;
    }
    constexpr int64_t kPiece = 4096;
    std::vector<char> piece(kPiece);
    uint64_t total = 0;
    for (int64_t left = (*reader)->info().numBytes(); left > 0; left -= kPiece) {
      llvm::MutableArrayRef<char> bytes(piece.data(), std::min(left, kPiece));
      if (llvm::Error error = (*reader)->read(bytes)) {
        llvm::consumeError(std::move(error));
        break;
      }
      total += bytes.size();
      fuzz::require(total <= size * kLargestRatio, "an array has more data than its file can hold");
    }
  }
}

void readSamples(const std::string &path) {
  llvm::Expected<DataSource> source = DataSource::open(path);
  if (!source)
    return llvm::consumeError(source.takeError());
  for (bool normalize : {false, true}) {
    DataOptions options;
    if (normalize)
      options.mean = {1, 2, 3}, options.std = {0.5f, 1, 2};
    llvm::Expected<SampleStream> samples =
        source->bind({{"x", ElementKind::Float32, {1, -1, 3}}, {"y", ElementKind::Int8, {2}}}, options);
    if (!samples) {
      llvm::consumeError(samples.takeError());
      continue;
    }
    int64_t elements = 1;
    for (int64_t dim : samples->shape(0))
      elements *= dim;
    constexpr int64_t kMostElements = 1 << 16;
    if (elements > kMostElements)
      continue;
    std::vector<float> x(elements);
    std::vector<char> y(2);
    llvm::MutableArrayRef<char> buffers[] = {{reinterpret_cast<char *>(x.data()), x.size() * sizeof(float)}, y};
    for (unsigned i = 0; i < 64; ++i) {
      llvm::Expected<bool> more = samples->next(buffers);
      if (!more)
        llvm::consumeError(more.takeError());
      if (!more || !*more)
        break;
    }
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string &path = writeInput({reinterpret_cast<const char *>(data), size});
  readArrays(path, size);
  readSamples(path);
  for (const char *key : {"x", "labels"})
    if (auto labels = loadLabels(path, key); !labels)
      llvm::consumeError(labels.takeError());
  return 0;
}
