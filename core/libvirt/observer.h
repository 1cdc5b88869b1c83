// Looks at what one libvirt has, and makes records of what is there and of what is gone. virtsqld and libvirt_sync()
// both use it, to look at the one thing that an event is about or at everything.
//
//   Observer observer(source, alone, keeper);
//   observer.sync();                               // everything
//   observer.observe({"domain", "", uuid, "define"});  // what one event is about
//
// If an event changes a definition or the state of a domain, the record that the event is about is kept even if it says
// what was captured last (Task::only_news is false). Whatever else a look sees is kept only if it is news. A look costs
// no more than its one thing. Only a sync looks at everything, and finds out what went without an event.
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

// Something to look at.
struct Task {
  std::string kind;       // domain, or as object_kinds() has it
  std::string owner;      // what it belongs to: a domain's UUID or name, a network's or a pool's name
  std::string id;         // a domain's UUID or name, else the name; empty: all things of the kind that the owner has
  std::string operation;  // as captures.operation has it: the hook's word, if the hook has one
  std::string sub_operation;
  bool only_news = true;
  bool definition = true;  // of a domain: ask for its definition
  bool live = true;        // of a domain: ask for the document of the running domain
  std::chrono::steady_clock::time_point noted = std::chrono::steady_clock::now();
};

// Keeps the records that an observer makes, and knows what was kept before.
class Keeper {
 public:
  virtual ~Keeper() = default;
  // Keeps the record; if `only_news`, only if it is news. Returns whether it was kept.
  virtual bool keep(Capture record, bool only_news) = 0;
  virtual Known& known() = 0;
};

class Observer {
 public:
  using Progress = std::function<void(std::size_t number, std::size_t count, const std::string& name)>;

  // `alone`: no other libvirt of the same driver is looked at on the source's host, so a known thing of that driver and
  // host without a URI is this libvirt's. The source and the keeper must outlive the observer.
  Observer(const LibvirtSource& source, bool alone, Keeper& keeper) : source_(source), alone_(alone), keeper_(keeper) {}

  // Looks at one thing. Throws LibvirtError if libvirt cannot be asked.
  void observe(const Task& task);
  // Looks at everything: keeps what is there, and says of known things that are not there that they are gone. Throws
  // LibvirtError; what was found until then is kept.
  void sync(const Progress& progress = {});

  // Returns the folder of each pool that was looked at, by the pool's name. Empty if the pool is not active, is gone,
  // or does not keep its volumes as files of a folder.
  const std::map<std::string, std::string>& pool_folders() const { return pool_folders_; }

 private:
  void observe_domain(const Task& task);
  void observe_missing_domain(const Task& task);
  void observe_object(const ObjectKind& kind, const Task& task);
  void observe_all(const ObjectKind& kind, const std::string& owner, const std::string& operation);
  // Looks at all things of the kind that the owner has. Returns their names; nothing if they could not be listed.
  std::optional<std::vector<std::string>> keep_all(const ObjectKind& kind, const std::string& owner,
                                                   const std::string& operation, const std::string& how);
  void say_stopped(const ObjectKind& kind, const std::string& owner, const std::string& name, const std::string& how);
  void keep_object(const ObjectKind& kind, const std::string& owner, ObjectDocument document,
                   const std::string& operation, const std::string& how);
  void keep_domain(virDomainPtr domain, DomainState state, const Task& task, const std::string& how);
  void note_pool_folder(const ObjectDocument& pool);

  bool is_mine(const Thing& thing) const;
  void mark_present(const Thing& thing) { keeper_.known().mark_present(thing, source_.uri(), look_); }
  Thing thing(std::string_view kind, const std::string& owner, const std::string& id) const;
  void say_undefined(const std::string& uuid, const std::string& name, const std::string& how);
  void say_gone(const Thing& thing, const std::string& how);
  void say_owned_gone(std::string_view owner_kind, const std::string& owner, const std::string& how);

  const LibvirtSource& source_;
  const bool alone_;
  Keeper& keeper_;
  std::uint64_t look_ = 0;
  std::string defined_;  // the last thing whose definition libvirt gave in this look, see keep_object()
  std::map<std::string, std::string> pool_folders_;
};

// Whether no other URI in `uris` is of the same driver and machine as `uri`.
bool is_alone(const std::string& uri, const std::vector<std::string>& uris);

}  // namespace virtsql
