// virtsqld: captures what no hook sees. libvirt calls no hook when a domain is defined, changed, renamed or undefined.
//
//   virtsqld            runs until SIGTERM: libvirt's events, the folders of its definitions, and now and then
//   everything virtsqld --once     looks at everything once, drains, and exits; 1 where libvirt could not be asked
//
// It asks libvirt at each URI of /etc/virtsql.conf (`uri`, default qemu:///system). What it finds goes into the spool
// as the hook's records do, and is drained under the same lock, so hooks, virtsqld and virtsql-drain can all work at
// once.
//
// Three ways lead to a look, each covering what the others miss:
//   events   of domains, networks, pools and devices; of those that change a definition, the definition is captured
//   even
//            if it is what was captured last
//   folders  where libvirt renames a definition into place (inotify): attach-device --config and the like raise no
//   event.
//            The file is not read, as it holds secrets; libvirt is asked
//   resync   at every (re)connection and every `resync` seconds: everything, of which only what is new is kept
//
// Everything happens on one thread, in libvirt's own event loop; callbacks only note what to look at, as libvirt may
// not be asked from all of them.
#include <libvirt/virterror.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <syslog.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/catalog.h"
#include "core/database.h"
#include "core/ddl.h"
#include "core/libvirt_source.h"
#include "core/redact.h"
#include "core/sha256.h"
#include "hook/drain.h"

namespace virtsql {
namespace {

constexpr int kFirstRetryMilliseconds = 1000;
constexpr int kLastRetryMilliseconds = 30000;
// libvirt writes several files for one change; hooks several records for one start.
constexpr int kSettleMilliseconds = 150;

bool on_terminal = false;

__attribute__((format(printf, 2, 3))) void report(int priority, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  std::array<char, 1024> text{};
  (void)std::vsnprintf(text.data(), text.size(), format, arguments);
  va_end(arguments);
  syslog(priority, "%s", text.data());
  if (on_terminal) (void)std::fprintf(stderr, "virtsqld: %s\n", text.data());
}

// ---- what is known already

// Tells what is new from what has been captured, without asking the database for each document.
class Known {
 public:
  explicit Known(const Config& config) : config_(config) {}

  // Whether the record says something else than the last one of its object; it is then remembered.
  bool is_news(const spool::Record& record) {
    load();
    const std::string key = record.driver + "\n" + record.config + "\n" + record.sub_operation + "\n" + record.name;
    const std::string digest = sha256(record.xml);
    const auto [found, first] = last_.try_emplace(key, digest);
    if (first) return !captured_.contains(digest);
    if (found->second == digest) return false;
    found->second = digest;
    return true;
  }

  void remember(const spool::Record& record) { (void)is_news(record); }

  // The VMs of the host whose definition virtsqld captured from this driver and has not seen go.
  std::map<std::string, std::string> defined_before(const std::string& host, const std::string& driver) const {
    std::map<std::string, std::string> out;  // name by UUID
    read([&](Database& database) {
      Use statement(database.prepared(
          "SELECT v.uuid, v.name, (SELECT c.operation FROM captures AS c WHERE c.vm_uuid = v.uuid AND c.config = "
          "'persistent' AND c.driver = ?2 AND c.source IN ('event', 'sync') ORDER BY c.id DESC LIMIT 1) AS last FROM "
          "virtual_machines AS v JOIN hosts AS h ON h.id = v.host_id WHERE h.name = ?1 AND last <> 'undefine'"));
      statement->bind_text(1, host);
      statement->bind_text(2, driver);
      while (statement->step()) out.emplace(statement->get_text(0), statement->get_text(1));
    });
    return out;
  }

