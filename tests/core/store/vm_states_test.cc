#include "core/store/vm_states.h"

#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

class VmStatesTest : public test::StoreFixture {
 protected:
  VmStatesTest() { database_->execute("INSERT INTO hosts (id, name) VALUES (1, 'alpha'), (2, 'beta')"); }

  // Records an event of the VM and returns the VM's state after it.
  std::string after(const std::string& operation, const std::string& config = "live",
                    const std::string& source = "hook", const std::string& extra = "-") {
    Capture event;
    event.operation = operation;
    event.config = config;
    event.source = source;
    event.extra = extra;
    states_.record(event, "u", 1, time_ += 1000000);
    return text("SELECT state FROM vm_states WHERE vm_uuid = 'U' AND host_id = 1");
  }

  VmStates states_{*database_};
  std::int64_t time_ = 1700000000000000;
};

TEST_F(VmStatesTest, FollowTheHook) {
  EXPECT_EQ(after("prepare"), "running");
  EXPECT_EQ(after("start"), "running");
  EXPECT_EQ(after("started"), "running");
  EXPECT_EQ(text("SELECT since || ' ' || last_seen || ' ' || reason FROM vm_states"),
            "2023-11-14T22:13:21.000Z 2023-11-14T22:13:23.000Z prepare");
  EXPECT_EQ(after("stopped", "live", "hook", "shutdown"), "shut off");
  EXPECT_EQ(text("SELECT reason || ' ' || (persistent IS NULL) FROM vm_states"), "shutdown 1");
  EXPECT_EQ(after("release"), "shut off");
  EXPECT_EQ(after("reconnect"), "running");
}

TEST_F(VmStatesTest, FollowEvents) {
  EXPECT_EQ(after("define", "persistent", "event"), "unknown");
  EXPECT_EQ(text("SELECT persistent FROM vm_states"), "1");
  EXPECT_EQ(after("started", "live", "event"), "running");
  EXPECT_EQ(after("suspended", "live", "event"), "paused");
  EXPECT_EQ(after("attach-device", "live", "event"), "paused");
  EXPECT_EQ(after("resumed", "live", "event"), "running");
  EXPECT_EQ(after("pmsuspended", "live", "event"), "pmsuspended");
  EXPECT_EQ(after("crashed", "live", "event"), "crashed");
  EXPECT_EQ(after("stopped", "live", "event"), "shut off");
  EXPECT_EQ(after("undefine", "persistent", "event"), "undefined");
  EXPECT_EQ(after("define", "persistent", "event"), "unknown");
  EXPECT_EQ(after("sync", "live", "sync"), "running");
}

TEST_F(VmStatesTest, KeepAVmThatIsUndefinedWhileItRuns) {
  after("define", "persistent", "event");
  after("started");
  EXPECT_EQ(after("undefine", "persistent", "event"), "running");
  EXPECT_EQ(text("SELECT persistent FROM vm_states"), "0");
  EXPECT_EQ(after("stopped"), "undefined");
}

TEST_F(VmStatesTest, SayNothingOfWhatIsOnlyImportedOrNotThereYet) {
  EXPECT_EQ(after("import", "persistent", "import"), "unknown");
  EXPECT_EQ(text("SELECT persistent IS NULL FROM vm_states"), "1");
  EXPECT_EQ(after("migrate"), "unknown");
  EXPECT_EQ(after("started"), "running");
  EXPECT_EQ(after("import", "persistent", "import"), "running");
}

TEST_F(VmStatesTest, AreOfEachHost) {
  after("started");
  Capture event;
  event.operation = "stopped";
  states_.record(event, "U", 2, 1);
  EXPECT_EQ(text("SELECT group_concat(state) FROM (SELECT state FROM vm_states ORDER BY host_id)"), "running,shut off");
}

TEST_F(VmStatesTest, TakeLibvirtsOwnWordsWhereItSaysThem) {
  Capture event;
  event.operation = "managed-save";
  event.source = "event";
  event.state = "shut off";
  event.reason = "saved";
  event.autostart = "0";
  event.persistent = "1";
  event.managed_save = "1";
  states_.record(event, "u", 1, time_);
  const std::string joined =
      "SELECT state || ' ' || reason || ' ' || autostart || ' ' || persistent || ' ' || managed_save FROM vm_states";
  EXPECT_EQ(text(joined), "shut off saved 0 1 1");
  // Values that an event does not tell stay as they are.
  event.state = "running";
  event.reason = "restored";
  event.autostart.clear();
  event.managed_save = "0";
  states_.record(event, "u", 1, time_ + 1000000);
  EXPECT_EQ(text(joined), "running restored 0 1 0");
  // The hook tells neither autostart nor the like, so they stay.
  EXPECT_EQ(after("stopped", "live", "hook", "destroyed"), "shut off");
  EXPECT_EQ(text(joined), "shut off destroyed 0 1 0");
}

TEST_F(VmStatesTest, AreSeenByALookAtEverything) {
  Capture event;
  event.operation = "define";
  event.config = "persistent";
  event.source = "event";
  states_.record(event, "u", 1, time_);
  states_.record(event, "v", 1, time_);
  states_.record(event, "w", 1, time_);
  event.operation = "undefine";
  states_.record(event, "w", 1, time_);
  database_->execute(
      "INSERT INTO captures (id, host_id, kind, vm_uuid, driver) VALUES (1, 1, 'domain', 'u', 'qemu'), (2, 1, "
      "'domain', "
      "'v', 'lxc'), (3, 1, 'domain', 'w', 'qemu')");
  states_.mark_all_seen("qemu", 1, time_ + 5000000);
  EXPECT_EQ(
      text("SELECT group_concat(vm_uuid || ' ' || (last_seen > since), ', ') FROM (SELECT * FROM vm_states ORDER BY "
           "vm_uuid)"),
      "u 1, v 0, w 0");
}

}  // namespace
}  // namespace virtsql
