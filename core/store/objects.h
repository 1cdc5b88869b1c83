// The rows of everything that is no VM: networks, pools, volumes, snapshots, devices of a host, ...
//
// A row is known by the columns of its root's {identity} together, or by its UUID and then by one of its root's {key}
// columns, each by itself, on its host: somebody may have changed the name in the rows. It follows what libvirt has as
// a VM's rows do (root_rows.h), with two differences: what runs is no definition, so that rows of a definition do not
// follow a live capture; and where libvirt has the thing no more, its row goes unless somebody edited it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/store/captures.h"
#include "core/store/root_rows.h"

namespace virtsql {

// How a thing's key was given: as an integer it is an id, and only if no row has that id a name; as text it is either.
enum class KeyType { kText, kInteger };

class Objects {
 public:
  // All must outlive it.
  Objects(Database& database, const Catalog& catalog, RootRows& rows, Captures& captures)
      : database_(database), catalog_(catalog), rows_(rows), captures_(captures) {}

  // Lets the rows follow what has arrived and is recorded; the row's id, 0 if it is no more. REQUIRES: it has rows, of
  // no VM.
  std::int64_t follow(Arrival& arrival, std::int64_t host_id);

  // libvirt has the thing that the capture names no more.
  void forget(const Capture& capture, std::int64_t host_id);

  // Takes the newest captured document of the thing into its rows, which follow libvirt again. `function` is for the
  // message. Throws StoreError if nothing was captured of it; std::runtime_error if the document is damaged.
  void accept(const Element& root, std::int64_t id, std::string_view function);

  // The row of the thing that a document's row is about, on the host (0: of no known host); 0: there is none.
  std::int64_t find(const Row& row, std::int64_t host_id);

  // The row that somebody means who gives its id or the value of a {key} column. `function` is for the message. Throws
  // StoreError if there is none, or there are several.
  std::int64_t find(const Element& root, std::string_view key, std::string_view function,
                    KeyType type = KeyType::kText);

 private:
  bool follows_definition(const Table& table, std::int64_t id);

  Database& database_;
  const Catalog& catalog_;
  RootRows& rows_;
  Captures& captures_;
};

}  // namespace virtsql
