//===- RecipeFile.cpp - Recipes in JSON -------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The schema decides the form of a recipe; what is read here needs no checks of its own beyond what a schema cannot
// say.

#include "vernier/Dialect/QuantX/Blockwise.h"
#include "vernier/IO/Error.h"
#include "vernier/IO/JsonSchema.h"
#include "vernier/IO/MappedFile.h"
#include "vernier/Transforms/Recipe.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Regex.h"

namespace mlir::vernier {

static StringRef getRecipeSchema() {
  return
#include "vernier/Transforms/RecipeSchema.inc"
      ;
}

std::string RecipeRule::placeOf(StringRef key) const {
  auto found = places.find(key);
  return found == places.end() ? place : found->second;
}

bool Recipe::mayQuantizeActivations() const {
  if (scheme.quantizesActivations())
    return true;
  return llvm::any_of(rules, [](const RecipeRule &rule) {
    Scheme scheme;
    scheme.kind = rule.scheme.value_or(Scheme::Kind::Float);
    return scheme.quantizesActivations();
  });
}

bool Recipe::needsHistograms() const {
  return ranges != RangeMethod::MinMax || llvm::any_of(rules, [](const RecipeRule &rule) {
           return rule.ranges.value_or(RangeMethod::MinMax) != RangeMethod::MinMax;
         });
}

namespace {

using llvm::json::Object;
using llvm::json::Value;

constexpr StringLiteral kBlockwise = "blockwise_";

/// No one writes more by hand, and what grows with the file stays small.
constexpr size_t kLargestFile = 4 << 20;

std::vector<std::string> readNames(const Object &object, StringRef key) {
  std::vector<std::string> names;
  if (auto one = object.getString(key))
    names.push_back(one->str());
  else if (const llvm::json::Array *list = object.getArray(key))
    for (const Value &name : *list)
      names.push_back(name.getAsString()->str());
  return names;
}

std::optional<uint64_t> readSize(const Object &object, StringRef key) {
  // Integers beyond 64 bits are as good as the largest one: nothing has so many elements.
  if (auto size = object.getInteger(key))
    return uint64_t(*size);
  return object.get(key) ? std::optional<uint64_t>(~uint64_t(0)) : std::nullopt;
}

void readGranularity(const Object &object, std::optional<bool> &perTensor, std::optional<int64_t> &blockSize) {
  auto granularity = object.getString("granularity");
  if (!granularity)
    return;
  perTensor = *granularity == "per-tensor";
  StringRef size = *granularity;
  int64_t number = 0;
  // The schema lets nothing else behind it.
  if (size.consume_front(kBlockwise))
    llvm::to_integer(size, number);
  blockSize = number;
}

/// Patterns whose automaton would not fit into memory, or that need more than one.
llvm::Error checkRegex(const LocatedJson &json, const std::string &key, StringRef pattern) {
  constexpr size_t kLongest = 1000;
  constexpr uint64_t kMostCopies = 1000;
  if (pattern.size() > kLongest)
    return json.error(key, "expected a regular expression of at most " + Twine(kLongest) + " characters");
  uint64_t copies = 1;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && i + 1 < pattern.size() && llvm::isDigit(pattern[++i]))
      return json.error(key,
                        "expected a regular expression without back-references, got '\\" + Twine(pattern[i]) + "'");
    if (pattern[i] != '{')
      continue;
    // {2,5} stands for five copies, and repetitions of repetitions multiply.
    StringRef bounds = pattern.substr(i + 1).take_until([](char c) { return c == '}'; });
    unsigned most = 1;
    if (bounds.rsplit(',').second.getAsInteger(10, most) && bounds.split(',').first.getAsInteger(10, most))
      most = 1;
    copies *= std::max<uint64_t>(most, 1);
    if (copies > kMostCopies)
      return json.error(key, "expected repetitions of at most " + Twine(kMostCopies) + " copies together");
  }
  std::string why;
  if (!llvm::Regex(pattern).isValid(why))
    return json.error(key, "expected a regular expression: " + why);
  return llvm::Error::success();
}

