// virtsql_libvirt.so: calls libvirt from SQL. It is an extension of its own so that virtsql.so does not need libvirt.
//
//   sqlite> .load virtsql
//   sqlite> .load virtsql_libvirt
//   sqlite> SELECT name, state FROM libvirt_domains('qemu:///system');
//   sqlite> SELECT libvirt_define('qemu:///system', domain_xml('web', 'inactive'));
//   sqlite> SELECT libvirt_sync('qemu:///system');
//
//   libvirt_domains(uri)       the domains: uuid, name, id, state, persistent, autostart, xml, persistent_xml.
//                              uuid = ? or name = ? asks libvirt for that domain only
//   libvirt_define(uri, xml)   defines a domain as virsh define --validate does; returns its UUID
//   libvirt_sync(uri)          captures everything that libvirt has now, and the end of what it no longer has; returns
//                              how many documents it captured
//
// A connection to libvirt stays open as long as the SQLite connection. If it died, the next call opens it again; if
// that fails, the error says why.
#include <libvirt/libvirt.h>

#include <functional>
#include <map>

#include "core/libvirt/handles.h"
#include "core/libvirt/observer.h"
#include "core/libvirt/source.h"
#include "core/spool/config.h"
#include "core/spool/redact.h"
#include "core/store/schema_mark.h"
#include "sqlite_ext/table_function.h"

SQLITE_EXTENSION_INIT1

namespace virtsql::extension {
namespace {

// The connections to libvirt of one SQLite connection.
class Sources {
 public:
  LibvirtSource& get(std::string_view uri, bool read_only) {
    auto& source = sources_[{std::string(uri), read_only}];
    if (source && !source->is_alive()) source.reset();
    if (!source) source = std::make_unique<LibvirtSource>(std::string(uri), read_only);
    return *source;
  }

 private:
  std::map<std::pair<std::string, bool>, std::unique_ptr<LibvirtSource>> sources_;
};

struct Context {
  SessionRef session;
  std::shared_ptr<Sources> sources;
};

// ---- libvirt_domains

const Columns<DomainState> kColumns = {
    {"uuid TEXT", &DomainState::uuid},
    {"name TEXT", &DomainState::name},
    {"id INTEGER", [](const DomainState& domain) { return domain.active ? Value(domain.id) : Value(); }},
    {"state TEXT", [](const DomainState& domain) { return Value(domain_state_name(domain.state)); }},
    {"persistent INTEGER", &DomainState::persistent},
    {"autostart INTEGER", &DomainState::autostart},
    {"xml TEXT", or_null(&DomainState::xml)},
    {"persistent_xml TEXT", or_null(&DomainState::persistent_xml)}};

class DomainRows : public RowsOf<DomainState> {
 public:
  explicit DomainRows(std::vector<DomainRef> domains) : RowsOf(kColumns), domains_(std::move(domains)) {}

  bool next() override {
    if (at_ >= domains_.size()) return false;
    state_ = LibvirtSource::read_state(domains_[at_++].get());
    return true;
  }

  std::int64_t number(std::int64_t) const override {
    return static_cast<std::int64_t>(std::hash<std::string>{}(state_.uuid) >> 2);
  }

 private:
  const DomainState& current() const override { return state_; }

