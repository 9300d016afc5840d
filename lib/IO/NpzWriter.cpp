//===- NpzWriter.cpp - arrays into .npz archives ----------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Zip structures as in PKWARE's APPNOTE.TXT, sections 4.3 and 4.5.3. Written here because libzip takes members one
// after the other and only when the archive is closed: outputs of a model, which come row by row, would have to be
// kept.

#include "vernier/IO/Error.h"
#include "vernier/IO/Npz.h"
#include "llvm/Support/EndianStream.h"
#include <zlib.h>

using namespace mlir::vernier;
using llvm::support::endian::Writer;

namespace {
constexpr uint64_t kMax32 = 0xffffffff;
constexpr uint16_t kVersion = 20, kVersionZip64 = 45;
constexpr uint16_t kUtf8Names = 1 << 11;
constexpr uint16_t kStored = 0;
/// 1 January 1980, where the format's calendar starts, at midnight.
constexpr uint16_t kDate = (0 << 9) | (1 << 5) | 1, kTime = 0;

bool needsZip64(uint64_t size) { return size >= kMax32; }

uint32_t addToCrc(uint32_t crc, llvm::ArrayRef<char> bytes) {
  return crc32_z(crc, reinterpret_cast<const Bytef *>(bytes.data()), bytes.size());
}

uint32_t clamp32(uint64_t value) { return static_cast<uint32_t>(std::min(value, kMax32)); }
uint16_t clamp16(uint64_t value) { return static_cast<uint16_t>(std::min<uint64_t>(value, 0xffff)); }
} // namespace

llvm::Expected<NpzWriter> NpzWriter::create(llvm::StringRef path) {
  llvm::Expected<AtomicFile> file = AtomicFile::create(path);
  if (!file)
    return file.takeError();
  return NpzWriter(std::move(*file));
}

llvm::Error NpzWriter::checkNew(const ArrayInfo &info) const {
  if (info.name.size() + 4 > 0xffff)
    return makeError("{0}: an array name of {1} bytes is too long for an archive", file.path(), info.name.size());
  for (const Member &member : members)
    if (member.name == info.name + ".npy")
      return makeError("{0}: there are two arrays named '{1}'", file.path(), info.name);
  return llvm::Error::success();
}

void NpzWriter::writeLocalHeader(const Member &member) {
  bool zip64 = needsZip64(member.size);
  Writer out(file.os(), llvm::endianness::little);
  out.write<uint32_t>(0x04034b50);
  out.write<uint16_t>(zip64 ? kVersionZip64 : kVersion);
  out.write<uint16_t>(kUtf8Names);
  out.write<uint16_t>(kStored);
  out.write<uint16_t>(kTime);
  out.write<uint16_t>(kDate);
  out.write<uint32_t>(member.crc);
  out.write<uint32_t>(zip64 ? kMax32 : member.size);
  out.write<uint32_t>(zip64 ? kMax32 : member.size);
  out.write<uint16_t>(member.name.size());
  out.write<uint16_t>(zip64 ? 20 : 0);
  file.os() << member.name;
  if (zip64) {
    out.write<uint16_t>(1);
    out.write<uint16_t>(16);
    out.write<uint64_t>(member.size);
    out.write<uint64_t>(member.size);
  }
}

static uint64_t localHeaderSize(size_t nameSize, uint64_t size) { return 30 + nameSize + (needsZip64(size) ? 20 : 0); }

llvm::Expected<unsigned> NpzWriter::addArray(const ArrayInfo &info) {
  if (llvm::Error error = checkNew(info))
    return error;
  std::string header = makeNpyHeader(info.kind, info.shape);
  Member member;
  member.name = info.name + ".npy";
  member.size = header.size() + info.numBytes();
  member.localOffset = end;
  member.dataOffset = end + localHeaderSize(member.name.size(), member.size);
  end = member.dataOffset + member.size;
  members.push_back(std::move(member));
  append(members.size() - 1, header);
  return members.size() - 1;
}

void NpzWriter::append(unsigned index, llvm::ArrayRef<char> bytes) {
  Member &member = members[index];
  assert(member.written + bytes.size() <= member.size);
  uint64_t position = member.dataOffset + member.written;
  if (file.os().tell() != position)
    file.os().seek(position);
  file.os().write(bytes.data(), bytes.size());
  member.crc = addToCrc(member.crc, bytes);
  member.written += bytes.size();
}

void NpzWriter::writeCentralDirectory() {
  llvm::raw_fd_ostream &os = file.os();
  Writer out(os, llvm::endianness::little);
  os.seek(end);
  for (const Member &member : members) {
    bool bigSize = needsZip64(member.size), bigOffset = member.localOffset >= kMax32;
    out.write<uint32_t>(0x02014b50);
    out.write<uint16_t>(kVersionZip64);
    out.write<uint16_t>(bigSize || bigOffset ? kVersionZip64 : kVersion);
    out.write<uint16_t>(kUtf8Names);
    out.write<uint16_t>(kStored);
    out.write<uint16_t>(kTime);
    out.write<uint16_t>(kDate);
    out.write<uint32_t>(member.crc);
    out.write<uint32_t>(bigSize ? kMax32 : member.size);
    out.write<uint32_t>(bigSize ? kMax32 : member.size);
    out.write<uint16_t>(member.name.size());
    uint16_t extra = (bigSize ? 16 : 0) + (bigOffset ? 8 : 0);
    out.write<uint16_t>(extra ? extra + 4 : 0);
    out.write<uint16_t>(0); // comment
    out.write<uint16_t>(0); // disk
    out.write<uint16_t>(0); // internal attributes
    out.write<uint32_t>(0); // external attributes
    out.write<uint32_t>(clamp32(member.localOffset));
    os << member.name;
    if (extra) {
      out.write<uint16_t>(1);
      out.write<uint16_t>(extra);
    }
    if (bigSize) {
      out.write<uint64_t>(member.size);
      out.write<uint64_t>(member.size);
    }
    if (bigOffset)
      out.write<uint64_t>(member.localOffset);
  }

  uint64_t recordOffset = os.tell(), directorySize = recordOffset - end;
  if (members.size() >= 0xffff || end >= kMax32 || directorySize >= kMax32) {
    out.write<uint32_t>(0x06064b50);
    out.write<uint64_t>(44); // bytes of this record that follow
    out.write<uint16_t>(kVersionZip64);
    out.write<uint16_t>(kVersionZip64);
    out.write<uint32_t>(0); // this disk
    out.write<uint32_t>(0); // disk of the directory
    out.write<uint64_t>(members.size());
    out.write<uint64_t>(members.size());
    out.write<uint64_t>(directorySize);
    out.write<uint64_t>(end);
    out.write<uint32_t>(0x07064b50);
    out.write<uint32_t>(0); // disk of the record
    out.write<uint64_t>(recordOffset);
    out.write<uint32_t>(1); // number of disks
  }
  out.write<uint32_t>(0x06054b50);
  out.write<uint16_t>(0); // this disk
  out.write<uint16_t>(0); // disk of the directory
  out.write<uint16_t>(clamp16(members.size()));
  out.write<uint16_t>(clamp16(members.size()));
  out.write<uint32_t>(clamp32(directorySize));
  out.write<uint32_t>(clamp32(end));
  out.write<uint16_t>(0); // comment
}

llvm::Error NpzWriter::commit() {
  for (const Member &member : members) {
    assert(member.written == member.size && "an array is incomplete");
    file.os().seek(member.localOffset);
    writeLocalHeader(member);
  }
  writeCentralDirectory();
  return file.commit();
}