llvm::Expected<RecipeRule> readRule(const LocatedJson &json, const Object &object, const std::string &key) {
  RecipeRule rule;
  rule.place = json.placeOf(key) + ": " + key;
  const std::string matchKey = memberKey(key, "match");
  for (const auto &[name, value] : object)
    rule.places[name.str()] = json.placeOf(memberKey(key, name)) + ": " + memberKey(key, name);
  const Object &match = *object.getObject("match");
  for (const auto &[name, value] : match)
    rule.places["match." + name.str()] = json.placeOf(memberKey(matchKey, name)) + ": " + memberKey(matchKey, name);

  rule.match.names = readNames(match, "name");
  rule.match.types = readNames(match, "type");
  rule.match.from = readNames(match, "from");
  rule.match.to = readNames(match, "to");
  rule.match.regex = match.getString("regex").value_or("").str();
  if (!rule.match.regex.empty())
    if (llvm::Error error = checkRegex(json, memberKey(matchKey, "regex"), rule.match.regex))
      return error;
  rule.match.minSize = readSize(match, "min_size");
  rule.match.maxSize = readSize(match, "max_size");
  if (rule.match.minSize && rule.match.maxSize && *rule.match.minSize > *rule.match.maxSize)
    return json.error(memberKey(matchKey, "min_size"), "min_size " + Twine(*rule.match.minSize) +
                                                           " is greater than max_size " + Twine(*rule.match.maxSize));

  if (auto scheme = object.getString("scheme"))
    rule.scheme = Scheme::fromName(*scheme)->kind;
  if (auto bits = object.getInteger("bits"))
    rule.bits = unsigned(*bits);
  readGranularity(object, rule.perTensor, rule.blockSize);
  if (auto ranges = object.getString("ranges"))
    rule.ranges = parseRangeMethod(*ranges);
  if (const llvm::json::Array *range = object.getArray("range")) {
    rule.range.emplace(*(*range)[0].getAsNumber(), *(*range)[1].getAsNumber());
    if (rule.range->first > rule.range->second)
      return json.error(memberKey(key, "range"),
                        llvm::formatv("min {0} is greater than max {1}", (*range)[0], (*range)[1]).str());
  }
  rule.optional = object.getBoolean("optional").value_or(false);
  rule.comment = object.getString("comment").value_or("").str();
  if (!rule.scheme && !rule.bits && !rule.perTensor && !rule.ranges && !rule.range)
    return json.error(key, "asks for nothing; expected 'scheme', 'bits', 'granularity', 'ranges' or 'range'");
  if (rule.scheme && rule.bits) {
    Scheme scheme;
    scheme.kind = *rule.scheme;
    if (!scheme.acceptsWeightBits(*rule.bits))
      return json.error(memberKey(key, "bits"),
                        "weights of " + Twine(*rule.bits) + " bits have no form in " + scheme.name());
  }
  return rule;
}

} // namespace

/// The word for one scale for each tensor, for each channel (`blockSize` 0), or for each block of a row.
static std::string getGranularityName(bool perTensor, int64_t blockSize) {
  if (blockSize != 0)
    return (kBlockwise + Twine(blockSize)).str();
  return perTensor ? "per-tensor" : "per-axis";
}

