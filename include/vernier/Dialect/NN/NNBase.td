//===- NNBase.td - What every nn operator has --------------*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_NN_NNBASE_TD
#define VERNIER_DIALECT_NN_NNBASE_TD

include "mlir/IR/OpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "vernier/Dialect/NN/NNAttributes.td"
include "vernier/Interfaces/QuantInterfaces.td"

def NN_Tensor : Type<AnyTensor.predicate, "tensor", "::mlir::TensorType">;
// Optional inputs in the middle of a list are `nn.no_value : none`.
def NN_OptionalTensor : AnyTypeOf<[NN_Tensor, NoneType], "tensor or none">;

// `!quant.uniform` accepts an axis beyond the rank, missing scales and wild zero points; this refuses them.
def NN_SoundQuantizedTypes : NativeOpTrait<"SoundQuantizedTypes"> { let cppNamespace = "::mlir::vernier::nn"; }

// Operands and results that share parameters share the type that stores them, too.
def NN_SharedStorageType : NativeOpTrait<"SharedStorageType"> { let cppNamespace = "::mlir::vernier::nn"; }

class NN_Op<string mnemonic, list<Trait> traits = []>
    : Op<NNDialect, mnemonic, !listconcat([NN_SoundQuantizedTypes], traits)>;

// The rule alone says which schemes the operator has a form in.
defvar NN_RuleDecides = [{
    ::std::optional<::std::string> getReasonToStayFloat(const ::mlir::vernier::Scheme &scheme) {
      return getQuantRule().reasonToStayFloat(scheme);
    }
}];

// Has a fused activation; integer kernels know only the clamping ones, float arithmetic all.
defvar NN_ClampingActivationOnly = [{
    ::std::optional<::std::string> getReasonToStayFloat(const ::mlir::vernier::Scheme &scheme) {
      if (auto reason = getQuantRule().reasonToStayFloat(scheme))
        return reason;
      if (!scheme.quantizesActivations())
        return ::std::nullopt;
      return ::mlir::vernier::nn::reasonAgainstActivation(getFusedActivationFunction());
    }
}];

// An operator that quantizes: `rule` is its line in TFLite's quantization specification.
class NN_QuantizableOp<string mnemonic, string rule, list<Trait> traits = [], string extra = NN_RuleDecides>
    : NN_Op<mnemonic, !listconcat([Pure, NN_SharedStorageType, QuantizableOpInterface], traits)> {
  let extraClassDeclaration = [{
    ::mlir::vernier::nn::QuantRule getQuantRule() { return ::mlir::vernier::nn::QuantRule::}] # rule # [{; }
    ::mlir::vernier::QuantSource getOperandSource(unsigned index, const ::mlir::vernier::Scheme &scheme) {
      return getQuantRule().operandSource(index, scheme);
    }
    ::mlir::vernier::QuantSource getResultSource(unsigned index, const ::mlir::vernier::Scheme &scheme) {
      return getQuantRule().resultSource(index, scheme);
    }
    double getMinResultScale(::llvm::ArrayRef<double> operandScales) {
      return getQuantRule().minResultScale(operandScales);
    }
    ::llvm::SmallVector<::mlir::Value> finalizeQuantized(const ::mlir::vernier::Scheme &scheme) {
      ::mlir::vernier::nn::setQuantizedOptions(getOperation(), scheme);
      return {getOperation()->result_begin(), getOperation()->result_end()};
    }
  }] # extra;
}

// Has integer kernels that are no faithful form of the operator.
class NN_StaysFloat<string reason> {
  string text = [{
    ::std::optional<::std::string> getReasonToStayFloat(const ::mlir::vernier::Scheme &scheme) {
      if (!scheme.quantizesActivations())
        return ::std::nullopt;
      return "}] # reason # [{";
    }
  }];
}

class NN_BinaryOp<string mnemonic, string what> : NN_Op<mnemonic, [Pure, ResultsBroadcastableShape]> {
  let summary = what;
  let arguments = (ins NN_Tensor:$lhs, NN_Tensor:$rhs);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
}
class NN_UnaryOp<string mnemonic, string what> : NN_Op<mnemonic, [Pure, SameOperandsAndResultShape]> {
  let summary = what;
  let arguments = (ins NN_Tensor:$input);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}
// Elements move, values do not: operands and results share their parameters (`shared`).
class NN_MovementOp<string mnemonic, string rule, dag args, string format> : NN_QuantizableOp<mnemonic, rule> {
  let arguments = args;
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = format # " attr-dict `:` functional-type(operands, results)";
}

class NN_I32<int value> : DefaultValuedAttr<I32Attr, !cast<string>(value)>;
class NN_I8<int value> : DefaultValuedAttr<I8Attr, !cast<string>(value)>;
class NN_F32<string value> : DefaultValuedAttr<F32Attr, value>;
def NN_False : DefaultValuedAttr<BoolAttr, "false">;
def NN_True : DefaultValuedAttr<BoolAttr, "true">;
def NN_PaddingOption : DefaultValuedAttr<NN_PaddingAttr, "::mlir::vernier::nn::Padding::SAME">;
def NN_ActivationOption : DefaultValuedAttr<NN_ActivationAttr, "::mlir::vernier::nn::Activation::NONE">;
class NN_I32Array : DefaultValuedAttr<DenseI32ArrayAttr, "{}">;

#endif // VERNIER_DIALECT_NN_NNBASE_TD
