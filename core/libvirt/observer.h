// Looks at what one libvirt has, and says what is there and what went, as records. virtsqld and libvirt_sync() both
// look with it: an event's one thing, or everything.
//
//   Observer observer(source, alone, keeper);
//   observer.sync();                               // everything
//   observer.look({"domain", "", uuid, "define"});  // what one event is about
//
// Of an event that changes a definition, or says how a domain fares, what it is about is kept even if it is what was
// captured last; all that is seen besides is kept if it is news. A look costs what its one thing costs; only a sync
// looks at everything, and finds out what went meanwhile.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/libvirt/known.h"
#include "core/libvirt/source.h"

namespace virtsql {

// Operations that mean something here, as captures name them; the hook's name if there is one. Arrays, as template
// arguments must be.
namespace operations {
inline constexpr char kDefine[] = "define";
inline constexpr char kStopped[] = "stopped";
inline constexpr char kShutdown[] = "shutdown";
inline constexpr char kCrashed[] = "crashed";
}  // namespace operations

// Something to look at.
struct Task {
  std::string kind;   // domain, or as object_kinds() has it
  std::string owner;  // what it belongs to; of a domain's, its UUID or name
  std::string id;     // a domain's UUID or name, else the name; empty: all of the kind that the owner has
  std::string operation;
  std::string sub_operation;
  bool only_news = true;
  bool definition = true;  // of a domain: its definition is asked for
  bool live = true;        // and itself running
  std::chrono::steady_clock::time_point noted = std::chrono::steady_clock::now();
};

// Who keeps the records, and knows what was kept before.
class Keeper {
 public:
  virtual ~Keeper() = default;
  // Keeps the record, or only one that is news; whether it was kept.
  virtual bool keep(Capture record, bool only_news) = 0;
  virtual Known& known() = 0;
};

class Observer {
 public:
  using Progress = std::function<void(std::size_t number, std::size_t count, const std::string& name)>;

  // `alone`: no other libvirt of the same driver is looked at on its host, so that what is known of there is this
  // one's. The source and the keeper must outlive it.
  Observer(const LibvirtSource& source, bool alone, Keeper& keeper) : source_(source), alone_(alone), keeper_(keeper) {}

  // Looks at one thing. Throws LibvirtError if libvirt cannot be asked.
  void look(const Task& task);
  // At everything: what is there, and what is not there any more. Throws LibvirtError; what was found until then is
  // kept.
  void sync(const Progress& progress = {});

  // The folders of the active pools that keep their volumes in one, by pool; of those that do not, an empty name.
  const std::map<std::string, std::string>& pool_folders() const { return pool_folders_; }

 private:
  void look_at_domain(const Task& task);
  void look_for_missing_domain(const Task& task);
  void look_at_object(const ObjectKind& kind, const Task& task);
  void look_at_all(const ObjectKind& kind, const std::string& owner, const std::string& operation);
  // Looks at all of the kind that the owner has; their names, unless they could not be listed.
  std::optional<std::vector<std::string>> keep_all(const ObjectKind& kind, const std::string& owner,
                                                   const std::string& operation, const std::string& how);
  void keep_object(const ObjectKind& kind, const std::string& owner, ObjectDocument document,
                   const std::string& operation, const std::string& how);
  void keep_domain(virDomainPtr domain, DomainState state, const Task& task, const std::string& how);
  void note_pool_folder(const ObjectDocument& pool);

  bool is_mine(const Thing& thing) const;
  void see(const Thing& thing) { keeper_.known().see(thing, source_.uri(), look_); }
  Thing thing(std::string_view kind, const std::string& owner, const std::string& id) const;
  void say_undefined(const std::string& uuid, const std::string& name, const std::string& state,
                     const std::string& how);
  void say_gone(const Thing& thing, const std::string& how);
  void say_owned_gone(std::string_view owner_kind, const std::string& owner, const std::string& how);

  const LibvirtSource& source_;
  const bool alone_;
  Keeper& keeper_;
  std::uint64_t look_ = 0;
  std::string defined_;  // of one look: the name of the last thing whose definition was given
  std::map<std::string, std::string> pool_folders_;
};

// Of URIs that are looked at, whether this one is the only one of its driver on its machine.
bool is_alone(const std::string& uri, const std::vector<std::string>& uris);

}  // namespace virtsql
