//===- Statistics.cpp - calibration results as a file -----------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Calibration/Statistics.h"
#include "vernier/Calibration/Observer.h"
#include "vernier/IO/AtomicFile.h"
#include "vernier/IO/Error.h"
#include "vernier/IO/Json.h"
#include "vernier/IO/MappedFile.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>

using namespace mlir::vernier;
namespace json = llvm::json;

namespace {
constexpr int64_t kFormat = 1;
/// A parsed number takes twenty times its two characters: a limit on text is a limit on memory. A network of 2000
/// tensors with full histograms has 24 MB.
constexpr size_t kMaxTextBytes = size_t(64) << 20;

/// Reads the members of one JSON object by key. `what` says which object, after the path.
class ObjectReader {
public:
  ObjectReader(const json::Object &object, std::string what) : object(object), what(std::move(what)) {}

  /// Refuses keys that are not in `known`: a misspelt one would be ignored in silence.
  llvm::Error allow(std::initializer_list<llvm::StringRef> known) const {
    for (const auto &member : object)
      if (!llvm::is_contained(known, member.first.str()))
        return makeError("{0}: unknown key '{1}'", what, member.first);
    return llvm::Error::success();
  }

  bool has(llvm::StringRef key) const { return object.get(key) != nullptr; }

  llvm::Error read(llvm::StringRef key, float &value) const {
    std::optional<double> number = object.getNumber(key);
    value = number ? static_cast<float>(*number) : 0;
    return !number || !std::isfinite(value) ? expected(key, "a finite float") : llvm::Error::success();
  }

  llvm::Error read(llvm::StringRef key, uint64_t &value) const {
    std::optional<uint64_t> number = has(key) ? object.get(key)->getAsUINT64() : std::nullopt;
    value = number.value_or(0);
    return number ? llvm::Error::success() : expected(key, "a whole number from 0");
  }

  llvm::Error read(llvm::StringRef key, int64_t low, int64_t high, int64_t &value) const {
    std::optional<int64_t> number = object.getInteger(key);
    value = number.value_or(low);
    if (!number || value < low || value > high)
      return expected(key, llvm::formatv("a whole number from {0} to {1}", low, high).str());
    return llvm::Error::success();
  }

  llvm::Error read(llvm::StringRef key, std::string &value) const {
    std::optional<llvm::StringRef> text = object.getString(key);
    value = text.value_or("").str();
    return text ? llvm::Error::success() : expected(key, "a string");
  }

  llvm::Expected<const json::Object *> child(llvm::StringRef key) const {
    if (const json::Object *found = object.getObject(key))
      return found;
    return expected(key, "an object");
  }

  llvm::Expected<const json::Array *> array(llvm::StringRef key) const {
    if (const json::Array *found = object.getArray(key))
      return found;
    return expected(key, "an array");
  }

  llvm::Error expected(llvm::StringRef key, const std::string &description) const {
    std::string found = "no such key";
    if (const json::Value *value = object.get(key)) {
      found = llvm::formatv("{0}", *value).str();
      if (found.size() > 40)
        found = found.substr(0, 37) + "...";
    }
    return makeError("{0}: expected {1} for '{2}', found {3}", what, description, key, found);
  }

  const std::string &description() const { return what; }

private:
  const json::Object &object;
  std::string what;
};

/// True if `histogram` is one of values from `min` to `max`.
bool describes(const Histogram &histogram, float min, float max) {
  return histogram.exponent >= Histogram::exponentFor(min, max) &&
         Histogram::binOf(min, histogram.exponent) == histogram.firstBin &&
         Histogram::binOf(max, histogram.exponent) == histogram.lastBin();
}

llvm::Expected<Histogram> readHistogram(const ObjectReader &reader, uint64_t count) {
  constexpr int64_t kMaxBinNumber = int64_t(1) << 23;
  Histogram histogram;
  int64_t exponent;
  if (llvm::Error error = reader.allow({"exponent", "first_bin", "counts"}))
    return error;
  if (llvm::Error error = reader.read("exponent", Histogram::kMinExponent, Histogram::kMaxExponent, exponent))
    return error;
  if (llvm::Error error = reader.read("first_bin", -kMaxBinNumber, kMaxBinNumber, histogram.firstBin))
    return error;
  llvm::Expected<const json::Array *> counts = reader.array("counts");
  if (!counts)
    return counts.takeError();
  if ((*counts)->empty() || (*counts)->size() > Histogram::kMaxBins)
    return makeError("{0}: expected 1 to {1} counts, found {2}", reader.description(), Histogram::kMaxBins,
                     (*counts)->size());
  histogram.exponent = exponent;
  uint64_t sum = 0;
  for (const json::Value &value : **counts) {
    std::optional<uint64_t> number = value.getAsUINT64();
    if (!number)
      return reader.expected("counts", "whole numbers from 0");
    histogram.counts.push_back(*number);
    sum += *number;
  }
  if (sum != count)
    return makeError("{0}: the counts add up to {1}, but 'count' is {2}", reader.description(), sum, count);
  return histogram;
}

llvm::Expected<TensorStatistics> readTensor(const ObjectReader &reader) {
  TensorStatistics tensor;
  if (llvm::Error error = reader.allow({"min", "max", "count", "histogram"}))
    return error;
  if (llvm::Error error = reader.read("min", tensor.min))
    return error;
  if (llvm::Error error = reader.read("max", tensor.max))
    return error;
  // A zero is +0, as observers have it: a file reads back as what it was written from.
  tensor.min += 0.0f;
  tensor.max += 0.0f;
  if (tensor.min > tensor.max)
    return makeError("{0}: min {1} is greater than max {2}", reader.description(), shortestFloat(tensor.min),
                     shortestFloat(tensor.max));
  if (reader.has("count"))
    if (llvm::Error error = reader.read("count", tensor.count))
      return error;
  if (!reader.has("histogram"))
    return tensor;
  llvm::Expected<const json::Object *> object = reader.child("histogram");
  if (!object)
    return object.takeError();
  llvm::Expected<Histogram> histogram =
      readHistogram(ObjectReader(**object, reader.description() + ", histogram"), tensor.count);
  if (!histogram)
    return histogram.takeError();
  if (describes(*histogram, tensor.min, tensor.max))
    tensor.histogram = std::move(*histogram);
  return tensor;
}
} // namespace

