//===- Data.cpp - samples for a model from files ----------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/IO/Data.h"
#include "ElementConverter.h"
#include "vernier/IO/Error.h"
#include "vernier/IO/Npz.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"
#include <cmath>

using namespace mlir::vernier;
namespace fs = llvm::sys::fs;

namespace {
constexpr int64_t kMaxSampleBytes = std::numeric_limits<int32_t>::max();
constexpr size_t kMaxLabels = size_t(1) << 28;

/// One array of an open file, bound to one input.
struct Binding {
  std::unique_ptr<ArrayReader> reader;
  /// Shape of one sample, and how many there are.
  llvm::SmallVector<int64_t> shape;
  int64_t count = 0;
};

/// An open file whose arrays are bound to all inputs.
struct BoundFile {
  std::unique_ptr<ArrayFile> file;
  std::vector<Binding> bindings;
  int64_t count() const { return bindings.front().count; }
};

/// "kws.npz: array 'x'", the start of most errors.
std::string place(const ArrayFile &file, const ArrayReader &reader) {
  return llvm::formatv("{0}: array '{1}'", file.path(), reader.info().name).str();
}

/// The arrays of `file` for `inputs`, in order.
llvm::Expected<std::vector<std::string>> matchNames(const ArrayFile &file, llvm::ArrayRef<InputSpec> inputs,
                                                    llvm::StringRef model) {
  auto has = [&](llvm::StringRef name) { return llvm::is_contained(file.names(), name); };
  std::vector<std::string> byName, byNumber;
  for (const InputSpec &input : inputs) {
    byName.push_back(input.name);
    byNumber.push_back("arr_" + std::to_string(byNumber.size()));
  }
  if (llvm::all_of(byName, has))
    return byName;
  if (llvm::all_of(byNumber, has))
    return byNumber;
  if (inputs.size() == 1 && file.isBare())
    return file.names().vec();

  auto list = [](llvm::ArrayRef<std::string> names) {
    auto quoted = [](llvm::StringRef name) { return "'" + name.str() + "'"; };
    return llvm::join(llvm::map_range(names.take_front(8), quoted), ", ") + (names.size() > 8 ? ", ..." : "");
  };
  auto missing = llvm::find_if_not(inputs, [&](const InputSpec &input) { return has(input.name); });
  return makeError("{0}: no array for input '{1}' of {2}: expected {3}, or {4}; found {5}", file.path(), missing->name,
                   model, list(byName), list(byNumber), file.names().empty() ? "none" : list(file.names()));
}

bool dimsMatch(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> wanted) {
  return shape.size() == wanted.size() && llvm::all_of(llvm::zip(shape, wanted), [](auto pair) {
           return std::get<1>(pair) < 0 || std::get<0>(pair) == std::get<1>(pair);
         });
}

/// True if each step of an array's first axis is one sample of an input of this shape.
bool takesSteps(llvm::ArrayRef<int64_t> input) { return !input.empty() && (input[0] == 1 || input[0] < 0); }

/// How to cure an array of the wrong shape.
std::string shapeCure(llvm::ArrayRef<int64_t> found, llvm::ArrayRef<int64_t> input) {
  bool steps = takesSteps(input);
  llvm::ArrayRef<int64_t> sample = steps ? input.drop_front() : input;
  std::string cure = steps ? "one sample per step of the first axis" : "one whole input per step of the first axis";
  int64_t total = 1, each = 1;
  for (int64_t dim : found)
    total *= dim;
  for (int64_t dim : sample)
    if (dim <= 0 || llvm::MulOverflow(each, dim, each))
      each = 0;
  std::string rest = sample.empty() ? "" : "x" + formatShape(sample);
  if (each > 0 && total > 0 && total % each == 0)
    return cure + "; reshape to " + std::to_string(total / each) + rest;
  return cure + ", Nx" + (sample.empty() ? "1" : formatShape(sample)) + " for N samples";
}

/// Checks one array against its input and finds out how it is laid out.
llvm::Expected<Binding> bindArray(const ArrayFile &file, llvm::StringRef name, const InputSpec &input,
                                  const DataOptions &options) {
  llvm::Expected<std::unique_ptr<ArrayReader>> reader = file.reader(name);
  if (!reader)
    return reader.takeError();
  const ArrayInfo &info = (*reader)->info();
  std::string where = place(file, **reader);
  llvm::ArrayRef<int64_t> found = info.shape, wanted = input.shape;

  Binding binding;
  if (found.size() == wanted.size() && takesSteps(wanted) && dimsMatch(found.drop_front(), wanted.drop_front())) {
    binding.shape.assign(found.begin(), found.end());
    binding.shape[0] = 1;
  } else if (found.size() == wanted.size() + 1 && dimsMatch(found.drop_front(), wanted)) {
    binding.shape.assign(found.begin() + 1, found.end());
  } else {
    return makeError("{0} has shape {1}, but input '{2}' of {3} is {4}; {5}", where, formatShape(found), input.name,
                     options.modelName, formatShape(wanted), shapeCure(found, wanted));
  }
  binding.count = found[0];
  if (llvm::is_contained(found, 0))
    return makeError("{0} has shape {1}: there are no samples", where, formatShape(found));
  int64_t bytes = std::max(byteSize(info.kind), byteSize(input.kind));
  for (int64_t dim : binding.shape)
    if (llvm::MulOverflow(bytes, dim, bytes) || bytes > kMaxSampleBytes)
      return makeError("{0}: a sample of shape {1} takes more than {2} bytes", where, formatShape(binding.shape),
                       kMaxSampleBytes);

  std::string reason = ElementConverter::reasonAgainst(info.kind, input.kind, !options.mean.empty());
  if (!reason.empty())
    return makeError("{0} has element type {1}, {2}", where, mlir::vernier::name(info.kind), reason);
  if (ElementConverter::normalizes(info.kind, input.kind)) {
    size_t channels = binding.shape.empty() ? 1 : binding.shape.back();
    for (const std::vector<float> *numbers : {&options.mean, &options.std})
      if (numbers->size() != 1 && numbers->size() != channels)
        return makeError("{0}: expected {1} in --{2} (channels of input '{3}' of {4}: {5}), found {6}", where,
                         channels == 1 ? "1 number" : llvm::formatv("1 or {0} numbers", channels).str(),
                         numbers == &options.mean ? "mean" : "std", input.name, options.modelName, channels,
                         numbers->size());
  }
  binding.reader = std::move(*reader);
  return binding;
}

llvm::Expected<BoundFile> bindFile(llvm::StringRef path, llvm::ArrayRef<InputSpec> inputs, const DataOptions &options) {
  llvm::Expected<std::unique_ptr<ArrayFile>> file = ArrayFile::open(path);
  if (!file)
    return file.takeError();
  llvm::Expected<std::vector<std::string>> names = matchNames(**file, inputs, options.modelName);
  if (!names)
    return names.takeError();
  BoundFile bound;
  for (auto [name, input] : llvm::zip(*names, inputs)) {
    llvm::Expected<Binding> binding = bindArray(**file, name, input, options);
    if (!binding)
      return binding.takeError();
    bound.bindings.push_back(std::move(*binding));
    const Binding &first = bound.bindings.front(), &last = bound.bindings.back();
    if (first.count != last.count)
      return makeError("{0}: array '{1}' has {2} samples, but array '{3}' has {4}", path, first.reader->info().name,
                       first.count, name, last.count);
  }
  bound.file = std::move(*file);
  return bound;
}

llvm::Error checkOptions(const DataOptions &options) {
  if (options.mean.empty() != options.std.empty())
    return makeError("--mean and --std go together, but only --{0} is given", options.mean.empty() ? "std" : "mean");
  for (float value : options.mean)
    if (!std::isfinite(value))
      return makeError("--mean must be finite");
  for (float value : options.std)
    if (!std::isfinite(value) || value == 0)
      return makeError("--std must be finite and not 0");
  return llvm::Error::success();
}
} // namespace

