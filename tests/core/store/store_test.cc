#include "core/store/store.h"

#include <gtest/gtest.h>

#include "core/base/sha256.h"
#include "core/base/sql_quote.h"
#include "core/base/work.h"
#include "core/rows/row_error.h"
#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

class StoreTest : public test::StoreFixture {
 protected:
  // Returns the number of rows in all tables but those of the history, so that a test sees rows that are left over.
  std::int64_t all_rows() {
    std::int64_t out = count("vendor_options") + count("attachment_indices");
    for (const Table* table : Catalog::standard().tables()) out += count(quote_identifier(table->name));
    return out;
  }

  void expect_consistent() {
    EXPECT_EQ(text("PRAGMA integrity_check"), "ok");
    EXPECT_EQ(text("PRAGMA foreign_key_check"), "(no row)");
    std::int64_t attachments = 0;
    for (const Table* table : Catalog::standard().tables()) {
      if (table->is_device()) attachments += count(table->name);
      if (!table->resource) continue;
      EXPECT_EQ(database_->query_int("SELECT count(*) FROM " + table->resource->name + " WHERE id NOT IN (SELECT " +
                                     table->resource_key + " FROM " + table->name + " WHERE " + table->resource_key +
                                     " IS NOT NULL)"),
                0)
          << table->resource->name;
    }
    EXPECT_EQ(count("attachment_indices"), attachments);
  }
};

TEST_F(StoreTest, GivesBackWhatItWasGivenWithoutTheDocuments) {
  for (const std::string& name : test::document_names()) {
    const std::string bytes = test::read_document(name);
    const CaptureResult result = capture(bytes);
    EXPECT_EQ(result.error, "");
    {
      const WithoutTriggers quiet(handle_);
      database_->execute("PRAGMA foreign_keys = OFF; DELETE FROM documents; PRAGMA foreign_keys = ON");
    }
    EXPECT_EQ(store_->domain_xml(store_->find_vm(result.vm_uuid, "test"), Form::kFull), bytes) << name;
  }
  EXPECT_EQ(database_->query_int("SELECT count(*) FROM captures WHERE exact = 1"), count("captures"));
  expect_consistent();
}

TEST_F(StoreTest, TurnsOneVersionIntoAnotherAndLeavesNothingBehind) {
  std::vector<std::string> versions;
  for (const std::string& name : test::document_names()) {
    std::string bytes = test::read_document(name);
    const std::size_t from = bytes.find("<uuid>") + 6;
    bytes.replace(from, 36, "4dea22b3-1d52-d8f3-2516-782e98ab3fa0");
    versions.push_back(bytes);
  }
  std::vector<std::int64_t> rows;
  for (const std::string& version : versions) {
    capture(version);
    rows.push_back(all_rows());
    EXPECT_EQ(store_->domain_xml(store_->find_vm("4dea22b3-1d52-d8f3-2516-782e98ab3fa0", "test"), Form::kFull),
              version);
    database_->execute("DELETE FROM virtual_machines");
    EXPECT_EQ(all_rows(), 0);
  }
  // Captures every version after every other. A version must give the same rows whichever came before it.
  for (std::size_t i = 0; i < versions.size(); ++i) {
    for (std::size_t k = 0; k < versions.size(); ++k) {
      for (const std::size_t each : {i, k}) {
        EXPECT_EQ(capture(versions[each]).error, "");
        EXPECT_EQ(store_->domain_xml(store_->find_vm("4dea22b3-1d52-d8f3-2516-782e98ab3fa0", "test"), Form::kFull),
                  versions[each]);
        EXPECT_EQ(all_rows(), rows[each]);
      }
      expect_consistent();
    }
  }
  EXPECT_EQ(text("SELECT source FROM virtual_machines"), "imported");
}

TEST_F(StoreTest, KeepsIdsOfWhatStays) {
  const std::string before = test::read_document("web.xml");
  capture(before);
  const std::int64_t disk = database_->query_int("SELECT id FROM disk_attachments WHERE device_name = 'vda'");
  std::string after = before;
  after.replace(after.find("cache='none'"), 12, "cache='unsafe'");
  capture(after);
  EXPECT_EQ(
      database_->query_int("SELECT id FROM disk_attachments WHERE device_name = 'vda' AND driver_cache = 'unsafe'"),
      disk);
}

TEST_F(StoreTest, UniqueNamesChangePlaces) {
  const auto vm = [](const std::string& first, const std::string& second) {
    const auto card = [](const std::string& mac, const std::string& name) {
      return "    <interface type='network'>\n      <mac address='" + mac +
             "'/>\n      <source network='default'/>\n      <target dev='" + name + "'/>\n    </interface>\n";
    };
    return "<domain type='kvm'>\n  <name>a</name>\n  <uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>\n  <devices>\n" +
           card("52:54:00:00:00:01", first) + card("52:54:00:00:00:02", second) + "  </devices>\n</domain>\n";
  };
  capture(vm("vnet0", "vnet1"));
  const std::string ids = text("SELECT group_concat(id) FROM port_attachments");
  capture(vm("vnet1", "vnet0"));
  EXPECT_EQ(text("SELECT group_concat(device_name) FROM (SELECT device_name FROM port_attachments ORDER BY id)"),
            "vnet1,vnet0");
  EXPECT_EQ(text("SELECT group_concat(id) FROM port_attachments"), ids);
  EXPECT_EQ(store_->domain_xml(1, Form::kFull), vm("vnet1", "vnet0"));
}

TEST_F(StoreTest, ARowWithoutAPositionComesLast) {
  capture(
      "<domain type='kvm'>\n  <name>a</name>\n  <devices>\n    <disk type='file' device='disk'>\n      <target "
      "dev='vda'/>\n    "
      "</disk>\n    <disk type='file' device='disk'>\n      <target dev='vdb'/>\n    </disk>\n  "
      "</devices>\n</domain>\n");
  const auto order = [&] {
    const std::string xml = store_->domain_xml(1, Form::kFull);
    return xml.find("'vda'") < xml.find("'vdb'") ? "vda vdb" : "vdb vda";
  };
  EXPECT_STREQ(order(), "vda vdb");
  database_->execute("UPDATE disk_attachments SET position = NULL WHERE device_name = 'vda'");
  EXPECT_STREQ(order(), "vdb vda");
}

