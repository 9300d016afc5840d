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
/// LLVM's parser recurses without a limit, and keeps the last of several equal keys. So the structure is walked first:
/// only brackets and strings matter, anything else is left to the parser.
class StructureCheck {
public:
  StructureCheck(llvm::StringRef text, llvm::StringRef path) : text(text), path(path) {}

  llvm::Error run() {
    for (size_t i = 0; i < text.size(); ++i) {
      switch (text[i]) {
      case '{':
      case '[':
        if (open.size() == kMaxDepth)
          return fail(i, llvm::formatv("nesting is deeper than {0} levels", kMaxDepth).str());
        open.push_back({text[i] == '{', {}});
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
    llvm::StringSet<> keys;
  };

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
    if (!open.back().keys.insert(name).second)
      return fail(begin, llvm::formatv("key '{0}' occurs twice", name).str());
    return llvm::Error::success();
  }

  llvm::Error fail(size_t at, const std::string &what) {
    llvm::StringRef before = text.take_front(at);
    size_t lineStart = before.rfind('\n');
    size_t column = at - (lineStart == llvm::StringRef::npos ? 0 : lineStart + 1);
    return makeError("{0}:{1}:{2}: {3}", path, before.count('\n') + 1, column + 1, what);
  }

  llvm::StringRef text, path;
  std::vector<Level> open;
};
} // namespace

llvm::Expected<llvm::json::Value> mlir::vernier::parseJson(llvm::StringRef text, llvm::StringRef path) {
  if (llvm::Error error = StructureCheck(text, path).run())
    return error;
  llvm::Expected<llvm::json::Value> value = llvm::json::parse(text);
  if (!value)
    return makeError("{0}: malformed JSON: {1}", path, llvm::toString(value.takeError()));
  return value;
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
