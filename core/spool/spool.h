// The spool: a folder where the hook leaves what libvirt said, durably, until it is drained into the database.
//
// A record is one file, `<id>.record`: a text header followed by the XML. It is written under a temporary name, synced
// and renamed, and then the folder is synced: once write() returns 0, the record survives a crash. Records are drained
// in the order of their ids.
//
// This part is linked into the hook, so it uses nothing but libc and the C++ standard library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/spool/capture.h"

namespace virtsql::spool {

// The most bytes of XML that a record can hold: as many as the drainer reads back and as the history gives out again.
inline constexpr std::size_t kMaxXml = 256U << 20U;

// Opens the spool folder. If it does not exist, makes it (0700), and its parent (0750) if that is missing too, durably.
// Returns a file descriptor, or -errno, or -kNotOurs if folder_problem() objects to the folder.
int open_folder(const std::string& path);

// Not an errno, and larger than any: the folder is refused.
inline constexpr int kNotOurs = 100000;

// Returns a message about what open_folder() returned, if that was negative: the path, and what is wrong with it.
std::string open_error(const std::string& path, int code);

// Returns the id of the next event: the time in microseconds since 1970, but always greater than every id given out
// before in this folder, also if the clock steps back or the machine restarts. If the sequence file cannot be opened or
// locked, it is the time alone.
std::int64_t allocate_id(int folder);

// Writes the record durably into the folder. Returns 0 or an errno. After an error nothing is left that could be taken
// for a record, with one exception: if only the sync of the folder failed, the record is there, but may not survive a
// crash. EFBIG if the XML is larger than kMaxXml.
int write(int folder, const Capture& record);

// Returns the names of the records in the folder, oldest first. Removes leftovers of writers that died, once they are
// an hour old. Throws std::runtime_error if the folder cannot be read.
std::vector<std::string> list(int folder);

// Reads a record; Capture::record is then its name. Throws std::system_error if the file could not be read now: the
// record may still be good. Throws another std::runtime_error if the file is no whole record.
Capture read(int folder, const std::string& name);

// Removes a record that has been stored. Throws std::runtime_error if that fails; a missing file is no error.
void remove(int folder, const std::string& name);

// Moves a file that cannot be stored into the folder `bad` of the spool, so that it is kept but no longer drained. The
// reason goes beside it, into `<name>.reason`. Throws std::runtime_error if the file cannot be moved.
void set_aside(int folder, const std::string& name, const std::string& reason);

}  // namespace virtsql::spool
