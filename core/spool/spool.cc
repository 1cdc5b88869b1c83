#include "core/spool/spool.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <system_error>

#include "core/spool/fd.h"
#include "core/spool/folder.h"
#include "core/spool/host_name.h"

namespace virtsql::spool {
namespace {

constexpr std::string_view kMagic = "virtsql-record 1\n";
constexpr std::string_view kEnding = ".record";
constexpr const char* kSequence = "sequence";
// The largest record that is read. 16 MiB are plenty for the header: it has little but libvirt's arguments, of which a
// byte becomes three at most.
constexpr std::size_t kMaxRecord = kMaxXml + (16U << 20U);

struct DirectoryCloser {
  void operator()(DIR* directory) const { closedir(directory); }
};

std::int64_t now() {
  timespec time{};
  clock_gettime(CLOCK_REALTIME, &time);
  return static_cast<std::int64_t>(time.tv_sec) * 1000000 + time.tv_nsec / 1000;
}

// FNV-1a: finds files that were cut or mixed up, but is no protection against people.
std::uint64_t checksum(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

// Appends a line to the header, unless the value is empty. % and control characters become %XX: a value is one line.
void append_value(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out.append(name).append(": ");
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || c == '%' || byte == 0x7F) {
      static constexpr char kDigits[] = "0123456789abcdef";
      out += '%';
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 0x0FU];
    } else {
      out += c;
    }
  }
  out += '\n';
}

std::string decode_value(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '%' && i + 2 < value.size()) {
      out += static_cast<char>(std::strtoul(std::string(value.substr(i + 1, 2)).c_str(), nullptr, 16));
      i += 2;
    } else {
      out += value[i];
    }
  }
  return out;
}

int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

std::string file_name(std::int64_t id) {
  char buffer[40];
  (void)std::snprintf(buffer, sizeof buffer, "%020lld", static_cast<long long>(id));
  return std::string(buffer).append(kEnding);
}

bool is_record_name(std::string_view name) {
  return name.size() == 20 + kEnding.size() && name.ends_with(kEnding) &&
         name.substr(0, 20).find_first_not_of("0123456789") == std::string_view::npos;
}

