// Removes stored records from the spool while the next ones are being stored.
//
// Removing a file makes the thread wait, but other threads can remove other files meanwhile. So several threads remove
// many records, and the caller alone removes few.
#pragma once

#include <cstddef>
#include <future>
#include <string>
#include <vector>

namespace virtsql {

class Removal {
 public:
  // `folder`: the spool; it must stay open. The destructor waits for removals that were started.
  explicit Removal(int folder) : folder_(folder) {}

  // Waits until the records of the call before are removed, then starts to remove these. Throws as wait() does.
  void start(std::vector<std::string> names);

  // Waits until all are removed. Throws std::runtime_error if one could not be removed.
  void wait();

 private:
  void remove_every(std::size_t step, std::size_t first) const;

  int folder_;
  std::vector<std::string> names_;
  std::vector<std::future<void>> tasks_;
};

}  // namespace virtsql
