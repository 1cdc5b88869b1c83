#include "hook/memory.h"

#include <sys/stat.h>
#include <unistd.h>

#include "hook/patience.h"
#include "hook/report.h"

namespace virtsql {

// Gives the database to `work`. Returns false if it could not be read; then it is not tried again before retry().
template <typename Work>
bool Memory::read(Work work) {
  if (unreadable_) return false;
  try {
    // A connection that stays open would keep the writer from truncating the WAL.
    const Connection connection(config_.database, SQLITE_OPEN_READONLY, kLoopPatienceMilliseconds);
    Database database(connection.handle());
    work(database);
    return true;
  } catch (const DatabaseError& error) {
    // If there is no database yet, that is no problem: everything is news.
    if (access(config_.database.c_str(), F_OK) == 0)
      report(LOG_WARNING, config_.database + " cannot be read: " + error.what());
    unreadable_ = true;
    return false;
  }
}

Known& Memory::known() {
  if (!loaded_)
    loaded_ = read([&](Database& database) {
      check(database);
      known_.load(database);
    });
  return known_;
}

void Memory::read_identity(Database& database, Identity& identity) {
  struct stat file {};
  if (stat(file_of(database.handle()).c_str(), &file) == 0) {
    identity.device = file.st_dev;
    identity.inode = file.st_ino;
  }
  Statement newest(database.handle(), "SELECT seq, id FROM captures ORDER BY seq DESC LIMIT 1");
  const bool any = newest.step();
  identity.newest = any ? newest.get_int(0) : 0;
  identity.time = any ? newest.get_int(1) : 0;
}

// Whether the database still has the capture that was the newest at the last check.
bool Memory::has_newest(Database& database) const {
  if (identity_.newest == 0) return true;
  Statement statement(database.handle(), "SELECT 1 FROM captures WHERE seq = ?1 AND id = ?2");
  statement.bind_int(1, identity_.newest);
  statement.bind_int(2, identity_.time);
  return statement.step();
}

void Memory::check(Database& database) {
  Identity now;
  read_identity(database, now);
  const bool same =
      identity_.inode == 0 || (now.device == identity_.device && now.inode == identity_.inode && has_newest(database));
  if (!same) clear();
  if (loaded_)
    for (Thing& thing : known_.add_hook_events(database, identity_.newest)) to_ask_.push_back(std::move(thing));
  identity_ = now;
}

void Memory::check() {
  struct stat file {};
  if (stat(config_.database.c_str(), &file) != 0) {
    if (identity_.inode != 0) clear();
    return;
  }
  // A database that cannot be read just now is not forgotten: it may turn out to be the same.
  (void)read([&](Database& database) { check(database); });
}

bool Memory::file_changed() const { return file_state(config_.database) != noted_; }

void Memory::note_file() {
  const FileState now = file_state(config_.database);
  if (now.inode == identity_.inode && now.device == identity_.device) noted_ = now;
}

void Memory::clear() {
  report(LOG_NOTICE, config_.database + " is another one than before: everything is looked at");
  known_.clear();
  identity_ = {};
  loaded_ = false;
  cleared_ = true;
}

}  // namespace virtsql
