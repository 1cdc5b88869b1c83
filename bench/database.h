// A database with virtsql's schema in a temporary folder, for the benchmarks.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/fleet.h"
#include "core/store/writer.h"

namespace virtsql::bench {

// A fixed seed, so that the fleet is the same in all runs.
inline constexpr std::uint64_t kSeed = 1;

// A temporary folder, removed by the destructor. It is in $TMPDIR or /var/tmp, because /tmp may be in memory, where a
// sync costs nothing.
struct Folder {
  std::filesystem::path path;
  Folder();
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
};

// A database file with virtsql's schema, opened as the drainer opens it.
class Vms {
 public:
  explicit Vms(const std::filesystem::path& path);

  Database& database() { return writer_.database(); }
  Store& store() { return writer_.store(); }

  // Captures a definition; the VM's rows follow it. Returns the capture's id. Throws std::runtime_error if the document
  // has an error.
  std::int64_t import(std::string_view text, const std::string& host = "host");
  // Stores the capture that the hook writes when a VM starts.
  void capture_start(std::string_view text);
  // Imports all documents in one transaction.
  void import_all(const std::vector<std::string>& documents);
  // Empties the write-ahead log into the database file and returns the file's size in bytes.
  double file_size();

 private:
  std::filesystem::path path_;
  Writer writer_;
};

// Returns the capture that domain_import() makes of the document.
Capture import_event(std::string_view text, const std::string& host = "host");
// Returns the capture that the hook writes when the VM starts.
Capture start_event(std::string_view text);

// Returns the first definition of each of the fleet's first `count` VMs.
std::vector<std::string> fleet_documents(std::size_t count);

}  // namespace virtsql::bench
