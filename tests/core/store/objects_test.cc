#include "core/store/objects.h"

#include <algorithm>

#include "core/spool/states.h"
#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

// One kind of object that has rows, with a document of it and two ways to change it: an edit of its row, and another
// definition.
struct Kind {
  const char* root;
  const char* function;
  const char* table;
  const char* document;
  const char* column;  // the column that an edit of the row sets
  const char* from;    // a text of the document; with `to` in its place it is another definition
  const char* to;
  const char* vm_uuid = "";  // the capture's VM, if the document does not name it
};

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.root; }

class ObjectsTest : public test::StoreFixture, public testing::WithParamInterface<Kind> {
 protected:
  const Kind& kind() const { return GetParam(); }
  std::string document() const { return test::read_document(std::string("objects/") + kind().document); }
  std::string changed() const { return replaced(document(), kind().from, kind().to); }
  CaptureResult capture(std::string_view xml) {
    Capture event = test::capture_of(xml);
    event.uuid = kind().vm_uuid;
    if (!event.uuid.empty()) event.name = event.uuid;
    if (kind().root == std::string("domainCapabilities")) event.name = "x86_64 kvm";
    return store_->capture(event);
  }
  std::string column(const std::string& name) {
    return text("SELECT coalesce(" + name + ", '') FROM " + kind().table + " ORDER BY id LIMIT 1");
  }
  void edit() { database_->execute(std::string("UPDATE ") + kind().table + " SET " + kind().column + " = 'edited'"); }
  std::string xml() { return store_->object_xml(kind().root, column("id"), "test"); }
};

TEST_P(ObjectsTest, KeepTheirIdWhenTheyAreCapturedAgain) {
  const std::int64_t id = capture(document()).object_id;
  EXPECT_EQ(capture(document()).object_id, id);
  EXPECT_EQ(capture(changed()).object_id, id);
  EXPECT_EQ(number(std::string("SELECT count(*) FROM ") + kind().table), 1);
  EXPECT_EQ(xml(), changed());
  EXPECT_EQ(column("sync_status"), "SYNCED");
}

// Somebody may write anything into a row's layout.
TEST_P(ObjectsTest, AreAcceptedWhateverTheirLayoutSays) {
  (void)capture(document());
  for (const char* layout : {"no json", "[]", "1"}) {
    database_->execute(std::string("UPDATE ") + kind().table + " SET layout = '" + layout + "'");
    store_->accept_object(kind().root, column("id"), "test");
    EXPECT_EQ(xml(), document()) << layout;
  }
}

TEST_P(ObjectsTest, AreManagedOnceEditedAndSayHowTheyDrift) {
  const std::int64_t id = capture(document()).object_id;
  edit();
  const std::string edited = xml();
  ASSERT_NE(edited, document());
  EXPECT_EQ(capture(changed()).object_id, id);
  EXPECT_EQ(xml(), edited);
  EXPECT_EQ(column("source"), "managed");
  EXPECT_EQ(column("sync_status"), "DRIFTED");
  EXPECT_NE(column("drift_details").find("edited"), std::string::npos) << column("drift_details");
  // libvirt's newest definition becomes what the rows say.
  capture(edited);
  EXPECT_EQ(column("source") + column("sync_status") + column("drift_details"), "managedSYNCED");
}

TEST_P(ObjectsTest, FollowAgainOnceLibvirtsIsAccepted) {
  capture(document());
  edit();
  const std::int64_t newest = capture(changed()).id;
  store_->accept_object(kind().root, column("id"), "test");
  EXPECT_EQ(xml(), changed());
  EXPECT_EQ(column("source") + column("sync_status") + column("drift_details"), "importedSYNCED");
  EXPECT_EQ(column("capture_id"), std::to_string(newest));
  capture(document());
  EXPECT_EQ(xml(), document());
}

TEST_P(ObjectsTest, GoWithLibvirtsUnlessSomebodyEditedThem) {
  const Catalog& catalog = Catalog::standard();
  const std::string named(catalog.root(kind().root).table->name_column);
  const auto identity = catalog.root(kind().root).table->identity;
  const auto forget = [&] {
    undefine(kind().root, column(named),
             std::ranges::find(identity, "vm_uuid") == identity.end() ? "" : column("vm_uuid"));
  };
  capture(document());
  forget();
  EXPECT_EQ(number(std::string("SELECT count(*) FROM ") + kind().table), 0);
  capture(document());
  edit();
  forget();
  EXPECT_EQ(column("source") + column("sync_status"), "managedDRIFTED");
  EXPECT_EQ(text(std::string("SELECT drift_details ->> '$[0].change' FROM ") + kind().table), "removed");
}