static llvm::Expected<Recipe> parseRecipe(StringRef text, StringRef path) {
  if (text.size() > kLargestFile)
    return makeError("{0}: expected at most {1} bytes of recipe, got {2}", path, kLargestFile, text.size());
  llvm::Expected<LocatedJson> json = LocatedJson::parse(text, path);
  if (!json)
    return json.takeError();
  static const Value schema = llvm::cantFail(llvm::json::parse(getRecipeSchema()));
  if (llvm::Error error = checkSchema(*json, schema))
    return error;
  const Object &root = *json->root().getAsObject();
  Recipe recipe;
  if (auto scheme = root.getString("scheme"))
    recipe.scheme = *Scheme::fromName(*scheme);
  recipe.scheme.weightBits = unsigned(root.getInteger("bits").value_or(8));
  if (!recipe.scheme.acceptsWeightBits(recipe.scheme.weightBits))
    return json->error("bits", "weights of " + Twine(recipe.scheme.weightBits) + " bits have no form in " +
                                   recipe.scheme.name());
  std::optional<bool> perTensor;
  std::optional<int64_t> blockSize;
  readGranularity(root, perTensor, blockSize);
  recipe.scheme.perTensorWeights = perTensor.value_or(false);
  recipe.blockSize = blockSize.value_or(0);
  if (recipe.blockSize != 0 && !quantx::hasBlocks(recipe.scheme))
    return json->error("granularity", "blocks of a row have no form in " + recipe.scheme.name() + " of " +
                                          Twine(recipe.scheme.weightBits) + " bits; expected weight-only of 4");
  if (auto ranges = root.getString("ranges"))
    recipe.ranges = *parseRangeMethod(*ranges);
  recipe.io = root.getString("io").value_or("float32").str();
  recipe.comment = root.getString("comment").value_or("").str();
  if (const llvm::json::Array *rules = root.getArray("rules"))
    for (auto [index, element] : llvm::enumerate(*rules)) {
      llvm::Expected<RecipeRule> rule = readRule(*json, *element.getAsObject(), elementKey("rules", index));
      if (!rule)
        return rule.takeError();
      recipe.rules.push_back(std::move(*rule));
    }
  return recipe;
}

llvm::Expected<Recipe> readRecipe(StringRef path) {
  auto file = MappedFile::open(path);
  if (!file)
    return file.takeError();
  return parseRecipe(StringRef((*file)->bytes().data(), (*file)->bytes().size()), path);
}

void writeRecipe(const Recipe &recipe, raw_ostream &os) {
  llvm::json::OStream json(os, 2);
  auto text = [&](StringRef key, StringRef value) {
    if (!value.empty())
      json.attribute(key, llvm::json::fixUTF8(value));
  };
  auto names = [&](StringRef key, ArrayRef<std::string> values) {
    if (values.size() == 1)
      text(key, values.front());
    else if (!values.empty())
      json.attributeArray(key, [&] {
        for (const std::string &value : values)
          json.value(llvm::json::fixUTF8(value));
      });
  };
  auto granularity = [&](bool perTensor, int64_t blockSize) {
    json.attribute("granularity", getGranularityName(perTensor, blockSize));
  };
  auto writeRule = [&](const RecipeRule &rule) {
    text("comment", rule.comment);
    json.attributeObject("match", [&] {
      names("name", rule.match.names);
      text("regex", rule.match.regex);
      names("type", rule.match.types);
      names("from", rule.match.from);
      names("to", rule.match.to);
      if (rule.match.minSize)
        json.attribute("min_size", int64_t(std::min<uint64_t>(*rule.match.minSize, INT64_MAX)));
      if (rule.match.maxSize)
        json.attribute("max_size", int64_t(std::min<uint64_t>(*rule.match.maxSize, INT64_MAX)));
    });
    if (rule.scheme) {
      Scheme scheme;
      scheme.kind = *rule.scheme;
      json.attribute("scheme", scheme.name());
    }
    if (rule.bits)
      json.attribute("bits", int64_t(*rule.bits));
    if (rule.perTensor)
      granularity(*rule.perTensor, rule.blockSize.value_or(0));
    if (rule.ranges)
      json.attribute("ranges", getRangeMethodName(*rule.ranges));
    if (rule.range)
      json.attributeArray("range", [&] {
        json.value(rule.range->first);
        json.value(rule.range->second);
      });
    if (rule.optional)
      json.attribute("optional", true);
  };
  json.object([&] {
    json.attribute("vernier_recipe", 1);
    text("comment", recipe.comment);
    json.attribute("scheme", recipe.scheme.name());
    json.attribute("bits", int64_t(recipe.scheme.weightBits));
    granularity(recipe.scheme.perTensorWeights, recipe.blockSize);
    json.attribute("ranges", getRangeMethodName(recipe.ranges));
    json.attribute("io", recipe.io);
    json.attributeArray("rules", [&] {
      for (const RecipeRule &rule : recipe.rules)
        json.object([&] { writeRule(rule); });
    });
  });
  os << '\n';
}

} // namespace mlir::vernier
