//===- Command.cpp - What the subcommands share -----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Command.h"
#include "mlir/Bytecode/BytecodeReader.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "vernier/IO/MappedFile.h"
#include "vernier/InitAllDialects.h"
#include "vernier/Target/TFLite/TFLite.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/WithColor.h"

namespace mlir::vernier {

int reportError(const Twine &message) {
  llvm::WithColor::error() << message << '\n';
  return kWrongInput;
}

int reportError(llvm::Error error) { return reportError(llvm::toString(std::move(error))); }

/// File and line where there is one; names of things carry the rest.
static void printDiagnostic(Diagnostic &diagnostic) {
  llvm::raw_ostream &os = diagnostic.getSeverity() == DiagnosticSeverity::Error ? llvm::WithColor::error() : llvm::WithColor::warning();
  if (auto place = dyn_cast<FileLineColLoc>(diagnostic.getLocation()))
    os << place.getFilename().getValue() << ':' << place.getLine() << ": ";
  os << diagnostic.str() << '\n';
  for (Diagnostic &note : diagnostic.getNotes())
    llvm::errs() << "  note: " << note.str() << '\n';
}

ToolContext::ToolContext() : context(MLIRContext::Threading::DISABLED) {
  DialectRegistry registry;
  registerAllDialects(registry);
  context.appendDialectRegistry(registry);
  context.printOpOnDiagnostic(false);
  context.getDiagEngine().registerHandler([](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error || diagnostic.getSeverity() == DiagnosticSeverity::Warning)
      printDiagnostic(diagnostic);
    return success();
  });
}

static OwningOpRef<ModuleOp> parseModel(std::shared_ptr<const MappedFile> file, MLIRContext *context) {
  StringRef text(file->bytes().data(), file->bytes().size());
  if (text.substr(4, 4) == "TFL3")
    return importTFLite(file, context);
  if (text.starts_with("ML\xefR") || text.contains("func.func")) {
    llvm::SourceMgr sources;
    sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(text, file->path()), llvm::SMLoc());
    return parseSourceFile<ModuleOp>(sources, context);
  }
  reportError(file->path() + ": is neither a .tflite file nor MLIR text or bytecode; ONNX is not read yet");
  return {};
}

FailureOr<Model> loadModel(StringRef path, MLIRContext *context) {
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

llvm::Expected<std::vector<float>> parseNumbers(StringRef option, StringRef text) {
  std::vector<float> numbers;
  SmallVector<StringRef> words;
  if (!text.empty())
    text.split(words, ',');
  for (StringRef word : words) {
    double number;
    if (word.trim().getAsDouble(number))
      return llvm::createStringError("--" + option + ": expected a number, or one for each channel with commas between, got '" + text + "'");
    numbers.push_back(float(number));
  }
  return numbers;
}

} // namespace mlir::vernier
