//===- SubGraph.cpp - A subgraph as a function ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "AttributeNames.h"
#include "ElementTypes.h"
#include "Import/Importers.h"
#include "Reader/OperatorOrder.h"
#include "Reader/TensorTypes.h"
#include "mlir/IR/Verifier.h"
#include "vernier/Dialect/NN/NN.h"

namespace mlir::vernier::tflite {
namespace {

/// What a tensor is to its subgraph.
enum class Role {
  Argument, ///< an input
  Result,   ///< computed by an operator
  Constant, ///< has data, or is known to have none
  State,    ///< read, but neither of the above: a variable
  Inner,    ///< exists inside an operator only
  Other,    ///< nobody refers to it
};

/// Whether `op` verifies; says nothing.
bool verifiesQuietly(Operation *op) {
  ScopedDiagnosticHandler quiet(op->getContext(), [](Diagnostic &) { return success(); });
  return succeeded(verify(op, /*verifyRecursively=*/false));
}

class SubGraphImporter {
public:
  SubGraphImporter(ImportContext &shared, uint32_t index)
      : shared(shared), graph(*shared.file->root().subgraphs()->Get(index)),
        place(Place(shared.file->name(), shared.file->root()).atSubGraph(index)), symbol(shared.symbols[index]),
        identities(shared.context, place, *shared.file, graph, shared.constants), builder(shared.context),
        roles(sizeOf(graph.tensors()), Role::Other), values(sizeOf(graph.tensors())) {}

  LogicalResult import(ModuleOp module) {
    findRoles();
    createFunction(module);
    if (failed(createConstants()) || failed(createOperators()))
      return failure();
    SmallVector<Value> results;
    for (int32_t output : toArrayRef(graph.outputs()))
      results.push_back(values[output]);
    func::ReturnOp::create(builder, function.getLoc(), results);
    function.setFunctionType(
        builder.getFunctionType(function.getArgumentTypes(), llvm::to_vector(ValueRange(results).getTypes())));
    recordOthers();
    return success();
  }

private:
  const schema::Tensor &getTensor(int32_t index) const { return *graph.tensors()->Get(index); }

  ArrayRef<char> getData(int32_t index) const {
    uint32_t buffer = getTensor(index).buffer();
    return buffer < sizeOf(shared.file->root().buffers()) ? shared.file->bufferData(buffer) : ArrayRef<char>();
  }

  void findRoles() {
    auto read = [&](int32_t index) {
      if (index >= 0 && roles[index] == Role::Other)
        roles[index] = Role::State;
    };
    for (uint32_t i = 0, e = sizeOf(graph.operators()); i < e; ++i)
      for (int32_t input : toArrayRef(graph.operators()->Get(i)->inputs()))
        read(input);
    for (int32_t output : toArrayRef(graph.outputs()))
      read(output);
    for (uint32_t i = 0, e = sizeOf(graph.operators()); i < e; ++i)
      for (int32_t inner : toArrayRef(graph.operators()->Get(i)->intermediates()))
        if (inner >= 0 && roles[inner] == Role::Other)
          roles[inner] = Role::Inner;
    for (auto [index, role] : llvm::enumerate(roles)) {
      bool isEmpty = role == Role::State && !getTensor(index).is_variable() &&
                     bitsPerElement(getTensor(index).type()) != 0 && sizeOf(getTensor(index).shape()) > 0 &&
                     *countElements(toArrayRef(getTensor(index).shape())) == 0;
      if (isEmpty || !getData(index).empty())
        role = Role::Constant;
    }
    for (auto [index, producer] : llvm::enumerate(findProducers(graph)))
      if (producer >= 0)
        roles[index] = Role::Result;
    for (int32_t input : toArrayRef(graph.inputs()))
      roles[input] = Role::Argument;
  }

  TensorType getType(int32_t index) { return identities.getType(index, roles[index] == Role::Constant); }

  nn::TensorAttr getIdentity(int32_t index, TensorType type, bool keepType = false) {
    return identities.getIdentity(index, type, roles[index] == Role::Constant, keepType);
  }

