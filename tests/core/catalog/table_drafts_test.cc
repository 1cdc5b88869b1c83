#include "core/catalog/table_drafts.h"

#include <gtest/gtest.h>

#include "tests/core/catalog/line.h"

namespace virtsql {
namespace {

class TableDraftsTest : public testing::Test {
 protected:
  TableDraftsTest() {
    vms_ = tables_.add(test::line_of("domain  row virtual_machines  A VM."), "virtual_machines");
    vms_->reference_name = "vm_uuid";
  }
  // Adds the table that the line makes for the rows that each VM owns.
  TableDraft* owned(const std::string& line, std::string_view name) {
    return tables_.add_owned(test::line_of(line), name, vms_);
  }
  void refuses(const std::string& line, std::string_view name, const char* why) {
    try {
      owned(line, name);
      ADD_FAILURE() << line << " is taken";
    } catch (const CatalogError& error) {
      EXPECT_NE(std::string_view(error.what()).find(why), std::string_view::npos) << error.what();
      EXPECT_TRUE(std::string_view(error.what()).starts_with("t.catalog:")) << error.what();
    }
  }

  CatalogStorage storage_;
  TableDrafts tables_{storage_};
  TableDraft* vms_;
};

TEST_F(TableDraftsTest, AreFoundByTheirName) {
  EXPECT_EQ(tables_.find("virtual_machines"), vms_);
  EXPECT_EQ(vms_->name, "virtual_machines");
  EXPECT_EQ(vms_->doc, "A VM.");
  EXPECT_EQ(tables_.find("virtual_machine"), nullptr);
}

TEST_F(TableDraftsTest, HaveANameOfTheirOwn) {
  refuses("a  set virtual_machines  Again.", "virtual_machines", "virtual_machines is there already");
  for (const char* name : {"", "Disks", "disk attachments", "disk-attachments"})
    refuses("a  set x  A name.", name, "lower case");
}

TEST_F(TableDraftsTest, ReferToTheirOwnersRows) {
  TableDraft* disks = owned("disk  set disk_attachments  A disk.", "disk_attachments");
  EXPECT_EQ(disks->owner, vms_);
  EXPECT_EQ(disks->owner_key, "vm_uuid");  // the reference_name of the root
  TableDraft* hosts =
      tables_.add_owned(test::line_of("host  list disk_hosts  {ordinal place}  A host."), "disk_hosts", disks);
  EXPECT_EQ(hosts->owner_key, "disk_attachment_id");
  EXPECT_EQ(hosts->ordinal, "place");
  EXPECT_EQ(disks->ordinal, "");
  EXPECT_EQ(vms_->child_list, std::vector<const Table*>{disks});
  EXPECT_EQ(disks->child_list, std::vector<const Table*>{hosts});
}

TEST_F(TableDraftsTest, HaveAResourceIfALineBelowSaysIt) {
  TableDraft* attachment = owned(
      "disk  set disk_attachments  A disk.\n"
      "  resource disks  {host}  {key path name}  An image.\n"
      "  resource row others  An element that is called so.\n",
      "disk_attachments");
  TableDraft* disks = tables_.find("disks");
  ASSERT_TRUE(disks);
  EXPECT_EQ(attachment->resource, disks);
  EXPECT_EQ(attachment->resource_key, "disk_id");
  EXPECT_EQ(disks->attachment, attachment);
  EXPECT_EQ(disks->doc, "An image.");
  EXPECT_TRUE(disks->host_scoped);
  ASSERT_EQ(disks->share_keys.size(), 2U);
  EXPECT_EQ(disks->share_keys[0] + "," + disks->share_keys[1], "path,name");
  EXPECT_EQ(tables_.find("others"), nullptr);

  owned("video  set video_attachments  A card.\n  resource videos  A model.\n", "video_attachments");
  EXPECT_FALSE(tables_.find("videos")->host_scoped);
  EXPECT_TRUE(tables_.find("videos")->share_keys.empty());
}

TEST_F(TableDraftsTest, OfResourcesTakeNoOtherMarks) {
  refuses("a  set as  A.\n  resource bs  {index}  B.\n", "as", "no mark {index} for a resource");
  refuses("c  set cs  C.\n  resource ds  {key}  D.\n", "cs", "no mark {key} for a resource");
  refuses("e  set es  E.\n  resource virtual_machines  F.\n", "es", "is there already");
}

TEST_F(TableDraftsTest, HaveManyRowsOfAnOwnerIfOneOfTheirElementsMay) {
  TableDraft* table = owned("console  row consoles  A console.", "consoles");
  ElementDraft one, many;
  TableDrafts::bind(one, table);
  EXPECT_TRUE(table->one_per_owner);
  many.many = true;
  TableDrafts::bind(many, table);
  EXPECT_FALSE(table->one_per_owner);
  EXPECT_EQ(table->element_list, (std::vector<const Element*>{&one, &many}));
  EXPECT_EQ(many.table, table);
}

}  // namespace
}  // namespace virtsql
