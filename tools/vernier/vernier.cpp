//===- vernier.cpp - The command for users ----------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Driver/Driver.h"

int main(int argc, char **argv) { return mlir::vernier::runDriver(argc, argv); }
