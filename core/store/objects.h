// The rows of everything that is no VM: networks, pools, volumes, snapshots, devices of a host, ...
//
// The row of a document is looked up among the rows of its host by the columns of its root's {identity} together. A
// root without {identity} is looked up by its UUID, then by each {key} column by itself, because somebody may have
// changed the name in the row. The row follows libvirt as a VM's rows do (root_rows.h), with two differences. What runs
// is no definition, so a row that holds a definition does not follow a live capture. If libvirt no longer has the
// thing, its row is removed unless somebody edited it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/store/captures.h"
#include "core/store/root_rows.h"

namespace virtsql {

// How the caller gave the key of a thing. An integer is an id; only if no row has that id, it is compared with the
// {key} columns. A text may be an id or the value of a {key} column.
enum class KeyType { kText, kInteger };

class Objects {
 public:
  // All must outlive it.
  Objects(Database& database, const Catalog& catalog, RootRows& rows, Captures& captures)
      : database_(database), catalog_(catalog), rows_(rows), captures_(captures) {}

  // Changes the rows to what a recorded capture says, if they follow it. Returns the row's id, or 0 if the row is gone:
  // the capture says that a network port was deleted. REQUIRES: the arrival has rows, and they are not a VM's.
  std::int64_t apply(Arrival& arrival, std::int64_t host_id);

  // Removes the rows of the thing that the capture names, because libvirt no longer has it. Edited rows stay, DRIFTED
  // (RootRows::remove_unless_edited()). Does nothing for a thing that goes on without its definition
  // (states::kStillActive).
  void remove(const Capture& capture, std::int64_t host_id);

  // Replaces the thing's rows, edited or not, by its newest captured document (a persistent one if there is one), and
  // lets them follow libvirt again. Error messages name `function`. Throws StoreError if nothing was captured of the
  // thing; std::runtime_error if the document is damaged.
  void accept(const Element& root, std::int64_t id, std::string_view function);

  // Returns the id of the stored row of the thing that a document's root row describes, on the host (0: rows without a
  // host); 0 if there is none.
  std::int64_t find(const Row& row, std::int64_t host_id);

  // Returns the id of the row that a user names by its id or by the value of a {key} column. Error messages name
  // `function`. Throws StoreError if no row or several rows match.
  std::int64_t find(const Element& root, std::string_view key, std::string_view function,
                    KeyType type = KeyType::kText);

 private:
  bool holds_definition(const Table& table, std::int64_t id);

  Database& database_;
  const Catalog& catalog_;
  RootRows& rows_;
  Captures& captures_;
};

}  // namespace virtsql
