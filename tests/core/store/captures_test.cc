#include "core/store/captures.h"

#include "core/base/sha256.h"
#include "core/store/schema_mark.h"
#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

constexpr char kOne[] = "11111111-1111-1111-1111-111111111111";
constexpr char kTwo[] = "22222222-2222-2222-2222-222222222222";

class CapturesTest : public test::StoreFixture {
 protected:
  // An event of the VM on the host, as the store records it. Without a memory size it has no document.
  CaptureResult tell(const std::string& operation, const std::string& config, const std::string& memory = "",
                     const std::string& host = "alpha", const std::string& source = "hook") {
    return tell_of_web(kOne, operation, config, memory, host, source);
  }
  static std::int64_t id_of(const std::optional<Captures::Newest>& newest) { return newest ? newest->id : 0; }
  std::optional<std::int64_t> free_id(const Capture& event) {
    Arrival arrival(Catalog::standard(), event);
    return captures_.free_id(arrival);
  }

  Captures captures_{*database_};
};

TEST_F(CapturesTest, AnEventThatIsRecordedHasNoFreeIdAndAnotherGetsTheNext) {
  Capture event = test::capture_of(vm("web", kOne), "live");
  event.id = 1700000000000000;
  EXPECT_EQ(free_id(event), event.id);
  store_->capture(event);
  EXPECT_EQ(free_id(event), std::nullopt);
  // Each of these makes it another event.
  for (std::string* part :
       {&event.driver, &event.operation, &event.sub_operation, &event.xml, &event.extra, &event.source, &event.host}) {
    const std::string before = std::exchange(*part, *part + " ");
    EXPECT_EQ(free_id(event), event.id + 1) << before;
    *part = before;
  }
  EXPECT_EQ(free_id(event), std::nullopt);
}

// After a clock that was ahead the spool's ids follow each other closely, and imports have taken some of them.
TEST_F(CapturesTest, EventsThatAreAlikeAreToldApartByTheirOwnIds) {
  Capture event = test::capture_of("");
  event.operation = "stopped";
  event.kind = "domain";
  for (const std::int64_t id : {7, 8, 9})
    database_->execute("INSERT INTO captures (id, kind) VALUES (" + std::to_string(id) + ", 'other')");
  // Each gets an id behind the imports' ones, so that each is looked for where another one is.
  for (const char* uuid : {kOne, kTwo, kOne, kTwo, kOne}) {
    event.uuid = uuid;
    event.id = event.id == 0 ? 7 : event.id + 1;
    EXPECT_TRUE(store_->capture(event).recorded) << event.id;
    EXPECT_FALSE(store_->capture(event).recorded) << event.id;
  }
  EXPECT_EQ(text("SELECT group_concat(id) FROM captures WHERE operation = 'stopped'"), "10,11,12,13,14");
  EXPECT_EQ(text("SELECT group_concat(record_id) FROM moved_captures"), "7,8,9,10,11");
}

TEST_F(CapturesTest, AnEventWithoutAnIdGetsThePresentTime) {
  const Capture event = test::capture_of(vm("web", kOne), "live");
  const std::int64_t now = number("SELECT unixepoch('now') * 1000000");
  EXPECT_GE(free_id(event).value_or(0), now);
  EXPECT_LT(free_id(event).value_or(0), now + 60000000);
  // The clock was set back.
  database_->execute("INSERT INTO captures (id, kind) VALUES (4102444800000000, 'other')");
  EXPECT_EQ(free_id(event), 4102444800000001);
}

TEST_F(CapturesTest, ACaptureIsRecordedAsItCame) {
  Capture event = test::capture_of("<domain>", "live");
  event.id = 7;
  event.sub_operation = "begin";
  event.extra = "-";
  event.name = "web";
  event.secrets = 3;
  Arrival arrival(Catalog::standard(), event);
  arrival.result.id = 7;
  captures_.add(arrival, host_id("alpha"), false);
  EXPECT_EQ(arrival.result.seq, number("SELECT seq FROM captures"));
  EXPECT_EQ(text("SELECT id || driver || operation || sub_operation || extra || config || source || name || secrets || "
                 "kind FROM captures"),
            "7qemudefinebegin-liveeventweb3domain");
  EXPECT_EQ(number("SELECT exact IS NULL AND error = '" + arrival.result.error + "' FROM captures"), 1);
  EXPECT_EQ(captures_.xml(7), "<domain>");
  EXPECT_EQ(count("late_captures"), 0);
}

