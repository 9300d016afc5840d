//===- View.h - A .tflite file as the rules see it --------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tables of a file whose structure is sound and whose numbers may be anything. Indices that lead nowhere are null
// pointers here, so that no rule needs to look.

#ifndef VERNIER_LIB_CHECK_VIEW_H
#define VERNIER_LIB_CHECK_VIEW_H

#include "Reader/Place.h"
#include "mlir/IR/Operation.h"
#include "vernier/Target/TFLite/FlatBufferModel.h"
#include "llvm/ADT/SmallVector.h"
#include <deque>
#include <optional>

namespace mlir::vernier::check {

namespace schema = tflite::schema;
using Builtin = schema::BuiltinOperator;
using Element = schema::TensorType;

struct GraphView;
struct OperatorView;

struct TensorView {
  const GraphView *graph = nullptr;
  int32_t index = 0;
  const schema::Tensor *table = nullptr;
  Element type = Element::FLOAT32;
  ArrayRef<int32_t> shape;
  ArrayRef<float> scales;
  std::vector<int64_t> zeroPoints;
  int32_t axis = 0;
  /// Bytes of a constant; empty otherwise, and where the buffer does not exist.
  ArrayRef<char> data;
  /// The operator that computes it first.
  const OperatorView *producer = nullptr;
  SmallVector<const OperatorView *, 2> readers;
  bool isInput = false;
  /// Type, shape, data and quantization details are what the format allows.
  bool isSound = false;

  StringRef name() const { return tflite::toStringRef(table->name()); }
  bool isConstant() const { return !data.empty(); }
  bool isQuantized() const { return !scales.empty() && !hasDetails(); }
  /// Blockwise and other records, beside which scales mean nothing.
  bool hasDetails() const { return table->quantization() && table->quantization()->details(); }
  bool isPerAxis() const { return scales.size() > 1; }
  /// Scale `i`, or the only one.
  double scale(size_t i = 0) const { return scales[scales.size() == 1 ? 0 : i]; }
  /// Zero point `i`, or the only one; 0 where the file has none.
  int64_t zeroPoint(size_t i = 0) const {
    return zeroPoints.empty() ? 0 : zeroPoints[zeroPoints.size() == 1 || i >= zeroPoints.size() ? 0 : i];
  }
  /// The product of the dimensions; only for sound tensors.
  uint64_t numElements() const;
  /// Every dimension is known and positive when the file is written.
  bool hasStaticShape() const;
};

struct OperatorView {
  const GraphView *graph;
  uint32_t index;
  const schema::Operator *table;
  /// Null where the index leads nowhere.
  const schema::OperatorCode *code = nullptr;
  int32_t number = -1;
  /// "CONV_2D"; empty for numbers that the schema has no name for.
  StringRef name;
  int32_t version = 0;
  /// Null where absent, and where the index leads nowhere.
  SmallVector<const TensorView *, 4> operands, results, inner;
  /// Everything that it refers to exists and is sound.
  bool isSound = false;
  /// The operator as one of `nn` on operands of the same types; null where it is not sound.
  Operation *nn = nullptr;
  /// What is wrong with `nn`; empty if it verifies.
  std::string problem;
  /// It verifies with the results' dimensions unknown only.
  bool contradictsShapes = false;

  bool is(Builtin builtin) const { return number == static_cast<int32_t>(builtin); }
  template <typename... Ts> bool isAny(Ts... builtins) const { return (is(builtins) || ...); }
  const TensorView *operand(unsigned i) const { return i < operands.size() ? operands[i] : nullptr; }
  const TensorView *result(unsigned i) const { return i < results.size() ? results[i] : nullptr; }
  /// The options if they are a table of type `T`, else null.
  template <typename T> const T *options() const { return table->builtin_options_as<T>(); }
  /// "CONV_2D", or the name of a custom operator.
  StringRef fullName() const;
};

struct GraphView {
  uint32_t index;
  const schema::SubGraph *table;
  std::deque<TensorView> tensors;
  std::deque<OperatorView> operators;

  const TensorView *tensor(int64_t i) const { return i >= 0 && i < int64_t(tensors.size()) ? &tensors[i] : nullptr; }
};

struct ModelView {
  explicit ModelView(std::shared_ptr<const tflite::FlatBufferModel> file);

  std::shared_ptr<const tflite::FlatBufferModel> file;
  std::deque<GraphView> graphs;

  const schema::Model &root() const { return file->root(); }
  uint64_t fileSize = 0;
  tflite::Place place() const { return {file->name(), root()}; }
  /// The bytes of a buffer; empty where there is no such buffer.
  ArrayRef<char> buffer(uint64_t index) const;
};

/// The width of integers that may carry scales: 2, 4, 8, 16, 32 or 64; 0 for all other types.
unsigned integerBits(Element type);
bool isUnsigned(Element type);
bool isFloat(Element type);
StringRef nameOf(Element type);
/// Element `i` of an integer constant of 8 to 64 bits.
int64_t integerAt(const TensorView &tensor, uint64_t i);

} // namespace mlir::vernier::check

#endif // VERNIER_LIB_CHECK_VIEW_H
