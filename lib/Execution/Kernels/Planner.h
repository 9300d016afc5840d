//===- Planner.h - From one operator to a kernel ----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A planner reads an operator's attributes, checks shapes and types, chooses the arithmetic of the numerics target,
// prepares multipliers, tables and packed weights, and returns a closure. After that nothing can go out of bounds.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_LIB_EXECUTION_KERNELS_PLANNER_H
#define VERNIER_LIB_EXECUTION_KERNELS_PLANNER_H

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Operation.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Execution/KernelCall.h"
#include "vernier/Numerics/Affine.h"
#include "vernier/Numerics/LookupTable.h"
#include "vernier/Numerics/NumericsTarget.h"
#include "vernier/Reference/TensorRef.h"
#include "vernier/Runtime/Shape.h"
#include "llvm/ADT/SmallBitVector.h"
#include <functional>
#include <numeric>
#include <optional>

namespace mlir::vernier {

/// No operator has this operand.
constexpr unsigned kNoOperand = ~0u;

/// What a kernel works on. An absent optional operand has null data.
struct KernelMemory {
  ArrayRef<TensorRef> operands, results;
  /// `PlannedKernel::scratchBytes`, aligned to 64.
  char *scratch;
  /// Null, or wants the values of internal tensors.
  function_ref<LogicalResult(unsigned index, ArrayRef<float> values)> watch = nullptr;

  template <typename T> const T *operand(unsigned index) const {
    return index < operands.size() ? operands[index].as<const T>() : nullptr;
  }
  template <typename T> T *result(unsigned index = 0) const { return results[index].as<T>(); }
};

struct PlannedKernel {
  std::function<LogicalResult(const KernelMemory &)> run;
  /// Appends the calls that `run` makes; null where a generated program cannot make them (Call.h).
  std::function<void(SmallVectorImpl<KernelCall> &)> describe;
  int64_t scratchBytes = 0;
  /// The only result holds the bytes of this operand; nothing runs.
  std::optional<unsigned> aliasOf;
  /// The results follow from shapes: computed once, while planning.
  bool isConstant = false;
};

/// What a planner lacks: it leaves word here and fails, and is asked again when it can have it.
struct PlanningNeeds {
  /// Results of unknown shape; the shape in the request is a guess, of the right rank where that is known.
  llvm::SmallBitVector unknownResults;
  /// The shape that one of them has.
  std::optional<std::pair<unsigned, SmallVector<int64_t>>> shape;
  /// An operand whose values decide what the kernel is.
  std::optional<unsigned> value;
};

/// One operator to plan.
struct KernelRequest {
  Operation *op;
  /// Concrete shapes. Data is null except for constants, and for values that the planner asked for.
  ArrayRef<TensorRef> operands, results;
  numerics::NumericsTarget target;
  /// Where to leave word; errors stay silent then. Null: all is known that can be.
  PlanningNeeds *needs = nullptr;

