// What virtsql-doctor finds out: whether what is captured gets into the database, and whether it can be read there.
#pragma once

#include <string>
#include <utility>

#include "core/spool/config.h"

namespace virtsql {

class Doctor {
 public:
  // Checks the installation that the configuration describes, which must outlive the doctor. `drainer` is the path of
  // virtsql-drain.
  Doctor(const Config& config, std::string drainer) : config_(config), drainer_(std::move(drainer)) {}

  // Prints one line for each check on stdout: ok, warn or fail, and what to do about it. Returns whether no check
  // failed.
  bool run();

 private:
  void say(const char* verdict, const std::string& text);
  void check(bool good, const std::string& what, const std::string& otherwise);
  void configuration();
  void hook();
  void drop_in(const std::string& hook);
  void spool();
  void room(int folder);
  void waiting(int folder);
  void set_aside();
  void former_spool();
  void database();
  void restore();
  void schema();
  void free_pages();
  void clock();
  void reader();
  void daemon();
  std::pair<std::string, std::string> absence() const;
  void full_sync();

  const Config& config_;
  std::string drainer_;
  bool is_readable_ = false;  // the database
  int failures_ = 0;
};

}  // namespace virtsql
