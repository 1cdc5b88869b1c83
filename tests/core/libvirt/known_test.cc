// What hooks tell beside virtsqld changes what virtsqld may take for known.
#include "core/libvirt/known.h"

#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

constexpr char kUuid[] = "11111111-1111-1111-1111-111111111111";

class KnownTest : public test::StoreFixture {
 protected:
  static Capture record(const std::string& xml, const std::string& config, const std::string& source,
                        const std::string& operation, const std::string& driver = "qemu") {
    Capture out = test::capture_of(xml, config);
    out.host = "alpha";
    out.source = source;
    out.operation = operation;
    out.driver = driver;
    out.kind = xml.starts_with("<domain") || xml.empty() ? "domain" : "network";
    if (out.kind == "domain")
      out.uuid = kUuid;
    else
      out.name = "lab";
    return out;
  }
  void keep(const Capture& capture) { (void)store_->capture(capture); }
  // What hooks told of since then.
  std::vector<Thing> hook_events() {
    const std::int64_t since = std::exchange(seq_, number("SELECT max(seq) FROM captures"));
    return known_.add_hook_events(*database_, since);
  }
  void load() {
    known_.load(*database_);
    seq_ = number("SELECT max(seq) FROM captures");
  }
  // The VM is defined, and the record that is returned said last what state it is in.
  Capture load_in_state(const std::string& defined, const std::string& operation, const std::string& state,
                        const std::string& reason) {
    keep(record(defined, "persistent", "event", "define"));
    Capture out = record("", "", "event", operation);
    out.state = state;
    out.reason = reason;
    keep(out);
    load();
    known_.remember(out);
    EXPECT_FALSE(known_.is_news(out));
    return out;
  }
  std::vector<Thing> all() {
    return known_.things([](const Thing&) { return true; });
  }

  Known known_;
  std::int64_t seq_ = 0;
};

TEST_F(KnownTest, ANetworkIsOneThingWhoeverTellsOfIt) {
  const std::string network = test::read_document("objects/network.xml");
  keep(record(network, "persistent", "event", "define"));
  load();
  ASSERT_EQ(all().size(), 1U);
  keep(record(network, "live", "hook", "started", "network"));
  EXPECT_TRUE(hook_events().empty());
  ASSERT_EQ(all().size(), 1U);
  EXPECT_EQ(all().front().driver, "qemu");
}

// `virsh create` with the name of a VM that is defined: the hook's prepare gives another definition than libvirt keeps.
TEST_F(KnownTest, TheDefinitionIsNewsIfTheRowsFollowAStart) {
  const std::string defined = vm("web", kUuid, "1");
  keep(record(defined, "persistent", "event", "define"));
  load();
  const Capture again = record(defined, "persistent", "event", "define");
  EXPECT_FALSE(known_.is_news(again));
  keep(record(defined, "live", "hook", "prepare"));
  EXPECT_TRUE(hook_events().empty());  // it starts what is defined
  EXPECT_FALSE(known_.is_news(again));
  keep(record(vm("web", kUuid, "2"), "live", "hook", "prepare"));
  ASSERT_EQ(hook_events().size(), 1U);
  EXPECT_TRUE(known_.is_news(again));
  Known anew;  // as after a restart
  anew.load(*database_);
  EXPECT_TRUE(anew.is_news(again));
  keep(again);
  known_.remember(again);
  EXPECT_FALSE(known_.is_news(again));
  EXPECT_EQ(number("SELECT memory FROM virtual_machines"), 1);
}

// The hook says only that libvirtd has the VM again, not that it is paused.
TEST_F(KnownTest, TheStateIsNewsAfterAReconnect) {
  const std::string running = vm("web", kUuid, "1");
  const Capture state = load_in_state(running, "suspended", "paused", "user");
  keep(record(running, "live", "hook", "reconnect"));
  ASSERT_EQ(hook_events().size(), 1U);
  EXPECT_TRUE(known_.is_news(state));
}

// libvirt sends no event of a start that failed, but its reason is `failed` from then on.
TEST_F(KnownTest, TheStateIsNewsAfterAStartThatFailed) {
  const std::string defined = vm("web", kUuid, "1");
  const Capture off = load_in_state(defined, "stopped", "shut off", "failed");
  keep(record(defined, "live", "hook", "prepare"));
  keep(record(defined, "live", "hook", "release"));
  ASSERT_EQ(hook_events().size(), 1U);
  EXPECT_TRUE(known_.is_news(off));
  known_.remember(off);
  // What ran has the event `stopped`, which says it, whether that or the hook comes here first.
  for (const char* operation : {"prepare", "start", "started"}) keep(record(defined, "live", "hook", operation));
  EXPECT_TRUE(hook_events().empty());
  keep(record(defined, "live", "hook", "stopped"));
  keep(record(defined, "live", "hook", "release"));
  EXPECT_TRUE(hook_events().empty());
  EXPECT_FALSE(known_.is_news(off));
}

}  // namespace
}  // namespace virtsql
