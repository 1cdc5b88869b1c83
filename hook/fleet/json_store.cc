#include "hook/fleet/json_store.h"

#include <cerrno>
#include <cstring>

#include "hook/fleet/json_row.h"

namespace virtsql {

JsonStore::JsonStore(std::FILE* out, const HostIdentity& host)
    : out_(out), head_(R"({"database":")" + host.database_id + R"(","host":)" + json_text(host.name)) {}

void JsonStore::line(const std::string& members) {
  const std::string text = head_ + members + "}\n";
  if (std::fwrite(text.data(), 1, text.size(), out_) != text.size() || std::fflush(out_) != 0)
    throw std::runtime_error(std::string("standard output: ") + std::strerror(errno));
}

std::int64_t JsonStore::push(const Batch& batch) {
  for (const PartRows& part : batch.parts)
    line(R"(,"table":")" + part.key.table + R"(","first":)" + std::to_string(part.key.first()) + R"(,"last":)" +
         std::to_string(part.key.last()) + R"(,"rows":)" + part.rows);
  auto lines = static_cast<std::int64_t>(batch.parts.size());
  for (const VmRows& vm : batch.vms)
    for (const auto& [table, rows] : vm.rows) {
      line(R"(,"vm_uuid":")" + vm.uuid + R"(","table":")" + table + R"(","rows":)" + rows);
      ++lines;
    }
  return lines;
}

std::int64_t JsonStore::push(const CaptureBatch& batch, std::vector<std::string> documents) {
  for (const std::string& rows : documents) line(R"(,"documents":)" + rows);
  line(R"(,"captures":)" + batch.captures);
  for (const CaptureBatch::Changes& changes : batch.changes)
    line(R"(,"vm_uuid":")" + changes.vm_uuid + R"(","compared":[)" + changes.compared + R"(],"changes":)" +
         changes.rows);
  return static_cast<std::int64_t>(documents.size() + 1 + batch.changes.size());
}

}  // namespace virtsql
