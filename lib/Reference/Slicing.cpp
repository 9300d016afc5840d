//===- Slicing.cpp - Operators that cut and join tensors --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Families.h"
#include "Movement.h"
#include <cmath>

namespace mlir::vernier::reference {

LogicalResult slice(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0];
  FailureOr<SmallVector<int64_t>> begin = readIndices(call, call.operands[1], "begin");
  FailureOr<SmallVector<int64_t>> size = readIndices(call, call.operands[2], "size");
  if (failed(begin) || failed(size))
    return failure();
  size_t rank = input.shape.size();
  if (begin->size() != rank || size->size() != rank)
    return call.error() << "expected a begin and a size for each of " << rank << " dimensions, got " << begin->size()
                        << " and " << size->size();
  for (size_t d = 0; d < rank; ++d) {
    int64_t first = (*begin)[d], &extent = (*size)[d];
    if (first < 0 || first > input.shape[d])
      return call.error() << "expected a begin within dimension " << d << " of size " << input.shape[d] << ", got "
                          << first;
    if (extent == -1)
      extent = input.shape[d] - first;
    if (extent < 0 || extent > input.shape[d] - first)
      return call.error() << "expected a slice within dimension " << d << " of size " << input.shape[d] << ", got "
                          << extent << " elements from " << first;
  }
  if (failed(expectShape(call, output, *size)))
    return failure();
  Shape index(rank);
  return move(call, input, output, [&](ArrayRef<int64_t> o) {
    for (size_t d = 0; d < rank; ++d)
      index[d] = (*begin)[d] + o[d];
    return position(input.shape, index);
  });
}

namespace {

/// What STRIDED_SLICE takes of one input dimension.
struct Stride {
  int64_t first = 0, step = 1;
  /// The result dimension that walks it, or none where it shrinks away.
  std::optional<size_t> resultAxis;
};

/// Where a bound lies on an axis of `size` elements: negative ones count from the end, others are clamped to
/// [low, high].
int64_t clampBound(int64_t bound, int64_t size, int64_t low, int64_t high) {
  return numerics::clamp(bound < 0 ? bound + size : bound, low, high);
}

struct StridedSlice {
  SmallVector<Stride> strides;
  Shape result;

  static FailureOr<StridedSlice> of(const Call &call) {
    auto op = llvm::cast<nn::StridedSliceOp>(call.op);
    ArrayRef<int64_t> shape = call.operands[0].shape;
    FailureOr<SmallVector<int64_t>> begin = readIndices(call, call.operands[1], "begin");
    FailureOr<SmallVector<int64_t>> end = readIndices(call, call.operands[2], "end");
    FailureOr<SmallVector<int64_t>> step = readIndices(call, call.operands[3], "strides");
    if (failed(begin) || failed(end) || failed(step))
      return failure();
    size_t entries = begin->size();
    if (end->size() != entries || step->size() != entries || entries > 31)
      return call.error() << "expected as many begins as ends and strides, got " << entries << ", " << end->size()
                          << " and " << step->size();
    auto isSet = [](uint32_t mask, size_t bit) { return bool(mask >> bit & 1); };
    size_t consumed = 0;
    for (size_t i = 0; i < entries; ++i)
      consumed += !isSet(op.getNewAxisMask(), i) && !isSet(op.getEllipsisMask(), i);
    if (consumed > shape.size())
      return call.error() << "has strides for " << consumed << " dimensions, but an input of shape " << describe(shape);

    StridedSlice slice;
    auto takeWhole = [&] {
      slice.strides.push_back({0, 1, slice.result.size()});
      slice.result.push_back(shape[slice.strides.size() - 1]);
    };
    for (size_t i = 0; i < entries; ++i) {
      if (isSet(op.getEllipsisMask(), i)) {
        // A second ellipsis finds nothing left to stand for.
        for (size_t rest = shape.size() - consumed; rest--;)
          takeWhole();
        consumed = shape.size();
        continue;
      }
      if (isSet(op.getNewAxisMask(), i)) {
        slice.result.push_back(1);
        continue;
      }
      int64_t size = shape[slice.strides.size()];
      // Far beyond any size, yet safe to add to.
      constexpr int64_t far = int64_t(1) << 40;
      int64_t by = numerics::clamp((*step)[i], -far, far), from = numerics::clamp((*begin)[i], -far, far);
      int64_t to = numerics::clamp((*end)[i], -far, far);
      if (by == 0)
        return call.error() << "expected strides that are not 0";
      int64_t low = by > 0 ? 0 : -1, high = by > 0 ? size : size - 1;
      int64_t first = isSet(op.getBeginMask(), i) ? (by > 0 ? low : high) : clampBound(from, size, low, high);
      if (isSet(op.getShrinkAxisMask(), i)) {
        if (first < 0 || first >= size || (!isSet(op.getBeginMask(), i) && (from < -size || from >= size)))
          return call.error() << "expected an index within dimension " << slice.strides.size() << " of size " << size
                              << ", got " << from;
        slice.strides.push_back({first, 1, std::nullopt});
        continue;
      }
      if (op.getOffset())
        to += first;
      int64_t last = isSet(op.getEndMask(), i) ? (by > 0 ? high : low) : clampBound(to, size, low, high);
      int64_t extent = by > 0 ? (last - first + by - 1) / by : (first - last - by - 1) / -by;
      slice.strides.push_back({first, by, slice.result.size()});
      slice.result.push_back(std::max<int64_t>(extent, 0));
    }
    while (slice.strides.size() < shape.size())
      takeWhole();
    return slice;
  }
};

} // namespace

