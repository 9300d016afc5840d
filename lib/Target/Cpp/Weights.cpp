//===- Weights.cpp - The data of a program ----------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Parts.h"
#include "vernier/Interfaces/ConstantData.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::vernier::cpp {

FailureOr<std::string> collectWeights(ArrayRef<CppPart> parts) {
  std::string weights;
  for (const CppPart &part : parts) {
    const WalkResult result = ModuleOp(part.kernels).walk([&](kernel::ConstantOp constant) {
      std::optional<ConstantData> data = getConstantData(constant.getValue());
      if (!data) {
        constant.emitOpError() << "expected elements, which are elided";
        return WalkResult::interrupt();
      }
      const uint64_t offset = constant.getOffset().value_or(0), end = offset + data->bytes().size();
      weights.resize(std::max<uint64_t>(weights.size(), llvm::alignTo(end, sizeof(uint64_t))), '\0');
      llvm::copy(data->bytes(), weights.begin() + offset);
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      return failure();
  }
  return weights;
}

std::string listWeights(StringRef weights) {
  std::string text;
  text.reserve(weights.size() / 8 * 20);
  for (size_t at = 0; at < weights.size(); at += sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, weights.data() + at, sizeof(word));
    text += "0x" + llvm::utohexstr(word, /*LowerCase=*/true) + (at / 8 % 8 == 7 ? ",\n" : ",");
  }
  return text + "\n";
}

std::string defineWeights(StringRef name) {
  constexpr llvm::StringLiteral text = R"(
// The weights are data, not source: the assembler includes them. Without one, {0}.weights.inc has them as numbers.
#if defined(__GNUC__) && defined(__ELF__) && !defined({1}_PORTABLE_WEIGHTS)
#ifndef {1}_WEIGHTS_FILE
#define {1}_WEIGHTS_FILE __FILE__ ".weights"
#endif
__asm__(".pushsection .rodata\n.balign 64\n.hidden {0}_weights\n.globl {0}_weights\n{0}_weights:\n.incbin \"" {1}_WEIGHTS_FILE
        "\"\n.popsection\n");
#else
alignas(64) const std::uint64_t {0}_weights[] = {{
#include "{0}.weights.inc"
};
#endif
)";
  return llvm::formatv(text.data(), name, name.upper());
}

} // namespace mlir::vernier::cpp