// libvirt's names are unique on a host. So if another VM has the name now, the VM that had it before is gone from
// there.
TEST_F(StoreTest, TheVmThatHadANameBeforeIsGone) {
  const std::string first = "00000000-0000-4000-8000-00000000000a";
  const std::string second = "00000000-0000-4000-8000-00000000000b";
  const auto tell = [&](const std::string& uuid, const std::string& operation, const std::string& driver = "qemu",
                        const std::string& source = "hook") {
    Capture event = test::capture_of("<domain type='kvm'><name>web</name><uuid>" + uuid + "</uuid></domain>", "live");
    event.operation = operation;
    event.source = source;
    event.driver = driver;
    store_->capture(event);
  };
  const auto state = [&](const std::string& uuid) {
    return text("SELECT state FROM vm_states WHERE vm_uuid = '" + uuid + "'");
  };
  tell(first, "started");
  tell(second, "started", "qemu", "import");
  EXPECT_EQ(state(first), "running") << "an import tells nothing of the host";
  tell(second, "started", "LXC");
  EXPECT_EQ(state(first), "running") << "another driver has names of its own";
  database_->execute("DELETE FROM virtual_machines WHERE uuid = '" + second + "'");
  database_->execute("DROP TRIGGER captures_deleted; DELETE FROM captures WHERE driver = 'LXC'");
  tell(second, "prepare");
  EXPECT_EQ(state(first), "undefined");
  EXPECT_EQ(state(second), "running");
  EXPECT_EQ(store_->find_vm("web", "test"), number("SELECT id FROM virtual_machines WHERE uuid = '" + second + "'"));
  tell(first, "stopped");
  EXPECT_EQ(state(second), "running") << "the end of one that had the name";
  tell(first, "started");
  EXPECT_EQ(state(first), "running");
  EXPECT_EQ(state(second), "undefined");
}

TEST_F(StoreTest, AVmWhoseRowsAreItsOwnersKeepsItsState) {
  const std::string uuid = "00000000-0000-4000-8000-00000000000a";
  capture("<domain type='kvm'><name>old</name><uuid>" + uuid + "</uuid></domain>");
  database_->execute("UPDATE virtual_machines SET name = 'web', source = 'managed'");
  capture("<domain type='kvm'><name>web</name><uuid>00000000-0000-4000-8000-00000000000b</uuid></domain>");
  EXPECT_NE(text("SELECT state FROM vm_states WHERE vm_uuid = '" + uuid + "'"), "undefined");
}

TEST_F(StoreTest, NeverOverwritesAnEdit) {
  const std::string bytes = test::read_document("web.xml");
  capture(bytes);
  database_->execute("UPDATE disk_attachments SET driver_cache = 'writeback' WHERE device_name = 'vda'");
  std::string other = bytes;
  other.replace(other.find("<name>web"), 9, "<name>www");
  capture(other);
  EXPECT_EQ(text("SELECT source || ' ' || sync_status FROM virtual_machines"), "managed DRIFTED");
  EXPECT_NE(store_->domain_xml(store_->find_vm("web", "test"), Form::kFull).find("cache='writeback'"),
            std::string::npos);
  store_->accept(store_->find_vm("web", "test"));
  EXPECT_EQ(text("SELECT source || ' ' || sync_status || ' ' || name FROM virtual_machines"), "imported SYNCED www");
  EXPECT_EQ(store_->domain_xml(store_->find_vm("www", "test"), Form::kFull), other);
}

TEST_F(StoreTest, NamesTheRowThatIsNestedTooDeep) {
  capture(test::read_document("web.xml"));
  const auto nest = [&](int layers) {
    database_->execute("DELETE FROM disk_layers");
    database_->execute(
        "INSERT INTO disk_layers (id, disk_attachment_id, parent_id, element, position) WITH RECURSIVE n(i) AS (SELECT "
        "1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
        std::to_string(layers) +
        ") SELECT 1000 + i, (SELECT min(id) FROM disk_attachments), CASE WHEN i > 1 THEN 999 + i END, 'backingStore', "
        "0 FROM n");
  };
  const std::int64_t vm = store_->find_vm("web", "test");
  nest(200);
  const std::string xml = store_->domain_xml(vm, Form::kFull);
  std::size_t layers = 0;
  for (std::size_t at = 0; (at = xml.find("<backingStore", at)) != std::string::npos; ++at) ++layers;
  EXPECT_EQ(layers, 200U);
  nest(20000);
  try {
    store_->domain_xml(vm, Form::kFull);
    ADD_FAILURE() << "20,000 layers were written";
  } catch (const RowError& error) {
    EXPECT_EQ(error.table, "disk_layers");
    EXPECT_GT(error.id, 1200);
    EXPECT_NE(std::string(error.what()).find("nested deeper than 256"), std::string::npos) << error.what();
  }
  const std::vector<Drift> drift = store_->drift(vm);
  ASSERT_EQ(drift.size(), 1U);
  EXPECT_EQ(drift[0].difference.change, Difference::Change::kChanged);
  EXPECT_NE(drift[0].difference.new_value.find("disk_layers, row"), std::string::npos);
}

TEST_F(StoreTest, NeverGivesOutXmlThatIsNone) {
  capture(test::read_document("web.xml"));
  const std::int64_t vm = store_->find_vm("web", "test");
  database_->execute("UPDATE virtual_machines SET title = 'a' || char(1) || 'b'");
  EXPECT_THROW(store_->domain_xml(vm, Form::kFull), RowError);
  EXPECT_THROW(store_->domain_xml(vm, Form::kInactive), RowError);
  const std::vector<Drift> drift = store_->drift(vm);
  ASSERT_EQ(drift.size(), 1U);
  EXPECT_EQ(drift[0].difference.path, "/domain/title/text()");
}

