//===- ProgramName.cpp - What a program may be called -----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Dialect/Kernel/ProgramName.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

namespace mlir::vernier::kernel {

/// What is taken, each for one reason at least.
static const llvm::StringSet<> &takenNames() {
  static const llvm::StringSet<> names = {
      // Words of C and C++, up to C++23.
      "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break", "case", "catch", "char",
      "char8_t", "char16_t", "char32_t", "class", "compl", "concept", "const", "const_cast", "consteval", "constexpr",
      "constinit", "continue", "co_await", "co_return", "co_yield", "decltype", "default", "delete", "do", "double",
      "dynamic_cast", "else", "enum", "explicit", "export", "extern", "false", "float", "for", "friend", "goto", "if",
      "inline", "int", "long", "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr", "operator", "or",
      "or_eq", "private", "protected", "public", "register", "reinterpret_cast", "requires", "restrict", "return",
      "short", "signed", "sizeof", "static", "static_assert", "static_cast", "struct", "switch", "template", "this",
      "thread_local", "throw", "true", "try", "typedef", "typeid", "typename", "typeof", "union", "unsigned", "using",
      "virtual", "void", "volatile", "wchar_t", "while", "xor", "xor_eq",
      // What programs call or include in the global namespace: types, macros, functions of string, math, stdio, stdlib.
      "NULL", "NAN", "INFINITY", "EOF", "FILE", "main", "std", "mlir", "linux", "unix", "i386", "size_t", "ssize_t",
      "ptrdiff_t", "max_align_t", "nullptr_t", "int8_t", "int16_t", "int32_t", "int64_t", "uint8_t", "uint16_t",
      "uint32_t", "uint64_t", "intptr_t", "uintptr_t", "intmax_t", "uintmax_t", "u_char", "u_short", "u_int", "u_long",
      "uint", "ulong", "ushort", "abort", "abs", "labs", "llabs", "atexit", "atof", "atoi", "atol", "bsearch", "calloc",
      "div", "ldiv", "exit", "free", "getenv", "malloc", "qsort", "rand", "random", "realloc", "srand", "system",
      "printf", "fprintf", "puts", "putchar", "remove", "rename", "scanf", "stdin", "stdout", "stderr", "memchr",
      "memcmp", "memcpy", "memmove", "memset", "strcat", "strchr", "strcmp", "strcpy", "strlen", "strncmp", "strstr",
      "strtol", "bcmp", "bcopy", "bzero", "ffs", "index", "rindex", "basename", "acos", "acosh", "asin", "asinh",
      "atan", "atan2", "atanh", "cbrt", "ceil", "copysign", "cos", "cosh", "erf", "erfc", "exp", "exp2", "expm1",
      "fabs", "fdim", "floor", "fma", "fmax", "fmin", "fmod", "frexp", "gamma", "hypot", "ilogb", "j0", "j1", "jn",
      "ldexp", "lgamma", "llrint", "llround", "log", "log10", "log1p", "log2", "logb", "lrint", "lround", "modf",
      "nearbyint", "nextafter", "pow", "remainder", "rint", "round", "scalb", "signgam", "significand", "drem", "sin",
      "sinh", "sqrt", "tan", "tanh", "tgamma", "trunc", "y0", "y1", "yn", "clock", "time", "timer_t", "signal",
      "select", "wait", "read", "write", "open", "close",
      // Headers of theirs, in whose place NAME.h would be found.
      "algorithm", "array", "assert", "atomic", "bit", "chrono", "complex", "ctype", "endian", "errno", "fcntl",
      "features", "fenv", "iterator", "limits", "locale", "malloc", "map", "math", "memory", "mutex", "new", "numeric",
      "poll", "pthread", "random", "sched", "set", "setjmp", "signal", "stdalign", "stdarg", "stdatomic", "stdbool",
      "stddef", "stdint", "stdio", "stdlib", "stdnoreturn", "string", "strings", "tgmath", "thread", "threads", "tuple",
      "uchar", "unistd", "utility", "vector", "version", "wchar", "wctype", "immintrin", "emmintrin", "arm_neon",
      "xmmintrin",
      // Targets that CMake makes by itself.
      "all", "clean", "depend", "edit_cache", "help", "install", "list_install_components", "package", "package_source",
      "rebuild_cache", "test", "ALL_BUILD", "INSTALL", "PACKAGE", "RUN_TESTS", "ZERO_CHECK",
      // A folder of every program's.
      "vernier"};
  return names;
}

bool isProgramName(StringRef name) {
  return !name.empty() && !llvm::isDigit(name.front()) && !name.starts_with("__") &&
         llvm::all_of(name, [](char c) { return llvm::isAlnum(c) || c == '_'; }) && !takenNames().contains(name);
}

} // namespace mlir::vernier::kernel
