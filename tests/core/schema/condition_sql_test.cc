#include "core/schema/condition_sql.h"

#include <gtest/gtest.h>

#include "core/base/database.h"

namespace virtsql {
namespace {

using Tests = Condition::Test;

// The condition on a column of the row itself.
Condition condition(Tests test, Name value = {}) {
  static constexpr Column kColumn;
  Condition out;
  out.test = test;
  out.column = &kColumn;
  out.value = value;
  return out;
}

// Returns what SQLite says of the condition if the column has the value (given as SQL): 1, 0 or NULL.
std::string holds(const Condition& condition, const std::string& value) {
  EXPECT_TRUE(can_be_sql(condition));
  const Connection connection(":memory:", SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
  Statement statement(connection.handle(),
                      "SELECT " + condition_sql(condition, "v") + " FROM (SELECT " + value + " AS v)");
  statement.step();
  return statement.is_null(0) ? "NULL" : std::string(statement.get_text(0));
}

TEST(ConditionSql, IsTrueOrFalseAndNeverNull) {
  struct Case {
    Condition condition;
    const char *of_null, *of_pci, *of_usb;
  };
  const Case cases[] = {
      {condition(Tests::kThere), "0", "1", "1"},          {condition(Tests::kMissing), "1", "0", "0"},
      {condition(Tests::kEquals, "pci"), "0", "1", "0"},  {condition(Tests::kEquals, "pci|usb"), "0", "1", "1"},
      {condition(Tests::kDiffers, "pci"), "1", "0", "1"}, {condition(Tests::kDiffers, "pci|usb"), "1", "0", "0"},
      {condition(Tests::kEquals, "p*"), "0", "1", "0"},   {condition(Tests::kDiffers, "p*"), "1", "0", "1"},
  };
  for (const Case& each : cases) {
    const std::string name = condition_sql(each.condition, "v");
    EXPECT_EQ(holds(each.condition, "NULL"), each.of_null) << name;
    EXPECT_EQ(holds(each.condition, "'pci'"), each.of_pci) << name;
    EXPECT_EQ(holds(each.condition, "'usb'"), each.of_usb) << name;
  }
}

TEST(ConditionSql, OfSeveralConditionsAllMustHold) {
  const auto value = [](const Column&) { return std::string("v"); };
  const Condition both[] = {condition(Tests::kThere), condition(Tests::kEquals, "pci")};
  EXPECT_EQ(conditions_sql(both, value), "v IS NOT NULL AND coalesce(v,'') IN('pci')");
  const Condition not_both[] = {condition(Tests::kThere), condition(Tests::kEquals, "a?*")};
  EXPECT_EQ(conditions_sql(not_both, value), "");
}

TEST(ConditionSql, CannotSayWhatOtherRowsOrOtherPatternsNeed) {
  for (const char* pattern : {"a*|b*", "a?*", "[a]*", "<@type>*"})
    EXPECT_FALSE(can_be_sql(condition(Tests::kEquals, pattern))) << pattern;
  EXPECT_FALSE(can_be_sql(condition(Tests::kAtLeast, "1")));
  for (const Condition::Of of : {Condition::Of::kAround, Condition::Of::kRoot}) {
    Condition elsewhere = condition(Tests::kThere);
    elsewhere.of = of;
    EXPECT_FALSE(can_be_sql(elsewhere));
  }
  static constexpr Element kElement;
  Condition below = condition(Tests::kThere);
  below.child = &kElement;
  EXPECT_FALSE(can_be_sql(below));
}

}  // namespace
}  // namespace virtsql
