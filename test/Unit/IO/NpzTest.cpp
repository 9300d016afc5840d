//===- NpzTest.cpp ----------------------------------------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/IO/Npz.h"
#include "TestFiles.h"
#include "llvm/Support/Endian.h"
#include <zip.h>

using namespace mlir::vernier;

namespace {
/// numpy.savez_compressed(f, a=numpy.arange(6, dtype='<f4').reshape(3, 2) / 2, b=numpy.array([1, -2, 3], '>i2'))
constexpr const char *kFromNumpy =
    "504b03042d00000008000000210088e32ce1ffffffffffffffff05001400612e6e707901001000980000000000000057000000000000009bec"
    "17"
    "ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9366a2aea3a09e965f54529498179f5f94920a12774bcc294e058a17672416a402f91ac63a0a"
    "46"
    "9a3a0ab50a64032e0608b067606800e20340cce0c0c0a0e00000504b03042d000000080000002100f74690a9ffffffffffffffff0500140062"
    "2e"
    "6e70790100100086000000000000004a000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9769a4aea3a09e965f545294"
    "98"
    "179f5f94920a12774bcc294e058a17672416a402f91ac63a9a3a0ab50a14002e06c6ffff189801504b01022d032d00000008000000210088e3"
    "2c"
    "e15700000098000000050000000000000000000000800100000000612e6e7079504b01022d032d000000080000002100f74690a94a00000086"
    "00"
    "000005000000000000000000000080018e000000622e6e7079504b05060000000002000200660000000f0100000000";

class NpzTest : public test::TestFolder {
protected:
  /// A whole array as values.
  template <typename T> llvm::Expected<std::vector<T>> load(llvm::StringRef path, llvm::StringRef name) {
    llvm::Expected<std::unique_ptr<ArrayFile>> file = ArrayFile::open(path);
    if (!file)
      return file.takeError();
    llvm::Expected<std::unique_ptr<ArrayReader>> reader = (*file)->reader(name);
    if (!reader)
      return reader.takeError();
    std::vector<T> values((*reader)->info().numElements());
    llvm::MutableArrayRef<char> bytes(reinterpret_cast<char *>(values.data()), values.size() * sizeof(T));
    if (llvm::Error error = (*reader)->read(bytes))
      return error;
    return values;
  }