// Counts the parses, shreds and generations of one capture.
TEST_F(StoreTest, ReadsARecordOnceAlsoWhereTheRowsWereEdited) {
  const std::string bytes = test::read_document("web.xml");
  const auto cost = [&](std::string_view xml) {
    const Work before = work;
    capture(xml);
    return std::to_string(work.parses - before.parses) + " " + std::to_string(work.shreds - before.shreds) + " " +
           std::to_string(work.generations - before.generations);
  };
  EXPECT_EQ(cost(bytes), "1 1 1");
  std::string other = bytes;
  other.replace(other.find("<name>web"), 9, "<name>www");
  EXPECT_EQ(cost(other), "1 1 2");
  database_->execute("UPDATE disk_attachments SET driver_cache = 'writeback' WHERE device_name = 'vda'");
  EXPECT_EQ(cost(bytes), "1 1 2");
  EXPECT_EQ(text("SELECT source || ' ' || sync_status FROM virtual_machines"), "managed DRIFTED");
}

TEST_F(StoreTest, AsksForDriftWithoutAParseWhileTheRowsAreWhatWasCaptured) {
  capture(test::read_document("web.xml"));
  const std::int64_t vm = store_->find_vm("web", "test");
  const auto parses_for_drift = [&](std::size_t differences) {
    const Work before = work;
    EXPECT_EQ(store_->drift(vm).size(), differences);
    return work.parses - before.parses;
  };
  EXPECT_EQ(parses_for_drift(0), 0U);
  database_->execute("UPDATE disk_attachments SET driver_cache = 'writeback' WHERE device_name = 'vda'");
  EXPECT_EQ(parses_for_drift(1), 1U);
}

TEST_F(StoreTest, FollowsTheDefinitionAndNotTheRunningVmOnceItKnowsOne) {
  const std::string live = test::read_document("live.xml");
  std::string definition = live;
  definition.replace(definition.find(" id='1'"), 7, "");
  capture(live, "live");
  EXPECT_EQ(store_->domain_xml(store_->find_vm("live", "test"), Form::kFull), live);
  capture(definition);
  capture(live, "live");
  EXPECT_EQ(store_->domain_xml(store_->find_vm("live", "test"), Form::kFull), definition);
  EXPECT_EQ(count("captures"), 3);
}

TEST_F(StoreTest, SaysOfARunningVmWhatDomainDriftFinds) {
  const std::string live = test::read_document("live.xml");
  const std::string definition = replaced(live, " id='1'", "");
  const std::string mouse = replaced(live, "  </devices>", "    <input type='mouse' bus='usb'/>\n  </devices>");
  const auto status = [&] {
    return text("SELECT sync_status || coalesce(drift_details ->> '$[0].path', '') FROM virtual_machines");
  };
  const auto drift = [&] { return store_->drift(store_->find_vm("live", "test")).size(); };
  capture(definition);
  capture(live, "live");
  EXPECT_EQ(status(), "SYNCED");
  // libvirt adds a mouse to definitions by itself. But this mouse was added while the VM runs, so it is drift.
  capture(mouse, "live");
  EXPECT_EQ(status(), "DRIFTED/domain/devices/input");
  EXPECT_EQ(drift(), 1U);
  capture(replaced(mouse, " id='1'", ""));
  EXPECT_EQ(status(), "SYNCED");
  EXPECT_EQ(drift(), 0U);
  capture(definition);
  EXPECT_EQ(status(), "DRIFTED/domain/devices/input");
  Capture stopped = test::capture_of(mouse, "live");
  stopped.operation = "stopped";
  store_->capture(stopped);
  EXPECT_EQ(status(), "SYNCED");
  EXPECT_EQ(drift(), 0U);
  // A sync finds the VM shut off.
  capture(mouse, "live");
  EXPECT_EQ(drift(), 1U);
  Capture found = test::capture_of(definition);
  found.source = "sync";
  found.state = "shut off";
  store_->capture(found);
  EXPECT_EQ(status(), "SYNCED");
  EXPECT_EQ(drift(), 0U);
}

TEST_F(StoreTest, TakesAnImportOfARunningVmForWhatRuns) {
  const auto import = [&](const std::string& xml) {
    Capture event = test::capture_of(xml);
    event.operation = event.source = "import";
    EXPECT_EQ(store_->capture(event).error, "");
    return store_->domain_xml(store_->find_vm("live", "test"), Form::kFull);
  };
  const std::string live = test::read_document("live.xml");
  const std::string definition = replaced(live, " id='1'", "");
  EXPECT_EQ(import(live), live);
  EXPECT_EQ(text("SELECT config FROM captures"), "live");
  EXPECT_EQ(text("SELECT sync_status || (SELECT state FROM vm_states) FROM virtual_machines"), "UNKNOWNunknown");
  EXPECT_EQ(import(definition), definition);
  // An import of the running VM with the same definition: the rows stay those of the definition.
  EXPECT_EQ(import(live), definition);
  EXPECT_EQ(text("SELECT sync_status FROM virtual_machines"), "SYNCED");
  // An import of the running VM with a difference: the rows follow it, because its user wants to work with it. The
  // drift shows how it differs from the definition.
  const std::string other = replaced(live, "  </devices>", "    <sound model='ac97'/>\n  </devices>");
  EXPECT_EQ(import(other), other);
  EXPECT_EQ(text("SELECT sync_status || json_array_length(drift_details) FROM virtual_machines"), "DRIFTED1");
  const std::vector<Drift> drift = store_->drift(store_->find_vm("live", "test"));
  ASSERT_EQ(drift.size(), 1U);
  EXPECT_EQ(drift[0].against + drift[0].difference.path, "live/domain/devices/sound");
  // Once libvirt itself has told the definition, the rows no longer follow an import of a running VM.
  capture(definition);
  EXPECT_EQ(import(other), definition);
}

