//===- VerifyTensor.cpp - Type, shape and data of a tensor ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Reader/TensorTypes.h"
#include "Reader/Verify.h"
#include "llvm/Support/Endian.h"

namespace mlir::vernier::tflite {

/// A string tensor's data: their number n, then n + 1 offsets from the start of the data, then the characters.
static llvm::Error verifyStrings(const Place &place, llvm::ArrayRef<char> data) {
  auto word = [&](uint64_t index) { return llvm::support::endian::read32le(data.data() + 4 * index); };
  if (data.size() < 4)
    return place.error("expected a table of string offsets, got {0} bytes", data.size());
  uint64_t count = word(0), header = 4 * (count + 2);
  if (header > data.size())
    return place.error("expected offsets of {0} strings, {1} bytes, got {2} bytes", count, header, data.size());
  uint64_t previous = header;
  for (uint64_t i = 0; i <= count; ++i) {
    uint64_t offset = word(1 + i);
    if (offset < previous || offset > data.size())
      return place.error("expected string offset {0} between {1} and {2}, got {3}", i, previous, data.size(), offset);
    previous = offset;
  }
  return llvm::Error::success();
}

static llvm::Error verifyShapes(const Place &place, const schema::Tensor &tensor) {
  llvm::ArrayRef<int32_t> shape = toArrayRef(tensor.shape());
  for (auto [i, dim] : llvm::enumerate(shape))
    if (dim < 0)
      return place.error("expected non-negative dimensions, got {0} as dimension {1}", dim, i);
  if (!countBytes(shape, tensor.type()))
    return place.error("expected a size that can be addressed, got {0}", describeType(shape, tensor.type()));
  llvm::ArrayRef<int32_t> signature = toArrayRef(tensor.shape_signature());
  if (!signature.empty() && signature.size() != shape.size())
    return place.error("expected a shape signature of the shape's rank {0}, got rank {1}", shape.size(),
                       signature.size());
  llvm::SmallVector<int32_t> sizes;
  for (auto [i, dim] : llvm::enumerate(signature)) {
    if (dim < -1)
      return place.error("expected shape signature dimensions of -1 or more, got {0}", dim);
    sizes.push_back(dim == -1 ? shape[i] : dim);
  }
  // Files exist whose signature differs from the shape in more than its dynamic dimensions.
  if (!countBytes(sizes, tensor.type()))
    return place.error("expected a shape signature whose size can be addressed, got {0}",
                       describeType(sizes, tensor.type()));
  if (tensor.variant_tensors())
    for (const schema::VariantSubType *type : *tensor.variant_tensors())
      if (!isKnown(type->type()))
        return place.error("expected a known element type inside the variant, got number {0}", int(type->type()));
  return llvm::Error::success();
}

/// Blockwise and multi-axis records name tensors that hold scales and zero points.
static llvm::Error verifyDetails(const Place &place, const schema::SubGraph &graph,
                                 const schema::QuantizationParameters &record) {
  auto verify = [&](int32_t scales, int32_t zeroPoints) -> llvm::Error {
    int64_t tensors = sizeOf(graph.tensors());
    if (scales < 0 || scales >= tensors)
      return place.error("expected one of {0} tensors for its scales, got {1}", tensors, scales);
    if (zeroPoints < -1 || zeroPoints >= tensors)
      return place.error("expected -1 or one of {0} tensors for its zero points, got {1}", tensors, zeroPoints);
    return llvm::Error::success();
  };
  if (const auto *blockwise = record.details_as_BlockwiseQuantization())
    return verify(blockwise->scales(), blockwise->zero_points());
  if (const auto *multiAxis = record.details_as_MultiAxisQuantization())
    return verify(multiAxis->scales(), multiAxis->zero_points());
  return llvm::Error::success();
}

static llvm::Error verifyData(const Place &place, const schema::Tensor &tensor, llvm::ArrayRef<char> data) {
  llvm::ArrayRef<int32_t> shape = toArrayRef(tensor.shape());
  if (data.empty())
    return llvm::Error::success();
  if (tensor.is_variable())
    return place.error("expected a variable tensor without data, got {0} bytes", data.size());
  if (tensor.type() == schema::TensorType::STRING)
    return verifyStrings(place, data);
  if (bitsPerElement(tensor.type()) == 0)
    return place.error("expected no data for a tensor of type {0}, got {1} bytes",
                       schema::EnumNameTensorType(tensor.type()), data.size());
  if (tensor.sparsity())
    return verifySparsity(place, tensor, data.size());
  uint64_t expected = *countBytes(shape, tensor.type());
  if (data.size() != expected)
    return place.error("expected {0} bytes of data for {1}, got {2}", expected, describeType(shape, tensor.type()),
                       data.size());
  return llvm::Error::success();
}

llvm::Error verifyTensor(const Place &place, const schema::SubGraph &graph, const schema::Tensor &tensor,
                         llvm::ArrayRef<char> data) {
  if (!isKnown(tensor.type()))
    return place.error("expected an element type that this version of Vernier knows, got number {0}",
                       int(tensor.type()));
  if (llvm::Error error = verifyShapes(place, tensor))
    return error;
  if (tensor.external_buffer() != 0)
    return place.error("expected data inside the file, got part {0} of an external file, which is not supported",
                       tensor.external_buffer());
  if (tensor.quantization())
    if (llvm::Error error = verifyDetails(place, graph, *tensor.quantization()))
      return error;
  return verifyData(place, tensor, data);
}

} // namespace mlir::vernier::tflite