LogicalResult stridedSlice(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0];
  FailureOr<StridedSlice> slice = StridedSlice::of(call);
  if (failed(slice) || failed(expectShape(call, output, slice->result)))
    return failure();
  Shape index(input.shape.size());
  return move(call, input, output, [&](ArrayRef<int64_t> o) {
    for (auto [d, stride] : llvm::enumerate(slice->strides))
      index[d] = stride.first + (stride.resultAxis ? o[*stride.resultAxis] * stride.step : 0);
    return position(input.shape, index);
  });
}

LogicalResult gather(const Call &call) {
  auto op = llvm::cast<nn::GatherOp>(call.op);
  TensorRef input = call.operands[0], output = call.results[0];
  ArrayRef<int64_t> in = input.shape, at = call.operands[1].shape;
  FailureOr<SmallVector<int64_t>> indices = readIndices(call, call.operands[1], "indices");
  FailureOr<int64_t> axis = normalizeAxis(call, int32_t(op.getAxis()), in.size());
  if (failed(indices) || failed(axis))
    return failure();
  int64_t batch = int32_t(op.getBatchDims());
  if (batch < 0)
    batch += at.size();
  if (batch < 0 || batch > *axis || batch > int64_t(at.size()) || in.take_front(batch) != at.take_front(batch))
    return call.error() << "expected " << batch << " leading dimensions in common, got " << describe(in) << " and "
                        << describe(at);
  Shape expected(in.take_front(*axis));
  expected.append(at.begin() + batch, at.end());
  expected.append(in.begin() + *axis + 1, in.end());
  if (failed(expectShape(call, output, expected)))
    return failure();
  for (int64_t index : *indices)
    if (index < 0 || index >= in[*axis])
      return call.error() << "expected indices within dimension " << *axis << " of size " << in[*axis] << ", got "
                          << index;
  int64_t picked = at.size() - batch;
  return move(call, input, output, [&](ArrayRef<int64_t> o) {
    Shape where(o.take_front(batch));
    where.append(o.begin() + *axis, o.begin() + *axis + picked);
    Shape index(o.take_front(*axis));
    index.push_back((*indices)[position(at, where)]);
    index.append(o.begin() + *axis + picked, o.end());
    return position(in, index);
  });
}