 private:
  // The newest documents of VMs and objects, once.
  void load() {
    if (loaded_) return;
    loaded_ = true;
    read([&](Database& database) {
      const auto add = [&](const std::string& sql) {
        Statement statement(database.handle(), sql);
        while (statement.step()) captured_.emplace(statement.get_blob(0));
      };
      for (const char* config : {"persistent", "live"})
        add(std::string(
                "SELECT (SELECT c.document_sha256 FROM captures AS c WHERE c.vm_uuid = v.uuid AND c.config = '") +
            config + "' ORDER BY c.id DESC LIMIT 1) AS digest FROM virtual_machines AS v WHERE digest IS NOT NULL");
      for (const auto& root : Catalog::standard().roots())
        if (root->table->reference_name != "vm_uuid")
          add("SELECT c.document_sha256 FROM " + quote_identifier(root->table->name) +
              " AS t JOIN captures AS c ON c.id = t.capture_id WHERE c.document_sha256 IS NOT NULL");
    });
  }

  template <typename Work>
  void read(Work work) const {
    struct Closer {
      void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
    };
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(config_.database.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr);
    const std::unique_ptr<sqlite3, Closer> connection(handle);
    if (code != SQLITE_OK) return;  // there is none yet: everything is news
    sqlite3_busy_timeout(handle, 30000);
    try {
      Database database(handle);
      work(database);
      database.forget_statements();
    } catch (const DatabaseError& error) {
      report(LOG_WARNING, "%s: %s", config_.database.c_str(), error.what());
    }
  }

  const Config& config_;
  bool loaded_ = false;
  std::unordered_map<std::string, std::string> last_;
  std::set<std::string> captured_;
};

// ---- the spool

// Where records go: secrets left out, numbered, durable, and drained.
class Recorder {
 public:
  explicit Recorder(const Config& config) : config_(config), known_(config) {}

  // Every record, or only those that are news. Whether it was kept.
  bool keep(spool::Record record, bool only_news) {
    const int folder = spool::open_folder(config_.spool);
    if (folder < 0) {
      report(LOG_ERR, "%s: %s", config_.spool.c_str(), std::strerror(-folder));
      failed_ = true;
      return false;
    }
    struct Closer {
      int fd;
      ~Closer() { ::close(fd); }
    } closer{folder};
    if (!record.xml.empty()) {
      Redacted redacted = redact(record.xml, config_.redact);
      record.xml = std::move(redacted.xml);
      record.secrets = redacted.removed;
    }
    if (only_news && !known_.is_news(record)) return false;
    if (!only_news && !record.xml.empty()) known_.remember(record);
    record.id = spool::allocate_id(folder);
    if (const int error = spool::write(folder, record); error != 0) {
      report(LOG_ERR, "%s: %s; %s of %s is not recorded", config_.spool.c_str(), std::strerror(error),
             record.operation.c_str(), record.name.c_str());
      failed_ = true;
      return false;
    }
    ++kept_;
    return true;
  }

  // Whether it was possible. What could not be drained stays in the spool.
  bool drain(Wait wait) {
    try {
      (void)virtsql::drain(config_, wait);
      return true;
    } catch (const std::exception& error) {
      report(LOG_ERR, "the spool cannot be drained: %s", error.what());
      return false;
    }
  }

  Known& known() { return known_; }
  std::size_t kept() const { return kept_; }
  bool failed() const { return failed_; }

