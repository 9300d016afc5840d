//===- RangeFlow.cpp - Which part of a range counts -------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Interfaces/RangeFlow.h"

#include "vernier/Interfaces/RangeFlowInterfaces.cpp.inc"
