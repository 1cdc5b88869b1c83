#include "core/store/lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace virtsql {

FileLock::FileLock(const std::string& path, Wait wait)
    : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  if (file_.get() < 0) throw std::runtime_error(path + ": " + std::strerror(errno));
  while (flock(file_.get(), wait == Wait::kYes ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) return;
    throw std::runtime_error(path + ": " + std::strerror(errno));
  }
  held_ = true;
}

}  // namespace virtsql
