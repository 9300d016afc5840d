//===- StoreHalf.cpp - Constants in half precision --------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/QuantDialectInterface.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "vernier/Numerics/Half.h"
#include "vernier/Transforms/Passes.h"
#include <cmath>

namespace mlir::vernier {

#define GEN_PASS_DEF_STOREHALFPASS
#include "vernier/Transforms/Passes.h.inc"

namespace {

/// A cast costs a tensor and an operator, some 60 bytes: smaller constants would make the file larger.
constexpr int64_t kSmallestConstant = 32;

/// Energy of the values over that of the rounding errors, at least. Normal numbers reach 1e7 (70 dB).
constexpr double kLowestRatio = 1e5;

/// Why `data` would suffer in half precision, or nothing. `halves` receives the rounded bits.
std::optional<std::string> roundToHalf(ArrayRef<float> data, std::vector<uint16_t> &halves) {
  halves.resize(data.size());
  double energy = 0, error = 0;
  for (auto [half, value] : llvm::zip_equal(halves, data)) {
    half = numerics::floatToHalf(value);
    float back = numerics::halfToFloat(half);
    if (std::isinf(back) && !std::isinf(value))
      return "it holds " + std::to_string(value) + ", beyond the largest half-precision number, 65504";
    if (!std::isfinite(value))
      continue;
    energy += double(value) * value;
    error += (double(value) - back) * (double(value) - back);
  }
  if (energy < error * kLowestRatio)
    return std::string(
        "its values are too small for half precision: the rounding would change them by more than 0.3 %");
  return std::nullopt;
}

struct StoreHalfPass : impl::StoreHalfPassBase<StoreHalfPass> {
  using StoreHalfPassBase::StoreHalfPassBase;

  void runOnOperation() override {
    SmallVector<Operation *> constants;
    getOperation()->walk([&](Operation *op) {
      if (op->getNumResults() != 1 || !getConstantElements(op->getResult(0)))
        return;
      auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
      if (type && type.getElementType().isF32() && type.getNumElements() >= kSmallestConstant &&
          llvm::any_of(op->getUsers(), isHalf))
        constants.push_back(op);
    });
    for (Operation *constant : constants)
      store(constant);
  }

  /// Where nothing says otherwise, the pass is meant for all.
  static bool isHalf(Operation *op) {
    std::optional<Scheme> scheme = quantx::getScheme(op);
    return !scheme || scheme->kind == Scheme::Kind::Half;
  }

  void store(Operation *constant) {
    Value value = constant->getResult(0);
    std::optional<ConstantData> data = getConstantData(value);
    // What a function returns keeps its type.
    auto computes = [](Operation *user) { return !user->hasTrait<OpTrait::IsTerminator>(); };
    if (!data || !llvm::all_of(value.getUsers(), computes))
      return;
    for (Operation *user : value.getUsers())
      if (!isHalf(user))
        return quantx::setFloatReason(constant, describe(user) + ", which is not to be fp16, reads it, too",
                                      "a recipe that asks for fp16 there, too");
    std::vector<uint16_t> halves;
    if (auto reason = roundToHalf(data->as<float>(), halves)) {
      quantx::setFloatReason(constant, *reason, "a recipe that asks for weight-only or float where it is read");
      return;
    }
    const QuantDialectInterface &spelling = getQuantDialectInterface(constant);
    OpBuilder builder(constant);
    auto type = cast<RankedTensorType>(value.getType());
    ArrayRef<char> bytes(reinterpret_cast<const char *>(halves.data()), halves.size() * sizeof(uint16_t));
    Value half = spelling.buildConstant(builder, constant, type.clone(builder.getF16Type()), bytes);
    Value real = spelling.buildDequantize(builder, constant->getLoc(), half, type);
    // Both forms are the constant that users know; long names are not written twice.
    spelling.nameCast(real, half, "");
    value.replaceAllUsesWith(real);
    constant->erase();
  }
};

} // namespace
} // namespace mlir::vernier
