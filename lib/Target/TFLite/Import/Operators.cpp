//===- Operators.cpp - Operators of the file as nn operators ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A builtin with an operator of its own takes its options as attributes of the same names, any other becomes
// `nn.generic`; no code here names an operator.

#include "AttributeNames.h"
#include "BuiltinOptions.h"
#include "Import/Importers.h"
#include "OperatorVersions.h"
#include "TableAttributes.h"
#include "vernier/Dialect/NN/NN.h"

namespace mlir::vernier::tflite {
namespace {

/// The options of an operator, as the file has them.
struct FileOptions {
  const reflection::Object *type = nullptr;
  const flatbuffers::Table *table = nullptr;
};

FileOptions findOptions(const schema::Operator &op) {
  const reflection::Object &type = *findTable("Operator");
  const auto &table = reinterpret_cast<const flatbuffers::Table &>(op);
  for (const char *name : {"builtin_options", "builtin_options_2"}) {
    const reflection::Field &field = *type.fields()->LookupByKey(name);
    FileOptions options;
    options.type = getUnionMember(field, readUnionType(type, field, table));
    options.table = flatbuffers::GetFieldT(table, field);
    if (options.type && options.table)
      return options;
  }
  return {};
}

/// True if an operator called `name` can have this many operands and results. Optional operands may be fewer.
bool acceptsCounts(RegisteredOperationName name, unsigned operands, unsigned results) {
  auto has = [&](TypeID trait) { return name.hasTrait(trait); };
  auto operandCount = [&]() -> bool {
    if (has(TypeID::get<OpTrait::VariadicOperands>()))
      return true;
    const TypeID exact[] = {TypeID::get<OpTrait::ZeroOperands>(),       TypeID::get<OpTrait::OneOperand>(),
                            TypeID::get<OpTrait::NOperands<2>::Impl>(), TypeID::get<OpTrait::NOperands<3>::Impl>(),
                            TypeID::get<OpTrait::NOperands<4>::Impl>(), TypeID::get<OpTrait::NOperands<5>::Impl>()};
    for (auto [count, trait] : llvm::enumerate(exact))
      if (has(trait))
        return operands == count;
    const TypeID least[] = {
        TypeID::get<OpTrait::AtLeastNOperands<1>::Impl>(), TypeID::get<OpTrait::AtLeastNOperands<2>::Impl>(),
        TypeID::get<OpTrait::AtLeastNOperands<3>::Impl>(), TypeID::get<OpTrait::AtLeastNOperands<4>::Impl>()};
    // One optional operand at the end, which a file may also leave out.
    for (auto [count, trait] : llvm::enumerate(least))
      if (has(trait))
        return operands == count + 1 || operands == count + 2;
    return true;
  };
  return operandCount() && (!has(TypeID::get<OpTrait::OneResult>()) || results == 1);
}

/// Imports one operator.
class OperatorImporter {
public:
  OperatorImporter(ImportContext &shared, const Place &place, const schema::Operator &op, OpBuilder &builder)
      : shared(shared), op(op), builder(builder), loc(makeLocation(shared.context, *shared.file, place)),
        code(getOperatorCode(shared.file->root(), op)), name(getBuiltinName(getBuiltinCode(code))),
        options(findOptions(op)), expected(getOptionsTable(name)) {}

  FailureOr<Operation *> create(ValueRange operands, TypeRange results, ArrayRef<Attribute> identities) {
    std::string specific = "nn." + name.lower();
    std::optional<RegisteredOperationName> known = RegisteredOperationName::lookup(specific, shared.context);
    bool isSpecific = known && acceptsCounts(*known, operands.size(), results.size());
    OperationState state(loc, isSpecific ? StringRef(specific) : nn::GenericOp::getOperationName());
    state.addOperands(operands);
    state.addTypes(results);
    if (failed(isSpecific ? addSpecificOptions(state) : addGenericOptions(state)) || failed(addForeignOptions(state)))
      return failure();
    addRest(state, isSpecific);
    state.addAttribute(nn::NNDialect::getTensorsAttrName(), builder.getArrayAttr(identities));
    Operation *created = builder.create(state);
    int computed = getRequiredVersion(name, created);
    if (computed > code.version())
      created->setAttr(kComputedVersion, builder.getI32IntegerAttr(computed));
    return created;
  }

private:
  FailureOr<NamedAttrList> readOptions(TableReader::Fields fields) {
    TableReader reader(
        shared.context, [&](int64_t index) { return FlatSymbolRefAttr::get(shared.symbols[index]); },
        [&] { return emitError(loc); });
    return reader.read(*options.type, *options.table, fields);
  }

