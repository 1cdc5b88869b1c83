#include "core/store/database_copy.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/spool/fd.h"

namespace virtsql {
namespace {

constexpr std::size_t kCopiesKept = 2;

// What the name of a copy ends with while it is being made. Nobody names a backup of his own like that, so what a
// killed migration left can be told by its name.
constexpr std::string_view kUnfinished = ".unfinished-XXXXXX";

// Returns a name that no file has yet: <database>.YYYYmmddTHHMMSS-N.bak, in UTC.
std::string copy_name(const std::string& path) {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char stamp[32];
  const std::string made(stamp, std::strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%S", &utc));
  for (int n = 1;; ++n) {
    std::string name = path + "." + made + "-" + std::to_string(n) + ".bak";
    if (!std::filesystem::exists(name)) return name;
  }
}

bool is_copy_name(std::string_view name, std::string_view database) {
  if (!name.starts_with(database) || !name.ends_with(".bak")) return false;
  const std::string_view stamp = name.substr(database.size());
  return stamp.size() > 20 && stamp.starts_with('.') && stamp[9] == 'T' && stamp[16] == '-';
}

// Whether the copy of name `a` was made before that of name `b`. REQUIRES: is_copy_name() of both, of one database.
bool is_older(std::string_view a, std::string_view b, std::string_view database) {
  const std::size_t number = database.size() + std::string_view(".YYYYmmddTHHMMSS-").size();
  const auto order = [&](std::string_view name) {
    // N has no leading zeros, so the longer one is the later one.
    return std::tuple(name.substr(0, number), name.size(), name);
  };
  return order(a) < order(b);
}

std::filesystem::path folder_of(const std::string& path) { return std::filesystem::absolute(path).parent_path(); }

// Whether a file is the unfinished copy of the database, or what SQLite keeps beside it.
bool is_unfinished(std::string_view name, std::string_view database) {
  for (const std::string_view suffix : {"-journal", "-wal", "-shm"})
    if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
  const std::string_view start = kUnfinished.substr(0, kUnfinished.find('X'));
  return name.size() == database.size() + kUnfinished.size() && name.starts_with(database) &&
         name.substr(database.size()).starts_with(start);
}

// Removes what migrations of the database left that were killed. REQUIRES: the caller holds the writer's lock.
void remove_unfinished(const std::string& path) {
  const std::string name = std::filesystem::path(path).filename().string();
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder_of(path)))
    if (is_unfinished(entry.path().filename().string(), name)) found.push_back(entry.path());
  std::error_code ignored;  // a migration that can make its own copy needs no tidy folder
  for (const std::filesystem::path& file : found) std::filesystem::remove(file, ignored);
}

void sync(const std::string& path, int flags) {
  const Fd fd(::open(path.c_str(), flags | O_CLOEXEC));
  if (fd.get() < 0 || ::fsync(fd.get()) != 0) throw std::runtime_error(path + ": " + std::strerror(errno));
}

}  // namespace

DatabaseCopy::DatabaseCopy(Database& database, const std::string& path)
    : path_(path), file_(path + std::string(kUnfinished)) {
  remove_unfinished(path);
  // VACUUM INTO accepts a file that exists if it is empty.
  const int fd = ::mkostemp(file_.data(), O_CLOEXEC);
  if (fd < 0) throw std::runtime_error(file_ + ": " + std::strerror(errno));
  ::close(fd);
  try {
    fill(database);
  } catch (...) {
    remove_database(file_);
    throw;
  }
}

DatabaseCopy::~DatabaseCopy() {
  if (!kept_) remove_database(file_);
}

void DatabaseCopy::keep() {
  std::filesystem::permissions(file_, std::filesystem::status(path_).permissions());
  sync(file_, O_RDWR);
  std::filesystem::rename(file_, copy_name(path_));
  kept_ = true;
  const std::filesystem::path folder = folder_of(path_);
  sync(folder.string(), O_RDONLY | O_DIRECTORY);
  const std::string name = std::filesystem::path(path_).filename().string();
  std::vector<std::string> copies;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (std::string file = entry.path().filename().string(); is_copy_name(file, name))
      copies.push_back(std::move(file));
  std::sort(copies.begin(), copies.end(),
            [&](const std::string& a, const std::string& b) { return is_older(a, b, name); });
  for (std::size_t i = 0; i + kCopiesKept < copies.size(); ++i) std::filesystem::remove(folder / copies[i]);
}

void DatabaseCopy::fill(Database& database) {
  Statement vacuum(database.handle(), "VACUUM main INTO ?1");
  vacuum.bind_text(1, file_);
  vacuum.run();
  const Connection connection(file_, SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
  Database copy(connection.handle());
  Statement check(copy.handle(), "PRAGMA integrity_check(1)");
  check.step();
  if (check.get_text(0) != "ok")
    throw std::runtime_error("the database is damaged and is not migrated: " + std::string(check.get_text(0)));
}

}  // namespace virtsql
