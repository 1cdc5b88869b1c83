// The libvirt hook: keeps what libvirt says, and never hurts a VM.
//
//   /etc/libvirt/hooks/qemu.d/50-virtsql NAME OPERATION SUB-OPERATION EXTRA < domain.xml     (as libvirt calls it)
//   virtsql-hook --drain      puts what waits in the spool into the database; returns when it is empty
//   virtsql-hook --doctor     says whether the installation works
//   virtsql-hook --version
//
// Called by libvirt it exits with 0 and prints nothing, whatever happens: a non-zero status aborts a start and kills a
// running guest on reconnect, and stdout replaces the XML on migration and restore (https://libvirt.org/hooks.html). It
// reads stdin to a cap and within a deadline, leaves out secrets, makes the record durable in the spool, and starts the
// drainer, which is nobody's child and holds none of its files. It does not call libvirt, which would deadlock, and is
// a static program, so that no missing or broken library stops a VM.
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <syslog.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "core/spool/config.h"
#include "core/spool/host_name.h"
#include "core/spool/redact.h"
#include "core/spool/spool.h"

namespace {

using virtsql::Config;

// libvirt has written everything before it waits for the hook: a silence this long is somebody else's.
constexpr int kDeadlineMilliseconds = 10000;

extern "C" void give_up(int) { _exit(0); }

// From here on nothing makes the hook end otherwise than with 0.
void survive_everything() {
  for (const int signal :
       {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSYS, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGALRM, SIGXCPU})
    (void)std::signal(signal, give_up);
  // Errors of write(), which are handled.
  (void)std::signal(SIGPIPE, SIG_IGN);
  (void)std::signal(SIGXFSZ, SIG_IGN);
  // Files that are opened must not become stdin, stdout or stderr.
  int fd = open("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= 2) fd = dup(fd);
  if (fd > 2) close(fd);
  umask(0027);
}

std::int64_t milliseconds() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::int64_t>(time.tv_sec) * 1000 + time.tv_nsec / 1000000;
}

// Stdin up to the cap, the rest read and thrown away; what went wrong in `error`.
std::string read_stdin(std::size_t cap, std::string& error) {
  std::string out;
  std::array<char, 65536> buffer;
  const std::int64_t deadline = milliseconds() + kDeadlineMilliseconds;
  while (true) {
    const std::int64_t left = deadline - milliseconds();
    pollfd wait{STDIN_FILENO, POLLIN, 0};
    const int ready = left > 0 ? poll(&wait, 1, static_cast<int>(left)) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) {
      error = "stdin was not closed in time";
      return out;
    }
    const ssize_t got = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) error = std::string("stdin could not be read: ") + std::strerror(errno);
    if (got <= 0) return out;
    const auto size = static_cast<std::size_t>(got);
    const std::size_t room = cap > out.size() ? cap - out.size() : 0;
    if (size > room) error = "cut off at " + std::to_string(cap) + " bytes";
    out.append(buffer.data(), std::min(size, room));
  }
}

// qemu for hooks/qemu and hooks/qemu.d/50-virtsql.
std::string driver_of(std::string_view program) {
  constexpr std::array<std::string_view, 6> kDrivers = {"qemu", "lxc", "libxl", "bhyve", "network", "daemon"};
  const std::size_t slash = program.rfind('/');
  const std::string_view name = program.substr(slash == std::string_view::npos ? 0 : slash + 1);
  std::string_view folder = slash == std::string_view::npos ? std::string_view() : program.substr(0, slash);
  folder = folder.substr(folder.rfind('/') == std::string_view::npos ? 0 : folder.rfind('/') + 1);
  for (const std::string_view driver : kDrivers)
    if (name == driver || (folder.ends_with(".d") && folder.substr(0, folder.size() - 2) == driver))
      return std::string(driver);
  return "qemu";
}

// The drainer beside this program, or installed.
std::string drainer() {
  std::array<char, 4096> self{};
  const ssize_t length = readlink("/proc/self/exe", self.data(), self.size() - 1);
  if (length > 0) {
    std::string path(self.data(), static_cast<std::size_t>(length));
    path = path.substr(0, path.rfind('/')) + "/virtsql-drain";
    if (access(path.c_str(), X_OK) == 0) return path;
  }
  return "/usr/sbin/virtsql-drain";
}

