//===- Command.cpp - What the subcommands share -----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Command.h"
#include "mlir/Bytecode/BytecodeReader.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/IO/MappedFile.h"
#include "vernier/InitAllDialects.h"
#include "vernier/Interfaces/BlockwiseType.h"
#include "vernier/Target/TFLite/TFLite.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/WithColor.h"

namespace mlir::vernier {

int reportError(const Twine &message) {
  llvm::WithColor::error() << message << '\n';
  return kWrongInput;
}

int reportError(llvm::Error error) { return reportError(llvm::toString(std::move(error))); }

/// Where `location` points, from the file `model` inwards: "m.tflite: subgraph 0 'main': tensor 3 'x'", "m.mlir:7".
static std::string describePlace(Location location, StringRef model) {
  std::string place;
  if (auto name = location->findInstanceOf<NameLoc>()) {
    place = name.getName().str();
  } else if (auto file = location->findInstanceOf<FileLineColLoc>()) {
    place = file.getFilename().str();
    // Line 0 stands for a file without lines.
    if (file.getLine())
      place += ":" + std::to_string(file.getLine());
  }
  // Bytecode remembers the file it was made from.
  if (StringRef(place).starts_with(model))
    return place;
  return place.empty() ? model.str() : model.str() + ": " + place;
}

static void printDiagnostic(Diagnostic &diagnostic, StringRef model) {
  std::string message = diagnostic.str(), place = describePlace(diagnostic.getLocation(), model);
  // A name that the message gives as well is long enough once.
  auto [outer, tensor] = StringRef(place).rsplit(": tensor ");
  if (!tensor.empty() && StringRef(message).contains(tensor.drop_until([](char c) { return c == '\''; })))
    place = outer.str();
  llvm::raw_ostream &os =
      diagnostic.getSeverity() == DiagnosticSeverity::Error ? llvm::WithColor::error() : llvm::WithColor::warning();
  if (!place.empty() && !StringRef(message).starts_with(model))
    os << place << ": ";
  os << message << '\n';
  for (Diagnostic &note : diagnostic.getNotes())
    llvm::errs() << "  note: " << note.str() << '\n';
}

ToolContext::ToolContext() : context(MLIRContext::Threading::DISABLED) {
  DialectRegistry registry;
  registerAllDialects(registry);
  context.appendDialectRegistry(registry);
  context.printOpOnDiagnostic(false);
  context.getDiagEngine().registerHandler([this](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error ||
        diagnostic.getSeverity() == DiagnosticSeverity::Warning)
      printDiagnostic(diagnostic, model);
    return success();
  });
}

/// The deepest nesting of brackets in MLIR text, less strings and comments. Upstream's parser recurses without a limit.
static size_t getNesting(StringRef text) {
  size_t depth = 0, deepest = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i)
        i += text[i] == '\\';
    } else if (text.substr(i).starts_with("//")) {
      i = std::min(text.find('\n', i), text.size());
    } else if (StringRef("([{<").contains(c)) {
      deepest = std::max(deepest, ++depth);
    } else if (depth > 0 && (StringRef(")]}").contains(c) || (c == '>' && text[i - 1] != '-'))) {
      --depth;
    }
  }
  return deepest;
}

static OwningOpRef<ModuleOp> parseModel(std::shared_ptr<const MappedFile> file, MLIRContext *context) {
  StringRef text(file->bytes().data(), file->bytes().size());
  if (text.substr(4, 4) == "TFL3")
    return importTFLite(file, context);
  if (text.starts_with("ML\xefR") || text.contains("func.func") || StringRef(file->path()).ends_with(".mlir")) {
    constexpr size_t kDeepest = 1000;
    if (!text.starts_with("ML\xefR") && getNesting(text) > kDeepest) {
      reportError(file->path() + ": expected brackets nested at most " + Twine(kDeepest) + " deep");
      return {};
    }
    llvm::SourceMgr sources;
    sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(text, file->path()), llvm::SMLoc());
    return parseSourceFile<ModuleOp>(sources, context);
  }
  reportError(file->path() + ": is neither a .tflite file nor MLIR text or bytecode; ONNX is not read yet");
  return {};
}

FailureOr<Model> loadModel(StringRef path, ToolContext &context) {
  context.model = path.str();
  auto file = MappedFile::open(path);
  if (!file)
    return reportError(file.takeError()), failure();
  Model model{path.str(), (*file)->bytes().size(), parseModel(*file, context)};
  if (!model.module)
    return failure();
  if (model.module->getOps<func::FuncOp>().empty() || model.main().isExternal())
    return reportError(path + ": holds no function to run"), failure();
  return model;
}

FailureOr<Signature> Model::findEntry(StringRef signature) {
  if (signature.empty()) {
    Signature entry{"", main(), {}, {}};
    entry.inputs.resize(main().getNumArguments());
    entry.outputs.resize(main().getNumResults());
    return entry;
  }
  std::string keys;
  for (Signature &entry : getSignatures(*module)) {
    if (entry.key == signature)
      return std::move(entry);
    keys += (keys.empty() ? "" : ", ") + entry.key;
  }
  return reportError(path + ": has no signature '" + signature + "'; it has " + (keys.empty() ? "none" : keys)),
         failure();
}

std::string summarize(Type type) {
  std::string result;
  llvm::raw_string_ostream os(result);
  auto tensor = dyn_cast<RankedTensorType>(type);
  auto perAxis = tensor ? dyn_cast<quant::UniformQuantizedPerAxisType>(tensor.getElementType())
                        : quant::UniformQuantizedPerAxisType();
  if (!tensor) {
    os << type;
    return result;
  }
  for (int64_t size : tensor.getShape())
    ShapedType::isDynamic(size) ? os << "?x" : os << size << 'x';
  if (perAxis)
    os << perAxis.getStorageType() << " (" << perAxis.getScales().size() << " scales on dimension "
       << perAxis.getQuantizedDimension() << ")";
  else if (auto blockwise = BlockwiseParameters::of(tensor.getElementType()))
    os << cast<quant::QuantizedType>(tensor.getElementType()).getStorageType() << " (" << blockwise->scales.size()
       << " scales, one for each " << blockwise->block << " of a row)";
  else if (auto perTensor = dyn_cast<quant::UniformQuantizedType>(tensor.getElementType()))
    os << (perTensor.isSigned() ? "i" : "u") << perTensor.getStorageTypeIntegralWidth() << " (scale "
       << llvm::format("%.9g", perTensor.getScale()) << ", zero point " << perTensor.getZeroPoint() << ")";
  else
    os << tensor.getElementType();
  return result;
}

std::string getOperatorName(Operation *op) {
  if (auto generic = dyn_cast<nn::GenericOp>(op))
    return generic.getCustomCode().value_or(generic.getBuiltin()).str();
  return op->getName().stripDialect().upper();
}

llvm::Expected<std::vector<float>> parseNumbers(StringRef text) {
  std::vector<float> numbers;
  SmallVector<StringRef> words;
  if (!text.empty())
    text.split(words, ',');
  for (StringRef word : words) {
    double number;
    if (word.trim().getAsDouble(number))
      return llvm::createStringError("expected a number, or one for each channel with commas between, got '" + text +
                                     "'");
    numbers.push_back(float(number));
  }
  return numbers;
}

} // namespace mlir::vernier