  bool hasExpectedOptions() const { return options.type && options.type == expected; }

  LogicalResult addSpecificOptions(OperationState &state) {
    if (!hasExpectedOptions()) {
      if (expected)
        state.addAttribute(kNoOptions, builder.getUnitAttr());
      return success();
    }
    FailureOr<NamedAttrList> fields = readOptions(TableReader::Fields::NonDefault);
    if (failed(fields))
      return failure();
    state.addAttributes(fields->getAttrs());
    return success();
  }

  LogicalResult addGenericOptions(OperationState &state) {
    state.addAttribute("builtin", builder.getStringAttr(name));
    if (!hasExpectedOptions())
      return success();
    FailureOr<NamedAttrList> fields = readOptions(TableReader::Fields::All);
    if (failed(fields))
      return failure();
    state.addAttribute("options", fields->getDictionary(shared.context));
    return success();
  }

  /// A runtime ignores a table of another operator, but whoever wrote it may want it back.
  LogicalResult addForeignOptions(OperationState &state) {
    if (!options.type || hasExpectedOptions())
      return success();
    FailureOr<NamedAttrList> fields = readOptions(TableReader::Fields::NonDefault);
    if (failed(fields))
      return failure();
    fields->append(kUnionTable, builder.getStringAttr(getTableName(*options.type)));
    state.addAttribute(kForeignOptions, fields->getDictionary(shared.context));
    return success();
  }

  void addRest(OperationState &state, bool isSpecific) {
    bool isCustom = getBuiltinCode(code) == static_cast<int32_t>(schema::BuiltinOperator::CUSTOM);
    if (isCustom)
      state.addAttribute("custom_code", builder.getStringAttr(toStringRef(code.custom_code())));
    ArrayRef<char> custom = shared.file->customOptions(op);
    if (op.custom_options() || !custom.empty())
      state.addAttribute(isCustom ? StringRef("custom_options") : StringRef(kCustomOptions),
                         builder.getDenseI8ArrayAttr({reinterpret_cast<const int8_t *>(custom.data()), custom.size()}));
    if (auto format = static_cast<int8_t>(op.custom_options_format()))
      state.addAttribute(kCustomOptionsFormat, builder.getI8IntegerAttr(format));
    if (sizeOf(op.mutating_variable_inputs()) > 0)
      state.addAttribute(kMutatingInputs, builder.getDenseBoolArrayAttr(llvm::map_to_vector(
                                              *op.mutating_variable_inputs(), [](uint8_t flag) { return flag != 0; })));
    if (op.debug_metadata_index() != -1)
      state.addAttribute(kDebugMetadataIndex, builder.getI32IntegerAttr(op.debug_metadata_index()));
    state.addAttribute(nn::NNDialect::getVersionAttrName(), builder.getI32IntegerAttr(code.version()));
  }

  ImportContext &shared;
  const schema::Operator &op;
  OpBuilder &builder;
  Location loc;
  const schema::OperatorCode &code;
  StringRef name;
  FileOptions options;
  const reflection::Object *expected;
};

} // namespace

FailureOr<Operation *> importOperator(ImportContext &shared, const Place &place, const schema::Operator &op,
                                      ValueRange operands, TypeRange results, ArrayRef<Attribute> identities,
                                      OpBuilder &builder) {
  return OperatorImporter(shared, place, op, builder).create(operands, results, identities);
}

} // namespace mlir::vernier::tflite
