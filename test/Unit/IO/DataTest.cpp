//===- DataTest.cpp ---------------------------------------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/IO/Data.h"
#include "TestFiles.h"
#include <cmath>
#include <numeric>

using namespace mlir::vernier;
using test::Array;

namespace {
template <typename T> std::vector<T> count(size_t size) {
  std::vector<T> values(size);
  std::iota(values.begin(), values.end(), T(0));
  return values;
}

class DataTest : public test::TestFolder {
protected:
  llvm::Expected<SampleStream> bind(llvm::StringRef path, llvm::ArrayRef<InputSpec> inputs, DataOptions options = {}) {
    options.modelName = "m.tflite";
    llvm::Expected<DataSource> source = DataSource::open(path);
    if (!source)
      return source.takeError();
    return source->bind(inputs, options);
  }

  /// All samples of a stream with one input.
  template <typename T> std::vector<std::vector<T>> samples(SampleStream &stream) {
    size_t size = 1;
    for (int64_t dim : stream.shape(0))
      size *= dim;
    std::vector<std::vector<T>> all;
    while (true) {
      std::vector<T> sample(size);
      llvm::MutableArrayRef<char> buffer(reinterpret_cast<char *>(sample.data()), size * sizeof(T));
      if (!llvm::cantFail(stream.next(buffer)))
        break;
      all.push_back(std::move(sample));
    }
    EXPECT_EQ(all.size(), stream.numSamples());
    return all;
  }

  /// The samples of one array for one input.
  template <typename T>
  std::vector<std::vector<T>> convert(const Array &array, const InputSpec &input, DataOptions options = {}) {
    auto stream = llvm::cantFail(bind(write("c.npy", test::npy(array)), input, std::move(options)));
    return samples<T>(stream);
  }

  /// The error that one array causes for one input, in `bind` or while reading.
  std::string convertError(const Array &array, const InputSpec &input, DataOptions options = {}) {
    auto stream = bind(write("c.npy", test::npy(array)), input, std::move(options));
    if (!stream)
      return llvm::toString(stream.takeError());
    std::vector<char> bytes(1024);
    llvm::MutableArrayRef<char> buffer(bytes.data(), byteSize(input.kind));
    while (true) {
      llvm::Expected<bool> more = stream->next(buffer);
      if (!more)
        return llvm::toString(more.takeError());
      if (!*more)
        return "no error";
    }
  }

  static bool contains(llvm::StringRef text, llvm::StringRef part) { return text.contains(part); }
};

using Floats = std::vector<std::vector<float>>;
const InputSpec kPairs{"x", ElementKind::Float32, {1, 2}};
const InputSpec kNumber{"x", ElementKind::Float32, {1, 1}};
} // namespace

TEST_F(DataTest, StepsOfTheFirstAxisAreSamples) {
  Array array("x", ElementKind::Float32, {3, 2}, count<float>(6));
  EXPECT_EQ(convert<float>(array, kPairs), (Floats{{0, 1}, {2, 3}, {4, 5}}));
}

TEST_F(DataTest, OneRankMoreIsWholeInputs) {
  Array array("x", ElementKind::Float32, {2, 2, 1}, count<float>(4));
  EXPECT_EQ(convert<float>(array, {"x", ElementKind::Float32, {2, 1}}), (Floats{{0, 1}, {2, 3}}));
}

TEST_F(DataTest, ScalarInputsTakeAVector) {
  Array array("x", ElementKind::Float32, {3}, count<float>(3));
  EXPECT_EQ(convert<float>(array, {"x", ElementKind::Float32, {}}), (Floats{{0}, {1}, {2}}));
}

TEST_F(DataTest, TheDataDecidesDynamicDimensions) {
  test::writeNpz(path("d.npz"), {{"x", ElementKind::Float32, {2, 3}, count<float>(6)}});
  auto stream = llvm::cantFail(bind(path("d.npz"), InputSpec{"x", ElementKind::Float32, {-1, -1}}));
  EXPECT_EQ(stream.shape(0), (llvm::ArrayRef<int64_t>{1, 3}));
  EXPECT_EQ(samples<float>(stream), (Floats{{0, 1, 2}, {3, 4, 5}}));
}

