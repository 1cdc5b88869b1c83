// The spool: a folder where the hook leaves what libvirt said, durably, until it is drained into the database.
//
// A record is one file, `<id>.record`, a text header followed by the XML. It is written beside its name, synced,
// renamed into place, and the folder synced: once write() returns, the record survives a crash. Records are taken in
// the order of their ids.
//
// This part is linked into the hook: it uses nothing but libc and the C++ standard library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/spool/capture.h"

namespace virtsql::spool {

// The most bytes of XML that a record holds: as much as the drainer reads back and the history gives out again.
inline constexpr std::size_t kMaxXml = 256U << 20U;

// Opens the spool folder, making it (0700) and its parent (0750), durably, where they are not there. A file descriptor,
// or -errno; -kNotOurs where folder_problem() has something against it.
int open_folder(const std::string& path);

// No errno: the folder is refused.
inline constexpr int kNotOurs = 100000;

// What open_folder() means: the path, and what is wrong with it.
std::string open_error(const std::string& path, int code);

// The id of the next event: the time, but always later than any given out before in this folder, also when the clock
// steps back or the machine restarts.
std::int64_t allocate_id(int folder);

// Makes the record durable in the folder. 0, or an errno: then nothing is left that could be taken for a record, unless
// only the folder could not be synced, when the record is there and may not survive a crash.
int write(int folder, const Capture& record);

// The names of the records in the folder, oldest first. Leftovers of writers that died are removed once they are an
// hour old.
std::vector<std::string> list(int folder);

// Reads a record, whose name the capture then has. Throws std::runtime_error where the file is no whole record,
// std::system_error where it could not be read now, which says nothing about what is in it.
Capture read(int folder, const std::string& name);

// Removes a record that has been stored.
void remove(int folder, const std::string& name);

// Puts a file that cannot be stored into the folder `bad` of the spool, so that it is kept and in nobody's way, with
// the reason beside it in `<name>.reason`. Throws std::runtime_error if it stays where it is.
void set_aside(int folder, const std::string& name, const std::string& reason);

}  // namespace virtsql::spool