TEST_F(StoreTest, AVmThatMovesTakesItsThingsAlong) {
  const std::string bytes = test::read_document("db.xml");
  const auto capture_on = [&](const char* host, const std::string& xml) {
    Capture event = test::capture_of(xml);
    event.host = host;
    EXPECT_EQ(store_->capture(event).error, "");
  };
  // Returns the number of things that the host has, of every kind that belongs to a host.
  const auto things = [&](const std::string& host) {
    std::string sql;
    for (const char* table : {"disks", "ports", "host_devices", "mediated_devices", "controllers"})
      if (const Table* described = Catalog::standard().find_table(table); described && described->host_scoped)
        sql += (sql.empty() ? "SELECT sum(n) FROM (SELECT " : " UNION ALL SELECT ") + std::string("count(*)") +
               (sql.empty() ? " AS n" : "") + " FROM " + table +
               " WHERE host_id = (SELECT id FROM hosts WHERE name = '" + host + "')";
    return text(sql + ")");
  };
  capture_on("alpha", bytes);
  const std::string all = things("alpha");
  EXPECT_GT(std::stoi(all), 3);
  capture_on("beta", bytes);
  EXPECT_EQ(things("alpha"), "0");
  EXPECT_EQ(things("beta"), all);
  // The things move in the same way with another definition, and if somebody edited the VM's rows.
  capture_on("alpha", replaced(bytes, "cpuset='0-3'>4</vcpu>", "cpuset='0-3'>3</vcpu>"));
  EXPECT_EQ(things("beta"), "0");
  database_->execute("UPDATE virtual_machines SET title = 'mine'");
  capture_on("beta", bytes);
  EXPECT_EQ(text("SELECT source FROM virtual_machines"), "managed");
  EXPECT_EQ(things("alpha"), "0");
  EXPECT_EQ(things("beta"), all);
  EXPECT_EQ(text("PRAGMA foreign_key_check"), "(no row)");
}

TEST_F(StoreTest, AHookRecordThatComesLateIsHistoryAlone) {
  Capture event = test::capture_of(test::read_document("web.xml"), "live");
  event.source = "hook";
  event.operation = "start";
  event.id = 2000;
  store_->capture(event);
  const std::string now = event.xml;
  event.xml.replace(event.xml.find("cache='none'"), 12, "cache='unsafe'");
  event.id = 1000;
  const CaptureResult late = store_->capture(event);
  EXPECT_EQ(text("SELECT group_concat(id) FROM (SELECT id FROM captures ORDER BY seq)"), "2000,1000");
  EXPECT_EQ(store_->captured_xml(late.id), event.xml);
  const std::int64_t vm = store_->find_vm(late.vm_uuid, "test");
  EXPECT_EQ(store_->domain_xml(vm, Form::kFull), now);
  EXPECT_EQ(store_->drift(vm).size(), 0U);
  EXPECT_EQ(number("SELECT capture_id FROM virtual_machines"), 2000);
}

TEST_F(StoreTest, RecordsAnEventOnce) {
  Capture event;
  event.id = 1700000000000000;
  event.host = "alpha";
  event.config = "live";
  const std::string bytes = test::read_document("live.xml");
  event.xml = bytes;
  EXPECT_TRUE(store_->capture(event).recorded);
  EXPECT_FALSE(store_->capture(event).recorded);
  EXPECT_EQ(text("SELECT group_concat(captured_at) FROM captures"), "2023-11-14T22:13:20.000Z");
}

TEST_F(StoreTest, RecordsEventsThatWereGivenOneId) {
  Capture event;
  event.id = 1700000000000000;
  event.host = "alpha";
  event.config = "live";
  event.operation = "start";
  event.xml = test::read_document("live.xml");
  EXPECT_TRUE(store_->capture(event).recorded);
  event.operation = "started";
  const CaptureResult second = store_->capture(event);
  EXPECT_TRUE(second.recorded);
  EXPECT_EQ(second.id, event.id + 1);
  // Each of the two events is recognized if it comes again.
  EXPECT_FALSE(store_->capture(event).recorded);
  event.operation = "start";
  EXPECT_FALSE(store_->capture(event).recorded);
  EXPECT_EQ(count("captures"), 2);
}

TEST_F(StoreTest, ForgetsAPortThatTheNetworkHookSaysIsDeleted) {
  Capture event;
  event.host = "alpha";
  event.driver = "network";
  event.config = "live";
  event.operation = "port-created";
  event.xml = "<hookData>" + test::read_document("objects/network.xml") +
              test::read_document("objects/networkport.xml") + "</hookData>";
  EXPECT_EQ(store_->capture(event).error, "");
  EXPECT_EQ(count("port_bindings"), 1);
  event.operation = "port-deleted";
  EXPECT_EQ(store_->capture(event).error, "");
  EXPECT_EQ(count("port_bindings"), 0);
  EXPECT_EQ(count("captures"), 2);
}

// Two networks of a host are two bridges, so two cards may have one address.
TEST_F(StoreTest, TwoPortsOfOneAddressAreTwo) {
  const auto event = [](const std::string& uuid, const std::string& operation) {
    Capture out;
    out.host = "alpha";
    out.driver = "network";
    out.config = "live";
    out.operation = operation;
    out.xml = "<hookData>" + test::read_document("objects/network.xml") + "<networkport><uuid>" + uuid +
              "</uuid><mac address='52:54:00:00:00:77'/></networkport></hookData>";
    return out;
  };
  const std::string one = "11111111-1111-4111-8111-111111111111";
  const std::string two = "21111111-1111-4111-8111-111111111111";
  EXPECT_EQ(store_->capture(event(one, "port-created")).error, "");
  EXPECT_EQ(store_->capture(event(two, "port-created")).error, "");
  EXPECT_EQ(count("port_bindings"), 2);
  EXPECT_EQ(store_->capture(event(two, "port-deleted")).error, "");
  EXPECT_EQ(text("SELECT group_concat(uuid) FROM port_bindings"), one);
}

