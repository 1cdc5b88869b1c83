#include "hook/fleet/capture_reader.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <string_view>
#include <utility>

#include "core/base/hex.h"
#include "core/base/sha256.h"
#include "core/rows/document.h"
#include "core/rows/row_error.h"
#include "core/schema/fleet_tables.h"
#include "core/spool/operations.h"
#include "core/spool/spool.h"
#include "core/store/timeline.h"
#include "core/xml/error.h"
#include "hook/fleet/json_row.h"

namespace virtsql {
namespace {

// Reads the columns of fleet_capture_columns() of the capture ?1, in this order.
const std::string& capture_sql() {
  static const std::string sql = "SELECT " + capture_columns_sql() + " FROM captures WHERE id = ?1";
  return sql;
}

std::vector<std::int64_t> ids(Statement& statement) {
  std::vector<std::int64_t> out;
  while (statement.step()) out.push_back(statement.get_int(0));
  return out;
}

// Returns the SHA-256 of the document's definition; nothing if this program cannot write what it read.
std::optional<std::string> digest_of_definition(Document& document) {
  try {
    return sha256(document.definition_xml());
  } catch (const RowError&) {
    return std::nullopt;
  }
}

}  // namespace

CaptureReader::CaptureReader(Host& host) : host_(host), stored_(host.database()) {}

std::vector<std::int64_t> CaptureReader::since(std::int64_t seq) {
  Use statement(host_.database().prepared("SELECT id FROM captures WHERE seq > ?1 ORDER BY seq"));
  statement->bind_int(1, seq);
  return ids(*statement);
}

std::vector<std::int64_t> CaptureReader::of_day(std::int64_t day) {
  Use statement(host_.database().prepared("SELECT id FROM captures WHERE id BETWEEN ?1 AND ?2 ORDER BY id"));
  statement->bind_int(1, day * kDayMicroseconds);
  statement->bind_int(2, end_of_day(day));
  return ids(*statement);
}

std::vector<std::int64_t> CaptureReader::take(std::vector<std::int64_t>& ids, std::size_t most, std::size_t bytes) {
  Use statement(
      host_.database().prepared("SELECT d.sha256, d.size FROM captures AS c JOIN documents AS d ON d.sha256 = "
                                "c.document_sha256 WHERE c.id = ?1"));
  std::set<std::string> counted;
  std::size_t count = 0;
  for (std::size_t size = 0; count < ids.size() && count < most && (count == 0 || size < bytes); ++count) {
    statement->bind_int(1, ids[count]);
    if (statement->step() && counted.emplace(statement->get_blob(0)).second)
      size += static_cast<std::size_t>(statement->get_int(1));
    statement->reset();
  }
  const auto end = ids.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<std::int64_t> out(ids.begin(), end);
  ids.erase(ids.begin(), end);
  return out;
}

CaptureBatch CaptureReader::read(const std::vector<std::int64_t>& wanted) {
  CaptureBatch out;
  static const int kKind = place_of_capture_column("kind"), kVm = place_of_capture_column("vm_uuid"),
                   kOperation = place_of_capture_column("operation"), kConfig = place_of_capture_column("config"),
                   kDocument = place_of_capture_column("document_sha256");
  std::set<std::string> digests;
  std::map<std::string, std::int64_t> changed;  // by VM: the oldest new capture that may have changed the definition
  for (const std::int64_t id : wanted) {
    Use statement(host_.database().prepared(capture_sql()));
    statement->bind_int(1, id);
    if (!statement->step()) continue;
    out.captures += (out.captures.empty() ? "[{" : ",{") +
                    json_members(*statement, 0, fleet_capture_columns(), nullptr, "extra_json") + "}";
    ++out.count;
    const std::string digest(statement->get_blob(kDocument));
    const bool of_domain = statement->get_text(kKind) == "domain";
    if (!digest.empty() && digests.insert(digest).second) out.digests.push_back(digest);
    if (!digest.empty() && of_domain) out.domains.insert(digest);
    if (of_domain && !statement->is_null(kVm) &&
        (statement->get_text(kConfig) == "persistent" || statement->get_text(kOperation) == operations::kUndefine)) {
      const auto [found, is_new] = changed.emplace(statement->get_text(kVm), id);
      found->second = std::min(found->second, id);
    }
  }
  out.captures = out.captures.empty() ? "[]" : out.captures + "]";
  definitions_.clear();
  for (const auto& [vm, since] : changed) add_changes(out, vm, since);
  return out;
}

void CaptureReader::add_changes(CaptureBatch& batch, const std::string& vm_uuid, std::int64_t since) {
  boost::json::array rows;
  // Each document is parsed once, here, and not again for its own row.
  const auto keep_definition = [&](const std::string& digest, Document& document) {
    if (batch.domains.contains(digest)) definitions_[digest] = digest_of_definition(document);
  };
  DomainChanges changes(host_.database(), Catalog::standard(), stored_, vm_uuid, since, keep_definition);
  while (changes.next()) {
    std::int64_t place = 0;
    for (const Difference& difference : changes.differences()) {
      boost::json::object row = host_.withheld().members(difference);
      row["capture_id"] = changes.capture_id();
      row["place"] = place++;
      rows.push_back(std::move(row));
    }
  }
  std::string compared;
  for (const std::int64_t id : changes.compared()) compared += (compared.empty() ? "" : ",") + std::to_string(id);
  if (!compared.empty())
    batch.changes.push_back({fleet_uuid(vm_uuid), std::move(compared), boost::json::serialize(rows)});
}

// Returns the SHA-256 of the definition in a domain's document; nothing if this program cannot read or write it.
std::optional<std::string> CaptureReader::definition_of(const std::string& digest, std::string_view bytes) {
  const auto known = definitions_.find(digest);
  if (known != definitions_.end()) return known->second;
  try {
    Document document(bytes, Catalog::standard().root("domain"));
    return digest_of_definition(document);
  } catch (const xml::Error&) {
    return std::nullopt;  // no domain by this program's catalog
  }
}

std::string CaptureReader::document_row(const std::string& digest, bool of_domain) {
  const std::string bytes = stored_.read(digest);
  std::string out = R"({"sha256":"\\x)" + hex(digest) + R"(","size":)" + std::to_string(bytes.size());
  // A document with a definition was read, so it is well-formed.
  const std::optional<std::string> definition = of_domain ? definition_of(digest, bytes) : std::nullopt;
  if ((!definition || host_.withheld().names_secret(bytes)) && host_.withheld().without_secrets(bytes) != bytes)
    return out + R"(,"withheld":true})";
  if (definition) out += R"(,"definition_sha256":"\\x)" + hex(*definition) + "\"";
  if (is_postgres_text(bytes)) return out + R"(,"document":)" + json_text(bytes) + "}";
  return out + R"(,"raw":"\\x)" + hex(bytes) + R"("})";
}

std::vector<std::string> CaptureReader::documents(const CaptureBatch& batch, const std::vector<std::string>& digests,
                                                  std::size_t size) {
  std::vector<std::string> out;
  std::string text;
  for (const std::string& digest : digests) {
    try {
      const std::string row = document_row(digest, batch.domains.contains(digest));
      text += (text.empty() ? "[" : ",") + row;
    } catch (const DamagedDocument&) {
      continue;  // pruned in between, or damaged
    }
    if (text.size() < size) continue;
    out.push_back(std::move(text) + "]");
    text.clear();
  }
  if (!text.empty()) out.push_back(std::move(text) + "]");
  return out;
}

}  // namespace virtsql
