#include "core/store/clone.h"

#include "core/rows/row_error.h"
#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

constexpr char kOne[] = "11111111-1111-1111-1111-111111111111";

class StoredCloneTest : public test::StoreFixture {
 protected:
  StoredCloneTest() {
    capture(replaced(vm("web", kOne), "</domain>",
                     "  <devices>\n    <interface type='network'>\n      <mac address='52:54:00:00:00:01'/>\n"
                     "      <source network='default'/>\n    </interface>\n  </devices>\n</domain>"));
    id_ = store_->find_vm("web", "test");
  }

  std::string clone(const std::string& name) { return clone_vm(*database_, Catalog::standard(), rows_, id_, name); }
  // Returns the error of a clone of that name, which must leave nothing behind.
  std::string refusal(const std::string& name) {
    std::string out;
    try {
      clone(name);
      ADD_FAILURE() << name;
    } catch (const StoreError& error) {
      out = error.what();
    }
    EXPECT_EQ(count("virtual_machines"), 1);
    return out;
  }

  RowStore rows_{*database_, Catalog::standard()};
  std::int64_t id_ = 0;
};

TEST_F(StoredCloneTest, IsAManagedVmOfTheSameHost) {
  const std::string uuid = clone("copy");
  EXPECT_EQ(text("SELECT h.name || ' ' || v.name || ' ' || v.source || ' ' || v.sync_status || ' ' || v.memory FROM "
                 "virtual_machines AS v JOIN hosts AS h ON h.id = v.host_id WHERE v.uuid = '" +
                 uuid + "'"),
            "alpha copy managed UNKNOWN 1024");
  EXPECT_NE(uuid, kOne);
  EXPECT_EQ(number("SELECT count(DISTINCT mac_address) FROM vm_ports"), 2);
  EXPECT_EQ(text("SELECT source FROM virtual_machines WHERE name = 'web'"), "imported");
}

TEST_F(StoredCloneTest, ANameThatCannotBeIsRefused) {
  EXPECT_EQ(refusal(""), "domain_clone(): the new name is empty");
  EXPECT_EQ(refusal("web"), "domain_clone(): the host has a VM \"web\" already");
  EXPECT_NE(refusal("a/b").find("libvirt refuses the name \"a/b\": "), std::string::npos) << refusal("a/b");
}

TEST_F(StoredCloneTest, ANameOfAnotherHostsVmIsFree) {
  database_->execute("INSERT INTO hosts (name) VALUES ('beta')");
  database_->execute(
      "INSERT INTO virtual_machines (uuid, name, host_id, domain_type) VALUES "
      "('22222222-2222-2222-2222-222222222222', 'copy', (SELECT id FROM hosts WHERE name = 'beta'), 'kvm')");
  clone("copy");
  EXPECT_EQ(number("SELECT count(*) FROM virtual_machines WHERE name = 'copy'"), 2);
}

TEST_F(StoredCloneTest, RowsThatNoXmlCanExpressAreNotCloned) {
  database_->execute("UPDATE virtual_machines SET title = char(1)");
  EXPECT_THROW(clone("copy"), RowError);
  EXPECT_EQ(count("virtual_machines"), 1);
}

}  // namespace
}  // namespace virtsql
