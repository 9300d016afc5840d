//===- Movement.cpp - Operators that rearrange a tensor ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each operator says where a result element comes from; shapes and operands are checked before that is asked.

#include "Movement.h"
#include "Families.h"

namespace mlir::vernier::reference {
namespace {

constexpr int64_t maxSize = std::numeric_limits<int32_t>::max();

/// What stands for zero: a quantized tensor's zero point.
int64_t zeroOf(const TensorRef &tensor) {
  std::optional<Affine> parameters = affine(tensor);
  return parameters ? parameters->zeroPoint : 0;
}

/// Operand `index` as one non-negative pair for each of `rank` dimensions.
FailureOr<SmallVector<int64_t>> readPairs(const Call &call, unsigned index, size_t rank, StringRef what) {
  FailureOr<SmallVector<int64_t>> pairs = readIndices(call, call.operands[index], what);
  if (failed(pairs))
    return failure();
  if (pairs->size() != 2 * rank)
    return call.error() << "expected " << what << " for " << rank << " dimensions, got shape "
                        << describe(call.operands[index].shape);
  for (int64_t value : *pairs)
    if (value < 0 || value > maxSize)
      return call.error() << "expected " << what << " that are not negative, got " << value;
  return pairs;
}

/// Operand `index` as `rank` positive sizes.
FailureOr<SmallVector<int64_t>> readSizes(const Call &call, unsigned index, size_t rank, StringRef what,
                                          int64_t least) {
  FailureOr<SmallVector<int64_t>> sizes = readIndices(call, call.operands[index], what);
  if (failed(sizes))
    return failure();
  if (sizes->size() != rank)
    return call.error() << "expected " << rank << " " << what << ", got " << sizes->size();
  for (int64_t value : *sizes)
    if (value < least || value > maxSize)
      return call.error() << "expected " << what << " of at least " << least << ", got " << value;
  return sizes;
}

/// The shape of `input` with `pairs` added.
Shape padded(ArrayRef<int64_t> input, ArrayRef<int64_t> pairs) {
  Shape shape(input);
  for (size_t d = 0; d < shape.size(); ++d)
    shape[d] += pairs[2 * d] + pairs[2 * d + 1];
  return shape;
}

} // namespace

LogicalResult reshape(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0];
  if (count(input.shape) != count(output.shape))
    return call.error() << "expected a result of " << count(input.shape) << " elements, got shape "
                        << describe(output.shape);
  return move(call, input, output, [&](ArrayRef<int64_t> o) { return position(output.shape, o); });
}

LogicalResult transpose(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0];
  size_t rank = input.shape.size();
  FailureOr<SmallVector<int64_t>> perm = readIndices(call, call.operands[1], "permutation");
  if (failed(perm))
    return failure();
  SmallVector<bool> isTaken(rank, false);
  Shape expected;
  for (int64_t &axis : *perm) {
    FailureOr<int64_t> normalized = normalizeAxis(call, axis, rank);
    if (failed(normalized))
      return failure();
    axis = *normalized;
    if (isTaken[axis])
      return call.error() << "expected a permutation, got dimension " << axis << " twice";
    isTaken[axis] = true;
    expected.push_back(input.shape[axis]);
  }
  if (perm->size() != rank)
    return call.error() << "expected a permutation of " << rank << " dimensions, got " << perm->size();
  if (failed(expectShape(call, output, expected)))
    return failure();
  Shape index(rank);
  return move(call, input, output, [&](ArrayRef<int64_t> o) {
    for (size_t d = 0; d < rank; ++d)
      index[(*perm)[d]] = o[d];
    return position(input.shape, index);
  });
}

LogicalResult pad(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0], constant = call.operand(2);
  FailureOr<SmallVector<int64_t>> pairs = readPairs(call, 1, input.shape.size(), "paddings");
  if (failed(pairs) || failed(expectShape(call, output, padded(input.shape, *pairs))))
    return failure();
  int64_t fill = zeroOf(output);
  if (constant) {
    if (count(constant.shape) != 1 || !sameStorage(constant, output))
      return call.error() << "expected one padding value of the result's type, got " << describe(constant.shape)
                          << " of " << constant.elementType;
    fill = Elements(constant).integer(0);
  }
  Shape index(input.shape.size());
  return move(
      call, input, output,
      [&](ArrayRef<int64_t> o) -> int64_t {
        for (size_t d = 0; d < index.size(); ++d) {
          index[d] = o[d] - (*pairs)[2 * d];
          if (index[d] < 0 || index[d] >= input.shape[d])
            return -1;
        }
        return position(input.shape, index);
      },
      fill);
}