 private:
  const Config& config_;
  Known known_;
  std::size_t kept_ = 0;
  bool failed_ = false;
};

// ---- one libvirt

// The operation by which an event is recorded; the hook's name for it where there is one. Empty: of no interest.
std::string_view operation_of(int event, int detail) {
  switch (event) {
    case VIR_DOMAIN_EVENT_DEFINED:
      return "define";
    case VIR_DOMAIN_EVENT_UNDEFINED:
      // The same domain is defined under its new name next.
      return detail == VIR_DOMAIN_EVENT_UNDEFINED_RENAMED ? "" : "undefine";
    case VIR_DOMAIN_EVENT_STARTED:
      return "started";
    case VIR_DOMAIN_EVENT_SUSPENDED:
      return "suspended";
    case VIR_DOMAIN_EVENT_RESUMED:
      return "resumed";
    case VIR_DOMAIN_EVENT_STOPPED:
      return "stopped";
    case VIR_DOMAIN_EVENT_SHUTDOWN:
      return "shutdown";
    case VIR_DOMAIN_EVENT_PMSUSPENDED:
      return "pmsuspended";
    case VIR_DOMAIN_EVENT_CRASHED:
      return "crashed";
    default:
      return "";
  }
}

std::string_view definition_detail(int detail) {
  switch (detail) {
    case VIR_DOMAIN_EVENT_DEFINED_ADDED:
      return "added";
    case VIR_DOMAIN_EVENT_DEFINED_UPDATED:
      return "updated";
    case VIR_DOMAIN_EVENT_DEFINED_RENAMED:
      return "renamed";
    case VIR_DOMAIN_EVENT_DEFINED_FROM_SNAPSHOT:
      return "from-snapshot";
    default:
      return "";
  }
}

// Something to look at, noted by a callback.
struct Task {
  std::string uuid;  // of the domain
  std::string name;
  std::string operation;
  std::string sub_operation;
  bool only_news = false;
};

class Watcher {
 public:
  Watcher(std::string uri, Recorder& recorder) : uri_(std::move(uri)), recorder_(recorder) {}
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher() { disconnect(); }

  const std::string& uri() const { return uri_; }
  bool connected() const { return source_ != nullptr; }

  // Connects and registers for events; then everything that happened before is found by a sync. False, with a report,
  // where libvirt is not there.
  bool connect(bool with_events) {
    try {
      source_ = std::make_unique<LibvirtSource>(uri_, true);
    } catch (const LibvirtError& error) {
      if (error.what() != last_failure_) report(LOG_WARNING, "%s", error.what());
      last_failure_ = error.what();
      return false;
    }
    last_failure_.clear();
    closed_ = false;
    if (with_events) register_events();
    return true;
  }

  // Everything: what is there, and what is not there any more.
  void sync() {
    std::set<std::string> defined;
    try {
      const auto keep = [&](spool::Record record) { recorder_.keep(std::move(record), true); };
      // Before the domains: what they name is known when they come.
      source_->record_objects("sync", "sync", keep);
      for (const DomainRef& domain : source_->domains()) {
        const DomainState state = LibvirtSource::look_at(domain.get());
        if (state.persistent) defined.insert(state.uuid);
        source_->record_domain(domain.get(), "sync", "", "sync", keep);
      }
    } catch (const LibvirtError& error) {
      report(LOG_WARNING, "%s", error.what());
      return;
    }
    for (const auto& [uuid, name] : recorder_.known().defined_before(source_->host(), source_->driver()))
      if (!defined.contains(uuid)) keep_without_document({uuid, name, "undefine", "", false}, "sync");
  }

  void note(Task task) { tasks_.push_back(std::move(task)); }
  void note_objects(const std::string& operation) { objects_operation_ = operation; }

  // Looks at what was noted. Whether anything was.
  bool work() {
    if (!source_) return false;
    if (closed_) {
      report(LOG_WARNING, "%s: the connection is lost", uri_.c_str());
      disconnect();
      return false;
    }
    bool any = false;
    std::vector<Task> tasks;
    tasks.swap(tasks_);
    for (const Task& task : tasks) {
      any = true;
      try {
        look(task);
      } catch (const LibvirtError& error) {
        report(LOG_WARNING, "%s", error.what());
      }
    }
    if (!objects_operation_.empty()) {
      any = true;
      const std::string operation = std::exchange(objects_operation_, "");
      source_->record_objects(operation, "event",
                              [&](spool::Record record) { recorder_.keep(std::move(record), true); });
    }
    return any;
  }

  const std::string& driver() const { return source_->driver(); }

