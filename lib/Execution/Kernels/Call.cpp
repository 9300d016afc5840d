//===- Call.cpp - Kernels that run here and in generated programs ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Call.h"
#include "llvm/ADT/StringExtras.h"

namespace mlir::vernier {

std::string spellType(StringRef name) {
  // Fixed widths: what `long` means depends on the target.
  static constexpr std::pair<StringRef, StringRef> kSpellings[] = {
      {"mlir::vernier::", ""},           {"(anonymous namespace)::", ""},
      {"long unsigned int", "uint64_t"}, {"unsigned long", "uint64_t"},
      {"long int", "int64_t"},           {"unsigned char", "uint8_t"},
      {"signed char", "int8_t"},         {"short unsigned int", "uint16_t"},
      {"unsigned short", "uint16_t"},    {"short int", "int16_t"},
      {"unsigned int", "uint32_t"},      {"struct ", ""},
  };
  std::string text = name.str();
  for (auto [from, to] : kSpellings)
    for (size_t at = 0; (at = text.find(from.str(), at)) != std::string::npos; at += to.size())
      text.replace(at, from.size(), to.str());
  // The two whose names are words of others.
  const auto whole = [&](StringRef word, StringRef to) {
    const auto isWord = [](char c) { return llvm::isAlnum(c) || c == '_'; };
    for (size_t at = 0; (at = text.find(word.str(), at)) != std::string::npos; ++at)
      if ((at == 0 || !isWord(text[at - 1])) && (at + word.size() == text.size() || !isWord(text[at + word.size()])))
        text.replace(at, word.size(), to.str());
  };
  whole("long", "int64_t");
  whole("short", "int16_t");
  whole("int", "int32_t");
  return text;
}

void PreparedArrays::describe(CallArgument &argument, const std::shared_ptr<const void> &self) const {
  if (argument.kind == CallArgument::Kind::Constant && argument.data.data()) {
    auto found = sizes.find(argument.data.data());
    assert(found != sizes.end() && "every array of an object is prepared");
    argument.data = {argument.data.data(), found->second};
    argument.owner = self;
  }
  for (auto &[name, field] : argument.fields)
    describe(field, self);
}

PlannedKernel inOrder(std::vector<PlannedKernel> kernels) {
  PlannedKernel kernel;
  const auto all = std::make_shared<const std::vector<PlannedKernel>>(std::move(kernels));
  kernel.run = [all](const KernelMemory &m) -> LogicalResult {
    for (const PlannedKernel &part : *all)
      if (failed(part.run(m)))
        return failure();
    return success();
  };
  if (llvm::all_of(*all, [](const PlannedKernel &part) { return bool(part.describe); }))
    kernel.describe = [all](SmallVectorImpl<KernelCall> &calls) {
      for (const PlannedKernel &part : *all)
        part.describe(calls);
    };
  return kernel;
}

/// `kernel`, whose last call is described with `change`.
template <typename Change> static PlannedKernel withLastCall(PlannedKernel kernel, Change change) {
  if (kernel.describe)
    kernel.describe = [describe = std::move(kernel.describe), change](SmallVectorImpl<KernelCall> &calls) {
      describe(calls);
      change(calls.back());
    };
  return kernel;
}

PlannedKernel withMacs(PlannedKernel kernel, int64_t macs) {
  return withLastCall(std::move(kernel), [macs](KernelCall &call) { call.macs = macs; });
}

PlannedKernel byRows(PlannedKernel kernel) {
  return withLastCall(std::move(kernel), [](KernelCall &call) { call.traits |= KernelCall::ByRows; });
}

PlannedKernel takingResidual(PlannedKernel kernel) {
  return withLastCall(std::move(kernel), [](KernelCall &call) { call.traits |= KernelCall::TakesResidual; });
}

PlannedKernel elementwise(PlannedKernel kernel) {
  return withLastCall(std::move(kernel), [](KernelCall &call) { call.traits |= KernelCall::Elementwise; });
}

} // namespace mlir::vernier
