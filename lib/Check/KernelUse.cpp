//===- KernelUse.cpp - Which kernels operators will run in ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LiteRT has three sets: its default delegate (XNNPACK), its optimized kernels for what the delegate leaves, and
// reference kernels where an operator or type has nothing else. Which one runs decides speed and rounding.

#include "Delegate.h"
#include "KernelTables.h"
#include "Rule.h"
#include "llvm/ADT/StringExtras.h"

namespace mlir::vernier::check {

/// Operators whose built-in kernels are optimized ones, for types other than 16 bits.
static constexpr StringLiteral kOptimized =
    "RELU RELU6 RELU_N1_TO_1 TANH LOGISTIC SOFTMAX LOG_SOFTMAX HARD_SWISH PRELU LEAKY_RELU ADD ADD_N ARG_MAX ARG_MIN "
    "BATCH_MATMUL CEIL "
    "CONCATENATION CONV_2D CONV_3D CONV_3D_TRANSPOSE CUMSUM DEPTHWISE_CONV_2D DIV FLOOR FULLY_CONNECTED GATHER LSTM "
    "UNIDIRECTIONAL_SEQUENCE_LSTM MAXIMUM MINIMUM MUL PAD PADV2 POW QUANTIZE MEAN SUM REDUCE_PROD REDUCE_MAX "
    "REDUCE_MIN "
    "RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR ROUND SLICE SUB TRANSPOSE_CONV AVERAGE_POOL_2D MAX_POOL_2D L2_POOL_2D "
    "L2_NORMALIZATION "
    "SPACE_TO_BATCH_ND BATCH_TO_SPACE_ND SPACE_TO_DEPTH DEPTH_TO_SPACE TRANSPOSE LOCAL_RESPONSE_NORMALIZATION";

static bool usesSixteenBits(const OperatorView &op) {
  auto is16Bit = [](const TensorView *tensor) { return tensor && tensor->type == Element::INT16; };
  return llvm::any_of(op.operands, is16Bit) || llvm::any_of(op.results, is16Bit);
}

static void chooseLiteRT(const OperatorView &op, KernelUse &use) {
  std::optional<std::string> reason = findReasonAgainstDelegate(op);
  use.kernels = "xnnpack";
  if (!reason) {
    if (llvm::any_of(op.operands, [](const TensorView *operand) { return operand && operand->hasDetails(); }))
      use.reason =
          "XNNPACK alone computes blockwise weights: reference kernels (BUILTIN_REF, builds without it) return "
          "garbage";
    return;
  }
  bool isOptimized = llvm::is_contained(llvm::split(kOptimized, ' '), op.name) && !usesSixteenBits(op);
  use.kernels = op.is(Builtin::CUSTOM) ? "custom" : isOptimized ? "optimized" : "reference";
  use.reason = "XNNPACK: " + *reason;
}

static void chooseEdgeTPU(const OperatorView &op, KernelUse &use) {
  use.kernels = "edgetpu";
  auto isWide = [](const TensorView *tensor) {
    return tensor && (isFloat(tensor->type) || tensor->type == Element::INT16);
  };
  if (!isForEdgeTPU(op.name))
    use.reason = "the Edge TPU has no such operator";
  else if (llvm::any_of(op.operands, isWide) || (llvm::any_of(op.results, isWide)))
    use.reason = "it works on 8-bit integers only";
  if (!use.reason.empty())
    use.kernels = "cpu";
}

std::vector<KernelUse> chooseKernels(const ModelView &model, const Options &options) {
  std::vector<KernelUse> uses;
  for (const GraphView &graph : model.graphs)
    for (const OperatorView &op : graph.operators) {
      if (!op.isSound)
        continue;
      KernelUse use;
      use.subgraph = graph.index;
      use.op = op.index;
      use.name = op.fullName().str();
      use.tensor = op.result(0) ? op.result(0)->name().str() : "";
      bool isMissing = op.is(Builtin::CUSTOM) ? !knowsCustom(options.runtime, op.fullName())
                                              : findMissingKernel(options.runtime, op).has_value();
      if (isMissing) {
        use.kernels = "none";
        use.reason = "the runtime has no kernel of it";
      } else if (options.runtime == Runtime::LiteRT) {
        chooseLiteRT(op, use);
      } else if (options.runtime == Runtime::EdgeTPU) {
        chooseEdgeTPU(op, use);
      } else {
        use.kernels = "tflm";
      }
      uses.push_back(std::move(use));
    }
  return uses;
}

} // namespace mlir::vernier::check
