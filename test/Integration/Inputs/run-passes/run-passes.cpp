// Quantizes a module with the ranges of a statistics file: run-passes MODULE STATISTICS.
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "vernier/InitAllDialects.h"
#include "vernier/Pipelines/Quantize.h"
#include "vernier/Transforms/Passes.h"

int main(int argc, char **argv) {
  if (argc != 3) {
    llvm::errs() << "usage: run-passes MODULE STATISTICS\n";
    return 2;
  }
  mlir::DialectRegistry registry;
  mlir::vernier::registerAllDialects(registry);
  mlir::MLIRContext context(registry);
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(argv[1], &context);
  if (!module)
    return 1;

  mlir::PassManager manager(&context);
  mlir::vernier::QuantizeOptions options;
  mlir::vernier::AttachStatisticsPassOptions ranges;
  ranges.statistics = argv[2];
  mlir::vernier::buildPreparePipeline(manager, options);
  manager.addPass(mlir::vernier::createAttachStatisticsPass(ranges));
  mlir::vernier::buildFinishPipeline(manager, options);
  if (mlir::failed(manager.run(*module)))
    return 1;
  module->print(llvm::outs());
}
