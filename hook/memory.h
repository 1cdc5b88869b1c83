// What virtsqld remembers of its database: what is known (core/libvirt/known.h), read from it when it is first asked
// for.
//
// All of it holds for one database. If another file is in its place, or what was the newest capture is not in it any
// more (a backup was put back), everything that is remembered is void: see check().
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/database.h"
#include "core/libvirt/known.h"
#include "core/spool/config.h"

namespace virtsql {

class Memory {
 public:
  explicit Memory(const Config& config) : config_(config) {}

  // What is known. Without a database that can be read: what was kept since.
  Known& known();

  // Compares the database that is there with the one that is remembered. If it is another one, everything is forgotten:
  // the next look finds out what this one lacks.
  void check(Database& database);
  // The same, with a connection of its own.
  void check();
  // What hooks told meanwhile that libvirt is to be asked about, see Known::learn(): since this was asked last.
  std::vector<Thing> take_told() { return std::exchange(told_, {}); }

  // Whether the database's file was written or replaced since note_file(): who opens and closes it, as every drain
  // does, raises the same events.
  bool file_changed() const;
  // What the file is now is known, if it is the one that is remembered.
  void note_file();
  // Whether everything was forgotten since take_forgotten() was asked.
  bool forgotten() const { return forgotten_; }
  bool take_forgotten() { return std::exchange(forgotten_, false); }

  // A database that could not be read may be tried again.
  void retry() { unreadable_ = false; }

 private:
  // By which a database is known again.
  struct Identity {
    dev_t device = 0;
    ino_t inode = 0;          // 0: there was none
    std::int64_t newest = 0;  // captures.seq of the newest capture; 0: none
    std::int64_t time = 0;    // and its id
  };

  // What changes with a file.
  struct FileState {
    dev_t device = 0;
    ino_t inode = 0;  // 0: there is none
    off_t size = 0;
    std::int64_t written_seconds = 0, written_nanoseconds = 0;

    bool operator==(const FileState&) const = default;
  };

  FileState file_state() const;
  static void read_identity(Database& database, Identity& identity);
  bool has_newest(Database& database) const;
  void forget();
  template <typename Work>
  bool read(Work work);

  const Config& config_;
  bool unreadable_ = false;
  bool loaded_ = false;
  bool forgotten_ = false;
  Identity identity_;
  FileState noted_;
  Known known_;
  std::vector<Thing> told_;
};

}  // namespace virtsql
