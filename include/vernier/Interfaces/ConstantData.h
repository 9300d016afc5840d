//===- ConstantData.h - Reading a constant's elements -----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_INTERFACES_CONSTANTDATA_H
#define VERNIER_INTERFACES_CONSTANTDATA_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Value.h"
#include "mlir/Support/LLVM.h"
#include <optional>
#include <vector>

namespace mlir::vernier {

/// The bytes of a constant in storage layout (little endian, row-major, no padding); a view of
/// the constant's own blob where there is one. `storage` backs expanded splats.
class ConstantData {
public:
  ArrayRef<char> bytes() const { return view; }

  /// The elements as `T`; the caller has checked the element type.
  template <typename T> ArrayRef<T> as() const {
    return {reinterpret_cast<const T *>(view.data()), view.size() / sizeof(T)};
  }

private:
  friend std::optional<ConstantData> getConstantData(ElementsAttr elements);
  ArrayRef<char> view;
  std::vector<char> storage;
};

/// The elements attribute of the constant that defines `value`, or null.
ElementsAttr getConstantElements(Value value);

/// The bytes of `elements`, or nothing when they are not there: text printed with elided
/// resources has none.
std::optional<ConstantData> getConstantData(ElementsAttr elements);

/// The bytes of the constant that defines `value`, or nothing.
std::optional<ConstantData> getConstantData(Value value);

} // namespace mlir::vernier

#endif // VERNIER_INTERFACES_CONSTANTDATA_H