// SQLite stores a NaN as NULL, and gives other decimals back with 15 digits.
TEST_F(StoreTest, DecimalsComeBackAsTheyWereSpelled) {
  for (const char* delay : {"nan", "inf", "0.1234567890123456789", "15", "1.50", "soon"}) {
    const std::string xml = "<interface type='bridge' name='br0'>\n  <bridge delay='" + std::string(delay) +
                            "'>\n  </bridge>\n</interface>\n";
    const CaptureResult result = capture(xml);
    EXPECT_EQ(result.error, "");
    const std::string found = store_->object_xml("interface", "br0", "test");
    EXPECT_NE(found.find("delay='" + std::string(delay) + "'"), std::string::npos) << found;
  }
}

TEST_F(StoreTest, SaysWhatACaptureIsAboutAndInWhichOrderItCame) {
  Capture event = test::capture_of(test::read_document("web.xml"));
  event.id = 4102444800000000;  // 2100
  const std::string uuid = store_->capture(event).vm_uuid;
  event.id = 1700000000000000;
  event.xml = test::read_document("objects/snapshot.xml");
  event.xml.replace(event.xml.find("<uuid>") + 6, 36, uuid);
  store_->capture(event);
  event.id = 1700000000000001;
  event.sub_operation = "domainsnapshot";
  event.operation = "undefine";
  event.uuid = uuid;
  event.name = "s1";
  event.xml.clear();
  store_->capture(event);
  EXPECT_EQ(text("SELECT group_concat(kind || (vm_uuid = '" + uuid + "')) FROM (SELECT * FROM captures ORDER BY seq)"),
            "domain1,domainsnapshot1,domainsnapshot1");
  EXPECT_EQ(count("vm_snapshots"), 0);
  // The snapshot is gone; the VM is not.
  EXPECT_EQ(text("SELECT sync_status FROM virtual_machines"), "SYNCED");
  EXPECT_EQ(text("SELECT state FROM vm_states"), "unknown");
  EXPECT_EQ(store_->timeline().captures(uuid, false).size(), 1U);
  // A seq is never given twice, even if the capture that had it was removed.
  const std::int64_t last = database_->query_int("SELECT max(seq) FROM captures");
  {
    const WithoutTriggers quiet(handle_);
    database_->execute("DELETE FROM captures WHERE seq = " + std::to_string(last));
  }
  capture(test::read_document("web.xml"));
  EXPECT_GT(database_->query_int("SELECT max(seq) FROM captures"), last);
}

TEST_F(StoreTest, KeepsWhatIsNoDomainWithTheReason) {
  for (const std::string& bytes : {std::string("<domain>"), std::string("\x01\x02\0\xFF", 4),
                                   std::string("<nonsense/>"), std::string("<domain><uuid/></domain>")}) {
    const CaptureResult result = capture(bytes);
    EXPECT_NE(result.error, "") << bytes;
    EXPECT_EQ(store_->captured_xml(result.id), bytes);
  }
  EXPECT_EQ(database_->query_int("SELECT count(*) FROM captures WHERE error IS NOT NULL AND exact IS NULL"), 4);
  EXPECT_EQ(count("virtual_machines"), 0);
}

TEST_F(StoreTest, SharesAnImageButNeverByItsBaseName) {
  const auto document = [](const std::string& name, const std::string& path) {
    return "<domain type='kvm'>\n  <name>" + name +
           "</name>\n  <devices>\n    <disk type='file' device='disk'>\n      <source file='" + path +
           "'/>\n      <target dev='vda' bus='virtio'/>\n    </disk>\n    <disk type='file' device='cdrom'>\n      "
           "<target dev='sda' "
           "bus='sata'/>\n    </disk>\n  </devices>\n</domain>\n";
  };
  capture(document("a", "/one/x.img"));
  capture(document("b", "/one/x.img"));
  capture(document("c", "/two/x.img"));
  EXPECT_EQ(database_->query_int("SELECT count(*) FROM disks WHERE path IS NOT NULL"), 2);
  // An empty drive is never shared.
  EXPECT_EQ(database_->query_int("SELECT count(*) FROM disks WHERE path IS NULL"), 3);
  database_->execute("UPDATE disks SET path = '/moved.img' WHERE path = '/one/x.img'");
  EXPECT_NE(store_->domain_xml(store_->find_vm("a", "test"), Form::kFull).find("/moved.img"), std::string::npos);
  EXPECT_NE(store_->domain_xml(store_->find_vm("b", "test"), Form::kFull).find("/moved.img"), std::string::npos);
  EXPECT_EQ(store_->domain_xml(store_->find_vm("c", "test"), Form::kFull).find("/moved.img"), std::string::npos);
}

