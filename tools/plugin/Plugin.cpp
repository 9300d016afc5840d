//===- Plugin.cpp - Vernier inside another MLIR tool ------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"
#include "vernier/InitAllDialects.h"
#include "vernier/InitAllPasses.h"

static constexpr const char *kName = "Vernier";
static constexpr const char *kVersion = VERNIER_VERSION " (LLVM " LLVM_VERSION_STRING ")";

/// A tool may load the plugin for its dialects, for its passes, or for both.
static void registerPassesOnce() {
  static bool registered = (mlir::vernier::registerAllPasses(), true);
  (void)registered;
}

extern "C" LLVM_ATTRIBUTE_VISIBILITY_DEFAULT mlir::DialectPluginLibraryInfo mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, kName, kVersion, [](mlir::DialectRegistry *registry) {
            mlir::vernier::registerAllDialects(*registry);
            registerPassesOnce();
          }};
}

extern "C" LLVM_ATTRIBUTE_VISIBILITY_DEFAULT mlir::PassPluginLibraryInfo mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, kName, kVersion, registerPassesOnce};
}
