//===- TextMutator.cpp - Changes to textual IR, a word at a time ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Text changed a byte at a time rarely parses, and it is upstream's parser that says so. Text changed by whole words,
// to words that occur elsewhere or to numbers at the edge, often does: then our types, attributes and verifiers are
// asked.

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

namespace {

using Words = std::vector<llvm::StringRef>;

constexpr llvm::StringLiteral kWords[] = {"0",
                                          "1",
                                          "-1",
                                          "2",
                                          "3",
                                          "7",
                                          "127",
                                          "-128",
                                          "128",
                                          "255",
                                          "32768",
                                          "2147483647",
                                          "-2147483648",
                                          "4294967296",
                                          "9223372036854775807",
                                          "0.0",
                                          "-0.0",
                                          "1.0",
                                          "1.0e-45",
                                          "3.4e38",
                                          "1.0e300",
                                          "0x7FC00000",
                                          "0xFF800000",
                                          "i8",
                                          "i1",
                                          "i32",
                                          "i64",
                                          "si8",
                                          "ui8",
                                          "f32",
                                          "f64",
                                          "f16",
                                          "bf16",
                                          "index",
                                          "none",
                                          "?",
                                          "*",
                                          "dense<1.0>",
                                          "dense<[]>",
                                          "unit",
                                          "tensor<f32>",
                                          "tensor<*xf32>",
                                          "tensor<?xf32>",
                                          "tensor<0xf32>",
                                          "tensor<1x2x3x4xf32>",
                                          "tensor<4xi32>",
                                          "!quant.uniform<i8:f32, 0.5>",
                                          "!quant.uniform<i8:f32, 0.5:3>",
                                          "!quant.uniform<u8:f32, 0.5:128>",
                                          "!quant.uniform<i8:f32:0, {0.5, 0.25}>",
                                          "!quant.uniform<i4:f32:1, {0.5, 0.25, 1.0}>",
                                          "!quant.uniform<i16:f32, 0.5>",
                                          "array<i64>",
                                          "array<i64: 1, 1>",
                                          "array<i32: 0>",
                                          "[]",
                                          "[1, 1]",
                                          "{}",
                                          "@main",
                                          "%0",
                                          "%arg0"};

/// Names and numbers, single characters, runs of space.
Words split(llvm::StringRef text) {
  Words words;
  auto isName = [](char c) { return llvm::isAlnum(c) || c == '_' || c == '.' || c == '$'; };
  while (!text.empty()) {
    llvm::StringRef word = text.take_while(isName);
    if (word.empty())
      word = text.take_while([](char c) { return c == ' ' || c == '\n'; });
    if (word.empty())
      word = text.take_front(1);
    words.push_back(word);
    text = text.drop_front(word.size());
  }
  return words;
}

class Mutator {
public:
  explicit Mutator(unsigned seed) : random(seed) {}

  /// `from` is where words are taken from: the text itself, or another.
  void change(Words &words, const Words &from) {
    size_t at = below(words.size());
    switch (below(8)) {
    case 0: {
      size_t count = std::min<size_t>(words.size() - at, 1 + below(8));
      words.erase(words.begin() + at, words.begin() + at + count);
      return;
    }
    case 1: {
      Words piece = take(from, 1 + below(24));
      words.insert(words.begin() + at, piece.begin(), piece.end());
      return;
    }
    case 2: {
      // A line again: an operator twice, an argument more.
      Words line = takeLine(from);
      while (at > 0 && !words[at - 1].contains('\n'))
        --at;
      words.insert(words.begin() + at, line.begin(), line.end());
      return;
    }
    case 3:
    case 4:
      words[at] = like(words[at], from);
      return;
    default: {
      // Numbers and types are what verifiers look at.
      for (unsigned i = 0; i < 16 && !llvm::isAlnum(words[at].front()); ++i)
        at = below(words.size());
      words[at] = kWords[below(std::size(kWords))];
    }
    }
  }

  unsigned below(size_t bound) { return bound ? random() % bound : 0; }

private:
  Words take(const Words &from, size_t count) {
    size_t at = below(from.size());
    return {from.begin() + at, from.begin() + std::min(from.size(), at + count)};
  }

  Words takeLine(const Words &from) {
    size_t begin = below(from.size()), end = begin;
    while (begin > 0 && !from[begin - 1].contains('\n'))
      --begin;
    while (end < from.size() && !from[end].contains('\n'))
      ++end;
    Words line(from.begin() + begin, from.begin() + end);
    line.push_back("\n");
    return line;
  }

  /// A word of `from` that starts as `word` does, if a few guesses find one.
  llvm::StringRef like(llvm::StringRef word, const Words &from) {
    for (unsigned i = 0; i < 16; ++i) {
      llvm::StringRef other = from[below(from.size())];
      if (other != word && llvm::isDigit(other.front()) == llvm::isDigit(word.front()) &&
          llvm::isAlnum(other.front()) == llvm::isAlnum(word.front()))
        return other;
    }
    return word;
  }

  std::minstd_rand random;
};

size_t mutate(llvm::StringRef text, llvm::StringRef from, uint8_t *out, size_t maxSize, unsigned seed) {
  Mutator mutator(seed);
  Words words = split(text), source = split(from);
  for (unsigned i = 0, e = 1 + mutator.below(3); i < e && !words.empty(); ++i)
    mutator.change(words, source.empty() ? words : source);
  std::string changed = llvm::join(words, "");
  if (changed.size() > maxSize)
    return 0;
  std::memcpy(out, changed.data(), changed.size());
  return changed.size();
}

} // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  constexpr unsigned kBytesOneIn = 16;
  std::string text(reinterpret_cast<const char *>(data), size);
  size_t changed = seed % kBytesOneIn == 0 ? 0 : mutate(text, text, data, maxSize, seed);
  return changed ? changed : LLVMFuzzerMutate(data, size, maxSize);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2,
                                            uint8_t *out, size_t maxSize, unsigned seed) {
  return mutate({reinterpret_cast<const char *>(data1), size1}, {reinterpret_cast<const char *>(data2), size2}, out,
                maxSize, seed);
}
