//===- Taps.h - where output pixels read the input --------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A register tile computes several output pixels at once and reads the input
// through one pointer for each pixel and filter tap. These say where: for a
// matrix product, a convolution, and a transpose convolution. A null pointer is
// padding.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_TAPS_H
#define VERNIER_RUNTIME_TAPS_H

#include "vernier/Runtime/Conv2D.h"

namespace mlir::vernier::runtime::detail {

/// Where the taps of a window that lies within the input are, from its first
/// one on: `rows` times `columns` runs of `length` elements.
struct TapWalk {
  int32_t rows, columns, length;
  ptrdiff_t rowStride, columnStride;
};

/// The rows of a fully connected layer: pixel i is row i of a matrix.
template <class T> struct MatrixTaps {
  static constexpr bool isMatrix = true;
  const T *input;
  int32_t depth;

  struct Window {
    const T *row;
  };
  VERNIER_ALWAYS_INLINE Window window(int64_t pixel) const { return {input + pixel * depth}; }
  static VERNIER_ALWAYS_INLINE bool inside(const Window &) { return true; }

  /// Output pixels in order, without a division for each.
  struct Cursor {
    const T *row;
  };
  VERNIER_ALWAYS_INLINE Cursor first() const { return {input}; }
  VERNIER_ALWAYS_INLINE void advance(Cursor &cursor) const { cursor.row += depth; }
  VERNIER_ALWAYS_INLINE Window window(const Cursor &cursor) const { return {cursor.row}; }
  static VERNIER_ALWAYS_INLINE bool contains(const Window &) { return true; }
  static VERNIER_ALWAYS_INLINE const T *firstTap(const Window &window) { return window.row; }
  VERNIER_ALWAYS_INLINE TapWalk walk() const { return {1, 1, depth, 0, 0}; }

  VERNIER_ALWAYS_INLINE int32_t segments(bool) const { return 1; }
  VERNIER_ALWAYS_INLINE int32_t length(bool) const { return depth; }
  VERNIER_ALWAYS_INLINE const T *locate(const Window &window, int32_t, bool) const { return window.row; }
};

/// The taps of a convolution. A segment is one tap, or one row of taps where
/// all of them lie within the input.
template <class T> struct ConvTaps {
  static constexpr bool isMatrix = false;
  const Conv2DParams &p;
  const T *input;
  int32_t groupInputs;

  struct Window {
    const T *image;
    int32_t y, x;
  };
  VERNIER_ALWAYS_INLINE Window window(int64_t pixel) const {
    const int32_t ox = static_cast<int32_t>(pixel % p.outputWidth);
    const int64_t row = pixel / p.outputWidth;
    const int32_t oy = static_cast<int32_t>(row % p.outputHeight);
    return {input + row / p.outputHeight * p.inputHeight * p.inputWidth * p.inputChannels,
            oy * p.strideHeight - p.padTop, ox * p.strideWidth - p.padLeft};
  }

  /// Output pixels in order, without a division for each.
  struct Cursor {
    const T *image;
    int32_t y, x;
  };
  VERNIER_ALWAYS_INLINE Cursor first() const { return {input, 0, 0}; }
  VERNIER_ALWAYS_INLINE void advance(Cursor &cursor) const {
    if (++cursor.x < p.outputWidth)
      return;
    cursor.x = 0;
    if (++cursor.y < p.outputHeight)
      return;
    cursor.y = 0;
    cursor.image += static_cast<ptrdiff_t>(p.inputHeight) * p.inputWidth * p.inputChannels;
  }
  VERNIER_ALWAYS_INLINE Window window(const Cursor &cursor) const {
    return {cursor.image, cursor.y * p.strideHeight - p.padTop, cursor.x * p.strideWidth - p.padLeft};
  }
  /// Whether all taps lie within the input.
  VERNIER_ALWAYS_INLINE bool contains(const Window &w) const {
    return w.y >= 0 && w.y + (p.filterHeight - 1) * p.dilationHeight < p.inputHeight && w.x >= 0 &&
           w.x + (p.filterWidth - 1) * p.dilationWidth < p.inputWidth;
  }
  VERNIER_ALWAYS_INLINE const T *firstTap(const Window &w) const {
    return w.image + (static_cast<ptrdiff_t>(w.y) * p.inputWidth + w.x) * p.inputChannels;
  }
  VERNIER_ALWAYS_INLINE TapWalk walk() const {
    const ptrdiff_t row = static_cast<ptrdiff_t>(p.dilationHeight) * p.inputWidth * p.inputChannels;
    if (p.dilationWidth == 1 && p.groups == 1)
      return {p.filterHeight, 1, p.filterWidth * groupInputs, row, 0};
    return {p.filterHeight, p.filterWidth, groupInputs, row, static_cast<ptrdiff_t>(p.dilationWidth) * p.inputChannels};
  }

  VERNIER_ALWAYS_INLINE bool inside(const Window &w) const {
    return p.dilationWidth == 1 && p.groups == 1 && w.x >= 0 && w.x + p.filterWidth <= p.inputWidth;
  }
  VERNIER_ALWAYS_INLINE int32_t segments(bool wholeRows) const {
    return wholeRows ? p.filterHeight : p.filterHeight * p.filterWidth;
  }
  VERNIER_ALWAYS_INLINE int32_t length(bool wholeRows) const {
    return wholeRows ? p.filterWidth * groupInputs : groupInputs;
  }
  VERNIER_ALWAYS_INLINE const T *locate(const Window &w, int32_t segment, bool wholeRows) const {
    const int32_t ky = wholeRows ? segment : segment / p.filterWidth;
    const int32_t kx = wholeRows ? 0 : segment % p.filterWidth;
    const int32_t y = w.y + ky * p.dilationHeight, x = w.x + kx * p.dilationWidth;
    if (y < 0 || y >= p.inputHeight || x < 0 || x >= p.inputWidth)
      return nullptr;
    return w.image + (static_cast<ptrdiff_t>(y) * p.inputWidth + x) * p.inputChannels;
  }
};

/// The taps of a transpose convolution: those that a strided input position
/// reaches.
template <class T> struct TransposeConvTaps {
  const Conv2DParams &p;
  const T *input;

  using Window = typename ConvTaps<T>::Window;
  VERNIER_ALWAYS_INLINE Window window(int64_t pixel) const {
    const int32_t ox = static_cast<int32_t>(pixel % p.outputWidth);
    const int64_t row = pixel / p.outputWidth;
    const int32_t oy = static_cast<int32_t>(row % p.outputHeight);
    return {input + row / p.outputHeight * p.inputHeight * p.inputWidth * p.inputChannels, oy + p.padTop,
            ox + p.padLeft};
  }
  static VERNIER_ALWAYS_INLINE bool inside(const Window &) { return false; }

  /// Output pixels in order, without a division for each.
  using Cursor = typename ConvTaps<T>::Cursor;
  VERNIER_ALWAYS_INLINE Cursor first() const { return {input, 0, 0}; }
  VERNIER_ALWAYS_INLINE void advance(Cursor &cursor) const { ConvTaps<T>{p, input, 0}.advance(cursor); }
  VERNIER_ALWAYS_INLINE Window window(const Cursor &cursor) const {
    return {cursor.image, cursor.y + p.padTop, cursor.x + p.padLeft};
  }
  /// A strided input has gaps: each tap is looked for.
  static VERNIER_ALWAYS_INLINE bool contains(const Window &) { return false; }
  static VERNIER_ALWAYS_INLINE const T *firstTap(const Window &) { return nullptr; }
  static VERNIER_ALWAYS_INLINE TapWalk walk() { return {0, 0, 0, 0, 0}; }

  VERNIER_ALWAYS_INLINE int32_t segments(bool) const { return p.filterHeight * p.filterWidth; }
  VERNIER_ALWAYS_INLINE int32_t length(bool) const { return p.inputChannels; }
  VERNIER_ALWAYS_INLINE const T *locate(const Window &w, int32_t segment, bool) const {
    const int32_t y = w.y - segment / p.filterWidth, x = w.x - segment % p.filterWidth;
    if (y < 0 || x < 0 || y % p.strideHeight || x % p.strideWidth || y / p.strideHeight >= p.inputHeight ||
        x / p.strideWidth >= p.inputWidth)
      return nullptr;
    return w.image + (static_cast<ptrdiff_t>(y / p.strideHeight) * p.inputWidth + x / p.strideWidth) * p.inputChannels;
  }
};

} // namespace mlir::vernier::runtime::detail

#endif // VERNIER_RUNTIME_TAPS_H