TEST_F(DataTest, MatchesByNameThenByNumber) {
  std::vector<InputSpec> inputs = {{"p", ElementKind::Int32, {1}}, {"q", ElementKind::Int32, {1}}};
  Array five("", ElementKind::Int32, {1}, std::vector<int32_t>{5}),
      six("", ElementKind::Int32, {1}, std::vector<int32_t>{6});
  auto firstSample = [&](std::string first, std::string second) {
    five.info.name = first;
    six.info.name = second;
    test::writeNpz(path("m.npz"), {five, six});
    auto stream = llvm::cantFail(bind(path("m.npz"), inputs));
    std::pair<int32_t, int32_t> values;
    llvm::MutableArrayRef<char> buffers[] = {{reinterpret_cast<char *>(&values.first), 4},
                                             {reinterpret_cast<char *>(&values.second), 4}};
    EXPECT_TRUE(llvm::cantFail(stream.next(buffers)));
    EXPECT_FALSE(llvm::cantFail(stream.next(buffers)));
    return values;
  };
  EXPECT_EQ(firstSample("q", "p"), std::pair(6, 5));
  EXPECT_EQ(firstSample("arr_0", "arr_1"), std::pair(5, 6));
  five.info.name = "r", six.info.name = "s";
  test::writeNpz(path("m.npz"), {five, six});
  EXPECT_ERROR(bind(path("m.npz"), inputs),
               "m.npz: no array for input 'p' of m.tflite: expected 'p', 'q', or 'arr_0', 'arr_1'; found 'r', 's'");
}

TEST_F(DataTest, ABareArrayGoesToTheOnlyInput) {
  auto stream =
      llvm::cantFail(bind(write("o.npy", test::npy({"", ElementKind::Float32, {1, 2}, count<float>(2)})), kPairs));
  EXPECT_EQ(samples<float>(stream), (Floats{{0, 1}}));
}

TEST_F(DataTest, ALoneArrayOfAnArchiveNeedsTheInputsName) {
  test::writeNpz(path("o.npz"), {{"whatever", ElementKind::Float32, {1, 2}, count<float>(2)}});
  EXPECT_ERROR(bind(path("o.npz"), kPairs),
               path("o.npz") + ": no array for input 'x' of m.tflite: expected 'x', or 'arr_0'; found 'whatever'");
}

TEST_F(DataTest, SaysWhereASampleCameFrom) {
  write("a.npy", test::npy({"", ElementKind::Float32, {2, 1}, count<float>(2)}));
  write("b.npy", test::npy({"", ElementKind::Float32, {2, 1}, count<float>(2)}));
  auto stream = llvm::cantFail(bind(folder, kNumber));
  std::vector<char> bytes(4);
  llvm::MutableArrayRef<char> buffer(bytes);
  std::vector<std::string> places;
  EXPECT_EQ(stream.lastPlace(), "");
  while (llvm::cantFail(stream.next(buffer)))
    places.push_back(stream.lastPlace());
  EXPECT_EQ(places, (std::vector<std::string>{path("a.npy") + ", sample 0", path("a.npy") + ", sample 1",
                                              path("b.npy") + ", sample 0", path("b.npy") + ", sample 1"}));
  EXPECT_EQ(stream.lastPlace(), "");
}

TEST_F(DataTest, AFolderContributesFilesByName) {
  // Enough files that their order in the folder is hardly that of their names.
  Floats expected;
  for (int i : {7, 2, 9, 4, 0, 5, 8, 1, 6, 3})
    write(std::to_string(i) + ".npy", test::npy({"", ElementKind::Float32, {1, 2}, std::vector<float>(2, i)}));
  for (int i = 0; i < 10; ++i)
    expected.push_back(std::vector<float>(2, i));
  test::writeNpz(path("44.npz"), {{"x", ElementKind::Float32, {2, 2}, count<float>(4)}});
  expected.insert(expected.begin() + 5, {{0, 1}, {2, 3}});
  write("README", "not data");
  auto stream = llvm::cantFail(bind(folder, kPairs));
  EXPECT_EQ(samples<float>(stream), expected);
}

TEST_F(DataTest, FilesOfAFolderAgreeOnDynamicDimensions) {
  write("a.npy", test::npy({"", ElementKind::Float32, {1, 2}, count<float>(2)}));
  write("b.npy", test::npy({"", ElementKind::Float32, {1, 3}, count<float>(3)}));
  EXPECT_ERROR(bind(folder, InputSpec{"x", ElementKind::Float32, {1, -1}}),
               "b.npy: array 'b' has samples of shape 1x3, but those of " + path("a.npy") + " are 1x2");
}

