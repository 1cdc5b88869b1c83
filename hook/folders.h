// The folders where things happen that nobody tells virtsqld about (inotify(7)).
//
// libvirt keeps its state in files: a definition, what runs, a snapshot, a network's port are each one, which it writes
// beside its name and renames into place. Many changes raise no event (attach-device --config, setvcpus, schedinfo),
// but all of them can be seen there. A file is never read, as it may hold secrets: it says which thing to ask libvirt
// for. Records that hooks leave in the spool, and another file in the database's place, are seen the same way.
//
// A folder may come and go with what is in it (a domain's snapshots, a network's ports). It is watched first and listed
// then, so that nothing made in between is missed.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/spool/config.h"

namespace virtsql {

// What a file that came, changed or went says.
struct Signal {
  std::string driver;  // whose libvirt; empty: every driver's
  std::string kind;    // of the thing that it is about, as object_kinds() has it, or domain
  std::string aspect;  // of a domain: definition, live, autostart, managed-save
  std::string owner;   // what the thing belongs to: its folder's name
  std::string name;    // the thing's, without the file's ending

  // clang-tidy sees a 0 in what the compiler makes of it. NOLINTNEXTLINE(modernize-use-nullptr)
  auto operator<=>(const Signal&) const = default;
};

class Folders {
 public:
  explicit Folders(const Config& config);
  ~Folders();
  Folders(const Folders&) = delete;
  Folders& operator=(const Folders&) = delete;

  // Readable when something happened.
  int fd() const { return fd_; }

  // Watches what is there of the folders; called again it takes in what came since.
  void watch();

  // The folder in which a pool keeps its volumes; empty: it has none any more.
  void watch_pool(const std::string& driver, const std::string& pool, const std::string& folder);

  struct Changes {
    bool spool = false;     // records lie in the spool
    bool database = false;  // the database's file came, went or was written
    bool lost = false;      // more happened than the kernel keeps: anything may have changed
    std::set<Signal> signals;
  };

  // What happened since the last time.
  Changes read();

 private:
  // Files of one meaning: `root`, then `folders` below it, of which * stands for any name, the owner's; then files
  // whose names have the ending.
  struct Place {
    std::string root;
    std::vector<std::string> folders;
    std::string ending;
    Signal says;
  };
  // What a watched folder is to a place: the first `depth` of its folders are behind it.
  struct Role {
    std::size_t place;
    std::size_t depth;
    std::string owner;

    auto operator<=>(const Role&) const = default;  // NOLINT(modernize-use-nullptr): as Signal's
  };
  struct Watch {
    std::string path;
    std::set<Role> roles;
  };

  void add_place(std::string root, std::vector<std::string> folders, std::string ending, Signal says);
  void add(const std::string& path, const Role& role, Changes* changes);
  void enter(const std::string& path, const Role& role, const std::string& folder, Changes* changes);
  void take_file(const std::string& folder, const Role& role, const std::string& name, bool went,
                 Changes& changes) const;

  int fd_;
  std::vector<Place> places_;
  std::map<int, Watch> watches_;
  std::map<std::pair<std::string, std::string>, std::size_t> pools_;  // place by driver and pool
};

}  // namespace virtsql