  std::vector<DomainRef> domains_;
  std::size_t at_ = 0;
  DomainState state_;
};

std::unique_ptr<Rows> open_domains(Sources& sources, const Request& request) {
  if (request.is_null(0)) return nullptr;
  const LibvirtSource& source = sources.get(request.text(0), true);
  // For uuid = ? or name = ?, only that domain is looked up. If the query has both conditions, the UUID is looked up,
  // and SQLite compares the name.
  for (const std::size_t named : {1U, 2U}) {
    if (!request.given(named)) continue;
    std::vector<DomainRef> found;
    if (!request.is_null(named))
      if (DomainRef domain = source.find(std::string(request.text(named)))) found.push_back(std::move(domain));
    return std::make_unique<DomainRows>(std::move(found));
  }
  return std::make_unique<DomainRows>(source.domains());
}

int register_domains(sqlite3* db, const SessionRef& session, const std::shared_ptr<Sources>& sources) {
  TableFunction function;
  function.name = "libvirt_domains";
  function.columns = declarations(kColumns);
  function.arguments = {"uri"};
  function.required = 1;
  function.pushed = {"uuid", "name"};
  function.usage = "libvirt_domains('qemu:///system')";
  function.trust = TableFunction::Trust::kDirectOnly;
  function.pushed_rows = 1;
  function.open = [sources](const Request& request) { return open_domains(*sources, request); };
  return register_table_function(db, session, std::move(function));
}

// ---- functions

Context& context_of(sqlite3_context* context) { return *static_cast<Context*>(sqlite3_user_data(context)); }

void define(sqlite3_context* context, int, sqlite3_value** arguments) {
  guard(context, [&] {
    if (is_null(arguments[0]) || is_null(arguments[1])) return;
    const LibvirtSource& source = context_of(context).sources->get(bytes_of(arguments[0]), false);
    const std::string xml(bytes_of(arguments[1]));
    const DomainRef domain(virDomainDefineXMLFlags(source.connection(), xml.c_str(), VIR_DOMAIN_DEFINE_VALIDATE));
    if (!domain) throw LibvirtError("libvirt_define(): libvirt does not take the definition");
    result_text(context, LibvirtSource::read_state(domain.get()).uuid);
  });
}

// Stores the records of a sync in the database: each record that has a document, even if that document is already
// known. A record without a document is stored if it is news or the Observer wants it stored in any case.
class StoreKeeper : public Keeper {
 public:
  StoreKeeper(Session& session, const Config& config) : store_(session.store), config_(config) {
    check_schema(session.database, Catalog::standard(), Access::kWrite);
    known_.load(session.database);
  }

  bool keep(Capture record, bool only_news) override {
    leave_out_secrets(record, config_);
    if (only_news && record.xml.empty() && !known_.is_news(record)) return false;
    store_.capture(record, IfRowsFail::kKeepCapture);
    if (!record.kind.empty()) known_.remember(record);
    if (!record.xml.empty()) ++documents_;
    return true;
  }
  Known& known() override { return known_; }
  sqlite3_int64 documents() const { return documents_; }

 private:
  Store& store_;
  const Config& config_;
  Known known_;
  sqlite3_int64 documents_ = 0;
};

void sync(sqlite3_context* context, int, sqlite3_value** arguments) {
  guard(context, [&] {
    if (is_null(arguments[0])) return;
    const Context& own = context_of(context);
    const std::string uri(bytes_of(arguments[0]));
    const LibvirtSource& source = own.sources->get(uri, true);
    const Config config = readable_config();
    Savepoint savepoint(own.session->database);
    StoreKeeper keeper(*own.session, config);
    Observer(source, is_alone(uri, watched_uris(config)), keeper).sync();
    savepoint.release();
    sqlite3_result_int64(context, keeper.documents());
  });
}

int register_all(sqlite3* db) {
  keep_libvirt_quiet();
  if (virInitialize() < 0) throw LibvirtError("libvirt cannot be set up");
  const auto session = std::make_shared<Session>(db);
  const auto sources = std::make_shared<Sources>();
  int code = register_domains(db, session, sources);
  struct Function {
    const char* name;
    int arguments;
    void (*call)(sqlite3_context*, int, sqlite3_value**);
  };
  for (const Function& function : {Function{"libvirt_define", 2, define}, Function{"libvirt_sync", 1, sync}})
    if (code == SQLITE_OK)
      code = sqlite3_create_function_v2(db, function.name, function.arguments, SQLITE_UTF8 | SQLITE_DIRECTONLY,
                                        new Context{session, sources}, function.call, nullptr, nullptr,
                                        [](void* data) { delete static_cast<Context*>(data); });
  // This query connects the table now, so that closing the connection disconnects it (see disconnect() in
  // table_function.cc). The query itself fails for lack of the argument, which does not matter.
  if (code == SQLITE_OK) (void)sqlite3_exec(db, "SELECT 1 FROM libvirt_domains", nullptr, nullptr, nullptr);
  return code;
}

}  // namespace
}  // namespace virtsql::extension

extern "C" __attribute__((visibility("default"))) int sqlite3_virtsqllibvirt_init(sqlite3* db, char** error_message,
                                                                                  const sqlite3_api_routines* api) {
  SQLITE_EXTENSION_INIT2(api);
  using namespace virtsql::extension;
  return enter("virtsql_libvirt", error_message, [&] { return register_all(db); });
}
