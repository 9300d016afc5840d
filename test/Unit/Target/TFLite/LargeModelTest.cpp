//===- LargeModelTest.cpp - Files of hundreds of megabytes, and beyond 2 GB ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Memory is what is tested: a model takes its mapped file once, and its export nothing like it again. By default the
// files are small enough for any machine; with VERNIER_LONG_TESTS they have the sizes that the names promise. Times are
// printed for whoever asks, and decide nothing.

#include "TestModels.h"
#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Parser/Parser.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/IO/AtomicFile.h"
#include "vernier/Target/TFLite/TFLite.h"
#include "llvm/Support/FileSystem.h"
#include <chrono>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace mlir;
using namespace mlir::vernier;
using namespace mlir::vernier::test;

namespace {

constexpr uint64_t kMegabyte = 1 << 20;

bool isLong() { return getenv("VERNIER_LONG_TESTS") != nullptr; }

/// The most memory that this process has held, in bytes.
uint64_t getPeakMemory() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return uint64_t(usage.ru_maxrss) * 1024;
}

/// Runs `body` in a process of its own, whose memory nothing else has touched.
template <typename Body> bool inChild(Body body) {
  pid_t child = fork();
  if (child == 0) {
    body();
    _exit(testing::Test::HasFailure());
  }
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

class LargeModelTest : public ::testing::Test {
protected:
  void SetUp() override { ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("vernier-large", folder)); }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }
  std::string path(StringRef name) const { return (folder + "/" + name).str(); }

  llvm::SmallString<128> folder;
};

constexpr int32_t kConstantFloats = 1 << 20;

/// `count` additions of a constant of four megabytes, none equal to another.
schema::ModelT makeLargeModel(unsigned count, bool withData) {
  schema::ModelT model = makeEmptyModel();
  model.subgraphs[0]->inputs = {addTensor(model, {kConstantFloats}, "x")};
  int32_t last = 0;
  for (unsigned i = 0; i < count; ++i) {
    std::vector<uint8_t> data(withData ? kConstantFloats * sizeof(float) : 16, i);
    int32_t constant = addTensor(model, {kConstantFloats}, "c" + std::to_string(i), schema::TensorType::FLOAT32, data);
    int32_t next = addTensor(model, {kConstantFloats}, "y" + std::to_string(i));
    addOperator(model, schema::BuiltinOperator::ADD, {last, constant}, {next});
    last = next;
  }
  model.subgraphs[0]->outputs = {last};
  return model;
}

/// Writes the model with its constants behind the flatbuffer, one after the other.
void writeOutside(schema::ModelT model, const std::string &path) {
  auto place = [&](uint64_t end) {
    for (auto &buffer : model.buffers) {
      if (buffer->data.empty() && buffer->size == 0)
        continue;
      buffer->data.clear();
      buffer->size = kConstantFloats * sizeof(float);
      buffer->offset = end;
      end += buffer->size;
    }
  };
  place(16);
  uint64_t start = llvm::alignTo(pack(model).size(), 16);
  place(start);
  std::string flat = pack(model);
  flat.resize(start);
  std::error_code error;
  llvm::raw_fd_ostream os(path, error);
  ASSERT_FALSE(error);
  os << flat;
  std::string data;
  for (size_t i = 1; i < model.buffers.size(); ++i) {
    data.assign(kConstantFloats * sizeof(float), char(i));
    os << data;
  }
}

/// Imports `from` and exports to `to`; prints how fast, checks how much memory.
void roundTripFile(const std::string &from, const std::string &to) {
  auto now = [] { return std::chrono::steady_clock::now(); };
  uint64_t before = getPeakMemory();
  auto start = now();
  auto file = llvm::cantFail(MappedFile::open(from));
  uint64_t size = file->bytes().size();
  MLIRContext context(MLIRContext::Threading::DISABLED);
  OwningOpRef<ModuleOp> module = importTFLite(file, &context);
  ASSERT_TRUE(module);
  auto imported = now();
  auto output = llvm::cantFail(AtomicFile::create(to));
  ASSERT_TRUE(succeeded(exportTFLite(*module, output.os())));
  output.os().flush();
  auto exported = now();
  ASSERT_FALSE(output.commit());
  auto committed = now();
  uint64_t grown = getPeakMemory() - before;
  auto seconds = [](auto time) { return std::chrono::duration<double>(time).count(); };
  printf("%.0f MB: import %.3f s, export %.3f s, to disk %.3f s, memory %.3f of the file\n", double(size) / kMegabyte,
         seconds(imported - start), seconds(exported - imported), seconds(committed - exported), double(grown) / size);
  fflush(stdout);
  // Libraries that load on first use, and the module itself, are what a small file does not outweigh.
  constexpr uint64_t kSmall = 48 * kMegabyte;
  EXPECT_LE(grown, size + size / 5 + kSmall);
}

