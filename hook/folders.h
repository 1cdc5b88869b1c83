// The folders where things happen that nobody tells virtsqld about (inotify(7)).
//
// libvirt raises no event for attach-device --config and the like, but it writes a definition beside its name and
// renames it into place, and that can be seen. The file is not read, as it holds secrets: its name says which domain to
// ask libvirt for. Snapshots are files in a folder for each domain, which comes and goes with them. And records that
// hooks leave in the spool are to be drained.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "core/spool/config.h"

namespace virtsql {

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

  struct Changes {
    bool spool = false;                                     // records lie in the spool
    bool folders = false;                                   // a folder came
    std::set<std::pair<std::string, std::string>> domains;  // driver and name of those whose definitions changed
  };

  // What happened since the last time.
  Changes read();

 private:
  struct Watch {
    std::string path;
    std::string driver;
    bool domain_folder;  // the folder is named after a domain
  };

  void add(const std::string& path, const std::string& driver, std::uint32_t mask, bool domain_folder = false);

  const Config& config_;
  int fd_;
  std::map<int, Watch> watches_;
};

}  // namespace virtsql