LogicalResult mirrorPad(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0];
  FailureOr<SmallVector<int64_t>> pairs = readPairs(call, 1, input.shape.size(), "paddings");
  if (failed(pairs) || failed(expectShape(call, output, padded(input.shape, *pairs))))
    return failure();
  // REFLECT leaves the border element out of the mirror image, SYMMETRIC repeats it.
  int64_t skipped = llvm::cast<nn::MirrorPadOp>(call.op).getMode() == 0 ? 1 : 0;
  for (size_t d = 0; d < input.shape.size(); ++d)
    if (std::max((*pairs)[2 * d], (*pairs)[2 * d + 1]) > std::max<int64_t>(input.shape[d] - skipped, 0))
      return call.error() << "expected paddings within the mirror image of dimension " << d << " of size "
                          << input.shape[d];
  Shape index(input.shape.size());
  return move(call, input, output, [&](ArrayRef<int64_t> o) {
    for (size_t d = 0; d < index.size(); ++d) {
      int64_t i = o[d] - (*pairs)[2 * d], size = input.shape[d];
      index[d] = i < 0 ? -i - 1 + skipped : i >= size ? 2 * size - 1 - skipped - i : i;
    }
    return position(input.shape, index);
  });
}

LogicalResult tile(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0];
  FailureOr<SmallVector<int64_t>> multiples = readSizes(call, 1, input.shape.size(), "multiples", 0);
  if (failed(multiples))
    return failure();
  Shape expected(input.shape);
  for (auto [size, multiple] : llvm::zip_equal(expected, *multiples))
    size *= multiple;
  if (failed(expectShape(call, output, expected)))
    return failure();
  Shape index(input.shape.size());
  return move(call, input, output, [&](ArrayRef<int64_t> o) {
    for (size_t d = 0; d < index.size(); ++d)
      index[d] = o[d] % input.shape[d];
    return position(input.shape, index);
  });
}

LogicalResult broadcastTo(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0];
  FailureOr<SmallVector<int64_t>> shape = readIndices(call, call.operands[1], "shape");
  if (failed(shape) || failed(expectShape(call, output, *shape)))
    return failure();
  std::optional<Shape> broadcast = broadcastShapes(input.shape, output.shape);
  if (!broadcast || ArrayRef<int64_t>(*broadcast) != output.shape)
    return call.error() << "expected an input that broadcasts to " << describe(output.shape) << ", got "
                        << describe(input.shape);
  return move(call, input, output, [&](ArrayRef<int64_t> o) { return broadcastPosition(input.shape, o); });
}

LogicalResult reverse(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0];
  FailureOr<SmallVector<int64_t>> axes = readIndices(call, call.operands[1], "axes");
  if (failed(axes) || failed(expectShape(call, output, input.shape)))
    return failure();
  SmallVector<bool> isReversed(input.shape.size(), false);
  for (int64_t axis : *axes) {
    FailureOr<int64_t> normalized = normalizeAxis(call, axis, input.shape.size());
    if (failed(normalized))
      return failure();
    isReversed[*normalized] = true;
  }
  Shape index(input.shape.size());
  return move(call, input, output, [&](ArrayRef<int64_t> o) {
    for (size_t d = 0; d < index.size(); ++d)
      index[d] = isReversed[d] ? input.shape[d] - 1 - o[d] : o[d];
    return position(input.shape, index);
  });
}

LogicalResult spaceToDepth(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0];
  int64_t block = int32_t(llvm::cast<nn::SpaceToDepthOp>(call.op).getBlockSize());
  if (failed(expectRank(call, input, 4, "an input")))
    return failure();
  ArrayRef<int64_t> in = input.shape;
  if (block <= 0 || in[1] % block || in[2] % block)
    return call.error() << "expected height and width that are multiples of the block size " << block << ", got "
                        << describe(in);
  if (in[3] > maxSize / block / block)
    return call.error() << "has a block size of " << block << ", too large for shape " << describe(in);
  if (failed(expectShape(call, output, {in[0], in[1] / block, in[2] / block, in[3] * block * block})))
    return failure();
  return move(call, input, output, [&](ArrayRef<int64_t> o) {
    int64_t cell = o[3] / in[3];
    return position(in, {o[0], o[1] * block + cell / block, o[2] * block + cell % block, o[3] % in[3]});
  });
}

