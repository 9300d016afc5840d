//===- Json.h - safe JSON in, exact floats out ------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM's JSON with what files from outside need: bounded nesting and no duplicate keys on the way in, and floats
// in their shortest exact form on the way out.

#ifndef VERNIER_IO_JSON_H
#define VERNIER_IO_JSON_H

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/JSON.h"
#include <string>

namespace mlir::vernier {

/// Parses `text`, the content of `path`. Nesting beyond 64 levels, duplicate keys in an object and syntax errors are
/// reported with line and column.
llvm::Expected<llvm::json::Value> parseJson(llvm::StringRef text, llvm::StringRef path);

/// A JSON file that remembers where everything stands.
class LocatedJson {
public:
  /// As `parseJson`.
  static llvm::Expected<LocatedJson> parse(llvm::StringRef text, llvm::StringRef path);

  const llvm::json::Value &root() const { return value; }

  /// `file:line:column` of what `key` leads to, as `rules[1].match.name`: of a member, the place is that of its name.
  /// The file alone for what is not there.
  std::string placeOf(llvm::StringRef key) const;

  /// An error at `key`: `file:line:column: key: what`.
  llvm::Error error(llvm::StringRef key, const llvm::Twine &what) const;

private:
  LocatedJson(llvm::json::Value value, llvm::StringRef text, llvm::StringRef path)
      : value(std::move(value)), text(text), path(path) {}

  llvm::json::Value value;
  std::string text, path;
  llvm::StringMap<size_t> offsets;
};

/// The key of member `name` of what `parent` leads to; the root's key is empty.
inline std::string memberKey(llvm::StringRef parent, llvm::StringRef name) {
  return parent.empty() ? name.str() : (parent + "." + name).str();
}
/// The key of element `index`.
inline std::string elementKey(llvm::StringRef parent, size_t index) {
  return (parent + "[" + llvm::Twine(index) + "]").str();
}

/// The shortest decimal form that reads back as `value`, which must be finite.
std::string shortestFloat(float value);

} // namespace mlir::vernier

#endif // VERNIER_IO_JSON_H
