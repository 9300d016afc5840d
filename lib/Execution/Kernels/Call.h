//===- Call.h - Kernels that run here and in generated programs -*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `makeCall(VERNIER_KERNEL("Pool.h", runtime::maxPool2D), p, In<T>{0}, range, Out<T>{})` is a kernel: it calls the
// function with these arguments, and it can say so (KernelCall.h). What follows from the run alone is a placeholder,
// everything else a value.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_LIB_EXECUTION_KERNELS_CALL_H
#define VERNIER_LIB_EXECUTION_KERNELS_CALL_H

#include "Planner.h"
#include "Records.h"
#include <map>
#include <tuple>

namespace mlir::vernier {

/// A function of Runtime under its name. `isa` tells that its first template argument is an instruction set.
template <typename Function> struct KernelFunction {
  StringRef headers, name;
  Function invoke;
  KernelIsa isa = KernelIsa::None;
};

/// A function that arguments choose an overload or instance of. `headers`: below vernier/Runtime, separated by commas.
#define VERNIER_KERNEL(headers, ...)                                                                                   \
  ::mlir::vernier::makeKernelFunction(headers, #__VA_ARGS__,                                                           \
                                      [](const auto &...arguments) { return __VA_ARGS__(arguments...); })

template <typename Function>
KernelFunction<Function> makeKernelFunction(StringRef headers, StringRef name, Function invoke,
                                            KernelIsa isa = KernelIsa::None) {
  return {headers, name, invoke, isa};
}

/// Operand `index` of the operator as elements of T, from element `offset` on.
template <typename T> struct In {
  unsigned index;
  int64_t offset = 0;
  const T *load(const KernelMemory &m) const {
    const T *data = m.operand<T>(index);
    return data ? data + offset : nullptr;
  }
  void describe(CallArgument &argument) const {
    argument.kind = CallArgument::Kind::Operand;
    argument.type = cppName<T>();
    argument.index = index;
    argument.offset = offset * int64_t(sizeof(T));
  }
};

/// A variable's memory, operand `index` of the operator, which the call changes.
template <typename T> struct State {
  unsigned index;
  T *load(const KernelMemory &m) const { return m.operands[index].as<T>(); }
  void describe(CallArgument &argument) const {
    argument.kind = CallArgument::Kind::State;
    argument.type = cppName<T>();
    argument.index = index;
  }
};

/// Result `index`.
template <typename T> struct Out {
  unsigned index = 0;
  int64_t offset = 0;
  T *load(const KernelMemory &m) const { return m.result<T>(index) + offset; }
  void describe(CallArgument &argument) const {
    argument.kind = CallArgument::Kind::Result;
    argument.type = cppName<T>();
    argument.index = index;
    argument.offset = offset * int64_t(sizeof(T));
  }
};

/// Scratch memory from byte `offset` on.
template <typename T> struct Scratch {
  int64_t offset = 0;
  T *load(const KernelMemory &m) const { return reinterpret_cast<T *>(m.scratch + offset); }
  void describe(CallArgument &argument) const {
    argument.kind = CallArgument::Kind::Scratch;
    argument.type = cppName<T>();
    argument.offset = offset;
  }
};

/// An array that was prepared while planning.
template <typename T> struct Prepared {
  std::shared_ptr<const std::vector<T>> elements;
  explicit Prepared(std::shared_ptr<const std::vector<T>> elements) : elements(std::move(elements)) {}
  explicit Prepared(std::vector<T> values) : elements(std::make_shared<const std::vector<T>>(std::move(values))) {}
  const T *load(const KernelMemory &) const { return elements->data(); }
  void describe(CallArgument &argument) const { describeArray(argument, ArrayRef<T>(*elements), elements); }
};

/// Arrays that members of an object point to.
class PreparedArrays {
public:
  /// Takes an array that was prepared while planning.
  template <typename T> const T *keep(std::vector<T> elements) {
    auto owner = std::make_shared<const std::vector<T>>(std::move(elements));
    owners.push_back(owner);
    return note(ArrayRef<T>(*owner));
  }
  /// Remembers how far an array goes that lives as long as the network: a constant's data.
  template <typename T> const T *note(ArrayRef<T> elements) {
    sizes[reinterpret_cast<const char *>(elements.data())] = elements.size() * sizeof(T);
    return elements.data();
  }
  /// Completes the pointers in the description of an object.
  void describe(CallArgument &argument, const std::shared_ptr<const void> &self) const;

private:
  std::vector<std::shared_ptr<const void>> owners;
  std::map<const char *, size_t> sizes;
};

/// An object of Runtime whose members point to `arrays`.
template <typename T> struct PreparedObject {
  T value;
  std::shared_ptr<const PreparedArrays> arrays;
  const T &load(const KernelMemory &) const { return value; }
  void describe(CallArgument &argument) const {
    argument = describeValue(value);
    arrays->describe(argument, arrays);
  }
};

template <typename T, typename = void> struct IsPlaceholder : std::false_type {};
template <typename T> struct IsPlaceholder<T, std::void_t<decltype(&T::load)>> : std::true_type {};

template <typename T> decltype(auto) loadArgument(const T &argument, const KernelMemory &memory) {
  if constexpr (IsPlaceholder<T>::value)
    return argument.load(memory);
  else
    return (argument);
}

template <typename T> CallArgument toCallArgument(const T &value) {
  if constexpr (IsPlaceholder<T>::value) {
    CallArgument argument;
    value.describe(argument);
    return argument;
  } else {
    return describeValue(value);
  }
}

/// Appends the call of `function` as source makes it.
template <typename Function, typename... Arguments>
auto makeDescription(KernelFunction<Function> function, Arguments... arguments) {
  return [function, arguments...](SmallVectorImpl<KernelCall> &calls) {
    KernelCall call;
    call.callee = function.name.str();
    call.isa = function.isa;
    SmallVector<StringRef> headers;
    function.headers.split(headers, ',');
    for (StringRef header : headers)
      call.headers.push_back(("Runtime/" + header).str());
    (call.arguments.push_back(toCallArgument(arguments)), ...);
    calls.push_back(std::move(call));
  };
}

/// A kernel that calls `function`.
template <typename Function, typename... Arguments>
PlannedKernel makeCall(KernelFunction<Function> function, Arguments... arguments) {
  PlannedKernel kernel;
  kernel.run = [function, arguments...](const KernelMemory &m) -> LogicalResult {
    function.invoke(loadArgument(arguments, m)...);
    return success();
  };
  kernel.describe = makeDescription(function, arguments...);
  return kernel;
}

/// A call that returns false when the data make it impossible; `report` then makes the diagnostic.
template <typename Report, typename Function, typename... Arguments>
PlannedKernel makeFallibleCall(const KernelRequest &request, Report report, KernelFunction<Function> function,
                               Arguments... arguments) {
  PlannedKernel kernel = makeCall(function, arguments...);
  kernel.run = [function, report, op = request.op, target = request.target,
                arguments...](const KernelMemory &m) -> LogicalResult {
    if (function.invoke(loadArgument(arguments, m)...))
      return success();
    return report(KernelRequest{op, m.operands, m.results, target}.error(), m);
  };
  kernel.describe = [describe = std::move(kernel.describe)](SmallVectorImpl<KernelCall> &calls) {
    describe(calls);
    calls.back().canFail = true;
  };
  return kernel;
}

/// A call of a function whose last parameter is `watch(value, data, count)`: it is told of internal tensors, `indexOf`
/// numbers them for whoever listens, and source leaves it out.
template <typename IndexOf, typename Function, typename... Arguments>
PlannedKernel makeWatchedCall(IndexOf indexOf, KernelFunction<Function> function, Arguments... arguments) {
  PlannedKernel kernel;
  kernel.run = [indexOf, function, arguments...](const KernelMemory &m) -> LogicalResult {
    LogicalResult result = success();
    const auto watch = [&](auto value, const float *data, ptrdiff_t count) {
      if (m.watch && succeeded(result))
        result = m.watch(indexOf(value), {data, size_t(count)});
    };
    function.invoke(loadArgument(arguments, m)..., watch);
    return result;
  };
  kernel.describe = makeDescription(function, arguments...);
  return kernel;
}

/// Several calls, one after the other; `scratchBytes` is for all of them.
PlannedKernel inOrder(std::vector<PlannedKernel> kernels);

/// `kernel`, in whose last call the first argument says which rows of an image each row of the result looks at, and
/// nothing else does.
PlannedKernel byRows(PlannedKernel kernel);

/// `kernel`, whose last call may take an operand more that a function joins to its results (KernelCall::TakesResidual).
PlannedKernel takingResidual(PlannedKernel kernel);

/// `kernel`, whose last call is of `runtime::mapElements` on two operands as large as the result.
PlannedKernel elementwise(PlannedKernel kernel);

/// `kernel` with its number of multiply-adds.
PlannedKernel withMacs(PlannedKernel kernel, int64_t macs);

} // namespace mlir::vernier

#endif // VERNIER_LIB_EXECUTION_KERNELS_CALL_H
