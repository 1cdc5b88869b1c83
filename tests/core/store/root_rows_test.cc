#include "core/store/root_rows.h"

#include "core/rows/row_error.h"
#include "core/store/schema_mark.h"
#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

constexpr char kOne[] = "11111111-1111-1111-1111-111111111111";

class RootRowsTest : public test::StoreFixture {
 protected:
  using Role = RootRows::Role;

  RootRowsTest() { database_->execute("INSERT INTO hosts (id, name) VALUES (1, 'alpha'), (2, 'beta')"); }

  static RootState state(std::int64_t host = 1) { return RootState::imported(host, 0); }
  std::int64_t insert(const std::string& memory) {
    Document document(vm("web", kOne, memory), root_);
    return rows_.insert(document, state());
  }
  // Lets the rows follow a document with that memory. Returns what is in them then.
  std::string apply(std::int64_t id, const std::string& memory, Role role, std::int64_t host = 1,
                    const std::string& attribute = "") {
    Document document(replaced(vm("web", kOne, memory), "<domain ", "<domain " + attribute), root_);
    rows_.apply(root_, id, document, state(host), role);
    return now();
  }
  std::string now() {
    return text(
        "SELECT memory || ' ' || source || ' ' || sync_status || coalesce(drift_details ->> '$[0].path', '') "
        "FROM virtual_machines");
  }
  void edit() { database_->execute("UPDATE virtual_machines SET title = 'mine'"); }

  const Element& root_ = Catalog::standard().root("domain");
  RowStore row_store_{*database_, Catalog::standard()};
  RecentRows recent_{*database_};
  RootRows rows_{*database_, row_store_, &recent_};
};

TEST_F(RootRowsTest, RowsThatNobodyEditedFollow) {
  const std::int64_t id = insert("1");
  EXPECT_EQ(apply(id, "2", Role::kDefinition), "2 imported SYNCED");
  EXPECT_EQ(apply(id, "3", Role::kDefinition), "3 imported SYNCED") << "what apply() wrote is no edit";
}

TEST_F(RootRowsTest, EditedRowsBecomeManagedAndStay) {
  const std::int64_t id = insert("1");
  edit();
  EXPECT_EQ(apply(id, "1", Role::kDefinition), "1 managed DRIFTED/domain/title/text()");
  database_->execute("UPDATE virtual_machines SET title = NULL");
  EXPECT_EQ(apply(id, "1", Role::kDefinition), "1 managed SYNCED") << "an intent stays one";
  EXPECT_EQ(apply(id, "2", Role::kDefinition), "1 managed DRIFTED/domain/memory/text()");
}

TEST_F(RootRowsTest, AnEditIsKnownByTheXmlAndNotByTheRow) {
  const std::int64_t id = insert("1");
  database_->execute("UPDATE virtual_machines SET memory = 2; UPDATE virtual_machines SET memory = 1");
  EXPECT_EQ(apply(id, "3", Role::kDefinition), "3 imported SYNCED");
}

TEST_F(RootRowsTest, RowsFromBeforeThereWereDigestsAreNotEdited) {
  const std::int64_t id = insert("1");
  database_->execute("UPDATE virtual_machines SET memory = 2, rows_sha256 = NULL");
  EXPECT_EQ(apply(id, "3", Role::kDefinition), "3 imported SYNCED");
}

TEST_F(RootRowsTest, AStartIsTakenIfItsDefinitionIsAnotherAndOnlyThat) {
  const std::int64_t id = insert("1");
  Document running(replaced(vm("web", kOne, "2"), "<domain ", "<domain id='3' "), root_);
  rows_.apply(root_, id, running, state(), Role::kStart);
  EXPECT_EQ(store_->domain_xml(id, Form::kFull), vm("web", kOne, "2")) << "without what the start adds";
  const std::string digest = text("SELECT hex(rows_sha256) FROM virtual_machines");
  apply(id, "2", Role::kStart, 1, "id='4' ");
  EXPECT_EQ(text("SELECT hex(rows_sha256) FROM virtual_machines"), digest);
}

TEST_F(RootRowsTest, AGivenDocumentChangesNoEditedRows) {
  const std::int64_t id = insert("1");
  EXPECT_EQ(apply(id, "2", Role::kGiven), "2 imported SYNCED");
  edit();
  EXPECT_EQ(apply(id, "3", Role::kGiven), "2 imported SYNCED") << "it stays history";
}

