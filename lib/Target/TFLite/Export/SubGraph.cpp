//===- SubGraph.cpp - A function as a subgraph ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "AttributeNames.h"
#include "BuiltinOptions.h"
#include "Export/Exporters.h"
#include "OperatorVersions.h"
#include "TableAttributes.h"

namespace mlir::vernier::tflite {
namespace {

using flatbuffers::Offset;
using flatbuffers::Vector;

/// Tensors, not operators, in the file.
bool isTensor(Operation *op) { return isa<nn::ConstOp, nn::SparseConstOp, nn::VariableOp, nn::NoValueOp>(op); }

class SubGraphExporter {
public:
  SubGraphExporter(ExportContext &shared, func::FuncOp function)
      : shared(shared), builder(shared.builder), function(function), tensors(shared, function) {}

  FailureOr<Offset<schema::SubGraph>> write(SubGraphTensors &interface) {
    if (function.isExternal() || !function.getBody().hasOneBlock())
      return function.emitError() << "expected a function with one block of operators to write as a subgraph";
    if (failed(collectTensors()))
      return failure();
    tensors.number();
    std::vector<Offset<schema::Operator>> operators;
    for (Operation &op : function.getBody().front().without_terminator()) {
      if (isTensor(&op))
        continue;
      FailureOr<Offset<schema::Operator>> written = writeOperator(&op);
      if (failed(written))
        return failure();
      operators.push_back(*written);
    }
    auto written = tensors.write();
    if (failed(written))
      return failure();
    interface.inputs = findAll(function.getArguments());
    interface.outputs = findAll(function.getBody().front().getTerminator()->getOperands());
    interface.byFileIndex = tensors.getFileIndices();
    auto name = writeName();
    auto inputs = createVector(interface.inputs), outputs = createVector(interface.outputs);
    auto operatorList = builder.CreateVector(operators);
    return schema::CreateSubGraph(builder, *written, inputs, outputs, operatorList, name,
                                  getInteger(function, kDebugMetadataIndex, -1));
  }

private:
  static int64_t getInteger(Operation *op, StringRef name, int64_t otherwise) {
    auto attr = op->getAttrOfType<IntegerAttr>(name);
    return attr && attr.getValue().getSignificantBits() <= 32 ? attr.getInt() : otherwise;
  }

  SmallVector<int32_t> findAll(ValueRange values) const {
    return llvm::map_to_vector(values, [&](Value value) { return tensors.find(value); });
  }

  Offset<Vector<int32_t>> createVector(ArrayRef<int32_t> values) { return builder.shareVector(values); }

  /// The subgraph's name; none where it is empty, as in the file.
  Offset<flatbuffers::String> writeName() {
    StringRef name = function.getName();
    if (auto original = function->getAttrOfType<StringAttr>(kSubGraphName))
      name = original.getValue();
    return name.empty() ? 0 : builder.shareString(name);
  }

  /// All tensors of the function, in the order in which values are defined.
  LogicalResult collectTensors() {
    auto addValues = [&](Operation *owner, ValueRange values) -> LogicalResult {
      for (Value value : values) {
        if (!isa<TensorType, NoneType>(value.getType()))
          return owner->emitError() << "expected tensors to write to a .tflite file, got " << value.getType();
        tensors.add(value);
      }
      return success();
    };
    if (failed(addValues(function, function.getArguments())))
      return failure();
    for (Operation &op : function.getBody().front())
      if (failed(addValues(&op, op.getResults())))
        return failure();
    auto others = function->getAttrOfType<ArrayAttr>(kOtherTensors);
    for (Attribute attribute : others ? others.getValue() : ArrayRef<Attribute>()) {
      auto identity = dyn_cast<nn::TensorAttr>(attribute);
      if (!identity)
        return function.emitError() << "expected a #nn.tensor, got " << attribute;
      if (failed(tensors.add(identity, {}, [&] { return function.emitError(); })))
        return failure();
    }
    // An intermediate may be a tensor that is listed already.
    for (Operation &op : function.getBody().front())
      for (nn::TensorAttr identity : getIntermediates(&op))
        if (identity && failed(tensors.addUnlessListed(identity, {}, [&] { return op.emitError(); })))
          return failure();
    return success();
  }

  /// The tensors inside `op`, null where one is absent.
  static SmallVector<nn::TensorAttr> getIntermediates(Operation *op) {
    SmallVector<nn::TensorAttr> tensors;
    if (auto attributes = op->getAttrOfType<ArrayAttr>(nn::NNDialect::getIntermediatesAttrName()))
      for (Attribute attribute : attributes)
        tensors.push_back(dyn_cast<nn::TensorAttr>(attribute));
    return tensors;
  }

