//===- UnsignedForm.h - Kernels that take int8 as uint8 ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Generated programs may hold activations of int8 as uint8, each 128 more. A kernel that works on both says what else
// of its call changes: CallArgument::fields.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_LIB_EXECUTION_KERNELS_UNSIGNEDFORM_H
#define VERNIER_LIB_EXECUTION_KERNELS_UNSIGNEDFORM_H

#include "Planner.h"
#include "vernier/Execution/KernelCall.h"

namespace mlir::vernier {

/// A number of a call, "0.inputZeroPoint", and how much it changes.
using ChangedNumber = std::pair<std::string, int64_t>;

/// What a zero point changes by.
constexpr int64_t kUnsignedShift = 128;

/// `kernel`, in whose last call argument `index`, where it is a pointer to int8, may be one to uint8.
PlannedKernel mayBeUnsigned(PlannedKernel kernel, unsigned index, ArrayRef<ChangedNumber> numbers);
/// The same for results within the QuantizedRange `range` of the call, "3.range".
PlannedKernel mayHaveUnsignedResults(PlannedKernel kernel, unsigned index, StringRef range);

} // namespace mlir::vernier

#endif // VERNIER_LIB_EXECUTION_KERNELS_UNSIGNEDFORM_H
