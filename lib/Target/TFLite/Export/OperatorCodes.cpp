//===- OperatorCodes.cpp - The operators that a file uses ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "BuiltinOptions.h"
#include "Export/Exporters.h"
#include "OperatorVersions.h"

namespace mlir::vernier::tflite {

uint32_t OperatorCodes::add(StringRef name, StringRef custom, int recorded, int required) {
  auto [slot, isNew] = index.try_emplace((name + ":" + custom).str(), entries.size());
  if (isNew)
    entries.push_back({name.str(), custom.str()});
  Entry &entry = entries[slot->second];
  entry.recorded = std::max(entry.recorded, recorded);
  entry.required = std::max(entry.required, required);
  entry.isNew |= recorded == 0;
  return slot->second;
}

flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<schema::OperatorCode>>>
OperatorCodes::write(flatbuffers::FlatBufferBuilder &builder) const {
  std::vector<flatbuffers::Offset<schema::OperatorCode>> codes;
  for (const Entry &entry : entries) {
    int32_t number = *findBuiltin(entry.name);
    constexpr auto kLast = static_cast<int32_t>(schema::BuiltinOperator::PLACEHOLDER_FOR_GREATER_OP_CODES);
    flatbuffers::Offset<flatbuffers::String> custom;
    if (number == static_cast<int32_t>(schema::BuiltinOperator::CUSTOM))
      custom = builder.CreateString(entry.custom);
    codes.push_back(schema::CreateOperatorCode(builder, std::min(number, kLast), custom, entry.version(),
                                               static_cast<schema::BuiltinOperator>(number)));
  }
  return builder.CreateVector(codes);
}

bool OperatorCodes::areNewer() const {
  return llvm::any_of(entries, [](const Entry &entry) { return entry.isNew || entry.required > entry.recorded; });
}

llvm::VersionTuple OperatorCodes::getMinimumRuntime() const {
  llvm::VersionTuple minimum;
  for (const Entry &entry : entries)
    minimum = std::max(minimum, findRelease(entry.name, entry.version()));
  return minimum;
}

} // namespace mlir::vernier::tflite
