// A dialect of another project, whose operators Vernier's passes quantize because they answer its interface.
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "vernier/Interfaces/QuantInterfaces.td"

def ToyDialect : Dialect {
  let name = "toy";
  let cppNamespace = "::toy";
  let dependentDialects = ["::mlir::quant::QuantDialect"];
}

class Toy_Op<string mnemonic, list<Trait> traits = []> : Op<ToyDialect, mnemonic, !listconcat(traits, [Pure])> {
  let results = (outs AnyTensor:$output);
}

def Toy_DenseOp : Toy_Op<"dense", [DeclareOpInterfaceMethods<QuantizableOpInterface>]> {
  let summary = "input x weights + bias, with a scale for each column of the weights";
  let arguments = (ins AnyTensor:$input, AnyTensor:$weights, AnyTensor:$bias);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

def Toy_FlipOp : Toy_Op<"flip", [DeclareOpInterfaceMethods<QuantizableOpInterface>]> {
  let summary = "Moves elements, and keeps their parameters";
  let arguments = (ins AnyTensor:$input);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

def Toy_CastOp : Toy_Op<"cast"> {
  let summary = "Between float and quantized, and from one set of parameters to another";
  let arguments = (ins AnyTensor:$input);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

def Toy_ConstantOp : Toy_Op<"constant"> {
  let summary = "Integers, and what they stand for";
  let arguments = (ins ElementsAttr:$values);
  let assemblyFormat = "$values attr-dict `:` type($output)";
}

def Toy_SortOp : Toy_Op<"sort"> {
  let summary = "Without the interface: stays float";
  let arguments = (ins AnyTensor:$input);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}
