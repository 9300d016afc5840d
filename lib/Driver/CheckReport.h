//===- CheckReport.h - What check found, for people and scripts -*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_DRIVER_CHECKREPORT_H
#define VERNIER_LIB_DRIVER_CHECKREPORT_H

#include "vernier/Check/Check.h"
#include "vernier/Check/RunTargets.h"
#include "llvm/Support/raw_ostream.h"

namespace mlir::vernier {

/// One line for each rule: its name, severity and what it asks.
void printRules(llvm::raw_ostream &os, bool json);

/// `partings` is null where nothing was run.
void printText(llvm::raw_ostream &os, const check::Report &report, const check::PartingReport *partings,
               StringRef model, const check::Options &options);
void printJson(llvm::raw_ostream &os, const check::Report &report, const check::PartingReport *partings,
               StringRef model, const check::Options &options);

} // namespace mlir::vernier

#endif // VERNIER_LIB_DRIVER_CHECKREPORT_H
