//===- Module.cpp - A module as a file ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "AttributeNames.h"
#include "Export/Exporters.h"
#include "vernier/Target/TFLite/TFLite.h"

namespace mlir::vernier {
namespace tflite {

using flatbuffers::Offset;
using flatbuffers::Vector;

/// The name of the metadata entry that tells which runtime release a file needs, and its size, padded with zeros.
static constexpr llvm::StringLiteral kMinimumRuntime = "min_runtime_version";
static constexpr size_t kMinimumRuntimeBytes = 16;

FailureOr<int64_t> ExportContext::findSubGraph(FlatSymbolRefAttr symbol,
                                               function_ref<InFlightDiagnostic()> emitError) const {
  auto found = subgraphs.find(symbol.getValue());
  if (found == subgraphs.end())
    return emitError() << "calls " << symbol << ", but the module has no such function";
  return found->second;
}

namespace {

class ModuleExporter {
public:
  /// Without a layout, what is built is good for its size alone.
  ModuleExporter(ModuleOp module, const DataLayout *layout)
      : module(module), builder(layout ? layout->flatSize + kSlack : kSlack),
        shared{builder, BufferTable(layout), {}, {}} {}

  /// Builds the flatbuffer.
  LogicalResult build() {
    for (func::FuncOp function : module.getOps<func::FuncOp>()) {
      shared.subgraphs[function.getName()] = functions.size();
      functions.push_back(function);
    }
    if (functions.empty())
      return module.emitError() << "expected a function to write as the main subgraph";
    for (Operation &op : *module.getBody())
      if (!isa<func::FuncOp>(op))
        return op.emitOpError() << "cannot be written to a .tflite file, which holds functions of nn operators only";
    tensors.resize(functions.size());
    std::vector<Offset<schema::SubGraph>> subgraphs;
    for (auto [function, interface] : llvm::zip_equal(functions, tensors)) {
      FailureOr<Offset<schema::SubGraph>> subgraph = exportSubGraph(shared, function, interface);
      if (failed(subgraph))
        return failure();
      subgraphs.push_back(*subgraph);
    }
    auto signatures = writeSignatures();
    if (failed(signatures))
      return failure();
    auto metadata = writeMetadata();
    auto metadataBuffers = writeMetadataBuffers();
    if (failed(metadata) || failed(metadataBuffers))
      return failure();
    auto subgraphList = builder.CreateVector(subgraphs);
    auto codes = shared.codes.write(builder);
    auto buffers = shared.buffers.write(builder);
    Offset<flatbuffers::String> description;
    if (auto text = module->getAttrOfType<StringAttr>(kDescription))
      description = builder.CreateString(text.getValue().data(), text.getValue().size());
    constexpr uint32_t kSchemaVersion = 3;
    schema::FinishModelBuffer(builder, schema::CreateModel(builder, kSchemaVersion, codes, subgraphList, description,
                                                           buffers, *metadataBuffers, *metadata, *signatures));
    return success();
  }

  const BufferTable &getBuffers() const { return shared.buffers; }
  ArrayRef<char> getBytes() const {
    return {reinterpret_cast<const char *>(builder.GetBufferPointer()), builder.GetSize()};
  }

private:
  InFlightDiagnostic emitError() { return module.emitError(); }

  /// The tensor that a signature entry names, or failure.
  FailureOr<int32_t> findSlot(DictionaryAttr entry, const SubGraphTensors &interface) {
    auto at = [&](StringRef kind, ArrayRef<int32_t> list) -> std::optional<int32_t> {
      auto position = entry.getAs<IntegerAttr>(kind);
      if (!position || position.getValue().getActiveBits() > 32 || position.getInt() >= int64_t(list.size()))
        return std::nullopt;
      return list[position.getInt()];
    };
    if (auto slot = at("argument", interface.inputs))
      return *slot;
    if (auto slot = at("result", interface.outputs))
      return *slot;
    if (auto tensor = entry.getAs<IntegerAttr>("tensor"))
      if (auto found = interface.byFileIndex.find(tensor.getValue().getSExtValue());
          found != interface.byFileIndex.end())
        return found->second;
    return emitError() << "expected a signature entry to name an argument, a result or a tensor of its function, got "
                       << entry;
  }

  FailureOr<Offset<Vector<Offset<schema::TensorMap>>>> writeMap(ArrayAttr entries, const SubGraphTensors &interface) {
    std::vector<Offset<schema::TensorMap>> maps;
    for (Attribute attribute : entries) {
      auto entry = dyn_cast<DictionaryAttr>(attribute);
      auto name = entry ? entry.getAs<StringAttr>("name") : StringAttr();
      if (!name)
        return emitError() << "expected a signature entry with a name, got " << attribute;
      FailureOr<int32_t> slot = findSlot(entry, interface);
      if (failed(slot))
        return failure();
      maps.push_back(schema::CreateTensorMap(builder, builder.shareString(name.getValue()), *slot));
    }
    return builder.CreateVector(maps);
  }

