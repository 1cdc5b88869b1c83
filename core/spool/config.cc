#include "core/spool/config.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <variant>

#include "core/spool/age.h"
#include "core/spool/drivers.h"
#include "core/spool/folder.h"
#include "core/spool/redact.h"
#include "core/spool/spool.h"

namespace virtsql {
namespace {

std::string_view trim(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t\r");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r") - from + 1);
}

// Returns the path as it is from every folder. Does not look whether there is such a file.
std::string absolute(const std::string& path) {
  std::array<char, 4096> here{};
  if (path.starts_with('/') || !getcwd(here.data(), here.size())) return path;
  return std::string(here.data()) + "/" + path;
}

// Returns the whole number that the text says; 0 if it says none. One of more than 64 bits is taken as the largest.
std::uint64_t positive(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || end != text.data() + text.size()) return 0;
  return error == std::errc::result_out_of_range ? UINT64_MAX : value;
}

// What a key sets, and what values it takes.
struct Path {
  std::string Config::*place;
};
struct Text {
  std::string Config::*place;
};
struct Texts {
  std::vector<std::string> Config::*place;  // each line adds one
};
struct Secrets {
  std::vector<std::string> Config::*place;
};
struct Age {
  std::optional<int> Config::*days;
};
struct Seconds {
  int Config::*place;
  int most = 86400;
};
struct Bytes {
  std::size_t Config::*place;
  std::size_t most;
};

// All keys. What each is for stands in virtsql.conf(5), its default in Config.
struct Setting {
  std::string_view key;
  std::variant<Path, Text, Texts, Secrets, Age, Seconds, Bytes> what;
};
constexpr Setting kSettings[] = {{"database", Path{&Config::database}},
                                 {"spool", Path{&Config::spool}},
                                 {"redact", Secrets{&Config::redact}},
                                 {"max_size", Bytes{&Config::max_size, spool::kMaxXml}},
                                 {"uri", Texts{&Config::uris}},
                                 {"resync", Seconds{&Config::resync_seconds}},
                                 {"retain", Age{&Config::retain_days}},
                                 {"retain_every", Seconds{&Config::retain_every_seconds}},
                                 {"libvirt_folder", Path{&Config::libvirt_folder}},
                                 {"libvirt_state_folder", Path{&Config::libvirt_state_folder}},
                                 {"libvirt_run_folder", Path{&Config::libvirt_run_folder}},
                                 {"fleet", Text{&Config::fleet}},
                                 {"fleet_resync", Seconds{&Config::fleet_resync_seconds}},
                                 {"fleet_debounce", Seconds{&Config::fleet_debounce_seconds}}};

constexpr std::size_t kMaxFile = 1U << 20U;
constexpr std::size_t kMaxHook = 8U << 20U;

// Whether somebody may have meant a line `redact` by the line, which is none.
bool mentions_redact(std::string_view line) {
  constexpr std::string_view kRedact = "redact";
  return std::search(line.begin(), line.end(), kRedact.begin(), kRedact.end(),
                     [](char a, char b) { return (a | 0x20) == b; }) != line.end();
}

// Returns the file's text, empty if there is no file. If the file cannot be read, `error` says why.
std::string read_file(const std::string& path, std::size_t max, std::string& error) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), std::fclose);
  if (!file) {
    const int reason = errno;
    struct stat link {};
    // A link to a file that is gone is no absent file: somebody wanted it to be read.
    const bool absent = (reason == ENOENT || reason == ENOTDIR) && lstat(path.c_str(), &link) != 0;
    if (!absent) error = path + ": " + std::strerror(reason);
    return {};
  }
  std::string out(max + 1, '\0');
  out.resize(std::fread(out.data(), 1, out.size(), file.get()));
  if (std::ferror(file.get()) != 0)
    error = path + ": " + std::strerror(errno);
  else if (out.size() > max)
    error = path + ": larger than " + std::to_string(max) + " bytes";
  return out;
}

// Returns what stands in the file for a message: not too long, and without control characters.
std::string quoted(std::string_view text) {
  constexpr std::size_t kMost = 80;
  std::string out = "\"" + std::string(text.substr(0, kMost)) + (text.size() > kMost ? "..." : "") + "\"";
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, '?');
  return out;
}

