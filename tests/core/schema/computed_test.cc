// SQLite runs the SQL of the catalog's computed columns.
#include "core/schema/computed.h"

#include <gtest/gtest.h>

#include <map>

#include "core/base/database.h"
#include "core/base/sql_quote.h"
#include "core/catalog/builder.h"

namespace virtsql {
namespace {

const Catalog& catalog() {
  static const BuiltCatalog catalog(
      std::vector<CatalogFile>{{"t.catalog",
                                "vm  row machines  A machine.\n"
                                "  name  text  Its name.\n"
                                "  memory  size  Its memory.\n"
                                "    @unit  text  Unit.\n"
                                "  cache  size  Its cache.\n"
                                "  driver  as_json\n"
                                "    @io  text  How.\n"
                                "    @queues  integer  How many.\n"
                                "  boot#1  boot_json  as_json  The order.\n"
                                "    @dev  boot_1  text  First.\n"
                                "  boot#2\n"
                                "    @dev  boot_2  text  Second.\n"
                                "  source {pci address_pci}\n"
                                "    @domain  hex  Domain.\n"
                                "    @bus  hex  Bus.\n"
                                "    @slot  hex  Slot.\n"
                                "    @function  hex  Function.\n"
                                "  inner  inner_json  json {member inner_uuid uuid}  VM.\n"
                                "  metadata\n"
                                "    *  set metadata  Anything.\n"}});
  return catalog;
}

// Returns the value of the computed column in a row with these values (given as SQL); "NULL" if it is NULL.
std::string value(std::string_view table, std::string_view computed, const std::map<std::string, std::string>& values) {
  sqlite3* db = nullptr;
  sqlite3_open(":memory:", &db);
  std::string out;
  {
    const Computed& column = *catalog().find_table(table)->find_computed(computed);
    std::string row;
    for (const Computed::Part& part : column.parts) {
      const auto given = values.find(std::string(part.column->name));
      row += (row.empty() ? "" : ", ") + (given == values.end() ? "NULL" : given->second) + " AS " +
             quote_identifier(part.column->name);
    }
    Statement statement(db, "SELECT coalesce(" + computed_sql(column) + ", 'NULL') FROM (SELECT " + row + ")");
    statement.step();
    out = statement.get_text(0);
  }
  sqlite3_close(db);
  return out;
}

TEST(Computed, CountsBytesInTheUnitThatIsWrittenOrTheDefault) {
  const auto bytes = [](const std::string& number, const std::string& unit) {
    return value("machines", "memory_bytes", {{"memory", number}, {"memory_unit", unit}});
  };
  EXPECT_EQ(bytes("3", "NULL"), "3072");
  EXPECT_EQ(bytes("3", "'b'"), "3");
  EXPECT_EQ(bytes("3", "'bytes'"), "3");
  EXPECT_EQ(bytes("3", "'MiB'"), "3145728");
  EXPECT_EQ(bytes("3", "'M'"), "3145728");
  EXPECT_EQ(bytes("3", "'MB'"), "3000000");
  EXPECT_EQ(bytes("NULL", "'MiB'"), "NULL");
  EXPECT_EQ(value("machines", "cache_bytes", {{"cache", "2"}}), "2048");
}

TEST(Computed, WritesPciAddressesAsLspci) {
  const auto address = [](const std::string& domain, const std::string& bus, const std::string& slot,
                          const std::string& function) {
    return value(
        "machines", "address_pci",
        {{"source_domain", domain}, {"source_bus", bus}, {"source_slot", slot}, {"source_function", function}});
  };
  EXPECT_EQ(address("'0x0000'", "'0x3A'", "'0x1f'", "'0x7'"), "0000:3a:1f.7");
  EXPECT_EQ(address("'0X1'", "10", "2", "NULL"), "0001:0a:02.0");
  EXPECT_EQ(address("'0'", "'010'", "'037'", "'7'"), "0000:08:1f.7");
  EXPECT_EQ(address("'0177777'", "'0377'", "'0'", "'01'"), "ffff:ff:00.1");
  EXPECT_EQ(address("'0x0000'", "'0010'", "'0x02'", "'0x0'"), "0000:08:02.0");
  EXPECT_EQ(address("'0x0000'", "'0x00'", "NULL", "'0x0'"), "NULL");
}

TEST(Computed, WritesJsonWithoutJsonFunctions) {
  EXPECT_EQ(value("machines", "driver_json", {{"driver_io", "'a\"\\' || char(10)"}, {"driver_queues", "4"}}),
            R"({"io":"a\"\\\n","queues":4})");
  EXPECT_EQ(value("machines", "driver_json", {{"driver_queues", "4"}}), R"({"queues":4})");
  EXPECT_EQ(value("machines", "driver_json", {}), "NULL");
  EXPECT_EQ(value("machines", "boot_json", {{"boot_1", "'hd'"}, {"boot_2", "'cdrom'"}}), R"(["hd","cdrom"])");
}

TEST(Computed, ReadsWhatAJsonColumnHolds) {
  EXPECT_EQ(value("machines", "inner_uuid", {{"inner_json", R"('{"name":"a","uuid":"u-1"}')"}}), "u-1");
  EXPECT_EQ(value("machines", "inner_uuid", {{"inner_json", R"('{"name":"a"}')"}}), "NULL");
  const auto metadata = [](std::string_view column, const std::string& json) {
    return value("metadata", column, {{"value_json", json}});
  };
  EXPECT_EQ(metadata("name", R"('{"a:b":{"@xmlns:a":"urn:x"}}')"), "a:b");
  EXPECT_EQ(metadata("namespace", R"('{"a:b":{"@xmlns:c":"urn:y","@xmlns:a":"urn:x"}}')"), "urn:x");
  EXPECT_EQ(metadata("namespace", R"('{"b":{"@xmlns":"urn:x"}}')"), "urn:x");
  EXPECT_EQ(metadata("namespace", R"('{"b":{}}')"), "NULL");
}

}  // namespace
}  // namespace virtsql
