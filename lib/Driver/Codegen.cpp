//===- Codegen.cpp - vernier codegen ----------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Command.h"
#include "mlir/Pass/PassManager.h"
#include "vernier/Dialect/Kernel/Targets.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Execution/Executor.h"
#include "vernier/Execution/TensorIO.h"
#include "vernier/IO/AtomicFile.h"
#include "vernier/Pipelines/LowerToCpp.h"
#include "vernier/Target/Cpp/Cpp.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace mlir::vernier {
namespace {

struct Flags {
  llvm::cl::SubCommand command{"codegen", "Write a network as C++ that needs nothing but a compiler and libc"};
  llvm::cl::opt<std::string> model{llvm::cl::Positional, llvm::cl::sub(command), llvm::cl::Required,
                                   llvm::cl::desc("MODEL")};
  llvm::cl::opt<std::string> output{"o", llvm::cl::sub(command), llvm::cl::Required, llvm::cl::value_desc("DIR"),
                                    llvm::cl::desc("Folder for the program; made where it is missing")};
  llvm::cl::opt<std::string> target{"target", llvm::cl::sub(command), llvm::cl::init("native"),
                                    llvm::cl::desc(kernel::targetNames())};
  llvm::cl::opt<std::string> numerics{
      "numerics", llvm::cl::sub(command), llvm::cl::init("litert"),
      llvm::cl::desc("Whose integer arithmetic is reproduced: litert (default), litert-ref or tflm")};
  llvm::cl::opt<std::string> name{"name", llvm::cl::sub(command), llvm::cl::value_desc("IDENT"),
                                  llvm::cl::desc("Prefix of every public name; by default from the model's file name")};
  llvm::cl::opt<bool> withTests{"with-tests", llvm::cl::sub(command),
                                llvm::cl::desc("Write a self-test and a benchmark too")};
};

Flags &flags() {
  static Flags instance;
  return instance;
}

/// An identifier from the file's name.
std::string defaultName(StringRef path) {
  std::string name;
  for (char c : llvm::sys::path::stem(path))
    name += llvm::isAlnum(c) ? c : '_';
  if (name.empty() || llvm::isDigit(name.front()))
    name = "network_" + name;
  return name;
}

/// Inputs that visit every byte value, or floats around zero, and what the executor makes of them.
FailureOr<TestVectors> makeTestVectors(func::FuncOp function, const ExecutionOptions &options) {
  auto executor = Executor::create(function, options);
  if (failed(executor))
    return failure();
  TestVectors vectors;
  TensorBuffers inputs((*executor)->inputs());
  uint32_t state = 1;
  for (auto [buffer, info] : llvm::zip_equal(inputs.writable(), (*executor)->inputs())) {
    const bool isFloat = info.elementType.isF32();
    const bool isIndex = !isFloat && !isa<quant::QuantizedType>(info.elementType) && !info.elementType.isInteger(8);
    for (size_t at = 0; at < buffer.size(); ++at) {
      state = state * 1664525 + 1013904223;
      // Indices of anything are small.
      buffer[at] = isIndex ? char(0) : char(state >> 24);
      if (isFloat && at % 4 == 0 && at + 4 <= buffer.size()) {
        const float value = float(int32_t(state >> 8) - (1 << 23)) / (1 << 22);
        std::memcpy(&buffer[at], &value, sizeof(value));
        at += 3;
      }
    }
    vectors.inputs.emplace_back(buffer.begin(), buffer.end());
  }
  for (int run = 0; run < TestVectors::kRuns; ++run)
    if (failed((*executor)->run(inputs.readable())))
      return failure();
  for (unsigned i = 0, e = (*executor)->outputs().size(); i < e; ++i) {
    TensorRef tensor = (*executor)->output(i);
    const char *data = tensor.as<const char>();
    vectors.outputs.emplace_back(data, data + nn::getStorageBytes(tensor.elementType, tensor.elements()).value_or(0));
  }
  return vectors;
}

FailureOr<ExecutionOptions> executionOptions() {
  ExecutionOptions options;
  if (flags().numerics == "litert-ref")
    options.target = numerics::NumericsTarget::LiteRTRef;
  else if (flags().numerics == "tflm")
    options.target = numerics::NumericsTarget::TFLM;
  else if (flags().numerics != "litert")
    return failure();
  return options;
}

int writeFiles(ArrayRef<ProgramFile> files) {
  std::vector<AtomicFile> written;
  for (const ProgramFile &file : files) {
    llvm::SmallString<128> path(flags().output);
    llvm::sys::path::append(path, file.path);
    if (std::error_code error = llvm::sys::fs::create_directories(llvm::sys::path::parent_path(path)))
      return reportError(path.str() + ": cannot make its folder: " + error.message());
    auto output = AtomicFile::create(path);
    if (!output)
      return reportError(output.takeError());
    output->os() << file.content;
    written.push_back(std::move(*output));
  }
  for (AtomicFile &file : written)
    if (llvm::Error error = file.commit())
      return reportError(std::move(error));
  return kDone;
}

int codegen() {
  LowerToCppOptions options{flags().target, flags().numerics, flags().name};
  if (!kernel::findTarget(options.target)) {
    reportError("expected --target " + kernel::targetNames() + ", got '" + options.target + "'");
    return kUsage;
  }
  auto execution = executionOptions();
  if (failed(execution)) {
    reportError("expected --numerics litert, litert-ref or tflm, got '" + options.numerics + "'");
    return kUsage;
  }
  if (flags().output.empty())
    return reportError("-o: expected the path of a folder, found an empty one");
  if (options.name.empty())
    options.name = defaultName(flags().model);
  ToolContext context;
  FailureOr<Model> model = loadModel(flags().model, context);
  if (failed(model))
    return kWrongInput;
  std::optional<TestVectors> tests;
  if (flags().withTests) {
    auto vectors = makeTestVectors(model->main(), *execution);
    if (failed(vectors))
      return kWrongInput;
    tests = std::move(*vectors);
  }
  PassManager toKernels(context), toSource(context);
  buildKernelPipeline(toKernels, options);
  buildSourcePipeline(toSource, options);
  if (failed(toKernels.run(*model->module)))
    return kWrongInput;
  OwningOpRef<ModuleOp> source = model->module->clone();
  if (failed(toSource.run(*source)))
    return kWrongInput;
  auto files = writeCpp(*model->module, *source, {options.name, tests ? &*tests : nullptr});
  return failed(files) ? kWrongInput : writeFiles(*files);
}

} // namespace

Command codegenCommand() { return {flags().command, codegen}; }

} // namespace mlir::vernier
