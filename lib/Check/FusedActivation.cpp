//===- FusedActivation.cpp - What operators clamp their results to -*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "FusedActivation.h"

namespace mlir::vernier::check {

std::optional<schema::ActivationFunctionType> fusedActivation(const OperatorView &op) {
  auto get = [](const auto *options) -> std::optional<schema::ActivationFunctionType> {
    if (!options)
      return std::nullopt;
    return options->fused_activation_function();
  };
  switch (op.table->builtin_options_type()) {
  case schema::BuiltinOptions::Conv2DOptions:
    return get(op.options<schema::Conv2DOptions>());
  case schema::BuiltinOptions::DepthwiseConv2DOptions:
    return get(op.options<schema::DepthwiseConv2DOptions>());
  case schema::BuiltinOptions::FullyConnectedOptions:
    return get(op.options<schema::FullyConnectedOptions>());
  case schema::BuiltinOptions::TransposeConvOptions:
    return get(op.options<schema::TransposeConvOptions>());
  case schema::BuiltinOptions::Pool2DOptions:
    return get(op.options<schema::Pool2DOptions>());
  case schema::BuiltinOptions::AddOptions:
    return get(op.options<schema::AddOptions>());
  case schema::BuiltinOptions::SubOptions:
    return get(op.options<schema::SubOptions>());
  case schema::BuiltinOptions::MulOptions:
    return get(op.options<schema::MulOptions>());
  case schema::BuiltinOptions::DivOptions:
    return get(op.options<schema::DivOptions>());
  case schema::BuiltinOptions::ConcatenationOptions:
    return get(op.options<schema::ConcatenationOptions>());
  case schema::BuiltinOptions::L2NormOptions:
    return get(op.options<schema::L2NormOptions>());
  default:
    return std::nullopt;
  }
}

} // namespace mlir::vernier::check