struct SampleStream::State {
  std::vector<std::string> files;
  std::vector<InputSpec> inputs;
  DataOptions options;
  std::vector<llvm::SmallVector<int64_t>> shapes;
  /// Samples of each file.
  std::vector<int64_t> counts;
  uint64_t total = 0;

  /// The file being read, the number of the one after it, and samples read of it and of all.
  BoundFile current;
  size_t nextFile = 0;
  int64_t position = 0;
  uint64_t done = 0;
  bool hasSample = false;
  std::vector<ElementConverter> converters;
  std::vector<char> scratch;

  llvm::Error openNext();
};

/// Opens the next file, which must still be as `bind` saw it.
llvm::Error SampleStream::State::openNext() {
  // Close first: a folder may have more files than a process may open.
  current = BoundFile();
  llvm::Expected<BoundFile> opened = bindFile(files[nextFile], inputs, options);
  if (!opened)
    return opened.takeError();
  converters.clear();
  for (auto [binding, input, shape] : llvm::zip(opened->bindings, inputs, shapes)) {
    if (binding.shape != shape || binding.count != counts[nextFile])
      return makeError("{0}: the file changed while it was being read", files[nextFile]);
    converters.emplace_back(binding.reader->info().kind, input.kind, options.mean, options.std,
                            shape.empty() ? 1 : shape.back());
  }
  current = std::move(*opened);
  ++nextFile;
  position = 0;
  return llvm::Error::success();
}