TEST_F(StoreTest, GivesBackWhatIsNoDomainToTheByte) {
  for (int round = 0; round < 2; ++round) {
    for (const std::string& name : test::document_names("objects")) {
      const std::string bytes = test::read_document(name);
      const CaptureResult result = capture(bytes);
      EXPECT_EQ(result.error, "") << name;
      EXPECT_GT(result.object_id, 0) << name;
      EXPECT_EQ(store_->object_xml(result.root, std::to_string(result.object_id), "test"), bytes) << name;
      EXPECT_EQ(store_->captured_xml(result.id), bytes) << name;
    }
  }
  EXPECT_EQ(database_->query_int("SELECT count(*) FROM captures WHERE exact = 0"), 0);
  // The only vendor options are texts: the white space that libvirt leaves in some empty elements.
  EXPECT_EQ(database_->query_int("SELECT count(*) FROM vendor_options WHERE kind <> 'text'"), 0);
  // The second round found each thing again and made no other row for it.
  for (const char* table : {"networks", "port_bindings", "storage_pools", "volumes", "vm_snapshots"})
    EXPECT_EQ(count(table), 1) << table;
  for (const char* kind : {"nodedev", "nwfilter", "secret", "interface"}) {
    const std::string captured = "SELECT count(DISTINCT document_sha256) FROM captures WHERE kind = '";
    const Table& table = *Catalog::standard()
                              .root(kind == std::string("nodedev")    ? "device"
                                    : kind == std::string("nwfilter") ? "filter"
                                                                      : kind)
                              .table;
    EXPECT_EQ(count(std::string(table.name)), number(captured + kind + "'")) << kind;
  }
  EXPECT_EQ(text("SELECT group_concat(pci_address) FROM (SELECT pci_address FROM host_pci_devices ORDER BY 1)"),
            "0000:00:00.0,0000:00:01.0,0000:00:02.0");
  expect_consistent();
}

TEST_F(StoreTest, AnUndefineIsOfItsHostAlone) {
  const std::string bytes = test::read_document("plain.xml");
  const std::string uuid = capture(bytes).vm_uuid;
  const auto status = [&] { return text("SELECT sync_status FROM virtual_machines"); };
  const auto undefine_on = [&](const std::string& host) {
    Capture gone = test::capture_of("");
    gone.host = host;
    gone.operation = "undefine";
    gone.kind = "domain";
    gone.uuid = uuid;
    return store_->capture(gone).id;
  };
  // The VM moves to another host: beta defines it, then alpha undefines it.
  Capture moved = test::capture_of(bytes);
  moved.host = "beta";
  store_->capture(moved);
  const std::int64_t after = undefine_on("alpha");
  EXPECT_EQ(status(), "SYNCED");
  EXPECT_TRUE(store_->drift(store_->find_vm(uuid, "test")).empty());
  EXPECT_EQ(store_->timeline().definition_at(uuid, after).value_or("undefined"), bytes);
  EXPECT_EQ(
      text("SELECT group_concat(h.name || ' ' || s.state) FROM vm_states AS s JOIN hosts AS h ON h.id = s.host_id "
           "WHERE s.state = 'undefined'"),
      "alpha undefined");
  const std::int64_t gone = undefine_on("beta");
  EXPECT_EQ(status(), "DRIFTED");
  EXPECT_EQ(store_->drift(store_->find_vm(uuid, "test")).size(), 1U);
  EXPECT_FALSE(store_->timeline().definition_at(uuid, gone).has_value());
}

// The VM was defined and undefined while no capture could be written: its history would be a nameless end alone.
TEST_F(StoreTest, TheEndOfAnUnknownVmIsNotRecorded) {
  Capture gone = test::capture_of("");
  gone.operation = "undefine";
  gone.source = "sync";
  gone.kind = "domain";
  gone.uuid = "11111111-2222-4333-8444-555555555555";
  gone.state = "undefined";
  EXPECT_FALSE(store_->capture(gone).recorded);
  EXPECT_EQ(count("captures") + count("vm_states"), 0);
  // What is known of may be an event without a document, or a row that a user made.
  Capture stopped = gone;
  stopped.operation = "stopped";
  EXPECT_TRUE(store_->capture(stopped).recorded);
  EXPECT_TRUE(store_->capture(gone).recorded);
  gone.uuid = "22222222-2222-4333-8444-555555555555";
  database_->execute("INSERT INTO virtual_machines (uuid, name, source) VALUES ('" + gone.uuid +
                     "', 'made', 'managed')");
  EXPECT_TRUE(store_->capture(gone).recorded);
}

TEST_F(StoreTest, FollowsWhatRunsOnceItsDefinitionIsGone) {
  const std::string bytes = test::read_document("live.xml");
  const CaptureResult first = capture(bytes);
  Capture gone = test::capture_of("");
  gone.operation = "undefine";
  gone.kind = "domain";
  gone.uuid = first.vm_uuid;
  store_->capture(gone);
  EXPECT_EQ(text("SELECT sync_status FROM virtual_machines"), "DRIFTED");
  EXPECT_EQ(store_->drift(store_->find_vm(first.vm_uuid, "test")).size(), 1U);
  // The VM goes on running as a transient VM.
  const std::string changed = replaced(bytes, "<on_crash>destroy", "<on_crash>restart");
  ASSERT_NE(changed, bytes);
  capture(changed, "live");
  EXPECT_EQ(store_->domain_xml(store_->find_vm(first.vm_uuid, "test"), Form::kFull), changed);
  EXPECT_EQ(text("SELECT sync_status FROM virtual_machines"), "UNKNOWN");
  EXPECT_TRUE(store_->drift(store_->find_vm(first.vm_uuid, "test")).empty());
}

TEST_F(StoreTest, SeesADamagedDocument) {
  const CaptureResult result = capture(test::read_document("web.xml"));
  {
    const WithoutTriggers quiet(handle_);
    database_->execute("UPDATE documents SET sha256 = zeroblob(32)");
  }
  EXPECT_THROW(store_->captured_xml(result.id), std::runtime_error);
}

TEST_F(StoreTest, SeesThatADocumentIsAnothers) {
  std::string bytes = test::read_document("web.xml");
  const CaptureResult result = capture(bytes);
  bytes.replace(bytes.find("<uuid>") + 6, 8, "12345678");
  capture(bytes);
  {
    const WithoutTriggers quiet(handle_);
    database_->execute(
        "UPDATE documents SET content = (SELECT o.content FROM documents AS o WHERE o.id = 3 - documents.id)");
  }
  try {
    store_->captured_xml(result.id);
    ADD_FAILURE();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("its SHA-256 differs"), std::string::npos) << error.what();
  }
}

