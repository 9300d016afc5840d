//===- OperatorOrder.cpp - An order in which a subgraph's operators can run ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Reader/OperatorOrder.h"
#include <queue>

namespace mlir::vernier::tflite {

std::vector<int32_t> findProducers(const schema::SubGraph &graph) {
  std::vector<int32_t> producers(sizeOf(graph.tensors()), -1);
  for (uint32_t i = 0, e = sizeOf(graph.operators()); i < e; ++i)
    for (int32_t output : toArrayRef(graph.operators()->Get(i)->outputs()))
      producers[output] = i;
  return producers;
}

llvm::Expected<std::vector<uint32_t>> orderOperators(const Place &place, const schema::SubGraph &graph) {
  uint32_t count = sizeOf(graph.operators());
  std::vector<int32_t> producers = findProducers(graph);
  std::vector<uint32_t> waitsFor(count, 0);
  std::vector<std::vector<uint32_t>> readers(count);
  for (uint32_t i = 0; i < count; ++i) {
    for (int32_t input : toArrayRef(graph.operators()->Get(i)->inputs())) {
      if (input < 0 || producers[input] < 0)
        continue;
      readers[producers[input]].push_back(i);
      ++waitsFor[i];
    }
  }
  // Always the first operator of the file that can run: a file in order stays as it is.
  std::priority_queue<uint32_t, std::vector<uint32_t>, std::greater<uint32_t>> ready;
  for (uint32_t i = 0; i < count; ++i)
    if (waitsFor[i] == 0)
      ready.push(i);
  std::vector<uint32_t> order;
  order.reserve(count);
  while (!ready.empty()) {
    uint32_t next = ready.top();
    ready.pop();
    order.push_back(next);
    for (uint32_t reader : readers[next])
      if (--waitsFor[reader] == 0)
        ready.push(reader);
  }
  if (order.size() == count)
    return order;
  for (uint32_t i = 0; i < count; ++i)
    if (waitsFor[i] > 0)
      return place.atOperator(i).error("expected operators that can run one after the other, but this one waits for a "
                                       "result that depends on its own");
  llvm_unreachable("some operator waits if not all are in order");
}

} // namespace mlir::vernier::tflite