using ObjectsWithUuidTest = ObjectsTest;

TEST_P(ObjectsWithUuidTest, AreFoundByItWhateverTheirNameIsChangedTo) {
  const std::int64_t id = capture(document()).object_id;
  edit();
  const std::string edited = xml();
  EXPECT_EQ(capture(document()).object_id, id);
  EXPECT_EQ(number(std::string("SELECT count(*) FROM ") + kind().table), 1);
  EXPECT_EQ(xml(), edited);
  EXPECT_EQ(column("source") + column("sync_status"), "managedDRIFTED");
  store_->accept_object(kind().root, column("id"), "test");
  EXPECT_EQ(xml(), document());
  EXPECT_EQ(column("source") + column("sync_status"), "importedSYNCED");
}

using ObjectsUuidSpellingTest = ObjectsTest;

// libvirt takes a UUID without dashes and in capitals, too, and means the same one.
TEST_P(ObjectsUuidSpellingTest, IsTheSameThing) {
  const std::string dashed = kind().from;
  std::string digits = dashed;
  std::erase(digits, '-');
  const std::string without = replaced(document(), dashed, digits);
  ASSERT_NE(without, document());
  const std::int64_t id = capture(document()).object_id;
  EXPECT_EQ(capture(without).object_id, id);
  EXPECT_EQ(xml(), without);
  EXPECT_EQ(capture(replaced(document(), dashed, kind().to)).object_id, id);
  EXPECT_EQ(number(std::string("SELECT count(*) FROM ") + kind().table), 1);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, ObjectsUuidSpellingTest,
    testing::Values(Kind{"network", "network", "networks", "network.xml", "", "9a05da11-e96b-47f3-8253-a3a482e445f5",
                         "9A05DA11-e96b-47f3-8253-a3a482e445f5"},
                    Kind{"networkport", "networkport", "port_bindings", "networkport.xml", "",
                         "5d744f21-ba4a-4d6e-bdb2-30a35ff3207d", "5D744F21-ba4a-4d6e-bdb2-30a35ff3207d"},
                    Kind{"pool", "pool", "storage_pools", "pool.xml", "", "3e3fce45-4f53-4fa7-bb32-11f34168b82b",
                         "3E3FCE45-4f53-4fa7-bb32-11f34168b82b"},
                    Kind{"secret", "secret", "secrets", "secret.xml", "", "55806c7d-8e93-456f-829b-607d8c198367",
                         "55806C7D-8e93-456f-829b-607d8c198367"},
                    Kind{"domainsnapshot", "snapshot", "vm_snapshots", "snapshot.xml", "",
                         "6695eb01-f6a4-8304-79aa-97f2502e193f", "6695EB01-f6a4-8304-79aa-97f2502e193f"},
                    Kind{"domaincheckpoint", "checkpoint", "vm_checkpoints", "checkpoint.xml", "",
                         "6695eb01-f6a4-8304-79aa-97f2502e193f", "6695EB01-f6a4-8304-79aa-97f2502e193f"}));

INSTANTIATE_TEST_SUITE_P(Kinds, ObjectsWithUuidTest,
                         testing::Values(Kind{"network", "network", "networks", "network.xml", "name", "", ""},
                                         Kind{"pool", "pool", "storage_pools", "pool.xml", "name", "", ""},
                                         Kind{"filter", "nwfilter", "nw_filters", "nwfilter.xml", "name", "", ""}));

INSTANTIATE_TEST_SUITE_P(
    Kinds, ObjectsTest,
    testing::Values(
        Kind{"network", "network", "networks", "network.xml", "title", "<name>lab</name>",
             "<name>lab</name>\n  <title>another</title>"},
        Kind{"networkport", "networkport", "port_bindings", "networkport.xml", "port_group", "<name>web</name>",
             "<name>web2</name>"},
        Kind{"pool", "pool", "storage_pools", "pool.xml", "path", "bytes'>270553174016", "bytes'>270553174017"},
        Kind{"volume", "volume", "volumes", "volume.xml", "format", "bytes'>8388608", "bytes'>8388609"},
        Kind{"device", "nodedev", "node_devices", "nodedev_pci_0000_00_01_0.xml", "parent", "virtio-pci", "vfio-pci"},
        Kind{"domainsnapshot", "snapshot", "vm_snapshots", "snapshot.xml", "description", "first one", "second one"},
        Kind{"filter", "nwfilter", "nw_filters", "nwfilter.xml", "chain", "dstportend='81'", "dstportend='82'"},
        Kind{"filterbinding", "nwfilterbinding", "nw_filter_bindings", "nwfilterbinding.xml", "filter_name", "10.0.0.2",
             "10.0.0.3"},
        Kind{"secret", "secret", "secrets", "secret.xml", "usage_volume", "web servers", "database"},
        Kind{"interface", "interface", "host_interfaces", "interface.xml", "start_mode", "192.168.7.3", "192.168.7.4"},
        Kind{"domaincheckpoint", "checkpoint", "vm_checkpoints", "checkpoint.xml", "description", "bitmap='1525889631'",
             "bitmap='1525889632'"},
        Kind{"domainbackup", "backup", "vm_backups", "backup.xml", "incremental", "port='10809'", "port='10810'",
             "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"},
        Kind{"capabilities", "capabilities", "host_capabilities", "capabilities.xml", "cpu_model", "maxCpus='255'>pc<",
             "maxCpus='256'>pc<"},
        Kind{"domainCapabilities", "domaincaps", "host_domain_capabilities", "domaincaps.xml", "machine",
             "<value>pflash", "<value>pflush"}));

