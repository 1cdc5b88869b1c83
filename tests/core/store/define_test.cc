#include "core/store/define.h"

#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

constexpr char kOne[] = "11111111-1111-1111-1111-111111111111";

using DefineTest = test::StoreFixture;

TEST_F(DefineTest, InsertsManagedRowsWithoutACapture) {
  const Defined out = store_->define(vm("web", kOne), "domain", "alpha");
  EXPECT_TRUE(out.created);
  EXPECT_EQ(store_->find_vm("web", "test"), out.id);
  EXPECT_EQ(text("SELECT h.name || ' ' || source || ' ' || sync_status FROM virtual_machines AS v JOIN hosts AS h ON "
                 "h.id = v.host_id"),
            "alpha managed UNKNOWN");
  EXPECT_EQ(count("captures"), 0);
}

TEST_F(DefineTest, LeavesRowsThatAreThereAlone) {
  const Defined first = store_->define(vm("web", kOne), "domain", "alpha");
  const Defined again = store_->define(vm("web", kOne, "2048"), "domain", "alpha");
  EXPECT_FALSE(again.created);
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(number("SELECT memory FROM virtual_machines"), 1024);
  const Defined network = store_->define("<network><name>lan</name></network>", "network", "alpha");
  EXPECT_TRUE(network.created);
  EXPECT_FALSE(store_->define("<network><name>lan</name></network>", "network", "alpha").created);
  EXPECT_NE(store_->define("<network><name>lan</name></network>", "network", "beta").id, network.id);
}

TEST_F(DefineTest, WithoutAHostTheRowsAreOnNone) {
  store_->define(vm("web", kOne), "domain", "");
  EXPECT_EQ(number("SELECT host_id IS NULL FROM virtual_machines"), 1);
  EXPECT_EQ(count("hosts"), 0);
}

TEST_F(DefineTest, TheOrderIsLibvirts) {
  const std::string uuid = "  <uuid>" + std::string(kOne) + "</uuid>\n";
  const std::string name = "  <name>web</name>\n";
  const Defined out = store_->define(replaced(vm("web", kOne), name + uuid, uuid + name), "domain", "alpha");
  EXPECT_EQ(store_->domain_xml(out.id, Form::kFull), vm("web", kOne));
}

TEST_F(DefineTest, AnotherRootAndWhatTheCatalogDoesNotKnowAreRefused) {
  const auto refusal = [&](const std::string& xml, const std::string& root) -> std::string {
    try {
      store_->define(xml, root, "alpha");
    } catch (const xml::Error& error) {
      return error.what();
    }
    return "defined";
  };
  EXPECT_EQ(refusal(vm("web", kOne), "network"), "the XML is a <domain>, not a <network>");
  EXPECT_EQ(refusal(replaced(vm("web", kOne), "</domain>", "<devices><disk new='1'/></devices></domain>"), "domain"),
            "the catalog does not know new in /domain/devices/disk");
  EXPECT_NE(refusal("<domain>", "domain"), "defined");
  EXPECT_EQ(count("virtual_machines"), 0);
}

}  // namespace
}  // namespace virtsql