// One line of the file that is to be applied to the configuration.
class Line {
 public:
  // `where` is its FILE:LINE.
  Line(std::string_view line, std::string where, Config& config)
      : line_(line),
        key_(trim(line.substr(0, line.find('=')))),
        value_(line.find('=') == std::string_view::npos ? std::string_view() : trim(line.substr(line.find('=') + 1))),
        where_(std::move(where)),
        config_(config) {}

  // Takes over what the line says. Returns whether it sets the spool.
  bool apply() {
    const auto* const setting =
        std::find_if(std::begin(kSettings), std::end(kSettings), [&](const Setting& one) { return one.key == key_; });
    if (value_.empty() || setting == std::end(kSettings)) {
      // Only the key, because the value may be what was to be kept secret.
      const std::string_view word = key_.substr(0, key_.find_first_of(" \t:"));
      problem(value_.empty() ? "expected: key = value, not " + quoted(word)
                             : "unknown key " + quoted(key_) + "; virtsql.conf(5) has the keys");
      refuse_secret();
      return false;
    }
    const bool is_set = std::visit([&](const auto& what) { return set(what); }, setting->what);
    return is_set && key_ == "spool";
  }

 private:
  void problem(const std::string& what, bool of_secret = false) {
    config_.problems.push_back({where_ + ": " + what, of_secret});
  }

  // A line that is not understood may name what was to be secret: that is not known then, as if the file could not be
  // read.
  void refuse_secret() {
    if (!mentions_redact(line_) || !config_.secrets_unknown.empty()) return;
    config_.secrets_unknown = where_ + ": not understood, but it may name a secret";
    config_.problems.push_back({config_.secrets_unknown + "; no document is kept", true});
  }

  // These set what the key names. Return false if the value is refused.
  bool set(Path path) {
    if (value_[0] != '/') {
      problem(std::string(key_) + " is a path that begins with /, without quotation marks, and not " + quoted(value_) +
              "; " + (key_ == "spool" ? "the line is ignored" : config_.*path.place + " is used"));
      return false;
    }
    config_.*path.place = value_;
    return true;
  }

  bool set(Text text) {
    config_.*text.place = value_;
    return true;
  }

  bool set(Texts texts) {
    (config_.*texts.place).push_back(value_);
    return true;
  }

  bool set(Secrets secrets) {
    if (const std::string never = path_problem(value_); !never.empty())
      problem("redact = " + value_ + " can never match: " + never, true);
    (config_.*secrets.place).push_back(value_);
    return true;
  }

  bool set(Age age) {
    std::optional<int>& days = config_.*age.days;
    days = days_of(value_);
    if (days == 0) days.reset();
    if (!days)
      problem(std::string(key_) + " is " + std::string(kAgeHelp) + ", and not " + quoted(value_) +
              "; nothing is removed");
    return days.has_value();
  }

  bool set(Seconds seconds) {
    const std::uint64_t number = positive(value_);
    if (number == 0 || number > static_cast<std::uint64_t>(seconds.most)) {
      problem(std::string(key_) + " is a number of seconds, 1 to " + std::to_string(seconds.most) + ", and not " +
              quoted(value_) + "; " + std::to_string(config_.*seconds.place) + " is used");
      return false;
    }
    config_.*seconds.place = static_cast<int>(number);
    return true;
  }

  bool set(Bytes bytes) {
    const std::uint64_t number = positive(value_);
    if (number == 0) {
      problem(std::string(key_) + " is a number of bytes, 1 to " + std::to_string(bytes.most) + ", and not " +
              quoted(value_) + "; " + std::to_string(config_.*bytes.place) + " is used");
      return false;
    }
    if (number > bytes.most)
      problem(std::string(key_) + " is at most " + std::to_string(bytes.most) + ", which is used, and not " +
              quoted(value_) + ": more could not be read back");
    config_.*bytes.place = static_cast<std::size_t>(std::min<std::uint64_t>(number, bytes.most));
    return true;
  }

  std::string_view line_;
  std::string_view key_;
  std::string value_;
  std::string where_;
  Config& config_;
};

}  // namespace

