// What has been captured already, so that looking at everything keeps only what is new, and finds out what went.
//
// A look at libvirt gives hundreds of documents, nearly all of them as they were. Asking the database for each would be
// slow, and would not do: what lies in the spool is not in it yet. So the digests of the newest documents are read
// once, and from then on Known remembers by itself what it was told is kept.
//
// Which libvirt has a thing (qemu:///system, or some user's qemu:///session) decides who may say that it went. Captures
// of libvirt's say it in `extra`; of what hooks alone saw it is not known.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/database.h"
#include "core/spool/capture.h"

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
  std::string uri;                             // of the libvirt that has it; empty: not known
  std::uint64_t look = 0;                      // the last look at everything that saw it
  bool gone = false;                           // it was said that it is no more
};

// The driver that the network hook's captures have: of things that belong to whichever libvirt has them.
inline constexpr std::string_view kNetworkHook = "network";

class Known {
 public:
  // Takes in what the database has. What is known already stays as it is. Throws DatabaseError.
  void load(Database& database);
  void clear() { things_.clear(); }

  // Takes in what hooks told since the capture with that captures.seq. Gives the domains and networks of it that
  // libvirt is to be asked about, as no event may tell how they fare: those that were not known, and those without a
  // definition that ended. Throws DatabaseError.
  std::vector<Thing> learn(Database& database, std::int64_t since);

  // Whether the record says something else than the last one of its thing.
  bool is_news(const Capture& record);

  // The record has been kept: call it only then. After one without a document, any document of that config is news.
  void remember(const Capture& record);

  // The number of a new look at everything, of whichever libvirt.
  std::uint64_t begin_look() { return ++looks_; }

  // The libvirt at `uri` has the thing, as its look number `look` saw.
  void see(const Thing& thing, const std::string& uri, std::uint64_t look);

  // The thing of that host, driver, kind, owner (only of what belongs to a domain) and id; nullptr if it is not known.
  // Valid until the next call.
  const Thing* find(const Thing& thing) { return entry(thing); }

  // The known things that are not gone and wanted.
  std::vector<Thing> things(const std::function<bool(const Thing&)>& wanted) const;

 private:
  static std::string key_of(const Thing& thing);
  Thing* entry(const Thing& thing);
  void load_domains(Database& database);
  void load_objects(Database& database);

  std::unordered_map<std::string, Thing> things_;
  std::uint64_t looks_ = 0;
};

// What the record is about, as far as the record says.
Thing thing_of(const Capture& record);

// What the record says of a VM's state, as Thing has it.
std::string state_of(const Capture& record);

}  // namespace virtsql
