//===- Structure.cpp - Tables, indices and order of a file ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Reader/OperatorOrder.h"
#include "Reader/TensorTypes.h"
#include "Reader/Verify.h"
#include "Rule.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/FormatVariadic.h"
#include <map>

namespace mlir::vernier::check {
namespace {

using llvm::formatv;
using tflite::sizeOf;
using tflite::toArrayRef;
using tflite::toStringRef;

/// What the reader has to say, in the words "expected X, got Y", after the place.
void reportError(Context &context, const Site &site, llvm::Error error, StringRef place) {
  if (!error)
    return;
  std::string text = llvm::toString(std::move(error));
  StringRef message = text;
  message.consume_front(place);
  auto [expected, found] = message.split(", got ");
  if (found.empty())
    std::tie(expected, found) = message.split(", but ");
  expected.consume_front("expected ");
  context.report(site, expected.str(), found.empty() ? "otherwise" : found.str());
}

//===----------------------------------------------------------------------===//
// The model
//===----------------------------------------------------------------------===//

void flatBuffer(Context &) {
  // `checkModel` reports it: without a flatbuffer there is no model to give.
}

void newerField(Context &context) {
  if (!context.model.file->newerField().empty())
    context.report({}, "fields that the schema names", context.model.file->newerField().split(": ").second.str());
}

void schemaVersion(Context &context) {
  if (context.model.root().version() != 3)
    context.report({}, "schema version 3", "version " + std::to_string(context.model.root().version()));
}

void hasSubgraph(Context &context) {
  if (context.model.graphs.empty())
    context.report({}, "at least one subgraph", "none");
}

void bufferRange(Context &context) {
  const schema::Model &model = context.model.root();
  for (uint32_t i = 0, e = sizeOf(model.buffers()); i < e; ++i) {
    const schema::Buffer &buffer = *model.buffers()->Get(i);
    if (!buffer.data() && buffer.offset() > 1 &&
        (buffer.offset() > context.model.fileSize || buffer.size() > context.model.fileSize - buffer.offset()))
      context.report({}, formatv("buffer {0} within the file's {1} bytes", i, context.model.fileSize),
                     formatv("{0} bytes at offset {1}", buffer.size(), buffer.offset()));
  }
}

void bufferIndex(Context &context, const GraphView &graph) {
  uint32_t buffers = sizeOf(context.model.root().buffers());
  for (const TensorView &tensor : graph.tensors)
    if (uint32_t index = tensor.table->buffer(); index >= buffers && index != 0)
      context.report(tensor, formatv("one of {0} buffers", buffers), formatv("buffer {0}", index));
}

void emptyBuffer(Context &context) {
  const auto *buffers = context.model.root().buffers();
  if (sizeOf(buffers) > 0 && !context.model.buffer(0).empty())
    context.report({}, "an empty buffer 0", formatv("{0} bytes", context.model.buffer(0).size()));
}

void bufferAlignment(Context &context) {
  const schema::Model &model = context.model.root();
  for (const GraphView &graph : context.model.graphs)
    for (const TensorView &tensor : graph.tensors) {
      uint32_t index = tensor.table->buffer();
      if (!tensor.isConstant() || index >= sizeOf(model.buffers()))
        continue;
      size_t size = std::max(1u, tflite::isKnown(tensor.type) ? tflite::bitsPerElement(tensor.type) / 8 : 1);
      if (!llvm::isAddrAligned(llvm::Align(llvm::PowerOf2Ceil(std::min<size_t>(size, 8))), tensor.data.data()))
        context.report(tensor, formatv("data at a multiple of {0} bytes", size), "data at another offset");
    }
}

void metadataBuffers(Context &context) {
  const schema::Model &model = context.model.root();
  uint32_t buffers = sizeOf(model.buffers());
  if (model.metadata())
    for (const schema::Metadata *entry : *model.metadata())
      if (entry->buffer() >= buffers)
        context.report({}, formatv("metadata '{0}' in one of {1} buffers", toStringRef(entry->name()), buffers),
                       formatv("buffer {0}", entry->buffer()));
}

void externalFiles(Context &context) {
  const schema::Model &model = context.model.root();
  if (sizeOf(model.external_buffers()) == 0 && sizeOf(model.external_buffer_groups()) == 0)
    return;
  StringRef name = sizeOf(model.external_buffer_groups()) ? toStringRef(model.external_buffer_groups()->Get(0)->name())
                                                          : StringRef();
  context.report({}, "all weights inside the file",
                 formatv("{0} parts of other files, the first '{1}'", sizeOf(model.external_buffers()), name));
}

void signatures(Context &context) {
  const schema::Model &model = context.model.root();
  if (!model.signature_defs())
    return;
  for (const schema::SignatureDef *signature : *model.signature_defs()) {
    StringRef key = toStringRef(signature->signature_key());
    if (signature->subgraph_index() >= context.model.graphs.size()) {
      context.report({}, formatv("signature '{0}' over one of {1} subgraphs", key, context.model.graphs.size()),
                     formatv("subgraph {0}", signature->subgraph_index()));
      continue;
    }
    const GraphView &graph = context.model.graphs[signature->subgraph_index()];
    auto look = [&](const auto *maps, ArrayRef<int32_t> list, StringRef what) {
      for (uint32_t i = 0, e = sizeOf(maps); i < e; ++i)
        if (!llvm::is_contained(list, int64_t(maps->Get(i)->tensor_index())))
          context.report(graph,
                         formatv("'{0}' of signature '{1}' among the subgraph's {2}", toStringRef(maps->Get(i)->name()),
                                 key, what),
                         formatv("tensor {0}", maps->Get(i)->tensor_index()));
    };
    look(signature->inputs(), toArrayRef(graph.table->inputs()), "inputs");
    look(signature->outputs(), toArrayRef(graph.table->outputs()), "outputs");
  }
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

void operatorCode(Context &context, const GraphView &graph) {
  for (const OperatorView &op : graph.operators) {
    if (!op.code)
      context.report(op, formatv("one of {0} operator codes", sizeOf(context.model.root().operator_codes())),
                     formatv("code {0}", op.table->opcode_index()));
    else if (op.is(Builtin::CUSTOM) && !op.code->custom_code())
      context.report(op, "a name for the custom operator", "none");
  }
}

void unknownOperator(Context &context, const GraphView &graph) {
  for (const OperatorView &op : graph.operators)
    if (op.code && (op.name.empty() || op.is(Builtin::PLACEHOLDER_FOR_GREATER_OP_CODES)))
      context.report(op, "a builtin operator that the format names", formatv("number {0}", op.number));
}

void deprecatedCode(Context &context) {
  const auto *codes = context.model.root().operator_codes();
  for (uint32_t i = 0, e = sizeOf(codes); i < e; ++i) {
    int32_t number = tflite::getBuiltinCode(*codes->Get(i)), old = codes->Get(i)->deprecated_builtin_code();
    // Files from before schema 3a have the old field alone.
    if (int32_t expected = std::min(number, 127); old != expected || (codes->Get(i)->builtin_code() != Builtin(0) &&
                                                                      Builtin(number) != codes->Get(i)->builtin_code()))
      context.report(
          {},
          formatv("deprecated_builtin_code {0} in operator code {1}, {2}", expected, i, tflite::getBuiltinName(number)),
          formatv("deprecated_builtin_code {0}, builtin_code {1}", old, int(codes->Get(i)->builtin_code())));
  }
}

void tensorIndex(Context &context, const GraphView &graph) {
  auto look = [&](const Site &site, ArrayRef<int32_t> indices, StringRef what, int32_t least) {
    for (int32_t index : indices)
      if (index < least || index >= int64_t(graph.tensors.size()))
        context.report(site, formatv("{0} among tensors {1} to {2}", what, least, int64_t(graph.tensors.size()) - 1),
                       formatv("tensor {0}", index));
  };
  look(graph, toArrayRef(graph.table->inputs()), "inputs", 0);
  look(graph, toArrayRef(graph.table->outputs()), "outputs", 0);
  for (const OperatorView &op : graph.operators) {
    look(op, toArrayRef(op.table->inputs()), "operands", -1);
    look(op, toArrayRef(op.table->outputs()), "results", 0);
    look(op, toArrayRef(op.table->intermediates()), "intermediates", -1);
  }
}

void singleWriter(Context &context, const GraphView &graph) {
  std::map<int32_t, std::string> writers;
  for (int32_t input : toArrayRef(graph.table->inputs()))
    if (graph.tensor(input) && !writers.try_emplace(input, "an input").second)
      context.report(graph.tensors[input], "each input once", "the same tensor twice");
  for (const OperatorView &op : graph.operators)
    for (const TensorView *result : op.results) {
      if (!result)
        continue;
      auto [entry, isFirst] = writers.try_emplace(result->index, formatv("a result of operator {0}", op.index));
      if (!isFirst || result->isConstant())
        context.report({op, result}, "a tensor that nothing else computes", isFirst ? "a constant" : entry->second);
    }
}

void readsNothing(Context &context, const GraphView &graph) {
  for (const TensorView &tensor : graph.tensors) {
    bool isRead = !tensor.readers.empty() || llvm::is_contained(toArrayRef(graph.table->outputs()), tensor.index);
    bool hasNoElements = tensor.isSound && tensor.numElements() == 0;
    if (isRead && !tensor.producer && !tensor.isInput && !tensor.isConstant() && !tensor.table->is_variable() &&
        !hasNoElements)
      context.report(tensor.readers.empty() ? Site(tensor) : Site(*tensor.readers.front(), &tensor),
                     "a constant, an input, a variable or some operator's result", "none of these");
  }
}

void order(Context &context, const GraphView &graph) {
  for (const OperatorView &op : graph.operators)
    for (const TensorView *operand : op.operands)
      if (operand && operand->producer && operand->producer->index >= op.index && !operand->isInput)
        context.report({op, operand}, "operands that earlier operators compute",
                       formatv("the result of operator {0}", operand->producer->index));
}

void subgraphReferences(Context &context, const GraphView &graph) {
  tflite::Place place = context.model.place().atSubGraph(graph.index);
  for (const OperatorView &op : graph.operators) {
    llvm::SmallVector<uint32_t> callees;
    tflite::Place here = place.atOperator(op.index);
    if (op.code)
      reportError(context, op, findCallees(here, context.model.root(), *op.table, callees), here.str());
  }
}

void recursion(Context &context) {
  for (const GraphView &graph : context.model.graphs)
    for (const OperatorView &op : graph.operators) {
      llvm::SmallVector<uint32_t> callees;
      llvm::Error error = op.code ? findCallees(context.model.place(), context.model.root(), *op.table, callees)
                                  : llvm::Error::success();
      bool isWrong = bool(error) || !op.code;
      llvm::consumeError(std::move(error));
      if (isWrong)
        return;
    }
  if (!context.model.graphs.empty())
    reportError(context, {}, verifyCallGraph(context.model.place(), context.model.root()), "");
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

void elementType(Context &context, const GraphView &graph) {
  for (const TensorView &tensor : graph.tensors)
    if (!tflite::isKnown(tensor.type))
      context.report(tensor, "an element type that the format names", formatv("number {0}", int(tensor.type)));
}

void shape(Context &context, const GraphView &graph) {
  for (const TensorView &tensor : graph.tensors) {
    ArrayRef<int32_t> signature = toArrayRef(tensor.table->shape_signature());
    if (llvm::any_of(tensor.shape, [](int32_t dim) { return dim < 0; }))
      context.report(tensor, "dimensions of 0 or more", showType(tensor));
    else if (tflite::isKnown(tensor.type) && !tflite::countBytes(tensor.shape, tensor.type))
      context.report(tensor, "a size that can be addressed", showType(tensor));
    else if (!signature.empty() && signature.size() != tensor.shape.size())
      context.report(tensor, formatv("a shape signature of rank {0}", tensor.shape.size()),
                     formatv("rank {0}", signature.size()));
    else if (llvm::any_of(signature, [](int32_t dim) { return dim < -1; }))
      context.report(tensor, "a shape signature of dimensions of -1 or more",
                     formatv("{0}", *llvm::min_element(signature)));
  }
}

/// What is wrong with the data alone: the other rules about tensors have seen type and shape.
void data(Context &context, const GraphView &graph) {
  for (const TensorView &tensor : graph.tensors) {
    if (tensor.isSound || !tflite::isKnown(tensor.type) || !tflite::countBytes(tensor.shape, tensor.type) ||
        tensor.data.empty())
      continue;
    if (tensor.type != Element::STRING && !tensor.table->sparsity() && !tensor.table->is_variable() &&
        tensor.table->external_buffer() == 0)
      if (uint64_t bytes = *tflite::countBytes(tensor.shape, tensor.type); bytes != tensor.data.size())
        context.report(tensor, formatv("{0} bytes of data for {1}", bytes, showType(tensor)),
                       formatv("{0} bytes", tensor.data.size()));
  }
}

void strings(Context &context, const GraphView &graph) {
  tflite::Place place = context.model.place().atSubGraph(graph.index);
  for (const TensorView &tensor : graph.tensors)
    if (tensor.type == Element::STRING && !tensor.isSound && !tensor.data.empty())
      reportError(context, tensor, verifyTensor(place.atTensor(tensor.index), *graph.table, *tensor.table, tensor.data),
                  place.atTensor(tensor.index).str());
}

void sparsity(Context &context, const GraphView &graph) {
  tflite::Place place = context.model.place().atSubGraph(graph.index);
  for (const TensorView &tensor : graph.tensors)
    if (tensor.table->sparsity() && !tensor.isSound && !tensor.data.empty() && tflite::isKnown(tensor.type) &&
        tflite::countBytes(tensor.shape, tensor.type))
      reportError(context, tensor, verifyTensor(place.atTensor(tensor.index), *graph.table, *tensor.table, tensor.data),
                  place.atTensor(tensor.index).str());
}

void variableData(Context &context, const GraphView &graph) {
  for (const TensorView &tensor : graph.tensors)
    if (tensor.table->is_variable() && tensor.isConstant())
      context.report(tensor, "a variable without data", formatv("{0} bytes", tensor.data.size()));
}

void detailTensors(Context &context, const GraphView &graph) {
  for (const TensorView &tensor : graph.tensors) {
    if (!tensor.hasDetails())
      continue;
    auto look = [&](int32_t scales, int32_t zeroPoints) {
      if (!graph.tensor(scales))
        context.report(tensor, "a tensor that holds its scales", formatv("tensor {0}", scales));
      if (zeroPoints != -1 && !graph.tensor(zeroPoints))
        context.report(tensor, "a tensor that holds its zero points, or -1", formatv("tensor {0}", zeroPoints));
    };
    const schema::QuantizationParameters &record = *tensor.table->quantization();
    if (const auto *blockwise = record.details_as_BlockwiseQuantization())
      look(blockwise->scales(), blockwise->zero_points());
    if (const auto *multiAxis = record.details_as_MultiAxisQuantization())
      look(multiAxis->scales(), multiAxis->zero_points());
  }
}

constexpr StringLiteral kUnsafe = "the runtime reads or writes outside its memory, or refuses the file",
                        kRewrite = "write the file again; it is damaged, or its writer is wrong";

const Rule kRules[] = {
    {"flatbuffer", Severity::Error, "the file is a flatbuffer with the identifier TFL3 whose offsets stay inside it",
     kUnsafe, "fetch or write the file again", flatBuffer},
    {"newer-field", Severity::Warning,
     "every field and table is one that the format had when this version of Vernier was made",
     "it was not checked, and older runtimes ignore it", "check with a newer Vernier", newerField},
    {"schema-version", Severity::Error, "the model says version 3", "runtimes refuse the file", kRewrite,
     schemaVersion},
    {"subgraph", Severity::Error, "there is a subgraph", "there is nothing to run", kRewrite, hasSubgraph},
    {"buffer-range", Severity::Error, "buffers lie inside the file", kUnsafe,
     "fetch the whole file; data behind the flatbuffer is missing", bufferRange},
    {"buffer-index", Severity::Error, "tensors name buffers that exist", kUnsafe, kRewrite, bufferIndex},
    {"buffer-zero", Severity::Error, "buffer 0 is empty: it stands for 'no data'",
     "tensors without data become constants", "put an empty buffer in front", emptyBuffer},
    {"buffer-alignment", Severity::Warning, "constants are aligned to their elements (the format asks for 16 bytes)",
     "kernels read misaligned words: wrong, slow or a crash, by processor", kRewrite, bufferAlignment},
    {"metadata-buffer", Severity::Error, "metadata lie in buffers that exist", kUnsafe, kRewrite, metadataBuffers},
    {"external-file", Severity::Error, "all weights are inside the file",
     "the runtime opens files that the model names, or has no weights", "bring the weights inside", externalFiles},
    {"signature", Severity::Error, "signatures name inputs and outputs of their subgraph", "callers by signature fail",
     kRewrite, signatures},
    {"operator-code", Severity::Error, "operators name codes that exist, and custom ones have a name", kUnsafe,
     kRewrite, operatorCode},
    {"unknown-operator", Severity::Error, "every builtin number has a meaning", "runtimes refuse the file",
     "use a runtime and a Vernier that know the operator", unknownOperator},
    {"deprecated-code", Severity::Error, "deprecated_builtin_code holds the smaller of the code and 127",
     "runtimes take the larger of both fields, or the old one alone: another operator runs", "write both fields",
     deprecatedCode},
    {"tensor-index", Severity::Error, "inputs, outputs, operands and results name tensors that exist", kUnsafe,
     kRewrite, tensorIndex},
    {"single-writer", Severity::Error, "each tensor is computed once, and no constant is",
     "one value overwrites the other", kRewrite, singleWriter},
    {"undefined-tensor", Severity::Error, "what is read has a value",
     "the runtime reads unset memory or a null pointer", kRewrite, readsNothing},
    {"operator-order", Severity::Error, "operators come after those whose results they read",
     "the runtime goes by the file's order and reads values before they are computed", "sort the operators", order},
    {"subgraph-reference", Severity::Error, "operators call subgraphs that exist", kUnsafe, kRewrite,
     subgraphReferences},
    {"recursion", Severity::Error, "no subgraph calls itself", "the runtime does not end", kRewrite, recursion},
    {"element-type", Severity::Error, "element types have a meaning", "runtimes refuse the file", kRewrite,
     elementType},
    {"shape", Severity::Error, "shapes and shape signatures are dimensions of one rank", kUnsafe, kRewrite, shape},
    {"data-size", Severity::Error, "a constant has the bytes that type and shape ask for", kUnsafe, kRewrite, data},
    {"string-table", Severity::Error, "the offsets of string tensors stay inside them", kUnsafe, kRewrite, strings},
    {"sparsity", Severity::Error, "the index lists of sparse tensors fit shape and data", kUnsafe, kRewrite, sparsity},
    {"variable-data", Severity::Error, "variables have no data",
     "the runtime takes the state for a constant, or refuses the file", "clear the buffer or the flag", variableData},
    {"details-tensor", Severity::Error, "blockwise scales name tensors that exist", kUnsafe, kRewrite, detailTensors},
};

} // namespace

ArrayRef<Rule> structureRules() { return kRules; }

} // namespace mlir::vernier::check
