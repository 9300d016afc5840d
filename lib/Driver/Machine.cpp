//===- Machine.cpp - What one core can do at most ---------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// In assembly, so that neither a compiler nor the flags that it was given come between the question and the answer.
//===----------------------------------------------------------------------===//

#include "Machine.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include <chrono>
#include <limits>
#include <vector>

namespace mlir::vernier {
namespace {

struct MicroKernel {
  StringRef target;
  Arithmetic arithmetic;
  StringRef instruction;
  /// Multiply-adds of one instruction; `run` executes it 12 times `count` times.
  int products;
  void (*run)(long count);
};

struct Reader {
  StringRef target;
  /// Reads `count` times 512 bytes.
  void (*run)(const char *from, long count);
};

/// Bytes that a reader reads at a time.
constexpr size_t kBlock = 512;

#if defined(__x86_64__) && defined(__GNUC__)

// Twelve sums hide four cycles of latency at three instructions a cycle. Registers start from zero: denormals are slow.
#define VERNIER_LOOP(NAME, BEGIN, I, END)                                                                              \
  void NAME(long count) {                                                                                              \
    asm volatile(BEGIN "1:\n" I(0) I(1) I(2) I(3) I(4) I(5) I(6) I(7) I(8) I(9) I(10) I(11) "dec %0\njnz 1b\n" END     \
                 : "+r"(count)                                                                                         \
                 :                                                                                                     \
                 : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",   \
                   "xmm13", "xmm14", "xmm15", "cc");                                                                   \
  }
#define VERNIER_INT8_512(N) "vpdpbusd %%zmm13, %%zmm14, %%zmm" #N "\n"
#define VERNIER_INT16_512(N) "vpdpwssd %%zmm13, %%zmm14, %%zmm" #N "\n"
#define VERNIER_FLOAT_512(N) "vfmadd231ps %%zmm13, %%zmm14, %%zmm" #N "\n"
#define VERNIER_PAIRS_256(N) "vpmaddwd %%ymm13, %%ymm14, %%ymm15\nvpaddd %%ymm15, %%ymm" #N ", %%ymm" #N "\n"
#define VERNIER_FLOAT_256(N) "vfmadd231ps %%ymm13, %%ymm14, %%ymm" #N "\n"
#define VERNIER_PAIRS_128(N) "movdqa %%xmm13, %%xmm15\npmaddwd %%xmm14, %%xmm15\npaddd %%xmm15, %%xmm" #N "\n"
#define VERNIER_FLOAT_128(N) "movaps %%xmm13, %%xmm15\nmulps %%xmm14, %%xmm15\naddps %%xmm15, %%xmm" #N "\n"
#define VERNIER_CLEAR_128 "pxor %%xmm13, %%xmm13\npxor %%xmm14, %%xmm14\n"

VERNIER_LOOP(multiplyInt8By64, "vzeroall\n", VERNIER_INT8_512, "vzeroupper\n")
VERNIER_LOOP(multiplyInt16By32, "vzeroall\n", VERNIER_INT16_512, "vzeroupper\n")
VERNIER_LOOP(multiplyFloatsBy16, "vzeroall\n", VERNIER_FLOAT_512, "vzeroupper\n")
VERNIER_LOOP(multiplyPairsBy16, "vzeroall\n", VERNIER_PAIRS_256, "vzeroupper\n")
VERNIER_LOOP(multiplyFloatsBy8, "vzeroall\n", VERNIER_FLOAT_256, "vzeroupper\n")
VERNIER_LOOP(multiplyPairsBy8, VERNIER_CLEAR_128, VERNIER_PAIRS_128, "")
VERNIER_LOOP(multiplyFloatsBy4, VERNIER_CLEAR_128, VERNIER_FLOAT_128, "")

constexpr MicroKernel kMicroKernels[] = {
    {"generic", Arithmetic::Int8, "pmaddwd xmm", 8, multiplyPairsBy8},
    {"generic", Arithmetic::Int16, "pmaddwd xmm", 8, multiplyPairsBy8},
    {"generic", Arithmetic::Float, "mulps xmm", 4, multiplyFloatsBy4},
    {"x86-64-v3", Arithmetic::Int8, "vpmaddwd ymm", 16, multiplyPairsBy16},
    {"x86-64-v3", Arithmetic::Int16, "vpmaddwd ymm", 16, multiplyPairsBy16},
    {"x86-64-v3", Arithmetic::Float, "vfmadd231ps ymm", 8, multiplyFloatsBy8},
    {"x86-64-v4-vnni", Arithmetic::Int8, "vpdpbusd zmm", 64, multiplyInt8By64},
    {"x86-64-v4-vnni", Arithmetic::Int16, "vpdpwssd zmm", 32, multiplyInt16By32},
    {"x86-64-v4-vnni", Arithmetic::Float, "vfmadd231ps zmm", 16, multiplyFloatsBy16},
};

#define VERNIER_READER(NAME, LOAD, WIDTH, END)                                                                         \
  void NAME(const char *from, long count) {                                                                            \
    asm volatile("1:\n.set at, 0\n.rept 512 / " #WIDTH "\n" LOAD "\n.set at, at + " #WIDTH "\n.endr\n"                 \
                 "add $512, %0\ndec %1\njnz 1b\n" END                                                                  \
                 : "+r"(from), "+r"(count)                                                                             \
                 :                                                                                                     \
                 : "xmm0", "memory", "cc");                                                                            \
  }
VERNIER_READER(readBy64, "vmovups at(%0), %%zmm0", 64, "vzeroupper\n")
VERNIER_READER(readBy32, "vmovups at(%0), %%ymm0", 32, "vzeroupper\n")
VERNIER_READER(readBy16, "movups at(%0), %%xmm0", 16, "")

constexpr Reader kReaders[] = {{"generic", readBy16}, {"x86-64-v3", readBy32}, {"x86-64-v4-vnni", readBy64}};

#elif defined(__aarch64__) && defined(__GNUC__)

#define VERNIER_LOOP(NAME, I)                                                                                          \
  void NAME(long count) {                                                                                              \
    asm volatile(".arch_extension dotprod\nmovi v13.16b, #0\nmovi v14.16b, #0\n1:\n" I(0) I(1) I(2) I(3) I(4) I(5)     \
                     I(6) I(7) I(16) I(17) I(18) I(19) "subs %0, %0, #1\nb.ne 1b\n"                                    \
                 : "+r"(count)                                                                                         \
                 :                                                                                                     \
                 : "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v13", "v14", "v16", "v17", "v18", "v19", "cc");    \
  }
#define VERNIER_SDOT(N) "sdot v" #N ".4s, v13.16b, v14.16b\n"
#define VERNIER_SMLAL(N) "smlal v" #N ".4s, v13.4h, v14.4h\n"
#define VERNIER_FMLA(N) "fmla v" #N ".4s, v13.4s, v14.4s\n"
VERNIER_LOOP(multiplyInt8By16, VERNIER_SDOT)
VERNIER_LOOP(multiplyInt16By4, VERNIER_SMLAL)
VERNIER_LOOP(multiplyFloatsBy4, VERNIER_FMLA)

constexpr MicroKernel kMicroKernels[] = {
    {"generic", Arithmetic::Int8, "smlal", 4, multiplyInt16By4},
    {"generic", Arithmetic::Int16, "smlal", 4, multiplyInt16By4},
    {"generic", Arithmetic::Float, "fmla", 4, multiplyFloatsBy4},
    {"armv8-dotprod", Arithmetic::Int8, "sdot", 16, multiplyInt8By16},
    {"armv8-dotprod", Arithmetic::Int16, "smlal", 4, multiplyInt16By4},
    {"armv8-dotprod", Arithmetic::Float, "fmla", 4, multiplyFloatsBy4},
};

void readBy16(const char *from, long count) {
  asm volatile("1:\n.rept 512 / 16\nldr q0, [%0], #16\n.endr\nsubs %1, %1, #1\nb.ne 1b\n"
               : "+r"(from), "+r"(count)
               :
               : "v0", "memory", "cc");
}
constexpr Reader kReaders[] = {{"generic", readBy16}};

#else

constexpr ArrayRef<MicroKernel> kMicroKernels;

void readWords(const char *from, long count) {
  auto *words = reinterpret_cast<const volatile uint64_t *>(from);
  for (const auto *end = words + count * (kBlock / sizeof(uint64_t)); words != end; ++words)
    (void)*words;
}
constexpr Reader kReaders[] = {{"", readWords}};

#endif

/// Seconds of the fastest of many calls: what others do on the machine adds to the rest.
double fastest(unsigned calls, llvm::function_ref<void()> call) {
  using Clock = std::chrono::steady_clock;
  double best = std::numeric_limits<double>::infinity();
  for (unsigned i = 0; i < calls; ++i) {
    const Clock::time_point start = Clock::now();
    call();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

} // namespace

StringRef stringify(Arithmetic arithmetic) {
  switch (arithmetic) {
  case Arithmetic::Int8:
    return "int8";
  case Arithmetic::Int16:
    return "int16";
  case Arithmetic::Float:
    return "float";
  }
  llvm_unreachable("all arithmetics are listed");
}

std::optional<Peak> measurePeak(StringRef target, Arithmetic arithmetic) {
  const MicroKernel *kernel = llvm::find_if(
      kMicroKernels, [&](const MicroKernel &at) { return at.target == target && at.arithmetic == arithmetic; });
  if (kernel == std::end(kMicroKernels))
    return std::nullopt;
  constexpr long count = 50000;
  return Peak{kernel->instruction, 12e-9 * count * kernel->products / fastest(40, [&] { kernel->run(count); })};
}

double measureReads(StringRef target, size_t bytes) {
  const Reader *reader = llvm::find_if(kReaders, [&](const Reader &at) { return at.target == target; });
  if (reader == std::end(kReaders))
    reader = std::begin(kReaders);
  const size_t blocks = std::max<size_t>(1, bytes / kBlock);
  // Short passes are timed together, so that the clock does not count.
  const size_t passes = std::max<size_t>(1, (4 << 20) / (blocks * kBlock));
  // Pages that were never written may all be one page of zeros.
  std::vector<char> memory(blocks * kBlock, 1);
  const double seconds = fastest(10, [&] {
    for (size_t pass = 0; pass < passes; ++pass)
      reader->run(memory.data(), long(blocks));
  });
  return 1e-9 * double(passes * blocks * kBlock) / seconds;
}

} // namespace mlir::vernier
