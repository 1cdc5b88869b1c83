#include "hook/services.h"

#include <cctype>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "hook/file_text.h"

namespace virtsql {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAdministratorsUnits = "/etc/systemd/system/";

// Returns what the link says; empty if it cannot be read.
std::string target_of(const fs::path& link) {
  std::error_code error;
  return fs::read_symlink(link, error).string();
}

// The entries of the folder; none if it cannot be read.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    out.push_back(entry->path());
  return out;
}

// Finds the lock file that the process has open.
void find_lock(const fs::path& process, RunningDaemon& daemon) {
  constexpr std::string_view kLock = ".virtsqld.lock";
  constexpr std::string_view kDeleted = " (deleted)";
  for (const fs::path& fd : entries_of(process / "fd")) {
    std::string target = target_of(fd);
    const bool is_deleted = target.ends_with(kDeleted);
    if (is_deleted) target.resize(target.size() - kDeleted.size());
    if (!target.ends_with(kLock)) continue;
    daemon.lock = target;
    daemon.is_deleted = is_deleted;
  }
}

// Whether the unit's text names the path: as a word, or behind `=` or the `-` and `+` of systemd.
bool is_named(std::string_view text, std::string_view path) {
  constexpr std::string_view kBefore = " \t\n=-+";
  for (std::size_t at = text.find(path); at != std::string_view::npos; at = text.find(path, at + 1)) {
    const std::string_view behind = text.substr(at + path.size());
    if (at > 0 && kBefore.find(text[at - 1]) != std::string_view::npos &&
        (behind.empty() || std::isspace(static_cast<unsigned char>(behind[0])) != 0))
      return true;
  }
  return false;
}

}  // namespace

std::vector<RunningDaemon> running_daemons() {
  const std::string here = target_of("/proc/self/ns/pid");
  std::vector<RunningDaemon> out;
  for (const fs::path& process : entries_of("/proc")) {
    const std::string number = process.filename().string();
    if (std::isdigit(static_cast<unsigned char>(number[0])) == 0 || text_of_file(process / "comm") != "virtsqld\n")
      continue;
    if (text_of_file(process / "cmdline").find(std::string_view("\0--once\0", 8)) != std::string::npos) continue;
    const std::string there = target_of(process / "ns" / "pid");
    if (!there.empty() && there != here) continue;
    RunningDaemon daemon;
    daemon.process = number;
    find_lock(process, daemon);
    out.push_back(std::move(daemon));
  }
  return out;
}

bool has_service(const std::string& unit) {
  std::error_code error;
  if (!fs::is_directory("/run/systemd/system", error)) return false;
  for (const char* folder :
       {kAdministratorsUnits, "/usr/local/lib/systemd/system/", "/usr/lib/systemd/system/", "/lib/systemd/system/"})
    if (fs::exists(folder + unit, error)) return true;
  return false;
}

bool is_masked(const std::string& unit) { return target_of(kAdministratorsUnits + unit) == "/dev/null"; }

bool may_write(const std::string& unit, const std::string& folder) {
  const std::string own = text_of_file(kAdministratorsUnits + unit);
  if (!own.empty() && own.find("ProtectSystem=") == std::string::npos) return true;
  std::string text = "ReadWritePaths=/var/lib/virtsql\n" + own;
  for (const fs::path& file : entries_of(kAdministratorsUnits + unit + ".d")) text += "\n" + text_of_file(file);
  for (fs::path path = folder; path.has_relative_path(); path = path.parent_path())
    if (is_named(text, path.string())) return true;
  return false;
}

}  // namespace virtsql
