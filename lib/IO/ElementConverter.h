//===- ElementConverter.h - data's elements to a model's --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which element types of data a model input takes, and how they become its own. What could change a value's meaning is
// refused with the cure; nothing is converted on a guess.

#ifndef VERNIER_LIB_IO_ELEMENTCONVERTER_H
#define VERNIER_LIB_IO_ELEMENTCONVERTER_H

#include "vernier/IO/ElementKind.h"
#include "llvm/Support/Error.h"

namespace mlir::vernier {

class ElementConverter {
public:
  /// True if integer data of kind `from` is normalized on its way into `to`.
  static bool normalizes(ElementKind from, ElementKind to);

  /// Why elements `from` cannot become `to`, as the rest of a sentence after "has element type uint8, "; empty if they
  /// can. `hasMean`: mean and standard deviation are known.
  static std::string reasonAgainst(ElementKind from, ElementKind to, bool hasMean);

  /// For a pair without `reasonAgainst`. `mean` and `std` have 1 or `channels` numbers, or none where they are not
  /// used.
  ElementConverter(ElementKind from, ElementKind to, llvm::ArrayRef<float> mean, llvm::ArrayRef<float> std,
                   int64_t channels);

  /// Converts all of `in`. Errors are clauses about one value ("3000000000 does not fit int32").
  llvm::Error convert(llvm::ArrayRef<char> in, llvm::MutableArrayRef<char> out) const;

private:
  ElementKind from, to;
  llvm::ArrayRef<float> mean, std;
  int64_t channels;
};

} // namespace mlir::vernier

#endif // VERNIER_LIB_IO_ELEMENTCONVERTER_H
