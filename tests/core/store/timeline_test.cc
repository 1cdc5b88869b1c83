#include "core/store/timeline.h"

#include <cstdint>
#include <vector>

#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

const std::string kUuid = "c7a5fdbd-cdaf-9455-926a-d65c16db1809";

std::string domain(int memory) {
  return "<domain type='kvm'>\n  <name>a</name>\n  <uuid>" + kUuid + "</uuid>\n  <memory unit='KiB'>" +
         std::to_string(memory) + "</memory>\n</domain>\n";
}

class TimelineTest : public test::StoreFixture {
 protected:
  // Captures an event of the VM at this time (captures.id). If `xml` is empty, the capture has no document.
  void capture(std::int64_t id, std::string_view xml, const std::string& operation, const std::string& config,
               const std::string& host = "alpha") {
    Capture event = test::capture_of(xml, config);
    event.id = id;
    event.host = host;
    event.operation = operation;
    event.uuid = kUuid;
    ASSERT_TRUE(store_->capture(event).recorded);
  }
  void define(std::int64_t id, int memory) { capture(id, domain(memory), "define", "persistent"); }
  void undefine(std::int64_t id, const std::string& host = "alpha") { capture(id, {}, "undefine", "persistent", host); }

  std::string at(std::int64_t id) { return store_->timeline().definition_at(kUuid, id).value_or("none"); }

  // Returns "ID:change path old>new" of each difference, a line each.
  std::string changes(std::int64_t since = 0) {
    std::string out;
    DomainChanges changes = store_->timeline().changes(kUuid, since);
    while (changes.next()) {
      EXPECT_FALSE(changes.differences().empty()) << changes.capture_id();
      for (const Difference& each : changes.differences())
        out += std::to_string(changes.capture_id()) + ":" + std::string(change_name(each.change)) + " " + each.path +
               " " + each.old_value + ">" + each.new_value + "\n";
    }
    return out;
  }
};

TEST_F(TimelineTest, GivesTheNewestPersistentDocumentByThen) {
  define(2000, 1);
  define(4000, 2);
  capture(5000, domain(3), "start", "live");
  EXPECT_EQ(at(1999), "none");
  EXPECT_EQ(at(2000), domain(1));
  EXPECT_EQ(at(3999), domain(1));
  EXPECT_EQ(at(4000), domain(2));
  EXPECT_EQ(at(9000), domain(2));
}

TEST_F(TimelineTest, GoesByTimeAndNotByArrival) {
  define(4000, 2);
  define(2000, 1);
  EXPECT_EQ(at(3000), domain(1));
  EXPECT_EQ(at(5000), domain(2));
  EXPECT_EQ(changes(), "4000:changed /domain/memory/text() 1 KiB>2 KiB\n");
}

TEST_F(TimelineTest, ShowsEachDocumentThatItReadsOnce) {
  define(1000, 1);
  define(2000, 2);
  define(3000, 2);
  define(4000, 3);
  std::string seen;
  Documents documents(*database_);
  const auto visit = [&](const std::string& digest, Document& document) {
    EXPECT_EQ(digest, document.digest());
    for (int memory = 1; memory <= 3; ++memory) seen += document.xml() == domain(memory) ? std::to_string(memory) : "";
  };
  DomainChanges all(*database_, Catalog::standard(), documents, kUuid, 0, visit);
  while (all.next()) {
  }
  EXPECT_EQ(seen, "123");
}

// The fleet's store replaces the changes of these captures. It may have those of the first one by a capture that was
// pruned here.
TEST_F(TimelineTest, SaysWhichCapturesItCompared) {
  define(1000, 1);
  define(2000, 2);
  define(3000, 2);
  undefine(4000);
  define(5000, 3);
  DomainChanges all = store_->timeline().changes(kUuid, 0);
  while (all.next()) {
  }
  EXPECT_EQ(all.compared(), (std::vector<std::int64_t>{2000, 3000, 4000, 5000}));
  DomainChanges later = store_->timeline().changes(kUuid, 3000);
  while (later.next()) {
  }
  EXPECT_EQ(later.compared(), (std::vector<std::int64_t>{3000, 4000, 5000}));
}

TEST_F(TimelineTest, GivesTheRunningVmWhereNoDefinitionIsKnown) {
  capture(1000, domain(1), "start", "live");
  capture(2000, domain(2), "stopped", "live");
  EXPECT_EQ(at(1500), domain(1));
  EXPECT_EQ(at(2500), domain(2));
}

TEST_F(TimelineTest, GivesNothingOfAVmThatWasUndefined) {
  define(1000, 1);
  undefine(2000);
  EXPECT_EQ(at(1999), domain(1));
  EXPECT_EQ(at(2000), "none");
  // The VM runs on without a definition, until it stops.
  capture(3000, domain(2), "reconnect", "live");
  EXPECT_EQ(at(3500), domain(2));
  capture(4000, domain(2), "release", "live");
  EXPECT_EQ(at(4500), "none");
  define(5000, 3);
  EXPECT_EQ(at(4999), "none");
  EXPECT_EQ(at(5000), domain(3));
}

