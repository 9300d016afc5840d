//===- StatisticsTest.cpp ---------------------------------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Calibration/Statistics.h"
#include "../IO/TestFiles.h"
#include "vernier/Calibration/Observer.h"
#include <cmath>

using namespace mlir::vernier;

namespace {
using StatisticsTest = test::TestFolder;

/// A file about one tensor, `t`.
std::string file(llvm::StringRef tensor) {
  return ("{\"vernier_statistics\": 1, \"model\": \"m\", \"samples\": 2, \"tensors\": {\"t\": " + tensor + "}}").str();
}

llvm::Expected<TensorStatistics> parseTensor(llvm::StringRef tensor) {
  llvm::Expected<Statistics> statistics = parseStatistics(file(tensor), "s.json");
  if (!statistics)
    return statistics.takeError();
  return statistics->tensors.at("t");
}

std::string print(const Statistics &statistics) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printStatistics(statistics, os);
  return text;
}

Statistics of(llvm::ArrayRef<float> values) {
  Observer observer;
  observer.observe(values);
  Statistics statistics{"m", 1, {}};
  statistics.tensors["t"] = TensorStatistics::of(observer);
  return statistics;
}
} // namespace

TEST_F(StatisticsTest, WrittenStatisticsReadBack) {
  std::vector<float> values;
  for (int i = -500; i < 700; ++i)
    values.push_back(i * 0.0137f);
  Statistics written = of(values);
  written.tensors["a \"quoted\"\nname"] = {-1.5f, 7.038531e-26f, 0, std::nullopt};
  ASSERT_EQ(test::errorOf(writeStatistics(written, path("s.json"))), "no error");
  Statistics back = llvm::cantFail(readStatistics(path("s.json")));
  EXPECT_EQ(back.model, "m");
  EXPECT_EQ(back.samples, 1u);
  ASSERT_EQ(back.tensors.size(), 2u);
  const TensorStatistics &t = back.tensors["t"], &original = written.tensors["t"];
  EXPECT_EQ(t.min, original.min);
  EXPECT_EQ(t.max, original.max);
  EXPECT_EQ(t.count, 1200u);
  ASSERT_TRUE(t.histogram.has_value());
  EXPECT_EQ(*t.histogram, *original.histogram);
  EXPECT_EQ(back.tensors["a \"quoted\"\nname"].max, 7.038531e-26f);
  EXPECT_EQ(print(back), read("s.json")) << "the same statistics are the same bytes";
}

TEST_F(StatisticsTest, IsReadableJson) {
  Statistics statistics = of({0.5f, 1.0f});
  statistics.tensors["t"].histogram = Histogram{-1, 1, {1, 1}};
  EXPECT_EQ(print(statistics), R"({
  "vernier_statistics": 1,
  "model": "m",
  "samples": 1,
  "tensors": {
    "t": {"min": 0.5, "max": 1, "count": 2, "histogram": {"exponent": -1, "first_bin": 1, "counts": [1, 1]}}
  }
}
)");
}

TEST_F(StatisticsTest, ARangeByHandSuffices) {
  TensorStatistics tensor = llvm::cantFail(parseTensor(R"({"min": -1, "max": 6.5})"));
  EXPECT_EQ(tensor.min, -1);
  EXPECT_EQ(tensor.max, 6.5);
  EXPECT_EQ(tensor.count, 0u);
  EXPECT_FALSE(tensor.histogram.has_value());
}

TEST_F(StatisticsTest, ZeroHasNoSign) {
  TensorStatistics tensor = llvm::cantFail(parseTensor(R"({"min": -0.0, "max": -0.0})"));
  EXPECT_FALSE(std::signbit(tensor.min));
  EXPECT_FALSE(std::signbit(tensor.max));
}

TEST_F(StatisticsTest, AnEditedRangeWinsOverTheHistogram) {
  auto parse = [](llvm::StringRef range) {
    return llvm::cantFail(parseTensor(
        ("{" + range + ", \"count\": 3, \"histogram\": {\"exponent\": -1, \"first_bin\": 1, \"counts\": [2, 1]}}")
            .str()));
  };
  EXPECT_TRUE(parse(R"("min": 0.5, "max": 1)").histogram.has_value());
  EXPECT_FALSE(parse(R"("min": 0, "max": 1)").histogram.has_value());
  EXPECT_FALSE(parse(R"("min": 0.5, "max": 6)").histogram.has_value());
  EXPECT_EQ(parse(R"("min": 0.5, "max": 6)").max, 6);
}

TEST_F(StatisticsTest, MergingIsOneCalibrationOverBoth) {
  std::vector<float> a, b, both;
  for (int i = 0; i < 3000; ++i) {
    (i % 3 ? a : b).push_back((i * 7919 % 1000) * (i % 3 ? 0.01f : -0.3f));
    both.push_back(i % 3 ? a.back() : b.back());
  }
  Statistics merged = of(a), swapped = of(b), whole = of(both);
  ASSERT_EQ(test::errorOf(merge(merged, of(b))), "no error");
  ASSERT_EQ(test::errorOf(merge(swapped, of(a))), "no error");
  whole.samples = 2;
  EXPECT_EQ(print(merged), print(whole));
  EXPECT_EQ(print(swapped), print(whole));
}

