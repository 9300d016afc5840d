//===- Npy.cpp - headers of .npy arrays -------------------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The dictionary is Python source, but numpy writes only a small part of the language: three keys with a string, a
// boolean and a tuple of integers. That part is parsed, anything else is refused.

#include "vernier/IO/Npy.h"
#include "vernier/IO/Error.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include <optional>

using namespace mlir::vernier;

namespace {
constexpr llvm::StringLiteral kMagic("\x93NUMPY");
/// NumPy itself refuses headers beyond 10000 bytes by default.
constexpr size_t kMaxHeaderBytes = size_t(1) << 16;
constexpr size_t kMaxRank = 32;

/// The element type of a descr such as "<f4", without its byte order.
std::optional<ElementKind> kindOf(llvm::StringRef code) {
  return llvm::StringSwitch<std::optional<ElementKind>>(code)
      .Cases({"b1", "?"}, ElementKind::Bool)
      .Case("i1", ElementKind::Int8)
      .Case("u1", ElementKind::UInt8)
      .Case("i2", ElementKind::Int16)
      .Case("u2", ElementKind::UInt16)
      .Case("i4", ElementKind::Int32)
      .Case("u4", ElementKind::UInt32)
      .Case("i8", ElementKind::Int64)
      .Case("u8", ElementKind::UInt64)
      .Case("f2", ElementKind::Float16)
      .Case("f4", ElementKind::Float32)
      .Case("f8", ElementKind::Float64)
      .Default(std::nullopt);
}

llvm::StringRef codeOf(ElementKind kind) {
  switch (kind) {
  case ElementKind::Bool:
    return "|b1";
  case ElementKind::Int8:
    return "|i1";
  case ElementKind::UInt8:
    return "|u1";
  case ElementKind::Int16:
    return "<i2";
  case ElementKind::UInt16:
    return "<u2";
  case ElementKind::Int32:
    return "<i4";
  case ElementKind::UInt32:
    return "<u4";
  case ElementKind::Int64:
    return "<i8";
  case ElementKind::UInt64:
    return "<u8";
  case ElementKind::Float16:
    return "<f2";
  case ElementKind::Float32:
    return "<f4";
  case ElementKind::Float64:
    return "<f8";
  }
  llvm_unreachable("not an element kind");
}

/// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }` from front to back.
class HeaderParser {
public:
  HeaderParser(llvm::StringRef text, llvm::StringRef what) : rest(text), what(what) {}

  llvm::Expected<NpyHeader> parse() {
    std::optional<llvm::StringRef> descr;
    std::optional<bool> fortran;
    std::optional<llvm::SmallVector<int64_t>> shape;
    if (!eat("{"))
      return malformed("a dictionary");
    while (!eat("}")) {
      std::optional<llvm::StringRef> key = string();
      if (!key || !eat(":"))
        return malformed("a quoted key and a colon");
      if (*key == "descr" && !descr) {
        skipSpace();
        if (rest.starts_with("["))
          return makeError("{0}: expected an array of numbers, found records (a structured type)", what);
        descr = string();
        if (!descr)
          return malformed("a quoted element type");
      } else if (*key == "fortran_order" && !fortran) {
        if (eat("True"))
          fortran = true;
        else if (eat("False"))
          fortran = false;
        else
          return malformed("True or False for 'fortran_order'");
      } else if (*key == "shape" && !shape) {
        llvm::Expected<llvm::SmallVector<int64_t>> dims = tuple();
        if (!dims)
          return dims.takeError();
        shape = std::move(*dims);
      } else {
        return makeError("{0}: the .npy header has an unknown or repeated key '{1}'", what, printable(*key));
      }
      if (!eat(",")) {
        if (!eat("}"))
          return malformed("a comma or the end of the dictionary");
        break;
      }
    }
    skipSpace();
    if (!rest.empty())
      return malformed("the end");
    if (!descr || !fortran || !shape)
      return makeError("{0}: the .npy header lacks '{1}'", what,
                       !descr     ? "descr"
                       : !fortran ? "fortran_order"
                                  : "shape");
    return finish(*descr, *fortran, std::move(*shape));
  }

private:
  void skipSpace() { rest = rest.ltrim(" \t\n\r"); }

  bool eat(llvm::StringRef token) {
    skipSpace();
    return rest.consume_front(token);
  }

  /// Escapes do not occur in what numpy writes.
  std::optional<llvm::StringRef> string() {
    skipSpace();
    if (rest.empty() || (rest[0] != '\'' && rest[0] != '"'))
      return std::nullopt;
    size_t end = rest.find(rest[0], 1);
    if (end == llvm::StringRef::npos)
      return std::nullopt;
    llvm::StringRef value = rest.slice(1, end);
    rest = rest.drop_front(end + 1);
    return value;
  }