TEST_F(RootRowsTest, RowsMoveToTheHostOfTheDocumentEditedOrNot) {
  const std::int64_t id = insert("1");
  apply(id, "1", Role::kDefinition, 2);
  EXPECT_EQ(number("SELECT host_id FROM virtual_machines"), 2);
  edit();
  apply(id, "1", Role::kDefinition, 1);
  EXPECT_EQ(number("SELECT host_id FROM virtual_machines"), 1);
  rows_.move(root_, id, 2);
  EXPECT_EQ(number("SELECT host_id FROM virtual_machines"), 2);
}

TEST_F(RootRowsTest, RowsThatWereJustFoundToBeTheSameAreNotRead) {
  Document document(vm("web", kOne, "1"), root_);
  const std::int64_t id = rows_.insert(document, state());
  RootState next = state();
  next.sync_status = "UNKNOWN";
  EXPECT_FALSE(rows_.apply_unchanged(root_, id, std::string(32, 'x'), next, Role::kDefinition));
  EXPECT_FALSE(rows_.apply_unchanged(root_, id, document.digest(), state(2), Role::kDefinition));
  EXPECT_TRUE(rows_.apply_unchanged(root_, id, document.digest(), next, Role::kStart));
  EXPECT_EQ(now(), "1 imported SYNCED") << "a start that gives the same document says nothing new";
  EXPECT_TRUE(rows_.apply_unchanged(root_, id, document.digest(), next, Role::kDefinition));
  EXPECT_EQ(now(), "1 imported UNKNOWN");
  recent_.clear();
  EXPECT_FALSE(rows_.apply_unchanged(root_, id, document.digest(), next, Role::kDefinition));
  RootRows forgetful(*database_, row_store_, nullptr);
  EXPECT_FALSE(forgetful.apply_unchanged(root_, id, document.digest(), next, Role::kDefinition));
}

TEST_F(RootRowsTest, AcceptedRowsFollowAgain) {
  const std::int64_t id = insert("1");
  edit();
  apply(id, "2", Role::kDefinition);
  Document document(vm("web", kOne, "2"), root_);
  rows_.accept(root_, id, document, state());
  EXPECT_EQ(now(), "2 imported SYNCED");
  EXPECT_EQ(store_->domain_xml(id, Form::kFull), vm("web", kOne, "2"));
  EXPECT_EQ(apply(id, "3", Role::kDefinition), "3 imported SYNCED");
}

TEST_F(RootRowsTest, AcceptDeletesRowsThatNoDocumentCanHave) {
  const std::string xml =
      "<domain type='kvm'>\n  <name>web</name>\n  <uuid>" + std::string(kOne) +
      "</uuid>\n  <devices>\n    <disk type='file' device='disk'>\n      <source file='/a'/>\n      <backingStore "
      "type='file'>\n        <source file='/b'/>\n      </backingStore>\n      <target dev='vda'/>\n    </disk>\n  "
      "</devices>\n</domain>\n";
  Document document(xml, root_);
  const std::int64_t id = rows_.insert(document, state());
  database_->execute("UPDATE disk_layers SET parent_id = id");
  Document again(xml, root_);
  EXPECT_THROW(rows_.apply(root_, id, again, state(), Role::kDefinition), RowError);
  rows_.accept(root_, id, again, state());
  EXPECT_EQ(store_->domain_xml(id, Form::kFull), xml);
}

TEST_F(RootRowsTest, WhatLibvirtForgetsGoesUnlessSomebodyEditedIt) {
  const std::int64_t first = insert("1");
  EXPECT_TRUE(rows_.remove_unless_edited(root_, first));
  EXPECT_EQ(count("virtual_machines"), 0);
  const std::int64_t second = insert("1");
  edit();
  EXPECT_FALSE(rows_.remove_unless_edited(root_, second));
  EXPECT_EQ(now(), "1 managed DRIFTED/domain");
}

TEST_F(RootRowsTest, DriftIsStoredAndTakenBack) {
  const std::int64_t id = insert("1");
  const Table& table = *root_.table;
  rows_.set_drift(table, id, {undefined_difference()}, false);
  EXPECT_EQ(now(), "1 imported DRIFTED/domain");
  rows_.set_drift(table, id, {}, true);
  EXPECT_EQ(now(), "1 managed SYNCED");
  EXPECT_EQ(number("SELECT drift_details IS NULL FROM virtual_machines"), 1);
}

TEST_F(RootRowsTest, ARowThatSomebodyDeletedIsAnError) {
  Document document(vm("web", kOne), root_);
  EXPECT_THROW(rows_.apply(root_, 77, document, state(), Role::kDefinition), StoreError);
  EXPECT_THROW(rows_.remove_unless_edited(root_, 77), StoreError);
}

}  // namespace
}  // namespace virtsql
