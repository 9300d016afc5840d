// The dialect, its answers, and the plugin that brings it into mlir-opt.
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "vernier/Interfaces/QuantDialectInterface.h"
#include "vernier/Interfaces/QuantInterfaces.h"

#include "ToyDialect.h.inc"
#define GET_OP_CLASSES
#include "ToyOps.h.inc"

#include "ToyDialect.cpp.inc"
#define GET_OP_CLASSES
#include "ToyOps.cpp.inc"

namespace toy {
using mlir::vernier::QuantSource, mlir::vernier::Scheme, mlir::vernier::ValueSlot;

/// What stands between float and quantized values. Without it: upstream's quant.qcast, quant.dcast, arith.constant.
struct ToySpelling : mlir::vernier::QuantDialectInterface {
  using QuantDialectInterface::QuantDialectInterface;

  mlir::Value buildQuantize(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value input,
                            mlir::Type resultType) const final {
    return CastOp::create(builder, loc, resultType, input);
  }
  mlir::Value buildDequantize(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value input,
                              mlir::Type resultType) const final {
    return CastOp::create(builder, loc, resultType, input);
  }
  mlir::Value buildConstant(mlir::OpBuilder &builder, mlir::Operation *original, mlir::ShapedType type,
                            llvm::ArrayRef<char> data) const final {
    auto quantized = mlir::quant::QuantizedType::getQuantizedElementType(type);
    mlir::ShapedType storage = quantized ? type.clone(quantized.getStorageType()) : type;
    return ConstantOp::create(builder, original->getLoc(), type,
                              mlir::DenseElementsAttr::getFromRawBuffer(storage, data));
  }
};

void ToyDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "ToyOps.cpp.inc"
      >();
  addInterfaces<ToySpelling>();
}

QuantSource DenseOp::getOperandSource(unsigned index, const Scheme &scheme) {
  if (index == 0)
    return QuantSource::own(scheme.activation());
  return index == 1 ? QuantSource::own(scheme.weight(/*axis=*/1)) : QuantSource::derived(scheme.bias(), {0, 1});
}
QuantSource DenseOp::getResultSource(unsigned, const Scheme &scheme) { return QuantSource::own(scheme.activation()); }

QuantSource FlipOp::getOperandSource(unsigned, const Scheme &scheme) {
  return QuantSource::sharedWith(ValueSlot::result(0), scheme.activation());
}
QuantSource FlipOp::getResultSource(unsigned, const Scheme &scheme) {
  return QuantSource::sharedWith(ValueSlot::operand(0), scheme.activation());
}
} // namespace toy

extern "C" mlir::DialectPluginLibraryInfo mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "Toy", "0.1",
          [](mlir::DialectRegistry *registry) { registry->insert<toy::ToyDialect>(); }};
}
