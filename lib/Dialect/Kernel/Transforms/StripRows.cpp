//===- StripRows.cpp - Chains of calls, a strip of rows at a time ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Lifetimes.h"
#include "mlir/IR/Builders.h"
#include "vernier/Dialect/Kernel/Transforms/Passes.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::vernier::kernel {

#define GEN_PASS_DEF_STRIPROWSPASS
#include "vernier/Dialect/Kernel/Transforms/Passes.h.inc"

namespace {

/// A call that goes row by row. Rows of the result look at `filter` rows of the image, `dilation` apart.
struct Stage {
  CallOp call;
  Value image, result;
  /// What a function joins to the results, of the same size; or null.
  Value residual;
  /// Places of the pointers to them among the arguments.
  unsigned imageAt, resultAt, residualAt;
  int64_t inputRows, outputRows, outputWidth, filter, stride, dilation, pad;

  static std::optional<Stage> of(CallOp call);
  int64_t imageRowBytes() const { return bytesOf(cast<MemRefType>(image.getType())) / inputRows; }
  int64_t resultRowBytes() const { return bytesOf(cast<MemRefType>(result.getType())) / outputRows; }
  /// The first row that row `row` of the result looks at, padding included; and the row behind the last.
  int64_t begin(int64_t row) const { return row * stride - pad; }
  int64_t end(int64_t row) const { return begin(row) + (filter - 1) * dilation + 1; }
};

std::optional<int64_t> field(RecordAttr record, StringRef name) {
  for (auto [key, value] : llvm::zip_equal(record.getNames(), record.getFields()))
    if (auto integer = dyn_cast<IntegerAttr>(value); integer && key.getValue() == name)
      return integer.getInt();
  return std::nullopt;
}

std::optional<Stage> Stage::of(CallOp call) {
  auto record =
      call.getByRows() && !call.getArguments().empty() ? dyn_cast<RecordAttr>(call.getArguments()[0]) : RecordAttr();
  if (!record || call.getWrites().size() != 1 || call.getRows())
    return std::nullopt;
  Stage stage{call, Value(), call.getWrites().front(), Value(), 0, 0, 0, 0, 0, 0, 0, 0, 1, 0};
  const ArrayRef<Attribute> arguments = call.getArguments().getValue();
  if (call.getResidual()) {
    stage.residualAt = arguments.size() - 2;
    stage.residual = call.getOperand(cast<PointerAttr>(arguments[stage.residualAt]).getOperand());
  }
  const auto namesOnly = [&](unsigned at, Value memory) {
    return llvm::all_of(llvm::enumerate(arguments), [&](const auto &argument) {
      auto pointer = dyn_cast<PointerAttr>(argument.value());
      return !pointer || argument.index() == at || call.getOperand(pointer.getOperand()) != memory;
    });
  };
  for (Value read : call.getReads()) {
    if (read.getDefiningOp<ConstantOp>() || (read == stage.residual && namesOnly(stage.residualAt, read)))
      continue;
    if (stage.image)
      return std::nullopt;
    stage.image = read;
  }
  if (!stage.image)
    return std::nullopt;
  unsigned images = 0, results = 0;
  for (auto [index, argument] : llvm::enumerate(arguments))
    if (auto pointer = dyn_cast<PointerAttr>(argument); pointer && !(stage.residual && index == stage.residualAt)) {
      Value memory = call.getOperand(pointer.getOperand());
      if (memory == stage.image && pointer.getOffset() == 0)
        stage.imageAt = (++images, index);
      else if (memory == stage.result && pointer.getOffset() == 0)
        stage.resultAt = (++results, index);
    }
  const auto take = [&](StringRef name, int64_t &value) {
    std::optional<int64_t> found = field(record, name);
    value = found.value_or(value);
    return found.has_value();
  };
  int64_t batches = 0;
  (void)take("dilationHeight", stage.dilation);
  if (images != 1 || results != 1 || !take("batches", batches) || !take("inputHeight", stage.inputRows) ||
      !take("outputHeight", stage.outputRows) || !take("outputWidth", stage.outputWidth) ||
      !take("filterHeight", stage.filter) || !take("strideHeight", stage.stride) || !take("padTop", stage.pad))
    return std::nullopt;
  const auto divides = [](int64_t rows, Value memory) {
    return rows > 0 && bytesOf(cast<MemRefType>(memory.getType())) % rows == 0;
  };
  if (batches != 1 || !divides(stage.inputRows, stage.image) || !divides(stage.outputRows, stage.result))
    return std::nullopt;
  return stage;
}

/// One piece of work: rows [from, to) of a stage's result, after `kept` rows of its buffer have moved to the front.
struct Piece {
  unsigned stage;
  int64_t from, to;
  /// The first row that the image's and the result's buffer hold now.
  int64_t imageBase, resultBase;
  /// Rows that moved before, from row `moved` of the buffer on; 0 for none.
  int64_t kept, moved;
  /// Rows of the image that it sees.
  int64_t imageFrom, imageTo;
};

/// How a chain is computed in strips.
struct Schedule {
  std::vector<Piece> pieces;
  /// Rows that the buffer of each result holds; the last result is whole.
  SmallVector<int64_t> capacity;