  void createFunction(ModuleOp module) {
    SmallVector<Type> inputs, outputs;
    SmallVector<DictionaryAttr> attributes;
    for (int32_t input : toArrayRef(graph.inputs())) {
      TensorType type = getType(input);
      inputs.push_back(type);
      attributes.push_back(builder.getDictionaryAttr(
          builder.getNamedAttr(nn::NNDialect::getTensorAttrName(), getIdentity(input, type))));
    }
    // Types of results are made once: each may warn.
    types.resize(values.size());
    for (auto [index, role] : llvm::enumerate(roles))
      if (role == Role::Result || role == Role::Constant || role == Role::State)
        types[index] = getType(index);
    for (auto [input, type] : llvm::zip_equal(toArrayRef(graph.inputs()), inputs))
      types[input] = cast<TensorType>(type);
    for (int32_t output : toArrayRef(graph.outputs()))
      outputs.push_back(types[output]);

    builder.setInsertionPointToEnd(module.getBody());
    function = func::FuncOp::create(builder, makeLocation(shared.context, *shared.file, place), symbol,
                                    builder.getFunctionType(inputs, outputs));
    function.setAllArgAttrs(attributes);
    if (symbol.getValue() != toStringRef(graph.name()))
      function->setAttr(kSubGraphName, builder.getStringAttr(toStringRef(graph.name())));
    if (graph.debug_metadata_index() != -1)
      function->setAttr(kDebugMetadataIndex, builder.getI32IntegerAttr(graph.debug_metadata_index()));
    if (!identities.areRanksStated() && !values.empty())
      function->setAttr(kRanksUnstated, builder.getUnitAttr());
    Block *body = function.addEntryBlock();
    builder.setInsertionPointToStart(body);
    for (auto [input, argument] : llvm::zip_equal(toArrayRef(graph.inputs()), body->getArguments()))
      values[input] = argument;
  }

  /// Constants, in file order, and variables.
  LogicalResult createConstants() {
    for (auto [index, role] : llvm::enumerate(roles)) {
      if (role != Role::Constant && role != Role::State)
        continue;
      TensorType type = types[index];
      Location loc = identities.getLoc(index);
      Operation *op;
      if (role == Role::State)
        op = nn::VariableOp::create(builder, loc, type);
      else if (getTensor(index).sparsity())
        op = nn::SparseConstOp::create(builder, loc, type,
                                       shared.constants.getBytes(getTensor(index).buffer(), getName(index)));
      else
        op = nn::ConstOp::create(builder, loc, type, getElements(index, cast<RankedTensorType>(type)));
      op->setAttr(nn::NNDialect::getTensorsAttrName(), builder.getArrayAttr(getIdentity(index, type)));
      values[index] = op->getResult(0);
    }
    return success();
  }

  StringRef getName(int32_t index) const { return toStringRef(getTensor(index).name()); }

  /// The elements of a dense constant in storage layout.
  ElementsAttr getElements(int32_t index, RankedTensorType type) {
    Type element = type.getElementType();
    if (isStoredAsBytes(element) && !getData(index).empty())
      return shared.constants.getBytes(getTensor(index).buffer(), getName(index));
    Type storage = importElementType(shared.context, getTensor(index).type());
    // `!quant.uniform<u8>` says itself that it is unsigned.
    if (type.getElementType() != storage)
      storage = IntegerType::get(shared.context, storage.getIntOrFloatBitWidth());
    if (isStoredAsBytes(element))
      storage = builder.getI8Type();
    auto storageType = RankedTensorType::get(type.getShape(), storage);
    if (getData(index).empty())
      return DenseElementsAttr::get(storageType, ArrayRef<Attribute>());
    return shared.constants.get(getTensor(index).buffer(), storageType, getName(index));
  }

  Value getNoValue() {
    if (!noValue) {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(&function.getBody().front());
      noValue = nn::NoValueOp::create(builder, function.getLoc(), builder.getNoneType());
    }
    return noValue;
  }