TEST_F(CapturesTest, ALateOneIsListed) {
  const Capture event = test::capture_of(vm("web", kOne), "live");
  Arrival arrival(Catalog::standard(), event);
  arrival.result.id = 7;
  captures_.add(arrival, host_id("alpha"), true);
  EXPECT_EQ(number("SELECT seq FROM late_captures"), arrival.result.seq);
  EXPECT_FALSE(captures_.newest(kOne, "live"));
  EXPECT_FALSE(captures_.newest_document(kOne));
}

TEST_F(CapturesTest, AnotherConfigIsRefusedAlsoWithoutTriggers) {
  const WithoutTriggers quiet(handle_);
  const Capture event = test::capture_of(vm("web", kOne), "inactive");
  Arrival arrival(Catalog::standard(), event);
  arrival.result.id = 7;
  EXPECT_THROW(captures_.add(arrival, host_id("alpha"), false), DatabaseError);
  EXPECT_EQ(count("captures"), 0);
}

// A wrong clock cannot make an old capture the newest.
TEST_F(CapturesTest, TheNewestIsTheOneThatArrivedLast) {
  EXPECT_FALSE(captures_.newest(kOne, "persistent"));
  Capture event = test::capture_of(vm("web", kOne, "1"));
  event.id = 4102444800000000;
  store_->capture(event);
  event.id = 1700000000000000;
  event.xml = vm("web", kOne, "2");
  store_->capture(event);
  tell("started", "live", "3");
  EXPECT_EQ(id_of(captures_.newest(kOne, "persistent")), event.id);
  EXPECT_EQ(captures_.newest(kOne, "persistent")->digest, sha256(event.xml));
  EXPECT_EQ(captures_.newest(kOne, "live")->operation, "started");
  event.xml = "<domain><uuid>" + std::string(kOne) + "</uuid>";  // a document with an error is not the newest
  event.id = 0;
  store_->capture(event);
  EXPECT_EQ(id_of(captures_.newest(kOne, "persistent")), 1700000000000000);
}

TEST_F(CapturesTest, AnUndefinitionByAHostThatTheVmLeftDoesNotCount) {
  tell("define", "persistent", "1");
  const CaptureResult moved = tell("define", "persistent", "1", "beta");
  tell("undefine", "persistent", "", "alpha");
  EXPECT_EQ(id_of(captures_.definition(kOne)), moved.id);
  EXPECT_TRUE(captures_.had_definition(kOne, INT64_MAX));
  const CaptureResult gone = tell("undefine", "persistent", "", "beta");
  EXPECT_EQ(id_of(captures_.definition(kOne)), gone.id);
  EXPECT_TRUE(captures_.definition(kOne)->is_gone());
  EXPECT_FALSE(captures_.had_definition(kOne, INT64_MAX));
  EXPECT_TRUE(captures_.had_definition(kOne, gone.seq));
}

TEST_F(CapturesTest, AStartThatTheRowsTookIsTheDefinition) {
  tell("define", "persistent", "1");
  EXPECT_FALSE(captures_.definition(kOne)->is_start);
  const CaptureResult start = tell("prepare", "live", "2");
  ASSERT_EQ(id_of(captures_.definition(kOne)), start.id);
  EXPECT_TRUE(captures_.definition(kOne)->is_start);
  // Rows that somebody edited still name the start.
  database_->execute("UPDATE virtual_machines SET title = 'mine'");
  const CaptureResult next = tell("define", "persistent", "3");
  EXPECT_EQ(number("SELECT capture_id FROM virtual_machines"), start.id);
  EXPECT_EQ(id_of(captures_.definition(kOne)), next.id);
}

