#include "core/store/pure_functions.h"

#include <gtest/gtest.h>

#include <string>

namespace virtsql {
namespace {

class PureFunctionsTest : public testing::Test {
 protected:
  PureFunctionsTest() { EXPECT_EQ(register_pure_functions(connection_.handle()), SQLITE_OK); }
  // Returns the value of the SQL expression, or the error.
  std::string value(const std::string& expression) {
    try {
      Statement statement(connection_.handle(), "SELECT " + expression);
      statement.step();
      return statement.is_null(0) ? "NULL" : std::string(statement.get_text(0));
    } catch (const DatabaseError& error) {
      return error.what();
    }
  }

  Connection connection_{":memory:", SQLITE_OPEN_READWRITE, kPatienceMilliseconds};
};

TEST_F(PureFunctionsTest, XmlBecomesJsonAndComesBack) {
  EXPECT_EQ(value("json_xml(xml_json('<a b=''1''><c/>text</a>'))"), "<a b='1'><c/>text</a>\n");
  EXPECT_EQ(value("xml_json(NULL)"), "NULL");
  EXPECT_EQ(value("json_xml(NULL)"), "NULL");
}

// Without the subtype, json_array() would take the JSON for a text and put it in quotes.
TEST_F(PureFunctionsTest, SqliteTakesTheJsonAsJson) {
  EXPECT_EQ(value("json_type(json_array(xml_json('<a/>')), '$[0]')"), "object");
  EXPECT_EQ(value("json_type(json_array(json_xml(xml_json('<a/>'))), '$[0]')"), "text");
}

TEST_F(PureFunctionsTest, WhatIsNoXmlOrJsonIsAnError) {
  EXPECT_NE(value("xml_json('<a>')").find("line 1"), std::string::npos) << value("xml_json('<a>')");
  EXPECT_NE(value("json_xml('[')"), "NULL");
  EXPECT_NE(value("json_xml('[')"), "");
}

// An index must be able to use them, and a trigger in a database that is not trusted.
TEST_F(PureFunctionsTest, AnIndexAndAnUntrustedSchemaMayUseThem) {
  Database database(connection_.handle());
  database.execute(
      "PRAGMA trusted_schema = OFF; CREATE TABLE t (xml TEXT); CREATE INDEX i ON t (xml_json(xml)); CREATE VIEW v AS "
      "SELECT json_xml(xml_json(xml)) AS xml FROM t; INSERT INTO t VALUES ('<a/>')");
  EXPECT_EQ(value("xml FROM v"), "<a/>\n");
}

}  // namespace
}  // namespace virtsql
