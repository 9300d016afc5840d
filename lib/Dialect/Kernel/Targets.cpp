//===- Targets.cpp - What programs can be generated for -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Dialect/Kernel/Targets.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"

namespace mlir::vernier::kernel {
namespace {

constexpr StringRef kAvx2Macros[] = {"__AVX2__", "__FMA__"};
constexpr StringRef kAvx2[] = {"avx2", "fma"};
constexpr StringRef kAvx512Macros[] = {"__AVX2__",     "__FMA__",      "__AVX512F__",   "__AVX512DQ__",
                                       "__AVX512BW__", "__AVX512VL__", "__AVX512VNNI__"};
constexpr StringRef kAvx512[] = {"avx2", "fma", "avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512vnni"};
constexpr StringRef kDotprodMacros[] = {"__ARM_FEATURE_DOTPROD"};
constexpr StringRef kDotprod[] = {"dotprod"};

// The best last.
constexpr Target kTargets[] = {
    {"generic",
     {"runtime::GenericInteger", "Runtime/Integer/Generic.h"},
     {"runtime::GenericFloat", "Runtime/Float/Generic.h"},
     "",
     {},
     "",
     {},
     "",
     ""},
    {"x86-64-v3",
     {"runtime::Avx2Integer", "Runtime/Integer/Avx2.h", /*signedInputs=*/false, /*pairedWeights=*/true},
     {"runtime::Avx2Float", "Runtime/Float/Avx2.h"},
     "-mavx2 -mfma",
     kAvx2Macros,
     "x86",
     kAvx2,
     "__builtin_cpu_supports(\"avx2\") && __builtin_cpu_supports(\"fma\")",
     ""},
    {"x86-64-v4-vnni",
     {"runtime::Avx512VnniInteger", "Runtime/Integer/Avx512Vnni.h", /*signedInputs=*/false, /*pairedWeights=*/false,
      /*unsignedActivations=*/true},
     {"runtime::Avx512Float", "Runtime/Float/Avx512.h"},
     "-mavx2 -mfma -mavx512f -mavx512dq -mavx512bw -mavx512vl -mavx512vnni",
     kAvx512Macros,
     "x86",
     kAvx512,
     "__builtin_cpu_supports(\"avx512f\") && __builtin_cpu_supports(\"avx512dq\") && "
     "__builtin_cpu_supports(\"avx512bw\") && __builtin_cpu_supports(\"avx512vl\") && "
     "__builtin_cpu_supports(\"avx512vnni\") && __builtin_cpu_supports(\"fma\")",
     ""},
    {"armv8-dotprod",
     {"runtime::ArmDotprodInteger", "Runtime/Integer/ArmDotprod.h", /*signedInputs=*/true},
     {"runtime::NeonFloat", "Runtime/Float/Neon.h"},
     "-march=armv8.2-a+dotprod",
     kDotprodMacros,
     "aarch64",
     kDotprod,
     "(getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0",
     "sys/auxv.h"},
};

} // namespace

std::string Target::identifier() const {
  std::string text = name.str();
  llvm::replace(text, '-', '_');
  return text;
}

StringRef targetNames() {
  static const std::string names =
      llvm::join(llvm::map_range(kTargets, [](const Target &target) { return target.name; }), ", ") + " or native";
  return names;
}

const Target *findTarget(StringRef name) {
  for (const Target &target : llvm::reverse(kTargets))
    if (name == "native" ? runsHere(target) : name == target.name)
      return &target;
  return nullptr;
}

bool runsHere(const Target &target) {
  static const llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  return llvm::all_of(target.features, [](StringRef feature) { return features.lookup(feature); });
}

} // namespace mlir::vernier::kernel
