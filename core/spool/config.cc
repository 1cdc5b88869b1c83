#include "core/spool/config.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace virtsql {
namespace {

std::string_view trim(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t\r");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r") - from + 1);
}

std::string read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), std::fclose);
  std::string out(65536, '\0');
  out.resize(file ? std::fread(out.data(), 1, out.size(), file.get()) : 0);
  return out;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

}  // namespace

std::string Config::lock() const {
  const auto resolved = [](const std::string& path) {
    const std::unique_ptr<char, void (*)(void*)> real(realpath(path.c_str(), nullptr), std::free);
    return std::string(real ? real.get() : "");
  };
  // A database that is not there yet is made in its folder.
  std::string file = resolved(database);
  const std::string folder = file.empty() ? resolved(folder_of(database)) : "";
  if (!folder.empty()) file = folder + "/" + database.substr(database.rfind('/') + 1);
  return (file.empty() ? database : file) + ".lock";
}

Config read_config(const std::string& path) {
  Config config;
  bool spool_given = false;
  bool uri_given = false;
  const std::string text = read_file(path);
  std::size_t line_number = 0;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    const std::string_view line = trim(std::string_view(text).substr(from, end - from));
    from = end + 1;
    ++line_number;
    if (line.empty() || line[0] == '#') continue;
    const std::size_t equals = line.find('=');
    const std::string_view key = trim(line.substr(0, equals));
    const std::string value(equals == std::string_view::npos ? std::string_view() : trim(line.substr(equals + 1)));
    const auto problem = [&](const char* what) {
      config.problems.push_back(path + ":" + std::to_string(line_number) + ": " + what);
    };
    if (value.empty()) {
      problem("expected: key = value");
    } else if (key == "database") {
      config.database = value;
      if (!spool_given) config.spool = folder_of(value) + "/spool";
    } else if (key == "spool") {
      config.spool = value;
      spool_given = true;
    } else if (key == "redact") {
      config.redact.push_back(value);
    } else if (key == "uri") {
      if (!uri_given) config.uris.clear();
      uri_given = true;
      config.uris.push_back(value);
    } else if (key == "libvirt_folder") {
      config.libvirt_folder = value;
    } else if (key == "libvirt_state_folder") {
      config.libvirt_state_folder = value;
    } else if (key == "max_size" || key == "resync") {
      char* rest = nullptr;
      const unsigned long long number = std::strtoull(value.c_str(), &rest, 10);
      const bool seconds = key == "resync";
      if (*rest != '\0' || number == 0 || (seconds && number > 86400))
        problem(seconds ? "resync is a number of seconds, 86400 at most" : "max_size is a number of bytes");
      else if (seconds)
        config.resync_seconds = static_cast<int>(number);
      else
        config.max_size = static_cast<std::size_t>(number);
    } else {
      problem("unknown key");
    }
  }
  if (const char* database = std::getenv("VIRTSQL_DB"); database && *database) {
    config.database = database;
    config.spool = folder_of(config.database) + "/spool";
  }
  return config;
}

}  // namespace virtsql