  static std::optional<Schedule> of(ArrayRef<Stage> chain, int64_t rowsPerStrip);
  int64_t bytes(ArrayRef<Stage> chain) const {
    int64_t sum = 0;
    for (auto [stage, rows] : llvm::zip(chain.drop_back(), capacity))
      sum += llvm::alignTo(rows * stage.resultRowBytes(), kAlignment);
    return sum;
  }
};

/// Below so many results tiles are half empty; below so many bytes of image and result, a call itself takes time.
constexpr int64_t kFewestPixels = 64, kFewestBytes = 16 << 10;

std::optional<Schedule> Schedule::of(ArrayRef<Stage> chain, int64_t rowsPerStrip) {
  const unsigned last = chain.size() - 1;
  Schedule schedule;
  schedule.capacity.assign(chain.size(), 0);
  SmallVector<int64_t> done(chain.size(), 0), need(chain.size(), 0), base(chain.size(), 0);
  while (done[last] < chain[last].outputRows) {
    need[last] = std::min(done[last] + rowsPerStrip, chain[last].outputRows);
    for (unsigned i = last; i > 0; --i)
      need[i - 1] = need[i] > done[i] ? std::max(done[i - 1], std::min(chain[i].end(need[i] - 1), chain[i].inputRows))
                                      : done[i - 1];
    for (auto [i, stage] : llvm::enumerate(chain)) {
      if (need[i] == done[i])
        continue;
      Piece piece{unsigned(i), done[i], need[i], i ? base[i - 1] : 0, 0, 0, 0, 0, 0};
      if (i < last) {
        // What the next stage has looked at for the last time goes.
        const int64_t first =
            std::max(base[i], std::min(done[i], std::max<int64_t>(0, chain[i + 1].begin(done[i + 1]))));
        if (first > base[i] && first < done[i]) {
          piece.kept = done[i] - first;
          piece.moved = first - base[i];
        }
        base[i] = first;
        schedule.capacity[i] = std::max(schedule.capacity[i], need[i] - first);
      }
      piece.resultBase = base[i];
      piece.imageFrom = std::max<int64_t>(0, stage.begin(piece.from));
      piece.imageTo = std::min(stage.end(piece.to - 1), stage.inputRows);
      // A kernel whose windows lie in the padding alone has no image; small pieces are slow.
      const int64_t bytes =
          (piece.imageTo - piece.imageFrom) * stage.imageRowBytes() + (piece.to - piece.from) * stage.resultRowBytes();
      if (piece.imageFrom >= piece.imageTo || (piece.to - piece.from) * stage.outputWidth < kFewestPixels ||
          bytes < kFewestBytes)
        return std::nullopt;
      schedule.pieces.push_back(piece);
      done[i] = need[i];
    }
  }
  return schedule;
}

/// Stages [first, first + length) of a run of linked ones, in strips of so many rows.
struct Choice {
  unsigned first, length;
  int64_t rows, bytes;
  size_t pieces;
};

class Stripper {
public:
  explicit Stripper(func::FuncOp function) : function(function), builder(function.getContext()) {}
  /// Strips what needs more than `limit` bytes until nothing helps, and returns the bound of live bytes. A chain gets
  /// the fewest calls that keep the limit, or else the fewest bytes.
  int64_t run(int64_t limit);
  /// The bound of live bytes as it is.
  int64_t bound() const;

private:
  std::optional<Choice> choose(int64_t limit, int64_t &bound);
  static int64_t bytesWith(ArrayRef<Stage> chain, unsigned begin, int64_t bytes, ArrayRef<BufferLifetime> overlaid);
  void rewrite(ArrayRef<Stage> chain, const Schedule &schedule);
  void addPiece(const Stage &stage, const Piece &piece, Value image, Value result);

