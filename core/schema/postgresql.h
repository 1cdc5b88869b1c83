// The fleet's store in PostgreSQL, from the same catalog as a host's database.
//
// The text has three parts: what is written by hand (sql/fleet/*.sql: sources, history, roles, the protocol), and
// between them what is made of fleet_tables(): tables with their indexes, and for each a function put_<table>() by
// which a host replaces the rows of some of its VMs (or of a range of ids) and nothing else. The text can be run again:
// it makes what is missing and replaces functions and views, so that an upgrade only adds.
//
// One table and its function, as the text has them:
//
//   CREATE TABLE IF NOT EXISTS virtsql."disk_layers" (vm_uuid uuid NOT NULL, source_id integer NOT NULL,
//     "id" bigint NOT NULL, "disk_attachment_id" bigint, ..., extra jsonb, PRIMARY KEY (vm_uuid, source_id, id));
//   SELECT virtsql.put_disk_layers('{4dea...}', '[{"vm_uuid": "4dea...", "id": 3, ...}]');   -- how many rows it
//   changed
//
// Tested by tests/core/schema/postgresql_test.cc, and in a real PostgreSQL by tests/fleet/.
#pragma once

#include <string>

#include "core/catalog/catalog.h"

namespace virtsql {

// The oldest PostgreSQL that takes the text, as PQserverVersion() says it.
inline constexpr int kOldestPostgresql = 150000;

// The whole text, to be run in one transaction by a role that may make roles. The server must be kOldestPostgresql or
// newer. Throws CatalogError as fleet_tables() does.
std::string fleet_ddl(const Catalog& catalog);

// SHA-256 of fleet_ddl() in hexadecimal digits: the store remembers which text made it.
std::string fleet_schema_sha256(const Catalog& catalog);

}  // namespace virtsql
