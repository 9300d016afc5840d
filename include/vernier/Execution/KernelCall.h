//===- KernelCall.h - A call of a kernel, told rather than made ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The executor calls a kernel with parameters that a planner prepared; a generated program makes the same call from
// source. Both come from one place (lib/Execution/Kernels/Call.h): this is the form that source is written from.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_EXECUTION_KERNELCALL_H
#define VERNIER_EXECUTION_KERNELCALL_H

#include "mlir/Support/LLVM.h"
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace mlir::vernier {

/// An argument of a call, or a field of one.
struct CallArgument {
  enum class Kind {
    Boolean,
    Integer,
    Float,
    Record,   ///< an object of type `type`, its members in `fields`; a name may be empty
    List,     ///< an array, its elements in `fields`
    Operand,  ///< a pointer to `type`, `offset` bytes into operand `index`; null where that is absent
    State,    ///< the same for an operand that the call changes: a variable's memory
    Result,   ///< the same for a result
    Scratch,  ///< the same for the call's scratch memory
    Constant, ///< a pointer to the elements in `data`; null where that is null
  };
  Kind kind = Kind::Record;
  /// Spelled as in C++, namespaces below mlir::vernier.
  std::string type;
  int64_t integer = 0;
  double real = 0;
  /// Of a Record or List. Of an Operand or Result of int8 that may be one of uint8 instead, each element 128 more: the
  /// numbers of the call that change with it and by how much, as "0.inputZeroPoint" for a field of the first argument;
  /// fields without a name are counted.
  std::vector<std::pair<std::string, CallArgument>> fields;
  unsigned index = 0;
  int64_t offset = 0;
  ArrayRef<char> data;
  /// Keeps `data`.
  std::shared_ptr<const void> owner;
};

/// Which of Runtime's instruction sets a kernel is a template over.
enum class KernelIsa { None, Float, Integer };

/// A call of a template or function of Runtime.
struct KernelCall {
  /// "runtime::conv2D".
  std::string callee;
  /// The first template argument is an instruction set of this family.
  KernelIsa isa = KernelIsa::None;
  /// Headers below vernier/ that declare what the call names.
  std::vector<std::string> headers;
  std::vector<CallArgument> arguments;
  /// It returns false when the data make it impossible.
  bool canFail = false;
  /// Multiply-adds.
  int64_t macs = 0;
  /// What else the arguments are known to be.
  enum Trait : uint8_t {
    /// The first one says which rows of an image each row of the result looks at, and nothing else does.
    ByRows = 1,
    /// Two more may follow: a pointer to as many elements of its type as the result has, and a function of two. Each
    /// result is then function(result, element).
    TakesResidual = 2,
    /// They are a number of elements, two operands, a function and the result: result[i] = function(lhs[i], rhs[i]).
    Elementwise = 4,
  };
  uint8_t traits = 0;
  /// Where not empty: a kernel with the same arguments whose result may lie over operand 0, from `distance` bytes
  /// behind its beginning on.
  std::string overlapping;
  int64_t distance = 0;
};

} // namespace mlir::vernier

#endif // VERNIER_EXECUTION_KERNELCALL_H
