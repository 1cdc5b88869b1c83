// A file descriptor that closes itself.
#pragma once

#include <unistd.h>

namespace virtsql {

class Fd {
 public:
  // Owns the descriptor; a negative one is none.
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;

  int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace virtsql
