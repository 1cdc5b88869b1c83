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

// The fleet is the same in all runs.
inline constexpr std::uint64_t kSeed = 1;

// A temporary folder, removed at the end. On a disk: /tmp may be memory, where a sync costs nothing.
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

  // Records a definition; the VM's rows follow it.
  std::int64_t import(std::string_view text, const std::string& host = "host");
  // Records what the hook says when a VM starts.
  void capture_start(std::string_view text);
  // All in one transaction.
  void import_all(const std::vector<std::string>& documents);
  // Bytes of the database file, with nothing left in the log.
  double file_size();

 private:
  std::filesystem::path path_;
  Writer writer_;
};

// What domain_import() records.
Capture import_event(std::string_view text, const std::string& host = "host");
// What the hook writes for the VM's start.
Capture start_event(std::string_view text);

// The first definitions of the fleet's VMs.
std::vector<std::string> fleet_documents(std::size_t count);

}  // namespace virtsql::bench
