// The records that wait in the spool while it is drained, and what becomes of those that cannot be stored.
//
// A drain tries each record once. One that can never be stored is set aside with the reason; one that could not be read
// or set aside now is left for the next drain. Either way it holds up no other.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace virtsql {

class Waiting {
 public:
  // `folder`: the spool, as spool::open_folder() gives it; it must stay open.
  explicit Waiting(int folder) : folder_(folder) {}

  int folder() const { return folder_; }

  // The names of the records that were not given up, oldest first.
  std::vector<std::string> list() const;

  // Gives up a record that could not be read now: it stays in the spool, and the next drain tries it again.
  void leave(const std::string& name, const std::string& reason);

  // Gives up a record that can never be stored: moves it to the spool's folder `bad`, with the reason. If that fails,
  // the record is left.
  void set_aside(const std::string& name, const std::string& reason);

  // How many of the records that were given up are still in the spool, and how many were set aside.
  std::size_t left() const { return left_; }
  std::size_t aside() const { return aside_; }
  // Why the first of those that are left is left; empty if none is.
  const std::string& why_left() const { return why_left_; }

 private:
  void count_left(const std::string& why);

  int folder_;
  std::set<std::string> given_up_;
  std::size_t left_ = 0;
  std::size_t aside_ = 0;
  std::string why_left_;
};

}  // namespace virtsql
