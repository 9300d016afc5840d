//===- MappedFileTest.cpp ---------------------------------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/IO/MappedFile.h"
#include "TestFiles.h"
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace mlir::vernier;
using MappedFileTest = mlir::vernier::test::TestFolder;

TEST_F(MappedFileTest, HoldsTheContent) {
  auto file = llvm::cantFail(MappedFile::open(write("a", llvm::StringRef("x\0y", 3))));
  EXPECT_EQ(std::string(file->bytes().begin(), file->bytes().end()), std::string("x\0y", 3));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(file->bytes().data()) % 16, 0u);
}

TEST_F(MappedFileTest, OutlivesTheRemovedFile) {
  auto file = llvm::cantFail(MappedFile::open(write("a", "content")));
  llvm::sys::fs::remove(path("a"));
  EXPECT_EQ(llvm::StringRef(file->bytes().data(), file->bytes().size()), "content");
}

TEST_F(MappedFileTest, SaysWhatIsWrong) {
  EXPECT_ERROR(MappedFile::open(path("absent")), path("absent") + ": No such file");
  EXPECT_ERROR(MappedFile::open(""), "expected the path of a file to read, found an empty one");
  EXPECT_ERROR(MappedFile::open(folder), "expected a file, found a directory");
  EXPECT_ERROR(MappedFile::open(write("empty", "")), "the file is empty");
}

TEST_F(MappedFileTest, SaysWhenUnreadable) {
  if (geteuid() == 0)
    GTEST_SKIP() << "root may read everything";
  write("secret", "x");
  chmod(path("secret").c_str(), 0);
  EXPECT_ERROR(MappedFile::open(path("secret")), "ermission denied");
}

TEST_F(MappedFileTest, ReadsAPipe) {
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  // More than a pipe holds, so that reading takes several pieces.
  std::string content(300000, 'p');
  std::thread writer([&] { write("pipe", content); });
  auto file = MappedFile::open(path("pipe"));
  writer.join();
  ASSERT_TRUE(bool(file));
  EXPECT_EQ(llvm::StringRef((*file)->bytes().data(), (*file)->bytes().size()), content);
}
