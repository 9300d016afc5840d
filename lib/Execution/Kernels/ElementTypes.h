//===- ElementTypes.h - From an element class to a C++ type ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_EXECUTION_KERNELS_ELEMENTTYPES_H
#define VERNIER_LIB_EXECUTION_KERNELS_ELEMENTTYPES_H

#include "Call.h"

namespace mlir::vernier {

/// The class of tensors whose elements are stored as `T`; uint8_t is that of quantized and plain tensors.
template <typename T> constexpr ElementClass classOf() {
  if constexpr (std::is_same_v<T, float>)
    return ElementClass::Float32;
  else if constexpr (std::is_same_v<T, bool>)
    return ElementClass::Bool;
  else if constexpr (std::is_same_v<T, uint8_t>)
    return ElementClass::UInt8;
  else if constexpr (std::is_same_v<T, int8_t>)
    return ElementClass::Int8;
  else if constexpr (std::is_same_v<T, int16_t>)
    return ElementClass::Int16;
  else if constexpr (std::is_same_v<T, int32_t>)
    return ElementClass::Int32;
  else
    return ElementClass::Int64;
}

/// Says which element types of operands and results no kernel takes.
InFlightDiagnostic unsupportedTypes(const KernelRequest &request);

/// Calls `function` with a value of the C++ type of `tensor`'s elements, one of `Types`; fails with a diagnostic for
/// others.
template <typename... Types, typename Function>
FailureOr<PlannedKernel> forTypes(const KernelRequest &request, const TensorRef &tensor, Function function) {
  FailureOr<PlannedKernel> kernel = failure();
  const ElementClass element = classify(tensor);
  if (!(... || (element == classOf<Types>() && (kernel = function(Types()), true))))
    return unsupportedTypes(request);
  return kernel;
}

/// A call that returns false for an index out of range.
template <typename Function, typename... Arguments>
PlannedKernel makeChecked(const KernelRequest &request, KernelFunction<Function> function, Arguments... arguments) {
  const auto report = [](InFlightDiagnostic error, const KernelMemory &m) -> LogicalResult {
    return error << "expected indices within an input of shape " << formatDims(m.operands[0].shape);
  };
  return makeFallibleCall(request, report, function, arguments...);
}

} // namespace mlir::vernier

#endif // VERNIER_LIB_EXECUTION_KERNELS_ELEMENTTYPES_H
