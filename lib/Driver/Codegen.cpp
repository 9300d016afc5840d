//===- Codegen.cpp - vernier codegen ----------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Command.h"
#include "NoiseInputs.h"
#include "vernier/Dialect/Kernel/ProgramName.h"
#include "vernier/Dialect/Kernel/ShareConstants.h"
#include "vernier/Dialect/Kernel/Targets.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Execution/Executor.h"
#include "vernier/Execution/NumericsNames.h"
#include "vernier/IO/AtomicFile.h"
#include "vernier/Pipelines/LowerToCpp.h"
#include "vernier/Target/Cpp/Cpp.h"
#include "vernier/Target/TFLite/TFLite.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/WithColor.h"

namespace mlir::vernier {
namespace {

struct Flags {
  llvm::cl::SubCommand command{"codegen", "Write a network as C++ that needs nothing but a compiler and libc"};
  llvm::cl::opt<std::string> model{llvm::cl::Positional, llvm::cl::sub(command), llvm::cl::Required,
                                   llvm::cl::desc("MODEL")};
  llvm::cl::opt<std::string> output{"o", llvm::cl::sub(command), llvm::cl::Required, llvm::cl::value_desc("DIR"),
                                    llvm::cl::desc("Folder for the program; made where it is missing")};
  const std::string targetHelp =
      ("What the program runs on: " + kernel::targetNames() +
       " (default), the best of them here; or several with commas between, among which it chooses when it first runs")
          .str();
  llvm::cl::opt<std::string> target{"target", llvm::cl::sub(command), llvm::cl::init("native"),
                                    llvm::cl::desc(targetHelp)};
  llvm::cl::opt<std::string> numerics{
      "numerics", llvm::cl::sub(command), llvm::cl::init("litert"),
      llvm::cl::desc("Whose integer arithmetic is reproduced: litert (default), litert-ref or tflm")};
  llvm::cl::opt<std::string> name{"name", llvm::cl::sub(command), llvm::cl::value_desc("IDENT"),
                                  llvm::cl::desc("Prefix of every public name; by default from the model's file name")};
  llvm::cl::opt<std::string> signature{"signature", llvm::cl::sub(command), llvm::cl::value_desc("KEY"),
                                       llvm::cl::desc("The entry point, by its signature's key")};
  llvm::cl::opt<bool> withTests{"with-tests", llvm::cl::sub(command),
                                llvm::cl::desc("Write a self-test and a benchmark too")};
};

Flags &flags() {
  static Flags instance;
  return instance;
}

/// A program's name from the file's.
std::string defaultName(StringRef path) {
  std::string name;
  for (char c : llvm::sys::path::stem(path))
    name += llvm::isAlnum(c) ? c : '_';
  if (!kernel::isProgramName(name))
    name = "network_" + name;
  return name;
}

/// Noise, and what the executor makes of them.
FailureOr<TestVectors> makeTestVectors(func::FuncOp function, const ExecutionOptions &options) {
  auto executor = Executor::create(function, options);
  if (failed(executor))
    return failure();
  TestVectors vectors;
  TensorBuffers inputs((*executor)->inputs());
  std::mt19937 random(1);
  fillWithNoise((*executor)->inputs(), inputs, random, /*largestIndex=*/0);
  for (ArrayRef<char> buffer : inputs.readable())
    vectors.inputs.emplace_back(buffer.begin(), buffer.end());
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

/// Folders that are missing, made; gone again unless they are kept, where nobody has put anything into them.
class NewFolders {
public:
  ~NewFolders() {
    for (const std::string &folder : llvm::reverse(made))
      (void)llvm::sys::fs::remove(folder);
  }
  std::error_code make(StringRef folder) {
    if (folder.empty() || llvm::sys::fs::is_directory(folder))
      return {};
    if (std::error_code error = make(llvm::sys::path::parent_path(folder)))
      return error;
    std::error_code error = llvm::sys::fs::create_directory(folder, /*IgnoreExisting=*/false);
    if (!error)
      made.push_back(folder.str());
    return error;
  }
  void keep() { made.clear(); }

private:
  std::vector<std::string> made;
};

int writeFiles(ArrayRef<ProgramFile> files) {
  // Files without their names yet go before the folders do.
  NewFolders folders;
  std::vector<AtomicFile> written;
  for (const ProgramFile &file : files) {
    llvm::SmallString<128> path(flags().output);
    llvm::sys::path::append(path, file.path);
    if (std::error_code error = folders.make(llvm::sys::path::parent_path(path)))
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
  folders.keep();
  return kDone;
}

/// The targets that --target lists, the best last; null, with an error, where no program can have them all.
FailureOr<SmallVector<const kernel::Target *>> parseTargets() {
  SmallVector<const kernel::Target *> targets;
  StringRef architecture;
  for (StringRef name : llvm::split(flags().target, ',')) {
    const kernel::Target *target = kernel::findTarget(name);
    if (!target)
      return reportError("expected --target " + kernel::targetNames() + ", got '" + name + "'"), failure();
    if (llvm::is_contained(targets, target))
      return reportError("expected each --target once, got " + target->name + " twice"), failure();
    if (!architecture.empty() && !target->architecture.empty() && target->architecture != architecture)
      return reportError("expected --target to name one architecture, got " + architecture + " and " +
                         target->architecture),
             failure();
    if (architecture.empty())
      architecture = target->architecture;
    targets.push_back(target);
  }
  // The table has the best last.
  llvm::sort(targets);
  return targets;
}

/// The network as planned kernel calls, and the source of these, for each target.
struct Lowered {
  OwningOpRef<ModuleOp> kernels, source;
};
FailureOr<std::vector<Lowered>> lower(ModuleOp network, ArrayRef<const kernel::Target *> targets,
                                      LowerToCppOptions options) {
  std::vector<Lowered> parts;
  const auto optionsFor = [&](const kernel::Target *target) {
    options.target = target->name.str();
    options.part = targets.size() > 1;
    return options;
  };
  SmallVector<ModuleOp> programs;
  for (const kernel::Target *target : targets) {
    auto kernels = lowerToKernels(network, optionsFor(target));
    if (failed(kernels))
      return failure();
    programs.push_back(**kernels);
    parts.push_back({std::move(*kernels), {}});
  }
  if (targets.size() > 1 && failed(kernel::shareConstants(programs)))
    return failure();
  for (auto [part, target] : llvm::zip_equal(parts, targets)) {
    auto source = lowerToSource(*part.kernels, optionsFor(target));
    if (failed(source))
      return failure();
    part.source = std::move(*source);
  }
  return parts;
}

/// The entry point that --signature names, made the module's first function, which is the one that is generated.
FailureOr<Signature> chooseEntry(Model &model) {
  FailureOr<Signature> entry = model.findEntry(flags().signature);
  if (failed(entry))
    return failure();
  const std::vector<Signature> all = getSignatures(*model.module);
  if (flags().signature.empty() && all.size() > 1)
    llvm::WithColor::warning()
        << model.path << ": has signatures "
        << llvm::join(llvm::map_range(all, [](const Signature &one) { return one.key; }), ", ")
        << ", and a program has one entry point: its first subgraph; --signature takes another\n";
  if (entry->function != model.main())
    entry->function->moveBefore(model.main());
  return entry;
}

int codegen() {
  LowerToCppOptions options{flags().target, flags().numerics, flags().name};
  auto targets = parseTargets();
  if (failed(targets))
    return kUsage;
  const auto numerics = symbolizeNumerics(flags().numerics);
  if (!numerics) {
    reportError("expected --numerics " + listNumerics() + ", got '" + options.numerics + "'");
    return kUsage;
  }
  if (flags().output.empty())
    return reportError("-o: expected the path of a folder, found an empty one");
  if (!flags().name.getNumOccurrences()) {
    options.name = defaultName(flags().model);
  } else if (!kernel::isProgramName(options.name)) {
    reportError("expected --name to be an identifier that is free in C++, its library and CMake, got '" + options.name +
                "'");
    return kUsage;
  }
  ToolContext context;
  FailureOr<Model> model = loadModel(flags().model, context);
  if (failed(model))
    return kWrongInput;
  FailureOr<Signature> entry = chooseEntry(*model);
  if (failed(entry))
    return kWrongInput;
  auto parts = lower(*model->module, *targets, options);
  if (failed(parts))
    return kWrongInput;
  std::optional<TestVectors> tests;
  if (flags().withTests) {
    ExecutionOptions execution;
    execution.target = *numerics;
    auto vectors = makeTestVectors(entry->function, execution);
    if (failed(vectors))
      return kWrongInput;
    tests = std::move(*vectors);
  }
  const auto views = llvm::map_to_vector(*parts, [](Lowered &part) { return CppPart{*part.kernels, *part.source}; });
  auto files = writeCpp(views, {options.name, tests ? &*tests : nullptr});
  return failed(files) ? kWrongInput : writeFiles(*files);
}

} // namespace

Command codegenCommand() { return {flags().command, codegen}; }

} // namespace mlir::vernier
