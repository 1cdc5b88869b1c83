#include "hook/folders.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <filesystem>

namespace virtsql {

Folders::Folders(const Config& config) : config_(config), fd_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}

Folders::~Folders() {
  if (fd_ >= 0) ::close(fd_);
}

void Folders::watch() {
  add(config_.spool, "", IN_MOVED_TO);
  for (const char* driver : {"qemu", "lxc", "libxl", "bhyve"}) {
    add(config_.libvirt_folder + "/" + driver, driver, IN_MOVED_TO);
    const std::string snapshots = config_.libvirt_state_folder + "/" + driver + "/snapshot";
    add(snapshots, "", IN_CREATE | IN_MOVED_TO);
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(snapshots, error))
      if (entry.is_directory(error)) add(entry.path(), driver, IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE, true);
  }
}

Folders::Changes Folders::read() {
  Changes changes;
  alignas(inotify_event) std::array<char, 16384> buffer{};
  while (true) {
    const ssize_t got = ::read(fd_, buffer.data(), buffer.size());
    if (got <= 0) return changes;
    for (const char* at = buffer.data(); at < buffer.data() + got;) {
      const auto* event = reinterpret_cast<const inotify_event*>(at);
      at += sizeof(inotify_event) + event->len;
      const auto found = watches_.find(event->wd);
      if (found == watches_.end()) continue;
      if (event->mask & IN_IGNORED) {
        watches_.erase(found);
        continue;
      }
      const std::string name = event->len ? event->name : "";
      const Watch& watch = found->second;
      if (watch.path == config_.spool)
        changes.spool = changes.spool || name.ends_with(".record");
      else if (event->mask & IN_ISDIR)
        changes.folders = true;
      else if (name.ends_with(".xml") && watch.domain_folder)
        changes.domains.emplace(watch.driver, std::filesystem::path(watch.path).filename().string());
      else if (name.ends_with(".xml"))
        changes.domains.emplace(watch.driver, name.substr(0, name.size() - 4));
    }
  }
}

void Folders::add(const std::string& path, const std::string& driver, std::uint32_t mask, bool domain_folder) {
  const int watch = inotify_add_watch(fd_, path.c_str(), mask | IN_ONLYDIR);
  if (watch >= 0) watches_[watch] = {path, driver, domain_folder};
}

}  // namespace virtsql
