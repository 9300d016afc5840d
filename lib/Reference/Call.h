//===- Call.h - One evaluation of one operator ------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What every operator function gets, and the small steps that they share: classification of types, checks of shapes,
// iteration over indices, fused activations.

#ifndef VERNIER_LIB_REFERENCE_CALL_H
#define VERNIER_LIB_REFERENCE_CALL_H

#include "Elements.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Numerics/Affine.h"
#include "vernier/Numerics/NumericsTarget.h"

namespace mlir::vernier::reference {

using numerics::NumericsTarget;
using Shape = SmallVector<int64_t>;

/// An operator with its tensors. Every tensor is sound: known storage, sizes within int32, an element count that
/// does not overflow.
struct Call {
  Operation *op;
  ArrayRef<TensorRef> operands;
  ArrayRef<TensorRef> results;
  NumericsTarget target;

  /// The operand at `index`, empty where a trailing optional one was left out.
  TensorRef operand(unsigned index) const { return index < operands.size() ? operands[index] : TensorRef(); }
  /// Results in the way of the kernels that LiteRT's default interpreter runs, rather than of its reference kernels.
  bool isDefaultLiteRT() const { return target == NumericsTarget::LiteRT; }
  InFlightDiagnostic error() const { return op->emitOpError(); }
  /// Says that the combination of types has no form here.
  LogicalResult noForm() const;
};

/// Parameters of a per-tensor quantized type, and the range of its storage.
struct Affine {
  float scale;
  int32_t zeroPoint;
  int32_t min, max;
};

bool isFloat(const TensorRef &tensor);
/// Integers that stand for themselves; booleans too.
bool isInteger(const TensorRef &tensor);
bool isBoolean(const TensorRef &tensor);
/// Per-tensor quantized in 8 bits.
std::optional<Affine> affine8(const TensorRef &tensor);
/// Per-tensor quantized in 16 bits, which have no zero point.
std::optional<Affine> affine16(const TensorRef &tensor);
/// Per-tensor quantized in any width.
std::optional<Affine> affine(const TensorRef &tensor);
inline bool sameStorage(const TensorRef &a, const TensorRef &b) {
  return Storage::of(a.elementType) == Storage::of(b.elementType);
}

/// "2x3x4", or "scalar".
std::string describe(ArrayRef<int64_t> shape);
/// An error unless `tensor` has `shape`; `what` names the tensor.
LogicalResult expectShape(const Call &call, const TensorRef &tensor, ArrayRef<int64_t> shape,
                          StringRef what = "a result");
LogicalResult expectRank(const Call &call, const TensorRef &tensor, size_t rank, StringRef what);
/// The integers of an operand that lists axes, sizes or indices; an error for other types.
FailureOr<SmallVector<int64_t>> readIndices(const Call &call, const TensorRef &tensor, StringRef what);
/// `axis` counted from the front; an error outside [-rank, rank).
FailureOr<int64_t> normalizeAxis(const Call &call, int64_t axis, int64_t rank);
/// The one axis of `input` that `operand` holds, counted from the front.
FailureOr<int64_t> readAxis(const Call &call, const TensorRef &operand, const TensorRef &input);

int64_t count(ArrayRef<int64_t> shape);
/// Integers that stand for themselves wrap.
inline int64_t wrapAdd(int64_t a, int64_t b) { return int64_t(uint64_t(a) + uint64_t(b)); }
/// The row-major position of `index` in `shape`.
int64_t position(ArrayRef<int64_t> shape, ArrayRef<int64_t> index);
/// Calls `visit(index)` for every index of `shape` in row-major order.
template <typename Visit> void forEachIndex(ArrayRef<int64_t> shape, Visit visit) {
  Shape index(shape.size(), 0);
  for (int64_t i = 0, e = count(shape); i < e; ++i) {
    visit(ArrayRef<int64_t>(index));
    for (size_t d = shape.size(); d-- && ++index[d] == shape[d];)
      index[d] = 0;
  }
}

/// NumPy's rule; nothing where sizes differ and neither is 1.
std::optional<Shape> broadcastShapes(ArrayRef<int64_t> a, ArrayRef<int64_t> b);
/// The position in `shape` that broadcasts to `index` of a shape of the same or a higher rank.
int64_t broadcastPosition(ArrayRef<int64_t> shape, ArrayRef<int64_t> index);

/// The clamp that a fused activation stands for; an error for those that are none.
FailureOr<numerics::FusedActivation> clampingActivation(const Call &call, nn::Activation activation);
/// Its range on quantized results; `ties` as the kernel rounds the borders: to even in XNNPACK, else away.
numerics::QuantizedRange activationRange(numerics::FusedActivation activation, const Affine &output,
                                         numerics::Ties ties);
/// `value` within the clamp of `activation`.
double applyActivation(numerics::FusedActivation activation, double value);

} // namespace mlir::vernier::reference

#endif // VERNIER_LIB_REFERENCE_CALL_H