 private:
  void look(const Task& task) {
    if (task.operation == "undefine" || task.operation == "stopped" || task.operation == "shutdown" ||
        task.operation == "crashed")
      keep_without_document(task, "event");
    const DomainRef domain = source_->find(task.uuid.empty() ? task.name : task.uuid);
    if (!domain) return;
    source_->record_domain(domain.get(), task.operation, task.sub_operation, "event", [&](spool::Record record) {
      // A definition is what an event of defining is about; of other events it is news or nothing.
      const bool about_it = task.operation == "define"
                                ? record.config == "persistent" && record.sub_operation != "snapshot"
                                : record.config == "live";
      if (task.operation == "stopped" || task.operation == "undefine" || !about_it) {
        recorder_.keep(std::move(record), true);
      } else {
        recorder_.keep(std::move(record), task.only_news);
      }
    });
  }

  void keep_without_document(const Task& task, const std::string& how) {
    spool::Record record = source_->record(task.operation, how);
    record.uuid = task.uuid;
    record.name = task.name;
    record.sub_operation = task.sub_operation;
    record.config = task.operation == "undefine" ? "persistent" : "live";
    recorder_.keep(std::move(record), false);
  }

  void disconnect() {
    if (!source_) return;
    const virConnectPtr connection = source_->connection();
    for (const int callback : domain_callbacks_) (void)virConnectDomainEventDeregisterAny(connection, callback);
    domain_callbacks_.clear();
    if (network_callback_ >= 0) (void)virConnectNetworkEventDeregisterAny(connection, network_callback_);
    if (pool_callback_ >= 0) (void)virConnectStoragePoolEventDeregisterAny(connection, pool_callback_);
    if (device_callback_ >= 0) (void)virConnectNodeDeviceEventDeregisterAny(connection, device_callback_);
    network_callback_ = pool_callback_ = device_callback_ = -1;
    (void)virConnectUnregisterCloseCallback(connection, on_close);
    virResetLastError();
    source_.reset();
    tasks_.clear();  // the sync of the next connection finds it all
  }

  static Task task_of(virDomainPtr domain, std::string_view operation, bool only_news) {
    Task task;
    std::array<char, VIR_UUID_STRING_BUFLEN> uuid{};
    if (virDomainGetUUIDString(domain, uuid.data()) == 0) task.uuid = uuid.data();
    if (const char* name = virDomainGetName(domain)) task.name = name;
    task.operation = operation;
    task.only_news = only_news;
    return task;
  }

  static Watcher& self(void* data) { return *static_cast<Watcher*>(data); }

  static void on_close(virConnectPtr, int, void* data) { self(data).closed_ = true; }

  static int on_lifecycle(virConnectPtr, virDomainPtr domain, int event, int detail, void* data) {
    const std::string_view operation = operation_of(event, detail);
    if (operation.empty()) return 0;
    Task task = task_of(domain, operation, false);
    if (event == VIR_DOMAIN_EVENT_DEFINED) task.sub_operation = definition_detail(detail);
    self(data).note(std::move(task));
    return 0;
  }

  // Events of which only the domain matters here: what changed, the XML says.
  template <const char* Operation, typename... Details>
  static void on_change(virConnectPtr, virDomainPtr domain, Details..., void* data) {
    self(data).note(task_of(domain, Operation, true));
  }

  static constexpr char kAttach[] = "attach-device";
  static constexpr char kDetach[] = "detach-device";
  static constexpr char kMetadata[] = "metadata";
  static constexpr char kMedia[] = "change-media";
  static constexpr char kBlockJob[] = "block-job";
  static constexpr char kTunable[] = "tunable";
  static constexpr char kBalloon[] = "balloon";
  static constexpr char kMemory[] = "memory-device";