TEST_F(StoreTest, CompressesAgainstTheVmsKeyframe) {
  std::string bytes = test::read_document("db.xml");
  const std::string first = bytes;
  capture(bytes);
  for (int i = 0; i < 20; ++i) {
    bytes.replace(bytes.find("port='632") + 9, 1, std::string(1, static_cast<char>('0' + i % 10)));
    bytes.replace(bytes.find("<vcpu"), 5, "<vcpu");
    capture(bytes);
  }
  EXPECT_LT(database_->query_int("SELECT max(length(content)) FROM documents WHERE keyframe_id IS NOT NULL"), 200);
  EXPECT_EQ(store_->captured_xml(database_->query_int("SELECT min(id) FROM captures")), first);
}

TEST_F(StoreTest, ADocumentFarFromItsKeyframeBecomesOne) {
  const auto vm = [](const std::string& description) {
    return "<domain type='kvm'>\n  <name>a</name>\n  <uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>\n  "
           "<description>" +
           description + "</description>\n</domain>\n";
  };
  const auto noise = [](unsigned seed) {
    std::string out;
    for (std::uint64_t state = seed; out.size() < 2000; state = state * 6364136223846793005U + 1442695040888963407U)
      out += static_cast<char>('a' + (state >> 33U) % 26);
    return out;
  };
  capture(vm(noise(1)));
  capture(vm(noise(1) + " more"));
  capture(vm(noise(2)));
  capture(vm(noise(2) + " more"));
  EXPECT_EQ(
      text("SELECT group_concat(coalesce(keyframe_id, '-')) FROM (SELECT keyframe_id FROM documents ORDER BY id)"),
      "-,1,-,3");
  EXPECT_EQ(store_->captured_xml(number("SELECT max(id) FROM captures")), vm(noise(2) + " more"));
}

TEST_F(StoreTest, RefusesStrangeDatabases) {
  database_->execute("PRAGMA user_version = 99");
  EXPECT_THROW(store_->init(), StoreError);
  sqlite3* other = nullptr;
  sqlite3_open(":memory:", &other);
  {
    Database database(other);
    database.execute("CREATE TABLE mine (a)");
    EXPECT_THROW(Store(database, Catalog::standard()).init(), StoreError);
  }
  sqlite3_close(other);
}

TEST_F(StoreTest, FindsVmsByUuidOrUniqueName) {
  capture(test::read_document("web.xml"));
  std::string twin = test::read_document("web.xml");
  twin.replace(twin.find("4dea22b3"), 8, "5dea22b3");
  EXPECT_GT(store_->find_vm("4DEA22B3-1D52-D8F3-2516-782E98AB3FA0", "f"), 0);
  EXPECT_GT(store_->find_vm("web", "f"), 0);
  Capture elsewhere = test::capture_of(twin);
  elsewhere.host = "beta";
  store_->capture(elsewhere);
  EXPECT_THROW(store_->find_vm("web", "f"), StoreError);
  EXPECT_THROW(store_->find_vm("'; DROP TABLE captures; --", "f"), StoreError);
}

TEST(Sha256, IsSha256) { EXPECT_EQ(sha256("abc").substr(0, 4), "\xBA\x78\x16\xBF"); }

TEST_F(StoreTest, AnImportOverRowsThatNoXmlCanSayIsRecorded) {
  Capture document = test::capture_of(
      "<domain "
      "type='kvm'><name>web</name><uuid>5a6b2a62-2a51-4a37-8a6e-07a3c2f9b0aa</uuid><memory>1</memory></domain>");
  document.source = "import";
  store_->import(document, "domain", "domain_import");
  database_->execute("UPDATE virtual_machines SET title = char(1)");
  const CaptureResult again = store_->import(document, "domain", "domain_import");
  EXPECT_EQ(again.vm_uuid, "5a6b2a62-2a51-4a37-8a6e-07a3c2f9b0aa");
  EXPECT_EQ(count("captures"), 2);
  EXPECT_EQ(text("SELECT sync_status FROM virtual_machines"), "DRIFTED");
  EXPECT_NE(text("SELECT drift_details FROM virtual_machines").find("U+0001"), std::string::npos);
  EXPECT_EQ(text("SELECT title FROM virtual_machines"), std::string(1, '\1'));
}

TEST_F(StoreTest, AnImportThatNoRowCanTellOfIsRefused) {
  Capture document = test::capture_of("<domain type='kvm'><name>web</name><memory>1</memory></domain>");
  document.source = "import";
  database_->execute(
      "CREATE TRIGGER analyst BEFORE INSERT ON virtual_machines BEGIN SELECT RAISE(ABORT, 'not here'); END");
  EXPECT_THROW(store_->import(document, "domain", "domain_import"), StoreError);
  EXPECT_EQ(count("captures"), 0);
}

TEST_F(StoreTest, AStartThatOnlyAddsWhatTheNetworkSaysIsNoOtherDefinition) {
  const auto with = [](const std::string& interface) {
    return "<domain type='kvm'><name>web</name><uuid>5a6b2a62-2a51-4a37-8a6e-07a3c2f9b0aa</uuid><memory>1</memory>"
           "<devices>" +
           interface + "</devices></domain>";
  };
  const std::string own = "<vlan><tag id='7'/></vlan>";
  capture(with("<interface type='network'><mac address='52:54:00:00:00:01'/><source network='lan'/>" + own +
               "</interface>"));
  const auto prepare = [&](const std::string& more) {
    Capture start = test::capture_of(
        with("<interface type='bridge'><mac address='52:54:00:00:00:01'/><source network='lan' bridge='br0'/>" + own +
             "<virtualport type='openvswitch'/>" + more + "</interface>"),
        "live");
    start.operation = "prepare";
    start.source = "hook";
    store_->capture(start);
  };
  prepare("");
  EXPECT_EQ(number("SELECT vlan FROM port_vlan_tags"), 7);
  EXPECT_EQ(count("virtual_ports"), 0);
  EXPECT_EQ(text("SELECT sync_status FROM virtual_machines"), "SYNCED");
  // A difference that the network does not explain: somebody changed the definition, and no capture told.
  prepare("<mtu size='1400'/>");
  EXPECT_EQ(number("SELECT mtu FROM port_attachments"), 1400);
}

