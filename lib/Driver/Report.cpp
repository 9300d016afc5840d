//===- Report.cpp - What quantize did, in a few lines -----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Report.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

namespace mlir::vernier {
namespace {

bool isQuantized(Type type) { return bool(quant::QuantizedType::getQuantizedElementType(type)); }

std::string grouped(uint64_t number) {
  std::string digits = std::to_string(number);
  for (int place = int(digits.size()) - 3; place > 0; place -= 3)
    digits.insert(place, ",");
  return digits;
}

} // namespace

QuantizeReport QuantizeReport::of(ModuleOp module) {
  QuantizeReport report;
  module.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (StringRef reason = quantx::getFloatReason(op); !reason.empty()) {
      StringRef tensor = op->getNumResults() ? getTensorName(op->getResult(0)) : StringRef();
      std::string name = op->getName().stripDialect().str();
      if (auto generic = dyn_cast<nn::GenericOp>(op))
        name = generic.getCustomCode().value_or(generic.getBuiltin()).str();
      report.floatOperators.push_back({name, tensor.str(), reason.str()});
      return;
    }
    if (isa<nn::DequantizeOp>(op) && getConstantElements(op->getOperand(0)))
      ++report.storedConstants;
    else if (isa<nn::QuantizeOp, nn::DequantizeOp>(op))
      ++report.casts;
    else if (!isa<nn::ConstOp>(op) && op->getNumResults() &&
             (llvm::any_of(op->getOperandTypes(), isQuantized) || llvm::any_of(op->getResultTypes(), isQuantized)))
      ++report.quantizedOperators;
  });
  return report;
}

void QuantizeReport::print(llvm::raw_ostream &os) const {
  os << output << ": " << grouped(outputBytes) << " bytes, " << llvm::format("%.2f", double(outputBytes) / double(inputBytes))
     << " of " << input << " (" << grouped(inputBytes) << " bytes)\n";
  os << "  ";
  if (quantizedOperators || !storedConstants)
    os << quantizedOperators << " of " << quantizedOperators + floatOperators.size() << " operators in " << scheme << "; ";
  if (storedConstants)
    os << storedConstants << " constants stored in " << (scheme == "fp16" ? "fp16" : "integers") << ", read as float32; ";
  os << "inputs and outputs " << io;
  if (casts)
    os << "; " << casts << (casts == 1 ? " cast" : " casts");
  os << '\n';
  printFloatOperators(os);
}

void QuantizeReport::printFloatOperators(llvm::raw_ostream &os) const {
  if (floatOperators.empty())
    return;
  size_t nameWidth = 8, tensorWidth = 6;
  for (const FloatOperator &op : floatOperators) {
    nameWidth = std::max(nameWidth, op.name.size());
    tensorWidth = std::max(tensorWidth, std::min<size_t>(op.tensor.size(), 48));
  }
  auto line = [&](StringRef name, StringRef tensor, StringRef why) {
    // The end of a long name tells more than its beginning.
    std::string shown = tensor.size() > 48 ? ("..." + tensor.take_back(45)).str() : tensor.str();
    os << "    " << llvm::left_justify(name, nameWidth) << "  " << llvm::left_justify(shown, tensorWidth) << "  " << why << '\n';
  };
  os << "  left in float:\n";
  line("operator", "tensor", "why");
  for (const FloatOperator &op : floatOperators)
    line(op.name, op.tensor, op.reason);
}

void QuantizeReport::printJson(llvm::raw_ostream &os) const {
  llvm::json::OStream json(os, 2);
  json.object([&] {
    json.attribute("input", input);
    json.attribute("output", output);
    json.attribute("scheme", scheme);
    json.attribute("io", io);
    json.attribute("input_bytes", int64_t(inputBytes));
    json.attribute("output_bytes", int64_t(outputBytes));
    json.attribute("quantized_operators", int64_t(quantizedOperators));
    json.attribute("stored_constants", int64_t(storedConstants));
    json.attribute("casts", int64_t(casts));
    json.attributeArray("float_operators", [&] {
      for (const FloatOperator &op : floatOperators)
        json.object([&] {
          json.attribute("operator", op.name);
          json.attribute("tensor", op.tensor);
          json.attribute("reason", op.reason);
        });
    });
  });
  os << '\n';
}

} // namespace mlir::vernier