SampleStream::SampleStream(std::unique_ptr<State> state) : state(std::move(state)) {}
SampleStream::SampleStream(SampleStream &&) = default;
SampleStream &SampleStream::operator=(SampleStream &&) = default;
SampleStream::~SampleStream() = default;

uint64_t SampleStream::numSamples() const { return state->total; }
llvm::ArrayRef<int64_t> SampleStream::shape(unsigned input) const { return state->shapes[input]; }

std::string SampleStream::lastPlace() const {
  if (!state->hasSample)
    return "";
  return llvm::formatv("{0}, sample {1}", state->current.file->path(), state->position - 1).str();
}

llvm::Expected<bool> SampleStream::next(llvm::MutableArrayRef<llvm::MutableArrayRef<char>> buffers) {
  State &s = *state;
  s.hasSample = false;
  if (s.done == s.total)
    return false;
  if (!s.current.file || s.position == s.current.count())
    if (llvm::Error error = s.openNext())
      return error;
  assert(buffers.size() == s.inputs.size());
  for (size_t i = 0; i < buffers.size(); ++i) {
    ArrayReader &reader = *s.current.bindings[i].reader;
    unsigned from = byteSize(reader.info().kind), to = byteSize(s.inputs[i].kind);
    s.scratch.resize(buffers[i].size() / to * from);
    if (llvm::Error error = reader.read(s.scratch))
      return error;
    if (llvm::Error error = s.converters[i].convert(s.scratch, buffers[i]))
      return makeError("{0}, sample {1}: {2}", place(*s.current.file, reader), s.position,
                       llvm::toString(std::move(error)));
  }
  ++s.position;
  ++s.done;
  s.hasSample = true;
  return true;
}

llvm::Expected<DataSource> DataSource::open(llvm::StringRef path) {
  if (path.empty())
    return makeError("expected the path of a file or folder to read, found an empty one");
  fs::file_status status;
  if (std::error_code error = fs::status(path, status))
    return makeError("{0}: {1}", path, error.message());
  DataSource source;
  if (!fs::is_directory(status)) {
    source.files.push_back(path.str());
    return source;
  }
  std::error_code error;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
    llvm::StringRef name = llvm::sys::path::filename(entry->path());
    if (!name.starts_with(".") && (name.ends_with(".npy") || name.ends_with(".npz")))
      source.files.push_back(entry->path());
  }
  if (error)
    return makeError("{0}: {1}", path, error.message());
  if (source.files.empty())
    return makeError("{0}: expected .npy or .npz files in the folder, found none", path);
  llvm::sort(source.files);
  return source;
}

