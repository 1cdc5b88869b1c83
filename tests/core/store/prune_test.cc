#include "core/store/prune.h"

#include <chrono>
#include <ctime>

#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

constexpr std::int64_t kDay = INT64_C(86400) * 1000000;
constexpr char kOne[] = "11111111-1111-1111-1111-111111111111";

class PruneTest : public test::StoreFixture {
 protected:
  PruneTest()
      : now_(std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
                 .count()) {}

  std::int64_t days_ago(double days) const {
    return now_ - static_cast<std::int64_t>(days * static_cast<double>(kDay));
  }

  std::int64_t capture_at(double days, std::string_view xml, const std::string& config = "persistent",
                          const std::string& host = "alpha", const std::string& operation = "define") {
    Capture event = test::capture_of(xml, config);
    event.id = days_ago(days);
    event.host = host;
    event.operation = operation;
    return store_->capture(event).id;
  }
  void undefine_at(double days, const std::string& uuid, const std::string& host = "alpha") {
    Capture event = test::capture_of("", "");
    event.id = days_ago(days);
    event.host = host;
    event.operation = "undefine";
    event.uuid = uuid;
    store_->capture(event);
  }
  // Returns the memory in the VM's definition at each of these times; "none" if it had no definition.
  std::string memory_at(const std::vector<double>& days) {
    std::string out;
    for (const double each : days) {
      const std::string xml = store_->timeline().definition_at(kOne, days_ago(each)).value_or("none");
      const std::size_t at = xml.find("KiB'>");
      out += (out.empty() ? "" : " ") +
             (at == std::string::npos ? xml : xml.substr(at + 5, xml.find("</memory>") - at - 5));
    }
    return out;
  }
  std::size_t prune(int days, Prune::Keep keep = Prune::Keep::kNewest) {
    Prune prune(*database_, Catalog::standard(), days, keep);
    while (prune.step()) {
    }
    EXPECT_TRUE(prune.problems().empty());
    return prune.captures();
  }
  bool is_there(std::int64_t id) {
    return number("SELECT count(*) FROM captures WHERE id = " + std::to_string(id)) == 1;
  }
  // Expects that every capture that is left can be read, that no document is left without a capture, and that the
  // database is consistent.
  void expect_readable() {
    Statement statement(handle_, "SELECT id FROM captures WHERE document_sha256 IS NOT NULL");
    while (statement.step()) EXPECT_NO_THROW(store_->captured_xml(statement.get_int(0)));
    EXPECT_EQ(number("SELECT count(*) FROM documents WHERE sha256 NOT IN (SELECT document_sha256 FROM captures WHERE "
                     "document_sha256 IS NOT NULL)"),
              0);
    EXPECT_EQ(text("PRAGMA foreign_key_check"), "(no row)");
    EXPECT_EQ(text("PRAGMA integrity_check"), "ok");
  }

  std::int64_t now_;
};

TEST_F(PruneTest, KeepsTheNewestOfEachKindOfEachThing) {
  const std::string network = test::read_document("objects/network.xml");
  const std::int64_t old_definition = capture_at(400, vm("web", kOne, "1"));
  const std::int64_t old_live = capture_at(399, vm("web", kOne, "2"), "live");
  const std::int64_t definition = capture_at(398, vm("web", kOne, "3"));
  const std::int64_t live = capture_at(397, vm("web", kOne, "4"), "live");
  const std::int64_t old_network = capture_at(396, network);
  const std::int64_t newest_network =
      capture_at(395, replaced(network, "<name>lab</name>", "<name>lab</name>\n  <title>t</title>"));
  const std::int64_t pool = capture_at(394, test::read_document("objects/pool.xml"));
  EXPECT_EQ(prune(180), 3U);
  for (const std::int64_t id : {old_definition, old_live, old_network}) EXPECT_FALSE(is_there(id));
  for (const std::int64_t id : {definition, live, newest_network, pool}) EXPECT_TRUE(is_there(id));
  expect_readable();
  EXPECT_FALSE(store_->drift(store_->find_vm("web", "test")).empty());  // the running VM has other memory
  EXPECT_EQ(prune(180), 0U);
}

