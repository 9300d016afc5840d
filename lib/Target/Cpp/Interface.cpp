//===- Interface.cpp - NAME.h -----------------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Parts.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "vernier/Dialect/Kernel/Targets.h"
#include "vernier/IO/Json.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"

namespace mlir::vernier::cpp {
namespace {

std::string elementName(Type element) {
  if (auto quantized = dyn_cast<quant::QuantizedType>(element))
    return (quantized.isSigned() ? "int" : "uint") + std::to_string(quantized.getStorageTypeIntegralWidth()) + "_t";
  if (element.isF32())
    return "float";
  if (element.isF64())
    return "double";
  auto integer = dyn_cast<IntegerType>(element);
  // Half-precision floats are their bits, a bool is a byte.
  if (!integer || integer.getWidth() < 8)
    return element.isF16() ? "uint16_t" : "uint8_t";
  return (integer.isUnsigned() ? "uint" : "int") + std::to_string(integer.getWidth()) + "_t";
}

Port makePort(func::FuncOp function, unsigned index, unsigned position, bool isOutput, llvm::StringSet<> &taken) {
  using kernel::KernelDialect;
  Port port;
  if (auto name = function.getArgAttrOfType<StringAttr>(index, KernelDialect::getNameAttrName()))
    port.name = name.str();
  auto memory = cast<MemRefType>(function.getArgument(index).getType());
  auto type = function.getArgAttrOfType<TypeAttr>(index, KernelDialect::getTypeAttrName());
  port.type = type ? dyn_cast<RankedTensorType>(type.getValue()) : RankedTensorType();
  if (!port.type)
    port.type = RankedTensorType::get(memory.getShape(), memory.getElementType());
  port.bytes = kernel::bytesOf(memory);
  port.element = elementName(port.type.getElementType());
  port.elements = port.type.getNumElements();
  for (char c : port.name)
    port.identifier += llvm::isAlnum(c) ? c : '_';
  // Names of one side must differ from each other, and from C++'s own words.
  port.identifier = (isOutput ? "out_" : "in_") + port.identifier;
  if (port.name.empty() || !taken.insert(port.identifier).second) {
    port.identifier += "_" + std::to_string(position);
    taken.insert(port.identifier);
  }
  return port;
}

std::string parameters(const Summary &summary) {
  std::string text;
  for (const Port &port : summary.inputs)
    text += ", const " + port.element + " *" + port.identifier;
  for (const Port &port : summary.outputs)
    text += ", " + port.element + " *" + port.identifier;
  return text;
}

std::string names(ArrayRef<Port> ports) {
  return llvm::join(llvm::map_range(ports, [](const Port &port) { return port.identifier; }), ", ");
}

/// A comment must not end early, nor a line within it.
std::string inComment(StringRef text) {
  std::string clean;
  for (char c : text)
    clean += llvm::isPrint(c) && c != '*' ? c : '?';
  return clean;
}

} // namespace

Summary summarize(ArrayRef<CppPart> parts, StringRef name) {
  using kernel::KernelDialect;
  ModuleOp kernels = parts.back().kernels;
  Summary summary{};
  summary.name = name.str();
  summary.function = *kernels.getOps<func::FuncOp>().begin();
  const auto number = [](ModuleOp module, StringRef attribute) {
    auto value = module->getAttrOfType<IntegerAttr>(attribute);
    return value ? value.getInt() : 0;
  };
  summary.arenaBound = number(kernels, KernelDialect::getArenaBoundAttrName());
  summary.stateBytes = number(kernels, KernelDialect::getStateBytesAttrName());
  if (parts.size() > 1)
    summary.sources.push_back({summary.name + ".cpp", "", nullptr});
  for (const CppPart &part : parts) {
    ModuleOp module = part.kernels;
    summary.arenaBytes = std::max<int64_t>(summary.arenaBytes, number(module, KernelDialect::getArenaBytesAttrName()));
    auto targetName = module->getAttrOfType<StringAttr>(KernelDialect::getTargetAttrName());
    const kernel::Target *target = targetName ? kernel::findTarget(targetName.getValue()) : nullptr;
    const std::string flags = target ? target->flags.str() : "";
    const std::string suffix = parts.size() > 1 ? "_" + target->identifier() : "";
    if (targetName)
      summary.target += (summary.target.empty() ? "" : ", ") + targetName.str();
    summary.sources.push_back({summary.name + suffix + ".cpp", flags, target});
    if (parts.size() == 1)
      summary.flags = flags;
  }
  llvm::StringSet<> taken;
  for (unsigned i = 0; i < summary.function.getNumArguments(); ++i) {
    const bool isOutput = bool(summary.function.getArgAttr(i, KernelDialect::getOutputAttrName()));
    std::vector<Port> &ports = isOutput ? summary.outputs : summary.inputs;
    ports.push_back(makePort(summary.function, i, ports.size(), isOutput, taken));
  }
  for (const CppPart &part : parts)
    summary.weightBytes = std::max(summary.weightBytes, kernel::weightBytes(part.kernels));
  summary.function.walk([&](kernel::CallOp call) { summary.macs += call.getMacs(); });
  return summary;
}

std::string describeType(const Port &port) {
  std::string text;
  for (int64_t size : port.type.getShape())
    text += std::to_string(size) + "x";
  if (!text.empty())
    text.back() = ' ';
  text += port.element;
  if (auto type = dyn_cast<quant::UniformQuantizedType>(port.type.getElementType()))
    text += ", scale " + shortestFloat(float(type.getScale())) + ", zero point " + std::to_string(type.getZeroPoint());
  return text;
}

std::string writeHeader(const Summary &s) {
  std::string ports;
  for (auto [index, port] : llvm::enumerate(s.inputs))
    ports += llvm::formatv(" * inputs[{0}]: '{1}', {2}\n", index, inComment(port.name), describeType(port));
  for (auto [index, port] : llvm::enumerate(s.outputs))
    ports += llvm::formatv(" * outputs[{0}]: '{1}', {2}\n", index, inComment(port.name), describeType(port));
  std::string sizes;
  for (auto [index, port] : llvm::enumerate(s.inputs))
    sizes += llvm::formatv("#define {0}_INPUT_{1}_BYTES {2}\n", StringRef(s.name).upper(), index, port.bytes);
  for (auto [index, port] : llvm::enumerate(s.outputs))
    sizes += llvm::formatv("#define {0}_OUTPUT_{1}_BYTES {2}\n", StringRef(s.name).upper(), index, port.bytes);
  const auto array = [](StringRef type, ArrayRef<Port> ports, StringRef name) {
    return ports.empty() ? llvm::formatv("  {0}*const *{1} = nullptr;\n", type, name).str()
                         : llvm::formatv("  {0}*const {1}[] = {{{2}};\n", type, name, names(ports)).str();
  };
  constexpr llvm::StringLiteral reset = R"(
/* Gives the state its first values: to be called before the first run, and where a new sequence begins. */
void {0}_reset(void *arena);
)";
  constexpr llvm::StringLiteral text = R"(/* Written by 'vernier codegen' for target {6}.
 *
{3} *
 * Tensors are row-major and dense, aligned to their elements; outputs overlap neither inputs nor each other.
 */
#ifndef {1}_H
#define {1}_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {{
#endif

#define {1}_ARENA_BYTES {2}
{4}
/* Memory that a run works in: these bytes, aligned so. {9} */
size_t {0}_arena_bytes(void);
size_t {0}_arena_alignment(void);
{10}
/* Runs once; 0 on success. Runs with arenas of their own may overlap in time. */
int {0}_run(void *arena, const void *const *inputs, void *const *outputs);

#ifdef __cplusplus
}

namespace {0} {{
/* The same with types. */
inline int run(void *arena{5}) {{
{7}{8}  return {0}_run(arena, inputs, outputs);
}
} // namespace {0}
#endif

#endif /* {1}_H */
)";
  return llvm::formatv(text.data(), s.name, StringRef(s.name).upper(), s.arenaBytes, ports, sizes, parameters(s),
                       s.target, array("const void ", s.inputs, "inputs"), array("void ", s.outputs, "outputs"),
                       s.stateBytes ? "Its first " + std::to_string(s.stateBytes) +
                                          " bytes keep the network's state from run to run."
                                    : "Nothing needs to be in it, nothing is left in it.",
                       s.stateBytes ? llvm::formatv(reset.data(), s.name).str() : "");
}

} // namespace mlir::vernier::cpp
