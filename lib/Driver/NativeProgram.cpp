//===- NativeProgram.cpp - A network, generated, compiled and loaded ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "NativeProgram.h"
#include "mlir/Dialect/EmitC/IR/EmitC.h"
#include "vernier/Dialect/Kernel/Kernel.h"
#include "vernier/Dialect/Kernel/Targets.h"
#include "vernier/Target/Cpp/Cpp.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/Signals.h"
#include <atomic>
#include <chrono>

namespace mlir::vernier {
namespace {

/// The program as users get it, and the same with a call after each kernel.
constexpr StringLiteral kPlain = "network", kInLaps = "timed";

/// A folder that is gone when this is, also when the process is interrupted meanwhile.
class TemporaryFolder {
public:
  TemporaryFolder() {
    llvm::sys::SetInterruptFunction([] { interrupted = true; });
    error = llvm::sys::fs::createUniqueDirectory("vernier-bench", path);
  }
  ~TemporaryFolder() {
    if (!error)
      llvm::sys::fs::remove_directories(path);
    llvm::sys::SetInterruptFunction(nullptr);
  }
  std::string operator/(StringRef file) const {
    llvm::SmallString<128> result(path);
    llvm::sys::path::append(result, file);
    return result.str().str();
  }

  static std::atomic<bool> interrupted;
  llvm::SmallString<128> path;
  std::error_code error;
};
std::atomic<bool> TemporaryFolder::interrupted = false;

LogicalResult writeFile(const std::string &path, StringRef content) {
  std::error_code error = llvm::sys::fs::create_directories(llvm::sys::path::parent_path(path));
  if (!error) {
    llvm::raw_fd_ostream os(path, error);
    os << content;
    os.close();
    error = error ? error : os.error();
    os.clear_error();
  }
  if (error)
    return reportError(path + ": " + error.message()), failure();
  return success();
}

/// Lets the function that runs call `timed_lap` after each kernel, with the kernel's place in the text.
void addLaps(ModuleOp source) {
  OpBuilder builder(source.getContext());
  auto run = llvm::find_if(source.getOps<emitc::FuncOp>(),
                           [](emitc::FuncOp function) { return function.getName() == "timed_run"; });
  builder.setInsertionPoint(*run);
  Location location = (*run).getLoc();
  emitc::VerbatimOp::create(
      builder, location,
      builder.getStringAttr("extern \"C\" {\nvoid (*timed_lap)(void *, unsigned);\nvoid *timed_lap_argument;\n}"));
  unsigned place = 0;
  (*run).walk([&](emitc::CallOpaqueOp call) {
    if (!call.getCallee().starts_with("layer"))
      return;
    builder.setInsertionPointAfter(call);
    emitc::CallOpaqueOp::create(
        builder, location, TypeRange(), "timed_lap", ValueRange(),
        builder.getArrayAttr({emitc::OpaqueAttr::get(source.getContext(), "timed_lap_argument"),
                              emitc::OpaqueAttr::get(source.getContext(), std::to_string(place++) + "u")}));
  });
}

Arithmetic arithmeticOf(kernel::CallOp call, const kernel::Target &target) {
  if (call.getIsa() == target.floating.type)
    return Arithmetic::Float;
  Arithmetic widest = Arithmetic::Int8;
  for (Value read : call.getReads()) {
    Type element = cast<MemRefType>(read.getType()).getElementType();
    // Weights may be wide, as tables are; and a kernel for integers may quantize floats by itself.
    if (read.getDefiningOp<kernel::ConstantOp>() || (call.getIsa() && isa<FloatType>(element)))
      continue;
    if (isa<FloatType>(element))
      return Arithmetic::Float;
    if (element.isInteger(16))
      widest = Arithmetic::Int16;
  }
  return widest;
}

/// A command with its messages in a file.
class Job {
public:
  Job(ArrayRef<std::string> command, std::string log) : program(command.front()), log(std::move(log)) {
    SmallVector<StringRef> words(command.begin(), command.end());
    std::optional<StringRef> redirects[] = {StringRef(), StringRef(this->log), StringRef(this->log)};
    process = llvm::sys::ExecuteNoWait(program, words, std::nullopt, redirects, 0, &message, &failed);
  }

