// Remembers what has been captured already, so that a look at everything keeps only what is new and finds out what is
// gone.
//
// A look at libvirt gives hundreds of documents, and nearly all of them are as they were. To ask the database about
// each would be slow, and not enough: records in the spool are not in it yet. So load() reads the digests of the newest
// documents once, and from then on remember() notes each record that was kept.
//
// Each thing has the URI of the libvirt that has it (qemu:///system, or some user's qemu:///session), because only that
// libvirt can say that the thing is gone. Captures of events and syncs have the URI in `extra`. It is not known of
// things that only hooks saw.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/database.h"
#include "core/spool/capture.h"
#include "core/store/captured_things.h"

namespace virtsql {

// One thing that libvirt has or had, and whether it was seen.
struct Thing : CapturedThing {
  std::uint64_t look = 0;  // the last look at everything that saw it
  bool starting = false;   // its hook said that it is about to start, and not yet that it runs
};

// The driver in the network hook's captures. It does not say which libvirt has the thing: Known gives the thing the
// driver of the first libvirt that names it.
inline constexpr std::string_view kNetworkHook = "network";

class Known {
 public:
  // Reads what the database knows of domains and other things. Things that are known already stay as they are. Throws
  // DatabaseError.
  void load(Database& database);
  void clear() { things_.clear(); }

  // Adds what hooks captured of domains and networks after the capture with that captures.seq. Returns those that
  // libvirt must be asked about, because perhaps no event says what became of them: those that were not known, those
  // that were known as gone, those without a definition that ended, those whose rows follow a start, those that ended
  // before they ran, and those to which libvirt reconnected (its hook does not say whether they are paused). Throws
  // DatabaseError.
  std::vector<Thing> add_hook_events(Database& database, std::int64_t since);

  // Whether the record says something else than what is known of its thing.
  bool is_news(const Capture& record);

  // Notes what the record says. Call it only after the record has been kept. After a record without a document, any
  // document of its config is news.
  void remember(const Capture& record);

  // Begins a look at everything. Returns its number; looks at all libvirts are counted together.
  std::uint64_t begin_look() { return ++looks_; }

  // Notes that the libvirt at `uri` has the thing, as the look with the number `look` saw.
  void mark_present(const Thing& thing, const std::string& uri, std::uint64_t look);

  // Returns the known thing with that host, driver, kind, id and, if it belongs to a domain, owner; nullptr if there is
  // none. Valid until the next call.
  const Thing* find(const Thing& thing) { return entry(thing); }

  // Returns copies of the known things that are not gone and for which `wanted` is true.
  std::vector<Thing> things(const std::function<bool(const Thing&)>& wanted) const;

 private:
  static std::string key_of(const Thing& thing);
  // Adds the thing, unless it is known already.
  void add(Thing&& thing);
  Thing* entry(const Thing& thing);
  // Returns what is known of the thing, which is the thing as it is given if nothing was.
  Thing& entry_or_new(const Thing& thing);

  std::unordered_map<std::string, Thing> things_;
  std::uint64_t looks_ = 0;
};

// Returns the thing that the record is about, as far as the record says.
Thing thing_of(const Capture& record);

}  // namespace virtsql