TEST_F(PruneTest, KeepsWhatIsYoungerThanTheAge) {
  capture_at(181, vm("web", kOne, "1"));
  const std::int64_t young = capture_at(179, vm("web", kOne, "2"));
  capture_at(1, vm("web", kOne, "3"));
  EXPECT_EQ(prune(180), 1U);
  EXPECT_TRUE(is_there(young));
  EXPECT_EQ(store_->timeline().definition_at(kOne, days_ago(180)), std::nullopt);
  EXPECT_EQ(store_->timeline().definition_at(kOne, days_ago(170)), vm("web", kOne, "2"));
}

TEST_F(PruneTest, KeepsWhatRowsWereMadeFromAndTheLastUndefine) {
  const std::int64_t base = capture_at(400, vm("web", kOne, "1"));
  database_->execute("UPDATE virtual_machines SET title = 'edited'");
  capture_at(390, vm("web", kOne, "2"));
  undefine_at(380, kOne);
  undefine_at(370, kOne);
  const std::int64_t newest = capture_at(360, vm("web", kOne, "3"));
  EXPECT_EQ(prune(180), 2U);
  EXPECT_TRUE(is_there(base));
  EXPECT_TRUE(is_there(newest));
  EXPECT_EQ(text("SELECT count(*) || max(id = " + std::to_string(days_ago(370)) +
                 ") FROM captures WHERE operation = 'undefine'"),
            "11");
  expect_readable();
}

// If captures between two kept ones are removed, the earlier one counts for the whole time until the later one.
TEST_F(PruneTest, BetweenTwoThatAreKeptTheEarlierOneHolds) {
  capture_at(400, vm("web", kOne, "1"));
  database_->execute("UPDATE virtual_machines SET title = 'edited'");
  capture_at(380, vm("web", kOne, "2"));
  capture_at(360, vm("web", kOne, "3"));
  EXPECT_EQ(store_->timeline().definition_at(kOne, days_ago(370)), vm("web", kOne, "2"));
  EXPECT_EQ(prune(180), 1U);
  EXPECT_EQ(store_->timeline().definition_at(kOne, days_ago(401)), std::nullopt);
  EXPECT_EQ(store_->timeline().definition_at(kOne, days_ago(390)), vm("web", kOne, "1"));
  EXPECT_EQ(store_->timeline().definition_at(kOne, days_ago(370)), vm("web", kOne, "1"));
  EXPECT_EQ(store_->timeline().definition_at(kOne, days_ago(350)), vm("web", kOne, "3"));
}

TEST_F(PruneTest, KeepsTheNewestInTheOrderOfArrivalAndInThatOfTime) {
  const std::int64_t by_time = capture_at(300, vm("web", kOne, "1"));
  capture_at(400, vm("web", kOne, "2"));
  const std::int64_t by_arrival = capture_at(350, vm("web", kOne, "3"));
  EXPECT_EQ(prune(180), 1U);
  EXPECT_TRUE(is_there(by_time));
  EXPECT_TRUE(is_there(by_arrival));
}

TEST_F(PruneTest, KeepsChangesIfItIsToldTo) {
  const std::string first = vm("web", kOne, "1");
  const std::string second = vm("web", kOne, "2");
  const std::int64_t one = capture_at(400, first);
  const std::int64_t same = capture_at(399, first);
  const std::int64_t two = capture_at(398, second);
  const std::int64_t two_again = capture_at(397, second);
  undefine_at(396, kOne);
  undefine_at(395, kOne);
  const std::int64_t back = capture_at(394, first);
  capture_at(393, first);
  const std::string network = test::read_document("objects/network.xml");
  const std::int64_t network_first = capture_at(392, network);
  const std::int64_t network_same = capture_at(391, network);
  capture_at(390, replaced(network, "<name>lab</name>", "<name>lab</name>\n  <title>t</title>"));
  EXPECT_EQ(prune(180, Prune::Keep::kChanges), 3U);
  for (const std::int64_t id : {one, two, back, network_first}) EXPECT_TRUE(is_there(id));
  for (const std::int64_t id : {same, two_again, network_same}) EXPECT_FALSE(is_there(id));
  EXPECT_EQ(number("SELECT count(*) FROM captures WHERE operation = 'undefine'"), 2);
  expect_readable();
}

