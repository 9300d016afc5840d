//===- UnsignedForm.cpp - Kernels that take int8 as uint8 -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "UnsignedForm.h"
#include "Call.h"

namespace mlir::vernier {

PlannedKernel mayBeUnsigned(PlannedKernel kernel, unsigned index, ArrayRef<ChangedNumber> numbers) {
  if (!kernel.describe)
    return kernel;
  kernel.describe = [describe = std::move(kernel.describe), index,
                     numbers = SmallVector<ChangedNumber>(numbers)](SmallVectorImpl<KernelCall> &calls) {
    describe(calls);
    CallArgument &argument = calls.back().arguments[index];
    if (argument.type != "int8_t")
      return;
    for (const auto &[path, by] : numbers)
      argument.fields.emplace_back(path, describeValue(by));
  };
  return kernel;
}

PlannedKernel mayHaveUnsignedResults(PlannedKernel kernel, unsigned index, StringRef range) {
  const auto number = [&](StringRef name) { return ChangedNumber((range + name).str(), kUnsignedShift); };
  return mayBeUnsigned(std::move(kernel), index, {number(".zeroPoint"), number(".min"), number(".max")});
}

} // namespace mlir::vernier