  llvm::Expected<llvm::SmallVector<int64_t>> tuple() {
    llvm::SmallVector<int64_t> dims;
    if (!eat("("))
      return malformed("a tuple for 'shape'");
    while (!eat(")")) {
      skipSpace();
      int64_t dim;
      if (rest.consumeInteger(10, dim))
        return malformed("integers of 64 bits in 'shape'");
      if (dim < 0)
        return makeError("{0}: the .npy header has the negative dimension {1}", what, dim);
      if (dims.size() == kMaxRank)
        return makeError("{0}: the .npy header has more than {1} dimensions", what, kMaxRank);
      dims.push_back(dim);
      if (!eat(",")) {
        if (!eat(")"))
          return malformed("a comma or the end of the tuple");
        break;
      }
    }
    return dims;
  }

  llvm::Expected<NpyHeader> finish(llvm::StringRef descr, bool fortran, llvm::SmallVector<int64_t> shape) {
    NpyHeader header;
    char order = descr.empty() ? '\0' : descr[0];
    bool ordered = order == '<' || order == '>' || order == '|' || order == '=';
    std::optional<ElementKind> kind = kindOf(ordered ? descr.drop_front() : descr);
    if (!kind || (order == '|' && byteSize(*kind) > 1))
      return makeError("{0}: expected booleans, integers or floats of up to 64 bits, found element type '{1}'", what,
                       printable(descr));
    header.kind = *kind;
    header.swapped = byteSize(*kind) > 1 && order == (llvm::sys::IsLittleEndianHost ? '>' : '<');

    // A dimension of 0 makes any others harmless to multiply, but not to whoever indexes: the others count as well.
    int64_t bytes = byteSize(*kind);
    for (int64_t dim : shape)
      if (dim != 0 && llvm::MulOverflow(bytes, dim, bytes))
        return makeError("{0}: an array of shape {1} is too large", what, formatShape(shape));

    if (fortran && llvm::count_if(shape, [](int64_t dim) { return dim != 1; }) > 1)
      return makeError("{0}: expected an array in C order, found Fortran order; save numpy.ascontiguousarray(...)",
                       what);
    header.shape = std::move(shape);
    return header;
  }

  static std::string printable(llvm::StringRef text) {
    std::string result;
    llvm::raw_string_ostream os(result);
    llvm::printEscapedString(text.take_front(40), os);
    return result;
  }

  llvm::Error malformed(llvm::StringRef expected) {
    return makeError("{0}: malformed .npy header: expected {1} before '{2}'", what, expected, printable(rest));
  }

  llvm::StringRef rest, what;
};
} // namespace

int64_t ArrayInfo::numElements() const {
  int64_t count = 1;
  for (int64_t dim : shape)
    count *= dim;
  return count;
}

llvm::Expected<size_t> mlir::vernier::npyHeaderSize(llvm::ArrayRef<char> prefix, llvm::StringRef what) {
  llvm::StringRef text(prefix.data(), prefix.size());
  if (!text.starts_with(kMagic))
    return makeError("{0}: expected a .npy array, found no .npy magic", what);
  if (text.size() < kNpyPrefixBytes)
    return makeError("{0}: the .npy header is truncated", what);
  unsigned major = static_cast<uint8_t>(text[6]), minor = static_cast<uint8_t>(text[7]);
  if (major < 1 || major > 3 || minor != 0)
    return makeError("{0}: expected version 1.0, 2.0 or 3.0 of the .npy format, found {1}.{2}", what, major, minor);
  size_t lengthEnd = major == 1 ? 10 : 12;
  size_t length =
      major == 1 ? llvm::support::endian::read16le(text.data() + 8) : llvm::support::endian::read32le(text.data() + 8);
  if (length > kMaxHeaderBytes)
    return makeError("{0}: the .npy header has {1} bytes, but at most {2} are accepted", what, length, kMaxHeaderBytes);
  return lengthEnd + length;
}

llvm::Expected<NpyHeader> mlir::vernier::parseNpyHeader(llvm::ArrayRef<char> header, llvm::StringRef what) {
  size_t start = header[6] == 1 ? 10 : 12;
  return HeaderParser(llvm::StringRef(header.data(), header.size()).drop_front(start), what).parse();
}

std::string mlir::vernier::makeNpyHeader(ElementKind kind, llvm::ArrayRef<int64_t> shape) {
  std::string dict = ("{'descr': '" + codeOf(kind) + "', 'fortran_order': False, 'shape': (").str();
  for (size_t i = 0; i < shape.size(); ++i)
    dict += (i ? " " : "") + std::to_string(shape[i]) + (i + 1 < shape.size() || i == 0 ? "," : "");
  dict += "), }";
  size_t size = llvm::alignTo(10 + dict.size() + 1, 64);
  dict.append(size - 10 - dict.size() - 1, ' ');
  dict += '\n';

  std::string header = (kMagic + llvm::StringRef("\x01\x00", 2)).str();
  header += static_cast<char>(dict.size() & 0xff);
  header += static_cast<char>(dict.size() >> 8);
  return header + dict;
}