using ObjectsOfOneNameTest = test::StoreFixture;

TEST_F(ObjectsOfOneNameTest, AcceptTakesTheVolumeOfItsPool) {
  const auto volume = [](const std::string& pool, const std::string& size) {
    return "<volume type='file'>\n  <name>a</name>\n  <key>/" + pool + "/a</key>\n  <capacity unit='bytes'>" + size +
           "</capacity>\n  <target>\n    <path>/" + pool + "/a</path>\n  </target>\n</volume>\n";
  };
  const std::int64_t one = capture(volume("one", "1")).object_id;
  capture(volume("two", "2"));
  EXPECT_EQ(number("SELECT count(*) FROM volumes"), 2);
  database_->execute("UPDATE volumes SET capacity = 7");
  capture(volume("one", "3"));
  capture(volume("two", "4"));
  store_->accept_object("volume", std::to_string(one), "test");
  EXPECT_EQ(text("SELECT group_concat(capacity) FROM (SELECT capacity FROM volumes ORDER BY id)"), "3,7");
}

TEST_F(ObjectsOfOneNameTest, ASecretIsNamedByItsUuidInAnySpelling) {
  const std::string dashed = "55806c7d-8e93-456f-829b-607d8c198367";
  const std::string without = "55806c7d8e93456f829b607d8c198367";
  const std::string secret = "<secret>\n  <uuid>" + without + "</uuid>\n</secret>\n";
  capture(secret);
  for (const std::string& key : {dashed, without}) EXPECT_EQ(store_->object_xml("secret", key, "test"), secret) << key;
  undefine("secret", dashed);
  EXPECT_EQ(number("SELECT count(*) FROM secrets"), 0);
}

TEST_F(ObjectsOfOneNameTest, AcceptSaysThatNothingWasCaptured) {
  database_->execute("INSERT INTO networks (name) VALUES ('own')");
  try {
    store_->accept_object("network", "own", "network_accept");
    FAIL();
  } catch (const StoreError& error) {
    EXPECT_EQ(std::string(error.what()), "network_accept(): nothing has been captured of row 1 of networks");
  }
}

class NetworkTest : public test::StoreFixture {
 protected:
  static std::string network(const std::string& bridge) {
    return "<network>\n  <name>n</name>\n  <uuid>11111111-0000-4000-8000-000000000001</uuid>\n  <bridge name='" +
           bridge + "'/>\n</network>\n";
  }
  CaptureResult capture(const std::string& operation, const std::string& config, std::string_view xml,
                        std::string_view state = {}) {
    Capture event = test::capture_of(xml);
    event.kind = event.sub_operation = "network";
    event.name = "n";
    event.operation = operation;
    event.config = config;
    event.source = "event";
    event.state = state;
    return store_->capture(event);
  }
};

// Once the definition of a running network is gone, its row follows the running one. It stays the same row, so that
// whatever names it stays too.
TEST_F(NetworkTest, GoesOnWithoutItsDefinition) {
  const std::int64_t id = capture("network", "persistent", network("defined")).object_id;
  EXPECT_EQ(capture("network", "live", network("running")).object_id, id);
  EXPECT_EQ(text("SELECT bridge_name FROM networks"), "defined");
  capture("undefine", "persistent", {}, states::kStillActive);
  EXPECT_EQ(capture("network", "live", network("running")).object_id, id);
  EXPECT_EQ(text("SELECT bridge_name FROM networks"), "running");
  capture("undefine", "persistent", {});
  EXPECT_EQ(number("SELECT count(*) FROM networks"), 0);
}

}  // namespace
}  // namespace virtsql
