//===- JsonTest.cpp ---------------------------------------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/IO/Json.h"
#include "TestFiles.h"
#include <cfloat>

using namespace mlir::vernier;

TEST(JsonTest, RefusesDeepNesting) {
  EXPECT_ERROR(parseJson(std::string(64, '[') + std::string(64, ']'), "f.json"), "no error");
  EXPECT_ERROR(parseJson("\n " + std::string(100000, '['), "f.json"), "f.json:2:66: nesting is deeper than 64 levels");
}

TEST(JsonTest, RefusesDuplicateKeys) {
  EXPECT_ERROR(parseJson("{\"a\": {\"b\": 1},\n \"b\": [\"b\", \"b\"], \"a\": 2}", "f.json"),
               "f.json:2:19: key 'a' occurs twice");
  EXPECT_ERROR(parseJson(R"({"a": 1, "\u0061": 2})", "f.json"), "key 'a' occurs twice");
  EXPECT_ERROR(parseJson(R"({"a": {"a": 1}, "b": {"a": "a"}})", "f.json"), "no error");
}

TEST(JsonTest, RefusesSyntaxErrors) {
  for (const char *text : {"", "{", "[1,", "{\"a\"", "\"", "\"\\", "nan", "]", "{\"a\": 1} x", "\xff"})
    EXPECT_ERROR(parseJson(text, "f.json"), "f.json") << text;
}

TEST(JsonTest, PrintsFloatsShortestAndExact) {
  EXPECT_EQ(shortestFloat(0.1f), "0.1");
  EXPECT_EQ(shortestFloat(6), "6");
  // The last one is the only float whose shortest form a reader of doubles gets wrong.
  for (float value : {FLT_MAX, -FLT_MIN, FLT_TRUE_MIN, 1.0f / 3, 16777216.0f, 7.038531e-26f}) {
    auto read = llvm::cantFail(llvm::json::parse(shortestFloat(value)));
    EXPECT_EQ(static_cast<float>(*read.getAsNumber()), value);
  }
}
