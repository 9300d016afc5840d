//===- Sound.cpp - What of a file can be looked at more closely -*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each sound operator is also built as an operator of `nn`, by itself, on arguments of its operands' types. So the
// questions that the quantizer and the exporter ask (rules, versions, verifiers) can be asked of any file, whatever
// is wrong with the rest of it.

#include "Import/Identity.h"
#include "Import/Importers.h"
#include "Reader/Verify.h"
#include "Rule.h"
#include "mlir/IR/Verifier.h"
#include "vernier/Dialect/NN/NN.h"

namespace mlir::vernier::check {
namespace {

using tflite::toArrayRef;

bool succeeds(llvm::Error error) {
  bool failed = bool(error);
  llvm::consumeError(std::move(error));
  return !failed;
}

class Builder {
public:
  Builder(ModelView &model, ModuleOp module)
      : model(model), module(module),
        shared{module.getContext(), model.file, tflite::ConstantImporter(module.getContext(), model.file),
               tflite::chooseSymbols(module.getContext(), model.root())} {}

  void add(GraphView &graph) {
    tflite::Place place = model.place().atSubGraph(graph.index);
    for (TensorView &tensor : graph.tensors)
      tensor.isSound = isBufferSound(tensor) && succeeds(verifyTensor(place, *graph.table, *tensor.table, tensor.data));
    auto function = func::FuncOp::create(UnknownLoc::get(module.getContext()), shared.symbols[graph.index],
                                         FunctionType::get(module.getContext(), {}, {}));
    module.push_back(function);
    function.getBody().emplaceBlock();
    tflite::IdentityImporter identities(module.getContext(), place, *model.file, *graph.table, shared.constants);
    for (OperatorView &op : graph.operators) {
      op.isSound = isSound(place.atOperator(op.index), op);
      if (op.isSound)
        build(place.atOperator(op.index), op, identities, function.getBody().front());
    }
  }

private:
  bool isBufferSound(const TensorView &tensor) const {
    uint32_t buffers = tflite::sizeOf(model.root().buffers()), index = tensor.table->buffer();
    if (index >= buffers)
      return index == 0;
    const schema::Buffer &buffer = *model.root().buffers()->Get(index);
    return buffer.data() || buffer.offset() <= 1 ||
           (buffer.offset() <= model.fileSize && buffer.size() <= model.fileSize - buffer.offset());
  }

  bool isSound(const tflite::Place &place, const OperatorView &op) const {
    if (!op.code || op.name.empty() || op.is(Builtin::PLACEHOLDER_FOR_GREATER_OP_CODES) ||
        (op.is(Builtin::CUSTOM) && !op.code->custom_code()))
      return false;
    auto areSound = [&](ArrayRef<const TensorView *> tensors, ArrayRef<int32_t> indices, bool optional) {
      for (auto [tensor, index] : llvm::zip_equal(tensors, indices))
        if (tensor ? !tensor->isSound : (!optional || index != -1))
          return false;
      return true;
    };
    if (!areSound(op.operands, toArrayRef(op.table->inputs()), true) ||
        !areSound(op.results, toArrayRef(op.table->outputs()), false) ||
        !areSound(op.inner, toArrayRef(op.table->intermediates()), true))
      return false;
    llvm::SmallVector<uint32_t> callees;
    return succeeds(findCallees(place, model.root(), *op.table, callees));
  }

  Value makeOperand(const TensorView *tensor, tflite::IdentityImporter &identities, OpBuilder &builder, Block &block) {
    Location loc = UnknownLoc::get(builder.getContext());
    if (!tensor)
      return nn::NoValueOp::create(builder, loc, builder.getNoneType());
    TensorType type = identities.getType(tensor->index, tensor->isConstant());
    if (tensor->isConstant() && tensor->table->sparsity())
      return nn::SparseConstOp::create(builder, loc, type,
                                       shared.constants.getBytes(tensor->table->buffer(), tensor->name()));
    return block.addArgument(type, loc);
  }

  void build(const tflite::Place &place, OperatorView &op, tflite::IdentityImporter &identities, Block &block) {
    std::string message;
    ScopedDiagnosticHandler quiet(module.getContext(), [&](Diagnostic &diagnostic) {
      if (diagnostic.getSeverity() == DiagnosticSeverity::Error && message.empty())
        message = diagnostic.str();
      return success();
    });
    OpBuilder builder = OpBuilder::atBlockEnd(&block);
    SmallVector<Value> operands;
    for (const TensorView *operand : op.operands)
      operands.push_back(makeOperand(operand, identities, builder, block));
    SmallVector<Type> types;
    SmallVector<Attribute> names;
    for (const TensorView *result : op.results) {
      auto type = identities.getType(result->index, false);
      types.push_back(type);
      names.push_back(identities.getIdentity(result->index, type, false));
    }
    FailureOr<Operation *> created = importOperator(shared, place, *op.table, operands, types, names, builder);
    if (failed(created)) {
      op.isSound = false;
      op.problem = message;
      return;
    }
    op.nn = *created;
    addInnerTensors(op, identities);
    auto verifies = [&] {
      message.clear();
      return succeeded(verify(op.nn, /*verifyRecursively=*/false));
    };
    if (verifies())
      return;
    op.problem = message;
    for (Value result : op.nn->getResults())
      if (auto ranked = dyn_cast<RankedTensorType>(result.getType()))
        result.setType(UnrankedTensorType::get(ranked.getElementType()));
    op.contradictsShapes = verifies();
    if (op.contradictsShapes)
      return;
    for (auto [result, type] : llvm::zip_equal(op.nn->getResults(), types))
      result.setType(type);
  }

  void addInnerTensors(OperatorView &op, tflite::IdentityImporter &identities) {
    SmallVector<Attribute> inner;
    for (const TensorView *tensor : op.inner)
      inner.push_back(!tensor ? Attribute(UnitAttr::get(module.getContext()))
                              : identities.getIdentity(tensor->index, identities.getType(tensor->index, false), false,
                                                       /*keepType=*/true));
    if (!inner.empty())
      op.nn->setAttr(nn::NNDialect::getIntermediatesAttrName(), ArrayAttr::get(module.getContext(), inner));
  }

  ModelView &model;
  ModuleOp module;
  tflite::ImportContext shared;
};

} // namespace

void findSound(ModelView &model, ModuleOp module) {
  Builder builder(model, module);
  for (GraphView &graph : model.graphs)
    builder.add(graph);
}

} // namespace mlir::vernier::check
