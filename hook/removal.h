// Removes records that are stored from the spool, while the next ones are being stored.
//
// A file system makes whoever removes a file wait, but not those who remove others meanwhile: many records are removed
// by several threads, few by the caller.
#pragma once

#include <cstddef>
#include <future>
#include <string>
#include <vector>

namespace virtsql {

class Removal {
 public:
  // `folder`: the spool; it must stay open. Destruction waits for what was started.
  explicit Removal(int folder) : folder_(folder) {}

  // Waits for those that were given before, and starts to remove these. Throws as wait() does.
  void start(std::vector<std::string> names);

  // Until all are removed. Throws std::runtime_error if one stays.
  void wait();

 private:
  void remove_every(std::size_t step, std::size_t first) const;

  int folder_;
  std::vector<std::string> names_;
  std::vector<std::future<void>> tasks_;
};

}  // namespace virtsql
