//===- KernelTables.cpp - Which kernels runtimes have -----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Facts of the runtimes, as data. Versions of LiteRT's builtins: its table of registrations. Element types that LiteRT
// lacks: measured on LiteRT 2.3.0 with single operators (test/E2E/check_kernels.py measures them again). Operators and
// types of TFLite Micro: the cases of its kernels.

#include "KernelTables.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

namespace mlir::vernier::check {
namespace {

struct Registration {
  int first, last;
  StringLiteral builtins;
};

constexpr Registration kLiteRT[] = {
    {1, 1,
     "ADD_N ASSIGN_VARIABLE ATAN2 BITCAST BITWISE_XOR BROADCAST_ARGS BUCKETIZE CALL_ONCE CEIL COMPLEX_ABS "
     "CONV_3D CONV_3D_TRANSPOSE CUMSUM DENSIFY DILATE ELU EMBEDDING_LOOKUP_SPARSE EXPAND_DIMS FLOOR "
     "HARD_SWISH HASHTABLE HASHTABLE_FIND HASHTABLE_IMPORT HASHTABLE_LOOKUP HASHTABLE_SIZE IF IMAG "
     "L2_POOL_2D LOCAL_RESPONSE_NORMALIZATION LOGICAL_AND LOGICAL_NOT LOGICAL_OR LSH_PROJECTION "
     "MATRIX_DIAG MATRIX_SET_DIAG MULTINOMIAL NEG NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5 ONE_HOT "
     "POW PRELU RANDOM_STANDARD_NORMAL RANDOM_UNIFORM RANK READ_VARIABLE REAL REDUCE_ALL REDUCE_ANY "
     "REDUCE_WINDOW RELU_0_TO_1 RELU_N1_TO_1 RESHAPE REVERSE_SEQUENCE RFFT2D RIGHT_SHIFT ROUND SCATTER_ND "
     "SEGMENT_SUM SHAPE SKIP_GRAM SQUARE STABLEHLO_ADD STABLEHLO_AND STABLEHLO_CASE STABLEHLO_COMPOSITE "
     "STABLEHLO_GATHER STABLEHLO_MAXIMUM STABLEHLO_MINIMUM STABLEHLO_MULTIPLY STABLEHLO_PAD "
     "STABLEHLO_REDUCE_WINDOW STABLEHLO_RNG_BIT_GENERATOR STABLEHLO_SCATTER STABLEHLO_SHIFT_LEFT UNIQUE "
     "UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_MIN UNSORTED_SEGMENT_PROD UNSORTED_SEGMENT_SUM VAR_HANDLE "
     "WHILE ZEROS_LIKE"},
    {1, 2,
     "COS DEPTH_TO_SPACE DIV EXP FAKE_QUANT FLOOR_MOD GREATER L2_NORMALIZATION LEAKY_RELU LESS_EQUAL LOG "
     "LOG_SOFTMAX RANGE REDUCE_PROD SELECT_V2 SIGN SIN SPACE_TO_DEPTH SQRT SQUARED_DIFFERENCE SQUEEZE SUM "
     "WHERE"},
    {1, 3,
     "ARG_MAX ARG_MIN AVERAGE_POOL_2D BIDIRECTIONAL_SEQUENCE_LSTM BIDIRECTIONAL_SEQUENCE_RNN FLOOR_DIV "
     "GELU GREATER_EQUAL LESS LOGISTIC MAX_POOL_2D MEAN MIRROR_PAD REDUCE_MAX REDUCE_MIN RELU RELU6 RNN "
     "RSQRT SPARSE_TO_DENSE SPLIT_V TANH TILE TOPK_V2 UNIDIRECTIONAL_SEQUENCE_RNN"},
    {1, 4,
     "BATCH_MATMUL BATCH_TO_SPACE_ND LSTM MAXIMUM MINIMUM NOT_EQUAL RESIZE_BILINEAR "
     "RESIZE_NEAREST_NEIGHBOR REVERSE_V2 SELECT SOFTMAX SPACE_TO_BATCH_ND SVDF "
     "UNIDIRECTIONAL_SEQUENCE_LSTM"},
    {1, 5, "ABS EMBEDDING_LOOKUP EQUAL FILL PACK SPLIT SUB TRANSPOSE_CONV"},
    {1, 6, "ADD DYNAMIC_UPDATE_SLICE GATHER_ND PAD PADV2 QUANTIZE UNPACK"},
    {1, 7, "CONCATENATION DEPTHWISE_CONV_2D"},
    {1, 8, "CONV_2D GATHER MUL SLICE STRIDED_SLICE"},
    {1, 9, "CAST DEQUANTIZE TRANSPOSE"},
    {1, 14, "FULLY_CONNECTED"},
    {2, 4, "BROADCAST_TO"},
};

struct Types {
  StringLiteral builtins;
  /// The operand whose type decides.
  unsigned operand;
  StringLiteral types;
};

/// What LiteRT registers, and refuses or fails to run.
constexpr Types kLiteRTLacks[] = {
    {"CEIL COS LOCAL_RESPONSE_NORMALIZATION ROUND SIN SQUARE", 0, "INT8 UINT8 INT16 INT32 INT64"},
    {"ATAN2 FLOOR POW SIGN", 0, "INT8 UINT8 INT16 INT64"},
    {"ATAN2 FLOOR", 0, "INT32"},
    {"ADD_N", 0, "INT8 UINT8 INT16 INT64"},
    {"ABS", 0, "UINT8 INT64"},
    {"ARG_MAX ARG_MIN", 0, "INT16 INT64"},
    {"BITWISE_XOR RIGHT_SHIFT", 0, "FLOAT32 INT64"},
    {"DEPTH_TO_SPACE SPACE_TO_DEPTH", 0, "INT16 BOOL"},
    {"DIV", 0, "INT64"},
    {"ELU", 0, "UINT8 INT16 INT32 INT64"},
    {"EXP LOG RSQRT SQRT", 0, "UINT8 INT32 INT64"},
    {"FLOOR_DIV", 0, "UINT8 INT64"},
    {"FLOOR_MOD", 0, "UINT8"},
    {"GELU", 0, "INT32 INT64"},
    {"HARD_SWISH L2_NORMALIZATION LOG_SOFTMAX RELU_0_TO_1 RELU_N1_TO_1", 0, "INT16 INT32 INT64"},
    {"L2_POOL_2D", 0, "INT8 UINT8 INT16"},
    {"LEAKY_RELU LOGISTIC PRELU RELU RELU6 SOFTMAX TANH", 0, "INT32 INT64"},
    {"NEG", 0, "UINT8"},
    {"ONE_HOT", 2, "INT16"},
    {"PACK", 0, "BOOL"},
    {"REDUCE_PROD", 0, "UINT8"},
    {"REVERSE_SEQUENCE", 0, "INT8 BOOL"},
    {"SCATTER_ND", 1, "INT16"},
    {"SEGMENT_SUM", 0, "INT64"},
    {"SPLIT", 1, "BOOL"},
    {"SPLIT_V", 0, "BOOL"},
    {"SQUARED_DIFFERENCE", 0, "UINT8 INT16 INT64"},
    {"UNPACK", 0, "INT64"},
    {"UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_MIN UNSORTED_SEGMENT_PROD UNSORTED_SEGMENT_SUM", 0, "INT64"},
    {"ZEROS_LIKE", 0, "INT8 UINT8 INT16"},
};

constexpr StringLiteral kAny = "*";

/// What TFLite Micro has; `*` where the kernel copies bytes or takes what the others do not need.
constexpr Types kTFLMHas[] = {
    {"ADD SUB MUL", 0, "FLOAT32 INT8 INT16 INT32"},
    {"ABS RSQRT RELU RELU6 PRELU LEAKY_RELU SOFTMAX LOGISTIC TANH AVERAGE_POOL_2D MAX_POOL_2D BATCH_MATMUL TRANSPOSE "
     "EXPAND_DIMS",
     0, "FLOAT32 INT8 INT16"},
    {"COS LOG SIN SQRT SQUARE FLOOR CEIL ROUND NEG FLOOR_DIV FLOOR_MOD L2_POOL_2D", 0, "FLOAT32"},
    {"HARD_SWISH ELU LOG_SOFTMAX SPACE_TO_BATCH_ND BATCH_TO_SPACE_ND SPACE_TO_DEPTH DEPTH_TO_SPACE ARG_MAX ARG_MIN "
     "CUMSUM",
     0, "FLOAT32 INT8"},
    {"CONCATENATION", 0, "FLOAT32 INT8 INT16 INT32 INT64 BOOL"},
    {"PAD PADV2 UNPACK SPLIT_V DYNAMIC_UPDATE_SLICE", 0, "FLOAT32 INT8 INT16 INT32"},
    {"SPLIT", 1, "FLOAT32 INT8 INT16 INT32"},
    {"SLICE STRIDED_SLICE", 0, "FLOAT32 INT8 INT16 INT32 BOOL"},
    {"PACK MAXIMUM MINIMUM", 0, "FLOAT32 INT8 INT16 INT32 INT64"},
    {"GATHER GATHER_ND", 0, "FLOAT32 INT8 INT32"},
    {"EQUAL NOT_EQUAL", 0, "FLOAT32 INT8 INT16 INT32 INT64 BOOL"},
    {"LESS LESS_EQUAL GREATER GREATER_EQUAL", 0, "FLOAT32 INT8 INT16 INT32 INT64"},
    {"DEQUANTIZE", 0, "INT8 INT16 UINT8"},
    {"MIRROR_PAD", 0, "FLOAT32 INT8 INT32 INT64"},
    {"FILL", 1, "FLOAT32 INT8 INT16 INT32 INT64"},
    {"SELECT_V2", 1, "FLOAT32 INT8 INT16"},
    {"CONV_2D DEPTHWISE_CONV_2D FULLY_CONNECTED SVDF UNIDIRECTIONAL_SEQUENCE_LSTM", 0, "FLOAT32 INT8 INT16"},
    {"TRANSPOSE_CONV", 2, "FLOAT32 INT8 INT16"},
    {"ADD_N ASSIGN_VARIABLE BROADCAST_ARGS BROADCAST_TO CALL_ONCE CAST DIV EMBEDDING_LOOKUP EXP IF L2_NORMALIZATION "
     "LOGICAL_AND "
     "LOGICAL_NOT LOGICAL_OR MEAN QUANTIZE READ_VARIABLE REDUCE_ALL REDUCE_MAX REDUCE_MIN RESHAPE RESIZE_BILINEAR "
     "RESIZE_NEAREST_NEIGHBOR REVERSE_V2 SHAPE SQUARED_DIFFERENCE SQUEEZE SUM VAR_HANDLE WHILE ZEROS_LIKE",
     0, kAny},
};

constexpr StringLiteral kLiteRTCustom =
    "NumericVerify Mfcc AudioSpectrogram TFLite_Detection_PostProcess aeq.hadamard_rotation";
constexpr StringLiteral kTFLMCustom =
    "TFLite_Detection_PostProcess CIRCULAR_BUFFER ethos-u SignalDelay SignalEnergy SignalFftAutoScale SignalFilterBank "
    "SignalFilterBankLog SignalFilterBankSpectralSubtraction SignalFilterBankSquareRoot SignalFramer SignalIrfft "
    "SignalOverlapAdd "
    "SignalPCAN SignalRfft SignalStacker SignalWindow TFLM_DECODE";

/// The Edge TPU's operators: coral.ai/docs/edgetpu/models-intro.
constexpr StringLiteral kEdgeTPU = "ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D EXPAND_DIMS "
                                   "FULLY_CONNECTED L2_NORMALIZATION LOGISTIC LSTM MAXIMUM "
                                   "MAX_POOL_2D MEAN MINIMUM MUL PACK PAD PRELU QUANTIZE REDUCE_MAX REDUCE_MIN RELU "
                                   "RELU6 RELU_N1_TO_1 RESHAPE RESIZE_BILINEAR "
                                   "RESIZE_NEAREST_NEIGHBOR RSQRT SLICE SOFTMAX SPACE_TO_DEPTH SPLIT SQUEEZE "
                                   "STRIDED_SLICE SUB SUM SQUARED_DIFFERENCE TANH TRANSPOSE "
                                   "TRANSPOSE_CONV UNIDIRECTIONAL_SEQUENCE_LSTM";

bool lists(StringRef names, StringRef name) { return llvm::is_contained(llvm::split(names, ' '), name); }

} // namespace

std::optional<std::pair<int, int>> findVersions(StringRef builtin) {
  static const llvm::StringMap<std::pair<int, int>> versions = [] {
    llvm::StringMap<std::pair<int, int>> map;
    for (const Registration &row : kLiteRT)
      for (StringRef name : llvm::split(row.builtins, ' '))
        map[name] = {row.first, row.last};
    return map;
  }();
  auto found = versions.find(builtin);
  if (found == versions.end())
    return std::nullopt;
  return found->second;
}

std::optional<std::string> findMissingKernel(Runtime runtime, const OperatorView &op) {
  auto typeOf = [&](unsigned operand) {
    const TensorView *tensor = op.operand(operand);
    return tensor ? nameOf(tensor->type) : StringRef();
  };
  if (runtime != Runtime::TFLM) {
    if (!findVersions(op.name))
      return "has no kernel of it";
    for (const Types &row : kLiteRTLacks)
      if (lists(row.builtins, op.name) && lists(row.types, typeOf(row.operand)))
        return ("has no kernel of it for " + typeOf(row.operand)).str();
    return std::nullopt;
  }
  for (const Types &row : kTFLMHas)
    if (lists(row.builtins, op.name)) {
      StringRef type = typeOf(row.operand);
      if (row.types == kAny || type.empty() || lists(row.types, type))
        return std::nullopt;
      return ("has no kernel of it for " + type).str();
    }
  return "has no kernel of it";
}

bool knowsCustom(Runtime runtime, StringRef name) {
  return lists(runtime == Runtime::TFLM ? kTFLMCustom : kLiteRTCustom, name);
}

bool isForEdgeTPU(StringRef builtin) { return lists(kEdgeTPU, builtin); }

} // namespace mlir::vernier::check
