#include "core/store/captured_things.h"

#include "core/base/sha256.h"
#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

constexpr char kUuid[] = "11111111-1111-1111-1111-111111111111";

class CapturedThingsTest : public test::StoreFixture {
 protected:
  std::vector<CapturedThing> objects() { return captured_objects(*database_, Catalog::standard()); }
  void keep_network(const std::string& xml, const std::string& config, const std::string& source = "event") {
    Capture network = test::capture_of(xml, config);
    network.kind = "network";
    network.name = "lab";
    network.source = source;
    network.extra = "qemu:///system";
    (void)store_->capture(network);
  }

  const std::string network_ = test::read_document("objects/network.xml");
};

TEST_F(CapturedThingsTest, ADomainHasItsNewestDocumentsAndItsState) {
  EXPECT_TRUE(captured_domains(*database_).empty());
  tell_of_web(kUuid, "define", "persistent", "1", "alpha", "event");
  tell_of_web(kUuid, "define", "persistent", "2", "alpha", "event");
  tell_of_web(kUuid, "started", "live", "3", "alpha", "hook");
  auto things = captured_domains(*database_);
  ASSERT_EQ(things.size(), 1U);
  EXPECT_EQ(things[0].host, "alpha");
  EXPECT_EQ(things[0].id, kUuid);
  EXPECT_EQ(things[0].name, "web");
  EXPECT_EQ(things[0].persistent_sha256, sha256(vm("web", kUuid, "2")));
  EXPECT_EQ(things[0].live_sha256, sha256(vm("web", kUuid, "3")));
  EXPECT_TRUE(things[0].state.starts_with("running\n"));
  EXPECT_FALSE(things[0].gone);
  tell_of_web(kUuid, "stopped", "live", "3", "alpha", "hook");
  tell_of_web(kUuid, "undefine", "persistent", "", "alpha", "event");
  things = captured_domains(*database_);
  ASSERT_EQ(things.size(), 1U);
  EXPECT_TRUE(things[0].gone);
  EXPECT_EQ(things[0].persistent_sha256, "");
}

TEST_F(CapturedThingsTest, AnImportedDomainIsNoneOfLibvirts) {
  tell_of_web(kUuid, "import", "persistent", "1", "alpha", "import");
  EXPECT_TRUE(captured_domains(*database_).empty());
}

TEST_F(CapturedThingsTest, AnEditedObjectHasItsNewestCapture) {
  keep_network(network_, "persistent");
  ASSERT_EQ(objects().size(), 1U);
  EXPECT_EQ(objects()[0].persistent_sha256, sha256(network_));
  EXPECT_EQ(objects()[0].uri, "qemu:///system");
  database_->execute("UPDATE networks SET source = 'managed'");
  const std::string later = replaced(network_, "<name>", "<name><!-- later -->");
  keep_network(later, "persistent");
  ASSERT_EQ(objects().size(), 1U);
  EXPECT_EQ(objects()[0].persistent_sha256, sha256(later));
}

TEST_F(CapturedThingsTest, ARunningObjectHasItsNewestLiveDocument) {
  keep_network(network_, "persistent");
  EXPECT_TRUE(captured_running_objects(*database_).empty());
  keep_network(network_, "live");
  const std::string later = replaced(network_, "<name>", "<name><!-- later -->");
  keep_network(later, "live");
  const auto running = captured_running_objects(*database_);
  ASSERT_EQ(running.size(), 1U);
  EXPECT_EQ(running[0].live_sha256, sha256(later));
}

TEST_F(CapturedThingsTest, HookEventsComeInTheOrderOfTheirArrival) {
  tell_of_web(kUuid, "define", "persistent", "1", "alpha", "event");
  const std::int64_t since = number("SELECT max(seq) FROM captures");
  tell_of_web(kUuid, "prepare", "live", "2", "alpha", "hook");  // changed unseen, so that the rows take it
  tell_of_web(kUuid, "reconnect", "live", "2", "alpha", "hook");
  tell_of_web(kUuid, "stopped", "live", "2", "alpha", "hook");
  const auto events = hook_events_since(*database_, since);
  ASSERT_EQ(events.size(), 3U);
  EXPECT_TRUE(events[0].is_row_source);
  EXPECT_TRUE(events[1].reconnected);
  EXPECT_TRUE(events[2].ended);
  EXPECT_FALSE(events[2].is_row_source);
  EXPECT_EQ(events[2].thing.id, kUuid);
}

}  // namespace
}  // namespace virtsql
