#include "core/schema/device_views.h"

#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

class DeviceViewsTest : public test::StoreFixture {
 protected:
  DeviceViewsTest() {
    capture(replaced(vm("web", "11111111-1111-1111-1111-111111111111"), "</domain>",
                     "<devices><disk type='file'><source file='/a'/><target dev='vda'/><alias name='ua-disk'/>"
                     "<address type='drive' controller='0' bus='1'/></disk><video><model type='vga'/><address "
                     "type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0'/></video><watchdog "
                     "model='i6300esb'/></devices></domain>"));
  }
};

TEST_F(DeviceViewsTest, HaveTheColumnsThatTheySay) {
  for (const DeviceView& view : device_views(Catalog::standard())) {
    std::string columns;
    for (const DeviceView::Column& column : view.columns) columns += (columns.empty() ? "" : ",") + column.name;
    EXPECT_EQ(text("SELECT group_concat(name) FROM pragma_table_info('" + view.name + "')"), columns) << view.name;
    EXPECT_NE(view.doc, "");
  }
}

TEST_F(DeviceViewsTest, EveryDeviceHasOneIndex) {
  EXPECT_EQ(text("SELECT group_concat(device_type) FROM (SELECT * FROM attachment_indices ORDER BY 2)"),
            "disk,video,watchdog");
  EXPECT_EQ(number("SELECT device_id = (SELECT disk_id FROM disk_attachments) AND attachment_id = (SELECT id FROM "
                   "disk_attachments) FROM attachment_indices WHERE device_type = 'disk'"),
            1);
  std::int64_t devices = 0;
  for (const Table* table : Catalog::standard().tables()) devices += table->is_device() ? 1 : 0;
  std::int64_t arms = 1;
  const std::string sql = text("SELECT sql FROM sqlite_master WHERE name = 'attachment_indices'");
  for (std::size_t at = 0; (at = sql.find("UNION ALL", at + 1)) != std::string::npos;) ++arms;
  EXPECT_EQ(arms, devices);
}

TEST_F(DeviceViewsTest, OnlyDevicesWithAnAddressHaveOne) {
  EXPECT_EQ(text("SELECT group_concat(device_type || ' ' || coalesce(pci_address, address_json), ', ') FROM (SELECT * "
                 "FROM device_addresses ORDER BY device_type)"),
            "disk {\"type\":\"drive\",\"controller\":0,\"bus\":\"1\"}, video 0000:00:02.0");
}

TEST_F(DeviceViewsTest, OnlyDevicesWithAnAliasHaveOne) {
  EXPECT_EQ(text("SELECT group_concat(device_type || ' ' || alias_name) FROM device_aliases"), "disk ua-disk");
  EXPECT_EQ(count("device_aliases"), 1);
}

TEST(IsOfAddress, TheJsonOfADevicesAddressAlone) {
  const Catalog& catalog = Catalog::standard();
  EXPECT_TRUE(is_of_address(*catalog.find_table("disk_attachments")->find_computed("address_json")));
  EXPECT_FALSE(is_of_address(*catalog.find_table("disk_attachments")->find_computed("driver_json")));
}

}  // namespace
}  // namespace virtsql
