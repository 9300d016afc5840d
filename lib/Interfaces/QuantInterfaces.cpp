//===- QuantInterfaces.cpp - What passes may ask of operators ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Interfaces/QuantInterfaces.h"

#include "vernier/Interfaces/QuantAttrInterfaces.cpp.inc"
#include "vernier/Interfaces/QuantOpInterfaces.cpp.inc"