LogicalResult gatherNd(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0];
  ArrayRef<int64_t> in = input.shape, at = call.operands[1].shape;
  FailureOr<SmallVector<int64_t>> indices = readIndices(call, call.operands[1], "indices");
  if (failed(indices))
    return failure();
  if (at.empty() || at.back() > int64_t(in.size()))
    return call.error() << "expected index vectors of at most " << in.size() << " elements, got shape " << describe(at);
  int64_t depth = at.back();
  Shape expected(at.drop_back());
  expected.append(in.begin() + depth, in.end());
  if (failed(expectShape(call, output, expected)))
    return failure();
  for (auto [i, index] : llvm::enumerate(*indices))
    if (index < 0 || index >= in[i % depth])
      return call.error() << "expected indices within dimension " << i % depth << " of size " << in[i % depth]
                          << ", got " << index;
  return move(call, input, output, [&](ArrayRef<int64_t> o) {
    int64_t first = position(at.drop_back(), o.take_front(at.size() - 1)) * depth;
    Shape index(indices->begin() + first, indices->begin() + first + depth);
    index.append(o.begin() + at.size() - 1, o.end());
    return position(in, index);
  });
}

namespace {

/// Walks the elements of a part that lies in a whole at `offset` along `axis`: `visit(position in whole, in part)`.
/// The part's shape may lack the axis, where it has `extent` 1.
template <typename Visit>
void forEachInPart(ArrayRef<int64_t> whole, int64_t axis, int64_t offset, int64_t extent, Visit visit) {
  int64_t outer = count(whole.take_front(axis)), inner = count(whole.drop_front(axis + 1));
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t k = 0; k < extent; ++k)
      for (int64_t i = 0; i < inner; ++i)
        visit((o * whole[axis] + offset + k) * inner + i, (o * extent + k) * inner + i);
}

/// uint8 tensors may differ in their parameters; others share them.
std::function<int64_t(int64_t)> conversion(const TensorRef &from, const TensorRef &to) {
  std::optional<Affine> in = affine8(from), out = affine8(to);
  if (!in || !out || (in->scale == out->scale && in->zeroPoint == out->zeroPoint))
    return [](int64_t x) { return x; };
  if (in->min != 0)
    return nullptr;
  float scale = numerics::product(in->scale, 1.0f / out->scale), bias = numerics::product(float(-in->zeroPoint), scale);
  return [=](int64_t x) -> int64_t {
    int64_t rounded = numerics::roundHalfAway(numerics::product(float(x), scale) + bias);
    return numerics::clamp<int64_t>(rounded + out->zeroPoint, out->min, out->max);
  };
}

} // namespace

LogicalResult concatenation(const Call &call) {
  auto op = llvm::cast<nn::ConcatenationOp>(call.op);
  TensorRef output = call.results[0];
  if (op.getFusedActivationFunction() != nn::Activation::NONE)
    return call.error() << "has no reference form with a fused activation";
  FailureOr<int64_t> axis = normalizeAxis(call, int32_t(op.getAxis()), output.shape.size());
  if (failed(axis))
    return failure();
  int64_t total = 0;
  for (const TensorRef &input : call.operands) {
    Shape expected(output.shape);
    if (input.shape.size() == expected.size())
      expected[*axis] = input.shape[*axis];
    if (failed(expectShape(call, input, expected, "an input")))
      return failure();
    if (!sameStorage(input, output))
      return call.noForm();
    total += expected[*axis];
  }
  if (total != output.shape[*axis])
    return call.error() << "expected inputs that fill dimension " << *axis << " of " << describe(output.shape)
                        << ", got " << total;
  Elements to(output);
  int64_t offset = 0;
  for (const TensorRef &input : call.operands) {
    std::function<int64_t(int64_t)> convert = conversion(input, output);
    if (!convert)
      return call.noForm();
    Elements from(input);
    forEachInPart(output.shape, *axis, offset, input.shape[*axis],
                  [&](int64_t whole, int64_t part) { to.setInteger(whole, convert(from.integer(part))); });
    offset += input.shape[*axis];
  }
  return success();
}

