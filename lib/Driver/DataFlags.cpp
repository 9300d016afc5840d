//===- DataFlags.cpp - Options of the commands that read samples ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "DataFlags.h"
#include "vernier/Execution/NumericsNames.h"
#include "vernier/Execution/TensorIO.h"
#include "llvm/Support/Threading.h"

namespace mlir::vernier {

ExecutionFlags::ExecutionFlags(llvm::cl::SubCommand &command)
    : kernels(
          "kernels", llvm::cl::sub(command), llvm::cl::desc("Which kernels run:"),
          llvm::cl::init(ExecutionOptions::KernelSet::Runtime),
          llvm::cl::values(clEnumValN(ExecutionOptions::KernelSet::Runtime, "runtime", "those of generated programs"),
                           clEnumValN(ExecutionOptions::KernelSet::Reference, "reference",
                                      "naive ones, written from the specification"))),
      numerics("numerics", llvm::cl::sub(command), llvm::cl::desc("Whose integer arithmetic is reproduced:"),
               llvm::cl::init(numerics::NumericsTarget::LiteRT)) {
  for (const NumericsName &row : numericsNames())
    numerics.getParser().addLiteralOption(row.name, row.target, row.meaning);
}

ExecutionOptions ExecutionFlags::options() const {
  ExecutionOptions options;
  options.kernels = kernels;
  options.target = numerics;
  return options;
}

bool NumbersParser::parse(llvm::cl::Option &option, StringRef, StringRef text, std::string &value) {
  auto numbers = parseNumbers(text);
  if (!numbers)
    return option.error(llvm::toString(numbers.takeError()));
  value = text.str();
  return false;
}

unsigned DataFlags::threadCount() const {
  const unsigned most = 256;
  return std::clamp(threads ? threads.getValue() : llvm::hardware_concurrency().compute_thread_count(), 1u, most);
}

FailureOr<SampleStream> openSamples(const DataSource &source, const Signature &entry, StringRef prefix,
                                    const DataFlags &flags, StringRef model) {
  DataOptions options;
  options.modelName = model.str();
  options.mean = llvm::cantFail(parseNumbers(flags.mean));
  options.std = llvm::cantFail(parseNumbers(flags.std));
  FailureOr<std::vector<InputSpec>> specs = getInputSpecs(entry.function);
  if (failed(specs))
    return reportError(model + ": an input has a type that no data file can hold"), failure();
  for (auto [spec, name] : llvm::zip_equal(*specs, entry.inputs))
    if (!name.empty())
      spec.name = (prefix + name).str();
  auto stream = source.bind(*specs, options);
  if (!stream)
    return reportError(stream.takeError()), failure();
  return std::move(*stream);
}

FailureOr<SampleStream> openSamples(StringRef path, const Signature &entry, const DataFlags &flags, StringRef model) {
  auto source = DataSource::open(path);
  if (!source)
    return reportError(source.takeError()), failure();
  return openSamples(*source, entry, "", flags, model);
}

FailureOr<std::unique_ptr<Executor>> planFor(const SampleStream &samples, const Signature &entry,
                                             const ExecutionOptions &options) {
  SmallVector<SmallVector<int64_t>> shapes;
  for (unsigned i = 0, e = entry.inputs.size(); i < e; ++i)
    shapes.emplace_back(samples.shape(i));
  return Executor::create(entry.function, options, shapes);
}

FailureOr<PreparedRun> prepareRun(StringRef modelPath, StringRef samplesPath, const SignatureFlag &signature,
                                  const DataFlags &data, const ExecutionFlags &execution, ToolContext &context) {
  FailureOr<Model> model = loadModel(modelPath, context);
  if (failed(model))
    return failure();
  FailureOr<Signature> entry = model->findEntry(signature.signature);
  if (failed(entry))
    return failure();
  FailureOr<SampleStream> samples = openSamples(samplesPath, *entry, data, model->path);
  if (failed(samples))
    return failure();
  auto executor = planFor(*samples, *entry, execution.options());
  if (failed(executor))
    return failure();
  return PreparedRun{std::move(*model), std::move(*entry), std::move(*samples), std::move(*executor)};
}

} // namespace mlir::vernier
