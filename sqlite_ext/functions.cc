// The scalar functions.
//
//   virtsql_version()               the extension's version
//   virtsql_init()                  makes or migrates the schema in `main`; returns its version
//   virtsql_schema()                the whole DDL
//   domain_import(xml [, host])     captures a definition; returns the VM's UUID
//   domain_xml(vm [, form])         XML from the rows; form: full (default) or inactive
//   try_domain_xml(vm [, form])     the same; NULL if no XML can express the rows
//   device_xml(table, id)           the XML element of one attachment row
//   domain_clone(vm, new_name)      makes a new VM like `vm`; returns its UUID
//   domain_accept(vm)               puts libvirt's newest definition into the rows; returns its argument
//   domain_at(vm, time)             the definition as of a time, or NULL
//   captured_xml(capture_id)        the captured bytes
//   virtsql_time(time)              the time that a text or number means, or an age, in UTC
//   virtsql_redact()                removes from the history what is secret by now; returns the number of documents
//   virtsql_prune(age [, 'changes'])  removes captures older than the age; returns how many
//   virtumancer_import(path)        takes over a database of virtumancer; returns the number of VMs that are new
//   virtsql_report([options])       the page of hosts and VMs, as HTML (report.cc)
//   xml_json(xml), json_xml(json)   XML as lossless JSON and back (core/store/pure_functions.h)
//   network_import(xml [, host]), network_xml(key [, form]), try_network_xml(key [, form]), network_accept(key), and so
//   on for each root of the catalog with a {function}
//
// If the argument that names what to read (a VM, a document to convert) is NULL, the result is NULL.
#include <boost/json.hpp>

#include "core/base/excerpt.h"
#include "core/rows/row_error.h"
#include "core/schema/ddl.h"
#include "core/schema/sql_name.h"
#include "core/spool/age.h"
#include "core/spool/host_name.h"
#include "core/spool/redact.h"
#include "core/store/pure_functions.h"
#include "core/store/redaction.h"
#include "core/virtumancer/virtumancer.h"
#include "core/xml/characters.h"
#include "core/xml/xml.h"
#include "sqlite_ext/extension.h"
#include "sqlite_ext/report.h"
#include "sqlite_ext/time_argument.h"