// Of a VM that moved to another host, the definition there tells that the undefine on the host that it left did not end
// it, even if that definition changed nothing.
TEST_F(PruneTest, KeepsChangesOfAVmThatMoved) {
  const std::string xml = vm("web", kOne, "1");
  capture_at(400, xml);
  capture_at(390, xml, "persistent", "beta");
  const std::int64_t same = capture_at(389, xml, "persistent", "beta");
  undefine_at(380, kOne, "alpha");
  const std::int64_t again = capture_at(370, xml, "persistent", "beta");
  undefine_at(360, kOne, "beta");
  capture_at(350, xml);
  const std::vector<double> times = {401, 395, 385, 375, 365, 355, 345};
  ASSERT_EQ(memory_at(times), "none 1 1 1 1 none 1");
  EXPECT_EQ(prune(180, Prune::Keep::kChanges), 1U);
  EXPECT_TRUE(is_there(same));
  EXPECT_TRUE(is_there(again));
  EXPECT_EQ(memory_at(times), "none 1 1 1 1 none 1");
  EXPECT_EQ(prune(180, Prune::Keep::kChanges), 0U);
  expect_readable();
}

class PruneOfAVmThatMoved : public PruneTest, public testing::WithParamInterface<double> {};

TEST_P(PruneOfAVmThatMoved, KeepsTheDefinitionThatTellsWhatAnUndefineEnded) {
  capture_at(400, vm("web", kOne, "1"));
  capture_at(390, vm("web", kOne, "2"), "persistent", "beta");
  undefine_at(GetParam(), kOne, "alpha");
  capture_at(5, vm("web", kOne, "3"), "persistent", "beta");
  const std::vector<double> times = {GetParam() - 1, 4};
  ASSERT_EQ(memory_at(times), "2 3");
  EXPECT_EQ(prune(180), 0U);
  EXPECT_EQ(memory_at(times), "2 3");
}

// The undefine is old, and young.
INSTANTIATE_TEST_SUITE_P(Ages, PruneOfAVmThatMoved, testing::Values(380.0, 10.0));

// A VM that ran when it was undefined has no definition but what runs, until it stops.
TEST_F(PruneTest, KeepsThatAVmRanOnWithoutADefinitionUntilItStopped) {
  const std::string live = vm("web", kOne, "2");
  capture_at(400, vm("web", kOne, "1"));
  capture_at(390, live, "live");
  undefine_at(380, kOne);
  const std::int64_t on = capture_at(370, live, "live", "alpha", "reconnect");
  const std::int64_t still_on = capture_at(360, live, "live", "alpha", "reconnect");
  const std::int64_t stopped = capture_at(350, live, "live", "alpha", "stopped");
  const std::int64_t released = capture_at(349, live, "live", "alpha", "release");
  capture_at(340, vm("web", kOne, "3"));
  const std::int64_t started = capture_at(330, live, "live");
  capture_at(320, live, "live");
  const std::vector<double> times = {395, 375, 365, 355, 345, 335, 325};
  ASSERT_EQ(memory_at(times), "1 none 2 2 none 3 3");
  EXPECT_EQ(prune(180, Prune::Keep::kChanges), 3U);
  for (const std::int64_t id : {on, stopped}) EXPECT_TRUE(is_there(id));
  for (const std::int64_t id : {still_on, released, started}) EXPECT_FALSE(is_there(id));
  EXPECT_EQ(memory_at(times), "1 none 2 2 none 3 3");
}

TEST_F(PruneTest, KeepsThatAThingCameBackAsItWas) {
  const std::string network = test::read_document("objects/network.xml");
  capture_at(400, network, "live");
  {
    Capture gone = test::capture_of("", "persistent");
    gone.id = days_ago(390);
    gone.operation = "undefine";
    gone.sub_operation = "network";
    gone.name = "lab";
    store_->capture(gone);
  }
  const std::int64_t back = capture_at(380, network, "live");
  capture_at(370, network, "live");
  capture_at(360, replaced(network, "<name>lab</name>", "<name>lab</name>\n  <title>t</title>"), "live");
  ASSERT_EQ(number("SELECT count(DISTINCT kind || name || host_id) FROM captures"), 1);
  EXPECT_EQ(prune(180, Prune::Keep::kChanges), 1U);
  EXPECT_TRUE(is_there(back));
}

