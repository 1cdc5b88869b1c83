// The SQL that makes the fleet's store in PostgreSQL, from the same catalog as a host's database.
//
// Hand-written parts of the text (sql/fleet/*.sql: sources, history, roles, the protocol) stand around two generated
// ones:
//
//   the tables of fleet_tables()   with their indexes, and for each table a function put_<table>(), by which a host
//                                  replaces the rows of some of its VMs (or of a range of ids) and no other rows
//   the views of fleet_views()
//
// The text can be run again: it makes what is missing and replaces functions and views, so an upgrade only adds.
//
// One table and its function, as the text has them:
//
//   CREATE TABLE IF NOT EXISTS virtsql."disk_layers" (vm_uuid uuid NOT NULL, source_id integer NOT NULL,
//     "id" bigint NOT NULL, "disk_attachment_id" bigint, ..., extra jsonb, PRIMARY KEY (vm_uuid, source_id, id));
//   SELECT virtsql.put_disk_layers('{4dea...}', '[{"vm_uuid": "4dea...", "id": 3, ...}]');   -- how many changed
//
// Tested by tests/core/schema/postgresql_test.cc, and in a real PostgreSQL by tests/fleet/.
#pragma once

#include <string>

#include "core/catalog/catalog.h"

namespace virtsql {

// The oldest PostgreSQL that can run the text, as PQserverVersion() returns it.
inline constexpr int kOldestPostgresql = 150000;

// Returns the whole text. Run it in one transaction, as a role that may make roles, on a server that is
// kOldestPostgresql or newer. Throws CatalogError as fleet_tables() and fleet_views() do.
std::string fleet_ddl(const Catalog& catalog);

// Returns the SHA-256 of fleet_ddl() in hexadecimal digits, by which the store remembers which text made it.
std::string fleet_schema_sha256(const Catalog& catalog);

}  // namespace virtsql
