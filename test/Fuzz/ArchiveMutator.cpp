//===- ArchiveMutator.cpp - Changes to .npz archives that keep their checksums right ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A byte changed at random breaks a checksum or a size, and that is all that is found. So most changes are made to the
// members, and the archive is written anew.

#include "vernier/IO/Npy.h"
#include <cstring>
#include <random>
#include <zip.h>

using namespace mlir::vernier;

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

namespace {

struct Member {
  std::string name, content;
  bool deflated = false;
};
using Archive = std::vector<Member>;

constexpr zip_uint64_t kLargestMember = 1 << 14;
constexpr size_t kMostMembers = 8;

/// The members of `file`; none if it is no archive that libzip reads.
Archive readArchive(llvm::ArrayRef<uint8_t> file) {
  Archive members;
  zip_source_t *source = zip_source_buffer_create(file.data(), file.size(), 0, nullptr);
  zip_t *archive = zip_open_from_source(source, ZIP_RDONLY, nullptr);
  if (!archive) {
    zip_source_free(source);
    return members;
  }
  for (zip_int64_t i = 0, e = zip_get_num_entries(archive, 0); i < e && members.size() < kMostMembers; ++i) {
    zip_stat_t status;
    if (zip_stat_index(archive, i, 0, &status) != 0 || status.size > kLargestMember)
      continue;
    zip_file_t *member = zip_fopen_index(archive, i, 0);
    if (!member)
      continue;
    Member result{status.name, std::string(status.size, 0), status.comp_method != ZIP_CM_STORE};
    if (zip_fread(member, result.content.data(), result.content.size()) >= 0)
      members.push_back(std::move(result));
    zip_fclose(member);
  }
  zip_discard(archive);
  return members;
}

std::string writeArchive(const Archive &members) {
  zip_source_t *target = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  zip_source_keep(target);
  zip_t *archive = zip_open_from_source(target, ZIP_TRUNCATE, nullptr);
  for (const Member &member : members) {
    zip_source_t *content = zip_source_buffer(archive, member.content.data(), member.content.size(), 0);
    zip_int64_t index = zip_file_add(archive, member.name.c_str(), content, ZIP_FL_ENC_GUESS);
    if (index < 0)
      zip_source_free(content);
    else
      zip_set_file_compression(archive, index, member.deflated ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 1);
  }
  std::string file;
  if (zip_close(archive) != 0) {
    zip_discard(archive);
  } else if (zip_source_open(target) == 0) {
    zip_source_seek(target, 0, SEEK_END);
    file.resize(zip_source_tell(target));
    zip_source_seek(target, 0, SEEK_SET);
    zip_source_read(target, file.data(), file.size());
    zip_source_close(target);
  }
  zip_source_free(target);
  return file;
}

class Mutator {
public:
  explicit Mutator(unsigned seed) : random(seed) {}

  void change(Archive &members) {
    if (members.empty() || (oneIn(8) && members.size() < kMostMembers))
      members.push_back({names[below(std::size(names))], makeArray(), oneIn(2)});
    Member &member = members[below(members.size())];
    switch (below(6)) {
    case 0:
      member.name = names[below(std::size(names))];
      return;
    case 1:
      member.deflated = !member.deflated;
      return;
    case 2:
      std::swap(member, members.back());
      members.pop_back();
      return;
    case 3:
      member.content = makeArray();
      return;
    default:
      member.content = changeBytes(member.content);
    }
  }

  /// An array with as many bytes as its header says; sometimes one more or less.
  std::string makeArray() {
    llvm::SmallVector<int64_t> shape;
    int64_t elements = 1;
    for (unsigned rank = below(4); shape.size() < rank;)
      elements *= shape.emplace_back(below(4));
    auto kind = static_cast<ElementKind>(below(unsigned(ElementKind::Float64) + 1));
    std::string header = makeNpyHeader(kind, shape), data(elements * byteSize(kind), 0);
    for (char &byte : data)
      byte = oneIn(4) ? char(random()) : 0;
    if (oneIn(16))
      data.resize(data.size() + below(3));
    if (size_t order = header.find('<'); oneIn(4) && order != std::string::npos)
      header[order] = '>';
    return header + data;
  }

  std::string changeBytes(const std::string &bytes) {
    std::vector<uint8_t> buffer(bytes.begin(), bytes.end());
    buffer.resize(bytes.size() + 32);
    size_t size = LLVMFuzzerMutate(buffer.data(), bytes.size(), buffer.size());
    return {buffer.begin(), buffer.begin() + size};
  }

  unsigned below(size_t bound) { return random() % bound; }
  bool oneIn(unsigned n) { return below(n) == 0; }

private:
  static constexpr const char *names[] = {"x.npy", "y.npy", "labels.npy", "arr_0.npy", "arr_1.npy", "x", "../x.npy"};
  std::minstd_rand random;
};

} // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  Mutator mutator(seed);
  std::string file;
  if (mutator.oneIn(8)) {
    file = mutator.makeArray();
  } else if (!mutator.oneIn(4)) {
    if (Archive members = readArchive({data, size}); !members.empty()) {
      for (unsigned i = 0, e = 1 + mutator.below(3); i < e; ++i)
        mutator.change(members);
      file = writeArchive(members);
    }
  }
  if (file.empty() || file.size() > maxSize)
    return LLVMFuzzerMutate(data, size, maxSize);
  std::memcpy(data, file.data(), file.size());
  return file.size();
}
