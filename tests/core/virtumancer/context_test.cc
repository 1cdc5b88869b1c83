#include "core/virtumancer/context.h"

#include <gtest/gtest.h>

#include "tests/core/virtumancer/fixture.h"

namespace virtsql::virtumancer {
namespace {

class ContextTest : public test::SourceFixture {
 protected:
  static std::string ids(const std::vector<const SourceRow*>& rows) {
    std::string out;
    for (const SourceRow* row : rows) out += row->id;
    return out;
  }
};

TEST_F(ContextTest, KnowsWhoseARowIs) {
  add("consoles", {{"id", "1"}, {"vm_uuid", "V"}});  // case does not count
  add("consoles", {{"id", "2"}, {"vm_id", "v"}});    // the column of the oldest databases
  add("consoles", {{"id", "3"}, {"vm_uuid", "v"}, {"vm_id", "another"}});
  add("consoles", {{"id", "4"}, {"vm_uuid", "another"}, {"vm_id", "v"}});
  add("consoles", {{"id", "5"}, {"vm_uuid", "v"}, {"deleted_at", "2025"}});
  Source source(write());
  Context context(source);
  SourceVm vm;
  vm.row = &source.table("virtual_machines").rows.front();
  context.add_vm_key("v", *vm.row);
  context.add_vm_key("", *vm.row);
  EXPECT_EQ(ids(context.rows_of("consoles", vm)), "123");
  EXPECT_EQ(ids(context.rows_of("no_such_table", vm)), "");
  EXPECT_EQ(context.vm_row(""), nullptr);
  EXPECT_TRUE(has_vms(source.table("consoles")));
  EXPECT_FALSE(has_vms(source.table("hosts")));
}

TEST_F(ContextTest, FindsRowsAndNotesThatTheyAreUsed) {
  add("disks", {{"id", "1"}, {"volume_id", "a"}});
  add("disks", {{"id", "2"}, {"volume_id", "b"}});
  add("disks", {{"id", "3"}, {"volume_id", "a"}});
  add("disks", {{"id", "4"}, {"volume_id", "a"}, {"deleted_at", "2025"}});
  Source source(write());
  Context context(source);
  EXPECT_EQ(ids(context.rows_where("disks", "volume_id", "a")), "13");
  EXPECT_EQ(ids(context.rows_where("disks", "volume_id", "")), "");
  const SourceRow& first = source.table("disks").rows.front();
  EXPECT_FALSE(context.is_used(first));
  EXPECT_EQ(context.find("disks", "1"), &first);
  EXPECT_TRUE(context.is_used(first));
  EXPECT_EQ(context.find("disks", "4"), nullptr);  // deleted
  EXPECT_EQ(context.find("disks", "5"), nullptr);
}

TEST_F(ContextTest, TellsThePathOfAVolume) {
  add("storage_pools", {{"id", "d"}, {"type", "dir"}, {"path", "/pool"}});
  add("storage_pools", {{"id", "s"}, {"type", "dir"}, {"path", "/pool/"}});
  add("storage_pools", {{"id", "i"}, {"type", "iscsi"}, {"path", "/pool"}});
  add("storage_pools", {{"id", "r"}, {"type", "dir"}, {"path", "pool"}});
  const std::pair<test::Row, const char*> cases[] = {
      {{{"path", "/own"}, {"name", "a"}, {"storage_pool_id", "d"}}, "/own"},
      {{{"name", "/named"}}, "/named"},
      {{{"name", "a"}, {"storage_pool_id", "d"}}, "/pool/a"},
      {{{"name", "a"}, {"storage_pool_id", "s"}}, "/pool/a"},
      {{{"name", "a"}, {"storage_pool_id", "i"}}, ""},
      {{{"name", "a"}, {"storage_pool_id", "r"}}, ""},
      {{{"name", "a"}, {"storage_pool_id", "none"}}, ""},
      {{{"storage_pool_id", "d"}}, ""},
  };
  for (const auto& [row, path] : cases) add("volumes", row);
  Source source(write());
  Context context(source);
  const std::vector<SourceRow>& rows = source.table("volumes").rows;
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(volume_path(context, rows[i]), cases[i].second) << i;
}

}  // namespace
}  // namespace virtsql::virtumancer
