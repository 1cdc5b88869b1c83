#include "core/schema/related.h"

#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

class RelatedTest : public test::StoreFixture {
 protected:
  void capture_vm(const std::string& cpu, const std::string& devices = "") {
    capture(replaced(vm("web", "11111111-1111-1111-1111-111111111111"), "</domain>",
                     cpu + "<devices>" + devices + "</devices></domain>"));
  }
};

TEST_F(RelatedTest, SeveralRowsAreAnArrayInTheirOrder) {
  capture_vm("<cpu><model>a</model><feature policy='require' name='vmx'/><feature policy='disable' name='aes'/></cpu>");
  EXPECT_EQ(text("SELECT host || ' ' || vm_name || ' ' || features_json FROM vm_cpus"),
            "alpha web [{\"policy\":\"require\",\"name\":\"vmx\"},{\"policy\":\"disable\",\"name\":\"aes\"}]");
  // The index would give this order even if nobody asked for it.
  database_->execute("UPDATE cpu_features SET position = 2 - position; DROP INDEX cpu_features_owner");
  EXPECT_EQ(text("SELECT features_json ->> '$[0].name' FROM vm_cpus"), "aes");
}

TEST_F(RelatedTest, NoRowsAreNull) {
  capture_vm("<cpu><model>a</model></cpu>",
             "<interface type='network'><mac address='52:54:00:00:00:01'/><source network='lan'/></interface>");
  EXPECT_EQ(number("SELECT features_json IS NULL FROM vm_cpus"), 1);
  EXPECT_EQ(number("SELECT filter_ref_json IS NULL FROM vm_ports"), 1);
}

TEST_F(RelatedTest, AtMostOneRowIsAnObjectWithWhatBelongsToIt) {
  capture_vm("",
             "<interface type='network'><mac address='52:54:00:00:00:01'/><source network='lan'/><filterref "
             "filter='clean'><parameter name='IP' value='10.0.0.1'/></filterref></interface>");
  EXPECT_EQ(text("SELECT filter_ref_json FROM vm_ports"),
            "{\"name\":\"clean\",\"parameters\":[{\"name\":\"IP\",\"value\":\"10.0.0.1\"}]}");
}

TEST_F(RelatedTest, AValueThatWasSeenIsOfTheSameHost) {
  const std::string uuid = "c2177883-f1bb-47f0-914d-32a22e3a8804";
  capture_vm("", "<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='" + uuid +
                     "'/></source></hostdev>");
  const std::string device =
      "<device><name>mdev_1</name><parent>pci_0</parent><capability type='mdev'><type "
      "id='i915-1'/><uuid>" +
      uuid + "</uuid></capability></device>";
  Capture elsewhere = test::capture_of(device);
  elsewhere.host = "beta";
  store_->capture(elsewhere);
  EXPECT_EQ(number("SELECT mdev_type IS NULL FROM vm_mediated_devices"), 1);
  capture(device);
  EXPECT_EQ(text("SELECT mdev_type || ' ' || parent FROM vm_mediated_devices"), "i915-1 pci_0");
}

// SQLite before 3.41 refuses JSON functions in a schema that is not trusted.
TEST_F(RelatedTest, TheViewsNeedNoTrust) {
  capture_vm("<cpu><model>a</model><feature policy='require' name='vmx'/></cpu>");
  database_->execute("PRAGMA trusted_schema = OFF");
  EXPECT_NE(text("SELECT features_json FROM vm_cpus"), "(no row)");
}

TEST_F(RelatedTest, TablesThatAreNoDevicesHaveAViewEach) {
  std::string names;
  for (const Table* table : tables_with_related(Catalog::standard())) {
    EXPECT_FALSE(table->is_device()) << table->name;
    names += related_view_name(*table) + " ";
    EXPECT_EQ(text("SELECT type FROM sqlite_master WHERE name = '" + related_view_name(*table) + "'"), "view");
  }
  EXPECT_NE(names.find("vm_cpus "), std::string::npos) << names;
  EXPECT_NE(names.find("vm_filter_refs "), std::string::npos) << names;
}

}  // namespace
}  // namespace virtsql
