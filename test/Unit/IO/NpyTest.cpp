//===- NpyTest.cpp ----------------------------------------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/IO/Npy.h"
#include "TestFiles.h"

using namespace mlir::vernier;

namespace {
using Shape = llvm::SmallVector<int64_t>;

/// A header of format version 1 around `dictionary`.
std::string header(llvm::StringRef dictionary) {
  std::string text("\x93NUMPY\x01\x00", 8);
  text += static_cast<char>(dictionary.size() & 0xff);
  text += static_cast<char>(dictionary.size() >> 8);
  return text + dictionary.str();
}

llvm::Expected<NpyHeader> parse(const std::string &bytes) {
  llvm::Expected<size_t> size = npyHeaderSize(llvm::ArrayRef<char>(bytes).take_front(kNpyPrefixBytes), "f.npy");
  if (!size)
    return size.takeError();
  EXPECT_EQ(*size, bytes.size());
  return parseNpyHeader(bytes, "f.npy");
}

llvm::Expected<NpyHeader> parseDictionary(llvm::StringRef dictionary) { return parse(header(dictionary)); }

NpyHeader parseDescr(llvm::StringRef descr) {
  return llvm::cantFail(
      parseDictionary(("{'descr': '" + descr + "', 'fortran_order': False, 'shape': (2, 3), }").str()));
}
} // namespace

TEST(NpyTest, ReadsWhatNumpyWrites) {
  // numpy.save(f, numpy.zeros((2, 3, 4), '<i8')), numpy.float64(2.5) and numpy.array([], 'f2'), up to the elements.
  auto numpy = [](llvm::StringRef dictionary) {
    std::string padded = dictionary.str();
    padded.resize(117, ' ');
    return header(padded + "\n");
  };
  NpyHeader cube = llvm::cantFail(parse(numpy("{'descr': '<i8', 'fortran_order': False, 'shape': (2, 3, 4), }")));
  EXPECT_EQ(cube.kind, ElementKind::Int64);
  EXPECT_EQ(cube.shape, (Shape{2, 3, 4}));
  NpyHeader scalar = llvm::cantFail(parse(numpy("{'descr': '<f8', 'fortran_order': False, 'shape': (), }")));
  EXPECT_EQ(scalar.shape, Shape());
  NpyHeader none = llvm::cantFail(parse(numpy("{'descr': '<f2', 'fortran_order': False, 'shape': (0,), }")));
  EXPECT_EQ(none.shape, Shape{0});
}

TEST(NpyTest, KnowsEveryElementType) {
  std::pair<const char *, ElementKind> all[] = {
      {"|b1", ElementKind::Bool},    {"|i1", ElementKind::Int8},    {"|u1", ElementKind::UInt8},
      {"<i2", ElementKind::Int16},   {"<u2", ElementKind::UInt16},  {"<i4", ElementKind::Int32},
      {"<u4", ElementKind::UInt32},  {"<i8", ElementKind::Int64},   {"<u8", ElementKind::UInt64},
      {"<f2", ElementKind::Float16}, {"<f4", ElementKind::Float32}, {"<f8", ElementKind::Float64}};
  for (auto [descr, kind] : all) {
    EXPECT_EQ(parseDescr(descr).kind, kind) << descr;
    EXPECT_FALSE(parseDescr(descr).swapped) << descr;
  }
}

TEST(NpyTest, KnowsByteOrders) {
  EXPECT_TRUE(parseDescr(">f4").swapped);
  EXPECT_FALSE(parseDescr("=f4").swapped);
  EXPECT_FALSE(parseDescr(">u1").swapped);
}

TEST(NpyTest, WrittenHeadersReadBack) {
  for (Shape shape : {Shape{}, Shape{7}, Shape{1, 49, 10, 1}, Shape(32, 1), Shape{INT64_MAX / 8}}) {
    std::string bytes = makeNpyHeader(ElementKind::Float64, shape);
    EXPECT_EQ(bytes.size() % 64, 0u);
    NpyHeader read = llvm::cantFail(parse(bytes));
    EXPECT_EQ(read.kind, ElementKind::Float64);
    EXPECT_EQ(read.shape, shape);
  }
}

