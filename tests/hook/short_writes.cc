// Preloaded into a program (LD_PRELOAD): makes its reads and writes short, and now and then fails them with EINTR, as
// POSIX allows.
#undef _FORTIFY_SOURCE  // with it, the headers define read() and pread() themselves
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>

namespace {

bool interrupted() {
  static std::atomic<unsigned> calls{0};
  return calls++ % 5 == 4;
}

// Whether the file is in a spool. Only there read() fails with EINTR: libxml2, which reads libvirt's own files, cannot
// handle it.
bool is_of_the_spool(int fd) {
  char path[4096];
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t size = readlink(link.c_str(), path, sizeof path);
  return size > 0 && std::string_view(path, static_cast<std::size_t>(size)).find("/spool/") != std::string_view::npos;
}

// Returns how many of the bytes to read or write: half, but at least one.
std::size_t less(std::size_t size) { return size > 1 ? size / 2 : size; }

ssize_t refuse() {
  errno = EINTR;
  return -1;
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, std::size_t size) {
  return interrupted() ? refuse() : syscall(SYS_write, fd, bytes, less(size));
}

ssize_t read(int fd, void* bytes, std::size_t size) {
  return is_of_the_spool(fd) && interrupted() ? refuse() : syscall(SYS_read, fd, bytes, less(size));
}

ssize_t pwrite64(int fd, const void* bytes, std::size_t size, off64_t offset) {
  return interrupted() ? refuse() : syscall(SYS_pwrite64, fd, bytes, less(size), offset);
}

ssize_t pwrite(int fd, const void* bytes, std::size_t size, off_t offset) { return pwrite64(fd, bytes, size, offset); }

ssize_t pread64(int fd, void* bytes, std::size_t size, off64_t offset) {
  return interrupted() ? refuse() : syscall(SYS_pread64, fd, bytes, less(size), offset);
}

ssize_t pread(int fd, void* bytes, std::size_t size, off_t offset) { return pread64(fd, bytes, size, offset); }

}  // extern "C"
