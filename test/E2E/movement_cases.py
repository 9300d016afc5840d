# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random cases of the operators that move elements and leave values alone."""
import numpy as np
from case_maker import Case, Tensor, ints, table


def reshapes(m):
    shape = m.shape(1, 4)
    x = m.any(shape)
    flat = (int(np.prod(shape)),)
    yield Case("RESHAPE", [x, ints(*flat)], [m.any(flat, like=x)], dict(table="ReshapeOptions", newShape=list(flat)))
    x = m.any((1,) + shape)
    yield Case("SQUEEZE", [x], [m.any(shape, like=x)], dict(table="SqueezeOptions", squeezeDims=[0]))
    x, axis = m.any(shape), m.size(0, len(shape))
    yield Case("EXPAND_DIMS", [x, ints(axis)], [m.any(shape[:axis] + (1,) + shape[axis:], like=x)], dict(table="ExpandDimsOptions"))
    for high in (4, 6):
        shape = m.shape(1, high, 6)
        perm = [int(p) for p in m.rng.permutation(len(shape))]
        x = m.any(shape)
        yield Case("TRANSPOSE", [x, ints(*perm)], [m.any([shape[p] for p in perm], like=x)], dict(table="TransposeOptions"))
    shape = m.shape(1, 4)
    axes = sorted(int(a) for a in m.rng.permutation(len(shape))[:m.size(1, len(shape))])
    x = m.any(shape)
    yield Case("REVERSE_V2", [x, ints(*axes[:1])], [m.any(shape, like=x)], dict(table="ReverseV2Options"))


def borders(m):
    for kind, high in (("PAD", 5), ("PADV2", 4), ("MIRROR_PAD", 4)):
        for mode in (0, 1):
            shape = tuple(d + 1 for d in m.shape(1, high, 5))
            amounts = m.rng.integers(0, 3, (len(shape), 2))
            if kind == "MIRROR_PAD":
                amounts = np.minimum(amounts, np.array(shape)[:, None] - 1 + mode)
            x = m.any(shape)
            y = m.any([d + int(a.sum()) for d, a in zip(shape, amounts)], like=x)
            inputs = [x, table(amounts)] + ([m.constant((), like=x)] if kind == "PADV2" else [])
            yield Case(kind, inputs, [y], {"PAD": dict(table="PadOptions"), "PADV2": dict(table="PadV2Options"),
                                           "MIRROR_PAD": dict(table="MirrorPadOptions", mode=mode)}[kind])


def slices(m):
    for _ in range(2):
        shape = m.shape(1, 5)
        begin = [int(m.rng.integers(0, d)) for d in shape]
        size = [int(m.rng.integers(1, d - b + 1)) for b, d in zip(begin, shape)]
        x = m.any(shape)
        yield Case("SLICE", [x, ints(*begin), ints(*size)], [m.any(size, like=x)], dict(table="SliceOptions"))
    for _ in range(4):
        shape = m.shape(1, 4)
        begin = [int(m.rng.integers(-d, d)) for d in shape]
        end = [int(m.rng.integers(-d - 1, d + 2)) for d in shape]
        stride = [m.pick(1, 1, 2, -1, -2) for _ in shape]
        masks = [int(m.rng.integers(0, 1 << len(shape))) for _ in range(3)]
        index = []
        for i in range(len(shape)):
            if masks[2] >> i & 1:
                masks[0] &= ~(1 << i)
                stride[i] = 1
                index.append(begin[i])
            else:
                index.append(slice(None if masks[0] >> i & 1 else begin[i], None if masks[1] >> i & 1 else end[i], stride[i]))
                if end[i] < 0 and stride[i] < 0 and end[i] < -shape[i]:
                    index[-1] = slice(index[-1].start, None, stride[i])
        result = np.zeros(shape)[tuple(index)].shape
        if 0 in result:
            continue
        x = m.any(shape)
        yield Case("STRIDED_SLICE", [x, ints(*begin), ints(*end), ints(*stride)], [m.any(result, like=x)],
                   dict(table="StridedSliceOptions", beginMask=masks[0], endMask=masks[1], shrinkAxisMask=masks[2]))
    shape = m.shape(1, 4)
    update = tuple(m.size(1, d) for d in shape)
    x = m.any(shape)
    yield Case("DYNAMIC_UPDATE_SLICE", [x, m.any(update, like=x), m.of(np.int32, (len(shape),), -2, 6)], [m.any(shape, like=x)],
               dict(table="DynamicUpdateSliceOptions"))


