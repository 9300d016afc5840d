//===- ModelMutator.cpp - Changes to .tflite files that keep most of them well-formed ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A byte changed at random breaks an offset, and the structural verifier ends the story. So most changes are made to
// the tree of tables, by the schema: a number that another number of the file could be, an option of another operator,
// a tensor twice, data behind the flatbuffer. The rest are bytes at random, for the verifier.

#include "ModelTree.h"
#include "tflite_generated.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>
#include <random>

using namespace mlir::vernier::fuzz;
using namespace mlir::vernier::tflite;

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

namespace {

constexpr uint64_t kNumbers[] = {0,
                                 1,
                                 2,
                                 3,
                                 4,
                                 7,
                                 8,
                                 16,
                                 127,
                                 128,
                                 255,
                                 256,
                                 32767,
                                 65535,
                                 65536,
                                 1u << 24,
                                 0x7fffffff,
                                 0x80000000,
                                 0xffffffff,
                                 uint64_t(1) << 32,
                                 uint64_t(1) << 62,
                                 uint64_t(INT64_MAX),
                                 uint64_t(INT64_MIN),
                                 ~uint64_t(0),
                                 ~uint64_t(1)};
constexpr float kFloats[] = {0.0f,   -0.0f, 1.0f,   -1.0f,    0.5f,      1.0f / 256,
                             1e-30f, 3e38f, 1e-45f, INFINITY, -INFINITY, NAN};

class Mutator {
public:
  explicit Mutator(unsigned seed) : random(seed) {}

  void change(TableNode &model) {
    for (unsigned i = 0, e = 1 + below(4); i < e; ++i) {
      std::vector<TableNode *> tables = collectTables(model);
      changeTable(*tables[below(tables.size())]);
    }
  }

  /// Moves the data of a buffer, or an operator's custom options, behind the flatbuffer. Returns the whole file.
  std::string writeWithDataOutside(TableNode &model) {
    std::string data;
    auto move = [&](TableNode &table, llvm::StringRef from, llvm::StringRef offset, llvm::StringRef size) {
      auto found = table.fields.find(findField(table, from));
      if (found == table.fields.end() || !data.empty())
        return;
      data = found->second.bytes;
      table.fields.erase(found);
      table.fields[findField(table, size)].scalar = data.size();
      // The flatbuffer does not grow when this is replaced by the true place.
      table.fields[findField(table, offset)].scalar = llvm::alignTo(writeTree(model).size(), 16);
    };
    std::vector<TableNode *> tables = collectTables(model);
    std::shuffle(tables.begin(), tables.end(), random);
    uint64_t place = 0;
    for (TableNode *table : tables) {
      llvm::StringRef name = getTableName(*table->type);
      if (name == "Buffer")
        move(*table, "data", "offset", "size");
      else if (name == "Operator")
        move(*table, "custom_options", "large_custom_options_offset", "large_custom_options_size");
      else
        continue;
      if (!data.empty()) {
        place = *getScalar(*table, name == "Buffer" ? "offset" : "large_custom_options_offset");
        break;
      }
    }
    std::string file = writeTree(model);
    if (data.empty())
      return file;
    file.resize(std::max<uint64_t>(file.size(), place));
    return file + data;
  }

  unsigned below(size_t bound) { return bound ? random() % bound : 0; }
  bool oneIn(unsigned n) { return below(n) == 0; }

  /// Puts a table of `from` in the place of one of the same type.
  void cross(TableNode &model, TableNode &from) {
    std::vector<TableNode *> there = collectTables(from), here = collectTables(model);
    TableNode *source = there[below(there.size())];
    llvm::erase_if(here, [&](TableNode *table) { return table->type != source->type; });
    if (!here.empty() && source != &from)
      *here[below(here.size())] = std::move(*clone(*source));
  }

private:
  void changeTable(TableNode &table) {
    if (table.type->fields()->size() == 0)
      return;
    const reflection::Field *field = table.type->fields()->Get(below(table.type->fields()->size()));
    if (isUnionTypeField(*field))
      return;
    auto found = table.fields.find(field);
    if (found == table.fields.end() ? oneIn(3) : !oneIn(12))
      changeField(*field, table.fields[field]);
    else if (found != table.fields.end())
      table.fields.erase(found);
  }

  void changeField(const reflection::Field &field, TableNode::Field &value) {
    reflection::BaseType base = field.type()->base_type();
    if (base == reflection::String)
      return changeBytes(value.bytes);
    if (base == reflection::Vector && field.type()->element() != reflection::Obj)
      return changeElements(field, value.bytes);
    if (base == reflection::Vector)
      return changeList(field, value.tables);
    if (base == reflection::Obj || base == reflection::Union)
      return changeChild(field, value.tables);
    value.scalar = pickNumber(field, base, value.scalar);
  }

