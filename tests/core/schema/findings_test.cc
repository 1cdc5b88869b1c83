#include "core/schema/findings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "core/base/database.h"
#include "tests/core/empty_database.h"

namespace virtsql {
namespace {

TEST(Findings, HaveASeverityAndADoc) {
  std::set<std::string> severities;
  EXPECT_GE(findings().size(), 30U);
  for (const Finding& finding : findings()) {
    severities.insert(finding.severity);
    EXPECT_NE(finding.doc.find("Why: "), std::string::npos) << finding.name;
    EXPECT_NE(finding.doc.find("Do: "), std::string::npos) << finding.name;
  }
  EXPECT_EQ(severities, (std::set<std::string>{"error", "notice", "warning"}));
}

TEST(Findings, AreSortedByName) {
  EXPECT_TRUE(std::is_sorted(findings().begin(), findings().end(),
                             [](const Finding& a, const Finding& b) { return a.name < b.name; }));
}

TEST(Findings, AreReadFromTheirFiles) {
  const auto found = std::find_if(findings().begin(), findings().end(),
                                  [](const Finding& each) { return each.name == "duplicate_mac"; });
  ASSERT_NE(found, findings().end());
  EXPECT_EQ(found->severity, "error");
  EXPECT_EQ(found->doc.find("A MAC address is on two network cards. Why: "), 0U) << found->doc;
  EXPECT_EQ(found->sql.find("SELECT v.host_id, v.uuid AS vm_uuid, "), 0U) << found->sql;
  EXPECT_FALSE(found->sql.ends_with(";"));
  EXPECT_EQ(found->sql.find("--"), std::string::npos);
}

TEST(Findings, TheSelectsOfAllRulesAreOneStatement) {
  const std::string sql = findings_sql();
  for (const Finding& finding : findings()) EXPECT_NE(sql.find("'" + finding.name + "'"), std::string::npos);
  sqlite3* handle = test::open_empty_database();
  {
    Statement statement(handle, sql);
    std::string columns;
    for (int i = 0; i < sqlite3_column_count(statement.handle()); ++i)
      columns += std::string(sqlite3_column_name(statement.handle(), i)) + " ";
    EXPECT_EQ(columns, "severity rule host_id vm_name vm_uuid detail ");
    EXPECT_FALSE(statement.step()) << "an empty database has no findings";
  }
  EXPECT_EQ(sqlite3_close(handle), SQLITE_OK);
}

// Returns how many tables and subqueries SQLite reads whole for the findings with the condition.
int scans(sqlite3* handle, const std::string& condition) {
  Statement plan(handle, "EXPLAIN QUERY PLAN SELECT * FROM findings WHERE " + condition);
  int out = 0;
  while (plan.step())
    if (std::string(plan.get_text(3)).find("SCAN") != std::string::npos) ++out;
  return out;
}

// A condition on the name reaches each rule, as one on the UUID does.
TEST(Findings, OfAVmAreFoundByItsName) {
  sqlite3* handle = test::open_empty_database();
  EXPECT_EQ(scans(handle, "vm_name = 'web'"), scans(handle, "vm_uuid = '11111111-1111-1111-1111-111111111111'"));
  EXPECT_LT(scans(handle, "vm_name = 'web'"), scans(handle, "1") / 2);
  EXPECT_EQ(sqlite3_close(handle), SQLITE_OK);
}

// What one SELECT opens stays open, and opening the tables of a subquery takes the longer, the more is open.
TEST(Findings, RulesThatAskForEachRowComeFirst) {
  const std::string sql = findings_sql();
  bool last = true;
  std::size_t rules = 0;
  for (std::size_t at = 0; at != std::string::npos; ++rules) {
    const std::size_t next = sql.find(" UNION ALL SELECT '", at + 1);
    const bool asks = sql.substr(at, next - at).find("EXISTS") != std::string::npos;
    EXPECT_TRUE(last || !asks);
    last = asks;
    at = next;
  }
  EXPECT_EQ(rules, findings().size());
}

}  // namespace
}  // namespace virtsql
