#include "hook/known.h"

#include <unistd.h>

#include "core/base/sha256.h"
#include "core/catalog/catalog.h"
#include "core/schema/ddl.h"
#include "hook/report.h"

namespace virtsql {
namespace {

std::string key_of(const spool::Record& record) {
  // Of domains sub_operation says what happened, of everything else what it is.
  const bool is_domain = record.xml.starts_with("<domain ") || (record.xml.empty() && record.sub_operation.empty());
  return record.driver + "\n" + record.config + "\n" + (is_domain ? "domain" : record.sub_operation) + "\n" +
         record.name;
}

}  // namespace

// Whether the database could be asked.
template <typename Work>
bool Known::read(Work work) {
  if (unreadable_) return false;
  try {
    if (!reader_) reader_.emplace(config_.database);
    work(reader_->database);
    return true;
  } catch (const DatabaseError& error) {
    // Where there is none yet, everything is news.
    if (access(config_.database.c_str(), F_OK) == 0)
      report(LOG_WARNING, config_.database + " cannot be read: " + error.what());
    reader_.reset();
    unreadable_ = true;
    return false;
  }
}

void Known::close() {
  reader_.reset();
  unreadable_ = false;
}

// The newest documents of VMs and objects, once.
void Known::load() {
  if (loaded_) return;
  loaded_ = read([&](Database& database) {
    const auto add = [&](const std::string& sql) {
      Statement statement(database.handle(), sql);
      while (statement.step()) captured_.emplace(statement.get_blob(0));
    };
    for (const char* config : {"persistent", "live"})
      add(std::string("SELECT (SELECT c.document_sha256 FROM captures AS c WHERE c.vm_uuid = v.uuid AND c.kind = "
                      "'domain' AND c.config = '") +
          config +
          "' AND c.seq NOT IN (SELECT seq FROM late_captures) ORDER BY c.seq DESC LIMIT 1) AS digest FROM "
          "virtual_machines AS v WHERE digest IS NOT NULL");
    add("SELECT c.document_sha256 FROM hosts AS h JOIN captures AS c ON c.id = h.capabilities_capture_id");
    for (const auto& root : Catalog::standard().roots())
      if (root->table->reference_name != "vm_uuid")
        add("SELECT c.document_sha256 FROM " + quote_identifier(root->table->name) +
            " AS t JOIN captures AS c ON c.id = t.capture_id WHERE c.document_sha256 IS NOT NULL");
  });
}

bool Known::is_news(const spool::Record& record) {
  load();
  const std::string digest = sha256(record.xml);
  const auto last = last_.find(key_of(record));
  return last == last_.end() ? !captured_.contains(digest) : last->second != digest;
}

void Known::remember(const spool::Record& record) {
  last_[key_of(record)] = record.xml.empty() ? std::string() : sha256(record.xml);
}

std::vector<std::string> Known::objects(const LibvirtSource::Listed& listed, const std::string& host,
                                        const std::string& driver) {
  std::vector<std::string> out;
  const Table& table = *Catalog::standard().root(listed.kind).table;
  read([&](Database& database) {
    const std::string of_vm = listed.vm_uuid.empty() ? "" : " AND t.vm_uuid = ?3";
    Use statement(database.prepared(
        "SELECT t." + quote_identifier(table.named) + " FROM " + quote_identifier(table.name) +
        " AS t JOIN hosts AS h ON h.id = t.host_id JOIN captures AS c ON c.id = t.capture_id WHERE h.name = ?1 AND "
        "c.driver IN (?2, 'network') AND c.source IN ('event', 'sync', 'hook') AND t.source = 'imported' AND t." +
        quote_identifier(table.named) + " IS NOT NULL" + of_vm));
    statement->bind_text(1, host);
    statement->bind_text(2, driver);
    if (!of_vm.empty()) statement->bind_text(3, listed.vm_uuid);
    while (statement->step()) out.emplace_back(statement->get_text(0));
  });
  return out;
}

std::map<std::string, std::string> Known::defined_before(const std::string& host, const std::string& driver) {
  std::map<std::string, std::string> out;  // name by UUID
  read([&](Database& database) {
    Use statement(database.prepared(
        "SELECT v.uuid, v.name, (SELECT c.operation FROM captures AS c WHERE c.vm_uuid = v.uuid AND c.kind = "
        "'domain' AND c.config = 'persistent' AND c.driver = ?2 AND c.source IN ('event', 'sync') ORDER BY c.seq DESC "
        "LIMIT 1) AS last FROM "
        "virtual_machines AS v JOIN hosts AS h ON h.id = v.host_id WHERE h.name = ?1 AND last <> 'undefine'"));
    statement->bind_text(1, host);
    statement->bind_text(2, driver);
    while (statement->step()) out.emplace(statement->get_text(0), statement->get_text(1));
  });
  return out;
}

}  // namespace virtsql