// Gives the written file its name as a record. Returns 0, EEXIST if another record has the name, or another errno
// value.
int publish(int folder, const std::string& temporary, const std::string& name) {
  // RENAME_NOREPLACE, so that two writers never overwrite each other.
  if (renameat2(folder, temporary.c_str(), folder, name.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL) return errno;
  // The file system does not know the flag. A hard link never replaces a file either.
  if (linkat(folder, temporary.c_str(), folder, name.c_str(), 0) != 0) return errno;
  (void)unlinkat(folder, temporary.c_str(), 0);
  return 0;
}

bool is_leftover_name(std::string_view name) { return name.starts_with(".new-"); }

// Takes the lock on the folder's sequence file, or gives up after about 0.1 seconds: a writer that was stopped while it
// held the lock must not stop the others.
bool lock_briefly(int fd) {
  for (int i = 0; i < 100; ++i) {
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return true;
    const timespec pause{0, 1000000};
    nanosleep(&pause, nullptr);
  }
  return false;
}

// A line of a record's header whose value is a text of the capture. A newer version may write lines that this one does
// not know.
struct Field {
  std::string_view key;
  std::string Capture::*value;
};
constexpr std::array<Field, 16> kFields{{
    {"host", &Capture::host},
    {"driver", &Capture::driver},
    {"name", &Capture::name},
    {"uuid", &Capture::uuid},
    {"operation", &Capture::operation},
    {"sub_operation", &Capture::sub_operation},
    {"extra", &Capture::extra},
    {"config", &Capture::config},
    {"source", &Capture::source},
    {"kind", &Capture::kind},
    {"state", &Capture::state},
    {"reason", &Capture::reason},
    {"autostart", &Capture::autostart},
    {"persistent", &Capture::persistent},
    {"managed_save", &Capture::managed_save},
    {"error", &Capture::error},
}};

std::runtime_error bad_record(const std::string& name, const std::string& why) {
  return std::runtime_error("spool record " + name + ": " + why);
}

// Returns the bytes of the record's file. Throws std::system_error if it cannot be read now, std::runtime_error if it
// can be no record.
std::string bytes_of(int folder, const std::string& name) {
  const auto unreadable = [&] { return std::system_error(errno, std::generic_category(), "spool record " + name); };
  // O_NONBLOCK, because open() of a pipe would wait for a writer.
  const Fd file(openat(folder, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (file.get() < 0 && errno == ELOOP) throw bad_record(name, "a symbolic link");
  if (file.get() < 0) throw unreadable();
  struct stat status {};
  if (fstat(file.get(), &status) != 0) throw unreadable();
  if (!S_ISREG(status.st_mode)) throw bad_record(name, "not a file");
  if (static_cast<std::size_t>(status.st_size) > kMaxRecord) throw bad_record(name, "impossibly large");
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw unreadable();
    if (got == 0) throw bad_record(name, "shorter than it was");
    have += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace

int open_folder(const std::string& path) {
  int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) {
    const std::string parent = folder_of(path);
    if (::mkdir(parent.c_str(), 0750) == 0) sync_entry(parent);
    if (::mkdir(path.c_str(), 0700) == 0)
      sync_entry(path);
    else if (errno != EEXIST)
      return -errno;
    fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  }
  if (fd < 0) return -errno;
  if (!folder_problem(fd, path).empty()) {
    ::close(fd);
    return -kNotOurs;
  }
  return fd;
}

std::string open_error(const std::string& path, int code) {
  std::string problem = code == -kNotOurs ? folder_problem(path) : "";
  if (!problem.empty()) return problem;
  return path + ": " +
         (code == -kNotOurs ? "the folder that it stands in may be written by others" : std::strerror(-code));
}

std::int64_t allocate_id(int folder) {
  const Fd file(openat(folder, kSequence, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  std::int64_t last = 0;
  if (file.get() < 0 || !lock_briefly(file.get())) return now();
  if (pread(file.get(), &last, sizeof last, 0) != static_cast<ssize_t>(sizeof last)) last = 0;
  const std::int64_t time = now();
  // An id ten years in the future can only be rubbish.
  if (last > time + INT64_C(315360000000000)) last = 0;
  const std::int64_t id = std::max(time, last + 1);
  // If this fails, the time itself keeps the order.
  (void)!pwrite(file.get(), &id, sizeof id, 0);
  return id;
}

int write(int folder, const Capture& record) {
  if (record.xml.size() > kMaxXml) return EFBIG;
  std::string header(kMagic);
  for (const Field& field : kFields) append_value(header, field.key, record.*field.value);
  append_value(header, "secrets", std::to_string(record.secrets));
  append_value(header, "length", std::to_string(record.xml.size()));
  append_value(header, "checksum", std::to_string(checksum(record.xml)));
  header += '\n';

  // Ids are unique if the sequence works. If it does not, the loop below counts up to a name that is free.
  std::int64_t id = record.id;
  const std::string temporary = ".new-" + std::to_string(getpid()) + "-" + std::to_string(id);
  int error = 0;
  {
    const Fd file(openat(folder, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.get() < 0) return errno;
    error = write_all(file.get(), header);
    if (error == 0) error = write_all(file.get(), record.xml);
    if (error == 0 && fdatasync(file.get()) != 0) error = errno;
  }
  if (error == 0)
    while ((error = publish(folder, temporary, file_name(id))) == EEXIST) ++id;
  if (error != 0) {
    (void)unlinkat(folder, temporary.c_str(), 0);
    return error;
  }
  return fsync(folder) == 0 ? 0 : errno;
}

std::vector<std::string> list(int folder) {
  const auto unreadable = [](int error) {
    return std::runtime_error(std::string("the spool cannot be read: ") + std::strerror(error));
  };
  std::vector<std::string> out;
  const int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, DirectoryCloser> directory(copy < 0 ? nullptr : fdopendir(copy));
  if (!directory) {
    const int error = errno;
    if (copy >= 0) close(copy);
    throw unreadable(error);
  }
  const std::time_t long_ago = std::time(nullptr) - 3600;
  for (;;) {
    errno = 0;  // readdir() says by it alone whether the folder ends or cannot be read
    const dirent* entry = readdir(directory.get());
    if (!entry && errno != 0) throw unreadable(errno);
    if (!entry) break;
    const std::string name = entry->d_name;
    if (is_record_name(name)) {
      out.push_back(name);
    } else if (is_leftover_name(name)) {
      struct stat status {};
      if (fstatat(folder, name.c_str(), &status, 0) == 0 && status.st_mtime < long_ago)
        (void)unlinkat(folder, name.c_str(), 0);
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

Capture read(int folder, const std::string& name) {
  const std::string bytes = bytes_of(folder, name);
  const std::size_t end = bytes.find("\n\n");
  if (!bytes.starts_with(kMagic) || end == std::string::npos) throw bad_record(name, "no record header");

  Capture record;
  record.record = name;
  // Id 0 would make the store choose an id, a different one each time that the record is drained.
  record.id = std::max<std::int64_t>(std::strtoll(name.c_str(), nullptr, 10), 1);
  std::uint64_t length = 0;
  std::uint64_t sum = 0;
  std::size_t from = kMagic.size();
  while (from <= end) {
    const std::size_t line_end = bytes.find('\n', from);
    const std::string_view line(bytes.data() + from, line_end - from);
    from = line_end + 1;
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) throw bad_record(name, "a damaged header");
    const std::string_view key = line.substr(0, colon);
    std::string value = decode_value(line.substr(colon + 2));
    const auto* const field =
        std::find_if(kFields.begin(), kFields.end(), [&](const Field& known) { return known.key == key; });
    if (field != kFields.end())
      record.*field->value = std::move(value);
    else if (key == "secrets")
      record.secrets = static_cast<std::uint32_t>(std::strtoul(value.c_str(), nullptr, 10));
    else if (key == "length")
      length = std::strtoull(value.c_str(), nullptr, 10);
    else if (key == "checksum")
      sum = std::strtoull(value.c_str(), nullptr, 10);
  }
  if (record.host.size() > kLongestHostName) throw bad_record(name, "its host's name is impossibly long");
  record.xml = bytes.substr(end + 2);
  if (record.xml.size() != length) throw bad_record(name, "cut short");
  if (checksum(record.xml) != sum) throw bad_record(name, "damaged: its checksum differs");
  return record;
}

void remove(int folder, const std::string& name) {
  if (unlinkat(folder, name.c_str(), 0) != 0 && errno != ENOENT)
    throw std::runtime_error("spool record " + name + " cannot be removed: " + std::strerror(errno));
}

void set_aside(int folder, const std::string& name, const std::string& reason) {
  (void)mkdirat(folder, "bad", 0700);
  {
    // If the reason cannot be written, the record is set aside all the same.
    const Fd file(openat(folder, ("bad/" + name + ".reason").c_str(),
                         O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.get() >= 0) (void)write_all(file.get(), reason + "\n");
  }
  if (renameat(folder, name.c_str(), folder, ("bad/" + name).c_str()) != 0)
    throw std::runtime_error("spool record " + name + " cannot be set aside: " + std::strerror(errno));
}

}  // namespace virtsql::spool