def picks(m):
    for batch in (0, 1):
        shape = tuple(d + 1 for d in m.shape(2, 4, 5))
        axis = m.size(batch, len(shape) - 1)
        at = shape[:batch] + m.shape(1 - batch, 2, 4)
        x = m.any(shape)
        result = shape[:axis] + at[batch:] + shape[axis + 1:]
        yield Case("GATHER", [x, m.of(m.pick(np.int32, np.int64), at, 0, shape[axis])], [m.any(result, like=x)],
                   dict(table="GatherOptions", axis=axis, batchDims=batch))
    shape, depth = m.shape(2, 4, 5), m.size(1, 2)
    at = m.shape(1, 2, 4)
    x = m.any(shape)
    yield Case("GATHER_ND", [x, m.of(np.int32, at + (depth,), 0, min(shape[:depth]))], [m.any(at + shape[depth:], like=x)],
               dict(table="GatherNdOptions"))
    shape, count = m.shape(2, 3), m.size(1, 6)
    x = m.any(shape)
    yield Case("EMBEDDING_LOOKUP", [m.of(np.int32, (count,), 0, shape[0]), x], [m.any((count, *shape[1:]), like=x)])
    shape, depth = m.shape(2, 3, 5), m.size(1, 2)
    count = m.size(1, 5)
    u = m.any((count,) + shape[depth:])
    yield Case("SCATTER_ND", [m.of(np.int32, (count, depth), 0, min(shape[:depth])), u, ints(*shape)], [m.any(shape, like=u)],
               dict(table="ScatterNdOptions"))
    shape, classes = m.shape(1, 3), m.size(2, 6)
    for axis in (-1, 0, len(shape)):
        on = m.constant(())
        result = shape + (classes,) if axis in (-1, len(shape)) else (classes,) + shape
        yield Case("ONE_HOT", [m.of(np.int32, shape, -1, classes + 1), Tensor((), np.int32, values=np.array(classes, np.int32)), on,
                               m.constant((), like=on)], [m.any(result, like=on)], dict(table="OneHotOptions", axis=axis))


def joins(m):
    for kind in ("CONCATENATION", "PACK"):
        for _ in range(2):
            shape = m.shape(1, 4)
            axis, count = m.size(0, len(shape) - (kind != "PACK")), m.size(1, 4)
            if kind == "PACK":
                first = m.any(shape)
                parts = [first] + [m.any(shape, like=first) for _ in range(count - 1)]
                y = m.any(shape[:axis] + (count,) + shape[axis:], like=first)
                options = dict(table="PackOptions", valuesCount=count, axis=axis)
            else:
                sizes = [m.size(1, 5) for _ in range(count)]
                shapes = [shape[:axis] + (s,) + shape[axis + 1:] for s in sizes]
                first = m.any(shapes[0])
                # uint8 inputs may have parameters of their own.
                parts = [first] + [m.any(s, like=None if m.elements == np.uint8 and m.pick(True, False) else first) for s in shapes[1:]]
                y = m.any(shape[:axis] + (sum(sizes),) + shape[axis + 1:], like=first)
                options = dict(table="ConcatenationOptions", axis=axis - (len(shape) if m.pick(True, False) else 0))
            yield Case(kind, parts, [y], options)
    shape = m.shape(2, 4)
    axis, count = m.size(0, len(shape) - 1), m.size(1, 3)
    x = m.any(shape)
    yield Case("UNPACK", [x], [m.any(shape[:axis] + shape[axis + 1:], like=x) for _ in range(shape[axis])],
               dict(table="UnpackOptions", num=shape[axis], axis=axis))
    whole = shape[:axis] + (shape[axis] * count,) + shape[axis + 1:]
    x = m.any(whole)
    scalar = Tensor((), np.int32, values=np.array(axis, np.int32))
    yield Case("SPLIT", [scalar, x], [m.any(shape, like=x) for _ in range(count)], dict(table="SplitOptions", numSplits=count))
    sizes = [m.size(1, 4) for _ in range(count)]
    x = m.any(shape[:axis] + (sum(sizes),) + shape[axis + 1:])
    yield Case("SPLIT_V", [x, ints(*sizes), scalar], [m.any(shape[:axis] + (s,) + shape[axis + 1:], like=x) for s in sizes],
               dict(table="SplitVOptions", numSplits=count))