  FailureOr<Offset<Vector<Offset<schema::SignatureDef>>>> writeSignatures() {
    auto list = module->getAttrOfType<ArrayAttr>(kSignatures);
    if (!list)
      return Offset<Vector<Offset<schema::SignatureDef>>>();
    std::vector<Offset<schema::SignatureDef>> signatures;
    for (Attribute attribute : list) {
      auto entry = dyn_cast<DictionaryAttr>(attribute);
      auto key = entry ? entry.getAs<StringAttr>("key") : StringAttr();
      auto function = entry ? entry.getAs<FlatSymbolRefAttr>("function") : FlatSymbolRefAttr();
      auto inputs = entry ? entry.getAs<ArrayAttr>("inputs") : ArrayAttr();
      auto outputs = entry ? entry.getAs<ArrayAttr>("outputs") : ArrayAttr();
      if (!key || !function || !inputs || !outputs)
        return emitError() << "expected a signature with key, function, inputs and outputs, got " << attribute;
      FailureOr<int64_t> index =
          shared.findSubGraph(function, [&] { return emitError() << "signature '" << key.getValue() << "' "; });
      if (failed(index))
        return failure();
      auto inputMap = writeMap(inputs, tensors[*index]), outputMap = writeMap(outputs, tensors[*index]);
      if (failed(inputMap) || failed(outputMap))
        return failure();
      auto name = builder.shareString(key.getValue());
      Offset<flatbuffers::String> tag;
      if (auto text = entry.getAs<StringAttr>("tag"))
        tag = builder.shareString(text.getValue());
      signatures.push_back(schema::CreateSignatureDef(builder, *inputMap, *outputMap, name, tag, *index));
    }
    return builder.CreateVector(signatures);
  }

  /// The release that the file's own entry asks for, if it has one that can be read.
  static llvm::VersionTuple readRuntime(ElementsAttr value) {
    llvm::VersionTuple version;
    if (std::optional<ConstantData> data = getConstantData(value)) {
      StringRef text(data->bytes().data(), data->bytes().size());
      if (version.tryParse(text.take_until([](char c) { return c == 0; })))
        version = {};
    }
    return version;
  }

  /// All entries of the file; the one for the runtime release is brought up to date if operators are newer.
  FailureOr<Offset<Vector<Offset<schema::Metadata>>>> writeMetadata() {
    llvm::VersionTuple needed = shared.codes.areNewer() ? shared.codes.getMinimumRuntime() : llvm::VersionTuple();
    auto makeRuntime = [&] {
      std::string text = needed.getAsString();
      text.resize(kMinimumRuntimeBytes);
      return shared.buffers.addInline(text);
    };
    std::vector<Offset<schema::Metadata>> entries;
    bool hasRuntime = false;
    if (auto list = module->getAttrOfType<ArrayAttr>(kMetadata)) {
      for (Attribute attribute : list) {
        auto entry = dyn_cast<DictionaryAttr>(attribute);
        auto name = entry ? entry.getAs<StringAttr>("name") : StringAttr();
        auto value = entry ? entry.getAs<ElementsAttr>("value") : ElementsAttr();
        if (!name || !value)
          return emitError() << "expected metadata with name and value, got " << attribute;
        FailureOr<uint32_t> buffer;
        bool isRuntime = name.getValue() == kMinimumRuntime;
        hasRuntime |= isRuntime;
        if (isRuntime && readRuntime(value) < needed)
          buffer = makeRuntime();
        else
          buffer =
              shared.buffers.addInline(value, [&] { return emitError() << "metadata '" << name.getValue() << "' "; });
        if (failed(buffer))
          return failure();
        entries.push_back(schema::CreateMetadata(builder, builder.shareString(name.getValue()), *buffer));
      }
    }
    if (!hasRuntime && !needed.empty())
      entries.push_back(schema::CreateMetadata(builder, builder.CreateString(kMinimumRuntime.str()), makeRuntime()));
    if (entries.empty())
      return Offset<Vector<Offset<schema::Metadata>>>();
    return builder.CreateVector(entries);
  }

  FailureOr<Offset<Vector<int32_t>>> writeMetadataBuffers() {
    auto list = module->getAttrOfType<ArrayAttr>(kMetadataBuffers);
    if (!list)
      return Offset<Vector<int32_t>>();
    std::vector<int32_t> buffers;
    for (Attribute attribute : list) {
      auto value = dyn_cast<ElementsAttr>(attribute);
      if (!value)
        return emitError() << "expected bytes as metadata, got " << attribute;
      FailureOr<uint32_t> buffer = shared.buffers.addInline(value, [&] { return emitError() << "metadata "; });
      if (failed(buffer))
        return failure();
      buffers.push_back(*buffer);
    }
    return builder.CreateVector(buffers);
  }

  /// Spares small files a second allocation.
  static constexpr size_t kSlack = 1024;

  ModuleOp module;
  SharingBuilder builder;
  ExportContext shared;
  SmallVector<func::FuncOp> functions;
  std::vector<SubGraphTensors> tensors;
};

} // namespace
} // namespace tflite

LogicalResult exportTFLite(ModuleOp module, raw_ostream &os) {
  std::optional<ConstantData> trailing;
  if (auto value = module->getAttrOfType<ElementsAttr>(tflite::kTrailingData)) {
    trailing = getConstantData(value);
    if (!trailing)
      return module.emitError() << tflite::kTrailingData << " has no data to write; text with elided weights cannot be "
                                << "used, write bytecode (.mlirbc) instead";
  }
  std::optional<tflite::DataLayout> layout;
  {
    tflite::ModuleExporter measured(module, /*layout=*/nullptr);
    if (failed(measured.build()))
      return failure();
    layout = measured.getBuffers().makeLayout(measured.getBytes().size(), module->hasAttr(tflite::kDataOutside));
    if (!layout)
      return module.emitError() << "has tables and metadata of " << measured.getBytes().size()
                                << " bytes, more than a .tflite file can hold before its constants";
  }
  tflite::ModuleExporter exporter(module, &*layout);
  if (failed(exporter.build()))
    return failure();
  exporter.getBuffers().writeFile(os, exporter.getBytes());
  if (trailing)
    os << StringRef(trailing->bytes().data(), trailing->bytes().size());
  return success();
}

} // namespace mlir::vernier
