//===- JsonSchemaTest.cpp - Forms, places and the nearest word ----------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/IO/JsonSchema.h"
#include "vernier/IO/Suggestion.h"
#include "gtest/gtest.h"

using namespace mlir::vernier;

namespace {

/// What is wrong with `text` under `schema`; empty when nothing is.
std::string problem(llvm::StringRef text, llvm::StringRef schema) {
  llvm::Expected<LocatedJson> json = LocatedJson::parse(text, "f.json");
  if (!json)
    return llvm::toString(json.takeError());
  return llvm::toString(checkSchema(*json, llvm::cantFail(llvm::json::parse(schema))));
}

TEST(LocatedJsonTest, KnowsWhereMembersAndElementsStand) {
  llvm::Expected<LocatedJson> json = LocatedJson::parse("{\"a\": [1,\n  {\"b\\u0063\": 2}, [ [], 3]]}", "f.json");
  ASSERT_TRUE(bool(json));
  EXPECT_EQ(json->placeOf("a"), "f.json:1:2");
  EXPECT_EQ(json->placeOf("a[0]"), "f.json:1:8");
  EXPECT_EQ(json->placeOf("a[1]"), "f.json:2:3");
  EXPECT_EQ(json->placeOf("a[1].bc"), "f.json:2:4");
  EXPECT_EQ(json->placeOf("a[2]"), "f.json:2:19");
  EXPECT_EQ(json->placeOf("a[2][1]"), "f.json:2:25");
  EXPECT_EQ(json->placeOf("absent"), "f.json");
}

TEST(JsonSchemaTest, TakesWhatHasTheForm) {
  llvm::StringRef schema = R"({"type": "object", "properties": {"n": {"type": ["integer", "string"], "minimum": 0},
                                "l": {"type": "array", "items": {"enum": ["x", 1]}, "maxItems": 2}}})";
  EXPECT_EQ(problem(R"({"n": 3, "l": ["x", 1], "other": {}})", schema), "");
  EXPECT_EQ(problem(R"({"n": "three"})", schema), "");
}

TEST(JsonSchemaTest, NamesPlaceAndExpectation) {
  EXPECT_EQ(problem("[]", R"({"type": "object"})"), "f.json: expected an object, got a list of 0");
  EXPECT_EQ(problem(R"({"n": 1.5})", R"({"properties": {"n": {"type": "integer"}}})"),
            "f.json:1:2: n: expected an integer, got 1.5");
  EXPECT_EQ(problem(R"({"n": -1})", R"({"properties": {"n": {"minimum": 0}}})"),
            "f.json:1:2: n: expected at least 0, got -1");
  EXPECT_EQ(problem(R"([1, 2, 3])", R"({"maxItems": 2})"), "f.json: expected at most 2 elements, got 3");
  EXPECT_EQ(problem(R"([1, "a"])", R"({"items": {"type": "number"}})"), "f.json:1:5: [1]: expected a number, got 'a'");
  EXPECT_EQ(problem(R"({"s": ""})", R"({"properties": {"s": {"minLength": 1}}})"),
            "f.json:1:2: s: expected a text that is not empty");
  EXPECT_EQ(problem("{}", R"({"required": ["v"]})"), "f.json: expected a member 'v', which is missing");
}

TEST(JsonSchemaTest, SuggestsTheNearestWord) {
  EXPECT_EQ(problem(R"({"colour": 1})", R"({"properties": {"color": {}, "size": {}}, "additionalProperties": false})"),
            "f.json:1:2: colour: unknown key; did you mean 'color'? expected 'color' or 'size'");
  EXPECT_EQ(problem(R"(["gren"])", R"({"items": {"enum": ["red", "green"]}})"),
            "f.json:1:2: [0]: expected 'red' or 'green', got 'gren'; did you mean 'green'?");
}

TEST(SuggestionTest, PrefersPartsThenFewEdits) {
  EXPECT_EQ(findNearest("relu", {"model/block/relu", "rela"}), "model/block/relu");
  EXPECT_EQ(findNearest("SOFTMAZ", {"CONV_2D", "Softmax"}), "Softmax");
  EXPECT_EQ(findNearest("x", {}), "");
}

} // namespace
