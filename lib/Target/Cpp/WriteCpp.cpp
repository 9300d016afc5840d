//===- WriteCpp.cpp - Writing a network as C++ ------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Parts.h"
#include "mlir/Dialect/EmitC/IR/EmitC.h"
#include "mlir/Target/Cpp/CppEmitter.h"
#include "vernier/Interfaces/ConstantData.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::vernier {
namespace {

using cpp::Summary;

/// The constants, each at its offset.
FailureOr<std::string> collectWeights(const Summary &summary) {
  Block &body = func::FuncOp(summary.function).getBody().front();
  std::string weights(llvm::alignTo(summary.weightBytes, sizeof(uint64_t)), '\0');
  for (auto constant : body.getOps<kernel::ConstantOp>()) {
    std::optional<ConstantData> data = getConstantData(constant.getValue());
    if (!data)
      return constant.emitOpError() << "expected elements, which are elided";
    llvm::copy(data->bytes(), weights.begin() + constant.getOffset().value_or(0));
  }
  return weights;
}

/// The same as a list of numbers for compilers without an assembler that includes files.
std::string listWeights(StringRef weights) {
  std::string text;
  text.reserve(weights.size() / 8 * 20);
  for (size_t at = 0; at < weights.size(); at += sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, weights.data() + at, sizeof(word));
    text += "0x" + llvm::utohexstr(word, /*LowerCase=*/true) + (at / 8 % 8 == 7 ? ",\n" : ",");
  }
  return text + "\n";
}

std::string writeCMake(const Summary &s, bool hasTests) {
  constexpr llvm::StringLiteral text = R"(# Written by 'vernier codegen' for target {1}.
cmake_minimum_required(VERSION 3.16)
project({0} LANGUAGES CXX)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
add_library({0} STATIC {0}.cpp)
target_compile_features({0} PUBLIC cxx_std_17)
target_include_directories({0} PUBLIC ${{CMAKE_CURRENT_SOURCE_DIR})
target_compile_options({0} PRIVATE {2} -fno-exceptions -fno-rtti)
{3}{4})";
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
  return llvm::formatv(text.data(), s.name, s.target, s.flags, s.weightBytes ? fill(weights) : "",
                       hasTests ? fill(tests) : "");
}

} // namespace

FailureOr<std::vector<ProgramFile>> writeCpp(ModuleOp kernels, ModuleOp source, const CppOptions &options) {
  const Summary summary = cpp::summarize(kernels, options.name);
  std::string code;
  llvm::raw_string_ostream stream(code);
  if (failed(emitc::translateToCpp(source, stream)))
    return failure();
  FailureOr<std::string> weights = collectWeights(summary);
  if (failed(weights))
    return failure();
  std::vector<std::string> headers;
  for (auto include : source.getOps<emitc::IncludeOp>())
    if (include.getInclude().starts_with("vernier/"))
      headers.push_back(include.getInclude().str());

  std::vector<ProgramFile> files = cpp::collectHeaders(headers);
  const std::string &name = options.name;
  files.push_back({name + ".h", cpp::writeHeader(summary)});
  files.push_back({name + ".cpp", "// Written by 'vernier codegen' for target " + summary.target + ".\n" + code});
  if (summary.weightBytes) {
    files.push_back({name + ".weights.inc", listWeights(*weights)});
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
