#include "core/store/row_sql.h"

#include <gtest/gtest.h>

#include <map>
#include <string_view>
#include <utility>

#include "core/base/arena.h"

namespace virtsql {
namespace {

const Table& table(const char* name) { return *Catalog::standard().find_table(name); }

// Returns what SQLite stores of the value in a column, as typeof:value.
std::string stored(const Column& column, std::string_view value) {
  const Connection connection(":memory:", SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
  Statement statement(connection.handle(), "SELECT typeof(?1) || coalesce(':' || ?1, '')");
  bind_value(statement, 1, column, value);
  statement.step();
  return std::string(statement.get_text(0));
}

TEST(CanonicalInteger, IsSpelledAsSqliteWritesIt) {
  EXPECT_EQ(canonical_integer("0"), 0);
  EXPECT_EQ(canonical_integer("17"), 17);
  EXPECT_EQ(canonical_integer("-3"), -3);
  EXPECT_EQ(canonical_integer("999999999999999999"), 999999999999999999);
  for (const char* other : {"", "-", "007", "-0", "+1", "0x10", "1.0", "1 ", " 1", "9999999999999999999"})
    EXPECT_EQ(canonical_integer(other), std::nullopt) << other;
}

TEST(BindValue, ANumberIsStoredAsOneAndATextAsItIs) {
  const Column& memory = *table("virtual_machines").find("memory");
  EXPECT_EQ(stored(memory, "17"), "integer:17");
  EXPECT_EQ(stored(memory, "007"), "integer:7");
  EXPECT_EQ(stored(memory, "+1"), "integer:1");
  EXPECT_EQ(stored(memory, "-3"), "integer:-3");
  EXPECT_EQ(stored(memory, "many"), "null");
  EXPECT_EQ(stored(memory, "99999999999999999999"), "null");
  const Column& delay = *table("host_interfaces").find("bridge_delay");
  ASSERT_EQ(delay.type, Type::kNumber);
  EXPECT_EQ(stored(delay, "8"), "real:8.0");
  EXPECT_EQ(stored(delay, "soon"), "null");
  const Column& name = *table("virtual_machines").find("name");
  EXPECT_EQ(stored(name, "007"), "text:007");
  EXPECT_EQ(stored(name, ""), "text:");
  EXPECT_EQ(stored(name, {}), "null");
}

// libvirt accepts any spelling of a mediated device's UUID; it is the same device.
TEST(BindValue, AUuidThatNamesAResourceIsStoredAsLibvirtWritesIt) {
  const std::string other = "C2177883F1BB47F0914D32A22E3A8804";
  const Column& device = *table("mediated_devices").find("uuid");
  EXPECT_EQ(stored(device, other), "text:c2177883-f1bb-47f0-914d-32a22e3a8804");
  EXPECT_EQ(stored(*table("virtual_machines").find("uuid"), other), "text:" + other);
}

TEST(BindId, ZeroIsNull) {
  const Connection connection(":memory:", SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
  Statement statement(connection.handle(), "SELECT ?1, ?2");
  bind_id(statement, 1, 0);
  bind_id(statement, 2, 7);
  statement.step();
  EXPECT_TRUE(statement.is_null(0));
  EXPECT_EQ(statement.get_int(1), 7);
}

TEST(VendorKinds, HaveAWordEach) {
  for (const auto kind : {VendorItem::Kind::kAttribute, VendorItem::Kind::kElement, VendorItem::Kind::kText})
    EXPECT_EQ(vendor_kind_named(vendor_kind_name(kind)), kind);
  EXPECT_EQ(vendor_kind_name(VendorItem::Kind::kElement), "element");
  EXPECT_EQ(vendor_kind_named("nonsense"), VendorItem::Kind::kText);
}

class SpellingsTest : public testing::Test {
 protected:
  Row* row() { return Row::make(arena_, Catalog::standard().root("domain")); }
  Arena arena_;
  const Column& memory_ = *table("virtual_machines").find("memory");
  const RowSql sql_{table("virtual_machines")};
};

TEST_F(SpellingsTest, AreStoredWithTheOrderAndComeBack) {
  Row* written = row();
  written->set(memory_, "007");
  written->layout = "{\"\":[\"memory\",\"name\"]}";
  Row* read = row();
  read->layout = sql_.stored_layout(*written, arena_);
  EXPECT_EQ(read->layout, "{\"\":[\"memory\",\"name\"],\"#\":{\"memory\":\"007\"}}");
  read->set(memory_, "7");
  take_spellings(*read, arena_);
  EXPECT_EQ(read->get(memory_), "007");
  EXPECT_EQ(read->layout, written->layout);
}

// A host device has an address on the host, which is the resource's, and one in the guest.
TEST_F(SpellingsTest, OfTheAttachmentAndItsResourceAreKeptApart) {
  const Table& attachments = table("host_device_attachments");
  const Column& in_guest = *attachments.find("address_target");
  const Column& on_host = *table("host_devices").find("address_target");
  const RowSql sql(attachments);
  for (const auto& [guest, host] : {std::pair("00", "0"), std::pair("0", "00"), std::pair("0x1", "01")}) {
    Row* written = Row::make(arena_, *attachments.elements.front());
    written->set(in_guest, guest);
    written->set(on_host, host);
    Row* read = Row::make(arena_, *attachments.elements.front());
    read->layout = sql.stored_layout(*written, arena_);
    const char* stored = guest == std::string_view("0x1") ? "1" : "0";
    read->set(in_guest, stored);
    read->set(on_host, stored);
    take_spellings(*read, arena_);
    EXPECT_EQ(read->get(in_guest), guest);
    EXPECT_EQ(read->get(on_host), host);
  }
}

TEST_F(SpellingsTest, OfAnEditedValueAreForgotten) {
  for (const char* edited : {"8", static_cast<const char*>(nullptr)}) {
    Row* read = row();
    read->layout = R"({"#":{"memory":"007"}})";
    if (edited) read->set(memory_, edited);
    take_spellings(*read, arena_);
    EXPECT_EQ(read->get(memory_), edited ? "8" : "");
    EXPECT_EQ(read->layout, "");
  }
}

TEST_F(SpellingsTest, OfWhatIsNoNumberComeBackAsLongAsTheColumnIsNull) {
  Row* read = row();
  read->layout = R"({"#":{"memory":"many"}})";
  take_spellings(*read, arena_);
  EXPECT_EQ(read->get(memory_), "many");
}

TEST_F(SpellingsTest, AUsualRowHasNoLayout) {
  Row* written = row();
  written->set(memory_, "1024");
  EXPECT_EQ(sql_.stored_layout(*written, arena_).data(), nullptr);
}

// A user may have written anything into the column.
TEST_F(SpellingsTest, WhatIsNoLayoutIsPassedOver) {
  for (const char* layout : {R"(["#"])", R"({"#")", R"({"#":7})", R"({"#":{"memory":7,"nonsense":"8","name":"9"}})"}) {
    Row* read = row();
    read->layout = layout;
    take_spellings(*read, arena_);
    EXPECT_FALSE(read->has(memory_)) << layout;
    EXPECT_FALSE(read->has(*table("virtual_machines").find("name"))) << layout;
  }
}

// Prepared against the schema, each statement has its columns where the struct says that they are.
TEST(RowSql, NamesThePlacesOfTheColumns) {
  const RowSql disks(table("disk_attachments"));
  const std::string& sql = disks.by_id.text();
  std::vector<std::string> columns;
  for (std::size_t at = sql.find(' ') + 1; at < sql.find(" FROM");) {
    const std::size_t end = std::min(sql.find(", ", at), sql.find(" FROM"));
    columns.push_back(sql.substr(at, end - at));
    at = end + 2;
  }
  const auto name_at = [&](int place) { return columns.at(static_cast<std::size_t>(place)); };
  EXPECT_EQ(name_at(disks.position), "t.position");
  EXPECT_EQ(name_at(disks.resource), "t.\"disk_id\"");
  EXPECT_EQ(name_at(disks.layout), "t.layout");
  EXPECT_EQ(name_at(disks.children), "t.child_tables");
  EXPECT_EQ(name_at(disks.resource_children), "r.child_tables");
  EXPECT_EQ(disks.parent, -1);
  EXPECT_EQ(columns.size(),
            static_cast<std::size_t>(disks.first_column) + disks.columns.size() + disks.resource_columns.size());
  EXPECT_GE(RowSql(table("disk_layers")).parent, 0);
  EXPECT_EQ(RowSql(table("virtual_machines")).position, -1);
}

}  // namespace
}  // namespace virtsql
