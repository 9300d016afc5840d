//===- RangeFlow.td - Which part of a range counts ---------*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_INTERFACES_RANGEFLOW_TD
#define VERNIER_INTERFACES_RANGEFLOW_TD

include "mlir/IR/OpBase.td"

def RangeFlowOpInterface : OpInterface<"RangeFlowOpInterface"> {
  let cppNamespace = "::mlir::vernier";
  let description = [{
    An operator some of whose values are alike to those who read the result: below a certain point they change nothing. A
    mask of -1e9 that is added before a softmax is the common case. An operator without this interface needs all
    values of its operands.

    Operands without a range (conditions, shapes) are given as a `RangeFlow` that is not `known`.
  }];
  let methods = [
    InterfaceMethod<[{
      The lowest that the largest value of a row, which lies along the last dimension, of result 0 can be, or nothing where
      that follows from the smallest value alone.
    }], "::std::optional<double>", "getLowestPeak",
        (ins "::llvm::ArrayRef<::mlir::vernier::RangeFlow>":$operands), "", "(void)operands; return ::std::nullopt;">,
    InterfaceMethod<[{
      The values of operand `index` that count, where `result` are the values of result 0 that do: it gives the same for all
      values below, and for all values above.
    }], "::mlir::vernier::Interval", "getUsefulRange",
        (ins "unsigned":$index, "::llvm::ArrayRef<::mlir::vernier::RangeFlow>":$operands,
             "::mlir::vernier::Interval":$result, "const ::mlir::vernier::Scheme &":$scheme)>,
  ];
}

#endif // VERNIER_INTERFACES_RANGEFLOW_TD
