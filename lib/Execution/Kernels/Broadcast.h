//===- Broadcast.h - Operands that broadcast to a result ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_EXECUTION_KERNELS_BROADCAST_H
#define VERNIER_LIB_EXECUTION_KERNELS_BROADCAST_H

#include "Call.h"
#include "ElementTypes.h"
#include "vernier/Runtime/Elementwise.h"

namespace mlir::vernier {

/// How the first `N` operands are read to fill the result; fails with a diagnostic unless they broadcast to its shape.
template <int N> FailureOr<runtime::Traversal<N>> planBroadcast(const KernelRequest &request) {
  runtime::Shape shapes[N];
  size_t rank = 0;
  for (int n = 0; n < N; ++n) {
    FailureOr<runtime::Shape> shape = toShape(request, request.operands[n].shape);
    if (failed(shape))
      return failure();
    shapes[n] = *shape;
    rank = std::max(rank, request.operands[n].shape.size());
  }
  runtime::Traversal<N> plan;
  if (!runtime::makeBroadcast(shapes, plan)) {
    InFlightDiagnostic diagnostic = request.error() << "expected operands that broadcast, got shapes ";
    llvm::interleave(
        request.operands.take_front(N), diagnostic,
        [&](const TensorRef &operand) { diagnostic << formatDims(operand.shape); }, " and ");
    return diagnostic;
  }
  SmallVector<int64_t> result(rank, 1);
  for (const TensorRef &operand : request.operands.take_front(N))
    for (size_t i = 0, missing = rank - operand.shape.size(); i < operand.shape.size(); ++i)
      if (operand.shape[i] != 1)
        result[missing + i] = operand.shape[i];
  if (failed(expectResultShape(request, result)))
    return failure();
  return plan;
}

/// A function of two elements stored as `T`; the result's are stored as `Result`.
template <typename T, typename Result = T, typename Function>
PlannedKernel makeBinary(const runtime::Traversal<2> &plan, const Function &function) {
  const auto map =
      VERNIER_KERNEL("Elementwise.h,Activation.h,Arithmetic.h,Compare.h,IntegerArithmetic.h", runtime::mapElements);
  if (plan.rank == 1 && plan.strides[0][0] == 1 && plan.strides[1][0] == 1)
    return elementwise(makeCall(map, int64_t(plan.dims[0]), In<T>{0}, In<T>{1}, function, Out<Result>()));
  return makeCall(map, plan, In<T>{0}, In<T>{1}, function, Out<Result>());
}

} // namespace mlir::vernier

#endif // VERNIER_LIB_EXECUTION_KERNELS_BROADCAST_H
