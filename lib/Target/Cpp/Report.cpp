//===- Report.cpp - NAME.json -----------------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Parts.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "llvm/Support/JSON.h"

namespace mlir::vernier::cpp {
namespace {

using llvm::json::OStream;

void writePorts(OStream &json, StringRef key, ArrayRef<Port> ports) {
  json.attributeArray(key, [&] {
    for (const Port &port : ports)
      json.object([&] {
        json.attribute("name", llvm::json::fixUTF8(port.name));
        json.attributeArray("shape", [&] {
          for (int64_t size : port.type.getShape())
            json.value(size);
        });
        json.attribute("type", port.element);
        json.attribute("bytes", port.bytes);
        if (auto type = dyn_cast<quant::UniformQuantizedType>(port.type.getElementType())) {
          json.attribute("scale", type.getScale());
          json.attribute("zero_point", type.getZeroPoint());
        }
      });
  });
}

/// Where a buffer lies: [begin, end) in bytes of the arena.
void writeIntervals(OStream &json, StringRef key, ValueRange memories) {
  json.attributeArray(key, [&] {
    for (Value memory : memories)
      if (auto buffer = memory.getDefiningOp<kernel::BufferOp>()) {
        const int64_t begin = buffer.getOffset().value_or(0);
        json.array([&] {
          json.value(begin);
          json.value(begin + kernel::bytesOf(cast<MemRefType>(memory.getType())));
        });
      }
  });
}

int64_t totalBytes(ValueRange memories, bool constants) {
  int64_t bytes = 0;
  for (Value memory : memories)
    if (bool(memory.getDefiningOp<kernel::ConstantOp>()) == constants)
      bytes += kernel::bytesOf(cast<MemRefType>(memory.getType()));
  return bytes;
}

/// The branches and loops around a call, the outermost first: the operator, and which part of it.
void writeSurroundings(OStream &json, kernel::CallOp call) {
  SmallVector<std::pair<StringRef, StringRef>> around;
  for (Operation *op = call; Region *region = op->getParentRegion(); op = region->getParentOp()) {
    const bool isFirst = region->getRegionNumber() == 0;
    if (auto branch = dyn_cast<kernel::IfOp>(region->getParentOp()))
      around.push_back({branch.getOrigin().value_or(""), isFirst ? "then" : "else"});
    else if (auto loop = dyn_cast<kernel::WhileOp>(region->getParentOp()))
      around.push_back({loop.getOrigin().value_or(""), isFirst ? "condition" : "body"});
    else
      break;
  }
  if (around.empty())
    return;
  json.attributeArray("within", [&] {
    for (auto [origin, part] : llvm::reverse(around))
      json.object([&, origin = origin, part = part] {
        json.attribute("operator", llvm::json::fixUTF8(origin));
        json.attribute("part", part);
      });
  });
}

} // namespace

std::string writeReport(const Summary &s) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  OStream json(stream, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("name", s.name);
    json.attribute("target", s.target);
    json.attribute("compiler_flags", s.flags);
    json.attributeArray("sources", [&] {
      for (const Source &source : s.sources)
        json.object([&] {
          json.attribute("file", source.file);
          if (source.target)
            json.attribute("target", source.target->name);
          json.attribute("compiler_flags", source.flags);
        });
    });
    json.attribute("arena_bytes", s.arenaBytes);
    json.attribute("arena_lower_bound", s.arenaBound);
    json.attribute("arena_alignment", kernel::kAlignment);
    json.attribute("state_bytes", s.stateBytes);
    json.attribute("weight_bytes", s.weightBytes);
    json.attribute("macs", s.macs);
    writePorts(json, "inputs", s.inputs);
    writePorts(json, "outputs", s.outputs);
    json.attributeArray("operators", [&] {
      func::FuncOp(s.function).walk([&](kernel::CallOp call) {
        json.object([&] {
          json.attribute("operator", llvm::json::fixUTF8(call.getOrigin().value_or("")));
          if (auto residual = call.getResidual())
            json.attribute("residual", llvm::json::fixUTF8(*residual));
          json.attribute("kernel", call.getCallee());
          if (auto isa = call.getIsa())
            json.attribute("isa", *isa);
          if (auto rows = call.getRows())
            json.attributeArray("rows", [&] {
              for (int64_t row : *rows)
                json.value(row);
            });
          json.attribute("macs", call.getMacs());
          json.attribute("weight_bytes", totalBytes(call.getReads(), /*constants=*/true));
          json.attribute("read_bytes", totalBytes(call.getReads(), /*constants=*/false));
          json.attribute("written_bytes", totalBytes(call.getWrites(), /*constants=*/false));
          writeIntervals(json, "arena_reads", call.getReads());
          writeIntervals(json, "arena_writes", call.getWrites());
          writeSurroundings(json, call);
        });
      });
    });
  });
  stream << "\n";
  return text;
}

} // namespace mlir::vernier::cpp