TEST_F(DataTest, SaysHowToCureAShape) {
  auto error = [&](llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> wanted) {
    int64_t size = 1;
    for (int64_t dim : shape)
      size *= dim;
    return convertError({"", ElementKind::Float32, shape, std::vector<float>(size)},
                        {"input_1", ElementKind::Float32, llvm::SmallVector<int64_t>(wanted)});
  };
  EXPECT_EQ(error({5, 49, 10}, {1, 49, 10, 1}),
            path("c.npy") +
                ": array 'c' has shape 5x49x10, but input 'input_1' of m.tflite is 1x49x10x1; one sample per step "
                "of the first axis; reshape to 5x49x10x1");
  EXPECT_TRUE(contains(error({8, 8, 3}, {-1, 8, 8, 3}),
                       "is ?x8x8x3; one sample per step of the first axis; reshape to 1x8x8x3"));
  EXPECT_TRUE(contains(error({3, 7}, {1, 2}), "is 1x2; one sample per step of the first axis, Nx2 for N samples"));
  EXPECT_TRUE(contains(error({4, 2}, {4, 2}), "is 4x2; one whole input per step of the first axis; reshape to 1x4x2"));
}

TEST_F(DataTest, RefusesDataWithoutSamples) {
  EXPECT_EQ(convertError({"", ElementKind::Float32, {0, 2}, std::vector<float>()}, kPairs),
            path("c.npy") + ": array 'c' has shape 0x2: there are no samples");
}

TEST_F(DataTest, RefusesDifferentSampleCounts) {
  test::writeNpz(path("m.npz"), {{"p", ElementKind::Float32, {3, 1}, count<float>(3)},
                                 {"q", ElementKind::Float32, {2, 1}, count<float>(2)}});
  EXPECT_ERROR(bind(path("m.npz"), {{"p", ElementKind::Float32, {1, 1}}, {"q", ElementKind::Float32, {1, 1}}}),
               "m.npz: array 'p' has 3 samples, but array 'q' has 2");
}

TEST_F(DataTest, NormalizesIntegersWithMeanAndStd) {
  Array pixels("", ElementKind::UInt8, {1, 2}, std::vector<uint8_t>{0, 255});
  EXPECT_TRUE(
      contains(convertError(pixels, kPairs),
               "array 'c' has element type uint8, but the input is float32; say how to normalize it, for example "
               "--mean 127.5 --std 127.5"));
  DataOptions one;
  one.mean = {127.5f};
  one.std = {127.5f};
  EXPECT_EQ(convert<float>(pixels, kPairs, one), (Floats{{-1, 1}}));
  DataOptions perChannel;
  perChannel.mean = {1, 5};
  perChannel.std = {2, 10};
  EXPECT_EQ(convert<float>(pixels, kPairs, perChannel), (Floats{{-0.5f, 25}}));
  Array wide("", ElementKind::Int32, {1, 2}, std::vector<int32_t>{-3, 16777217});
  DataOptions none;
  none.mean = {0};
  none.std = {1};
  EXPECT_EQ(convert<float>(wide, kPairs, none), (Floats{{-3, 16777216}}));
}

TEST_F(DataTest, ChecksMeanAndStd) {
  Array pixels("", ElementKind::UInt8, {1, 2}, std::vector<uint8_t>{0, 255});
  auto error = [&](std::vector<float> mean, std::vector<float> std) {
    DataOptions options;
    options.mean = std::move(mean);
    options.std = std::move(std);
    return convertError(pixels, kPairs, options);
  };
  EXPECT_EQ(error({1}, {}), "--mean and --std go together, but only --mean is given");
  EXPECT_EQ(error({1}, {0}), "--std must be finite and not 0");
  EXPECT_EQ(error({NAN}, {1}), "--mean must be finite");
  EXPECT_TRUE(contains(error({1}, {1, 2, 3}),
                       "expected 1 or 2 numbers in --std (channels of input 'x' of m.tflite: 2), found 3"));
  DataOptions options;
  options.mean = options.std = {1};
  EXPECT_TRUE(contains(convertError({"", ElementKind::Float32, {1, 2}, count<float>(2)}, kPairs, options),
                       "--mean and --std normalize integer data for float inputs, but there is none"));
}