bool haveEqualConstants(const std::string &left, const std::string &right) {
  auto a = llvm::cantFail(tflite::FlatBufferModel::open(llvm::cantFail(MappedFile::open(left))));
  auto b = llvm::cantFail(tflite::FlatBufferModel::open(llvm::cantFail(MappedFile::open(right))));
  EXPECT_EQ(a->root().buffers()->size(), b->root().buffers()->size());
  for (uint32_t i = 0, e = std::min(a->root().buffers()->size(), b->root().buffers()->size()); i < e; ++i)
    if (a->bufferData(i) != b->bufferData(i))
      return false;
  return a->hasDataOutside() == b->hasDataOutside();
}

TEST_F(LargeModelTest, TakesAConstantOnce) {
  unsigned count = isLong() ? 125 : 16;
  ASSERT_TRUE(inChild([&] {
    std::error_code error;
    llvm::raw_fd_ostream(path("in.tflite"), error) << pack(makeLargeModel(count, /*withData=*/true));
    EXPECT_FALSE(error);
  }));
  EXPECT_TRUE(inChild([&] { roundTripFile(path("in.tflite"), path("out.tflite")); }));
  EXPECT_TRUE(haveEqualConstants(path("in.tflite"), path("out.tflite")));
}

TEST_F(LargeModelTest, TakesConstantsBehindTheFlatBuffer) {
  unsigned count = isLong() ? 600 : 16;
  ASSERT_TRUE(inChild([&] { writeOutside(makeLargeModel(count, /*withData=*/false), path("in.tflite")); }));
  EXPECT_TRUE(inChild([&] { roundTripFile(path("in.tflite"), path("out.tflite")); }));
  EXPECT_TRUE(haveEqualConstants(path("in.tflite"), path("out.tflite")));
}

TEST_F(LargeModelTest, MovesConstantsOutsideWhenTheyAreTooMany) {
  if (!isLong())
    GTEST_SKIP() << "writes a file of 2.2 GB; set VERNIER_LONG_TESTS";
  MLIRContext context;
  importBytes(context, pack(makeEmptyModel()));
  std::vector<float> data(16 * kConstantFloats, 1.5f);
  std::string type = "tensor<" + std::to_string(data.size()) + "xf32>", body, values, types;
  unsigned count = 35;
  for (unsigned i = 0; i < count; ++i) {
    std::string value = "%c" + std::to_string(i);
    body += value + " = nn.const dense<0.0> : " + type + "\n";
    values += (i ? ", " : "") + value;
    types += (i ? ", " : "") + type;
  }
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(
      "func.func @main() -> (" + types + ") {\n" + body + "return " + values + " : " + types + "\n}", &context);
  ASSERT_TRUE(module);
  // Resources of their own on the same memory: the file is large, the test is not.
  module->walk([&](nn::ConstOp op) {
    auto handle = DenseResourceElementsHandle::getManagerInterface(&context).insert(
        "c", UnmanagedAsmResourceBlob::allocateInferAlign(ArrayRef<float>(data)));
    op.setValueAttr(DenseResourceElementsAttr::get(cast<ShapedType>(op.getType()), handle));
  });
  {
    auto output = llvm::cantFail(AtomicFile::create(path("out.tflite")));
    ASSERT_TRUE(succeeded(exportTFLite(*module, output.os())));
    ASSERT_FALSE(output.commit());
  }
  auto written = llvm::cantFail(tflite::FlatBufferModel::open(llvm::cantFail(MappedFile::open(path("out.tflite")))));
  EXPECT_TRUE(written->hasDataOutside());
  ArrayRef<char> bytes(reinterpret_cast<const char *>(data.data()), data.size() * sizeof(float));
  for (unsigned i = 1; i <= count; ++i)
    EXPECT_TRUE(written->bufferData(i) == bytes) << i;
}

} // namespace