llvm::Expected<std::vector<std::string>> DataSource::arrays() const {
  llvm::Expected<std::unique_ptr<ArrayFile>> file = ArrayFile::open(files.front());
  if (!file)
    return file.takeError();
  return (*file)->names().vec();
}

llvm::Expected<SampleStream> DataSource::bind(llvm::ArrayRef<InputSpec> inputs, const DataOptions &options) const {
  if (inputs.empty())
    return makeError("{0} has no inputs to read data for", options.modelName);
  if (llvm::Error error = checkOptions(options))
    return error;
  auto state = std::make_unique<SampleStream::State>();
  bool meanUsed = false;
  for (const std::string &path : files) {
    llvm::Expected<BoundFile> bound = bindFile(path, inputs, options);
    if (!bound)
      return bound.takeError();
    for (auto [i, binding] : llvm::enumerate(bound->bindings)) {
      meanUsed |= ElementConverter::normalizes(binding.reader->info().kind, inputs[i].kind);
      if (state->shapes.size() == i)
        state->shapes.push_back(binding.shape);
      else if (state->shapes[i] != binding.shape)
        return makeError("{0} has samples of shape {1}, but those of {2} are {3}", place(*bound->file, *binding.reader),
                         formatShape(binding.shape), files.front(), formatShape(state->shapes[i]));
    }
    state->counts.push_back(bound->count());
    state->total += bound->count();
  }
  if (!options.mean.empty() && !meanUsed)
    return makeError("{0}: --mean and --std normalize integer data for float inputs, but there is none", files.front());
  state->files = files;
  state->inputs = inputs.vec();
  state->options = options;
  return SampleStream(std::move(state));
}

llvm::Expected<std::vector<int64_t>> mlir::vernier::loadLabels(llvm::StringRef path, llvm::StringRef key) {
  llvm::Expected<std::unique_ptr<ArrayFile>> file = ArrayFile::open(path);
  if (!file)
    return file.takeError();
  std::string name = key.str();
  if (!llvm::is_contained((*file)->names(), name)) {
    if (!path.ends_with(".npy") || (*file)->names().size() != 1)
      return makeError("{0}: there is no array '{1}'; found {2}", path, key,
                       (*file)->names().empty() ? "none" : llvm::join((*file)->names().take_front(8), ", "));
    name = (*file)->names().front();
  }
  llvm::Expected<std::unique_ptr<ArrayReader>> reader = (*file)->reader(name);
  if (!reader)
    return reader.takeError();
  const ArrayInfo &info = (*reader)->info();
  std::string where = place(**file, **reader);
  bool column = info.shape.size() == 2 && info.shape[1] == 1;
  if (!isInteger(info.kind) || (info.shape.size() != 1 && !column))
    return makeError("{0}: expected labels as integers of shape N, found {1} of shape {2}", where,
                     mlir::vernier::name(info.kind), formatShape(info.shape));
  if (info.shape[0] == 0 || info.shape[0] > static_cast<int64_t>(kMaxLabels))
    return makeError("{0}: expected 1 to {1} labels, found {2}", where, kMaxLabels, info.shape[0]);

  // In pieces, so that a small archive that claims many labels has to deliver them before they take memory.
  constexpr int64_t kPiece = 1 << 16;
  std::vector<int64_t> labels;
  std::vector<char> bytes;
  ElementConverter converter(info.kind, ElementKind::Int64, {}, {}, 1);
  for (int64_t left = info.shape[0]; left > 0; left -= kPiece) {
    size_t count = std::min(left, kPiece), size = labels.size();
    bytes.resize(count * byteSize(info.kind));
    if (llvm::Error error = (*reader)->read(bytes))
      return error;
    labels.resize(size + count);
    llvm::MutableArrayRef<char> out(reinterpret_cast<char *>(labels.data() + size), count * sizeof(int64_t));
    if (llvm::Error error = converter.convert(bytes, out))
      return makeError("{0}: {1}", where, llvm::toString(std::move(error)));
  }
  return labels;
}
