// What has been captured already, so that looking at everything keeps only what is new, and finds out what went.
//
// A look at libvirt gives hundreds of documents, nearly all of them as they were. Asking the database for each would be
// slow, and would not do: what lies in the spool is not in it yet. So the digests of the newest documents are read
// once, and from then on Known remembers by itself what it was told is kept.
//
// All of this holds for one database. If another file is in its place, or what was the newest capture is not in it any
// more (a backup was put back), everything that is remembered is void: see check().
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/database.h"
#include "core/spool/config.h"
#include "core/spool/spool.h"

namespace virtsql {

// One thing that libvirt has, or had: a domain, or what core/libvirt/objects.h has.
struct Thing {
  std::string host;
  std::string driver;
  std::string kind;   // domain, or as object_kinds() has it
  std::string owner;  // what it belongs to: a domain's UUID, a network's or a pool's name; empty: nothing, or not known
  std::string id;     // the UUID of a domain, else the name
  std::string name;   // of a domain, which may change; else the id
  std::string persistent_sha256, live_sha256;  // of its newest documents; empty: there are none
  std::string state;                           // of a domain, as it was last said; empty: not yet
  std::string uri;         // of the libvirt that has it; empty: not seen since the database was read
  std::uint64_t look = 0;  // the last look at everything that saw it
  bool gone = false;       // it was said that it is no more
};

class Known {
 public:
  explicit Known(const Config& config) : config_(config) {}

  // Whether the record says something else than the last one of its thing.
  bool is_news(const Capture& record);

  // The record has been kept: call it only then. After one without a document, any document of that config is news.
  void remember(const Capture& record);

  // The libvirt at `uri` has the thing, as its look number `look` saw.
  void see(const Thing& thing, const std::string& uri, std::uint64_t look);

  // The thing of that host, driver, kind, owner (only of what belongs to a domain) and id; nullptr if it is not known.
  // Valid until the next call.
  const Thing* find(const Thing& thing);

  // The known things that are not gone and wanted.
  std::vector<Thing> things(const std::function<bool(const Thing&)>& wanted);

  // Compares the database that is there with the one that is remembered. If it is another one, everything is forgotten:
  // the next look finds out what this one lacks.
  void check(Database& database);
  // The same, with a connection of its own.
  void check();
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

  static std::string key_of(const Thing& thing);
  // The entry of the thing; entry() reads the database before.
  Thing* entry(const Thing& thing);
  Thing* entry_of(const Thing& thing);
  void load();
  void load_domains(Database& database);
  void load_objects(Database& database);
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
  std::unordered_map<std::string, Thing> things_;
};

// What the record is about, as far as the record says.
Thing thing_of(const Capture& record);

// What the record says of a VM's state, as Thing has it.
std::string state_of(const Capture& record);

}  // namespace virtsql
