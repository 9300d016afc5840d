//===- AtomicFileTest.cpp ---------------------------------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/IO/AtomicFile.h"
#include "TestFiles.h"
#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace mlir::vernier;
using AtomicFileTest = mlir::vernier::test::TestFolder;
using Names = std::vector<std::string>;

/// Whether the folder of tests can hold files without a name.
static bool hasUnnamedFiles() {
  int handle = open(testing::TempDir().c_str(), O_TMPFILE | O_RDWR, 0600);
  return handle >= 0 && close(handle) == 0;
}

TEST_F(AtomicFileTest, AppearsOnCommitOnly) {
  auto file = llvm::cantFail(AtomicFile::create(path("out")));
  file.os() << "content";
  file.os().flush();
  EXPECT_EQ(read("out"), "<missing>");
  EXPECT_ERROR(file.commit(), "no error");
  EXPECT_EQ(read("out"), "content");
  EXPECT_EQ(list(), Names{"out"});
}

TEST_F(AtomicFileTest, DiscardsWithoutCommit) {
  write("out", "before");
  {
    auto file = llvm::cantFail(AtomicFile::create(path("out")));
    file.os() << "half of it";
  }
  EXPECT_EQ(read("out"), "before");
  EXPECT_EQ(list(), Names{"out"});
}

TEST_F(AtomicFileTest, SurvivesAKilledProcess) {
  write("out", "before");
  pid_t child = fork();
  if (child == 0) {
    auto file = llvm::cantFail(AtomicFile::create(path("out")));
    file.os() << "half of it";
    file.os().flush();
    raise(SIGKILL);
  }
  waitpid(child, nullptr, 0);
  EXPECT_EQ(read("out"), "before");
  // Where file systems have files without names, nothing else is left either.
  for (const std::string &name : list())
    EXPECT_TRUE(name == "out" || !hasUnnamedFiles()) << name;
}

TEST_F(AtomicFileTest, FailsWhenTheDiskIsFull) {
  write("out", "before");
  pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    rlimit limit{1000, 1000};
    setrlimit(RLIMIT_FSIZE, &limit);
    std::string message;
    {
      auto file = llvm::cantFail(AtomicFile::create(path("out")));
      file.os() << std::string(1 << 20, 'x');
      message = test::errorOf(file.commit());
    }
    _exit(llvm::StringRef(message).contains("out: cannot write: File too large") ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(read("out"), "before");
  EXPECT_EQ(list(), Names{"out"});
}

TEST_F(AtomicFileTest, MayReplaceItsOwnInput) {
  write("model", "old");
  auto input = llvm::cantFail(llvm::errorOrToExpected(llvm::MemoryBuffer::getFile(path("model"))));
  auto file = llvm::cantFail(AtomicFile::create(path("model")));
  file.os() << input->getBuffer() << " and new";
  llvm::cantFail(file.commit());
  EXPECT_EQ(read("model"), "old and new");
}

TEST_F(AtomicFileTest, KeepsPermissionsAndLinks) {
  write("real", "old");
  chmod(path("real").c_str(), 0640);
  ASSERT_EQ(symlink("real", path("link").c_str()), 0);
  auto file = llvm::cantFail(AtomicFile::create(path("link")));
  file.os() << "new";
  llvm::cantFail(file.commit());
  EXPECT_EQ(read("real"), "new");
  EXPECT_TRUE(llvm::sys::fs::is_symlink_file(path("link")));
  struct stat status;
  stat(path("real").c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777, 0640u);
}

TEST_F(AtomicFileTest, CopiesToADevice) {
  auto null = llvm::cantFail(AtomicFile::create("/dev/null"));
  null.os() << "content";
  EXPECT_ERROR(null.commit(), "no error");
  EXPECT_FALSE(llvm::sys::fs::is_regular_file("/dev/null"));

  auto full = llvm::cantFail(AtomicFile::create("/dev/full"));
  full.os() << "content";
  EXPECT_ERROR(full.commit(), "/dev/full: cannot write: No space left");
}

TEST_F(AtomicFileTest, SaysWhyItCannotStart) {
  EXPECT_ERROR(AtomicFile::create(""), "expected the path of a file to write, found an empty one");
  EXPECT_ERROR(AtomicFile::create(folder), "expected a file to write, found a directory");
  EXPECT_ERROR(AtomicFile::create(path("absent/out")),
               "cannot create a file in '" + path("absent") + "': No such file");
}