  bool isLiteRT() const { return target == numerics::NumericsTarget::LiteRT; }
  /// Whether operand `index` is there.
  bool has(unsigned index) const { return index < operands.size() && operands[index]; }
  /// Whether somebody has said what shape result `index` has; a planner that has not checks it against the operands.
  bool knowsShape(unsigned index = 0) const { return !needs || !needs->unknownResults.test(index); }
  /// A diagnostic that begins with the operator's and its tensor's name.
  InFlightDiagnostic error() const;
  /// "cannot be executed yet: ..."
  InFlightDiagnostic unsupported() const;
};

using KernelPlanner = FailureOr<PlannedKernel> (*)(const KernelRequest &request);

/// A row of the table of kernels.
struct KernelRow {
  StringRef name;
  KernelPlanner plan;
};

/// A row from a planner that wants the operator's class.
template <typename Op, FailureOr<PlannedKernel> (*plan)(Op, const KernelRequest &)> KernelRow row() {
  return {Op::getOperationName(), [](const KernelRequest &request) { return plan(cast<Op>(request.op), request); }};
}

/// The tables, one for each file of this folder.
ArrayRef<KernelRow> convolutionKernels();
ArrayRef<KernelRow> fullyConnectedKernels();
ArrayRef<KernelRow> poolKernels();
ArrayRef<KernelRow> binaryKernels();
ArrayRef<KernelRow> unaryKernels();
ArrayRef<KernelRow> conversionKernels();
ArrayRef<KernelRow> movementKernels();
ArrayRef<KernelRow> spatialKernels();
ArrayRef<KernelRow> partKernels();
ArrayRef<KernelRow> reductionKernels();
ArrayRef<KernelRow> rowKernels();
ArrayRef<KernelRow> matMulKernels();
ArrayRef<KernelRow> recurrentKernels();
ArrayRef<KernelRow> lstmKernels();
ArrayRef<KernelRow> logicKernels();
ArrayRef<KernelRow> indexingKernels();
ArrayRef<KernelRow> segmentKernels();
ArrayRef<KernelRow> volumeKernels();

/// The planner of operators called `name`, or null.
KernelPlanner findKernelPlanner(StringRef name);

/// A kernel from a function that cannot fail.
template <typename Function> PlannedKernel makeKernel(Function function, int64_t scratchBytes = 0) {
  PlannedKernel kernel;
  kernel.run = [function](const KernelMemory &memory) {
    function(memory);
    return success();
  };
  kernel.scratchBytes = scratchBytes;
  return kernel;
}

/// What an element is in memory.
enum class ElementClass { Float32, Float16, Int2, Int4, Int8, UInt8, Int16, Int32, Int64, Bool, Other };

ElementClass classify(Type elementType);
inline ElementClass classify(const TensorRef &tensor) { return classify(tensor.elementType); }
inline bool isQuantized(const TensorRef &tensor) { return isa<quant::QuantizedType>(tensor.elementType); }
inline bool isFloat(const TensorRef &tensor) { return tensor.elementType.isF32(); }

/// Bytes of an element that takes whole bytes; 0 for others.
unsigned elementBytes(Type elementType);

/// Scale and zero point of a per-tensor quantized type whose elements are of `storage`.
std::optional<numerics::AffineParams> affine(const TensorRef &tensor, ElementClass storage);

/// Limits of the integers of `storage`: Int8, UInt8 or Int16.
inline int32_t lowest(ElementClass storage) {
  return storage == ElementClass::UInt8 ? 0 : storage == ElementClass::Int8 ? -128 : -32768;
}
inline int32_t highest(ElementClass storage) {
  return storage == ElementClass::UInt8 ? 255 : storage == ElementClass::Int8 ? 127 : 32767;
}

/// The activation as kernels know it; nothing with a diagnostic for those that no kernel fuses.
FailureOr<numerics::FusedActivation> fusedActivation(const KernelRequest &request, nn::Activation activation);

/// The clamp that `activation` leaves on `output`. XNNPACK rounds its bounds half to even.
numerics::QuantizedRange activationRange(numerics::FusedActivation activation, const numerics::AffineParams &output,
                                         ElementClass storage, bool xnnpack);

/// `shape` for the kernels; fails with a diagnostic beyond their rank.
FailureOr<runtime::Shape> toShape(const KernelRequest &request, ArrayRef<int64_t> shape);

/// Says that result `index` has this shape; fails where it is known to have another.
LogicalResult expectResultShape(const KernelRequest &request, ArrayRef<int64_t> shape, unsigned index = 0);
/// Fails unless all of `tensors` have elements of one type, parameters included.
LogicalResult expectSameType(const KernelRequest &request, ArrayRef<TensorRef> tensors);
/// Fails unless `tensor` has this rank.
LogicalResult expectRank(const KernelRequest &request, const TensorRef &tensor, int64_t rank, StringRef what);

/// Says that a planner reads the values of operand `index`, here called `what`; fails while they are not known.
LogicalResult expectValues(const KernelRequest &request, unsigned index, StringRef what);
/// The integers of operand `index`, of 32 or 64 bits; fails with a diagnostic when a value does not fit int32_t.
FailureOr<SmallVector<int32_t>> constantIntegers(const KernelRequest &request, unsigned index, StringRef what);

/// `axis` counted from the front; fails with a diagnostic unless -rank <= axis < rank.
FailureOr<int64_t> normalizeAxis(const KernelRequest &request, int64_t axis, int64_t rank);
/// The one axis in operand `index`, for a tensor of this rank, counted from the front.
FailureOr<int64_t> readAxis(const KernelRequest &request, unsigned index, int64_t rank);

/// The number of elements of a shape.
inline int64_t product(ArrayRef<int64_t> sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), int64_t(1), std::multiplies<int64_t>());
}

/// "1x2x3"; "scalar" for rank 0.
std::string formatDims(ArrayRef<int64_t> shape);

/// Calls `function` with a value of the unsigned type of `bytes` bytes: 1, 2, 4 or 8.
template <typename Function> PlannedKernel forElementSize(unsigned bytes, Function function) {
  switch (bytes) {
  case 1:
    return function(uint8_t());
  case 2:
    return function(uint16_t());
  case 4:
    return function(uint32_t());
  default:
    return function(uint64_t());
  }
}

} // namespace mlir::vernier

#endif // VERNIER_LIB_EXECUTION_KERNELS_PLANNER_H
