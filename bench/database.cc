#include "bench/database.h"

#include <cstdlib>
#include <stdexcept>

namespace virtsql::bench {

namespace fs = std::filesystem;

Folder::Folder() {
  const char* where = std::getenv("TMPDIR");
  std::string pattern = std::string(where ? where : "/var/tmp") + "/virtsql-bench-XXXXXX";
  if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder " + pattern);
  path = pattern;
}

Vms::Vms(const fs::path& path) : path_(path), writer_(path, 30000) {}

Capture import_event(std::string_view text, const std::string& host) {
  Capture event;
  event.host = host;
  event.operation = "import";
  event.config = "persistent";
  event.source = "import";
  event.xml = text;
  return event;
}

std::int64_t Vms::import(std::string_view text, const std::string& host) {
  const CaptureResult result = store().capture(import_event(text, host));
  if (!result.error.empty()) throw std::runtime_error(result.error);
  return result.id;
}

Capture start_event(std::string_view text) {
  Capture event;
  event.host = "host";
  event.driver = "qemu";
  event.operation = "start";
  event.sub_operation = "begin";
  event.config = "live";
  event.source = "hook";
  event.xml = text;
  return event;
}

void Vms::capture_start(std::string_view text) { store().capture(start_event(text)); }

void Vms::import_all(const std::vector<std::string>& documents) {
  Transaction transaction(database());
  for (const std::string& text : documents) import(text);
  transaction.commit();
}

double Vms::file_size() {
  database().execute("PRAGMA wal_checkpoint(TRUNCATE)");
  return static_cast<double>(fs::file_size(path_));
}

std::vector<std::string> fleet_documents(std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t index = 0; index < count; ++index) out.push_back(FleetVm(kSeed, index).xml());
  return out;
}

}  // namespace virtsql::bench
