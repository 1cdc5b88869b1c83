// Watches the folders in which things change without an event (inotify(7)).
//
// libvirt keeps its state in files, one for each definition, running domain, snapshot and network port. It writes a
// file beside its name and renames it into place. Many changes raise no event (attach-device --config, setvcpus,
// schedinfo), but all of them change a file. A file is never read, because it may hold secrets: its name says which
// thing to ask libvirt for. The records that hooks leave in the spool, and another file in the database's place, are
// noticed in the same way.
//
// Some folders come and go with what is in them (a domain's snapshots, a network's ports). A new folder is first
// watched and then listed, so that no file made in between is missed.
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
#include "core/spool/fd.h"

namespace virtsql {

// Which thing a file is about that was made, changed or removed.
struct Signal {
  std::string driver;  // libvirt's driver; empty: any driver
  std::string kind;    // the thing's kind: domain, or one of object_kinds()
  std::string aspect;  // of a domain: definition, live, autostart, managed-save
  std::string owner;   // what the thing belongs to: a domain, a network or a pool, by name
  std::string name;    // the thing's name: the file's without its ending; a volume's path

  // clang-tidy takes the 0 in the compiler's code for a null pointer. NOLINTNEXTLINE(modernize-use-nullptr)
  auto operator<=>(const Signal&) const = default;
};

class Folders {
 public:
  explicit Folders(const Config& config);

  // The descriptor to poll: readable if something happened.
  int fd() const { return fd_.get(); }

  // Watches each of the folders that exists. Call it again to watch those that were made since.
  void watch();

  // Returns, once, why folders cannot be watched (inotify's limits), with what to do; empty if they can.
  std::string take_problem() { return std::exchange(problem_, {}); }

  // Watches `folder`, in which the pool keeps its volumes, instead of the pool's folder before. Empty: the pool has no
  // folder any more.
  void watch_pool(const std::string& driver, const std::string& pool, const std::string& folder);

  struct Changes {
    bool spool = false;     // a record came into the spool
    bool database = false;  // the database's file was made, removed or written
    bool lost = false;      // the kernel dropped events: anything may have changed
    std::set<Signal> signals;
  };

  // Returns what happened since the last call.
  Changes read();

 private:
  // Files with one meaning: those whose names end in `ending`, in the folder to which `folders` lead from `root`. A
  // folder * stands for any name, which is the owner's.
  struct Place {
    std::string root;
    std::vector<std::string> folders;
    std::string ending;
    Signal says;
  };
  // What a watched folder is for a place: the folder to which the first `depth` of the place's folders lead. 0: its
  // root.
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

  void note_problem(const std::string& what, int error);
  void add_place(std::string root, std::vector<std::string> folders, std::string ending, Signal says);
  void add(const std::string& path, const Role& role, Changes* changes);
  void enter(const std::string& path, const Role& role, const std::string& folder, Changes* changes);
  void take_file(const std::string& folder, const Role& role, const std::string& name, bool went,
                 Changes& changes) const;

  Fd fd_;
  std::vector<Place> places_;
  std::map<int, Watch> watches_;
  std::string problem_;
  bool had_problem_ = false;
  std::map<std::pair<std::string, std::string>, std::size_t> pools_;  // index in places_, by driver and pool
};

}  // namespace virtsql