TensorStatistics TensorStatistics::of(const Observer &observer) {
  TensorStatistics statistics{observer.min(), observer.max(), observer.count(), std::nullopt};
  if (!observer.histogram().empty())
    statistics.histogram = observer.histogram();
  return statistics;
}

llvm::Expected<Statistics> mlir::vernier::parseStatistics(llvm::StringRef text, llvm::StringRef path) {
  if (text.size() > kMaxTextBytes)
    return makeError("{0}: a statistics file may have {1} bytes, this one has {2}", path, kMaxTextBytes, text.size());
  llvm::Expected<json::Value> value = parseJson(text, path);
  if (!value)
    return value.takeError();
  const json::Object *root = value->getAsObject();
  if (!root || !root->get("vernier_statistics"))
    return makeError("{0}: expected a statistics file, found no 'vernier_statistics' at the top", path);

  ObjectReader reader(*root, path.str());
  Statistics statistics;
  int64_t format;
  if (llvm::Error error = reader.read("vernier_statistics", kFormat, kFormat, format))
    return error;
  if (llvm::Error error = reader.allow({"vernier_statistics", "model", "samples", "tensors"}))
    return error;
  if (llvm::Error error = reader.read("model", statistics.model))
    return error;
  if (llvm::Error error = reader.read("samples", statistics.samples))
    return error;
  llvm::Expected<const json::Object *> tensors = reader.child("tensors");
  if (!tensors)
    return tensors.takeError();
  for (const auto &member : **tensors) {
    std::string what = llvm::formatv("{0}: tensor '{1}'", path, member.first).str();
    const json::Object *object = member.second.getAsObject();
    if (!object)
      return makeError("{0}: expected an object", what);
    llvm::Expected<TensorStatistics> tensor = readTensor(ObjectReader(*object, what));
    if (!tensor)
      return tensor.takeError();
    statistics.tensors.emplace(member.first.str(), std::move(*tensor));
  }
  return statistics;
}

llvm::Expected<Statistics> mlir::vernier::readStatistics(llvm::StringRef path) {
  auto file = MappedFile::open(path);
  if (!file)
    return file.takeError();
  return parseStatistics(llvm::StringRef((*file)->bytes().data(), (*file)->bytes().size()), path);
}

void mlir::vernier::printStatistics(const Statistics &statistics, llvm::raw_ostream &os) {
  // Names of tensors come from files: they need not be UTF-8, but JSON must.
  auto quote = [](llvm::StringRef text) { return json::Value(json::fixUTF8(text)); };
  os << "{\n  \"vernier_statistics\": " << kFormat << ",\n  \"model\": " << quote(statistics.model)
     << ",\n  \"samples\": " << statistics.samples << ",\n  \"tensors\": {";
  const char *separator = "\n";
  for (const auto &[name, tensor] : statistics.tensors) {
    os << separator << "    " << quote(name) << ": {\"min\": " << shortestFloat(tensor.min)
       << ", \"max\": " << shortestFloat(tensor.max);
    separator = ",\n";
    if (tensor.count != 0)
      os << ", \"count\": " << tensor.count;
    if (tensor.histogram) {
      os << ", \"histogram\": {\"exponent\": " << tensor.histogram->exponent
         << ", \"first_bin\": " << tensor.histogram->firstBin << ", \"counts\": [";
      llvm::interleave(tensor.histogram->counts, os, [&](uint64_t count) { os << count; }, ", ");
      os << "]}";
    }
    os << "}";
  }
  os << "\n  }\n}\n";
}

llvm::Error mlir::vernier::writeStatistics(const Statistics &statistics, llvm::StringRef path) {
  llvm::Expected<AtomicFile> file = AtomicFile::create(path);
  if (!file)
    return file.takeError();
  printStatistics(statistics, file->os());
  return file->commit();
}

llvm::Error mlir::vernier::merge(Statistics &into, const Statistics &source) {
  if (into.model != source.model)
    return makeError("cannot merge statistics of model '{0}' with those of '{1}'", into.model, source.model);
  into.samples += source.samples;
  for (const auto &[name, from] : source.tensors) {
    auto [entry, isNew] = into.tensors.try_emplace(name, from);
    if (isNew)
      continue;
    TensorStatistics &to = entry->second;
    to.min = std::min(to.min, from.min);
    to.max = std::max(to.max, from.max);
    to.count = to.count && from.count ? to.count + from.count : 0;
    if (to.histogram && from.histogram)
      to.histogram->merge(*from.histogram);
    else
      to.histogram.reset();
  }
  return llvm::Error::success();
}