TEST(NpyTest, AcceptsFortranOrderWhereItMakesNoDifference) {
  auto fortran = [](llvm::StringRef shape) {
    return parseDictionary(("{'descr': '<f4', 'fortran_order': True, 'shape': " + shape + "}").str());
  };
  EXPECT_ERROR(fortran("(1, 5, 1)"), "no error");
  EXPECT_ERROR(fortran("(2, 5)"),
               "f.npy: expected an array in C order, found Fortran order; save numpy.ascontiguousarray");
}

TEST(NpyTest, RefusesDamagedStarts) {
  std::string good = makeNpyHeader(ElementKind::Float32, {1});
  EXPECT_ERROR(parse(""), "f.npy: expected a .npy array, found no .npy magic");
  EXPECT_ERROR(parse("PK\x03\x04 something else"), "found no .npy magic");
  EXPECT_ERROR(parse(good.substr(0, 9)), "the .npy header is truncated");
  std::string version = good;
  version[6] = 9;
  EXPECT_ERROR(parse(version), "found 9.0");
  EXPECT_ERROR(parse(std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff", 12)), "the .npy header has 4294967295 bytes");
}

TEST(NpyTest, RefusesShapesThatOverflow) {
  auto shape = [](llvm::StringRef shape) {
    return parseDictionary(("{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + "}").str());
  };
  EXPECT_ERROR(shape("(4294967296, 4294967296)"), "an array of shape 4294967296x4294967296 is too large");
  EXPECT_ERROR(shape("(0, 4294967296, 4294967296)"), "is too large");
  EXPECT_ERROR(shape("(1152921504606846976,)"), "is too large");
  EXPECT_ERROR(shape("(99999999999999999999,)"), "expected integers of 64 bits in 'shape'");
  EXPECT_ERROR(shape("(2, -3)"), "the negative dimension -3");
  EXPECT_ERROR(shape("(" + std::string(100, '1') + ")"), "expected integers of 64 bits");
  std::string deep = "(";
  for (int i = 0; i < 33; ++i)
    deep += "1,";
  EXPECT_ERROR(shape(deep + ")"), "more than 32 dimensions");
}

TEST(NpyTest, RefusesOtherElementTypes) {
  auto descr = [](llvm::StringRef descr) {
    return parseDictionary(("{'descr': " + descr + ", 'fortran_order': False, 'shape': (2,)}").str());
  };
  EXPECT_ERROR(descr("'|O'"), "found element type '|O'");
  EXPECT_ERROR(descr("'<U7'"), "found element type '<U7'");
  EXPECT_ERROR(descr("'<c8'"), "found element type '<c8'");
  EXPECT_ERROR(descr("'|f4'"), "found element type '|f4'");
  EXPECT_ERROR(descr("''"), "found element type ''");
  EXPECT_ERROR(descr("[('x', '<f4')]"), "found records");
}

TEST(NpyTest, RefusesMalformedDictionaries) {
  EXPECT_ERROR(parseDictionary("  "), "expected a dictionary");
  EXPECT_ERROR(parseDictionary("{ "), "expected a quoted key");
  EXPECT_ERROR(parseDictionary("{'descr"), "expected a quoted key");
  EXPECT_ERROR(parseDictionary("{'descr': '<f4', 'shape': (1,)}"), "lacks 'fortran_order'");
  EXPECT_ERROR(parseDictionary("{'descr': '<f4', 'descr': '<f4'}"), "unknown or repeated key 'descr'");
  EXPECT_ERROR(parseDictionary("{'fortran_order': 1}"), "expected True or False");
  EXPECT_ERROR(parseDictionary("{'shape': 3}"), "expected a tuple");
  EXPECT_ERROR(parseDictionary("{'shape': (3"), "expected a comma or the end of the tuple");
  EXPECT_ERROR(parseDictionary("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x"), "expected the end");
}