def blocks(m):
    block = m.size(2, 3)
    n, h, w, c = m.image(side=4)
    x = m.any((n, h * block, w * block, c))
    yield Case("SPACE_TO_DEPTH", [x], [m.any((n, h, w, c * block * block), like=x)], dict(table="SpaceToDepthOptions", blockSize=block))
    x = m.any((n, h, w, c * block * block))
    yield Case("DEPTH_TO_SPACE", [x], [m.any((n, h * block, w * block, c), like=x)], dict(table="DepthToSpaceOptions", blockSize=block))
    for rank in (3, 4):
        pads = m.rng.integers(0, 3, (rank - 2, 2))
        shape = [n, h * 2, w * 3][:rank - 1]
        factors = [2, 3][:rank - 2]
        for i, f in enumerate(factors):
            pads[i, 1] += -(shape[i + 1] + int(pads[i].sum())) % f
        x = m.any((*shape, c))
        sides = [(d + int(p.sum())) // f for d, p, f in zip(shape[1:], pads, factors)]
        cells = int(np.prod(factors))
        y = m.any((n * cells, *sides, c), like=x)
        yield Case("SPACE_TO_BATCH_ND", [x, ints(*factors), table(pads)], [y], dict(table="SpaceToBatchNDOptions"))
        yield Case("BATCH_TO_SPACE_ND", [m.any(y.shape, like=x), ints(*factors), table(pads)], [m.any(x.shape, like=x)],
                   dict(table="BatchToSpaceNDOptions"))


def resizes(m):
    for kind in ("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"):
        for align, half in ((False, False), (True, False), (False, True)):
            n, h, w, c = m.image()
            size = (m.size(2, 17), m.size(2, 17))
            x = m.any((n, h, w, c))
            yield Case(kind, [x, ints(*size)], [m.any((n, *size, c), like=x)], dict(
                table="ResizeBilinearOptions" if kind.endswith("LINEAR") else "ResizeNearestNeighborOptions",
                alignCorners=align, halfPixelCenters=half))


def repetitions(m):
    shape = m.shape(1, 4, 5)
    times = [m.size(1, 3) for _ in shape]
    x = m.any(shape)
    yield Case("TILE", [x, ints(*times)], [m.any([d * t for d, t in zip(shape, times)], like=x)], dict(table="TileOptions"))
    full = m.shape(1, 5, 5)
    small = tuple(1 if m.pick(True, False) else d for d in full)[m.size(0, len(full) - 1):]
    x = m.any(small)
    yield Case("BROADCAST_TO", [x, ints(*full)], [m.any(full, like=x)], dict(table="BroadcastToOptions"))
    x = m.any(())
    yield Case("FILL", [ints(*full), x], [m.any(full, like=x)], dict(table="FillOptions"))
    shape = m.shape(2, 4)
    x = m.any(shape)
    yield Case("REVERSE_SEQUENCE", [x, m.of(np.int32, shape[:1], 0, shape[1] + 1)], [m.any(shape, like=x)],
               dict(table="ReverseSequenceOptions", seqDim=1, batchDim=0))
    if m.elements == np.bool_:
        # LiteRT takes booleans for floats there and writes past their end.
        return
    shape = m.shape(1, 3)
    x = m.any(shape)
    yield Case("MATRIX_DIAG", [x], [m.any(shape + shape[-1:], like=x)], dict(table="MatrixDiagOptions"))
    x = m.any((*shape, m.size(1, 6)))
    yield Case("MATRIX_SET_DIAG", [x, m.any(x.shape[:-2] + (min(x.shape[-2:]),), like=x)], [m.any(x.shape, like=x)],
               dict(table="MatrixSetDiagOptions"))
