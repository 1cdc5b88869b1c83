// The libvirt hook: records what libvirt says, and never hurts a VM.
//
//   /etc/libvirt/hooks/qemu.d/50-virtsql NAME OPERATION SUB-OPERATION EXTRA < domain.xml     (as libvirt calls it)
//   virtsql-hook --drain      stores the records that wait in the spool; returns when the spool is empty
//   virtsql-hook --doctor     says whether the installation works (virtsql-doctor does)
//   virtsql-hook --version, --help
//
// When libvirt calls it, it exits with 0 and prints nothing, whatever happens: a non-zero status aborts a start and
// kills a running guest on reconnect, and stdout replaces the XML on migration and restore
// (https://libvirt.org/hooks.html). It reads stdin up to a limit and within a deadline, leaves out secrets, makes the
// record durable in the spool, and starts the drainer in a session of its own, with none of the hook's files open. It
// does not call libvirt, which would deadlock. It is a static program, so that no missing or broken library stops a VM.
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
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
#include "core/spool/drivers.h"
#include "core/spool/fd.h"
#include "core/spool/folder.h"
#include "core/spool/host_name.h"
#include "core/spool/redact.h"
#include "core/spool/spool.h"

namespace {

using virtsql::Config;
using virtsql::ConfigProblem;
using virtsql::Fd;

// How long reading stdin may take. libvirt has written everything before it waits for the hook: if stdin is still open
// after this, somebody else keeps it open.
constexpr int kDeadlineMilliseconds = 10000;

extern "C" void give_up(int) { _exit(0); }

// From here on the hook ends with status 0, even if one of these signals ends it.
void survive_everything() {
  for (const int signal :
       {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSYS, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGALRM, SIGXCPU})
    (void)std::signal(signal, give_up);
  // Ignored: the write() fails then, which is handled.
  (void)std::signal(SIGPIPE, SIG_IGN);
  (void)std::signal(SIGXFSZ, SIG_IGN);
  // Opens /dev/null for each of stdin, stdout and stderr that is closed, so that no file opened later takes its place.
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

// Returns stdin up to `cap` bytes; reads the rest and throws it away. `error` gets what went wrong.
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

// The driver whose hook libvirt called: qemu for hooks/qemu and hooks/qemu.d/50-virtsql, and if no other is recognized.
std::string driver_of(std::string_view program) {
  const std::size_t slash = program.rfind('/');
  const std::string_view name = program.substr(slash == std::string_view::npos ? 0 : slash + 1);
  std::string_view folder = slash == std::string_view::npos ? std::string_view() : program.substr(0, slash);
  folder = folder.substr(folder.rfind('/') == std::string_view::npos ? 0 : folder.rfind('/') + 1);
  for (const std::string_view driver : virtsql::kHooks)
    if (name == driver || (folder.ends_with(".d") && folder.substr(0, folder.size() - 2) == driver))
      return std::string(driver);
  return "qemu";
}

// Whether to report now that the drainer is missing: at most once an hour. The time of the file `without-drainer` in
// the spool says when it was last reported.
bool is_time_to_say_it(int folder) {
  constexpr std::time_t kHour = 3600;
  const Fd file(openat(folder, "without-drainer", O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.get() < 0) return true;
  struct stat status {};
  // An empty file was made just now: nothing has been reported before.
  const bool known = fstat(file.get(), &status) == 0 && status.st_size > 0;
  const std::time_t age = std::time(nullptr) - status.st_mtime;
  const bool due = !known || age >= kHour || age < 0;
  if (due) (void)!pwrite(file.get(), "said\n", 5, 0);
  return due;
}

// Whether another process holds the writer's lock. That is nearly always a drainer, which looks at the spool again
// after it has released the lock and so finds the record that was just written. Others hold the lock for moments; then
// the record waits for virtsqld, virtsql-drain.path or the next call of the hook.
bool is_lock_taken(const Config& config) {
  const Fd lock(open(config.lock_path().c_str(), O_RDWR | O_CLOEXEC));
  return lock.get() >= 0 && flock(lock.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

// Starts the drainer in a session of its own with none of the hook's files. If that fails, the record waits for the
// next drain. Forking this small program takes less of the VM's time than posix_spawn(), which waits until the drainer
// is loaded.
void start_drainer(const Config& config, int folder) {
  const std::string program = virtsql::program_path("virtsql-drain");
  if (access(program.c_str(), X_OK) != 0) {
    if (is_time_to_say_it(folder))
      syslog(LOG_ERR, "%s: %s; records stay in the spool until there is a drainer", program.c_str(),
             std::strerror(errno));
    return;
  }
  std::array<char*, 2> arguments = {const_cast<char*>(program.c_str()), nullptr};
  const pid_t child = fork();
  if (child < 0) syslog(LOG_WARNING, "%s could not be started: %s", program.c_str(), std::strerror(errno));
  if (child != 0) return;
  // First the three standard files: whoever waits for stdout to be closed must not wait for the drainer.
  const int null = open("/dev/null", O_RDWR);
  for (int fd = 0; fd <= 2; ++fd)
    if (null >= 0 ? dup2(null, fd) < 0 : close(fd) < 0) _exit(0);
  (void)close_range(3, ~0U, 0);
  (void)setsid();
  // VIRTSQL_DB may be relative to the folder that is left here.
  if (std::getenv("VIRTSQL_DB")) (void)setenv("VIRTSQL_DB", config.database.c_str(), 1);
  (void)!chdir("/");
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
  for (const ConfigProblem& problem : config.problems) syslog(LOG_WARNING, "%s", problem.text.c_str());
  const int folder = virtsql::spool::open_folder(config.spool);

  virtsql::Capture record;
  // Before stdin is read, so that ids are in the order of the events.
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
    // libvirt's session daemon runs the same hook as an ordinary user, who may not use the spool: that is no error.
    if (folder != -EACCES && folder != -EPERM)
      syslog(LOG_ERR, "%s; %s of %s is not recorded", virtsql::spool::open_error(config.spool, folder).c_str(),
             record.operation.c_str(), record.name.c_str());
    return;
  }
  virtsql::leave_out_secrets(record, config);
  const int error = virtsql::spool::write(folder, record);
  if (error != 0) {
    syslog(LOG_ERR, "%s: %s; %s of %s is not recorded", config.spool.c_str(), std::strerror(error),
           record.operation.c_str(), record.name.c_str());
    return;
  }
  if (!is_lock_taken(config)) start_drainer(config, folder);
}

// ---- called by a person

constexpr const char* kUsage =
    "usage: virtsql-hook --drain | --doctor | --version | --help\n"
    "libvirt calls it as NAME OPERATION SUB-OPERATION EXTRA, with XML on stdin\n";

// Whether a person calls. libvirt always gives four arguments, the first of which is a VM's name and may look like an
// option. A person gives fewer, the first of which begins with -.
bool is_called_by_a_person(int count, char** arguments) {
  return count > 1 && count < 5 && arguments[1][0] == '-' && arguments[1][1] != '\0';
}

// Replaces this process by another program of virtsql. Returns an exit status only if that fails.
int become(const char* name, const char* option) {
  const std::string program = virtsql::program_path(name);
  execl(program.c_str(), program.c_str(), option, nullptr);
  // The doctor is installed together with the drainer. If they are missing, no record gets into the database.
  (void)std::fprintf(stderr,
                     "fail  %s: %s; install virtsql, or sudo hook/install: records stay in the spool meanwhile\n",
                     program.c_str(), std::strerror(errno));
  return 1;
}

int serve_person(int count, char** arguments) {
  static constexpr option kOptions[] = {{"drain", no_argument, nullptr, 'd'},
                                        {"doctor", no_argument, nullptr, 'c'},
                                        {"version", no_argument, nullptr, 'v'},
                                        {"help", no_argument, nullptr, 'h'},
                                        {nullptr, 0, nullptr, 0}};
  // -h may be a VM's name if there is anything behind it.
  const char* const letters = count == 2 ? "h" : "";
  int chosen = 0;
  for (int next = 0; (next = getopt_long(count, arguments, letters, kOptions, nullptr)) != -1;) {
    if (next == '?' || chosen != 0) chosen = '?';
    if (chosen == 0) chosen = next;
  }
  if (optind < count) chosen = '?';
  switch (chosen) {
    case 'd':
      return become("virtsql-drain", "--wait");
    case 'c':
      return become("virtsql-doctor", nullptr);
    case 'v':
      return std::puts("virtsql-hook " VIRTSQL_VERSION) < 0;
    case 'h':
      return std::fputs(kUsage, stdout) < 0;
    default:
      (void)std::fputs(kUsage, stderr);
      return 2;
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (is_called_by_a_person(count, arguments)) return serve_person(count, arguments);
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