TEST_F(TimelineTest, ComparesEachDefinitionWithTheOneBefore) {
  define(1000, 1);
  define(2000, 1);
  capture(2500, domain(9), "start", "live");
  define(3000, 2);
  capture(3500, "<domain", "define", "persistent");  // no XML: the capture has an error and is passed over
  define(4000, 1);
  EXPECT_EQ(changes(),
            "3000:changed /domain/memory/text() 1 KiB>2 KiB\n4000:changed /domain/memory/text() 2 KiB>1 KiB\n");
  EXPECT_EQ(changes(3000), changes());
  EXPECT_EQ(changes(3001), "4000:changed /domain/memory/text() 2 KiB>1 KiB\n");
  EXPECT_EQ(changes(4001), "");
}

TEST_F(TimelineTest, ShowsThatADefinitionWentAndCameAgain) {
  define(1000, 1);
  undefine(2000);
  undefine(2500);
  define(3000, 1);
  const std::string again = "3000:added /domain >\n";
  EXPECT_EQ(changes(), "2000:removed /domain >\n" + again);
  EXPECT_EQ(changes(2600), again);
}

// Returns the ID of each capture that changed the definition.
std::string changed(Timeline& timeline) {
  std::string out;
  for (const HistoryEntry& entry : timeline.captures(kUuid, true))
    if (entry.changed.value_or(false)) out += std::to_string(entry.capture_id) + " ";
  return out;
}

TEST_F(TimelineTest, ADefinitionThatIsOneAgainIsAChange) {
  define(1000, 1);
  define(1500, 1);
  undefine(2000);
  define(3000, 1);
  EXPECT_EQ(changed(store_->timeline()), "1000 3000 ");
}

// If a VM migrates, the host that it leaves undefines it, before or after the other host defines it. The VM's
// definition goes on.
TEST_F(TimelineTest, AnUndefineCountsForItsOwnHostAlone) {
  define(1000, 1);
  capture(2000, domain(1), "define", "persistent", "beta");
  undefine(3000, "alpha");
  EXPECT_EQ(changes(), "");
  EXPECT_EQ(changed(store_->timeline()), "1000 ");
  EXPECT_EQ(at(3500), domain(1));
  capture(4000, domain(2), "define", "persistent", "beta");
  const std::string more = "4000:changed /domain/memory/text() 1 KiB>2 KiB\n";
  EXPECT_EQ(changes(), more);
  EXPECT_EQ(changes(3000), more);
  undefine(5000, "beta");
  EXPECT_EQ(changes(), more + "5000:removed /domain >\n");
  EXPECT_EQ(at(5000), "none");
}

TEST_F(TimelineTest, PassesOverADamagedDocument) {
  for (int memory = 1; memory <= 3; ++memory) define(memory * 1000, memory);
  const WithoutTriggers free(handle_);
  database_->execute("UPDATE documents SET content = x'00' WHERE id = 2");
  const std::string change = "3000:changed /domain/memory/text() 1 KiB>3 KiB\n";
  EXPECT_EQ(changes(), change);
  EXPECT_EQ(changes(2500), change);
  EXPECT_EQ(changed(store_->timeline()), "1000 3000 ");
  const std::vector<HistoryEntry> history = store_->timeline().captures(kUuid, true);
  ASSERT_EQ(history.size(), 3U);
  EXPECT_EQ(history[1].changed, std::nullopt);
  EXPECT_NE(history[1].damage.find("document 2 is damaged"), std::string::npos) << history[1].damage;
  EXPECT_THROW(at(2000), DamagedDocument);
  EXPECT_EQ(at(1999), domain(1));
  EXPECT_EQ(at(3000), domain(3));
}

TEST_F(TimelineTest, PassesOverADocumentThatIsGone) {
  define(1000, 1);
  define(2000, 2);
  const WithoutTriggers free(handle_);
  database_->execute("PRAGMA foreign_keys = OFF; DELETE FROM documents WHERE id = 2");
  EXPECT_EQ(changes(), "");
  EXPECT_EQ(changed(store_->timeline()), "1000 ");
  EXPECT_THROW(at(2000), DamagedDocument);
}

TEST_F(TimelineTest, RoundsTimesAsCapturedAtShowsThem) {
  for (const std::int64_t id : {1500, 2499, 2500}) define(id, static_cast<int>(id));
  for (const std::int64_t id : {1500, 2499, 2500}) {
    Statement shown(
        handle_,
        "SELECT CAST(round((julianday(captured_at) - 2440587.5) * 86400000) AS INTEGER) FROM captures WHERE "
        "id = " +
            std::to_string(id));
    ASSERT_TRUE(shown.step());
    EXPECT_LE(first_id_at(shown.get_int(0)), id);
    EXPECT_GE(last_id_at(shown.get_int(0)), id);
  }
  EXPECT_LT(first_id_at(2) - last_id_at(1), 100);
  EXPECT_GT(first_id_at(2), 1000);
  EXPECT_LT(last_id_at(1), 2000);
}

}  // namespace
}  // namespace virtsql