// Whether somebody drains now. He looks at the spool again once he has given the lock back, so he sees what is there.
bool is_drained(const Config& config) {
  const int lock = open(config.lock().c_str(), O_RDWR | O_CLOEXEC);
  if (lock < 0) return false;
  const bool taken = flock(lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  close(lock);
  return taken;
}

// Starts the drainer in a session of its own with no file of ours. Where that fails, the record waits for the next one.
// A fork of this small program takes less of the VM's time than posix_spawn(), which waits until the drainer is loaded.
void start_drainer() {
  const std::string program = drainer();
  std::array<char*, 2> arguments = {const_cast<char*>(program.c_str()), nullptr};
  const pid_t child = fork();
  if (child < 0) syslog(LOG_WARNING, "%s could not be started: %s", program.c_str(), std::strerror(errno));
  if (child != 0) return;
  // First the files: whoever waits for stdout to be closed does not wait for the drainer.
  const int null = open("/dev/null", O_RDWR);
  for (int fd = 0; fd <= 2; ++fd)
    if (null >= 0 ? dup2(null, fd) < 0 : close(fd) < 0) _exit(0);
  (void)close_range(3, ~0U, 0);
  (void)setsid();
  (void)chdir("/");
  for (int signal = 1; signal < NSIG; ++signal) (void)std::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  (void)sigprocmask(SIG_SETMASK, &none, nullptr);
  (void)execv(program.c_str(), arguments.data());
  _exit(0);
}

void accept(int count, char** arguments) {
  openlog("virtsql-hook", LOG_PID | LOG_NDELAY, LOG_DAEMON);
  const Config config = virtsql::read_config();
  for (const std::string& problem : config.problems) syslog(LOG_WARNING, "%s", problem.c_str());
  const int folder = virtsql::spool::open_folder(config.spool);

  virtsql::spool::Record record;
  // Before stdin is read: the order is that of the events.
  if (folder >= 0) record.id = virtsql::spool::allocate_id(folder);
  record.host = virtsql::host_name();
  record.driver = driver_of(arguments[0]);
  record.config = "live";
  record.source = "hook";
  if (count > 1) record.name = arguments[1];
  if (count > 2) record.operation = arguments[2];
  if (count > 3) record.sub_operation = arguments[3];
  for (int i = 4; i < count; ++i) record.extra.append(i > 4 ? " " : "").append(arguments[i]);
  record.xml = read_stdin(config.max_size, record.error);
  if (folder < 0) {
    // A session daemon runs the same hook for users who have no business with the spool.
    if (folder != -EACCES && folder != -EPERM)
      syslog(LOG_ERR, "%s: %s; %s of %s is not recorded", config.spool.c_str(), std::strerror(-folder),
             record.operation.c_str(), record.name.c_str());
    return;
  }
  virtsql::leave_out_secrets(record, config.redact);
  const int error = virtsql::spool::write(folder, record);
  if (error != 0) {
    syslog(LOG_ERR, "%s: %s; %s of %s is not recorded", config.spool.c_str(), std::strerror(error),
           record.operation.c_str(), record.name.c_str());
    return;
  }
  if (!is_drained(config)) start_drainer();
}

int run_drainer(const char* option) {
  const std::string program = drainer();
  execl(program.c_str(), program.c_str(), option, nullptr);
  (void)std::fprintf(stderr, "virtsql-hook: %s: %s\n", program.c_str(), std::strerror(errno));
  return 1;
}

// ---- doctor

int failures = 0;

void say(const char* verdict, const std::string& text) {
  (void)std::printf("%-5s %s\n", verdict, text.c_str());
  failures += std::string_view(verdict) == "fail" ? 1 : 0;
}

void check(bool good, const std::string& what, const std::string& otherwise) {
  say(good ? "ok" : "fail", good ? what : otherwise);
}

bool runs(std::string_view program) {
  DIR* const processes = opendir("/proc");
  if (!processes) return false;
  bool found = false;
  while (const dirent* entry = readdir(processes)) {
    std::array<char, 64> name{};  // the kernel keeps 15 characters and a newline
    const int file = open(("/proc/" + std::string(entry->d_name) + "/comm").c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) continue;
    const ssize_t got = read(file, name.data(), name.size());
    close(file);
    found = found || (got > 0 && std::string_view(name.data(), static_cast<std::size_t>(got) - 1) == program);
  }
  closedir(processes);
  return found;
}

// As far as can be said without SQLite.
void check_database(const std::string& path) {
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) return say("warn", path + " is not there yet; virtsql-hook --drain makes it");
  if (file < 0) return say("fail", path + ": " + std::strerror(errno));
  std::array<char, kMagic.size()> begin{};
  struct stat status {};
  const bool whole = read(file, begin.data(), begin.size()) == static_cast<ssize_t>(begin.size());
  const bool known = fstat(file, &status) == 0;
  close(file);
  check(whole && std::string_view(begin.data(), begin.size()) == kMagic, path + " is a database",
        path + " is no SQLite database; records stay in the spool until a sound one is in its place");
  if (known && (status.st_mode & 0007) != 0) say("warn", path + " is open to everybody: chmod 0640");
}