TEST_F(StatisticsTest, MergingKeepsTensorsOfEitherSide) {
  Statistics a = of({1}), b{"m", 3, {}};
  b.tensors["u"] = {-2, 2, 0, std::nullopt};
  b.tensors["t"] = {0, 5, 0, std::nullopt};
  ASSERT_EQ(test::errorOf(merge(a, b)), "no error");
  EXPECT_EQ(a.samples, 4u);
  EXPECT_EQ(a.tensors["u"].min, -2);
  EXPECT_EQ(a.tensors["t"].min, 0);
  EXPECT_EQ(a.tensors["t"].max, 5);
  EXPECT_FALSE(a.tensors["t"].histogram.has_value()) << "one side is known without one";
}

TEST_F(StatisticsTest, RefusesToMergeModels) {
  Statistics a{"kws.tflite", 1, {}}, b{"vww.tflite", 1, {}};
  EXPECT_ERROR(merge(a, b), "cannot merge statistics of model 'kws.tflite' with those of 'vww.tflite'");
}

TEST_F(StatisticsTest, RefusesOtherFiles) {
  EXPECT_ERROR(readStatistics(path("absent.json")), "absent.json: No such file");
  EXPECT_ERROR(parseStatistics("[]", "s.json"), "s.json: expected a statistics file");
  EXPECT_ERROR(parseStatistics("{}", "s.json"), "found no 'vernier_statistics' at the top");
  EXPECT_ERROR(parseStatistics(R"({"vernier_statistics": 2})", "s.json"),
               "expected a whole number from 1 to 1 for 'vernier_statistics', found 2");
  EXPECT_ERROR(parseStatistics(R"({"vernier_statistics": 1, "samples": 1})", "s.json"),
               "expected a string for 'model', found no such key");
  EXPECT_ERROR(parseStatistics(R"({"vernier_statistics": 1, "model": "m", "samples": -1, "tensors": {}})", "s.json"),
               "expected a whole number from 0 for 'samples', found -1");
  EXPECT_ERROR(parseStatistics(R"({"vernier_statistics": 1, "model": "m", "samples": 1, "tensors": []})", "s.json"),
               "expected an object for 'tensors', found []");
  EXPECT_ERROR(parseStatistics(R"({"vernier_statistics": 1, "models": "m"})", "s.json"), "unknown key 'models'");
  EXPECT_ERROR(parseStatistics(std::string(100000, '['), "s.json"), "nesting is deeper");
  EXPECT_ERROR(parseStatistics(std::string((64 << 20) + 1, ' '), "s.json"), "may have 67108864 bytes");
}

TEST_F(StatisticsTest, RefusesBadTensors) {
  EXPECT_ERROR(parseTensor("3"), "s.json: tensor 't': expected an object");
  EXPECT_ERROR(parseTensor(R"({"min": 1})"), "tensor 't': expected a finite float for 'max', found no such key");
  EXPECT_ERROR(parseTensor(R"({"min": 1, "max": "2"})"), "expected a finite float for 'max', found \"2\"");
  EXPECT_ERROR(parseTensor(R"({"min": 1, "max": 4e38})"), "expected a finite float for 'max', found 3.99");
  EXPECT_ERROR(parseTensor(R"({"min": 1, "max": 1e999})"), "expected a finite float for 'max'");
  EXPECT_ERROR(parseTensor(R"({"min": 1, "max": NaN})"), "s.json: malformed JSON");
  EXPECT_ERROR(parseTensor(R"({"min": 1, "max": 0.5})"), "min 1 is greater than max 0.5");
  EXPECT_ERROR(parseTensor(R"({"min": 1, "min": 1, "max": 2})"), "key 'min' occurs twice");
  EXPECT_ERROR(parseTensor(R"({"min": 1, "max": 2, "mx": 3})"), "tensor 't': unknown key 'mx'");
  EXPECT_ERROR(parseTensor(R"({"min": 1, "max": 2, "count": 1.5})"),
               "expected a whole number from 0 for 'count', found 1.5");
}

TEST_F(StatisticsTest, RefusesBadHistograms) {
  auto parse = [](llvm::StringRef histogram) {
    return parseTensor(("{\"min\": 0, \"max\": 1, \"count\": 2, \"histogram\": " + histogram + "}").str());
  };
  EXPECT_ERROR(parse("[]"), "expected an object for 'histogram'");
  EXPECT_ERROR(parse(R"({"exponent": 0, "first_bin": 0, "counts": [1, 2]})"),
               "s.json: tensor 't', histogram: the counts add up to 3, but 'count' is 2");
  EXPECT_ERROR(parse(R"({"exponent": 0, "first_bin": 0, "counts": []})"), "expected 1 to 2048 counts, found 0");
  EXPECT_ERROR(parse(R"({"exponent": 0, "first_bin": 0, "counts": [-1]})"),
               "expected whole numbers from 0 for 'counts'");
  EXPECT_ERROR(parse(R"({"exponent": 119, "first_bin": 0, "counts": [2]})"),
               "from -126 to 118 for 'exponent', found 119");
  EXPECT_ERROR(parse(R"({"exponent": 0, "first_bin": 9000000, "counts": [2]})"), "for 'first_bin', found 9000000");
  std::string many = "1";
  for (int i = 0; i < 2048; ++i)
    many += ", 1";
  EXPECT_ERROR(parse("{\"exponent\": 0, \"first_bin\": 0, \"counts\": [" + many + "]}"),
               "expected 1 to 2048 counts, found 2049");
}