  void register_events() {
    const virConnectPtr connection = source_->connection();
    (void)virConnectRegisterCloseCallback(connection, on_close, this, nullptr);
    const auto add = [&](int event, virConnectDomainEventGenericCallback callback) {
      const int id = virConnectDomainEventRegisterAny(connection, nullptr, event, callback, this, nullptr);
      if (id >= 0) domain_callbacks_.push_back(id);
    };
    add(VIR_DOMAIN_EVENT_ID_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle));
    add(VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, VIR_DOMAIN_EVENT_CALLBACK((on_change<kAttach, const char*>)));
    add(VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, VIR_DOMAIN_EVENT_CALLBACK((on_change<kDetach, const char*>)));
    add(VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, VIR_DOMAIN_EVENT_CALLBACK((on_change<kMetadata, int, const char*>)));
    add(VIR_DOMAIN_EVENT_ID_DISK_CHANGE,
        VIR_DOMAIN_EVENT_CALLBACK((on_change<kMedia, const char*, const char*, const char*, int>)));
    add(VIR_DOMAIN_EVENT_ID_TRAY_CHANGE, VIR_DOMAIN_EVENT_CALLBACK((on_change<kMedia, const char*, int>)));
    add(VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2, VIR_DOMAIN_EVENT_CALLBACK((on_change<kBlockJob, const char*, int, int>)));
    add(VIR_DOMAIN_EVENT_ID_TUNABLE, VIR_DOMAIN_EVENT_CALLBACK((on_change<kTunable, virTypedParameterPtr, int>)));
    add(VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE, VIR_DOMAIN_EVENT_CALLBACK((on_change<kBalloon, unsigned long long>)));
    add(VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE,
        VIR_DOMAIN_EVENT_CALLBACK((on_change<kMemory, const char*, unsigned long long>)));
    // Drivers without one of these have nothing of the kind.
    network_callback_ = virConnectNetworkEventRegisterAny(
        connection, nullptr, VIR_NETWORK_EVENT_ID_LIFECYCLE,
        VIR_NETWORK_EVENT_CALLBACK(
            +[](virConnectPtr, virNetworkPtr, int, int, void* data) { self(data).note_objects("network"); }),
        this, nullptr);
    pool_callback_ = virConnectStoragePoolEventRegisterAny(
        connection, nullptr, VIR_STORAGE_POOL_EVENT_ID_LIFECYCLE,
        VIR_STORAGE_POOL_EVENT_CALLBACK(
            +[](virConnectPtr, virStoragePoolPtr, int, int, void* data) { self(data).note_objects("pool"); }),
        this, nullptr);
    device_callback_ = virConnectNodeDeviceEventRegisterAny(
        connection, nullptr, VIR_NODE_DEVICE_EVENT_ID_LIFECYCLE,
        VIR_NODE_DEVICE_EVENT_CALLBACK(
            +[](virConnectPtr, virNodeDevicePtr, int, int, void* data) { self(data).note_objects("nodedev"); }),
        this, nullptr);
    virResetLastError();
  }

  std::string uri_;
  Recorder& recorder_;
  std::unique_ptr<LibvirtSource> source_;
  std::string last_failure_;
  bool closed_ = false;
  std::vector<Task> tasks_;
  std::string objects_operation_;
  std::vector<int> domain_callbacks_;
  int network_callback_ = -1;
  int pool_callback_ = -1;
  int device_callback_ = -1;
};

// ---- folders

// Says which domains' definitions were renamed into place, and that records lie in the spool.
class Folders {
 public:
  explicit Folders(const Config& config) : config_(config), fd_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}
  ~Folders() {
    if (fd_ >= 0) ::close(fd_);
  }
  Folders(const Folders&) = delete;
  Folders& operator=(const Folders&) = delete;

  int fd() const { return fd_; }

  // Watches what is there of the folders; called again it takes in what came since.
  void watch() {
    add(config_.spool, "", IN_MOVED_TO);
    for (const char* driver : {"qemu", "lxc", "libxl", "bhyve"}) {
      add(config_.libvirt_folder + "/" + driver, driver, IN_MOVED_TO);
      const std::string snapshots = config_.libvirt_state_folder + "/" + driver + "/snapshot";
      add(snapshots, "", IN_CREATE | IN_MOVED_TO);
      std::error_code error;
      for (const auto& entry : std::filesystem::directory_iterator(snapshots, error))
        if (entry.is_directory(error)) add(entry.path(), driver, IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE, true);
    }
  }