// Records are drained within a second; one that has waited for a minute will not be.
void check_waiting(const std::vector<std::string>& names) {
  if (names.empty()) return say("ok", "no records wait to be drained");
  const std::int64_t oldest = std::strtoll(names.front().c_str(), nullptr, 10) / 1000000;
  const std::int64_t seconds = static_cast<std::int64_t>(std::time(nullptr)) - oldest;
  const std::string what = std::to_string(names.size()) + " records wait to be drained";
  if (seconds <= 60) return say("ok", what);
  say("fail", what + ", the oldest for " + std::to_string(seconds) +
                  " seconds; virtsql-hook --drain drains them, or says why it cannot");
}

int doctor() {
  const Config config = virtsql::read_config();
  for (const std::string& problem : config.problems) say("warn", problem);
  const std::string drop_in = "/etc/libvirt/hooks/qemu.d/50-virtsql";
  struct stat status {};
  if (stat(drop_in.c_str(), &status) != 0)
    say("fail", drop_in + ": " + std::strerror(errno) + "; sudo hook/install puts it there");
  else
    check((status.st_mode & 0777) == 0755 && status.st_uid == 0, drop_in + " is installed",
          drop_in + " must be root's and have mode 0755: chown root, chmod 0755");
  const std::string program = drainer();
  check(access(program.c_str(), X_OK) == 0, program + " can be run", program + " is missing: sudo hook/install");
  const int folder = virtsql::spool::open_folder(config.spool);
  if (folder < 0) {
    say("fail", config.spool + ": " + std::strerror(-folder) + "; run this as root, or sudo hook/install");
    return 1;
  }
  check(faccessat(folder, ".", W_OK, AT_EACCESS) == 0, config.spool + " can be written",
        config.spool + " cannot be written");
  if (fstat(folder, &status) == 0)
    check((status.st_mode & 0077) == 0, config.spool + " is closed to others",
          config.spool + " is open to others: chmod 0700");
  struct statvfs space {};
  if (fstatvfs(folder, &space) == 0)
    check(space.f_bavail * space.f_frsize > (64U << 20U), "there is room for records",
          "less than 64 MiB are free on the disk of " + config.spool);
  try {
    check_waiting(virtsql::spool::list(folder));
  } catch (const std::exception& error) {
    say("fail", error.what());
  }
  if (faccessat(folder, "bad", F_OK, 0) == 0) say("warn", config.spool + "/bad has files that are no records");
  check_database(config.database);
  say(runs("virtsqld") ? "ok" : "warn",
      runs("virtsqld") ? "virtsqld runs" : "virtsqld does not run: what is defined is captured when it is started");
  return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 2) {
    const std::string_view option = arguments[1];
    if (option == "--drain") return run_drainer("--wait");
    if (option == "--doctor") return doctor();
    if (option == "--version") return std::puts("virtsql-hook " VIRTSQL_VERSION) < 0;
    if (option == "--help")
      return std::puts(
                 "usage: virtsql-hook --drain | --doctor | --version; libvirt calls it as NAME OPERATION SUB-OPERATION "
                 "EXTRA") < 0;
  }
  survive_everything();
  try {
    accept(count, arguments);
  } catch (const std::exception& error) {
    syslog(LOG_ERR, "%s", error.what());
  } catch (...) {
    syslog(LOG_ERR, "unknown error");
  }
  _exit(0);
}