LogicalResult pack(const Call &call) {
  TensorRef output = call.results[0];
  FailureOr<int64_t> axis =
      normalizeAxis(call, int32_t(llvm::cast<nn::PackOp>(call.op).getAxis()), output.shape.size());
  if (failed(axis))
    return failure();
  Shape part(output.shape);
  part.erase(part.begin() + *axis);
  if (output.shape[*axis] != int64_t(call.operands.size()))
    return call.error() << "expected a result with " << call.operands.size() << " slices, got "
                        << describe(output.shape);
  for (const TensorRef &input : call.operands)
    if (failed(expectShape(call, input, part, "an input")))
      return failure();
  for (auto [k, input] : llvm::enumerate(call.operands)) {
    if (!sameStorage(input, output))
      return call.noForm();
    Elements from(input), to(output);
    forEachInPart(output.shape, *axis, k, 1, [&](int64_t whole, int64_t i) { to.setInteger(whole, from.integer(i)); });
  }
  return success();
}

/// Cuts `input` along `axis` into the results, of which each has its own extent there; `keepsAxis` where the results
/// have the dimension at all.
static LogicalResult cut(const Call &call, const TensorRef &input, int64_t axis, ArrayRef<int64_t> extents,
                         bool keepsAxis) {
  if (extents.size() != call.results.size())
    return call.error() << "expected " << extents.size() << " results, got " << call.results.size();
  int64_t total = 0;
  for (auto [result, extent] : llvm::zip_equal(call.results, extents)) {
    Shape expected(input.shape);
    expected[axis] = extent;
    if (!keepsAxis)
      expected.erase(expected.begin() + axis);
    if (failed(expectShape(call, result, expected)))
      return failure();
    if (!sameStorage(input, result))
      return call.noForm();
    total += extent;
  }
  if (total != input.shape[axis])
    return call.error() << "expected parts that add up to dimension " << axis << " of " << describe(input.shape)
                        << ", got " << total;
  Elements from(input);
  int64_t offset = 0;
  for (auto [result, extent] : llvm::zip_equal(call.results, extents)) {
    Elements to(result);
    forEachInPart(input.shape, axis, offset, extent,
                  [&](int64_t whole, int64_t part) { to.setInteger(part, from.integer(whole)); });
    offset += extent;
  }
  return success();
}

LogicalResult unpack(const Call &call) {
  TensorRef input = call.operands[0];
  FailureOr<int64_t> axis =
      normalizeAxis(call, int32_t(llvm::cast<nn::UnpackOp>(call.op).getAxis()), input.shape.size());
  if (failed(axis))
    return failure();
  return cut(call, input, *axis, SmallVector<int64_t>(call.results.size(), 1), /*keepsAxis=*/false);
}

LogicalResult split(const Call &call) {
  TensorRef input = call.operands[1];
  FailureOr<int64_t> axis = readAxis(call, call.operands[0], input);
  if (failed(axis))
    return failure();
  int64_t parts = call.results.size();
  if (parts == 0 || input.shape[*axis] % parts)
    return call.error() << "expected equal parts of dimension " << *axis << " of " << describe(input.shape) << ", got "
                        << parts;
  return cut(call, input, *axis, SmallVector<int64_t>(parts, input.shape[*axis] / parts), /*keepsAxis=*/true);
}

LogicalResult splitV(const Call &call) {
  TensorRef input = call.operands[0];
  FailureOr<SmallVector<int64_t>> sizes = readIndices(call, call.operands[1], "size splits");
  FailureOr<int64_t> axis = readAxis(call, call.operands[2], input);
  if (failed(sizes) || failed(axis))
    return failure();
  // One size may be -1: the rest.
  int64_t known = 0, *open = nullptr;
  for (int64_t &size : *sizes) {
    if (size == -1 && !open)
      open = &size;
    else if (size < 0 || size > input.shape[*axis])
      return call.error() << "expected sizes within dimension " << *axis << " of " << describe(input.shape) << ", got "
                          << size;
    else
      known += size;
  }
  if (open)
    *open = std::max<int64_t>(input.shape[*axis] - known, 0);
  return cut(call, input, *axis, *sizes, /*keepsAxis=*/true);
}

} // namespace mlir::vernier::reference
