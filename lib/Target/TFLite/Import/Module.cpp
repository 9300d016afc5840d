//===- Module.cpp - A file as a module ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "AttributeNames.h"
#include "Import/Importers.h"
#include "mlir/IR/Verifier.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Target/TFLite/TFLite.h"

namespace mlir::vernier {
namespace tflite {

SmallVector<StringAttr> chooseSymbols(MLIRContext *context, const schema::Model &model) {
  llvm::StringMap<unsigned> uses;
  for (const schema::SubGraph *graph : *model.subgraphs())
    ++uses[toStringRef(graph->name())];
  SmallVector<StringAttr> symbols;
  llvm::StringSet<> taken;
  for (auto [index, graph] : llvm::enumerate(*model.subgraphs())) {
    StringRef name = toStringRef(graph->name());
    std::string symbol = name.str();
    // The first of several that share a name keeps it; numbers end the search at once.
    if (symbol.empty())
      symbol = index == 0 ? "main" : "subgraph_" + std::to_string(index);
    while (!taken.insert(symbol).second || (symbol != name && uses.contains(symbol)))
      symbol += "_" + std::to_string(index);
    symbols.push_back(StringAttr::get(context, symbol));
  }
  return symbols;
}

/// The position of `tensor` in `list` under the name `kind`, or its number under the name `tensor`.
static NamedAttribute findSlot(Builder &builder, StringRef kind, ArrayRef<int32_t> list, uint32_t tensor) {
  const auto *found = llvm::find(list, static_cast<int32_t>(tensor));
  if (found == list.end())
    return builder.getNamedAttr("tensor", builder.getI64IntegerAttr(tensor));
  return builder.getNamedAttr(kind, builder.getI64IntegerAttr(found - list.begin()));
}

/// The function argument or result that each signature entry names.
static ArrayAttr importSignatures(ImportContext &shared) {
  Builder builder(shared.context);
  const schema::Model &model = shared.file->root();
  SmallVector<Attribute> signatures;
  for (uint32_t i = 0, e = sizeOf(model.signature_defs()); i < e; ++i) {
    const schema::SignatureDef &signature = *model.signature_defs()->Get(i);
    const schema::SubGraph &graph = *model.subgraphs()->Get(signature.subgraph_index());
    auto readMap = [&](const auto *maps, StringRef kind, ArrayRef<int32_t> list) {
      SmallVector<Attribute> entries;
      for (uint32_t j = 0, f = sizeOf(maps); j < f; ++j) {
        NamedAttrList entry;
        entry.append("name", builder.getStringAttr(toStringRef(maps->Get(j)->name())));
        entry.append(findSlot(builder, kind, list, maps->Get(j)->tensor_index()));
        entries.push_back(entry.getDictionary(shared.context));
      }
      return builder.getArrayAttr(entries);
    };
    NamedAttrList entry;
    entry.append("key", builder.getStringAttr(toStringRef(signature.signature_key())));
    entry.append("function", FlatSymbolRefAttr::get(shared.symbols[signature.subgraph_index()]));
    entry.append("inputs", readMap(signature.inputs(), "argument", toArrayRef(graph.inputs())));
    entry.append("outputs", readMap(signature.outputs(), "result", toArrayRef(graph.outputs())));
    if (signature.deprecated_tag())
      entry.append("tag", builder.getStringAttr(toStringRef(signature.deprecated_tag())));
    signatures.push_back(entry.getDictionary(shared.context));
  }
  return builder.getArrayAttr(signatures);
}

/// What belongs to the file as a whole.
static void importModuleAttributes(ImportContext &shared, ModuleOp module) {
  Builder builder(shared.context);
  const schema::Model &model = shared.file->root();
  if (model.description())
    module->setAttr(kDescription, builder.getStringAttr(toStringRef(model.description())));
  if (sizeOf(model.signature_defs()) > 0)
    module->setAttr(kSignatures, importSignatures(shared));
  SmallVector<Attribute> metadata;
  for (uint32_t i = 0, e = sizeOf(model.metadata()); i < e; ++i) {
    const schema::Metadata &entry = *model.metadata()->Get(i);
    StringRef name = toStringRef(entry.name());
    metadata.push_back(
        builder.getDictionaryAttr({builder.getNamedAttr("name", builder.getStringAttr(name)),
                                   builder.getNamedAttr("value", shared.constants.getBytes(entry.buffer(), name))}));
  }
  if (!metadata.empty())
    module->setAttr(kMetadata, builder.getArrayAttr(metadata));
  SmallVector<Attribute> buffers;
  for (int32_t buffer : toArrayRef(model.metadata_buffer()))
    buffers.push_back(shared.constants.getBytes(buffer, "metadata"));
  if (!buffers.empty())
    module->setAttr(kMetadataBuffers, builder.getArrayAttr(buffers));
  if (!shared.file->trailingData().empty())
    module->setAttr(kTrailingData, shared.constants.wrapBytes(shared.file->trailingData(), "trailing_data"));
  if (shared.file->hasDataOutside())
    module->setAttr(kDataOutside, builder.getUnitAttr());
}

} // namespace tflite

OwningOpRef<ModuleOp> importTFLite(std::shared_ptr<const tflite::FlatBufferModel> file, MLIRContext *context) {
  context->loadDialect<nn::NNDialect, func::FuncDialect, quant::QuantDialect>();
  tflite::ImportContext shared{context, file, tflite::ConstantImporter(context, file),
                               tflite::chooseSymbols(context, file->root())};
  OwningOpRef<ModuleOp> module = ModuleOp::create(FileLineColLoc::get(context, file->name(), 0, 0));
  tflite::importModuleAttributes(shared, *module);
  for (uint32_t i = 0, e = file->root().subgraphs()->size(); i < e; ++i)
    if (failed(tflite::importSubGraph(shared, i, *module)))
      return {};
  if (failed(verify(*module)))
    return {};
  return module;
}

OwningOpRef<ModuleOp> importTFLite(std::shared_ptr<const MappedFile> file, MLIRContext *context) {
  llvm::Expected<std::shared_ptr<const tflite::FlatBufferModel>> model = tflite::FlatBufferModel::open(std::move(file));
  if (!model) {
    emitError(UnknownLoc::get(context)) << llvm::toString(model.takeError());
    return {};
  }
  return importTFLite(*model, context);
}

} // namespace mlir::vernier