std::string Config::real_database() const {
  const auto resolved = [](const std::string& path) {
    const std::unique_ptr<char, void (*)(void*)> real(realpath(path.c_str(), nullptr), std::free);
    return std::string(real ? real.get() : "");
  };
  // A database that does not exist yet has no real path, but will be made in its folder, which has one.
  std::string file = resolved(database);
  const std::string folder = file.empty() ? resolved(folder_of(database)) : "";
  if (!folder.empty()) file = folder + "/" + database.substr(database.rfind('/') + 1);
  return file.empty() ? database : file;
}

std::string installed_hook(const Config& config, const std::string& driver) {
  constexpr std::string_view kProgram = "virtsql-hook";
  std::string hook = config.libvirt_folder + "/hooks/" + driver;
  std::string drop_in = hook + ".d/50-virtsql";
  if (access(drop_in.c_str(), F_OK) == 0) return drop_in;
  const std::unique_ptr<char, void (*)(void*)> real(realpath(hook.c_str(), nullptr), std::free);
  if (!real) return {};
  // The program contains its own name.
  std::string error;
  const bool is_ours = std::string_view(real.get()).ends_with("/" + std::string(kProgram)) ||
                       read_file(hook, kMaxHook, error).find(kProgram) != std::string::npos;
  return is_ours ? hook : "";
}

std::vector<std::string> watched_uris(const Config& config) {
  if (!config.uris.empty()) return config.uris;
  std::vector<std::string> uris;
  for (const Driver& driver : kDrivers)
    if (&driver == kDrivers || !installed_hook(config, driver.name).empty()) uris.emplace_back(driver.uri);
  return uris;
}

bool is_optional(const Config& config, const std::string& uri) { return config.uris.empty() && uri != kDrivers[0].uri; }

Config readable_config(const std::string& path) {
  Config config = read_config(path);
  if (!config.secrets_unknown.empty())
    throw std::runtime_error(config.secrets_unknown + "; what is secret is not known, so nothing is written");
  return config;
}

Config read_config(const std::string& path) {
  Config config;
  config.file_path = path;
  config.file_as_read = file_state(path);  // before it is read: a change after that is seen later
  bool spool_given = false;
  std::string text = read_file(path, kMaxFile, config.unreadable);
  // UTF-16, for instance: no line would be understood.
  if (config.unreadable.empty() && text.find('\0') != std::string::npos) {
    config.unreadable = path + ": is no text";
    text.clear();
  }
  config.secrets_unknown = config.unreadable;
  if (!config.unreadable.empty()) config.problems.push_back({config.unreadable + "; no document is kept", true});
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  std::size_t line_number = 0;
  for (std::size_t from = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0; from < text.size();) {
    const std::size_t end = std::min(text.find_first_of("\r\n", from), text.size());
    const std::string_view line = trim(std::string_view(text).substr(from, end - from));
    from = end + (text.compare(end, 2, "\r\n") == 0 ? 2 : 1);
    ++line_number;
    if (line.empty() || line[0] == '#') continue;
    if (Line(line, path + ":" + std::to_string(line_number), config).apply()) spool_given = true;
  }
  if (const char* database = std::getenv("VIRTSQL_DB"); database && *database) {
    config.database = absolute(database);
    spool_given = false;
  }
  if (!spool_given) config.spool = folder_of(config.database) + "/spool";
  return config;
}

bool refresh_secrets(Config& config) {
  constexpr std::int64_t kWritingSeconds = 2;
  const FileState now = file_state(config.file_path);
  const bool same = now == config.file_as_read;
  if (now.inode == 0 || (same && config.file_rests)) return false;
  Config anew = read_config(config.file_path);
  const bool in_place = now.inode == config.file_as_read.inode;
  anew.file_rests = !in_place || std::time(nullptr) - now.changed_seconds > kWritingSeconds;
  if (!anew.file_rests)
    for (const std::string& path : config.redact)
      if (std::find(anew.redact.begin(), anew.redact.end(), path) == anew.redact.end()) anew.redact.push_back(path);
  const bool is_new = !same || anew.redact != config.redact;
  config.file_as_read = anew.file_as_read;
  config.file_rests = anew.file_rests;
  config.redact = std::move(anew.redact);
  config.problems = std::move(anew.problems);
  config.unreadable = std::move(anew.unreadable);
  config.secrets_unknown = std::move(anew.secrets_unknown);
  return is_new;
}

}  // namespace virtsql
