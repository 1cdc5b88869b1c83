#include "core/store/redaction.h"

#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

constexpr char kUuid[] = "11111111-1111-1111-1111-111111111111";

class RedactionTest : public test::StoreFixture {
 protected:
  static std::string vm_with(const std::string& command_line, const std::string& title = "t") {
    std::string out = "<domain type='kvm'>\n  <name>web</name>\n  <uuid>";
    out.append(kUuid).append("</uuid>\n  <title>").append(title);
    out.append("</title>\n  <os>\n    <type arch='x86_64'>hvm</type>\n");
    if (!command_line.empty()) out.append("    <cmdline>").append(command_line).append("</cmdline>\n");
    return out.append("  </os>\n</domain>\n");
  }
  Rewritten redact() { return store_->redact({"/domain/os/cmdline", "/network/title"}); }
  // Expects the secret in no column of the catalog's tables and in no captured document.
  void expect_nowhere(const std::string& secret) {
    for (const Table* table : Catalog::standard().tables()) {
      Statement rows(handle_, "SELECT * FROM \"" + std::string(table->name) + "\"");
      while (rows.step())
        for (int column = 0; column < sqlite3_column_count(rows.handle()); ++column)
          EXPECT_EQ(std::string(rows.get_text(column)).find(secret), std::string::npos) << std::string(table->name);
    }
    Statement captures(handle_, "SELECT id FROM captures WHERE document_sha256 IS NOT NULL");
    while (captures.step()) EXPECT_EQ(store_->captured_xml(captures.get_int(0)).find(secret), std::string::npos);
  }
};

TEST_F(RedactionTest, TakesASecretFromHistoryAndRowsThatFollow) {
  capture(vm_with("password=1"));
  capture(vm_with("password=2"));
  const Rewritten done = redact();
  EXPECT_EQ(done.documents, 2U);
  EXPECT_EQ(done.rows, 1U);
  expect_nowhere("password");
  EXPECT_EQ(store_->domain_xml(store_->find_vm("web", "test"), Form::kFull), vm_with(""));
  EXPECT_EQ(text("SELECT source || sync_status FROM virtual_machines"), "importedSYNCED");
  // The rows still follow libvirt.
  capture(vm_with("", "new"));
  EXPECT_EQ(text("SELECT source || title FROM virtual_machines"), "importednew");
  EXPECT_EQ(redact().documents + redact().rows, 0U);
}

TEST_F(RedactionTest, TakesItFromRowsThatSomebodyEditedAndLeavesThemHis) {
  capture(vm_with("password=1"));
  database_->execute("UPDATE virtual_machines SET title = 'mine'");
  EXPECT_EQ(redact().rows, 1U);
  expect_nowhere("password");
  EXPECT_EQ(text("SELECT title FROM virtual_machines"), "mine");
  capture(vm_with("", "theirs"));
  EXPECT_EQ(text("SELECT source || sync_status || title FROM virtual_machines"), "managedDRIFTEDmine");
}

TEST_F(RedactionTest, TakesItFromWhatDrifted) {
  capture(vm_with("password=1"));
  database_->execute("UPDATE virtual_machines SET title = 'mine'");
  capture(vm_with("password=2"));
  ASSERT_NE(text("SELECT drift_details FROM virtual_machines").find("password=2"), std::string::npos);
  redact();
  expect_nowhere("password");
  EXPECT_EQ(text("SELECT source || sync_status FROM virtual_machines"), "managedUNKNOWN");
}

TEST_F(RedactionTest, LeavesDamagedDocumentsAndNamesThem) {
  capture(vm_with("password=1"));
  capture(vm_with("", "damaged"));
  capture(vm_with("password=2"));
  ASSERT_EQ(database_->query_int("SELECT count(*) FROM documents WHERE keyframe_id = 1"), 2);
  {
    const WithoutTriggers quiet(handle_);
    database_->execute("UPDATE documents SET content = zeroblob(length(content)) WHERE id = 2");
  }
  const Rewritten done = redact();
  EXPECT_EQ(done.documents, 2U);
  ASSERT_EQ(done.damaged.size(), 1U);
  EXPECT_NE(done.damaged[0].find("document 2 is damaged"), std::string::npos) << done.damaged[0];
  EXPECT_EQ(database_->query_int("SELECT count(*) FROM documents WHERE id = 2 AND keyframe_id IS NULL"), 1);
  EXPECT_EQ(database_->query_int("SELECT count(*) FROM pragma_foreign_key_check"), 0);
  Statement captures(
      handle_, "SELECT c.id FROM captures AS c JOIN documents AS d ON d.sha256 = c.document_sha256 WHERE d.id <> 2");
  int readable = 0;
  for (; captures.step(); ++readable)
    EXPECT_EQ(store_->captured_xml(captures.get_int(0)).find("password"), std::string::npos);
  EXPECT_EQ(readable, 2);
}

TEST_F(RedactionTest, LeavesRowsThatNoXmlCanSayAndNamesThem) {
  capture(vm("bad", "22222222-2222-2222-2222-222222222222"));
  capture(vm_with("password=1"));
  capture(test::read_document("objects/network.xml"));
  database_->execute("UPDATE virtual_machines SET description = 'a' || char(7) WHERE name = 'bad'");
  database_->execute("UPDATE network_ips SET netmask = char(7) WHERE position = 0");
  const Rewritten done = redact();
  EXPECT_EQ(done.documents, 1U);
  EXPECT_EQ(done.rows, 1U);
  expect_nowhere("password");
  ASSERT_EQ(done.unsayable.size(), 2U);
  EXPECT_EQ(done.unsayable[0].find("virtual_machines, row 1, description: "), 0U) << done.unsayable[0];
  EXPECT_EQ(done.unsayable[1].find("networks, row 1: network_ips, row "), 0U) << done.unsayable[1];
  EXPECT_EQ(number("SELECT count(*) FROM virtual_machines WHERE description = 'a' || char(7)"), 1);
}

TEST_F(RedactionTest, TakesItFromRowsWithoutAnyCapture) {
  store_->define(vm_with("password=1"), "domain", "alpha");
  const Rewritten done = redact();
  EXPECT_EQ(done.documents, 0U);
  EXPECT_EQ(done.rows, 1U);
  expect_nowhere("password");
}

TEST_F(RedactionTest, LeavesWhatTheCaptureSaidBesidesItsDocument) {
  capture(test::read_document("objects/capabilities.xml"));
  EXPECT_EQ(store_->redact({"/capabilities/host/uuid"}).rows, 1U);
  EXPECT_EQ(text("SELECT driver || coalesce(uuid, '') FROM host_capabilities"), "qemu");
}

TEST_F(RedactionTest, TakesItFromNetworksAndFromTheDomainOfASnapshot) {
  const std::string network = replaced(test::read_document("objects/network.xml"), "<name>lab</name>",
                                       "<name>lab</name>\n  <title>password=1</title>");
  capture(network);
  capture(replaced(test::read_document("objects/snapshot.xml"), "<boot dev='hd'/>",
                   "<cmdline>password=2</cmdline>\n      <boot dev='hd'/>"));
  database_->execute("UPDATE networks SET bridge_name = 'mine'");
  const Rewritten done = redact();
  EXPECT_EQ(done.documents, 2U);
  EXPECT_EQ(done.rows, 2U);
  expect_nowhere("password");
  EXPECT_EQ(text("SELECT name FROM vm_snapshots"), "s1");
}

}  // namespace
}  // namespace virtsql
