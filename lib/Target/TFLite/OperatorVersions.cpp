//===- OperatorVersions.cpp - Which version of an operator a file must ask for ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rules of TFLite's own writer (`op_version.cc`) as data: for each operator the first row whose condition holds
// gives the version. Conditions are about element types, ranks and options.

#include "OperatorVersions.h"
#include "AttributeNames.h"
#include "ElementTypes.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Interfaces/BlockwiseType.h"
#include "vernier/Interfaces/QuantTypeChecks.h"
#include "vernier/Target/TFLite/TFLite.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

namespace mlir::vernier::tflite {
namespace {

using T = schema::TensorType;

/// An operator as the rules see it. Operands that are absent have no type.
class View {
public:
  explicit View(Operation *op) : op(op), options(op->getAttrOfType<DictionaryAttr>("options")) {}

  std::optional<T> in(unsigned index) const {
    return index < op->getNumOperands() ? elementOf(op->getOperand(index).getType()) : std::nullopt;
  }
  std::optional<T> out(unsigned index) const {
    return index < op->getNumResults() ? elementOf(op->getResult(index).getType()) : std::nullopt;
  }
  unsigned operands() const { return op->getNumOperands(); }
  int64_t rank(unsigned index) const {
    auto type =
        index < op->getNumOperands() ? dyn_cast<RankedTensorType>(op->getOperand(index).getType()) : RankedTensorType();
    return type ? type.getRank() : 0;
  }
  /// An integer, boolean or enumeration option; 0 where it is not set.
  int64_t option(StringRef name) const {
    Attribute value = options ? options.get(name) : op->getAttr(name);
    if (auto activation = dyn_cast_or_null<nn::ActivationAttr>(value))
      return static_cast<int64_t>(activation.getValue());
    auto integer = dyn_cast_or_null<IntegerAttr>(value);
    return integer ? integer.getValue().getZExtValue() : 0;
  }
  std::optional<QuantParameters> parameters(Value value) const {
    auto type = dyn_cast<TensorType>(value.getType());
    return type ? QuantParameters::of(type.getElementType()) : std::nullopt;
  }
  bool isQuantized(unsigned index) const { return index < operands() && parameters(op->getOperand(index)).has_value(); }
  bool isPerAxis(unsigned index) const {
    if (index >= operands())
      return false;
    std::optional<QuantParameters> found = parameters(op->getOperand(index));
    return found && found->scales.size() > 1;
  }
  bool isResultPerAxis() const {
    std::optional<QuantParameters> found = parameters(op->getResult(0));
    return found && found->scales.size() > 1;
  }
  bool isBlockwise(unsigned index) const {
    return index < operands() && BlockwiseParameters::of(op->getOperand(index).getType()).has_value();
  }
  bool isSparse(unsigned index) const {
    return index < operands() && op->getOperand(index).getDefiningOp<nn::SparseConstOp>();
  }
  /// Operand 0 has several times the channels of the filter, operand 1.
  bool isGrouped() const {
    if (operands() < 2)
      return false;
    auto input = dyn_cast<RankedTensorType>(op->getOperand(0).getType());
    auto filter = dyn_cast<RankedTensorType>(op->getOperand(1).getType());
    return input && filter && input.getRank() == 4 && filter.getRank() == 4 && !input.isDynamicDim(3) &&
           !filter.isDynamicDim(3) && input.getDimSize(3) != filter.getDimSize(3);
  }
  bool broadcastsAboveRank4() const {
    if (operands() < 2)
      return false;
    auto a = dyn_cast<RankedTensorType>(op->getOperand(0).getType());
    auto b = dyn_cast<RankedTensorType>(op->getOperand(1).getType());
    return a && b && a.getShape() != b.getShape() && std::max(a.getRank(), b.getRank()) > 4;
  }
  /// scale(0) * scale(1) / scale(result) of a product.
  double rescale() const {
    if (operands() < 2)
      return 0;
    auto a = parameters(op->getOperand(0)), b = parameters(op->getOperand(1)), c = parameters(op->getResult(0));
    if (!a || !b || !c)
      return 0;
    return double(float(a->scales[0]) * float(b->scales[0]) / float(c->scales[0]));
  }

private:
  static std::optional<T> elementOf(Type type) {
    auto tensor = dyn_cast<TensorType>(type);
    return tensor ? exportElementType(tensor.getElementType()) : std::nullopt;
  }