// A definition that was changed unseen becomes known when the VM starts. Until the next definition is captured it is
// what libvirt has, also for rows that somebody edits.
TEST_F(StoreTest, AStartThatTellsTheDefinitionStaysTheDefinition) {
  const std::string uuid = "5a6b2a62-2a51-4a37-8a6e-07a3c2f9b0aa";
  capture(vm("web", uuid, "1024"));
  const auto start = [&](const char* operation) {
    Capture event = test::capture_of(replaced(vm("web", uuid, "2048"), "<domain ", "<domain id='3' "), "live");
    event.operation = operation;
    event.source = "hook";
    store_->capture(event);
  };
  start("prepare");
  start("started");
  const std::int64_t id = store_->find_vm("web", "test");
  EXPECT_EQ(number("SELECT memory FROM virtual_machines"), 2048);
  EXPECT_TRUE(store_->drift(id).empty());
  database_->execute("UPDATE virtual_machines SET title = 'mine'");
  start("reconnect");
  for (const Drift& drift : store_->drift(id))
    EXPECT_EQ(drift.difference.path, "/domain/title/text()") << drift.against;
  EXPECT_EQ(store_->drift(id).size(), 2U);
  store_->accept(id);
  EXPECT_EQ(number("SELECT memory FROM virtual_machines"), 2048);
  EXPECT_EQ(text("SELECT domain FROM (SELECT uuid AS domain FROM virtual_machines WHERE title IS NULL)"), uuid);
  EXPECT_TRUE(store_->drift(id).empty());
  EXPECT_EQ(text("SELECT sync_status FROM virtual_machines"), "SYNCED");
  // The next definition counts again.
  capture(vm("web", uuid, "4096"));
  EXPECT_EQ(number("SELECT memory FROM virtual_machines"), 4096);
}

TEST_F(StoreTest, AcceptTakesWhatATransientVmRunsAndSaysIfNothingIsDefined) {
  const std::string uuid = "5a6b2a62-2a51-4a37-8a6e-07a3c2f9b0aa";
  const auto accept = [&] {
    const std::int64_t id = store_->find_vm(uuid, "test");
    store_->accept(id);
    EXPECT_EQ(text("SELECT sync_status FROM virtual_machines"), store_->drift(id).empty() ? "SYNCED" : "DRIFTED");
    return number("SELECT memory FROM virtual_machines");
  };
  capture(vm("web", uuid, "1024"));
  Capture gone = test::capture_of("");
  gone.operation = "undefine";
  gone.uuid = uuid;
  store_->capture(gone);
  // libvirt has no such VM any more.
  EXPECT_EQ(accept(), 1024);
  EXPECT_EQ(text("SELECT sync_status FROM virtual_machines"), "DRIFTED");
  Capture start = test::capture_of(replaced(vm("web", uuid, "2048"), "<domain ", "<domain id='3' "), "live");
  start.operation = "started";
  start.source = "hook";
  store_->capture(start);
  database_->execute("UPDATE virtual_machines SET memory = 8");
  EXPECT_EQ(accept(), 2048);
  EXPECT_EQ(text("SELECT sync_status FROM virtual_machines"), "SYNCED");
}

TEST_F(StoreTest, TakesTheVmOutOfAStatusFile) {
  const std::string uuid = "5a6b2a62-2a51-4a37-8a6e-07a3c2f9b0aa";
  const std::string running = replaced(vm("web", uuid), "<domain ", "<domain id='3' ");
  capture("<domstatus state='running' reason='booted' pid='7'>\n" + running + "</domstatus>\n", "live");
  const std::vector<HistoryEntry> history = store_->timeline().captures(uuid, true);
  ASSERT_EQ(history.size(), 1U);
  EXPECT_EQ(history[0].changed, true);
  const std::string at = store_->timeline().definition_at(uuid, history[0].capture_id).value_or("");
  EXPECT_EQ(at.substr(0, at.find('>')), "<domain id='3' type='kvm'");
}

// Nothing leads to rows that are nested in each other. They are no part of any document, and nobody would miss them.
TEST_F(StoreTest, RefusesRowsThatAreNestedInACircleAndAcceptRemovesThem) {
  const std::string uuid = "5a6b2a62-2a51-4a37-8a6e-07a3c2f9b0aa";
  const std::string document =
      replaced(vm("web", uuid), "</domain>",
               "  <devices>\n    <disk type='file' device='disk'>\n      <source file='/top'/>\n"
               "      <backingStore type='file'>\n        <source file='/below'/>\n"
               "        <backingStore/>\n      </backingStore>\n"
               "      <target dev='vda'/>\n    </disk>\n  </devices>\n</domain>");
  capture(document);
  const std::int64_t id = store_->find_vm(uuid, "test");
  const std::int64_t layers = count("disk_layers");
  database_->execute("UPDATE disk_layers SET parent_id = id WHERE path = '/below'");
  EXPECT_LE(number("SELECT max(depth) FROM vm_images"), 200);
  try {
    (void)store_->domain_xml(id, Form::kFull);
    FAIL() << "the rows have no XML";
  } catch (const RowError& error) {
    EXPECT_EQ(error.table, "disk_layers");
    EXPECT_EQ(error.column, "parent_id");
  }
  EXPECT_EQ(store_->capture(test::capture_of(document), IfRowsFail::kKeepCapture).error, "");
  EXPECT_EQ(text("SELECT sync_status FROM virtual_machines"), "DRIFTED");
  store_->accept(id);
  EXPECT_EQ(count("disk_layers"), layers);
  EXPECT_EQ(text("SELECT sync_status FROM virtual_machines"), "SYNCED");
  expect_consistent();
}

}  // namespace
}  // namespace virtsql