LogicalResult depthToSpace(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0];
  int64_t block = int32_t(llvm::cast<nn::DepthToSpaceOp>(call.op).getBlockSize());
  if (failed(expectRank(call, input, 4, "an input")))
    return failure();
  ArrayRef<int64_t> in = input.shape;
  if (block <= 0 || in[3] % (block * block))
    return call.error() << "expected channels that are a multiple of the square of the block size " << block << ", got "
                        << describe(in);
  int64_t channels = in[3] / (block * block);
  if (failed(expectShape(call, output, {in[0], in[1] * block, in[2] * block, channels})))
    return failure();
  return move(call, input, output, [&](ArrayRef<int64_t> o) {
    int64_t cell = o[1] % block * block + o[2] % block;
    return position(in, {o[0], o[1] / block, o[2] / block, cell * channels + o[3]});
  });
}

namespace {

/// Operands 1 and 2 of SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND.
struct Blocks {
  SmallVector<int64_t> sizes, borders;
  /// Batches for each batch of space.
  int64_t cells = 1;

  static FailureOr<Blocks> of(const Call &call, StringRef borderName) {
    size_t rank = call.operands[0].shape.size(), spatial = count(call.operands[1].shape);
    if (rank < 1 || spatial > rank - 1)
      return call.error() << "expected block sizes for dimensions of " << describe(call.operands[0].shape) << ", got "
                          << spatial;
    FailureOr<SmallVector<int64_t>> sizes = readSizes(call, 1, spatial, "block sizes", 1);
    if (failed(sizes))
      return failure();
    FailureOr<SmallVector<int64_t>> borders = readPairs(call, 2, spatial, borderName);
    if (failed(borders))
      return failure();
    Blocks blocks{*sizes, *borders};
    for (int64_t size : blocks.sizes)
      if (llvm::MulOverflow(blocks.cells, size, blocks.cells) || blocks.cells > maxSize)
        return call.error() << "has block sizes whose product is not a batch size";
    return blocks;
  }
};

} // namespace

LogicalResult spaceToBatchNd(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0];
  FailureOr<Blocks> blocks = Blocks::of(call, "paddings");
  if (failed(blocks))
    return failure();
  ArrayRef<int64_t> in = input.shape, sizes = blocks->sizes, pads = blocks->borders;
  Shape expected(in);
  expected[0] *= blocks->cells;
  for (size_t d = 0; d < sizes.size(); ++d) {
    int64_t total = in[d + 1] + pads[2 * d] + pads[2 * d + 1];
    if (total % sizes[d])
      return call.error() << "expected dimension " << d + 1 << ", padded to " << total << ", to be a multiple of "
                          << sizes[d];
    expected[d + 1] = total / sizes[d];
  }
  if (failed(expectShape(call, output, expected)))
    return failure();
  Shape index(in.size());
  return move(
      call, input, output,
      [&](ArrayRef<int64_t> o) -> int64_t {
        index.assign(o.begin(), o.end());
        index[0] = o[0] % in[0];
        int64_t cell = o[0] / in[0];
        for (size_t d = sizes.size(); d--; cell /= sizes[d]) {
          int64_t i = o[d + 1] * sizes[d] + cell % sizes[d] - pads[2 * d];
          if (i < 0 || i >= in[d + 1])
            return -1;
          index[d + 1] = i;
        }
        return position(in, index);
      },
      zeroOf(output));
}

LogicalResult batchToSpaceNd(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0];
  FailureOr<Blocks> blocks = Blocks::of(call, "crops");
  if (failed(blocks))
    return failure();
  ArrayRef<int64_t> in = input.shape, sizes = blocks->sizes, crops = blocks->borders;
  if (in[0] % blocks->cells)
    return call.error() << "expected a batch that is a multiple of " << blocks->cells << ", got " << describe(in);
  Shape expected(in);
  expected[0] /= blocks->cells;
  for (size_t d = 0; d < sizes.size(); ++d)
    expected[d + 1] = in[d + 1] * sizes[d] - crops[2 * d] - crops[2 * d + 1];
  if (failed(expectShape(call, output, expected)))
    return failure();
  Shape index(in.size());
  return move(call, input, output, [&](ArrayRef<int64_t> o) {
    index.assign(o.begin(), o.end());
    int64_t cell = 0;
    for (size_t d = 0; d < sizes.size(); ++d) {
      int64_t uncropped = o[d + 1] + crops[2 * d];
      cell = cell * sizes[d] + uncropped % sizes[d];
      index[d + 1] = uncropped / sizes[d];
    }
    index[0] = cell * expected[0] + o[0];
    return position(in, index);
  });
}

} // namespace mlir::vernier::reference
