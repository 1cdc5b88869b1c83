#include "core/schema/report_query.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace virtsql {
namespace {

constexpr std::string_view kQuery = "WHERE a AND @SHOWN(v.host, v.uuid)@ AND @SHOWN(host)@";

TEST(ReportQuery, HasTheConditionOfThePage) {
  EXPECT_EQ(report_query(kQuery, {}), "WHERE a AND 1 AND 1");
  EXPECT_EQ(report_query(kQuery, {.host = true}), "WHERE a AND v.host = :host AND host = :host");
}

TEST(ReportQuery, OfOneVmHasNoRowsThatBelongToNoVm) {
  EXPECT_EQ(report_query(kQuery, {.vm = true}), "WHERE a AND v.uuid = :vm AND 0");
  EXPECT_EQ(report_query(kQuery, {.host = true, .vm = true}), "WHERE a AND v.host = :host AND v.uuid = :vm AND 0");
}

TEST(ReportQuery, HasWhatSeveralHave) {
  EXPECT_EQ(report_query("ORDER BY @RANK(f.severity)@, rule", {}),
            "ORDER BY CASE f.severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, rule");
  EXPECT_EQ(report_query("@SIZE(m)@", {}),
            "CASE WHEN m >= 1024 THEN round(m / 1024.0, 1) || ' GiB' ELSE m || ' MiB' END");
  const std::string finding = report_query("FROM @FINDING(missing_volume)@ AS f", {.vm = true});
  EXPECT_TRUE(finding.starts_with("FROM (SELECT v.host_id")) << finding;
  EXPECT_TRUE(finding.ends_with(") AS f")) << finding;
  const std::string recipe = report_query("FROM @RECIPE(orphan_volumes)@ AS o", {});
  EXPECT_TRUE(recipe.starts_with("FROM (-- Which volumes does nothing need?\n")) << recipe;
  EXPECT_TRUE(recipe.ends_with("\nORDER BY 1, 2) AS o")) << recipe;
}

TEST(ReportQuery, LeavesOtherSqlAlone) {
  for (const char* sql : {"", "SELECT :host IS NULL, ')'"})
    EXPECT_EQ(report_query(sql, {.host = true, .vm = true}), sql);
}

TEST(ReportQuery, RefusesWhatItDoesNotReplace) {
  for (const char* sql :
       {"@", "@SHOWN@", "@SHOWN(host)", "@SHOWN()@", "@SHOWN(host,uuid)@", "@SHOWN(host, )@",
        "@SHOWN(host, uuid, name)@", "@SHOWN(host OR 1)@", "@Shown(host)@", "@VMS(v)@ @SHOWN(host)@", "@SHOWN(host)@@",
        "@RANK(a, b)@", "@SIZE()@", "@FINDING(nothing)@", "@RECIPE(nothing)@", ")@ @SHOWN(host"})
    EXPECT_THROW(report_query(sql, {}), std::invalid_argument) << sql;
}

}  // namespace
}  // namespace virtsql