  LogicalResult createOperators() {
    llvm::Expected<std::vector<uint32_t>> order = orderOperators(place, graph);
    if (!order)
      return emitError(function.getLoc()) << llvm::toString(order.takeError());
    for (uint32_t index : *order) {
      const schema::Operator &op = *graph.operators()->Get(index);
      SmallVector<Value> operands;
      for (int32_t input : toArrayRef(op.inputs()))
        operands.push_back(input < 0 ? getNoValue() : values[input]);
      SmallVector<Type> results;
      SmallVector<Attribute> attributes;
      for (int32_t output : toArrayRef(op.outputs())) {
        results.push_back(types[output]);
        attributes.push_back(getIdentity(output, types[output]));
      }
      FailureOr<Operation *> created =
          importOperator(shared, place.atOperator(index), op, operands, results, attributes, builder);
      if (failed(created))
        return failure();
      for (auto [output, value] : llvm::zip_equal(toArrayRef(op.outputs()), (*created)->getResults()))
        values[output] = value;
      recordIntermediates(*created, toArrayRef(op.intermediates()));
      if (!verifiesQuietly(*created))
        forgetShapes(*created);
    }
    return success();
  }

  void recordIntermediates(Operation *op, ArrayRef<int32_t> tensors) {
    if (tensors.empty())
      return;
    SmallVector<Attribute> attributes;
    for (int32_t index : tensors)
      attributes.push_back(index < 0 ? Attribute(builder.getUnitAttr())
                                     : getIdentity(index, getType(index), /*keepType=*/true));
    op->setAttr(nn::NNDialect::getIntermediatesAttrName(), builder.getArrayAttr(attributes));
  }

  /// A runtime computes the shapes of results and never looks at those that the file records. Where these contradict
  /// the operator, only the ranks are believed, or not even they; the record stays with the tensor.
  void forgetShapes(Operation *op) {
    SmallVector<Type> recorded(op->getResultTypes());
    auto setTypes = [&](auto forget) {
      for (auto [result, type] : llvm::zip_equal(op->getResults(), recorded))
        if (auto ranked = dyn_cast<RankedTensorType>(type))
          result.setType(forget(ranked));
    };
    setTypes([](RankedTensorType type) -> Type {
      SmallVector<int64_t> dims(type.getRank(), ShapedType::kDynamic);
      return RankedTensorType::get(dims, type.getElementType());
    });
    if (!verifiesQuietly(op))
      setTypes([](RankedTensorType type) -> Type { return UnrankedTensorType::get(type.getElementType()); });
    if (!verifiesQuietly(op)) {
      // Shapes are not what is wrong.
      setTypes([](RankedTensorType type) -> Type { return type; });
      return;
    }
    emitWarning(op->getLoc()) << "the recorded shape of its result is not what it computes, and is ignored";
    for (auto [result, type] : llvm::zip_equal(op->getResults(), recorded)) {
      nn::TensorAttr identity = nn::getTensorAttr(result);
      auto ranked = dyn_cast<RankedTensorType>(type);
      if (!ranked || identity.getShape() || !ranked.hasStaticShape())
        continue;
      auto shape = DenseI64ArrayAttr::get(shared.context, ranked.getShape());
      auto attributes = llvm::to_vector(op->getAttrOfType<ArrayAttr>(nn::NNDialect::getTensorsAttrName()));
      attributes[result.getResultNumber()] =
          nn::TensorAttr::get(shared.context, identity.getName(), identity.getIndex(), shape, identity.getType(),
                              identity.getQuantization(), identity.getExtra());
      op->setAttr(nn::NNDialect::getTensorsAttrName(), builder.getArrayAttr(attributes));
    }
  }

  void recordOthers() {
    SmallVector<Attribute> others;
    for (auto [index, role] : llvm::enumerate(roles))
      if (role == Role::Other)
        others.push_back(getIdentity(index, getType(index), /*keepType=*/true));
    if (!others.empty())
      function->setAttr(kOtherTensors, builder.getArrayAttr(others));
  }

  ImportContext &shared;
  const schema::SubGraph &graph;
  Place place;
  StringAttr symbol;
  IdentityImporter identities;
  OpBuilder builder;
  func::FuncOp function;
  std::vector<Role> roles;
  std::vector<Value> values;
  std::vector<TensorType> types;
  Value noValue;
};

} // namespace

LogicalResult importSubGraph(ImportContext &shared, uint32_t index, ModuleOp module) {
  return SubGraphImporter(shared, index).import(module);
}

} // namespace mlir::vernier::tflite