  FailureOr<Offset<schema::Operator>> writeOperator(Operation *op) {
    auto generic = dyn_cast<nn::GenericOp>(op);
    if (!isa_and_present<nn::NNDialect>(op->getDialect()) || op->getNumRegions() != 0)
      return op->emitOpError() << "cannot be written to a .tflite file, which holds operators of the nn dialect only";
    StringRef stem = op->getName().stripDialect();
    std::string name = generic ? generic.getBuiltin().str() : stem.upper();
    std::optional<int32_t> number = findBuiltin(name);
    if (!number)
      return op->emitOpError() << "has no builtin operator '" << name << "' in the .tflite format";
    bool isCustom = *number == static_cast<int32_t>(schema::BuiltinOperator::CUSTOM);
    StringRef customCode = generic && generic.getCustomCode() ? *generic.getCustomCode() : StringRef();
    VersionsOfOperator versions = getVersions(name, op);
    uint32_t code = shared.codes.add(name, customCode, versions.recorded, versions.required);

    FailureOr<Options> options = writeOptions(op, name, generic);
    if (failed(options))
      return failure();
    Offset<Vector<uint8_t>> customOptions;
    std::optional<uint64_t> customPlace;
    auto custom =
        op->getAttrOfType<DenseI8ArrayAttr>(isCustom ? StringRef("custom_options") : StringRef(kCustomOptions));
    if (custom) {
      customPlace = shared.buffers.addCustomOptions(custom.getRawData());
      if (!customPlace)
        customOptions =
            builder.CreateVector(reinterpret_cast<const uint8_t *>(custom.asArrayRef().data()), custom.size());
    }
    auto inputs = createVector(findAll(op->getOperands())), outputs = createVector(findAll(op->getResults()));
    auto mutating = writeMutatingInputs(op);
    auto intermediates = writeIntermediates(op);
    schema::OperatorBuilder result(builder);
    result.add_opcode_index(code);
    result.add_inputs(inputs);
    result.add_outputs(outputs);
    result.add_custom_options(customOptions);
    result.add_custom_options_format(static_cast<schema::CustomOptionsFormat>(getInteger(op, kCustomOptionsFormat, 0)));
    if (customPlace) {
      result.add_large_custom_options_offset(*customPlace);
      result.add_large_custom_options_size(custom.size());
    }
    result.add_mutating_variable_inputs(mutating);
    result.add_intermediates(intermediates);
    result.add_debug_metadata_index(getInteger(op, kDebugMetadataIndex, -1));
    if (options->inFirstUnion) {
      result.add_builtin_options_type(static_cast<schema::BuiltinOptions>(options->inFirstUnion));
      result.add_builtin_options(options->table);
    }
    if (options->inSecondUnion) {
      result.add_builtin_options_2_type(static_cast<schema::BuiltinOptions2>(options->inSecondUnion));
      result.add_builtin_options_2(options->table);
    }
    return result.Finish();
  }

  /// An options table and its numbers in the two unions, one of which is 0; both are where there is no table.
  struct Options {
    uint8_t inFirstUnion = 0, inSecondUnion = 0;
    Offset<void> table;
  };

  FailureOr<Options> writeOptions(Operation *op, StringRef name, nn::GenericOp generic) {
    auto emitError = [&] { return op->emitOpError(); };
    auto indexOf = [&](FlatSymbolRefAttr symbol) { return shared.findSubGraph(symbol, emitError); };
    TableWriter writer(builder, indexOf, emitError);
    auto finish = [&](const reflection::Object &type, FailureOr<TableWriter::Offset> table) -> FailureOr<Options> {
      if (failed(table))
        return failure();
      return Options{getUnionType("BuiltinOptions", type), getUnionType("BuiltinOptions2", type), table->o};
    };
    const reflection::Object *type = getOptionsTable(name);
    auto foreign = op->getAttrOfType<DictionaryAttr>(kForeignOptions);
    auto lookup = [&](StringRef field) { return op->getAttr(field); };
    // A table without fields says nothing; those of the file stay.
    bool isEmpty = type && type->fields()->size() == 0 && !op->hasAttr(nn::NNDialect::getVersionAttrName());
    bool isAbsent =
        generic ? !generic.getOptions() : !type || isEmpty || (op->hasAttr(kNoOptions) && isDefault(*type, lookup));
    if (isAbsent && foreign) {
      auto table = foreign.getAs<StringAttr>(kUnionTable);
      type = table ? findTable(table.getValue()) : nullptr;
      if (!type || (!getUnionType("BuiltinOptions", *type) && !getUnionType("BuiltinOptions2", *type)))
        return op->emitOpError() << "expected " << kForeignOptions << " to name an options table, got " << foreign;
      return finish(*type, writer.write(*type, foreign));
    }
    if (isAbsent)
      return Options();
    if (!type)
      return op->emitOpError() << "takes no options, got " << *generic.getOptions();
    return finish(*type, generic ? writer.write(*type, *generic.getOptions()) : writer.write(*type, lookup));
  }

  Offset<Vector<uint8_t>> writeMutatingInputs(Operation *op) {
    auto flags = op->getAttrOfType<DenseBoolArrayAttr>(kMutatingInputs);
    if (!flags || flags.size() != op->getNumOperands())
      return 0;
    return builder.CreateVector(std::vector<uint8_t>(flags.asArrayRef().begin(), flags.asArrayRef().end()));
  }

  Offset<Vector<int32_t>> writeIntermediates(Operation *op) {
    SmallVector<int32_t> numbers;
    for (nn::TensorAttr identity : getIntermediates(op))
      numbers.push_back(identity ? tensors.find(identity) : -1);
    return numbers.empty() ? Offset<Vector<int32_t>>() : createVector(numbers);
  }

  ExportContext &shared;
  SharingBuilder &builder;
  func::FuncOp function;
  TensorTable tensors;
};

} // namespace

FailureOr<Offset<schema::SubGraph>> exportSubGraph(ExportContext &shared, func::FuncOp function,
                                                   SubGraphTensors &tensors) {
  return SubGraphExporter(shared, function).write(tensors);
}

} // namespace mlir::vernier::tflite
