#include "core/libvirt/observer.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/spool/operations.h"
#include "core/spool/spool.h"
#include "core/spool/states.h"
#include "core/xml/xml.h"

namespace virtsql {
namespace {

using kinds::kBackup;
using kinds::kCheckpoint;
using kinds::kDomain;
using kinds::kInterface;
using kinds::kNetwork;
using kinds::kNodeDevice;
using kinds::kPool;
using kinds::kSnapshot;
using operations::guest_has_ended;
using operations::kDefine;
using operations::kStopped;
using operations::kUndefine;

// How a record came to be: the words of captures.source.
constexpr char kEvent[] = "event";
constexpr char kSync[] = "sync";

// Whether an event is about a record of this config: a `define` about the definition, any other operation about the
// running domain.
bool is_about(const Task& task, const std::string& config) {
  return config == (task.operation == kDefine ? "persistent" : "live");
}

// The driver in the URI and, if the URI names another machine, the machine: qemu, qemu+ssh://host.
std::string place_of(const std::string& uri) {
  const std::size_t colon = uri.find("://");
  const std::size_t slash = colon == std::string::npos ? colon : uri.find('/', colon + 3);
  const bool is_local = colon == std::string::npos || slash == colon + 3;
  return uri.substr(0, is_local ? std::min(uri.find('+'), colon) : slash);
}

}  // namespace

bool is_alone(const std::string& uri, const std::vector<std::string>& uris) {
  return std::none_of(uris.begin(), uris.end(),
                      [&](const std::string& other) { return other != uri && place_of(other) == place_of(uri); });
}

void Observer::observe(const Task& task) {
  if (task.kind == kDomain) return observe_domain(task);
  if (const ObjectKind* const kind = find_object_kind(task.kind)) observe_object(*kind, task);
}

// ---- domains

void Observer::observe_domain(const Task& task) {
  const DomainRef domain = source_.find(task.id);
  if (!domain) return observe_missing_domain(task);
  DomainState state;
  LibvirtSource::read_state(domain.get(), state,
                            {true, true, task.live && !operations::may_end_document(task.operation), task.definition});
  // A domain that neither runs nor has a definition is about to disappear, so it counts as missing.
  if (!state.active && !state.persistent) return observe_missing_domain(task);
  keep_domain(domain.get(), std::move(state), task, kEvent);
}

// Keeps what `state` has of a domain that libvirt has.
void Observer::keep_domain(virDomainPtr domain, DomainState state, const Task& task, const std::string& how) {
  Known& known = keeper_.known();
  Thing thing = this->thing(kDomain, "", state.uuid);
  thing.name = state.name;
  const Thing* const before = known.find(thing);
  const bool was_known = before != nullptr;
  const bool was_defined = before && !before->persistent_sha256.empty();
  mark_present(thing);
  Capture ended = source_.record_of_state(state, task.operation, how);
  bool said = false;
  if (task.operation == kUndefine || (was_defined && !state.persistent)) {
    // The domain itself goes on without a definition until it stops. If that was known, only another state is news.
    Capture undefined = source_.record_of_state(state, kUndefine, how);
    undefined.config = "persistent";
    undefined.persistent = "0";
    (void)keeper_.keep(std::move(undefined), was_known && !was_defined);
    said = true;
  }
  if (guest_has_ended(task.operation)) {
    ended.config = "live";
    ended.sub_operation = task.sub_operation;
    // The domain may run again by now, but the event says that it stopped.
    if (task.operation == kStopped && state.active) ended.state = states::kShutOff;
    said = keeper_.keep(ended, false);
  }
  const bool is_active = state.active;
  Capture of_state = source_.record_of_state(state, task.operation, how);
  source_.record_domain(std::move(state), task.operation, task.sub_operation, how, [&](Capture record) {
    const bool only_news = task.only_news || !is_about(task, record.config);
    said = keeper_.keep(std::move(record), only_news) || said;
  });
  if (!said || task.operation == kStopped) (void)keeper_.keep(std::move(of_state), true);
  const ObjectKind* const backup = find_object_kind(kBackup);
  if (backup && task.live && (is_active || known.find(this->thing(kBackup, uuid_of(domain), uuid_of(domain)))))
    observe_all(*backup, uuid_of(domain), task.operation);
}

// Says what became of a domain that the task names but libvirt does not have.
void Observer::observe_missing_domain(const Task& task) {
  Known& known = keeper_.known();
  if (guest_has_ended(task.operation)) {
    const Thing* const before = known.find(thing(kDomain, "", task.id));
    // If the domain had a definition it is shut off; an undefine after that has an event of its own. A transient domain
    // is gone.
    const bool defined = before && !before->persistent_sha256.empty();
    const bool was_gone = before && before->gone;
    const std::string name = before ? before->name : "";
    Capture record = source_.record(task.operation, kEvent);
    record.kind = kDomain;
    record.uuid = task.id;
    record.name = name;
    record.config = "live";
    // Said here, because libvirt cannot be asked about a VM that it no longer has.
    record.state = defined ? states::kShutOff : states::kUndefined;
    record.persistent = defined ? "1" : "0";
    (void)keeper_.keep(std::move(record), false);
    if (!defined && !was_gone) say_undefined(task.id, name, kEvent);
    return;
  }
  if (task.operation == kUndefine && !known.find(thing(kDomain, "", task.id)))
    return say_undefined(task.id, "", kEvent);
  for (const Thing& each : known.things([&](const Thing& thing) {
         return thing.kind == kDomain && is_mine(thing) && (thing.id == task.id || thing.name == task.id);
       })) {
    // The task may name the domain by a name that it no longer has. Its UUID tells whether it was renamed or is gone.
    if (each.id != task.id && source_.find(each.id)) {
      Task renamed = task;
      renamed.id = each.id;
      observe_domain(renamed);
    } else {
      say_undefined(each.id, each.name, kEvent);
    }
  }
}

// Keeps a record that libvirt has the domain no more, and that what belongs to it is gone too.
void Observer::say_undefined(const std::string& uuid, const std::string& name, const std::string& how) {
  Capture record = source_.record(kUndefine, how);
  record.kind = kDomain;
  record.uuid = uuid;
  record.name = name;
  record.config = "persistent";
  record.state = states::kUndefined;
  record.persistent = "0";
  (void)keeper_.keep(std::move(record), false);
  say_owned_gone(kDomain, uuid, how);
}

// ---- everything else

void Observer::observe_object(const ObjectKind& kind, const Task& task) {
  std::string owner = task.owner;
  if (kind.owner == kDomain) {
    // The owner may be given by name, as libvirt names folders of snapshots after the domain. If the domain is gone,
    // say_undefined() has said already that what belongs to it is gone.
    const DomainRef domain = source_.find(task.owner);
    if (!domain) return;
    owner = uuid_of(domain.get());
  }
  if (task.id.empty()) return observe_all(kind, owner, task.operation);
  defined_.clear();
  const bool is_there = kind.one(source_.connection(), owner, task.id, [&](ObjectDocument document) {
    keep_object(kind, owner, std::move(document), task.operation, kEvent);
  });
  const Thing thing = this->thing(kind.name, owner, task.id);
  if (is_there) {
    mark_present(thing);
    for (const ObjectKind& owned : object_kinds())
      if (owned.owner == kind.name) observe_all(owned, task.id, task.operation);
  } else if (const Thing* const known = keeper_.known().find(thing); known && !known->gone && is_mine(*known)) {
    // libvirt finds no volume of a pool that has stopped meanwhile, and cannot list them either: they are not gone.
    const bool is_known_to_be_gone = kind.owner.empty() || kind.all(source_.connection(), owner, {}).has_value();
    if (is_known_to_be_gone) say_gone(Thing(*known), kEvent);
  }
  // A volume changes how much room its pool has, so the pool's document has changed too.
  const ObjectKind* const pools = find_object_kind(kPool);
  if (pools && kind.owner == kPool)
    (void)pools->one(source_.connection(), "", owner, [&](ObjectDocument document) {
      keep_object(*pools, "", std::move(document), task.operation, kEvent);
    });
  // A network device of the host may be a host interface too, which has no events of its own.
  const ObjectKind* const interfaces = find_object_kind(kInterface);
  if (interfaces && kind.name == kNodeDevice && task.id.starts_with("net_")) observe_all(*interfaces, "", kInterface);
}

void Observer::observe_all(const ObjectKind& kind, const std::string& owner, const std::string& operation) {
  const auto names = keep_all(kind, owner, operation, kEvent);
  if (!names) return;
  const std::set<std::string> there(names->begin(), names->end());
  for (const Thing& each : keeper_.known().things([&](const Thing& thing) {
         return thing.kind == kind.name && is_mine(thing) && thing.owner == owner && !there.contains(thing.id);
       }))
    say_gone(each, kEvent);
}

std::optional<std::vector<std::string>> Observer::keep_all(const ObjectKind& kind, const std::string& owner,
                                                           const std::string& operation, const std::string& how) {
  defined_.clear();
  auto names = kind.all(source_.connection(), owner, [&](ObjectDocument document) {
    keep_object(kind, owner, std::move(document), operation, how);
  });
  if (names)
    for (const std::string& name : *names) mark_present(thing(kind.name, owner, name));
  return names;
}

void Observer::keep_object(const ObjectKind& kind, const std::string& owner, ObjectDocument document,
                           const std::string& operation, const std::string& how) {
  if (kind.name == kPool) note_pool_folder(document);
  const Thing* const known = keeper_.known().find(thing(kind.name, owner, document.name));
  // libvirt's definition of a thing comes before what runs. If none came though one was known, it was undefined.
  if (document.config == "persistent") {
    defined_ = document.name;
    if (known && !known->live_sha256.empty() && !document.active) say_stopped(kind, owner, document.name, how);
  } else if (known && !known->persistent_sha256.empty() && defined_ != document.name) {
    Capture end = source_.record_of_end(kind, owner, document.name, how);
    end.state = states::kStillActive;
    (void)keeper_.keep(std::move(end), false);
  }
  (void)keeper_.keep(source_.record_of(kind, owner, std::move(document), operation, how), true);
}

// Notes that a thing which ran no longer runs. That a network stopped is known from its hook, unless libvirt did not
// see it: the host lost its power.
void Observer::say_stopped(const ObjectKind& kind, const std::string& owner, const std::string& name,
                           const std::string& how) {
  if (kind.name == kNetwork && how != kSync) return;
  (void)keeper_.keep(source_.record_of(kind, owner, {name, "live", ""}, kStopped, how), false);
}

// Notes the folder of an active pool: the files in it are the pool's volumes.
void Observer::note_pool_folder(const ObjectDocument& pool) {
  std::string& folder = pool_folders_[pool.name];
  folder.clear();
  if (!pool.active) return;
  try {
    const xml::Document document = xml::Document::parse(pool.xml);
    const std::string_view type = document.root()->attribute("type");
    const xml::Node* const path = child(child(document.root(), "target"), "path");
    if ((type == "dir" || type == "fs" || type == "netfs") && path && path->first_child)
      folder = path->first_child->text;
  } catch (const xml::Error&) {
    // The document's capture will say what is wrong with it.
  }
}

void Observer::say_gone(const Thing& thing, const std::string& how) {
  const ObjectKind* const kind = find_object_kind(thing.kind);
  if (!kind) return;
  (void)keeper_.keep(source_.record_of_end(*kind, thing.owner, thing.id, how), false);
  if (thing.kind == kPool) pool_folders_[thing.id].clear();
  say_owned_gone(thing.kind, thing.id, how);
}

void Observer::say_owned_gone(std::string_view owner_kind, const std::string& owner, const std::string& how) {
  for (const Thing& each : keeper_.known().things([&](const Thing& thing) {
         const ObjectKind* const kind = find_object_kind(thing.kind);
         return kind && kind->owner == owner_kind && thing.owner == owner && is_mine(thing);
       }))
    say_gone(each, how);
}

Thing Observer::thing(std::string_view kind, const std::string& owner, const std::string& id) const {
  Thing out;
  out.host = source_.host();
  out.driver = source_.driver();
  out.kind = kind;
  out.owner = owner;
  out.id = out.name = id;
  return out;
}

// Whether this libvirt is the one that can say that the thing is gone.
bool Observer::is_mine(const Thing& thing) const {
  return thing.host == source_.host() && (thing.driver == source_.driver() || thing.driver == kNetworkHook) &&
         (thing.uri == source_.uri() || (thing.uri.empty() && alone_));
}

// ---- everything

void Observer::sync(const Progress& progress) {
  look_ = keeper_.known().begin_look();
  // For each kind, the owners to ask for, and those whose things could not be listed.
  std::map<std::string_view, std::vector<std::string>> owners = {{"", {""}}};
  std::map<std::string_view, std::set<std::string>> unlisted;
  const auto observe_kind = [&](const ObjectKind& kind, const std::string& owner) {
    if (const auto names = keep_all(kind, owner, kSync, kSync))
      owners[kind.name].insert(owners[kind.name].end(), names->begin(), names->end());
    else
      unlisted[kind.name].insert(owner);
  };
  // Whether libvirt may have the thing although it did not list it: what the thing belongs to could not be asked for
  // its things or was not listed itself, or it is not known to which of several the thing belongs.
  const auto is_open = [&](const ObjectKind& kind, const Thing& thing) {
    const std::set<std::string>& failed = unlisted[kind.name];
    return !unlisted[kind.owner].empty() || failed.contains(thing.owner) || (thing.owner.empty() && !failed.empty());
  };
  // Everything else comes before the domains, so that what the domains name is known when they come.
  for (const ObjectKind& kind : object_kinds())
    if (kind.owner != kDomain)
      for (const std::string& owner : owners[kind.owner]) observe_kind(kind, owner);
  std::vector<SurveyedDomain> domains = source_.survey();
  std::size_t number = 0;
  for (SurveyedDomain& surveyed : domains) {
    if (progress) progress(++number, domains.size(), surveyed.state.name);
    LibvirtSource::read_state(surveyed.domain.get(), surveyed.state, {false, false, true, true});
    const std::string uuid = surveyed.state.uuid;
    Task task;
    task.kind = kDomain;
    task.operation = kSync;
    keep_domain(surveyed.domain.get(), std::move(surveyed.state), task, kSync);
    for (const ObjectKind& kind : object_kinds()) {
      const bool has =
          kind.name == kSnapshot ? surveyed.has_snapshots : kind.name == kCheckpoint && surveyed.has_checkpoints;
      if (kind.owner == kDomain && has) observe_kind(kind, uuid);
    }
  }
  // Known things that libvirt would have listed if it had them are gone.
  for (const Thing& each : keeper_.known().things([&](const Thing& thing) {
         if (!is_mine(thing) || thing.look == look_) return false;
         const ObjectKind* const kind = find_object_kind(thing.kind);
         return kind ? !is_open(*kind, thing) : thing.kind == kDomain;
       })) {
    // What belongs to a thing that is gone was said to be gone together with it.
    if (const Thing* const now = keeper_.known().find(each); now && now->gone) continue;
    if (each.kind == kDomain)
      say_undefined(each.id, each.name, kSync);
    else
      say_gone(each, kSync);
  }
  (void)keeper_.keep(source_.record(operations::kSeen, kSync), false);
}

}  // namespace virtsql
