#include "core/store/capture_conditions.h"

#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

class CaptureConditionsTest : public test::StoreFixture {
 protected:
  void insert(const std::string& values) {
    database_->execute("INSERT INTO captures (id, kind, config, document_sha256, error) VALUES " + values);
  }
  std::string ids(const std::string& condition) {
    return text("SELECT group_concat(id, ' ') FROM (SELECT c.id FROM captures AS c WHERE " + condition +
                " ORDER BY c.id)");
  }
};

TEST_F(CaptureConditionsTest, ADefinitionIsAPersistentDocumentOfADomain) {
  insert(
      "(1, 'domain', 'persistent', x'00', NULL), (2, 'domain', 'live', x'00', NULL), (3, 'network', 'persistent', "
      "x'00', NULL), (4, 'domain', 'persistent', NULL, NULL), (5, 'domain', 'persistent', x'00', 'no XML')");
  EXPECT_EQ(ids(sql_is_definition("c")), "1 5");
  EXPECT_EQ(ids(sql_is_readable("c")), "1 2 3");
}

TEST_F(CaptureConditionsTest, ALateCaptureIsOutOfOrder) {
  insert("(1, 'domain', 'live', NULL, NULL), (2, 'domain', 'live', NULL, NULL)");
  database_->execute("INSERT INTO late_captures SELECT seq FROM captures WHERE id = 2");
  EXPECT_EQ(ids(sql_is_in_order("c")), "1");
}

}  // namespace
}  // namespace virtsql
