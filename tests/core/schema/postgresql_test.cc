#include "core/schema/postgresql.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "core/schema/fleet_tables.h"
#include "core/schema/schema_digest.h"

namespace virtsql {
namespace {

const std::string& ddl() {
  static const std::string text = fleet_ddl(Catalog::standard());
  return text;
}

bool has(const std::string& part) { return ddl().find(part) != std::string::npos; }

TEST(FleetDdl, HasATableAndAFunctionForEach) {
  for (const FleetTable& table : fleet_tables(Catalog::standard())) {
    EXPECT_TRUE(has("CREATE TABLE IF NOT EXISTS virtsql.\"" + table.name + "\" (")) << table.name;
    EXPECT_TRUE(has("CREATE OR REPLACE FUNCTION virtsql.\"put_" + table.name + "\"(" +
                    (table.of_vm ? "vms uuid[], rows jsonb" : "first bigint, last bigint, rows jsonb")))
        << table.name;
  }
}

// What a host pushes of a capture is listed once: the table, put_captures() and the moves between partitions have it.
TEST(FleetDdl, HasTheColumnsOfCapturesEverywhere) {
  for (const char* mark : {"{captures: name", "{captures: r.name", "{captures: definition"})
    EXPECT_FALSE(has(mark)) << mark;
  std::string names;
  for (const FleetColumn& column : fleet_capture_columns()) names += column.name + ", ";
  EXPECT_EQ(names.substr(0, 8), "id, seq,");
  for (const char* place : {"INSERT INTO virtsql.captures (source_id, ", "RETURNING\n        source_id, received_at, ",
                            "INSERT INTO virtsql.%3$I (source_id, received_at, "})
    EXPECT_TRUE(has(place + names + "extra_json)")) << place;
  EXPECT_TRUE(has("  id bigint NOT NULL, seq bigint NOT NULL, host_id bigint, "));
  EXPECT_TRUE(has(" AS r(id bigint, seq bigint, host_id bigint, "));
  for (const char* column : {"vm_uuid uuid", "document_sha256 bytea", "exact smallint", "secrets bigint", "kind text"})
    EXPECT_TRUE(has(std::string(", ") + column + ", ")) << column;
}

TEST(FleetDdl, KeysBeginOrEndWithTheSource) {
  EXPECT_TRUE(has("PRIMARY KEY (vm_uuid, source_id, \"id\")"));
  EXPECT_TRUE(has("PRIMARY KEY (source_id, \"id\")"));
  EXPECT_TRUE(has("PRIMARY KEY (vm_uuid, source_id)"));
}

// Without a fixed search path, somebody who may create objects in one of its schemas could have the owner run functions
// and operators of his own instead of PostgreSQL's.
TEST(FleetDdl, EveryFunctionThatActsAsItsOwnerHasAFixedSearchPath) {
  const std::string kFixed = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$";
  std::size_t functions = 0;
  for (std::size_t at = ddl().find("SECURITY DEFINER"); at != std::string::npos;
       at = ddl().find("SECURITY DEFINER", at + 1)) {
    EXPECT_EQ(ddl().compare(at, kFixed.size(), kFixed), 0) << ddl().substr(at, 80);
    ++functions;
  }
  EXPECT_GT(functions, 200U);
}

// PostgreSQL cuts names that are too long. Then two objects could get the same name.
TEST(FleetDdl, HasNoNameTwiceAndNoneThatIsTooLong) {
  std::map<std::string, int> names;
  const std::string kCreated = "CREATE INDEX IF NOT EXISTS \"";
  for (std::size_t at = ddl().find(kCreated); at != std::string::npos; at = ddl().find(kCreated, at)) {
    at += kCreated.size();
    const std::string name = ddl().substr(at, ddl().find('"', at) - at);
    EXPECT_LE(name.size(), 63U) << name;
    EXPECT_EQ(++names[name], 1) << name;
  }
  EXPECT_GT(names.size(), 100U);
}

TEST(FleetDdl, HasTheDigestThatIsBuiltIn) {
  EXPECT_EQ(fleet_schema_sha256(Catalog::standard()), kFleetSchemaSha256);
  EXPECT_EQ(kFleetSchemaSha256.size(), 64U);
}

}  // namespace
}  // namespace virtsql
