//===- JsonSchema.cpp - Does a JSON file have the form that its schema says ---===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/IO/JsonSchema.h"
#include "vernier/IO/Suggestion.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

using namespace mlir::vernier;
using llvm::json::Array;
using llvm::json::Object;
using llvm::json::Value;

namespace {

bool hasType(const Value &value, llvm::StringRef type) {
  switch (value.kind()) {
  case Value::Null:
    return type == "null";
  case Value::Boolean:
    return type == "boolean";
  case Value::Number:
    return type == "number" || (type == "integer" && std::trunc(*value.getAsNumber()) == *value.getAsNumber());
  case Value::String:
    return type == "string";
  case Value::Array:
    return type == "array";
  case Value::Object:
    return type == "object";
  }
  return false;
}

std::string quote(llvm::StringRef word) { return ("'" + word + "'").str(); }

/// "a, b or c".
std::string listWords(llvm::ArrayRef<std::string> words) {
  std::string text;
  for (auto [index, word] : llvm::enumerate(words))
    text += (index == 0 ? "" : index + 1 == words.size() ? " or " : ", ") + word;
  return text;
}

/// `value` as messages show it.
std::string show(const Value &value) {
  if (auto text = value.getAsString())
    return quote(text->take_front(80));
  if (value.kind() == Value::Array)
    return llvm::formatv("a list of {0}", value.getAsArray()->size());
  if (value.kind() == Value::Object)
    return "an object";
  return llvm::formatv("{0}", value);
}

/// The words of an array of strings.
std::vector<std::string> wordsOf(const Array &array) {
  std::vector<std::string> words;
  for (const Value &word : array)
    words.push_back(show(word));
  return words;
}

class Checker {
public:
  explicit Checker(const LocatedJson &json) : json(json) {}

  llvm::Error check(const Value &value, const Object &schema, const std::string &key) {
    if (llvm::Error error = checkType(value, schema, key))
      return error;
    if (llvm::Error error = checkWord(value, schema, key))
      return error;
    if (auto number = value.getAsNumber())
      return checkNumber(*number, schema, key);
    if (auto text = value.getAsString(); text && text->size() < size_t(schema.getInteger("minLength").value_or(0)))
      return json.error(key, "expected a text that is not empty");
    if (const Array *array = value.getAsArray())
      return checkArray(*array, schema, key);
    if (const Object *object = value.getAsObject())
      return checkObject(*object, schema, key);
    return llvm::Error::success();
  }

private:
  llvm::Error checkType(const Value &value, const Object &schema, const std::string &key) {
    const Value *type = schema.get("type");
    if (!type)
      return llvm::Error::success();
    std::vector<std::string> types;
    if (auto one = type->getAsString())
      types.push_back(one->str());
    else
      for (const Value &each : *type->getAsArray())
        types.push_back(each.getAsString()->str());
    if (llvm::any_of(types, [&](llvm::StringRef name) { return hasType(value, name); }))
      return llvm::Error::success();
    for (std::string &name : types)
      name = (llvm::StringRef("aeiou").contains(name.front()) ? "an " : "a ") + name;
    return json.error(key, "expected " + listWords(types) + ", got " + show(value));
  }

  llvm::Error checkWord(const Value &value, const Object &schema, const std::string &key) {
    if (const Value *only = schema.get("const"); only && *only != value)
      return json.error(key, "expected " + show(*only) + ", got " + show(value));
    const Array *words = schema.getArray("enum");
    if (!words || llvm::is_contained(*words, value))
      return llvm::Error::success();
    return json.error(key,
                      "expected " + listWords(wordsOf(*words)) + ", got " + show(value) + didYouMean(value, *words));
  }

  static std::string didYouMean(const Value &value, const Array &words) {
    std::vector<llvm::StringRef> known;
    for (const Value &word : words)
      if (auto text = word.getAsString())
        known.push_back(*text);
    auto text = value.getAsString();
    return text && !known.empty() ? "; did you mean " + quote(findNearest(*text, known)) + "?" : "";
  }

  llvm::Error checkNumber(double number, const Object &schema, const std::string &key) {
    auto least = schema.getNumber("minimum"), most = schema.getNumber("maximum");
    if (!std::isfinite(number))
      return json.error(key, "expected a finite number");
    if (least && number < *least)
      return json.error(key, "expected at least " + show(*least) + ", got " + show(number));
    if (most && number > *most)
      return json.error(key, "expected at most " + show(*most) + ", got " + show(number));
    return llvm::Error::success();
  }

  llvm::Error checkArray(const Array &array, const Object &schema, const std::string &key) {
    auto least = schema.getInteger("minItems"), most = schema.getInteger("maxItems");
    if ((least && int64_t(array.size()) < *least) || (most && int64_t(array.size()) > *most)) {
      std::string wanted = least && most && *least == *most ? std::to_string(*least)
                           : least                          ? "at least " + std::to_string(*least)
                                                            : "at most " + std::to_string(*most);
      return json.error(key, "expected " + wanted + " elements, got " + llvm::Twine(array.size()));
    }
    if (const Object *items = schema.getObject("items"))
      for (auto [index, element] : llvm::enumerate(array))
        if (llvm::Error error = check(element, *items, elementKey(key, index)))
          return error;
    return llvm::Error::success();
  }

  llvm::Error checkObject(const Object &object, const Object &schema, const std::string &key) {
    const Object *properties = schema.getObject("properties");
    if (properties && schema.getBoolean("additionalProperties") == false)
      if (llvm::Error error = checkNames(object, *properties, key))
        return error;
    if (const Array *required = schema.getArray("required"))
      for (const Value &name : *required)
        if (!object.get(*name.getAsString()))
          return json.error(key, "expected a member " + show(name) + ", which is missing");
    if (auto least = schema.getInteger("minProperties"); least && int64_t(object.size()) < *least && properties)
      return json.error(key, "expected " + listWords(namesOf(*properties)) + ", got none of them");
    if (const Object *needs = schema.getObject("dependentRequired"))
      for (const auto &[name, others] : *needs)
        for (const Value &other : *others.getAsArray())
          if (object.get(name) && !object.get(*other.getAsString()))
            return json.error(memberKey(key, name), "needs " + show(other) + " beside it");
    if (!properties)
      return llvm::Error::success();
    for (llvm::StringRef name : sortedNames(*properties))
      if (const Value *member = object.get(name))
        if (llvm::Error error = check(*member, *properties->getObject(name), memberKey(key, name)))
          return error;
    return llvm::Error::success();
  }

  static std::vector<llvm::StringRef> sortedNames(const Object &object) {
    std::vector<llvm::StringRef> names;
    for (const auto &[name, member] : object)
      names.push_back(name);
    llvm::sort(names);
    return names;
  }
  static std::vector<std::string> namesOf(const Object &object) {
    std::vector<std::string> names;
    for (llvm::StringRef name : sortedNames(object))
      names.push_back(quote(name));
    return names;
  }

  llvm::Error checkNames(const Object &object, const Object &properties, const std::string &key) {
    for (llvm::StringRef name : sortedNames(object))
      if (!properties.get(name))
        return json.error(memberKey(key, name), "unknown key; did you mean " +
                                                    quote(findNearest(name, sortedNames(properties))) + "? expected " +
                                                    listWords(namesOf(properties)));
    return llvm::Error::success();
  }

  const LocatedJson &json;
};

} // namespace

llvm::Error mlir::vernier::checkSchema(const LocatedJson &json, const Value &schema) {
  return Checker(json).check(json.root(), *schema.getAsObject(), "");
}
