// The store: what virtsql does with a database. Captures go into the history and, where they should, into the rows;
// rows give XML.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/rows/definition.h"
#include "core/rows/diff.h"
#include "core/rows/document.h"
#include "core/rows/generate.h"
#include "core/spool/spool.h"
#include "core/store/history.h"
#include "core/store/migrate.h"
#include "core/store/row_store.h"
#include "core/store/schema_mark.h"
#include "core/store/timeline.h"
#include "core/store/vm_states.h"

namespace virtsql {

// One event, as a hook saw it or a user gave it, with its secrets already left out.
using CaptureEvent = spool::Record;

struct CaptureResult {
  std::int64_t id = 0;
  std::int64_t seq = 0;        // the order of arrival
  bool recorded = true;        // false: it had been recorded before
  std::string_view kind;       // what it is about, see kind_of()
  std::string root;            // name of the document's root element; empty where no rows could be made
  std::string vm_uuid;         // the VM that it is about or belongs to; empty if there is none
  std::int64_t object_id = 0;  // row id of what is no domain
  std::string error;           // why no rows could be made
  std::string rows_error;      // why the rows that are there could not follow, see Rows::kGuarded
};

// How the rows of a VM differ from what libvirt was last seen to have.
struct Drift {
  std::string against;  // persistent or live
  Difference difference;
};

// What to do about rows that cannot follow a capture: rows that no XML can say, an analyst's index, trigger or
// constraint that refuses them.
enum class Rows {
  kStrict,   // nothing is recorded; the error is the caller's
  kGuarded,  // the capture is recorded whole, and the VM is DRIFTED with the reason; costs a savepoint
};

// Whether an error of capture() can be of what is in the rows. Otherwise it is of the database or of the moment.
bool is_of_the_rows(const std::runtime_error& error);

class Store {
 public:
  // Works on a connection that must outlive the store. The schema is made or migrated by init().
  Store(Database& database, const Catalog& catalog);

  // Makes the schema in an empty database, migrates an older one; its version. `held`: whether this process holds the
  // writer's lock, under which a migration is done. Throws StoreError for a database that is newer or somebody else's.
  int init(WriterLockHeld held = WriterLockHeld::kNo);
  // The schema version of the database; 0 where there is none.
  int schema_version();

  // Records an event and lets the rows follow it where they should. Whatever the bytes are, the capture is kept: what
  // is wrong with them is in its error. Throws DatabaseError where the database fails: with nothing changed, or inside
  // a transaction of the caller's, who is to roll it back.
  CaptureResult capture(const CaptureEvent& event, Rows rows = Rows::kStrict);

  // Records a document that a user gives, and lets the rows follow it. Unlike capture() it refuses what is no document
  // of the root, with nothing recorded: throws xml::Error. `function` is for the message.
  CaptureResult import(const CaptureEvent& event, std::string_view root, std::string_view function);

  // What define() made, or found.
  struct Defined {
    std::int64_t id = 0;
    bool created = false;
  };

  // Makes rows of a document that somebody means to be, without a capture: a VM is a managed one. What is there already
  // stays as it is. The order of things is libvirt's, whatever the document's. `host` may be empty: of no known host.
  // Throws xml::Error for what is no document of the root or has what the catalog does not know.
  Defined define(std::string_view xml, std::string_view root, const std::string& host);

  // Takes the newest captured definition of the VM into the rows, which follow libvirt again.
  void accept(std::int64_t vm_id);

  // A new, managed VM like the one given: with its own UUID and MAC addresses, and without what only one VM may have.
  // Its UUID. Throws StoreError where the host has a VM of the name.
  std::string clone(std::int64_t vm_id, std::string_view new_name);

  // The definition in the rows against libvirt's newest one, and against the newest one of the running VM.
  std::vector<Drift> drift(std::int64_t vm_id);

  // What was captured of VMs, by time.
  Timeline& timeline();

  // The UUID of a VM that is there, or was, by UUID or name. `function` is for the message.
  std::string find_uuid(std::string_view uuid_or_name, std::string_view function);

  // The id of the VM with this UUID, or this name where one VM has it. `function` is for the message.
  std::int64_t find_vm(std::string_view uuid_or_name, std::string_view function);

  std::string domain_xml(std::int64_t vm_id, Form form);
  // The document of a row of another root (a network, a pool), known by its id or one of its {key} columns.
  std::string object_xml(std::string_view root, std::string_view key, std::string_view function);
  // The element of one row. Throws StoreError where there is no such table or row.
  std::string device_xml(std::string_view table, std::int64_t id);
  // The captured bytes.
  std::string captured_xml(std::int64_t capture_id);

  // The id of the host with this name, made where there is none.
  std::int64_t host_id(const std::string& name);

  Database& database() { return database_; }

 private:
  struct Vm;
  std::optional<std::string> newest_document(std::string_view vm_uuid, std::string_view config, std::string& operation);
  std::int64_t next_capture_id();
  bool take_id(std::int64_t& id, const CaptureEvent& event);
  // Whether what is to be done can be done with the schema that is there; throws StoreError.
  void check_schema(Access access = Access::kRead);
  bool understand(Document& document, const CaptureEvent& event, CaptureResult& result);
  void move_rows(Document* document, const CaptureEvent& event, std::int64_t host, CaptureResult& result);
  void move_rows_guarded(Document* document, const CaptureEvent& event, std::int64_t host, CaptureResult& result);
  void blame_rows(const CaptureResult& result);
  void keep_capabilities(const xml::Node& document, std::int64_t host, std::int64_t capture_id);
  bool continues(const std::string& uuid, std::int64_t before_seq);
  void forget_object(const CaptureEvent& event, std::int64_t host);
  void mark_undefined(const std::string& uuid);
  // Makes the rows follow the parsed document, or says that they differ.
  void follow(Document& document, const CaptureEvent& event, const CaptureResult& capture, std::int64_t host);
  const Element& described_root(const xml::Node& node) const;
  static std::string identify_vm(Document& document, const std::string& host);
  std::int64_t find_object(const Row& row, std::int64_t host);
  bool follows_definition(const Table& table, std::int64_t id);
  std::int64_t find_older_twin(const Table& table, std::int64_t id);
  std::int64_t follow_object(Document& document, const CaptureEvent& event, std::int64_t capture_id, std::int64_t host);
  Vm find_record(const std::string& uuid, std::int64_t before_seq);

  Database& database_;
  const Catalog& catalog_;
  RowStore rows_;
  History history_;
  Timeline timeline_;
  VmStates states_;
  std::unordered_map<std::string, std::int64_t> hosts_;
  std::optional<Access> checked_;  // what the schema was found to be good for
};

// The UUID (version 5) of a document that came without one: the same for the same host and name.
std::string made_up_uuid(std::string_view host, std::string_view name);

}  // namespace virtsql