TEST_F(CapturesTest, TheNewestDocumentIsTheDefinitionOrElseWhatRanSince) {
  EXPECT_FALSE(captures_.newest_document(kOne));
  const CaptureResult defined = tell("define", "persistent", "1");
  tell("started", "live", "2");
  EXPECT_EQ(id_of(captures_.newest_document(kOne)), defined.id);
  tell("undefine", "persistent");
  EXPECT_EQ(id_of(captures_.newest_document(kOne)), defined.id) << "the live one is from before";
  const CaptureResult transient = tell("started", "live", "3");
  EXPECT_EQ(id_of(captures_.newest_document(kOne)), transient.id);
}

TEST_F(CapturesTest, ADocumentIsReadAsThatOfTheVm) {
  tell("define", "persistent", "1");
  const std::string running = replaced(vm("web", kOne, "2"), "<domain ", "<domain id='3' ");
  Capture start = test::capture_of(running, "live");
  start.operation = "prepare";
  start.source = "hook";
  store_->capture(start);
  const Captures::Newest newest = captures_.definition(kOne).value();
  Document document;
  const std::string other = "22222222-2222-2222-2222-222222222222";
  captures_.read(newest, other, Catalog::standard().root("domain"), document);
  EXPECT_EQ(document.xml(), vm("web", other, "2")) << "of a start, the definition alone";
  {
    const WithoutTriggers quiet(handle_);
    database_->execute("UPDATE documents SET content = x'00'");
  }
  Document damaged;
  EXPECT_THROW(captures_.read(newest, other, Catalog::standard().root("domain"), damaged), DamagedDocument);
}

TEST_F(CapturesTest, TheCaptureThatTheRowsFollowIsKnownUntilSomebodyEditsThem) {
  const CaptureResult defined = tell("define", "persistent", "1");
  const std::int64_t id = store_->find_vm("web", "test");
  EXPECT_EQ(captures_.seq_of_rows(id, sha256(vm("web", kOne, "1"))), defined.seq);
  EXPECT_EQ(captures_.seq_of_rows(id, sha256(vm("web", kOne, "2"))), std::nullopt);
  database_->execute("UPDATE virtual_machines SET source = 'managed'");
  EXPECT_EQ(captures_.seq_of_rows(id, sha256(vm("web", kOne, "1"))), std::nullopt);
}

TEST_F(CapturesTest, SayWhetherTheVmRunsWhereItsStateIsKnown) {
  tell("started", "live", "1");
  const std::int64_t host = host_id("alpha");
  EXPECT_FALSE(captures_.is_off(kOne, host));
  tell("stopped", "live");
  EXPECT_TRUE(captures_.is_off(kOne, host));
  EXPECT_FALSE(captures_.is_off(kOne, host_id("beta")));
}

TEST_F(CapturesTest, SayWhetherLibvirtItselfToldOfTheVm) {
  tell("import", "persistent", "1", "alpha", "import");
  EXPECT_TRUE(captures_.is_imported_only(kOne));
  tell("define", "persistent", "1", "alpha", "event");
  EXPECT_FALSE(captures_.is_imported_only(kOne));
}

TEST_F(CapturesTest, SayWhatTheHookToldBefore) {
  const CaptureResult first = tell("restore", "live", "1");
  tell("define", "persistent", "1");
  tell("reconnect", "live", "1", "alpha", "sync");
  const CaptureResult last = tell("prepare", "live", "1");
  EXPECT_EQ(captures_.hook_before(kOne, last.seq), "restore");
  EXPECT_EQ(captures_.hook_before(kOne, first.seq), "");
  // What was drained late did not happen just before.
  database_->execute("INSERT INTO late_captures SELECT " + std::to_string(first.seq));
  EXPECT_EQ(captures_.hook_before(kOne, last.seq), "");
}

TEST_F(CapturesTest, ACaptureWithoutADocumentSaysSo) {
  tell("started", "live", "1");
  const std::int64_t stopped = tell("stopped", "live").id;
  const auto refusal = [&](std::int64_t id) -> std::string {
    try {
      return captures_.xml(id);
    } catch (const StoreError& error) {
      return error.what();
    }
  };
  EXPECT_EQ(refusal(stopped),
            "captured_xml(): capture " + std::to_string(stopped) + " is of an event without a document");
  EXPECT_EQ(refusal(1), "captured_xml(): no capture 1; they are in captures.id");
}

}  // namespace
}  // namespace virtsql