TEST_F(DataTest, ConvertsFloats) {
  Array doubles("", ElementKind::Float64, {2, 1}, std::vector<double>{0.1, -INFINITY});
  EXPECT_EQ(convert<float>(doubles, kNumber), (Floats{{0.1f}, {-INFINITY}}));
  EXPECT_TRUE(contains(convertError({"", ElementKind::Float64, {2, 1}, std::vector<double>{0, 1e300}}, kNumber),
                       "c.npy: array 'c', sample 1: 1.000e+300 does not fit float32"));
  // 1, -2, the largest and the smallest half, infinity.
  Array halves("", ElementKind::Float16, {5, 1}, std::vector<uint16_t>{0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00});
  EXPECT_EQ(convert<float>(halves, kNumber), (Floats{{1}, {-2}, {65504}, {0x1p-24f}, {INFINITY}}));
}

TEST_F(DataTest, ChecksTheRangeOfIndices) {
  InputSpec index{"x", ElementKind::Int32, {1}};
  Array fits("", ElementKind::Int64, {2}, std::vector<int64_t>{INT32_MIN, INT32_MAX});
  EXPECT_EQ(convert<int32_t>(fits, index), (std::vector<std::vector<int32_t>>{{INT32_MIN}, {INT32_MAX}}));
  EXPECT_TRUE(contains(convertError({"", ElementKind::Int64, {2}, std::vector<int64_t>{1, 3000000000}}, index),
                       "sample 1: 3000000000 does not fit int32"));
  EXPECT_TRUE(
      contains(convertError({"", ElementKind::Int8, {1}, std::vector<int8_t>{-1}}, {"x", ElementKind::UInt32, {1}}),
               "-1 does not fit uint32"));
  EXPECT_TRUE(contains(convertError({"", ElementKind::Float32, {1}, std::vector<float>{1}}, index),
                       "has element type float32, but the input is int32; convert the array"));
}

TEST_F(DataTest, QuantizedInputsTakeTheirOwnTypeOnly) {
  InputSpec quantized{"x", ElementKind::Int8, {1}};
  EXPECT_EQ(convert<int8_t>({"", ElementKind::Int8, {1}, std::vector<int8_t>{-7}}, quantized),
            (std::vector<std::vector<int8_t>>{{-7}}));
  EXPECT_TRUE(contains(convertError({"", ElementKind::UInt8, {1}, std::vector<uint8_t>{7}}, quantized),
                       "has element type uint8, but the input is int8"));
}

TEST_F(DataTest, SaysWhatCannotBeOpened) {
  EXPECT_ERROR(DataSource::open(path("absent.npz")), "absent.npz: No such file");
  EXPECT_ERROR(DataSource::open(""), "expected the path of a file or folder to read, found an empty one");
  EXPECT_ERROR(DataSource::open(folder), "expected .npy or .npz files in the folder, found none");
}

TEST_F(DataTest, ReportsDamagedData) {
  test::writeNpz(path("x.npz"), {{"x", ElementKind::Float32, {2, 2}, std::vector<float>{1, 2, 3, 4}}});
  std::string bytes = read("x.npz");
  bytes[bytes.find(std::string("\x00\x00\x80\x40", 4)) + 1] ^= 4;
  auto stream = llvm::cantFail(bind(write("x.npz", bytes), kPairs));
  std::vector<char> sample(8);
  llvm::MutableArrayRef<char> buffer(sample);
  EXPECT_TRUE(llvm::cantFail(stream.next(buffer)));
  EXPECT_ERROR(stream.next(buffer), "x.npz: array 'x': CRC error");
}

TEST_F(DataTest, LoadsLabels) {
  test::writeNpz(path("l.npz"), {{"y", ElementKind::UInt8, {3}, std::vector<uint8_t>{2, 0, 255}},
                                 {"column", ElementKind::Int32, {2, 1}, std::vector<int32_t>{-1, 7}},
                                 {"scores", ElementKind::Float32, {2}, std::vector<float>{1, 2}}});
  EXPECT_EQ(llvm::cantFail(loadLabels(path("l.npz"), "y")), (std::vector<int64_t>{2, 0, 255}));
  EXPECT_EQ(llvm::cantFail(loadLabels(path("l.npz"), "column")), (std::vector<int64_t>{-1, 7}));
  EXPECT_ERROR(loadLabels(path("l.npz"), "z"), "l.npz: there is no array 'z'; found y, column, scores");
  EXPECT_ERROR(loadLabels(path("l.npz"), "scores"),
               "array 'scores': expected labels as integers of shape N, found float32 of shape 2");
}
