//===- Data.h - samples for a model from files ------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Binds the arrays of a data file to the inputs of a model and streams them sample by sample, converted to the inputs'
// element types. Memory does not grow with the number of samples.
//
// An array of its input's rank has one sample per step of its first axis (the input's first dimension is 1 or dynamic);
// an array of one rank more holds whole inputs.

#ifndef VERNIER_IO_DATA_H
#define VERNIER_IO_DATA_H

#include "vernier/IO/ElementKind.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mlir::vernier {

/// What a model wants for one of its inputs.
struct InputSpec {
  std::string name;
  ElementKind kind = ElementKind::Float32;
  /// -1 is a dynamic dimension: the data decides.
  llvm::SmallVector<int64_t> shape;
};

/// How the numbers of a data file become those of an input.
struct DataOptions {
  /// Integer data becomes `(x - mean) / std` in float32 on its way into a float input. Both empty, or both with one
  /// number or one per channel (the input's last dimension).
  std::vector<float> mean, std;
  /// Named in errors.
  std::string modelName = "the model";
};

/// One pass over the samples. See `DataSource::bind`.
class SampleStream {
public:
  ~SampleStream();
  SampleStream(SampleStream &&);
  SampleStream &operator=(SampleStream &&);

  /// How many samples there are, at least 1.
  uint64_t numSamples() const;

  /// The shape of one sample for input `input`: the model's, with dynamic dimensions replaced by the data's.
  llvm::ArrayRef<int64_t> shape(unsigned input) const;

  /// Where the sample came from that the last call of `next` gave, for messages: "b.npz, sample 7", counted within the
  /// file. Empty if it gave none.
  std::string lastPlace() const;

  /// Writes the next sample, one buffer for each input, each of exactly the input's bytes. False when there is none
  /// left.
  llvm::Expected<bool> next(llvm::MutableArrayRef<llvm::MutableArrayRef<char>> buffers);

private:
  friend class DataSource;
  struct State;
  explicit SampleStream(std::unique_ptr<State> state);
  std::unique_ptr<State> state;
};

/// A `.npz`, a `.npy`, or a folder of them whose files, sorted by name, contribute their samples one after the other.
class DataSource {
public:
  /// Finds the files. Errors: missing, unreadable, an empty folder, no array file.
  static llvm::Expected<DataSource> open(llvm::StringRef path);

  /// The names of the arrays in the first file.
  llvm::Expected<std::vector<std::string>> arrays() const;

  /// Starts a pass. Arrays match inputs by name, or as `arr_0`, `arr_1`... in input order; a `.npy` goes to the only
  /// input. Further arrays are ignored. Every header is read and checked here: missing arrays, shapes, element
  /// types, different sample counts, no samples at all.
  llvm::Expected<SampleStream> bind(llvm::ArrayRef<InputSpec> inputs, const DataOptions &options = {}) const;

private:
  std::vector<std::string> files;
};

/// The array `key` of the `.npz` (or the only array of the `.npy`) at `path` as labels: integers of any width, of shape
/// N or Nx1.
llvm::Expected<std::vector<int64_t>> loadLabels(llvm::StringRef path, llvm::StringRef key);

} // namespace mlir::vernier

#endif // VERNIER_IO_DATA_H
