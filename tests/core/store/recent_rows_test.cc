// Rows that were read a moment ago are not read again, unless somebody else may have changed them since.
#include "core/store/recent_rows.h"

#include <gtest/gtest.h>

#include "core/base/work.h"
#include "core/store/recent_documents.h"
#include "core/store/writer.h"
#include "tests/core/store/fixture.h"
#include "tests/core/temporary_folder.h"

namespace virtsql {
namespace {

class RecentRowsTest : public testing::Test {
 protected:
  CaptureResult capture(const std::string& xml, const std::string& config = "persistent") {
    const Capture event = test::capture_of(xml, config);
    Arrival arrival(Catalog::standard(), event, &documents_);
    return writer_.store().capture(arrival);
  }

  // Returns how many parses, shreds and generations it takes to capture the document.
  std::uint64_t work_of(const std::string& xml, const std::string& config = "persistent") {
    const Work before = work;
    capture(xml, config);
    return work.parses - before.parses + work.shreds - before.shreds + work.generations - before.generations;
  }

  std::string text(const std::string& sql) {
    Statement statement(writer_.database().handle(), sql);
    return statement.step() ? std::string(statement.get_text(0)) : "(no row)";
  }

  test::TemporaryFolder folder_;
  const std::string path_ = folder_ / "virtsql.db";
  Writer writer_{path_, 1000};
  RecentDocuments documents_;
  const std::string web_ = test::read_document("web.xml");
  const std::string edited_ = [this] {
    std::string text = web_;
    return text.replace(text.find("Web front end"), 13, "new");
  }();
};

TEST_F(RecentRowsTest, ARepeatIsRecordedWithoutReadingItOrTheRows) {
  EXPECT_GT(work_of(web_), 0U);
  EXPECT_EQ(work_of(web_), 0U);
  EXPECT_EQ(text("SELECT count(*) || ' ' || sum(exact) FROM captures"), "2 2");
  EXPECT_EQ(text("SELECT c.seq FROM virtual_machines AS v JOIN captures AS c ON c.id = v.capture_id"), "2");
  EXPECT_EQ(text("SELECT source || ' ' || sync_status FROM virtual_machines"), "imported SYNCED");
}

TEST_F(RecentRowsTest, AnotherDocumentInBetweenIsTaken) {
  capture(web_);
  capture(edited_);
  EXPECT_EQ(text("SELECT title FROM virtual_machines"), "new");
  capture(web_);
  EXPECT_EQ(text("SELECT title FROM virtual_machines"), "Web front end");
}

TEST_F(RecentRowsTest, AnEditOfAnotherConnectionIsSeen) {
  capture(web_);
  capture(web_);
  {
    const Connection other(path_, SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
    Database(other.handle()).execute("UPDATE virtual_machines SET title = 'mine'");
  }
  capture(web_);
  EXPECT_EQ(text("SELECT source || ' ' || sync_status || ' ' || title FROM virtual_machines"), "managed DRIFTED mine");
}

TEST_F(RecentRowsTest, AnEditOnTheConnectionIsSeen) {
  capture(web_);
  capture(web_);
  writer_.database().execute("UPDATE virtual_machines SET title = 'mine'");
  capture(web_);
  EXPECT_EQ(text("SELECT source || ' ' || title FROM virtual_machines"), "managed mine");
}

TEST_F(RecentRowsTest, WhatWasRolledBackIsForgotten) {
  capture(web_);
  {
    const Transaction rolled_back(writer_.database());
    capture(edited_);
  }
  capture(edited_);
  EXPECT_EQ(text("SELECT title FROM virtual_machines"), "new");
}

TEST_F(RecentRowsTest, TheRowsOfAVmThatIsGoneAreForgotten) {
  capture(web_);
  {
    const Connection other(path_, SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
    Database(other.handle()).execute("PRAGMA foreign_keys = ON; DELETE FROM virtual_machines");
  }
  capture(web_);
  EXPECT_EQ(text("SELECT count(*) FROM virtual_machines"), "1");
  EXPECT_NE(text("SELECT count(*) FROM disk_attachments"), "0");
}

TEST_F(RecentRowsTest, AVmThatMovesToAnotherHostIsReadAgain) {
  capture(web_);
  Capture event = test::capture_of(web_);
  event.host = "beta";
  Arrival arrival(Catalog::standard(), event, &documents_);
  writer_.store().capture(arrival);
  EXPECT_EQ(text("SELECT h.name FROM virtual_machines AS v JOIN hosts AS h ON h.id = v.host_id"), "beta");
  EXPECT_EQ(text("SELECT count(*) FROM disks AS d JOIN hosts AS h ON h.id = d.host_id WHERE h.name <> 'beta'"), "0");
}

TEST_F(RecentRowsTest, AManagedVmIsComparedEachTime) {
  capture(web_);
  writer_.database().execute("UPDATE virtual_machines SET title = 'mine'");
  capture(edited_);
  capture(edited_);
  EXPECT_EQ(text("SELECT source || ' ' || sync_status || ' ' || title FROM virtual_machines"), "managed DRIFTED mine");
}

TEST_F(RecentRowsTest, MeasuresWhatTheConnectionHasSeen) {
  RecentRows rows(writer_.database());
  rows.clear_if_changed();
  rows.keep(7, "digest");
  rows.seal();
  rows.clear_if_changed();
  EXPECT_EQ(rows.digest_of(7), "digest");
  EXPECT_EQ(rows.digest_of(8), "");
  writer_.database().execute("INSERT INTO hosts (name) VALUES ('gamma')");
  rows.clear_if_changed();
  EXPECT_EQ(rows.digest_of(7), "");
}

}  // namespace
}  // namespace virtsql
