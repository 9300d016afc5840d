//===- Json.cpp - safe JSON in, exact floats out ----------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/IO/Json.h"
#include "vernier/IO/Error.h"
#include "llvm/ADT/StringSet.h"
#include <charconv>
#include <cmath>

using namespace mlir::vernier;

namespace {
/// Line and column of the byte at `offset`, from 1.
std::pair<size_t, size_t> findPlace(llvm::StringRef text, size_t offset) {
  llvm::StringRef before = text.take_front(offset);
  size_t lineStart = before.rfind('\n');
  return {before.count('\n') + 1, offset - (lineStart == llvm::StringRef::npos ? 0 : lineStart + 1) + 1};
}

/// LLVM's parser recurses without a limit, and keeps the last of several equal keys. So the structure is walked first:
/// only brackets and strings matter, anything else is left to the parser.
class StructureCheck {
public:
  using Visit = llvm::function_ref<void(llvm::StringRef key, size_t offset)>;

  /// `visit`, if any, is told of every member's name and every element, in well-formed text.
  StructureCheck(llvm::StringRef text, llvm::StringRef path, Visit visit) : text(text), path(path), visit(visit) {}

  llvm::Error run() {
    for (size_t i = 0; i < text.size(); ++i) {
      if (visit && !open.empty() && !open.back().isObject && open.back().expectsElement && !isSpace(text[i]) &&
          text[i] != ']') {
        open.back().expectsElement = false;
        visit(elementKey(open.back().key, open.back().count++), i);
      }
      switch (text[i]) {
      case ',':
        if (!open.empty())
          open.back().expectsElement = true;
        break;
      case '{':
      case '[':
        if (open.size() == kMaxDepth)
          return fail(i, llvm::formatv("nesting is deeper than {0} levels", kMaxDepth).str());
        open.push_back({text[i] == '{', keyOfNext(), {}, true, 0, ""});
        break;
      case '}':
      case ']':
        if (!open.empty())
          open.pop_back();
        break;
      case '"': {
        size_t end = i + 1;
        while (end < text.size() && text[end] != '"')
          end += text[end] == '\\' ? 2 : 1;
        end = std::min(end, text.size() - 1);
        if (llvm::Error error = visitString(i, end))
          return error;
        i = end;
        break;
      }
      }
    }
    return llvm::Error::success();
  }

private:
  static constexpr size_t kMaxDepth = 64;
  struct Level {
    bool isObject;
    std::string key;
    llvm::StringSet<> names;
    bool expectsElement;
    size_t count;
    std::string lastName;
  };

  static bool isSpace(char c) { return llvm::StringRef(" \t\r\n").contains(c); }

  /// The key of what opens now.
  std::string keyOfNext() const {
    if (!visit || open.empty())
      return "";
    const Level &level = open.back();
    return level.isObject ? memberKey(level.key, level.lastName) : elementKey(level.key, level.count - 1);
  }

  llvm::Error visitString(size_t begin, size_t end) {
    if (open.empty() || !open.back().isObject || !text.drop_front(end + 1).ltrim(" \t\r\n").starts_with(":"))
      return llvm::Error::success();
    // Escapes can spell one key in several ways.
    llvm::Expected<llvm::json::Value> key = llvm::json::parse(text.slice(begin, end + 1));
    if (!key) {
      llvm::consumeError(key.takeError());
      return fail(begin, "malformed string");
    }
    llvm::StringRef name = key->getAsString().value_or("");
    if (!open.back().names.insert(name).second)
      return fail(begin, llvm::formatv("key '{0}' occurs twice", name).str());
    if (visit) {
      open.back().lastName = name.str();
      visit(memberKey(open.back().key, name), begin);
    }
    return llvm::Error::success();
  }

  llvm::Error fail(size_t at, const std::string &what) {
    auto [line, column] = findPlace(text, at);
    return makeError("{0}:{1}:{2}: {3}", path, line, column, what);
  }

  llvm::StringRef text, path;
  Visit visit;
  std::vector<Level> open;
};
} // namespace

static llvm::Expected<llvm::json::Value> parseVisited(llvm::StringRef text, llvm::StringRef path,
                                                      StructureCheck::Visit visit) {
  if (llvm::Error error = StructureCheck(text, path, visit).run())
    return error;
  llvm::Expected<llvm::json::Value> value = llvm::json::parse(text);
  if (!value)
    return makeError("{0}: malformed JSON: {1}", path, llvm::toString(value.takeError()));
  return value;
}

llvm::Expected<llvm::json::Value> mlir::vernier::parseJson(llvm::StringRef text, llvm::StringRef path) {
  return parseVisited(text, path, nullptr);
}

llvm::Expected<LocatedJson> LocatedJson::parse(llvm::StringRef text, llvm::StringRef path) {
  llvm::StringMap<size_t> offsets;
  auto visit = [&](llvm::StringRef key, size_t offset) { offsets[key] = offset; };
  llvm::Expected<llvm::json::Value> value = parseVisited(text, path, visit);
  if (!value)
    return value.takeError();
  LocatedJson json(std::move(*value), text, path);
  json.offsets = std::move(offsets);
  return json;
}

std::string LocatedJson::placeOf(llvm::StringRef key) const {
  auto found = offsets.find(key);
  if (found == offsets.end())
    return path;
  auto [line, column] = findPlace(text, found->second);
  return llvm::formatv("{0}:{1}:{2}", path, line, column);
}

llvm::Error LocatedJson::error(llvm::StringRef key, const llvm::Twine &what) const {
  return makeError("{0}: {1}{2}{3}", placeOf(key), key, key.empty() ? "" : ": ", what.str());
}

std::string mlir::vernier::shortestFloat(float value) {
  assert(std::isfinite(value));
  char buffer[32];
  auto print = [&](auto... precision) {
    return llvm::StringRef(buffer, std::to_chars(buffer, std::end(buffer), value, precision...).ptr - buffer);
  };
  llvm::StringRef text = print();
  // JSON readers parse a double and round that to float. Of all floats this changes one: 7.038531e-26, whose shortest
  // form lies next to the middle between two floats.
  double read = 0;
  text.getAsDouble(read);
  if (static_cast<float>(read) != value)
    text = print(std::chars_format::general, 9);
  return text.str();
}
