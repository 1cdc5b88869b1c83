#include "hook/fleet/database_watch.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <stdexcept>

#include "core/spool/folder.h"

namespace virtsql {
namespace {

// IN_IGNORED and IN_UNMOUNT come unasked; they are no flags of inotify_add_watch().
constexpr std::uint32_t kGone = IN_MOVE_SELF | IN_DELETE_SELF;

}  // namespace

DatabaseWatch::DatabaseWatch(const std::string& database)
    : name_(database.substr(database.rfind('/') + 1)), descriptor_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  const std::string folder = folder_of(database);
  constexpr std::uint32_t kWritten = IN_MODIFY | IN_CREATE | IN_MOVED_TO;
  if (descriptor_.get() < 0 || inotify_add_watch(descriptor_.get(), folder.c_str(), kWritten | kGone) < 0)
    throw std::runtime_error(folder + " cannot be watched: " + std::strerror(errno));
}

bool DatabaseWatch::read_events() {
  alignas(inotify_event) std::array<char, 16384> buffer{};
  bool found = false;
  const ssize_t size = read(descriptor_.get(), buffer.data(), buffer.size());
  for (ssize_t at = 0; at < size;) {
    const auto* const event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
    // The -shm file does not count, because readers write it too. If the kernel dropped events, they may have been
    // about the database.
    const std::string_view name(event->len > 0 ? event->name : "");
    found = found || name == name_ || name == name_ + "-wal" || (event->mask & IN_Q_OVERFLOW) != 0;
    if ((event->mask & (kGone | IN_IGNORED | IN_UNMOUNT)) != 0) gone_ = found = true;
    at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
  }
  return found;
}

bool DatabaseWatch::wait(std::chrono::milliseconds time) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + time;
  for (;;) {
    if (read_events()) return true;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0) return false;
    pollfd ready{descriptor_.get(), POLLIN, 0};
    (void)poll(&ready, 1, static_cast<int>(std::min<long long>(left, 3600000)));
  }
}

}  // namespace virtsql