  func::FuncOp function;
  OpBuilder builder;
};

/// The bytes that live where `chain`, from step `begin` on, is one step that needs `bytes` for its own buffers.
int64_t Stripper::bytesWith(ArrayRef<Stage> chain, unsigned begin, int64_t bytes, ArrayRef<BufferLifetime> overlaid) {
  const unsigned end = begin + chain.size() - 1;
  int64_t live = llvm::alignTo(bytes, kAlignment);
  for (const BufferLifetime &lifetime : overlaid)
    if (lifetime.first <= end && lifetime.last >= begin && (lifetime.first < begin || lifetime.last > end))
      live += llvm::alignTo(lifetime.bytes, kAlignment);
  return live;
}

std::optional<Choice> Stripper::choose(int64_t limit, int64_t &bound) {
  const Lifetimes uses(function);
  SmallVector<CallOp> calls;
  const SmallVector<BufferLifetime> overlaid = uses.overlay(calls);
  bound = 0;
  unsigned peak = 0;
  for (unsigned step = 0; step < uses.steps.size(); ++step)
    if (const int64_t live = liveBytes(overlaid, step); live > bound) {
      bound = live;
      peak = step;
    }
  if (bound <= limit)
    return std::nullopt;
  // Worth a change: a fiftieth.
  const int64_t most = std::max(limit, bound - bound / 50);
  std::optional<Choice> best;
  const auto isBetter = [&](const Choice &choice) {
    if (choice.bytes > most || !best)
      return choice.bytes <= most;
    return choice.bytes <= limit && best->bytes <= limit ? choice.pieces < best->pieces : choice.bytes < best->bytes;
  };
  constexpr unsigned longest = 8;
  SmallVector<Stage> chain;
  for (unsigned first = peak < longest ? 0 : peak + 1 - longest; first <= peak; ++first) {
    chain.clear();
    for (unsigned at = first; at < uses.steps.size() && at < first + longest; ++at) {
      // A chain does not reach into a branch or a loop, nor out of it.
      auto call = dyn_cast<CallOp>(uses.steps[at]);
      if (!call || call->getBlock() != uses.steps[first]->getBlock())
        break;
      std::optional<Stage> stage = Stage::of(call);
      if (!stage)
        break;
      if (!chain.empty()) {
        // The image between them is theirs alone, and what is added to the results is there as a whole.
        auto buffer = uses.indexOf.find(stage->image);
        if (stage->image != chain.back().result || buffer == uses.indexOf.end() ||
            uses.lifetimes[buffer->second].first != at - 1 || uses.lifetimes[buffer->second].last != at ||
            chain.back().outputRows != stage->inputRows || stage->residual == stage->image)
          break;
      }
      chain.push_back(*stage);
      // Even without any rows between them the chain must gain, or no number of strips does.
      if (chain.size() < 2 || at < peak || bytesWith(chain, first, 0, overlaid) > most)
        continue;
      for (int64_t strips = 2; strips <= stage->outputRows; strips = strips < 8 ? strips + 1 : strips * 3 / 2) {
        const int64_t rows = llvm::divideCeil(stage->outputRows, strips);
        std::optional<Schedule> schedule = Schedule::of(chain, rows);
        if (!schedule)
          break;
        const Choice choice{first, unsigned(chain.size()), rows,
                            bytesWith(chain, first, schedule->bytes(chain), overlaid), schedule->pieces.size()};
        if (isBetter(choice))
          best = choice;
      }
    }
  }
  return best;
}

void Stripper::addPiece(const Stage &stage, const Piece &piece, Value image, Value result) {
  CallOp from = stage.call;
  const int64_t bytes = stage.resultRowBytes();
  if (piece.kept) {
    StringAttr type = builder.getStringAttr("uint8_t");
    CallOp::create(builder, from.getLoc(), "runtime::moveBytes",
                   builder.getArrayAttr({builder.getI64IntegerAttr(piece.kept * bytes),
                                         PointerAttr::get(builder.getContext(), 0, type, piece.moved * bytes),
                                         PointerAttr::get(builder.getContext(), 1, type, 0)}),
                   StringAttr(), builder.getStrArrayAttr({"Runtime/MoveBytes.h"}), result, result, /*can_fail=*/false,
                   /*macs=*/0, /*overlapping=*/StringAttr(), /*distance=*/IntegerAttr(), /*by_rows=*/false,
                   /*takes_residual=*/false, /*elementwise=*/false, /*rows=*/DenseI64ArrayAttr(), from.getOriginAttr(),
                   /*residual=*/StringAttr());
  }
  auto record = cast<RecordAttr>(from.getArguments()[0]);
  SmallVector<Attribute> fields(record.getFields());
  const auto set = [&](StringRef name, int64_t value) {
    for (auto [key, field] : llvm::zip_equal(record.getNames(), fields))
      if (key.getValue() == name)
        field = IntegerAttr::get(cast<IntegerAttr>(field).getType(), value);
  };
  set("inputHeight", piece.imageTo - piece.imageFrom);
  set("outputHeight", piece.to - piece.from);
  set("padTop", piece.imageFrom - stage.begin(piece.from));
  SmallVector<Attribute> arguments(from.getArguments().getValue());
  arguments[0] = RecordAttr::get(builder.getContext(), record.getType(), record.getNames(), fields);
  const auto shift = [&](unsigned at, int64_t offset) {
    auto pointer = cast<PointerAttr>(arguments[at]);
    arguments[at] = PointerAttr::get(builder.getContext(), pointer.getOperand(), pointer.getType(), offset);
  };
  shift(stage.imageAt, (piece.imageFrom - piece.imageBase) * stage.imageRowBytes());
  shift(stage.resultAt, (piece.from - piece.resultBase) * bytes);
  if (stage.residual)
    shift(stage.residualAt, piece.from * bytes);
  auto call = cast<CallOp>(builder.clone(*from));
  call.setArgumentsAttr(builder.getArrayAttr(arguments));
  call.setRows(ArrayRef<int64_t>{piece.from, piece.to});
  call.setMacs(from.getMacs() / stage.outputRows * (piece.to - piece.from));
  call.removeOverlappingAttr();
  call.removeDistanceAttr();
  for (OpOperand &operand : call->getOpOperands()) {
    if (operand.get() == stage.image)
      operand.set(image);
    else if (operand.get() == stage.result)
      operand.set(result);
  }
}

void Stripper::rewrite(ArrayRef<Stage> chain, const Schedule &schedule) {
  SmallVector<Value> results;
  for (auto [stage, rows] : llvm::zip(chain.drop_back(), schedule.capacity)) {
    auto type = cast<MemRefType>(stage.result.getType());
    builder.setInsertionPoint(stage.result.getDefiningOp());
    // [1][rows][...] where the image is written so, else bytes.
    SmallVector<int64_t> shape(type.getShape());
    if (shape.size() == 4 && shape[1] == stage.outputRows)
      shape[1] = rows, type = MemRefType::get(shape, type.getElementType());
    else
      type = MemRefType::get({rows * stage.resultRowBytes()}, builder.getI8Type());
    results.push_back(BufferOp::create(builder, function.getLoc(), type, IntegerAttr(), IntegerAttr()).getMemory());
  }
  results.push_back(chain.back().result);
  builder.setInsertionPointAfter(chain.back().call);
  for (const Piece &piece : schedule.pieces)
    addPiece(chain[piece.stage], piece, piece.stage ? results[piece.stage - 1] : chain.front().image,
             results[piece.stage]);
  for (const Stage &stage : chain)
    CallOp(stage.call).erase();
  for (const Stage &stage : chain.drop_back())
    stage.result.getDefiningOp()->erase();
}

int64_t Stripper::bound() const {
  SmallVector<CallOp> calls;
  return liveBytesBound(Lifetimes(function).overlay(calls));
}

int64_t Stripper::run(int64_t limit) {
  int64_t bound = 0;
  while (std::optional<Choice> choice = choose(limit, bound)) {
    const Lifetimes uses(function);
    SmallVector<Stage> chain;
    for (Operation *step : ArrayRef(uses.steps).slice(choice->first, choice->length))
      chain.push_back(*Stage::of(cast<CallOp>(step)));
    rewrite(chain, *Schedule::of(chain, choice->rows));
  }
  return bound;
}

struct StripRowsPass : impl::StripRowsPassBase<StripRowsPass> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (function.getBody().hasOneBlock()) {
        // Once to see how low the peak can be, once to get there with as few calls as that takes; a tenth less is worth
        // it.
        OwningOpRef<func::FuncOp> trial = function.clone();
        const int64_t before = Stripper(function).bound(), least = Stripper(*trial).run(/*limit=*/0);
        if (least <= before - before / 10)
          Stripper(function).run(least);
      }
  }
};

} // namespace
} // namespace mlir::vernier::kernel