  Operation *op;
  DictionaryAttr options;
};

using Condition = bool (*)(const View &);

/// Operand `I` has one of the element types `Ts`.
template <unsigned I, T... Ts> bool in(const View &op) { return ((op.in(I) == Ts) || ...); }
/// Operand 0, operand 1 and the result.
template <T A, T B, T C> bool types(const View &op) { return op.in(0) == A && op.in(1) == B && op.out(0) == C; }
/// Operand 0 and the result.
template <T A> bool both(const View &op) { return op.in(0) == A && op.out(0) == A; }
/// Operand 0 or the result.
template <T... Ts> bool either(const View &op) { return ((op.in(0) == Ts || op.out(0) == Ts) || ...); }
template <int64_t N> bool rankAbove(const View &op) { return op.rank(0) > N; }
bool always(const View &) { return true; }
constexpr Condition float8At0 = in<0, T::FLOAT8_E4M3FN, T::FLOAT8_E5M2>;
constexpr Condition float8At1 = in<1, T::FLOAT8_E4M3FN, T::FLOAT8_E5M2>;
constexpr Condition half = in<0, T::FLOAT16>;
constexpr Condition int8 = in<0, T::INT8>;
constexpr Condition int16 = in<0, T::INT16>;
bool hybrid(const View &op) { return types<T::FLOAT32, T::INT8, T::FLOAT32>(op); }
bool hybridAsymmetric(const View &op) { return hybrid(op) && op.option("asymmetric_quantize_inputs"); }
bool recurrentHybrid(const View &op) { return op.in(1) == T::INT8 && op.out(0) == T::FLOAT32; }
bool lstm(const View &op, T activation) {
  return op.in(0) == activation && op.in(2) == T::INT8 && op.out(0) == activation;
}
bool biasTyped(const View &op) { return types<T::INT16, T::INT8, T::INT16>(op) && op.option("quantized_bias_type"); }

struct Row {
  StringLiteral builtins;
  int version;
  Condition holds;
};

const Row kRows[] = {
    // Operators with weights.
    {"CONV_2D", 8, biasTyped},
    {"CONV_2D", 6, [](const View &op) { return op.isGrouped(); }},
    {"CONV_2D", 4, types<T::INT16, T::INT16, T::INT16>},
    {"CONV_2D", 3, types<T::INT8, T::INT8, T::INT8>},
    {"CONV_2D", 7, types<T::INT8, T::INT4, T::INT8>},
    {"CONV_2D", 5, [](const View &op) { return hybrid(op) && op.isPerAxis(1); }},
    {"CONV_2D", 2, hybrid},
    {"DEPTHWISE_CONV_2D", 5, types<T::INT16, T::INT16, T::INT16>},
    {"DEPTHWISE_CONV_2D", 6, [](const View &op) { return hybrid(op) && op.isPerAxis(1); }},
    {"DEPTHWISE_CONV_2D", 4, hybrid},
    {"DEPTHWISE_CONV_2D", 3, types<T::INT8, T::INT8, T::INT8>},
    {"DEPTHWISE_CONV_2D", 7, types<T::INT8, T::INT4, T::INT8>},
    {"DEPTHWISE_CONV_2D", 2,
     [](const View &op) { return op.option("dilation_w_factor") > 1 || op.option("dilation_h_factor") > 1; }},
    {"FULLY_CONNECTED", 14, in<1, T::INT2>},
    // TFLite's writer gives blockwise weights no version of their own. Releases before the one that brought this
    // version load them and return garbage, or end the process; with it they refuse the file.
    {"FULLY_CONNECTED", 14, [](const View &op) { return op.isBlockwise(1); }},
    {"FULLY_CONNECTED", 13, types<T::INT16, T::INT4, T::INT16>},
    {"FULLY_CONNECTED", 12, [](const View &op) { return hybrid(op) && op.isPerAxis(1); }},
    {"FULLY_CONNECTED", 11, biasTyped},
    {"FULLY_CONNECTED", 8, [](const View &op) { return op.isSparse(1); }},
    {"FULLY_CONNECTED", 7, types<T::INT16, T::INT16, T::INT16>},
    {"FULLY_CONNECTED", 6, [](const View &op) { return op.operands() == 2; }},
    {"FULLY_CONNECTED", 5, [](const View &op) { return op.option("keep_num_dims") != 0; }},
    {"FULLY_CONNECTED", 4, types<T::INT8, T::INT8, T::INT8>},
    {"FULLY_CONNECTED", 10, types<T::INT8, T::INT4, T::INT8>},
    {"FULLY_CONNECTED", 9, hybridAsymmetric},
    {"FULLY_CONNECTED", 3, hybrid},
    {"FULLY_CONNECTED", 2, [](const View &op) { return op.option("weights_format") == 1; }},
    {"TRANSPOSE_CONV", 5,
     [](const View &op) {
       return op.in(2) == T::INT16 && op.in(1) == T::INT8 && op.out(0) == T::INT16 && op.option("quantized_bias_type");
     }},
    {"TRANSPOSE_CONV", 4, [](const View &op) { return op.option("fused_activation_function") != 0; }},
    {"TRANSPOSE_CONV", 3, [](const View &op) { return op.operands() == 4 && op.in(3).has_value(); }},
    {"TRANSPOSE_CONV", 2, in<1, T::INT8>},
    {"BATCH_MATMUL", 3, int16},
    {"BATCH_MATMUL", 2, int8},
    {"BATCH_MATMUL", 4, hybridAsymmetric},
    {"EMBEDDING_LOOKUP", 4, [](const View &op) { return op.in(1) == T::INT4 || op.isPerAxis(1); }},
    {"EMBEDDING_LOOKUP", 5, in<1, T::INT2>},

    // Recurrent layers.
    {"SVDF", 3, int8},
    {"SVDF", 4, hybridAsymmetric},
    {"SVDF", 2, hybrid},
    {"RNN UNIDIRECTIONAL_SEQUENCE_RNN BIDIRECTIONAL_SEQUENCE_RNN BIDIRECTIONAL_SEQUENCE_LSTM", 3,
     [](const View &op) { return recurrentHybrid(op) && op.option("asymmetric_quantize_inputs"); }},
    {"RNN UNIDIRECTIONAL_SEQUENCE_RNN BIDIRECTIONAL_SEQUENCE_RNN BIDIRECTIONAL_SEQUENCE_LSTM", 2, recurrentHybrid},
    {"LSTM", 5, [](const View &op) { return op.option("kernel_type") == 0 && lstm(op, T::INT16); }},
    {"LSTM", 4,
     [](const View &op) {
       return op.option("kernel_type") == 0 && lstm(op, T::FLOAT32) && op.option("asymmetric_quantize_inputs");
     }},
    {"LSTM", 3, [](const View &op) { return op.option("kernel_type") == 0 && lstm(op, T::FLOAT32); }},
    {"LSTM", 2, [](const View &op) { return op.option("kernel_type") == 1; }},
    {"UNIDIRECTIONAL_SEQUENCE_LSTM", 5, [](const View &op) { return lstm(op, T::INT16); }},
    {"UNIDIRECTIONAL_SEQUENCE_LSTM", 4, [](const View &op) { return op.option("diagonal_recurrent_tensors") != 0; }},
    {"UNIDIRECTIONAL_SEQUENCE_LSTM", 3,
     [](const View &op) { return lstm(op, T::FLOAT32) && op.option("asymmetric_quantize_inputs"); }},
    {"UNIDIRECTIONAL_SEQUENCE_LSTM", 2, [](const View &op) { return lstm(op, T::FLOAT32); }},

    // Arithmetic.
    {"ADD", 6, half},
    {"ADD", 5, [](const View &op) { return int16(op) && !op.isQuantized(0); }},
    {"ADD", 4, in<0, T::INT64>},
    {"ADD", 3, [](const View &op) { return both<T::INT16>(op) && !op.option("pot_scale_int16"); }},
    {"SUB", 5, [](const View &op) { return both<T::INT16>(op) && !op.option("pot_scale_int16"); }},
    {"SUB", 4, in<0, T::INT64>},
    {"MUL", 8, half},
    {"MUL", 7, [](const View &op) { return (int16(op) && !op.isQuantized(0)) || op.in(0) == T::UINT32; }},
    {"MUL", 6, in<0, T::COMPLEX64>},
    {"MUL", 5, in<0, T::INT64>},
    {"MUL", 4, int16},
    {"MUL", 3, [](const View &op) { return op.rescale() >= 1.0; }},
    {"MAXIMUM MINIMUM", 4, both<T::INT16>},
    {"SUB MAXIMUM MINIMUM", 3, [](const View &op) { return op.broadcastsAboveRank4(); }},
    {"DIV", 2, [](const View &op) { return op.broadcastsAboveRank4(); }},
    {"ADD SUB MUL MAXIMUM MINIMUM", 2, int8},
    {"FLOOR_DIV", 3, in<0, T::INT16, T::INT8>},
    {"FLOOR_DIV", 2, in<0, T::FLOAT32>},
    {"FLOOR_MOD", 2, in<0, T::INT16, T::INT8>},
    {"SIGN", 2, in<0, T::INT32>},
    {"SIN COS", 2, half},
    {"ABS", 5, in<0, T::INT32>},
    {"ABS", 3, [](const View &op) { return int16(op) && op.isQuantized(0); }},
    {"ABS", 4, int16},
    {"ABS", 2, in<0, T::INT8, T::UINT8>},
    {"RELU", 3, int16},
    {"RELU", 2, in<0, T::INT8, T::UINT8>},
    {"GELU", 3, half},
    {"GELU", 2, in<0, T::INT8, T::UINT8>},
    {"LEAKY_RELU", 2, int16},
    {"TANH LOGISTIC", 3, both<T::INT16>},
    {"TANH LOGISTIC", 2, int8},
    {"SOFTMAX", 4, half},
    {"SOFTMAX MEAN MIRROR_PAD REDUCE_MAX REDUCE_MIN RELU6 RSQRT", 3, int16},
    {"SOFTMAX MEAN MIRROR_PAD REDUCE_MAX REDUCE_MIN RELU6 RSQRT", 2, int8},
    {"L2_NORMALIZATION", 2, both<T::INT8>},
    {"EXP LOG REDUCE_PROD SQRT", 2, in<0, T::INT8, T::INT16>},
    {"SPACE_TO_DEPTH SUM LOG_SOFTMAX GREATER LESS_EQUAL SQUARED_DIFFERENCE DEPTH_TO_SPACE", 2, int8},
    {"EQUAL", 5, int16},
    {"NOT_EQUAL", 4, int16},
    {"EQUAL NOT_EQUAL", 3, in<0, T::STRING>},
    {"LESS GREATER_EQUAL", 3, int16},
    {"EQUAL NOT_EQUAL LESS GREATER_EQUAL", 2, int8},
    {"ARG_MAX ARG_MIN", 3, in<0, T::BOOL>},
    {"ARG_MAX ARG_MIN", 2, int8},
    {"TOPK_V2", 3,
     [](const View &op) { return op.in(0) == T::INT16 || op.in(1) == T::INT16 || op.out(1) == T::INT16; }},
    {"TOPK_V2", 2, int8},

    // Types.
    {"CAST", 9, either<T::FLOAT8_E4M3FN, T::FLOAT8_E5M2>},
    {"CAST", 8, either<T::INT2, T::UINT4>},
    {"CAST", 7, either<T::BFLOAT16>},
    {"CAST", 6, [](const View &op) { return op.in(0) == T::INT4 && op.out(0) == T::FLOAT32; }},
    {"CAST", 5, either<T::FLOAT64, T::FLOAT16>},
    {"CAST", 4, either<T::UINT16>},
    {"CAST", 3, either<T::INT8>},
    {"CAST", 2, either<T::UINT32>},
    {"DEQUANTIZE", 9, float8At0},
    {"DEQUANTIZE", 8, in<0, T::UINT4>},
    {"DEQUANTIZE", 7, in<0, T::INT2>},
    {"DEQUANTIZE", 6, in<0, T::INT4>},
    {"DEQUANTIZE", 3, in<0, T::INT16, T::FLOAT16>},
    {"DEQUANTIZE", 5, [](const View &op) { return int8(op) && op.isPerAxis(0); }},
    {"DEQUANTIZE", 2, int8},
    {"QUANTIZE", 5, either<T::UINT4>},
    {"QUANTIZE", 4, either<T::INT4>},
    {"QUANTIZE", 3, [](const View &op) { return op.isResultPerAxis(); }},
    {"QUANTIZE", 2, [](const View &op) { return op.out(0) == T::INT16; }},
    {"FAKE_QUANT", 2, [](const View &op) { return op.option("narrow_range") != 0; }},

    // Windows and shapes.
    {"MAX_POOL_2D AVERAGE_POOL_2D", 3, both<T::INT16>},
    {"MAX_POOL_2D AVERAGE_POOL_2D", 2, int8},
    {"RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR", 4, int16},
    {"RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR", 3, [](const View &op) { return op.option("half_pixel_centers") != 0; }},
    {"RESIZE_NEAREST_NEIGHBOR", 3, [](const View &op) { return op.option("align_corners") != 0; }},
    {"RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR", 2, int8},
    {"SPACE_TO_BATCH_ND BATCH_TO_SPACE_ND", 4, int16},
    {"SPACE_TO_BATCH_ND BATCH_TO_SPACE_ND", 3, [](const View &op) { return op.rank(0) != 4; }},
    {"SPACE_TO_BATCH_ND BATCH_TO_SPACE_ND", 2, int8},
    {"TRANSPOSE", 9, half},
    {"TRANSPOSE", 8, [](const View &op) { return op.rank(0) > 6 || op.in(0) == T::BFLOAT16; }},
    {"TRANSPOSE", 7, in<0, T::INT4>},
    {"TRANSPOSE", 6, rankAbove<5>},
    {"TRANSPOSE", 5, int16},
    {"TRANSPOSE", 4, rankAbove<4>},
    {"TRANSPOSE", 3, in<0, T::BOOL>},
    {"TRANSPOSE", 2, int8},
    {"SLICE", 8, half},
    {"SLICE", 7, in<0, T::INT4>},
    {"SLICE", 6, in<0, T::UINT32>},
    {"SLICE", 5, rankAbove<4>},
    {"SLICE", 4, int16},
    {"SLICE", 3, in<0, T::STRING>},
    {"SLICE", 2, int8},
    {"STRIDED_SLICE", 8, [](const View &op) { return op.option("offset") != 0; }},
    {"STRIDED_SLICE", 7, in<0, T::UINT32>},
    {"STRIDED_SLICE", 6,
     [](const View &op) { return op.option("ellipsis_mask") != 0 || op.option("new_axis_mask") != 0; }},
    {"STRIDED_SLICE", 5, in<0, T::STRING>},
    {"STRIDED_SLICE", 4, rankAbove<4>},
    {"STRIDED_SLICE", 3, in<0, T::BOOL>},
    {"STRIDED_SLICE", 2, int8},
    {"SPLIT", 5, float8At1},
    {"SPLIT", 4, in<1, T::INT16>},
    {"SPLIT", 3, in<1, T::INT32>},
    {"SPLIT", 2, in<1, T::INT8>},
    {"SPLIT_V", 3, float8At0},
    {"SPLIT_V", 2, int8},
    {"PACK", 5, float8At0},
    {"PACK", 4, in<0, T::UINT32>},
    {"PACK", 3, both<T::INT16>},
    {"PACK", 2, int8},
    {"UNPACK", 6, float8At0},
    {"UNPACK", 5, in<0, T::FLOAT16, T::BFLOAT16>},
    {"UNPACK", 4, both<T::INT16>},
    {"UNPACK", 3, in<0, T::BOOL>},
    {"UNPACK", 2, in<0, T::INT8, T::UINT8>},
    {"CONCATENATION", 7, float8At0},
    {"CONCATENATION", 6, half},
    {"CONCATENATION", 5, in<0, T::INT4>},
    {"CONCATENATION", 4, in<0, T::UINT32>},
    {"CONCATENATION", 3, int16},
    {"CONCATENATION", 2, int8},
    {"PAD PADV2", 6, float8At0},
    {"PAD PADV2", 5, in<0, T::BOOL>},
    {"PAD PADV2", 4, rankAbove<4>},
    {"PAD PADV2", 3, int16},
    {"PAD PADV2", 2, int8},
    {"GATHER", 8, float8At0},
    {"GATHER", 7, in<0, T::INT4>},
    {"GATHER", 6, in<1, T::INT16>},
    {"GATHER", 5, [](const View &op) { return op.option("batch_dims") != 0; }},
    {"GATHER", 4, int16},
    {"GATHER", 3, in<0, T::BOOL>},
    {"GATHER", 2, int8},
    {"GATHER_ND", 6, float8At0},
    {"GATHER_ND", 5, in<0, T::BOOL>},
    {"GATHER_ND", 4, in<1, T::INT16>},
    {"GATHER_ND", 3, int16},
    {"GATHER_ND", 2, in<0, T::STRING>},
    {"BROADCAST_TO", 4, float8At0},
    {"BROADCAST_TO", 3, in<0, T::INT8, T::INT16>},
    {"BROADCAST_TO", 2, always},
    {"DYNAMIC_UPDATE_SLICE", 6, in<0, T::BFLOAT16>},
    {"DYNAMIC_UPDATE_SLICE", 5, in<0, T::INT4>},
    {"DYNAMIC_UPDATE_SLICE", 4, int16},
    {"DYNAMIC_UPDATE_SLICE", 3, half},
    {"DYNAMIC_UPDATE_SLICE", 2, in<2, T::INT64>},
    {"REVERSE_V2", 4, float8At0},
    {"REVERSE_V2", 3, int8},
    {"REVERSE_V2", 2, in<0, T::BOOL>},
    {"TILE", 3, int8},
    {"TILE SQUEEZE", 2, in<0, T::STRING>},
    {"FILL", 5, float8At1},
    {"FILL", 4, in<1, T::FLOAT16>},
    {"FILL", 3, in<1, T::INT8, T::INT16>},
    {"FILL", 2, in<1, T::BOOL, T::STRING>},
    {"SELECT", 4, in<0, T::UINT32>},
    {"SELECT", 3, [](const View &op) { return op.rank(0) == 5 || op.rank(1) == 5 || op.rank(2) == 5; }},
    {"SELECT", 2, int8},
    {"SELECT_V2", 2, in<0, T::UINT32>},
    {"RANGE", 2, in<0, T::INT64>},
    {"SPARSE_TO_DENSE", 3, in<2, T::INT8, T::UINT8>},
    {"SPARSE_TO_DENSE", 2, in<2, T::INT64>},
    {"WHERE", 2, [](const View &op) { return op.in(0) != T::BOOL; }},
};

/// The rows of each operator, in their order.
llvm::StringMap<SmallVector<const Row *, 4>> makeIndex() {
  llvm::StringMap<SmallVector<const Row *, 4>> index;
  for (const Row &row : kRows)
    for (StringRef name : llvm::split(StringRef(row.builtins), ' '))
      index[name].push_back(&row);
  return index;
}

} // namespace

int getRequiredVersion(StringRef name, Operation *op) {
  static const llvm::StringMap<SmallVector<const Row *, 4>> index = makeIndex();
  auto found = index.find(name);
  // All conditions look at the first result, and nearly all at the first operand.
  if (found == index.end() || op->getNumOperands() == 0 || op->getNumResults() == 0)
    return 1;
  View view(op);
  for (const Row *row : found->second)
    if (row->holds(view))
      return row->version;
  return 1;
}

VersionsOfOperator getVersions(StringRef name, Operation *op) {
  auto getInteger = [&](StringRef attribute) {
    auto value = op->getAttrOfType<IntegerAttr>(attribute);
    return value ? int(value.getInt()) : 0;
  };
  int recorded = getInteger(nn::NNDialect::getVersionAttrName());
  int required = name == "CUSTOM" ? 1 : getRequiredVersion(name, op);
  // An operator that has not changed since it was read may keep what its file asks for.
  if (recorded > 0 && getInteger(kComputedVersion) == required)
    required = recorded;
  return {recorded, required};
}

} // namespace mlir::vernier::tflite

namespace mlir::vernier {

void raiseVersions(ModuleOp module) {
  module.walk([](Operation *op) { op->removeAttr(tflite::kComputedVersion); });
}

std::vector<NewerOperator> findNewerOperators(ModuleOp module, llvm::VersionTuple release) {
  std::vector<NewerOperator> newer;
  module.walk([&](Operation *op) {
    if (!isa_and_present<nn::NNDialect>(op->getDialect()))
      return;
    auto generic = dyn_cast<nn::GenericOp>(op);
    std::string name = generic ? generic.getBuiltin().str() : op->getName().stripDialect().upper();
    tflite::VersionsOfOperator versions = tflite::getVersions(name, op);
    int version = std::max({versions.recorded, versions.required, 1});
    llvm::VersionTuple needed = tflite::findRelease(name, version);
    if (needed > release)
      newer.push_back({op, name, version, needed});
  });
  return newer;
}

} // namespace mlir::vernier
