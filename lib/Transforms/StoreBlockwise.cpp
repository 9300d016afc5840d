//===- StoreBlockwise.cpp - Weights with several scales in a row ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs before anything is marked: there is no simulated form, as runtimes compute such weights with activations that
// they quantize themselves.

#include "BalancedRounding.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/Builders.h"
#include "vernier/Dialect/QuantX/Blockwise.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/Interfaces/BlockwiseType.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/QuantDialectInterface.h"
#include "vernier/Interfaces/QuantInterfaces.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "vernier/Numerics/Half.h"
#include "vernier/Transforms/Parameters.h"
#include "vernier/Transforms/Passes.h"
#include <cmath>

namespace mlir::vernier {

#define GEN_PASS_DEF_STOREBLOCKWISEPASS
#include "vernier/Transforms/Passes.h.inc"

namespace {

/// The largest number that both float16 and bfloat16 hold.
constexpr double kLargestScale = 65280;
/// The smallest one, float16's.
constexpr double kSmallestScale = 0x1p-24;

/// `scale` to 8 binary digits, as bfloat16 has them, and to whole multiples of float16's smallest number. Nothing where
/// it is beyond them.
std::optional<float> roundBlockScale(double scale) {
  scale = std::max(scale, kSmallestScale);
  int exponent = 0;
  std::frexp(scale, &exponent);
  const double step = std::max(std::ldexp(1.0, exponent - 8), kSmallestScale);
  const double rounded = std::nearbyint(scale / step) * step;
  return rounded <= kLargestScale ? std::optional<float>(float(rounded)) : std::nullopt;
}

/// How operators that read blockwise weights quantize what these meet.
Scheme atRunTime() {
  Scheme scheme;
  scheme.kind = Scheme::Kind::Dynamic;
  return scheme;
}

/// The operand of `op` that is a weight under `scheme`; or none.
std::optional<unsigned> findWeight(QuantizableOpInterface op, const Scheme &scheme) {
  for (unsigned i = 0, e = op->getNumOperands(); i < e; ++i)
    if (op.getOperandSource(i, scheme).kind == QuantSource::Kind::Own)
      return i;
  return std::nullopt;
}

/// Why the weight `index` of `op` cannot have blocks, or nothing.
std::optional<std::string> reasonAgainstBlocks(QuantizableOpInterface op, unsigned index) {
  const QuantSource source = op.getOperandSource(index, atRunTime());
  auto type = dyn_cast<RankedTensorType>(op->getOperand(index).getType());
  if (source.storageOnly || source.spec.axis != 0u || !type || type.getRank() != 2)
    return "LiteRT computes with blockwise weights in dense layers alone";
  // What has no integer form at all is no form of XNNPACK's, which alone computes these.
  if (auto reason = op.getReasonToStayFloat(Scheme()))
    return reason;
  for (unsigned i = 0, e = op->getNumOperands(); i < e; ++i)
    if (op.getOperandSource(i, Scheme()).kind == QuantSource::Kind::Derived &&
        !isa<NoneType>(op->getOperand(i).getType()) && !getConstantElements(op->getOperand(i)))
      return "LiteRT computes with blockwise weights only beside a constant bias";
  return std::nullopt;
}

struct StoreBlockwisePass : impl::StoreBlockwisePassBase<StoreBlockwisePass> {
  using StoreBlockwisePassBase::StoreBlockwisePassBase;

  void runOnOperation() override {
    SmallVector<QuantizableOpInterface> chosen;
    getOperation().walk([&](QuantizableOpInterface op) {
      if (quantx::getBlockSize(op) != 0)
        chosen.push_back(op);
    });
    for (QuantizableOpInterface op : chosen)
      store(op);
    for (Operation *constant : replaced)
      if (constant->use_empty())
        constant->erase();
  }

  void store(QuantizableOpInterface op) {
    std::optional<unsigned> index = findWeight(op, *quantx::getScheme(op));
    if (!index)
      return;
    Value weight = op->getOperand(*index);
    auto type = dyn_cast<RankedTensorType>(weight.getType());
    std::optional<ConstantData> data = getConstantData(weight);
    // Weights that are computed, or integers already, are no matter of blocks.
    if (!data || !type || !type.getElementType().isF32())
      return;
    if (auto reason = reasonAgainstBlocks(op, *index))
      return say(op, *reason + ": one scale for each channel instead");
    const int64_t asked = quantx::getBlockSize(op), columns = type.getDimSize(1);
    const auto *fits = llvm::find_if(getBlockSizes(),
                                     [&](int64_t size) { return size <= asked && columns > 0 && columns % size == 0; });
    if (fits == getBlockSizes().end())
      return say(op, "its rows of " + Twine(columns) +
                         " weights are no multiple of 32: one scale for each channel instead");
    Value stored = storedValue(weight, *data, *fits);
    if (!stored)
      return say(op, "its scales lie beyond half precision: one scale for each channel instead");
    if (*fits != asked)
      say(op, "its rows of " + Twine(columns) + " weights are no multiple of " + Twine(asked) + ": blocks of " +
                  Twine(*fits) + " instead");
    op->setOperand(*index, stored);
    op.finalizeQuantized(atRunTime());
    replaced.insert(weight.getDefiningOp());
  }

  static void say(Operation *op, const Twine &reason) {
    op->setAttr(quantx::kBlockReasonAttrName, StringAttr::get(op->getContext(), reason.str()));
  }

  /// `weight` in blocks of `block`, once for all that read it so; null if a scale has no place in float16.
  Value storedValue(Value weight, const ConstantData &data, int64_t block) {
    Value &stored = blocks[{weight, block}];
    if (stored)
      return stored;
    auto type = cast<RankedTensorType>(weight.getType());
    BlockwiseParameters parameters;
    parameters.block = block;
    parameters.rows = type.getDimSize(0);
    parameters.blocksOfRow = type.getDimSize(1) / block;
    QuantSpec spec;
    spec.bits = 4;
    spec.symmetric = spec.narrowRange = true;
    spec.axis = 0;
    // Each block as a row of its own.
    const int64_t shape[] = {parameters.rows * parameters.blocksOfRow, block};
    for (double magnitude : largestMagnitudes(data.as<float>(), shape, 0)) {
      std::optional<float> scale = roundBlockScale(chooseParameters(-magnitude, magnitude, spec).scale);
      if (!scale)
        return {};
      parameters.scales.push_back(*scale);
    }
    QuantParameters grid;
    grid.scales.assign(parameters.scales.begin(), parameters.scales.end());
    grid.zeroPoints.assign(grid.scales.size(), 0);
    grid.axis = spec.axis;
    grid.storageMin = spec.storageMin();
    grid.storageMax = spec.storageMax();
    std::vector<float> rounded = roundBalanced(data.as<float>(), shape, grid, *spec.axis);
    std::vector<char> bytes = quantizeData(rounded, shape, spec, grid.scales, grid.zeroPoints);
    Operation *original = weight.getDefiningOp();
    OpBuilder builder(original);
    Type element = parameters.getElementType(builder.getContext(), spec.bits, spec.storageMin(), spec.storageMax());
    stored = getQuantDialectInterface(original).buildConstant(builder, original, type.clone(element), bytes);
    return stored;
  }

  DenseMap<std::pair<Value, int64_t>, Value> blocks;
  llvm::SetVector<Operation *> replaced;
};

} // namespace
} // namespace mlir::vernier