TEST_F(PruneTest, KeepsAllCapturesOfAVmWithADamagedDocument) {
  const std::string xml = vm("web", kOne, "1");
  for (const double days : {400, 399, 398}) capture_at(days, xml);
  const std::int64_t damaged = capture_at(397, vm("web", kOne, "2"));
  capture_at(396, vm("web", kOne, "3"));
  {
    const WithoutTriggers quiet(handle_);
    database_->execute("UPDATE documents SET content = x'00' WHERE id = 2");
  }
  Prune prune(*database_, Catalog::standard(), 180, Prune::Keep::kChanges);
  while (prune.step()) {
  }
  EXPECT_EQ(prune.captures(), 0U);
  EXPECT_TRUE(is_there(damaged));
  ASSERT_EQ(prune.problems().size(), 1U);
  EXPECT_NE(prune.problems()[0].find("document 2 is damaged"), std::string::npos) << prune.problems()[0];
}

TEST_F(PruneTest, TakesImportedVmsThatAreGone) {
  constexpr char kTwo[] = "22222222-2222-2222-2222-222222222222";
  constexpr char kThree[] = "33333333-3333-3333-3333-333333333333";
  const std::string documents[] = {vm("gone", kOne), vm("edited", kTwo), vm("young", kThree)};
  for (const std::string& xml : documents) capture_at(400, xml);
  database_->execute("UPDATE virtual_machines SET title = 'mine' WHERE name = 'edited'");
  undefine_at(390, kOne);
  undefine_at(389, kTwo);
  undefine_at(10, kThree);
  prune(180);
  EXPECT_EQ(text("SELECT group_concat(name) FROM (SELECT name FROM virtual_machines ORDER BY name)"), "edited,young");
  EXPECT_EQ(text("SELECT source || sync_status FROM virtual_machines WHERE name = 'edited'"), "managedDRIFTED");
  EXPECT_EQ(number("SELECT count(*) FROM vm_states"), 2);
  EXPECT_EQ(store_->timeline().captures(kOne, true).size(), 2U);
  expect_readable();
}

TEST_F(PruneTest, TakesNoOneWhoCameBack) {
  capture_at(400, vm("web", kOne));
  undefine_at(390, kOne);
  Prune pending(*database_, Catalog::standard(), 180, Prune::Keep::kNewest);
  capture(vm("web", kOne));
  while (pending.step()) {
  }
  EXPECT_EQ(number("SELECT count(*) FROM virtual_machines"), 1);
}

// While a prune is under way, a document that it would remove is captured again, and another document is compressed
// against one that it would remove.
TEST_F(PruneTest, KeepsADocumentThatIsNeededAgainMeanwhile) {
  const std::string keyframe = test::read_document("web.xml");
  capture_at(400, keyframe);
  for (int i = 1; i < 5; ++i)
    capture_at(400 - i, replaced(keyframe, "cache='none'", "cache='n" + std::to_string(i) + "'"));
  ASSERT_EQ(number("SELECT count(*) FROM documents WHERE keyframe_id IS NOT NULL"), 4);
  Prune pending(*database_, Catalog::standard(), 180, Prune::Keep::kNewest);
  pending.step();
  capture(replaced(keyframe, "cache='none'", "cache='n1'"));
  capture(replaced(keyframe, "cache='none'", "cache='new'"));
  while (pending.step()) {
  }
  expect_readable();
  EXPECT_EQ(number("SELECT count(*) FROM documents"), 3);
}

TEST_F(PruneTest, KeepsWhatDependsOnADamagedDocumentAndGoesOn) {
  const std::string keyframe = test::read_document("web.xml");
  capture_at(400, keyframe);
  capture_at(399, replaced(keyframe, "cache='none'", "cache='n1'"));
  const std::string other = test::read_document("db.xml");
  capture_at(398, other);
  capture_at(397, replaced(other, "</name>", "</name>\n  <title>t</title>"));
  {
    const WithoutTriggers quiet(handle_);
    database_->execute("UPDATE documents SET content = x'00' WHERE id = 1");
  }
  Prune prune(*database_, Catalog::standard(), 180, Prune::Keep::kNewest);
  while (prune.step()) {
  }
  EXPECT_EQ(prune.captures(), 2U);
  ASSERT_EQ(prune.problems().size(), 1U);
  EXPECT_NE(prune.problems()[0].find("damaged"), std::string::npos) << prune.problems()[0];
  // The damaged keyframe and what is compressed against it stay, in case somebody can mend it. The other VM's old
  // document is removed.
  EXPECT_EQ(number("SELECT count(*) FROM documents"), 3);
}

