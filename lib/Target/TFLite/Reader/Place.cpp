//===- Place.cpp - Where in a model file a message points ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Reader/Place.h"
#include "Reflection.h"
#include "llvm/Support/raw_ostream.h"

namespace mlir::vernier::tflite {

int32_t getBuiltinCode(const schema::OperatorCode &code) {
  return std::max<int32_t>(code.deprecated_builtin_code(), static_cast<int32_t>(code.builtin_code()));
}

llvm::StringRef getBuiltinName(int32_t code) {
  if (code < 0 || code > static_cast<int32_t>(schema::BuiltinOperator::MAX))
    return {};
  return schema::EnumNameBuiltinOperator(static_cast<schema::BuiltinOperator>(code));
}

const schema::OperatorCode &getOperatorCode(const schema::Model &model, const schema::Operator &op) {
  return *model.operator_codes()->Get(op.opcode_index());
}

Place Place::atSubGraph(uint32_t index) const {
  Place place = *this;
  place.subgraph = index;
  return place;
}

Place Place::atOperator(uint32_t index) const {
  Place place = *this;
  place.op = index;
  return place;
}

Place Place::atTensor(int32_t index) const {
  Place place = *this;
  place.tensor = index;
  return place;
}

/// The kind of operator as a message shows it.
static std::string describe(const schema::Model &model, const schema::Operator &op) {
  if (op.opcode_index() >= sizeOf(model.operator_codes()))
    return "unknown operator";
  const schema::OperatorCode &code = getOperatorCode(model, op);
  if (getBuiltinCode(code) == static_cast<int32_t>(schema::BuiltinOperator::CUSTOM))
    return ("custom '" + toStringRef(code.custom_code()) + "'").str();
  llvm::StringRef name = getBuiltinName(getBuiltinCode(code));
  return name.empty() ? "builtin " + std::to_string(getBuiltinCode(code)) : name.str();
}

std::string Place::str() const {
  std::string inner = strInFile();
  return (file + ": " + inner + (inner.empty() ? "" : ": ")).str();
}

std::string Place::strInFile() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  auto quote = [&](llvm::StringRef name) {
    if (!name.empty())
      os << " '" << name << "'";
  };
  const char *separator = "";
  if (subgraph >= 0) {
    os << "subgraph " << subgraph;
    quote(toStringRef(model->subgraphs()->Get(subgraph)->name()));
    separator = ": ";
  }
  if (op >= 0) {
    os << separator << "operator " << op << " ("
       << describe(*model, *model->subgraphs()->Get(subgraph)->operators()->Get(op)) << ")";
    separator = ": ";
  }
  if (tensor != kNone) {
    os << separator << "tensor " << tensor;
    const auto *tensors = model->subgraphs()->Get(subgraph)->tensors();
    if (tensor >= 0 && tensor < sizeOf(tensors))
      quote(toStringRef(tensors->Get(tensor)->name()));
  }
  return text;
}

} // namespace mlir::vernier::tflite
