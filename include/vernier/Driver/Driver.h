//===- Driver.h - The vernier command ---------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DRIVER_DRIVER_H
#define VERNIER_DRIVER_DRIVER_H

namespace mlir::vernier {

/// Runs the `vernier` command line. Returns the exit code: 0 done, 1 the input or the request is
/// wrong, 2 usage, 3 a check that was asked for failed.
int runDriver(int argc, char **argv);

} // namespace mlir::vernier

#endif // VERNIER_DRIVER_DRIVER_H