TEST_F(PruneTest, HistoryRefusesEditsAfterwards) {
  capture_at(400, vm("web", kOne, "1"));
  capture_at(399, vm("web", kOne, "2"));
  prune(180);
  EXPECT_THROW(database_->execute("DELETE FROM captures"), DatabaseError);
  EXPECT_EQ(number("PRAGMA foreign_keys"), 1);
}

// Between two steps of a long prune every document can be read, and what is captured again then stays.
TEST_F(PruneTest, LeavesNoDocumentWithoutItsKeyframe) {
  const std::string web = test::read_document("web.xml");
  const auto revision = [&](int i) {
    return replaced(web, "</name>", "</name>\n  <title>" + std::to_string(i * 7919) + "</title>");
  };
  constexpr int kCaptures = 2000;
  database_->execute("BEGIN");
  for (int i = 0; i < kCaptures; ++i) capture_at(400 - i / 1000.0, revision(i));
  database_->execute("COMMIT");
  Prune pending(*database_, Catalog::standard(), 180, Prune::Keep::kNewest);
  int again = 0;
  for (bool more = true; more;) {
    more = pending.step(std::chrono::milliseconds(1));
    EXPECT_EQ(number("SELECT count(*) FROM documents WHERE keyframe_id NOT IN (SELECT id FROM documents)"), 0);
    const bool removing = number("SELECT count(*) FROM documents") < kCaptures;
    if (more && removing) capture(revision(10 + again++));
  }
  EXPECT_GT(again, 0);
  expect_readable();
}

// Pruning a long history takes only short transactions and makes the file smaller.
TEST(PruneOfMany, TakesShortTransactionsAndShrinksTheFile) {
  const std::string path = testing::TempDir() + "prune_test.db";
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) std::remove((path + suffix).c_str());
  Connection connection(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, kPatienceMilliseconds);
  Database database(connection.handle());
  database.execute("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF");
  Store store(database, Catalog::standard());
  store.init();
  const std::int64_t empty = database.query_int("PRAGMA page_count");
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  const std::string web = test::read_document("web.xml");
  constexpr int kCaptures = 3000;
  database.execute("BEGIN");
  for (int i = 0; i < kCaptures; ++i) {
    Capture event = test::capture_of(web);
    // Two thirds of the captures are older than the 100 days of the prune.
    event.id = now - 300 * kDay + i * (300 * kDay / kCaptures);
    event.xml.insert(web.find("</name>") + 7, "\n  <title>" + std::to_string(i * 7919) + "</title>");
    store.capture(event);
  }
  database.execute("COMMIT");
  ASSERT_EQ(database.query_int("SELECT count(*) FROM documents"), kCaptures);
  const std::int64_t pages = database.query_int("PRAGMA page_count");
  Prune prune(database, Catalog::standard(), 100, Prune::Keep::kNewest);
  double longest = 0;
  for (bool more = true; more;) {
    // Of CPU time, so that a busy machine or disk does not count.
    const std::clock_t begin = std::clock();
    more = prune.step();
    longest = std::max(longest, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
  }
  EXPECT_NEAR(static_cast<double>(prune.captures()), kCaptures * 2.0 / 3, 5);
  EXPECT_LT(longest, 0.5);  // 50 ms of work and a commit
  EXPECT_LT(database.query_int("PRAGMA page_count") - empty, (pages - empty) / 2);
  EXPECT_EQ(database.query_int("PRAGMA freelist_count"), 0);
  EXPECT_EQ(database.query_int("SELECT count(*) FROM documents"), database.query_int("SELECT count(*) FROM captures"));
  Statement left(database.handle(), "SELECT id FROM captures");
  std::int64_t read = 0;
  while (left.step()) read += store.captured_xml(left.get_int(0)).empty() ? 0 : 1;
  EXPECT_EQ(read, database.query_int("SELECT count(*) FROM captures"));
}

}  // namespace
}  // namespace virtsql