  uint64_t pickNumber(const reflection::Field &field, reflection::BaseType base, uint64_t old) {
    if (flatbuffers::IsFloat(base)) {
      double value = oneIn(3) ? double(int(random())) / 1e6 : kFloats[below(std::size(kFloats))];
      uint64_t bits = 0;
      if (base == reflection::Double)
        return std::memcpy(&bits, &value, sizeof value), bits;
      float single = value;
      return std::memcpy(&bits, &single, sizeof single), bits;
    }
    const reflection::Enum *enumeration = getEnum(field);
    if (enumeration && !oneIn(8))
      return enumeration->values()->Get(below(enumeration->values()->size()))->value();
    switch (below(4)) {
    case 0:
      return old + 1;
    case 1:
      return old - 1;
    case 2:
      return kNumbers[below(std::size(kNumbers))];
    default:
      // Most numbers of the format are indices.
      return below(8);
    }
  }

  void changeBytes(std::string &bytes) {
    size_t size = bytes.size(), room = size + 16;
    bytes.resize(room);
    bytes.resize(LLVMFuzzerMutate(reinterpret_cast<uint8_t *>(bytes.data()), size, room));
  }

  void changeElements(const reflection::Field &field, std::string &bytes) {
    size_t width = flatbuffers::GetTypeSize(field.type()->element()), count = bytes.size() / width;
    size_t at = below(count + 1) * width;
    switch (below(5)) {
    case 0:
      return changeBytes(bytes);
    case 1:
      bytes.erase(at, width);
      return;
    case 2:
      bytes.insert(at, bytes.substr(0, width * (1 + below(3))));
      return;
    default: {
      if (at == bytes.size())
        bytes.resize(at + width);
      uint64_t value = 0;
      std::memcpy(&value, bytes.data() + at, width);
      value = pickNumber(field, field.type()->element(), value);
      std::memcpy(bytes.data() + at, &value, width);
    }
    }
  }

  std::unique_ptr<TableNode> makeTable(const reflection::Object *type) {
    auto table = std::make_unique<TableNode>();
    table->type = type;
    for (unsigned i = 0, e = below(4); i < e; ++i)
      changeTable(*table);
    return table;
  }

  void changeList(const reflection::Field &field, std::vector<std::unique_ptr<TableNode>> &list) {
    size_t at = below(list.size());
    switch (below(5)) {
    case 0:
      if (!list.empty())
        list.erase(list.begin() + at);
      return;
    case 1:
      if (!list.empty())
        std::swap(list[at], list[below(list.size())]);
      return;
    case 2:
      list.push_back(makeTable(getSchema().objects()->Get(field.type()->index())));
      return;
    default:
      if (!list.empty())
        list.insert(list.begin() + at, clone(*list[below(list.size())]));
    }
  }

  void changeChild(const reflection::Field &field, std::vector<std::unique_ptr<TableNode>> &child) {
    const reflection::Object *type = nullptr;
    if (field.type()->base_type() == reflection::Union)
      type = getUnionMember(field, 1 + below(getSchema().enums()->Get(field.type()->index())->values()->size() - 1));
    else
      type = getSchema().objects()->Get(field.type()->index());
    child.clear();
    if (type)
      child.push_back(makeTable(type));
  }

  std::minstd_rand random;
};

size_t give(llvm::StringRef file, uint8_t *data, size_t maxSize) {
  if (file.size() > maxSize)
    return 0;
  std::memcpy(data, file.data(), file.size());
  return file.size();
}

} // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  Mutator mutator(seed);
  std::unique_ptr<TableNode> model = mutator.oneIn(8) ? nullptr : readTree({data, size});
  if (!model)
    return LLVMFuzzerMutate(data, size, maxSize);
  mutator.change(*model);
  std::string file = mutator.oneIn(8) ? mutator.writeWithDataOutside(*model) : writeTree(*model);
  if (mutator.oneIn(64))
    file += "PK, a picture";
  size_t given = give(file, data, maxSize);
  return given ? given : LLVMFuzzerMutate(data, size, maxSize);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2,
                                            uint8_t *out, size_t maxSize, unsigned seed) {
  std::unique_ptr<TableNode> model = readTree({data1, size1}), from = readTree({data2, size2});
  if (!model || !from)
    return 0;
  Mutator(seed).cross(*model, *from);
  return give(writeTree(*model), out, maxSize);
}
