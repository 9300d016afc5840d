//===- TFLiteFuzzer.cpp - A .tflite file in, and out again ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Fuzz.h"
#include "mlir/IR/Verifier.h"
#include "vernier/Target/TFLite/FlatBufferModel.h"
#include "vernier/Target/TFLite/TFLite.h"
#include <cstdlib>

using namespace mlir;
using namespace mlir::vernier;

/// A copy of exactly the input's size, aligned as a mapped file is: constants share its memory.
static std::shared_ptr<const char> copyAligned(ArrayRef<uint8_t> input) {
  constexpr size_t kAlignment = 16;
  void *memory = nullptr;
  fuzz::require(posix_memalign(&memory, kAlignment, std::max<size_t>(input.size(), 1)) == 0, "out of memory");
  std::memcpy(memory, input.data(), input.size());
  return {static_cast<const char *>(memory), [](const char *bytes) { std::free(const_cast<char *>(bytes)); }};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::shared_ptr<const char> bytes = copyAligned({data, size});
  auto file = tflite::FlatBufferModel::open("input.tflite", {bytes.get(), size}, bytes);
  if (!file) {
    llvm::consumeError(file.takeError());
    return 0;
  }
  OwningOpRef<ModuleOp> module = importTFLite(*file, &fuzz::getContext());
  file->reset();
  if (!module)
    return 0;
  std::string out;
  llvm::raw_string_ostream os(out);
  if (failed(exportTFLite(*module, os)))
    return 0;
  // What we write we can read.
  std::shared_ptr<const char> again = copyAligned({reinterpret_cast<const uint8_t *>(out.data()), out.size()});
  auto second = tflite::FlatBufferModel::open("output.tflite", {again.get(), out.size()}, again);
  if (!second)
    fuzz::require(false, "an exported file is refused: " + llvm::toString(second.takeError()));
  return 0;
}