  /// Writes an archive with libzip: `member` holds `content`.
  std::string writeZip(llvm::StringRef name, std::vector<std::pair<std::string, std::string>> entries,
                       zip_int32_t method = ZIP_CM_STORE) {
    std::string where = path(name);
    zip_t *archive = zip_open(where.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    for (auto &[entry, content] : entries) {
      zip_source_t *source = zip_source_buffer(archive, content.data(), content.size(), 0);
      zip_int64_t index = zip_file_add(archive, entry.c_str(), source, 0);
      zip_set_file_compression(archive, index, method, 0);
    }
    EXPECT_EQ(zip_close(archive), 0);
    return where;
  }

  static test::Array threeFloats() { return {"x", ElementKind::Float32, {3}, std::vector<float>{1, 2, 3}}; }
};
} // namespace

TEST_F(NpzTest, ReadsWhatNumpyDeflates) {
  std::string where = write("n.npz", llvm::fromHex(kFromNumpy));
  auto file = llvm::cantFail(ArrayFile::open(where));
  EXPECT_EQ(file->names().vec(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(llvm::cantFail(file->reader("a"))->info().shape, (llvm::SmallVector<int64_t>{3, 2}));
  EXPECT_EQ(llvm::cantFail(load<float>(where, "a")), (std::vector<float>{0, 0.5, 1, 1.5, 2, 2.5}));
  EXPECT_EQ(llvm::cantFail(load<int16_t>(where, "b")), (std::vector<int16_t>{1, -2, 3}));
}

TEST_F(NpzTest, ReadsVersionTwoArrays) {
  // numpy.lib.format.write_array(f, numpy.array([[1, 2]], 'u1'), version=(2, 0))
  std::string dictionary = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2), }";
  dictionary.resize(115, ' ');
  std::string bytes = std::string("\x93NUMPY\x02\x00\x74\x00\x00\x00", 12) + dictionary + "\n\x01\x02";
  EXPECT_EQ(llvm::cantFail(load<uint8_t>(write("v2.npy", bytes), "v2")), (std::vector<uint8_t>{1, 2}));
}

TEST_F(NpzTest, ReadsStepByStepAndSideBySide) {
  auto file = llvm::cantFail(ArrayFile::open(write("n.npz", llvm::fromHex(kFromNumpy))));
  auto a = llvm::cantFail(file->reader("a")), b = llvm::cantFail(file->reader("b"));
  for (int i = 0; i < 3; ++i) {
    float row[2];
    int16_t number;
    llvm::cantFail(a->read({reinterpret_cast<char *>(row), sizeof row}));
    llvm::cantFail(b->read({reinterpret_cast<char *>(&number), sizeof number}));
    EXPECT_EQ(row[1], i + 0.5f);
    EXPECT_EQ(number, i == 1 ? -2 : i + 1);
  }
}

TEST_F(NpzTest, WrittenArraysReadBack) {
  std::vector<float> noise(100000);
  for (size_t i = 0; i < noise.size(); ++i)
    noise[i] = static_cast<float>((i * 2654435761u) % 1000003) / 7;
  auto writer = llvm::cantFail(NpzWriter::create(path("w.npz")));
  unsigned first = llvm::cantFail(writer.addArray({"x", ElementKind::Float32, {100000}}));
  unsigned second = llvm::cantFail(writer.addArray({"y", ElementKind::Float32, {100000}}));
  // Rows come in turn, as outputs of a model do.
  for (size_t i = 0; i < noise.size(); i += 10000) {
    writer.append(first, test::bytesOf(noise).slice(i * 4, 40000));
    writer.append(second, test::bytesOf(noise).slice(i * 4, 40000));
  }
  llvm::cantFail(writer.commit());

  EXPECT_EQ(llvm::cantFail(load<float>(path("w.npz"), "x")), noise);
  EXPECT_EQ(llvm::cantFail(load<float>(path("w.npz"), "y")), noise);
}

TEST_F(NpzTest, ReadsLongDeflatedArrays) {
  std::vector<uint8_t> zeros(200000);
  std::string member = makeNpyHeader(ElementKind::UInt8, {2, 100000}) + std::string(zeros.size(), '\0');
  std::string where = writeZip("d.npz", {{"z.npy", member}}, ZIP_CM_DEFLATE);
  EXPECT_LT(read("d.npz").size(), 10000u) << "200000 zeros deflate well";
  EXPECT_EQ(llvm::cantFail(load<uint8_t>(where, "z")), zeros);
}

TEST_F(NpzTest, SameArraysAreTheSameBytes) {
  test::writeNpz(path("1.npz"), {threeFloats()});
  test::writeNpz(path("2.npz"), {threeFloats()});
  EXPECT_EQ(read("1.npz"), read("2.npz"));
}

TEST_F(NpzTest, RefusesTwoArraysOfOneName) {
  auto writer = llvm::cantFail(NpzWriter::create(path("w.npz")));
  llvm::cantFail(writer.addArray({"x", ElementKind::Int8, {0}}));
  EXPECT_ERROR(writer.addArray({"x", ElementKind::Int8, {0}}), "w.npz: there are two arrays named 'x'");
}

TEST_F(NpzTest, RefusesWhatIsNeither) {
  EXPECT_ERROR(ArrayFile::open(write("t.npz", "hello")),
               "t.npz: expected a .npz archive or a .npy array, found neither");
  EXPECT_ERROR(ArrayFile::open(write("e.npz", "")), "found an empty file");
  EXPECT_ERROR(ArrayFile::open(folder), "expected a regular file, found a directory");
  EXPECT_ERROR(ArrayFile::open(path("absent.npz")), "absent.npz: No such file");
}

TEST_F(NpzTest, RefusesTruncatedArchives) {
  std::string whole = llvm::fromHex(kFromNumpy);
  for (size_t size = 4; size < whole.size(); ++size) {
    std::string where = write("t.npz", whole.substr(0, size));
    EXPECT_NE(test::errorOf(ArrayFile::open(where)), "no error") << size;
  }
}

TEST_F(NpzTest, SurvivesEveryChangedByte) {
  std::string whole = llvm::fromHex(kFromNumpy);
  auto readAll = [](llvm::StringRef path) -> llvm::Error {
    auto file = ArrayFile::open(path);
    if (!file)
      return file.takeError();
    for (const std::string &name : (*file)->names()) {
      auto reader = (*file)->reader(name);
      if (!reader)
        return reader.takeError();
      EXPECT_LE((*reader)->info().numBytes(), 1000) << "the shape was checked against the member's size";
      std::vector<char> bytes((*reader)->info().numBytes());
      if (llvm::Error error = (*reader)->read(bytes))
        return error;
    }
    return llvm::Error::success();
  };
  for (size_t i = 0; i < whole.size(); ++i)
    for (unsigned char flip : {0x01, 0xff}) {
      std::string damaged = whole;
      damaged[i] ^= flip;
      llvm::consumeError(readAll(write("d.npz", damaged)));
    }
}

TEST_F(NpzTest, RefusesAWrongChecksum) {
  test::writeNpz(path("x.npz"), {threeFloats()});
  std::string bytes = read("x.npz");
  size_t element = bytes.find(std::string("\x00\x00\x80\x3f", 4));
  ASSERT_NE(element, std::string::npos);
  bytes[element + 2] ^= 1;
  EXPECT_ERROR(load<float>(write("x.npz", bytes), "x"), "x.npz: array 'x': CRC error");
}

TEST_F(NpzTest, RefusesMembersOfAnotherSizeThanTheirShape) {
  std::string array = test::npy(threeFloats());
  EXPECT_ERROR(load<float>(writeZip("long.npz", {{"x.npy", array + "1234"}}), "x"),
               "long.npz: array 'x': shape 3 of float32 takes 12 bytes, but the file has 16");
  EXPECT_ERROR(load<float>(writeZip("short.npz", {{"x.npy", array.substr(0, array.size() - 1)}}), "x"),
               "takes 12 bytes, but the file has 11");
  EXPECT_ERROR(load<float>(write("long.npy", array + "1234"), "long"), "takes 12 bytes, but the file has 16");
}

TEST_F(NpzTest, RefusesAShapeThatTheFileCannotHold) {
  std::string bomb = makeNpyHeader(ElementKind::Float32, {1 << 30, 1 << 20});
  EXPECT_ERROR(load<float>(writeZip("b.npz", {{"x.npy", bomb}}, ZIP_CM_DEFLATE), "x"), "but the file has 0");
}

TEST_F(NpzTest, RefusesAZipThatLiesAboutItsSize) {
  // One megabyte of zeros, deflated, said to be 12 bytes in directory and local header alike.
  std::string header = makeNpyHeader(ElementKind::Float32, {3});
  std::string where = writeZip("l.npz", {{"x.npy", header + std::string(1 << 20, '\0')}}, ZIP_CM_DEFLATE);
  std::string bytes = read("l.npz");
  auto claim = [&](size_t offset) { llvm::support::endian::write32le(bytes.data() + offset, header.size() + 12); };
  claim(22);
  claim(bytes.find("PK\x01\x02") + 24);
  EXPECT_NE(test::errorOf(load<float>(write("l.npz", bytes), "x")), "no error");
}

TEST_F(NpzTest, RefusesTwoMembersOfOneName) {
  std::string array = test::npy(threeFloats());
  writeZip("two.npz", {{"x.npy", array}, {"y.npy", array}});
  std::string bytes = read("two.npz");
  for (size_t at = 0; (at = bytes.find("y.npy", at)) != std::string::npos;)
    bytes[at] = 'x';
  EXPECT_ERROR(ArrayFile::open(write("two.npz", bytes)), "there are two arrays named 'x'");
}

TEST_F(NpzTest, IgnoresMembersThatAreNoArrays) {
  auto file =
      llvm::cantFail(ArrayFile::open(writeZip("r.npz", {{"README", "hello"}, {"x.npy", test::npy(threeFloats())}})));
  EXPECT_EQ(file->names().vec(), std::vector<std::string>{"x"});
}
