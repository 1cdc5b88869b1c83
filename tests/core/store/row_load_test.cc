// Loading gives the rows below a root in their order. Rows that stand nowhere in a document are refused.
#include <gtest/gtest.h>

#include <string>

#include "core/rows/row_error.h"
#include "core/store/row_store.h"
#include "tests/core/store/row_fixture.h"

namespace virtsql {
namespace {

class RowLoadTest : public test::RowFixture {
 protected:
  // Returns the error of loading the VM.
  std::string refusal(std::int64_t id) {
    Arena arena;
    try {
      (void)rows_->load(root_, id, arena);
    } catch (const RowError& error) {
      return error.what();
    }
    return "";
  }
};

constexpr char kChain[] =
    "<disk type='file' device='disk'><source file='/a'/><backingStore type='file'><source file='/b'/><backingStore "
    "type='file'><source file='/c'/><backingStore/></backingStore></backingStore><target dev='vda'/></disk>";

// Vendor options of the root and of a row below it.
TEST_F(RowLoadTest, GivesEachRowItsVendorOptions) {
  const std::string vm =
      "<domain type='kvm' news='1'>\n  <name>a</name>\n  <uuid>00000000-0000-4000-8000-000000000001</uuid>\n"
      "  <devices>\n    <rng model='virtio' news='2'>\n      <gadget/>\n    </rng>\n  </devices>\n</domain>\n";
  const std::string network =
      "<network news='1'>\n  <name>a</name>\n  <ip address='10.0.0.1' news='2'>\n    <gadget/>\n  </ip>\n</network>\n";
  for (const auto& [root, xml] : {std::pair("domain", vm), std::pair("network", network)}) {
    Document document(xml, Catalog::standard().root(root));
    const std::int64_t id = insert(document);
    Arena arena;
    EXPECT_EQ(generate(*rows_->load(Catalog::standard().root(root), id, arena), Form::kFull), xml);
  }
}

TEST_F(RowLoadTest, GivesNothingForAnIdThatIsNotThere) {
  Arena arena;
  EXPECT_EQ(rows_->load(root_, 77, arena), nullptr);
  EXPECT_EQ(rows_->load_one(*Catalog::standard().find_table("disk_attachments"), 77, arena), nullptr);
}

TEST_F(RowLoadTest, RowsComeByTheirPositionAndThoseWithoutOneLast) {
  const auto disk = [](const std::string& target) {
    return "<disk type='file' device='cdrom'><target dev='" + target + "'/></disk>";
  };
  const std::int64_t vm = insert(1, disk("sda") + disk("sdb") + disk("sdc"));
  database_->execute("UPDATE disk_attachments SET position = CASE device_name WHEN 'sdb' THEN 7 WHEN 'sdc' THEN 5 END");
  const std::string xml = xml_of(vm);
  EXPECT_LT(xml.find("sdc"), xml.find("sdb"));
  EXPECT_LT(xml.find("sdb"), xml.find("sda"));
}

TEST_F(RowLoadTest, OneRowComesWithWhatIsBelowIt) {
  insert(1, std::string("<disk type='file'><target dev='vdb'/></disk>") + kChain);
  const std::int64_t id = database_->query_int("SELECT id FROM disk_attachments WHERE device_name = 'vda'");
  Arena arena;
  const Row* row = rows_->load_one(*Catalog::standard().find_table("disk_attachments"), id, arena);
  ASSERT_NE(row, nullptr);
  const std::string xml = generate_element(*row);
  EXPECT_NE(xml.find("<source file='/c'/>"), std::string::npos) << xml;
  EXPECT_EQ(xml.find("vdb"), std::string::npos) << xml;
}

// NULL in child_tables, as somebody's own INSERT leaves it, means that it is not known which tables have rows.
TEST_F(RowLoadTest, WithoutBitsEveryTableIsAsked) {
  const std::int64_t vm = insert(1, kChain);
  const std::string xml = xml_of(vm);
  database_->execute(
      "UPDATE disk_attachments SET child_tables = NULL; UPDATE virtual_machines SET child_tables = NULL");
  EXPECT_EQ(xml_of(vm), xml);
}

// REPLACE deletes and inserts the row. Without foreign keys and recursive triggers what is below it stays, and counts.
TEST_F(RowLoadTest, AReplacedRowKeepsWhatIsBelowIt) {
  const std::int64_t vm = insert(1, kChain);
  const std::string xml = xml_of(vm);
  database_->execute(
      "PRAGMA foreign_keys = OFF; INSERT OR REPLACE INTO disk_attachments (id, vm_uuid, position, disk_id, device, "
      "device_name) SELECT id, vm_uuid, position, disk_id, device, device_name FROM disk_attachments");
  EXPECT_EQ(xml_of(vm), xml);
}

TEST_F(RowLoadTest, RowsThatAreNestedInEachOtherAreRefused) {
  const std::int64_t vm = insert(1, kChain);
  const std::int64_t id = database_->query_int("SELECT id FROM disk_layers WHERE path = '/b'");
  database_->execute("UPDATE disk_layers SET parent_id = (SELECT id FROM disk_layers WHERE path = '/c') WHERE id = " +
                     std::to_string(id));
  EXPECT_EQ(refusal(vm).find("disk_layers, row " + std::to_string(id) + ", parent_id: row "), 0U) << refusal(vm);
}

TEST_F(RowLoadTest, ARowOfAnElementThatCannotStandThereIsRefused) {
  const std::int64_t vm = insert(1, kChain);
  const WithoutTriggers quiet(handle_);  // one of them refuses the word
  database_->execute("UPDATE disk_layers SET element = 'nonsense' WHERE path = '/b'");
  EXPECT_NE(refusal(vm).find("<nonsense> cannot stand in <disk>"), std::string::npos) << refusal(vm);
}

// Vendor options that are kept for another reason than the document are no part of it.
TEST_F(RowLoadTest, KeptVendorOptionsAreLeftOut) {
  const std::int64_t vm = insert(1, "<disk new='1'><target dev='vda'/></disk>");
  database_->execute("UPDATE vendor_options SET kind = 'kept'");
  EXPECT_EQ(xml_of(vm).find("new="), std::string::npos);
}

}  // namespace
}  // namespace virtsql
