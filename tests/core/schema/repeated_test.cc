#include "core/schema/repeated.h"

#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

class RepeatedTest : public test::StoreFixture {
 protected:
  RepeatedTest() {
    capture(replaced(vm("web", "11111111-1111-1111-1111-111111111111"), "</domain>",
                     "<devices><graphics type='vnc' listen='1.1.1.1'><listen type='address' "
                     "address='1.1.1.1'/><listen type='address' address='2.2.2.2'/></graphics></devices></domain>"));
  }
  // Returns what the console says, and what its rows say.
  std::string now() {
    return text(
        "SELECT coalesce(listen_address, 'NULL') || ': ' || coalesce((SELECT group_concat(said) FROM (SELECT "
        "coalesce(address, type) AS said FROM console_listens ORDER BY position, id)), '') FROM consoles");
  }
  std::string after(const std::string& sql) {
    database_->execute(sql);
    return now();
  }
};

TEST_F(RepeatedTest, AWriteOfTheOwnerWritesItsFirstRow) {
  EXPECT_EQ(after("UPDATE consoles SET listen_address = '3.3.3.3'"), "3.3.3.3: 3.3.3.3,2.2.2.2");
}

TEST_F(RepeatedTest, AWriteOfTheFirstRowWritesTheOwner) {
  EXPECT_EQ(after("UPDATE console_listens SET address = '3.3.3.3' WHERE position = 0"), "3.3.3.3: 3.3.3.3,2.2.2.2");
  EXPECT_EQ(after("UPDATE console_listens SET address = '4.4.4.4' WHERE position = 1"), "3.3.3.3: 3.3.3.3,4.4.4.4");
}

TEST_F(RepeatedTest, TheOwnerSaysWhatIsFirstThen) {
  EXPECT_EQ(after("UPDATE console_listens SET position = 7 WHERE position = 0"), "2.2.2.2: 2.2.2.2,1.1.1.1");
  EXPECT_EQ(after("DELETE FROM console_listens WHERE position = 1"), "1.1.1.1: 1.1.1.1");
  EXPECT_EQ(after("INSERT INTO console_listens (console_id, position, type, address) SELECT id, 0, 'address', "
                  "'3.3.3.3' FROM consoles"),
            "3.3.3.3: 3.3.3.3,1.1.1.1");
  EXPECT_EQ(after("UPDATE console_listens SET type = 'none', address = NULL WHERE position = 0"), "NULL: none,1.1.1.1");
}

TEST_F(RepeatedTest, WithoutRowsThereIsNothingToRepeat) { EXPECT_EQ(after("DELETE FROM console_listens"), "NULL: "); }

TEST_F(RepeatedTest, AnOwnerThatDoesNotRepeatItStaysSo) {
  database_->execute("UPDATE consoles SET listen_address = NULL");
  EXPECT_EQ(now(), "NULL: address,2.2.2.2");
}

TEST_F(RepeatedTest, AValueThatNobodyWouldHearIsRefused) {
  database_->execute("UPDATE console_listens SET type = 'network', address = NULL WHERE position = 0");
  try {
    database_->execute("UPDATE consoles SET listen_address = '3.3.3.3'");
    FAIL();
  } catch (const DatabaseError& error) {
    EXPECT_NE(std::string(error.what()).find("which is of another kind: set console_listens.type = 'address' there"),
              std::string::npos)
        << error.what();
  }
}

// A document is stored as it is, even if it says two things.
TEST_F(RepeatedTest, WhileADocumentIsWrittenTheTriggersRest) {
  database_->execute("INSERT INTO virtsql_edit (is_document) VALUES (1)");
  EXPECT_EQ(after("UPDATE consoles SET listen_address = '3.3.3.3'"), "3.3.3.3: 1.1.1.1,2.2.2.2");
}

}  // namespace
}  // namespace virtsql
