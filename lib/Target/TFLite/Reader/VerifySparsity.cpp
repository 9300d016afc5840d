//===- VerifySparsity.cpp - The index structure of a sparse tensor ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A sparse tensor is a tree: one level for each traversed dimension, dense levels with the same number of children
// everywhere, compressed (CSR) levels with a list of indices for each parent. Whoever expands it trusts the lists.

#include "Reader/TensorTypes.h"
#include "Reader/Verify.h"
#include "llvm/ADT/SmallBitVector.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::vernier::tflite {
namespace {

/// An index list, whichever of the three integer types holds it.
class IndexList {
public:
  IndexList(schema::SparseIndexVector type, const void *table) {
    if (!table)
      return;
    switch (type) {
    case schema::SparseIndexVector::Int32Vector:
      take(static_cast<const schema::Int32Vector *>(table)->values());
      break;
    case schema::SparseIndexVector::Uint16Vector:
      take(static_cast<const schema::Uint16Vector *>(table)->values());
      break;
    case schema::SparseIndexVector::Uint8Vector:
      take(static_cast<const schema::Uint8Vector *>(table)->values());
      break;
    case schema::SparseIndexVector::NONE:
      break;
    }
  }
  bool isPresent() const { return present; }
  uint64_t size() const { return count; }
  int64_t operator[](uint64_t index) const {
    const uint8_t *at = data + index * width;
    return width == 4 ? flatbuffers::ReadScalar<int32_t>(at) : width == 2 ? flatbuffers::ReadScalar<uint16_t>(at) : *at;
  }

private:
  template <typename T> void take(const flatbuffers::Vector<T> *values) {
    if (!values)
      return;
    present = true;
    count = values->size();
    width = sizeof(T);
    data = values->Data();
  }

  bool present = false;
  uint64_t count = 0;
  unsigned width = 1;
  const uint8_t *data = nullptr;
};

/// The size of each traversed level: the dimensions, shrunk by their blocks, then the blocks.
llvm::Expected<std::vector<int64_t>> findLevelSizes(const Place &place, const schema::Tensor &tensor) {
  const schema::SparsityParameters &sparsity = *tensor.sparsity();
  llvm::ArrayRef<int32_t> shape = toArrayRef(tensor.shape());
  llvm::ArrayRef<int32_t> order = toArrayRef(sparsity.traversal_order());
  llvm::ArrayRef<int32_t> blocks = toArrayRef(sparsity.block_map());
  uint64_t levels = shape.size() + blocks.size();
  if (order.size() != levels || sizeOf(sparsity.dim_metadata()) != levels)
    return place.error(
        "expected a sparse tensor of rank {0} with {1} blocked dimensions to traverse {2} dimensions, got "
        "{3} in its traversal order and {4} in its dimension metadata",
        shape.size(), blocks.size(), levels, order.size(), sizeOf(sparsity.dim_metadata()));
  llvm::SmallBitVector seen(levels);
  for (auto [level, dim] : llvm::enumerate(order)) {
    bool isBlock = level >= shape.size();
    if (dim < 0 || uint64_t(dim) >= levels || seen.test(dim) || (uint64_t(dim) >= shape.size()) != isBlock)
      return place.error("expected the sparse traversal order to list each dimension once and blocks last, got {0} at "
                         "position {1}",
                         dim, level);
    seen.set(dim);
  }
  std::vector<int64_t> sizes(shape.begin(), shape.end());
  for (auto [i, dim] : llvm::enumerate(blocks)) {
    if (dim < 0 || uint64_t(dim) >= shape.size())
      return place.error("expected sparse blocks of dimensions 0 to {0}, got {1}", int64_t(shape.size()) - 1, dim);
    // The block's own level is the last of the traversal with this number.
    uint64_t level = llvm::find(order, int32_t(shape.size() + i)) - order.begin();
    const schema::DimensionMetadata &metadata = *sparsity.dim_metadata()->Get(level);
    int64_t block = metadata.dense_size();
    if (metadata.format() != schema::DimensionType::DENSE || block <= 0 || sizes[dim] % block != 0)
      return place.error("expected a dense sparse block that divides dimension {0} of size {1}, got size {2}", dim,
                         sizes[dim], block);
    sizes[dim] /= block;
    sizes.push_back(block);
  }
  return sizes;
}

/// A compressed level below `parents` nodes. Returns its own number of nodes.
llvm::Expected<uint64_t> verifyCompressed(const Place &place, const schema::DimensionMetadata &metadata, size_t level,
                                          uint64_t parents, int64_t size) {
  IndexList segments(metadata.array_segments_type(), metadata.array_segments());
  IndexList indices(metadata.array_indices_type(), metadata.array_indices());
  if (!segments.isPresent() || !indices.isPresent())
    return place.error("expected segments and indices for compressed dimension {0}, got none", level);
  if (segments.size() == 0 || segments.size() - 1 != parents || segments[0] != 0 ||
      segments[parents] != int64_t(indices.size()))
    return place.error("expected the {0} segments of compressed dimension {1} to cover its {2} indices", parents, level,
                       indices.size());
  for (uint64_t parent = 0; parent < parents; ++parent) {
    int64_t begin = segments[parent], end = segments[parent + 1];
    if (begin > end || begin < 0 || end > int64_t(indices.size()))
      return place.error("expected rising segments in compressed dimension {0}, got {1} and then {2}", level, begin,
                         end);
    for (int64_t i = begin; i < end; ++i)
      if (indices[i] < 0 || indices[i] >= size || (i > begin && indices[i] <= indices[i - 1]))
        return place.error("expected rising indices below {0} in compressed dimension {1}, got {2}", size, level,
                           indices[i]);
  }
  return indices.size();
}

} // namespace

llvm::Error verifySparsity(const Place &place, const schema::Tensor &tensor, uint64_t dataBytes) {
  llvm::Expected<std::vector<int64_t>> sizes = findLevelSizes(place, tensor);
  if (!sizes)
    return sizes.takeError();
  const schema::SparsityParameters &sparsity = *tensor.sparsity();
  uint64_t nodes = 1;
  for (uint32_t level = 0, e = sizes->size(); level < e; ++level) {
    const schema::DimensionMetadata &metadata = *sparsity.dim_metadata()->Get(level);
    int64_t size = (*sizes)[sparsity.traversal_order()->Get(level)];
    if (metadata.format() == schema::DimensionType::DENSE) {
      if (metadata.dense_size() != size)
        return place.error("expected size {0} for traversed dimension {1}, got {2}", size, level,
                           metadata.dense_size());
      nodes = llvm::SaturatingMultiply<uint64_t>(nodes, size);
      continue;
    }
    if (metadata.format() != schema::DimensionType::SPARSE_CSR)
      return place.error("expected a dense or compressed dimension {0}, got format number {1}", level,
                         int(metadata.format()));
    llvm::Expected<uint64_t> count = verifyCompressed(place, metadata, level, nodes, size);
    if (!count)
      return count.takeError();
    nodes = *count;
  }
  uint64_t bits = llvm::SaturatingMultiply<uint64_t>(nodes, bitsPerElement(tensor.type()));
  if (dataBytes != bits / 8 + (bits % 8 != 0))
    return place.error("expected {0} stored elements of type {1} for the sparse tensor, got {2} bytes", nodes,
                       schema::EnumNameTensorType(tensor.type()), dataBytes);
  return llvm::Error::success();
}

} // namespace mlir::vernier::tflite