namespace virtsql::extension {
namespace {

using Arguments = sqlite3_value**;

Session& session_of(sqlite3_context* context) { return **static_cast<SessionRef*>(sqlite3_user_data(context)); }

void version(sqlite3_context* context, int, Arguments) { result_text(context, VIRTSQL_VERSION); }

void init(sqlite3_context* context, int, Arguments) {
  guard(context, [&] {
    Session& session = session_of(context);
    sqlite3_result_int(context, session.store.init());
  });
}

void schema(sqlite3_context* context, int, Arguments) {
  guard(context, [&] { result_text(context, schema_ddl(Catalog::standard())); });
}

// Returns the row id that an argument gives, as a number or as a text of digits. Throws StoreError if it is neither;
// `function` and `where` (the column that has the ids) are for its message.
sqlite3_int64 id_of(sqlite3_value* value, std::string_view function, std::string_view where) {
  const std::string given = quoted_excerpt(bytes_of(value));
  const int type = sqlite3_value_numeric_type(value);
  const sqlite3_int64 id = sqlite3_value_int64(value);
  if (type == SQLITE_INTEGER || (type == SQLITE_FLOAT && sqlite3_value_double(value) == static_cast<double>(id)))
    return id;
  throw StoreError(std::string(function) + "(): " + given + " is no id; ids are whole numbers, in " +
                   std::string(where));
}

// Returns the host that an import's second argument names; without that argument, or if it is NULL, this machine's
// name. Throws StoreError if the name is empty, too long, or is not text that XML could have.
std::string host_of(int count, Arguments arguments, const std::string& function) {
  if (count < 2 || is_null(arguments[1])) return host_name();
  const std::string_view host = bytes_of(arguments[1]);
  const auto refuse = [&](const std::string& why) {
    return StoreError(function + "(): the host's name " + why + "; give a name, or leave it out for this host's own");
  };
  if (host.empty()) throw refuse("is empty");
  if (host.size() > kLongestHostName)
    throw refuse("has " + std::to_string(host.size()) + " bytes, but DNS allows " + std::to_string(kLongestHostName));
  try {
    xml::check_text(host);
  } catch (const xml::Error& error) {
    throw refuse("has what no name has: " + std::string(error.what()));
  }
  return std::string(host);
}

// Returns the capture of a document that a user gives, with the document's secrets left out. Throws xml::Error, with
// `function` in the message, if the document cannot be redacted to its end.
Capture import_of(int count, Arguments arguments, const std::string& function) {
  Capture event;
  event.host = host_of(count, arguments, function);
  event.xml = bytes_of(arguments[0]);
  // Store::import() refuses a document that is too large. Looking for secrets in it first would be wasted time.
  if (event.xml.size() <= xml::kMaxBytes) leave_out_secrets(event, readable_config());
  if (!event.error.empty()) {
    // The parser's message is better than the redaction's: it also says what to do about the error.
    try {
      (void)xml::Document::parse(bytes_of(arguments[0]));
    } catch (const xml::Error& error) {
      throw xml::Error(function + "(): " + error.what());
    }
    throw xml::Error(function + "(): " + event.error);
  }
  event.operation = "import";
  event.config = "persistent";
  event.source = "import";
  return event;
}

void domain_import(sqlite3_context* context, int count, Arguments arguments) {
  guard(context, [&] {
    if (is_null(arguments[0]))
      throw StoreError("domain_import(): the XML is NULL; readfile() gives NULL for a file that does not exist");
    result_text(context, session_of(context)
                             .store.import(import_of(count, arguments, "domain_import"), "domain", "domain_import")
                             .vm_uuid);
  });
}

// Returns the form that the second argument names: kFull if there is none or it is NULL. Throws StoreError if there is
// no such form; `function` is for the message.
Form form_of(int count, Arguments arguments, const std::string& function) {
  if (count < 2 || is_null(arguments[1])) return Form::kFull;
  const std::string_view form = bytes_of(arguments[1]);
  if (form == "full") return Form::kFull;
  if (form == "inactive") return Form::kInactive;
  throw StoreError(function + "(): no form " + quoted_excerpt(form) + "; it is full or inactive");
}

// Gives the XML of the VM that the first argument names, in the form that the second one names.
void result_domain_xml(sqlite3_context* context, int count, Arguments arguments, const std::string& function) {
  if (is_null(arguments[0])) return;
  Store& store = session_of(context).store;
  const Form form = form_of(count, arguments, function);
  result_text(context, store.domain_xml(store.find_vm(bytes_of(arguments[0]), function), form));
}

void domain_xml(sqlite3_context* context, int count, Arguments arguments) {
  guard(context, [&] { result_domain_xml(context, count, arguments, "domain_xml"); });
}

void try_domain_xml(sqlite3_context* context, int count, Arguments arguments) {
  guard(context, [&] {
    try {
      result_domain_xml(context, count, arguments, "try_domain_xml");
    } catch (const RowError&) {
      // The result stays NULL.
    }
  });
}

void device_xml(sqlite3_context* context, int, Arguments arguments) {
  guard(context, [&] {
    if (is_null(arguments[0]) || is_null(arguments[1])) return;
    const std::string table(bytes_of(arguments[0]));
    const sqlite3_int64 id = id_of(arguments[1], "device_xml", excerpt(table) + ".id");
    result_text(context, session_of(context).store.device_xml(table, id));
  });
}

void domain_accept(sqlite3_context* context, int, Arguments arguments) {
  guard(context, [&] {
    if (is_null(arguments[0])) return;
    Store& store = session_of(context).store;
    store.accept(store.find_vm(bytes_of(arguments[0]), "domain_accept"));
    sqlite3_result_value(context, arguments[0]);
  });
}

void domain_clone(sqlite3_context* context, int, Arguments arguments) {
  guard(context, [&] {
    if (is_null(arguments[0])) return;
    if (is_null(arguments[1])) throw StoreError("domain_clone(): the new name is NULL");
    Store& store = session_of(context).store;
    result_text(context, store.clone(store.find_vm(bytes_of(arguments[0]), "domain_clone"), bytes_of(arguments[1])));
  });
}

void virtsql_redact(sqlite3_context* context, int, Arguments) {
  guard(context, [&] {
    Session& session = session_of(context);
    const Rewritten rewritten = session.store.redact(readable_config().redact);
    // The others are rewritten all the same, but nobody may think that no secret is left.
    std::vector<std::string> left = rewritten.damaged;
    left.insert(left.end(), rewritten.unsayable.begin(), rewritten.unsayable.end());
    if (!left.empty())
      throw StoreError("virtsql_redact(): " + std::to_string(rewritten.documents) + " documents and " +
                       std::to_string(rewritten.rows) + " rows were rewritten, but " +
                       std::to_string(rewritten.damaged.size()) + " documents cannot be read and " +
                       std::to_string(rewritten.unsayable.size()) +
                       " rows cannot become XML, and may still hold a secret: " + join_first(left, 3, "; "));
    sqlite3_result_int64(context, static_cast<sqlite3_int64>(rewritten.documents));
  });
}

void virtsql_prune(sqlite3_context* context, int count, Arguments arguments) {
  guard(context, [&] {
    if (is_null(arguments[0])) throw StoreError("virtsql_prune(): the age is NULL; it is " + std::string(kAgeHelp));
    const std::string_view age = bytes_of(arguments[0]);
    const std::optional<int> days = days_of(age);
    if (!days)
      throw StoreError("virtsql_prune(): " + quoted_excerpt(age) + " is no age; it is " + std::string(kAgeHelp));
    const std::string_view keep = count > 1 && !is_null(arguments[1]) ? bytes_of(arguments[1]) : std::string_view();
    if (!keep.empty() && keep != "changes")
      throw StoreError("virtsql_prune(): " + quoted_excerpt(keep) +
                       " is nothing that can be kept; 'changes' keeps what changed something");
    Session& session = session_of(context);
    const std::size_t captures =
        session.store.prune(*days, keep.empty() ? Prune::Keep::kNewest : Prune::Keep::kChanges);
    // Without a checkpoint the removal stays in the -wal file, and the database file does not get smaller.
    sqlite3_wal_checkpoint_v2(session.database.handle(), "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    sqlite3_result_int64(context, static_cast<sqlite3_int64>(captures));
  });
}

void domain_at(sqlite3_context* context, int, Arguments arguments) {
  guard(context, [&] {
    if (is_null(arguments[0]) || is_null(arguments[1])) return;
    Session& session = session_of(context);
    const std::int64_t time = milliseconds_of(session.database, arguments[1], "domain_at");
    const std::string uuid = session.store.find_uuid(bytes_of(arguments[0]), "domain_at");
    if (const auto xml = session.store.timeline().definition_at(uuid, last_id_at(time))) result_text(context, *xml);
  });
}

void virtsql_time(sqlite3_context* context, int, Arguments arguments) {
  guard(context, [&] {
    if (is_null(arguments[0])) return;
    result_text(context, utc_of(session_of(context).database, arguments[0], "virtsql_time"));
  });
}

void captured_xml(sqlite3_context* context, int, Arguments arguments) {
  guard(context, [&] {
    if (is_null(arguments[0])) return;
    result_text(context, session_of(context).store.captured_xml(id_of(arguments[0], "captured_xml", "captures.id")));
  });
}

void virtumancer_import(sqlite3_context* context, int, Arguments arguments) {
  guard(context, [&] {
    if (is_null(arguments[0]))
      throw StoreError("virtumancer_import(): the path is NULL; give that of a virtumancer database, virtumancer.db");
    sqlite3_result_int64(context, import_virtumancer(session_of(context).store, std::string(bytes_of(arguments[0]))));
  });
}

// Throws StoreError if a page of the VM would be empty: libvirt has it no more, or it is not on the host.
void require_vm(Store& store, const std::string& uuid, const std::optional<std::string>& host,
                const std::string& where) {
  Use vm(store.database().prepared("SELECT name, host, state = 'undefined' FROM vms WHERE uuid = ?1"));
  vm->bind_text(1, uuid);
  const bool known = vm->step();
  const std::string named = "the VM " + quoted_excerpt(known ? vm->get_text(0) : std::string_view(uuid));
  if (!known || vm->get_int(2))
    throw StoreError(where + "libvirt no longer has " + named + "; domain_history('" + excerpt(uuid) +
                     "') shows what it was");
  if (host && *host != vm->get_text(1))
    throw StoreError(where + named + " is not on the host " + quoted_excerpt(*host) + " but on " +
                     quoted_excerpt(vm->get_text(1)));
}

// Reads the options of virtsql_report(): a JSON object with the keys host, vm (name or UUID) and theme. Throws
// StoreError if it is none, has other keys or themes, or names an unknown host or VM, or a VM of another host.
ReportOptions report_options(Store& store, std::string_view json) {
  const std::string where = "virtsql_report(): ";
  const auto refuse = [&](const std::string& why) {
    return StoreError(where + why + R"(; the options are a JSON object like {"host": "kvm1", "theme": "dark"})");
  };
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(json, error);
  if (error || !value.is_object()) throw refuse("no JSON object");
  ReportOptions options;
  for (const auto& [key, given] : value.get_object()) {
    if (key != "host" && key != "vm" && key != "theme")
      throw refuse("no option " + quoted_excerpt(key) + "; there are host, vm and theme");
    if (given.is_null() && key != "theme") continue;
    if (!given.is_string()) throw refuse("the value of " + quoted_excerpt(key) + " is no text");
    const std::string text(given.get_string());
    if (key == "host")
      options.host = text;
    else if (key == "vm")
      options.vm_uuid = store.find_uuid(text, "virtsql_report");
    else if (text == "light" || text == "dark" || text == "auto")
      options.theme = text;
    else
      throw refuse("no theme " + quoted_excerpt(text) + "; it is light, dark or auto");
  }
  if (options.host) {
    Use known(store.database().prepared("SELECT 1 FROM hosts WHERE name = ?1"));
    known->bind_text(1, *options.host);
    if (!known->step())
      throw StoreError(where + "no host " + quoted_excerpt(*options.host) + "; names are in hosts.name");
  }
  if (options.vm_uuid) require_vm(store, *options.vm_uuid, options.host, where);
  return options;
}

void virtsql_report(sqlite3_context* context, int count, Arguments arguments) {
  guard(context, [&] {
    Store& store = session_of(context).store;
    store.check_schema();
    ReportOptions options;
    if (count > 0 && !is_null(arguments[0])) options = report_options(store, bytes_of(arguments[0]));
    result_text(context, report(store, options));
  });
}

struct Function {
  const char* name;
  int arguments;
  int flags;
  void (*call)(sqlite3_context*, int, Arguments);
};

constexpr int kPure = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
// For functions that read or write more than their arguments, such as the database: SQLite then takes them only in
// statements that the user writes, and refuses them in triggers, views and the rest of a schema.
constexpr int kDirect = SQLITE_UTF8 | SQLITE_DIRECTONLY;

// clang-format off
constexpr Function kFunctions[] = {
    {"virtsql_version", 0, kPure, version},
    {"virtsql_init", 0, kDirect, init},
    {"virtsql_schema", 0, kPure, schema},
    {"domain_import", 1, kDirect, domain_import},
    {"domain_import", 2, kDirect, domain_import},
    {"domain_xml", 1, kDirect, domain_xml},
    {"domain_xml", 2, kDirect, domain_xml},
    {"try_domain_xml", 1, kDirect, try_domain_xml},
    {"try_domain_xml", 2, kDirect, try_domain_xml},
    {"device_xml", 2, kDirect, device_xml},
    {"domain_clone", 2, kDirect, domain_clone},
    {"domain_accept", 1, kDirect, domain_accept},
    {"domain_at", 2, kDirect, domain_at},
    {"captured_xml", 1, kDirect, captured_xml},
    {"virtsql_time", 1, kDirect, virtsql_time},
    {"virtsql_report", 0, kDirect, virtsql_report},
    {"virtsql_report", 1, kDirect, virtsql_report},
    {"virtumancer_import", 1, kDirect, virtumancer_import},
    {"virtsql_redact", 0, kDirect, virtsql_redact},
    {"virtsql_prune", 1, kDirect, virtsql_prune},
    {"virtsql_prune", 2, kDirect, virtsql_prune},
};
// clang-format on

// One of the functions <thing>_import(), <thing>_xml(), try_<thing>_xml() and <thing>_accept(), which exist for each of
// the catalog's roots with a {function}: networks, pools, ...
struct ObjectFunction {
  SessionRef session;
  std::string root;
  std::string name;
};

const ObjectFunction& object_of(sqlite3_context* context) {
  return *static_cast<ObjectFunction*>(sqlite3_user_data(context));
}

void object_import(sqlite3_context* context, int count, Arguments arguments) {
  guard(context, [&] {
    const ObjectFunction& object = object_of(context);
    if (is_null(arguments[0])) throw StoreError(object.name + "(): the XML is NULL");
    sqlite3_result_int64(
        context,
        object.session->store.import(import_of(count, arguments, object.name), object.root, object.name).object_id);
  });
}

KeyType key_type(sqlite3_value* value) {
  return sqlite3_value_type(value) == SQLITE_INTEGER ? KeyType::kInteger : KeyType::kText;
}

// Gives the XML of the row that the first argument names, in the form that the second one names.
void result_object_xml(sqlite3_context* context, int count, Arguments arguments) {
  const ObjectFunction& object = object_of(context);
  if (is_null(arguments[0])) return;
  const KeyType type = key_type(arguments[0]);  // before bytes_of(), which may change the value's type to text
  const Form form = form_of(count, arguments, object.name);
  result_text(context, object.session->store.object_xml(object.root, bytes_of(arguments[0]), object.name, type, form));
}

void object_xml(sqlite3_context* context, int count, Arguments arguments) {
  guard(context, [&] { result_object_xml(context, count, arguments); });
}

void try_object_xml(sqlite3_context* context, int count, Arguments arguments) {
  guard(context, [&] {
    try {
      result_object_xml(context, count, arguments);
    } catch (const RowError&) {
      // The result stays NULL.
    }
  });
}

void object_accept(sqlite3_context* context, int, Arguments arguments) {
  guard(context, [&] {
    const ObjectFunction& object = object_of(context);
    if (is_null(arguments[0])) return;
    const KeyType type = key_type(arguments[0]);
    object.session->store.accept_object(object.root, bytes_of(arguments[0]), object.name, type);
    sqlite3_result_value(context, arguments[0]);
  });
}

int register_object_function(sqlite3* db, ObjectFunction object, int arguments,
                             void (*call)(sqlite3_context*, int, Arguments)) {
  auto* data = new ObjectFunction(std::move(object));
  return sqlite3_create_function_v2(db, data->name.c_str(), arguments, kDirect, data, call, nullptr, nullptr,
                                    [](void* pointer) { delete static_cast<ObjectFunction*>(pointer); });
}

}  // namespace

int register_functions(sqlite3* db, const SessionRef& session) {
  if (const int code = register_pure_functions(db); code != SQLITE_OK) return code;
  for (const Function& function : kFunctions) {
    auto* reference = new SessionRef(session);
    const int code =
        sqlite3_create_function_v2(db, function.name, function.arguments, function.flags, reference, function.call,
                                   nullptr, nullptr, [](void* data) { delete static_cast<SessionRef*>(data); });
    if (code != SQLITE_OK) return code;
  }
  for (const auto& root : Catalog::standard().roots()) {
    const std::string& name = root->table->function_name;
    if (name.empty()) continue;
    int code = SQLITE_OK;
    for (const int arguments : {1, 2}) {
      if (code == SQLITE_OK)
        code = register_object_function(db, {session, root->name, name + "_import"}, arguments, object_import);
      if (code == SQLITE_OK)
        code = register_object_function(db, {session, root->name, name + "_xml"}, arguments, object_xml);
      if (code == SQLITE_OK)
        code = register_object_function(db, {session, root->name, "try_" + name + "_xml"}, arguments, try_object_xml);
    }
    if (code == SQLITE_OK)
      code = register_object_function(db, {session, root->name, name + "_accept"}, 1, object_accept);
    if (code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

}  // namespace virtsql::extension
