#include "hook/folders.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "core/spool/drivers.h"
#include "core/spool/kinds.h"

namespace virtsql {
namespace {

// libvirt writes a file beside its name, then renames or links it into place. A file that somebody else writes is whole
// when it is closed.
constexpr std::uint32_t kMask = IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR;

// What a place is for in which no thing of libvirt's is.
constexpr const char* kSpool = "spool";
constexpr const char* kDatabase = "database";

}  // namespace

Folders::Folders(const Config& config) : fd_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (fd_.get() < 0) note_problem("libvirt's folders", errno);
  const std::string& definitions = config.libvirt_folder;
  const std::string& kept = config.libvirt_state_folder;
  const std::string& running = config.libvirt_run_folder;
  add_place(config.spool, {}, ".record", {"", kSpool, "", "", ""});
  const std::filesystem::path database = std::filesystem::weakly_canonical(config.database);
  add_place(database.parent_path(), {}, database.filename(), {"", kDatabase, "", "", ""});
  for (const Driver& each : kDrivers) {
    const std::string driver = each.name;
    add_place(definitions, {driver}, ".xml", {driver, kinds::kDomain, "definition", "", ""});
    add_place(definitions, {driver, "autostart"}, ".xml", {driver, kinds::kDomain, "autostart", "", ""});
    add_place(running, {driver}, ".xml", {driver, kinds::kDomain, "live", "", ""});
    add_place(kept, {driver, "save"}, ".save", {driver, kinds::kDomain, "managed-save", "", ""});
    add_place(kept, {driver, "snapshot", "*"}, ".xml", {driver, kinds::kSnapshot, "", "", ""});
    add_place(kept, {driver, "checkpoint", "*"}, ".xml", {driver, kinds::kCheckpoint, "", "", ""});
  }
  add_place(definitions, {"qemu", "networks"}, ".xml", {"", kinds::kNetwork, "", "", ""});
  add_place(running, {"network"}, ".xml", {"", kinds::kNetwork, "", "", ""});
  add_place(running, {"network", "*", "ports"}, ".xml", {"", kinds::kNetworkPort, "", "", ""});
  for (const std::string& folder : {definitions, running})
    add_place(folder, {"storage"}, ".xml", {"", kinds::kPool, "", "", ""});
  add_place(definitions, {"nwfilter"}, ".xml", {"", kinds::kFilter, "", "", ""});
  add_place(running, {"nwfilter-binding"}, ".xml", {"", kinds::kFilterBinding, "", "", ""});
  add_place(definitions, {"secrets"}, ".xml", {"", kinds::kSecret, "", "", ""});
}

void Folders::note_problem(const std::string& what, int error) {
  if (had_problem_ || error == ENOENT || error == ENOTDIR || error == EACCES) return;
  had_problem_ = true;
  problem_ = what + " cannot be watched: " + std::strerror(error) +
             "; what raises no event is captured by the next full sync only (raise fs.inotify.max_user_watches and "
             "fs.inotify.max_user_instances)";
}

void Folders::add_place(std::string root, std::vector<std::string> folders, std::string ending, Signal says) {
  places_.push_back({std::move(root), std::move(folders), std::move(ending), std::move(says)});
}

void Folders::watch() {
  for (std::size_t i = 0; i < places_.size(); ++i) add(places_[i].root, {i, 0, ""}, nullptr);
}

void Folders::watch_pool(const std::string& driver, const std::string& pool, const std::string& folder) {
  const auto found = pools_.find({driver, pool});
  if (found != pools_.end()) {
    Place& place = places_[found->second];
    if (place.root == folder) return;
    place.root = folder;
  } else {
    pools_[{driver, pool}] = places_.size();
    add_place(folder, {}, "", {driver, kinds::kVolume, "", pool, ""});
  }
  if (!folder.empty()) add(folder, {pools_[{driver, pool}], 0, ""}, nullptr);
}

// Watches the folder for the role, and the folders in it that lead to the place's files. `changes`, if given, gets the
// files that are there already.
void Folders::add(const std::string& path, const Role& role, Changes* changes) {
  const int number = inotify_add_watch(fd_.get(), path.c_str(), kMask);
  if (number < 0) return note_problem(path, errno);
  Watch& watch = watches_[number];
  watch.path = path;
  const bool is_new = watch.roles.insert(role).second;
  const Place& place = places_[role.place];
  if (role.depth < place.folders.size() && place.folders[role.depth] != "*")
    return enter(path, role, place.folders[role.depth], changes);
  if (role.depth == place.folders.size() && (!changes || !is_new)) return;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    if (role.depth == place.folders.size())
      take_file(path, role, entry.path().filename(), false, *changes);
    else if (entry.is_directory(error))
      enter(path, role, entry.path().filename(), changes);
  }
}

// Watches the folder in `path` if it is the next one on the way to the place's files.
void Folders::enter(const std::string& path, const Role& role, const std::string& folder, Changes* changes) {
  const Place& place = places_[role.place];
  if (role.depth == place.folders.size()) return;
  const std::string& next = place.folders[role.depth];
  if (next != "*" && next != folder) return;
  add(path + "/" + folder, {role.place, role.depth + 1, next == "*" ? folder : role.owner}, changes);
}

// Adds to `changes` what the file says. `went`: the file is not there any more.
void Folders::take_file(const std::string& folder, const Role& role, const std::string& name, bool went,
                        Changes& changes) const {
  const Place& place = places_[role.place];
  if (role.depth != place.folders.size() || !name.ends_with(place.ending)) return;
  if (place.says.kind == kSpool) {
    changes.spool = changes.spool || !went;
  } else if (place.says.kind == kDatabase) {
    changes.database = changes.database || name == place.ending;
  } else if (place.says.kind == kinds::kVolume) {
    // If the pool has another folder by now, files in this one are not its volumes.
    if (place.root != folder) return;
    Signal signal = place.says;
    signal.name = folder + "/" + name;
    changes.signals.insert(std::move(signal));
  } else {
    Signal signal = place.says;
    signal.owner = role.owner;
    signal.name = name.substr(0, name.size() - place.ending.size());
    changes.signals.insert(std::move(signal));
  }
}

Folders::Changes Folders::read() {
  Changes changes;
  alignas(inotify_event) std::array<char, 16384> buffer{};
  while (true) {
    const ssize_t got = ::read(fd_.get(), buffer.data(), buffer.size());
    if (got <= 0) return changes;
    for (const char* at = buffer.data(); at < buffer.data() + got;) {
      const auto* event = reinterpret_cast<const inotify_event*>(at);
      at += sizeof(inotify_event) + event->len;
      if (event->mask & IN_Q_OVERFLOW) changes.lost = true;
      const auto found = watches_.find(event->wd);
      if (found == watches_.end()) continue;
      if (event->mask & IN_IGNORED) {
        watches_.erase(found);
        continue;
      }
      if (event->len == 0) continue;
      const Watch watch = found->second;
      for (const Role& role : watch.roles) {
        if (!(event->mask & IN_ISDIR))
          take_file(watch.path, role, event->name, (event->mask & (IN_DELETE | IN_MOVED_FROM)) != 0, changes);
        else if (event->mask & (IN_CREATE | IN_MOVED_TO))
          enter(watch.path, role, event->name, &changes);
      }
    }
  }
}

}  // namespace virtsql
