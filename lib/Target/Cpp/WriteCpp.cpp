//===- WriteCpp.cpp - Writing a network as C++ ------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Parts.h"
#include "mlir/Dialect/EmitC/IR/EmitC.h"
#include "mlir/Target/Cpp/CppEmitter.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

namespace mlir::vernier {
namespace {

using cpp::Summary;

std::string writeCMake(const Summary &s, bool hasTests) {
  constexpr llvm::StringLiteral text = R"(# Written by 'vernier codegen' for target {1}.
cmake_minimum_required(VERSION 3.16)
project({0} LANGUAGES CXX)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
add_library({0} STATIC{2})
target_compile_features({0} PUBLIC cxx_std_17)
target_include_directories({0} PUBLIC ${{CMAKE_CURRENT_SOURCE_DIR})
target_compile_options({0} PRIVATE -fno-exceptions -fno-rtti)
{3}{4}{5})";
  constexpr llvm::StringLiteral weights =
      R"(set_source_files_properties({0}.cpp PROPERTIES OBJECT_DEPENDS ${{CMAKE_CURRENT_SOURCE_DIR}/{0}.cpp.weights)
)";
  constexpr llvm::StringLiteral tests = R"(enable_testing()
foreach(program test bench)
  add_executable({0}_${{program} {0}_${{program}.cpp)
  target_link_libraries({0}_${{program} PRIVATE {0})
endforeach()
add_test(NAME {0} COMMAND {0}_test)
)";
  const auto fill = [&](StringRef form) { return llvm::formatv(form.data(), s.name).str(); };
  std::string files, flags;
  for (const cpp::Source &source : s.sources) {
    files += " " + source.file;
    if (!source.flags.empty())
      flags += llvm::formatv("set_source_files_properties({0} PROPERTIES COMPILE_OPTIONS \"{1}\")\n", source.file,
                             llvm::join(llvm::split(source.flags, ' '), ";"));
  }
  return llvm::formatv(text.data(), s.name, s.target, files, flags, s.weightBytes ? fill(weights) : "",
                       hasTests ? fill(tests) : "");
}

} // namespace

FailureOr<std::vector<ProgramFile>> writeCpp(ArrayRef<CppPart> parts, const CppOptions &options) {
  const Summary summary = cpp::summarize(parts, options.name);
  FailureOr<std::string> weights = cpp::collectWeights(parts);
  if (failed(weights))
    return failure();
  const std::string &name = options.name;
  const std::string head = "// Written by 'vernier codegen' for target " + summary.target + ".\n";
  const std::string definition = summary.weightBytes ? cpp::defineWeights(name) : "";
  std::vector<std::string> headers;
  std::vector<ProgramFile> files;
  if (parts.size() > 1)
    files.push_back({name + ".cpp", head + cpp::writeDispatch(summary) + definition});
  for (auto [part, written] : llvm::zip_equal(parts, ArrayRef(summary.sources).take_back(parts.size()))) {
    std::string code;
    llvm::raw_string_ostream stream(code);
    if (failed(emitc::translateToCpp(part.source, stream)))
      return failure();
    files.push_back({written.file, head + code + (parts.size() > 1 ? "" : definition)});
    for (auto include : ModuleOp(part.source).getOps<emitc::IncludeOp>())
      if (include.getInclude().starts_with("vernier/"))
        headers.push_back(include.getInclude().str());
  }
  for (ProgramFile &file : cpp::collectHeaders(headers))
    files.push_back(std::move(file));
  files.push_back({name + ".h", cpp::writeHeader(summary)});
  if (summary.weightBytes) {
    files.push_back({name + ".weights.inc", cpp::listWeights(*weights)});
    files.push_back({name + ".cpp.weights", std::move(*weights)});
  }
  files.push_back({name + ".json", cpp::writeReport(summary)});
  files.push_back({"CMakeLists.txt", writeCMake(summary, options.tests)});
  if (options.tests) {
    files.push_back({name + "_test.cpp", cpp::writeSelfTest(summary, *options.tests)});
    files.push_back({name + "_bench.cpp", cpp::writeBenchmark(summary)});
  }
  return files;
}

} // namespace mlir::vernier
