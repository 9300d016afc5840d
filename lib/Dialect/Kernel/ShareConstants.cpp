//===- ShareConstants.cpp - Weights of programs for one network -*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Dialect/Kernel/ShareConstants.h"
#include "vernier/Dialect/Kernel/Kernel.h"
#include "vernier/Interfaces/ConstantData.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::vernier::kernel {

LogicalResult shareConstants(ArrayRef<ModuleOp> programs) {
  llvm::DenseMap<StringRef, int64_t> offsets;
  // What the keys point into.
  std::vector<ConstantData> kept;
  int64_t end = 0;
  for (ModuleOp program : programs) {
    const WalkResult result = program.walk([&](ConstantOp constant) {
      std::optional<ConstantData> data = getConstantData(constant.getValue());
      if (!data) {
        constant.emitOpError() << "expected elements, which are elided";
        return WalkResult::interrupt();
      }
      const StringRef bytes(data->bytes().data(), data->bytes().size());
      auto [found, isNew] = offsets.try_emplace(bytes, end);
      constant.setOffset(found->second);
      if (isNew) {
        end += llvm::alignTo(bytes.size(), kAlignment);
        kept.push_back(std::move(*data));
      }
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      return failure();
  }
  return success();
}

} // namespace mlir::vernier::kernel