  /// Seconds of processor that it took, or an error with its messages.
  llvm::Expected<double> wait() {
    std::optional<llvm::sys::ProcessStatistics> statistics;
    if (!failed)
      process = llvm::sys::Wait(process, std::nullopt, &message, &statistics);
    if (TemporaryFolder::interrupted)
      return llvm::createStringError("interrupted");
    if (!failed && process.ReturnCode == 0 && statistics)
      return std::chrono::duration<double>(statistics->TotalTime).count();
    if (auto buffer = llvm::MemoryBuffer::getFile(log))
      message += (*buffer)->getBuffer().take_front(2000);
    const std::string why = StringRef(message).trim().str();
    return llvm::createStringError(
        "'" + program + "' cannot compile the program: " +
        (why.empty() ? "it ended with exit code " + std::to_string(process.ReturnCode) + " and no message" : why));
  }

private:
  std::string program, log, message;
  bool failed = false;
  llvm::sys::ProcessInfo process;
};

} // namespace

FailureOr<std::vector<std::string>> findCompiler(std::optional<StringRef> wanted) {
  const std::optional<std::string> variable = llvm::sys::Process::GetEnv("CXX");
  const bool fromVariable = !wanted && variable && !StringRef(*variable).trim().empty();
  if (fromVariable)
    wanted = *variable;
  if (!wanted) {
    for (StringRef name : {"c++", "g++", "clang++"})
      if (auto path = llvm::sys::findProgramByName(name))
        return std::vector<std::string>{*path};
    reportError(
        "no C++ compiler found: neither c++, g++ nor clang++ is on PATH; install one ('apt-get install g++'), name one "
        "with --compiler or CXX, or time the executor alone with --executor");
    return failure();
  }
  SmallVector<StringRef> words;
  wanted->split(words, ' ', -1, /*KeepEmpty=*/false);
  auto path = words.empty() ? std::make_error_code(std::errc::no_such_file_or_directory)
                            : llvm::sys::findProgramByName(words.front());
  if (!path || !llvm::sys::fs::can_execute(*path))
    return reportError((fromVariable ? "CXX" : "--compiler") + Twine(": expected a program, got '") + *wanted + "'"),
           failure();
  std::vector<std::string> command(words.begin(), words.end());
  command.front() = *path;
  return command;
}

void NativeProgram::describe(ModuleOp planned) {
  auto function = *planned.getOps<func::FuncOp>().begin();
  auto name = planned->getAttrOfType<StringAttr>(kernel::KernelDialect::getTargetAttrName());
  const kernel::Target &target = *kernel::findTarget(name.getValue());
  const auto bytes = [](ValueRange memories) {
    int64_t sum = 0;
    for (Value memory : memories)
      sum += kernel::bytesOf(cast<MemRefType>(memory.getType()));
    return sum;
  };
  function.walk([&](kernel::CallOp call) {
    kernels.push_back({call.getOrigin().value_or("").str(), call.getResidual().value_or("").str(),
                       call.getCallee().str(), arithmeticOf(call, target), int64_t(call.getMacs()),
                       bytes(call.getReads()) + bytes(call.getWrites())});
  });
  weightSize = kernel::weightBytes(planned);
  if (auto arena = planned->getAttrOfType<IntegerAttr>(kernel::KernelDialect::getArenaBytesAttrName()))
    arenaSize = arena.getInt();
  flags = target.flags.str();
  memory.resize(arenaSize + kernel::kAlignment);
}

void *NativeProgram::arena() {
  return reinterpret_cast<void *>(llvm::alignAddr(memory.data(), llvm::Align(kernel::kAlignment)));
}

bool NativeProgram::runInLaps(const void *const *inputs, void *const *outputs, function_ref<void(unsigned)> lap) {
  *hook = [](void *argument, unsigned kernel) { (*static_cast<function_ref<void(unsigned)> *>(argument))(kernel); };
  *hookArgument = &lap;
  return inLaps(arena(), inputs, outputs) == 0;
}

FailureOr<NativeProgram> NativeProgram::create(ModuleOp network, const LowerToCppOptions &options,
                                               ArrayRef<std::string> compiler) {
  NativeProgram program;
  TemporaryFolder folder;
  if (folder.error)
    return reportError("cannot make a folder for the program: " + folder.error.message()), failure();
  const auto start = std::chrono::steady_clock::now();
  auto planned = lowerToKernels(network, options);
  if (failed(planned))
    return failure();
  program.describe(**planned);
  for (StringRef name : {kPlain, kInLaps}) {
    LowerToCppOptions named = options;
    named.name = name.str();
    auto source = lowerToSource(**planned, named);
    if (failed(source))
      return failure();
    if (name == kInLaps)
      addLaps(**source);
    auto files = writeCpp(**planned, **source, {named.name, nullptr});
    if (failed(files))
      return failure();
    for (const ProgramFile &file : *files)
      if (!StringRef(file.path).ends_with(".weights.inc") && failed(writeFile(folder / file.path, file.content)))
        return failure();
    if (name == kPlain)
      program.generating = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  std::vector<std::string> command(compiler);
  SmallVector<StringRef> targetFlags;
  StringRef(program.flags).split(targetFlags, ' ', -1, /*KeepEmpty=*/false);
  for (StringRef flag : {"-std=c++17", "-O2", "-fPIC", "-fno-exceptions", "-fno-rtti"})
    command.push_back(flag.str());
  command.insert(command.end(), targetFlags.begin(), targetFlags.end());
  const auto compile = [&](StringRef name) {
    std::vector<std::string> words = command;
    words.insert(words.end(), {"-c", folder / (name + ".cpp").str(), "-o", folder / (name + ".o").str()});
    return Job(words, folder / (name + ".log").str());
  };
  Job plainJob = compile(kPlain), lapsJob = compile(kInLaps);
  auto plainSeconds = plainJob.wait(), lapsSeconds = lapsJob.wait();
  // Where both fail, both say the same.
  if (!plainSeconds || !lapsSeconds) {
    llvm::Error error = plainSeconds.takeError(), other = lapsSeconds.takeError();
    if (error)
      llvm::consumeError(std::move(other));
    return reportError(error ? std::move(error) : std::move(other)), failure();
  }
  program.compiling = *plainSeconds;
  command.insert(command.end(), {"-shared", "-o", folder / "program.so", folder / "network.o", folder / "timed.o"});
  if (auto seconds = Job(command, folder / "link.log").wait(); !seconds)
    return reportError(seconds.takeError()), failure();
  std::string message;
  auto library = llvm::sys::DynamicLibrary::getPermanentLibrary((folder / "program.so").c_str(), &message);
  if (!library.isValid())
    return reportError("cannot load the program: " + message), failure();
  program.plain = reinterpret_cast<Run>(library.getAddressOfSymbol("network_run"));
  program.inLaps = reinterpret_cast<Run>(library.getAddressOfSymbol("timed_run"));
  program.hook = static_cast<void (**)(void *, unsigned)>(library.getAddressOfSymbol("timed_lap"));
  program.hookArgument = static_cast<void **>(library.getAddressOfSymbol("timed_lap_argument"));
  // Networks without a state have none.
  if (auto *reset = reinterpret_cast<void (*)(void *)>(library.getAddressOfSymbol("network_reset")))
    reset(program.arena());
  return program;
}

} // namespace mlir::vernier
