//===- Precompiled.cpp - Owner of the precompiled header --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// An MLIR translation unit costs seconds of parsing; this one pays them once for all.
