//===- Headers.cpp - The headers that a program is written against ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Parts.h"
#include "llvm/Support/Path.h"
#include <map>

namespace mlir::vernier::cpp {
namespace {

struct EmbeddedHeader {
  StringRef path, text;
};
constexpr EmbeddedHeader kHeaders[] = {
#include "RuntimeHeaders.inc"
};

constexpr StringRef kInclude = "#include \"";

/// `path` as seen from a file in `folder`; both below vernier/.
std::string relative(StringRef path, StringRef folder) {
  std::string up;
  while (!folder.empty() && !path.starts_with((folder + "/").str())) {
    up += "../";
    folder = llvm::sys::path::parent_path(folder);
  }
  return up + path.drop_front(folder.empty() ? 0 : folder.size() + 1).str();
}

} // namespace

std::vector<ProgramFile> collectHeaders(ArrayRef<std::string> wanted) {
  std::map<std::string, std::string> found;
  std::vector<std::string> pending(wanted.begin(), wanted.end());
  while (!pending.empty()) {
    const std::string path = std::move(pending.back());
    pending.pop_back();
    if (found.count(path))
      continue;
    const EmbeddedHeader *header = llvm::find_if(kHeaders, [&](const EmbeddedHeader &at) { return at.path == path; });
    assert(header != std::end(kHeaders) && "kernels name headers of Runtime");
    std::string &text = found[path];
    SmallVector<StringRef> lines;
    header->text.rtrim().split(lines, '\n');
    for (StringRef line : lines) {
      StringRef included = line;
      if (included.consume_front(kInclude) && included.starts_with("vernier/")) {
        included = included.take_until([](char c) { return c == '"'; });
        pending.push_back(included.str());
        text += (kInclude + relative(included, llvm::sys::path::parent_path(path)) + "\"\n").str();
      } else {
        text += (line + "\n").str();
      }
    }
  }
  std::vector<ProgramFile> files;
  for (auto &[path, text] : found)
    files.push_back({path, std::move(text)});
  return files;
}

} // namespace mlir::vernier::cpp
