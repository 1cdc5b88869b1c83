#include "core/store/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace virtsql {

FileLock::FileLock(const std::string& path, Wait wait) {
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd_ < 0) throw std::runtime_error(path + ": " + std::strerror(errno));
  while (flock(fd_, wait == Wait::kYes ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    const int error = errno;
    if (error == EWOULDBLOCK) return;
    ::close(fd_);
    throw std::runtime_error(path + ": " + std::strerror(error));
  }
  held_ = true;
}

FileLock::~FileLock() { ::close(fd_); }

}  // namespace virtsql
