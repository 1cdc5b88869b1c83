#include "core/store/follower.h"

#include "core/store/schema_mark.h"
#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

constexpr char kOne[] = "11111111-1111-1111-1111-111111111111";

class FollowerTest : public test::StoreFixture {
 protected:
  // Tells the store an event of the VM; without a memory size it has no document. Returns what the rows say then.
  std::string tell(const std::string& operation, const std::string& config, const std::string& memory,
                   const std::string& source = "hook", const std::string& host = "alpha") {
    tell_of_web(kOne, operation, config, memory, host, source);
    return now();
  }
  std::string define(const std::string& memory, const std::string& host = "alpha") {
    return tell("define", "persistent", memory, "event", host);
  }
  std::string now() { return text("SELECT memory || ' ' || source || ' ' || sync_status FROM virtual_machines"); }
  std::string host() { return text("SELECT h.name FROM virtual_machines AS v JOIN hosts AS h ON h.id = v.host_id"); }
  void set_states(const std::string& alpha, const std::string& beta) {
    database_->execute("DELETE FROM vm_states; INSERT INTO vm_states (vm_uuid, host_id, state) SELECT '" +
                       std::string(kOne) + "', id, CASE name WHEN 'alpha' THEN '" + alpha + "' ELSE '" + beta +
                       "' END FROM hosts");
  }

  RowStore row_store_{*database_, Catalog::standard()};
  RootRows root_rows_{*database_, row_store_, nullptr};
  Captures captures_{*database_};
  Follower follower_{*database_, Catalog::standard(), row_store_, root_rows_, captures_};
};

TEST_F(FollowerTest, RowsHoldTheNewestDefinitionOrWhatRunsWithoutOne) {
  EXPECT_EQ(tell("started", "live", "1"), "1 imported UNKNOWN");
  EXPECT_EQ(tell("started", "live", "2"), "2 imported UNKNOWN");
  EXPECT_EQ(define("3"), "3 imported DRIFTED") << "what runs is another";
  EXPECT_EQ(tell("started", "live", "4"), "3 imported DRIFTED");
  EXPECT_EQ(tell("started", "live", "3"), "3 imported SYNCED");
}

TEST_F(FollowerTest, AStartTellsADefinitionThatWasChangedUnseen) {
  define("1");
  EXPECT_EQ(tell("prepare", "live", "2"), "2 imported SYNCED");
}

// libvirt goes on with a VM that ran before, so the document is that VM's state.
TEST_F(FollowerTest, AStartAfterRestoreOrMigrateTellsNoDefinition) {
  define("1");
  for (const char* before : {"restore", "migrate"}) {
    tell(before, "live", "2");
    tell("prepare", "live", "2");
    EXPECT_EQ(number("SELECT memory FROM virtual_machines"), 1) << before;
  }
}

TEST_F(FollowerTest, ImportsFollowEachOtherUntilLibvirtSaysSomething) {
  tell("import", "persistent", "1", "import");
  tell("import", "live", "2", "import");
  EXPECT_EQ(number("SELECT memory FROM virtual_machines"), 2);
  define("1");
  tell("import", "live", "3", "import");
  EXPECT_EQ(number("SELECT memory FROM virtual_machines"), 1);
}

TEST_F(FollowerTest, AnEditIsTheIntent) {
  define("1");
  database_->execute("UPDATE virtual_machines SET memory = 8");
  EXPECT_EQ(define("2"), "8 managed DRIFTED");
  EXPECT_EQ(define("8"), "8 managed SYNCED");
}

TEST_F(FollowerTest, AnUndefinedVmKeepsItsRowsAndFollowsWhatRuns) {
  define("1");
  EXPECT_EQ(tell("undefine", "persistent", "", "event"), "1 imported DRIFTED");
  EXPECT_EQ(tell("started", "live", "2"), "2 imported UNKNOWN");
}

TEST_F(FollowerTest, OnlyTheHostThatTheRowsAreOnIsForgotten) {
  define("1");
  follower_.mark_undefined(kOne, host_id("beta"));
  EXPECT_EQ(now(), "1 imported SYNCED");
  follower_.mark_undefined("22222222-2222-2222-2222-222222222222", host_id("alpha"));
  EXPECT_EQ(now(), "1 imported SYNCED");
  follower_.mark_undefined(kOne, host_id("alpha"));
  EXPECT_EQ(now(), "1 imported DRIFTED");
}

TEST_F(FollowerTest, DriftIsJudgedOnlyWithALiveAndAPersistentDocument) {
  define("1");
  database_->execute("UPDATE virtual_machines SET memory = 2");
  follower_.update_drift(kOne);
  EXPECT_EQ(now(), "2 imported SYNCED") << "nothing runs";
  tell("started", "live", "1");
  EXPECT_EQ(now(), "2 imported DRIFTED");
  // The same difference from both documents is said once.
  EXPECT_EQ(number("SELECT json_array_length(drift_details) FROM virtual_machines"), 1);
}

TEST_F(FollowerTest, RowsGoToTheOneHostWhereTheVmRuns) {
  define("1");
  host_id("beta");
  set_states("shut off", "running");
  follower_.choose_host(kOne);
  EXPECT_EQ(host(), "beta");
  set_states("running", "running");
  follower_.choose_host(kOne);
  EXPECT_EQ(host(), "beta") << "while it migrates it runs on both";
}

TEST_F(FollowerTest, RowsLeaveAHostThatUndefinedTheVmForOneThatHasIt) {
  define("1", "beta");
  define("1");
  set_states("shut off", "shut off");
  follower_.choose_host(kOne);
  EXPECT_EQ(host(), "alpha");
  set_states("undefined", "shut off");
  follower_.choose_host(kOne);
  EXPECT_EQ(host(), "beta");
  set_states("undefined", "undefined");
  follower_.choose_host(kOne);
  EXPECT_EQ(host(), "beta");
}

TEST_F(FollowerTest, BlameSaysWhyTheRowsDoNotFollow) {
  define("1");
  follower_.mark_failed(kOne, std::runtime_error("why"));
  EXPECT_EQ(now(), "1 imported DRIFTED");
  EXPECT_EQ(text("SELECT drift_details ->> '$[0].new' FROM virtual_machines"), "why");
  // A row that refuses that too stays as it is.
  database_->execute(
      "CREATE TRIGGER mine BEFORE UPDATE ON virtual_machines BEGIN SELECT RAISE(ABORT, 'not here'); END");
  follower_.mark_failed(kOne, std::runtime_error("another"));
  EXPECT_EQ(text("SELECT drift_details ->> '$[0].new' FROM virtual_machines"), "why");
}

TEST_F(FollowerTest, AcceptTakesWhatLibvirtHas) {
  define("1");
  database_->execute("UPDATE virtual_machines SET memory = 8");
  define("2");
  follower_.accept(follower_.find(kOne));
  EXPECT_EQ(now(), "2 imported SYNCED");
  store_->define(vm("wanted", "22222222-2222-2222-2222-222222222222"), "domain", "alpha");
  EXPECT_THROW(follower_.accept(store_->find_vm("wanted", "test")), StoreError) << "nothing was captured of it";
}

TEST_F(FollowerTest, AVmIsFoundByItsUuid) {
  EXPECT_EQ(follower_.find(kOne), 0);
  define("1");
  EXPECT_EQ(follower_.find(kOne), store_->find_vm("web", "test"));
}

}  // namespace
}  // namespace virtsql