  struct Changes {
    bool spool = false;
    bool folders = false;                                   // a folder came
    std::set<std::pair<std::string, std::string>> domains;  // driver, name
  };

  Changes read() {
    Changes changes;
    alignas(inotify_event) std::array<char, 16384> buffer{};
    while (true) {
      const ssize_t got = ::read(fd_, buffer.data(), buffer.size());
      if (got <= 0) return changes;
      for (const char* at = buffer.data(); at < buffer.data() + got;) {
        const auto* event = reinterpret_cast<const inotify_event*>(at);
        at += sizeof(inotify_event) + event->len;
        const auto found = watches_.find(event->wd);
        if (found == watches_.end()) continue;
        if (event->mask & IN_IGNORED) {
          watches_.erase(found);
          continue;
        }
        const std::string name = event->len ? event->name : "";
        const Watch& watch = found->second;
        if (watch.path == config_.spool)
          changes.spool = changes.spool || name.ends_with(".record");
        else if (event->mask & IN_ISDIR)
          changes.folders = true;
        else if (name.ends_with(".xml") && watch.domain_folder)
          changes.domains.emplace(watch.driver, std::filesystem::path(watch.path).filename().string());
        else if (name.ends_with(".xml"))
          changes.domains.emplace(watch.driver, name.substr(0, name.size() - 4));
      }
    }
  }

 private:
  struct Watch {
    std::string path;
    std::string driver;
    bool domain_folder;  // the folder is named after a domain
  };

  void add(const std::string& path, const std::string& driver, std::uint32_t mask, bool domain_folder = false) {
    const int watch = inotify_add_watch(fd_, path.c_str(), mask | IN_ONLYDIR);
    if (watch >= 0) watches_[watch] = {path, driver, domain_folder};
  }

  const Config& config_;
  int fd_;
  std::map<int, Watch> watches_;
};

// ---- the daemon

class Daemon {
 public:
  explicit Daemon(const Config& config) : config_(config), recorder_(config), folders_(config) {
    for (const std::string& uri : config.uris) watchers_.push_back(std::make_unique<Watcher>(uri, recorder_));
  }

  int once() {
    bool all = true;
    for (const auto& watcher : watchers_) {
      if (watcher->connect(false))
        watcher->sync();
      else
        all = false;
    }
    const bool drained = recorder_.drain(Wait::kYes);
    if (on_terminal) (void)std::fprintf(stderr, "virtsqld: %zu new documents\n", recorder_.kept());
    return all && drained && !recorder_.failed() ? 0 : 1;
  }

  int run() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    const int signal_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    virEventAddHandle(signal_fd, VIR_EVENT_HANDLE_READABLE, on_signal, this, nullptr);
    virEventAddHandle(folders_.fd(), VIR_EVENT_HANDLE_READABLE, on_folders, this, nullptr);
    settle_timer_ = virEventAddTimeout(-1, on_settled, this, nullptr);
    retry_timer_ = virEventAddTimeout(0, on_retry, this, nullptr);
    virEventAddTimeout(config_.resync_seconds * 1000, on_resync, this, nullptr);
    folders_.watch();
    (void)sd_notify(0, "READY=1");
    while (!stop_) {
      if (virEventRunDefaultImpl() < 0) {
        report(LOG_ERR, "libvirt's event loop failed: %s", virGetLastErrorMessage());
        return 1;
      }
      bool any = false;
      bool lost = false;
      for (const auto& watcher : watchers_) {
        const bool before = watcher->connected();
        any = watcher->work() || any;
        lost = lost || (before && !watcher->connected());
      }
      if (any) settle();
      if (lost) virEventUpdateTimeout(retry_timer_, kFirstRetryMilliseconds);
    }
    (void)sd_notify(0, "STOPPING=1");
    watchers_.clear();
    ::close(signal_fd);
    return recorder_.drain(Wait::kNo) ? 0 : 1;
  }

 private:
  static Daemon& self(void* data) { return *static_cast<Daemon*>(data); }

  // Drains once things are quiet.
  void settle() const { virEventUpdateTimeout(settle_timer_, kSettleMilliseconds); }

  static void on_signal(int, int fd, int, void* data) {
    signalfd_siginfo info{};
    while (read(fd, &info, sizeof info) == sizeof info) {
      if (info.ssi_signo == SIGHUP)
        self(data).sync();
      else
        self(data).stop_ = true;
    }
  }

  static void on_folders(int, int, int, void* data) {
    Daemon& daemon = self(data);
    const Folders::Changes changes = daemon.folders_.read();
    if (changes.folders) daemon.folders_.watch();
    for (const auto& change : changes.domains) daemon.changed_.insert(change);
    if (changes.spool || changes.folders || !changes.domains.empty()) daemon.settle();
  }

  static void on_settled(int timer, void* data) {
    virEventUpdateTimeout(timer, -1);
    Daemon& daemon = self(data);
    std::set<std::pair<std::string, std::string>> changed;
    changed.swap(daemon.changed_);
    for (const auto& [driver, name] : changed)
      for (const auto& watcher : daemon.watchers_)
        if (watcher->connected() && watcher->driver() == driver) {
          watcher->note({"", name, "define", "config", true});
          (void)watcher->work();
        }
    (void)daemon.recorder_.drain(Wait::kNo);
  }

  // Connects what is not connected.
  static void on_retry(int timer, void* data) {
    Daemon& daemon = self(data);
    bool all = true;
    for (const auto& watcher : daemon.watchers_) {
      if (watcher->connected()) continue;
      if (watcher->connect(true)) {
        report(LOG_INFO, "%s: connected", watcher->uri().c_str());
        watcher->sync();
        daemon.settle();
      } else {
        all = false;
      }
    }
    daemon.folders_.watch();
    daemon.retry_ = all ? kFirstRetryMilliseconds : std::min(daemon.retry_ * 2, kLastRetryMilliseconds);
    virEventUpdateTimeout(timer, all ? -1 : daemon.retry_);
  }

  static void on_resync(int, void* data) { self(data).sync(); }

  void sync() {
    folders_.watch();
    for (const auto& watcher : watchers_)
      if (watcher->connected()) watcher->sync();
    settle();
  }

  const Config& config_;
  Recorder recorder_;
  Folders folders_;
  std::vector<std::unique_ptr<Watcher>> watchers_;
  std::set<std::pair<std::string, std::string>> changed_;
  int settle_timer_ = -1;
  int retry_timer_ = -1;
  int retry_ = kFirstRetryMilliseconds;
  bool stop_ = false;
};

// libvirt prints its errors on stderr unless told otherwise; here they come with the exception.
void be_quiet(void*, virErrorPtr) {}

int run(std::string_view option) {
  const Config config = read_config();
  for (const std::string& problem : config.problems) report(LOG_WARNING, "%s", problem.c_str());
  virSetErrorFunc(nullptr, be_quiet);
  // Before the first connection, or it raises no events.
  if (virEventRegisterDefaultImpl() < 0) throw LibvirtError("libvirt's event loop cannot be set up");
  Daemon daemon(config);
  return option == "--once" ? daemon.once() : daemon.run();
}

}  // namespace
}  // namespace virtsql

int main(int count, char** arguments) {
  const std::string_view option = count > 1 ? arguments[1] : "";
  if (option == "--version") return std::puts("virtsqld " VIRTSQL_VERSION) < 0;
  if (count > 2 || (!option.empty() && option != "--once")) {
    (void)std::fputs("usage: virtsqld [--once | --version]\n", option == "--help" ? stdout : stderr);
    return option == "--help" ? 0 : 2;
  }
  virtsql::on_terminal = isatty(STDERR_FILENO) == 1 || option == "--once";
  openlog("virtsqld", LOG_PID, LOG_DAEMON);
  umask(0027);
  try {
    return virtsql::run(option);
  } catch (const std::exception& error) {
    virtsql::report(LOG_ERR, "%s", error.what());
    return 1;
  }
}
