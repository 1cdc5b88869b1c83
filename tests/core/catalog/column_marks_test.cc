#include "core/catalog/column_marks.h"

#include <gtest/gtest.h>

#include "tests/core/catalog/line.h"

namespace virtsql {
namespace {

class ColumnMarksTest : public testing::Test {
 protected:
  // A column of the resource of disk attachments, with the marks.
  const Column& column(const std::string& marks, Type type = Type::kText) {
    Column& out = storage_.columns.emplace_back();
    out.type = type;
    add_column_marks(test::line_of("@a text " + marks + " Meaning."), {&attachments_, &disks_}, out, storage_,
                     pending_);
    return out;
  }

  CatalogStorage storage_;
  Pending pending_;
  TableDraft attachments_, disks_;
};

TEST_F(ColumnMarksTest, SayOneThingEach) {
  struct Case {
    const char* marks;
    bool Column::*said;
  };
  const Case cases[] = {{"{key}", &Column::key},
                        {"{unique}", &Column::unique},
                        {"{index}", &Column::index},
                        {"{added}", &Column::added},
                        {"{added on}", &Column::added},
                        {"{started}", &Column::started},
                        {"{started if @b}", &Column::started},
                        {"{actual}", &Column::actual},
                        {"{derived if @b}", &Column::derived},
                        {"{unsaid if @b}", &Column::unsaid},
                        {"{each}", &Column::each},
                        {"{both_tags}", &Column::both_tags},
                        {"{placed}", &Column::placed},
                        {"", nullptr}};
  for (const Case& each : cases) {
    const Column& marked = column(each.marks, Type::kCpuset);
    for (const Case& other : cases) {
      if (!other.said) continue;
      EXPECT_EQ(marked.*other.said, other.said == each.said) << each.marks << ": " << other.marks;
    }
  }
}

TEST_F(ColumnMarksTest, NameAColumnOrAValue) {
  struct Case {
    const char* marks;
    Name Column::*said;
    const char* value;
  };
  for (const Case& each :
       {Case{"{added on}", &Column::added_value, "on"}, Case{"{implied on}", &Column::implied, "on"},
        Case{"{from balloon}", &Column::from_name, "balloon"}, Case{"{limited most}", &Column::limit_name, "most"},
        Case{"{repeated name}", &Column::repeated_name, "name"},
        Case{"{repeated name if @b}", &Column::repeated_name, "name"}, Case{"{default disk}", &Column::preset, "disk"},
        Case{"{shown model}", &Column::shown, "model"}, Case{"{namespace urn:x}", &Column::namespace_uri, "urn:x"},
        Case{"{after pool /}", &Column::after, "pool"}, Case{"{after pool /}", &Column::after_separator, "/"}}) {
    EXPECT_EQ(column(each.marks).*each.said, each.value) << each.marks;
    EXPECT_EQ((column("").*each.said).data(), nullptr) << each.marks;
  }
  const Column& key = column("{key type bus}");
  ASSERT_EQ(key.key_with.size(), 2U);
  EXPECT_EQ(key.key_with[0] + "," + key.key_with[1], "type,bus");
}

TEST_F(ColumnMarksTest, HoldUnderAllTheirConditions) {
  struct Case {
    const char* mark;
    std::span<const Condition> Column::*conditions;
  };
  for (const Case& each :
       {Case{"started", &Column::started_if}, Case{"actual", &Column::actual_if}, Case{"derived", &Column::derived_if},
        Case{"unsaid", &Column::unsaid_if}, Case{"repeated name", &Column::repeated_if}}) {
    const auto conditions = column("{" + std::string(each.mark) + " if @b=1 !@c}").*each.conditions;
    ASSERT_EQ(conditions.size(), 2U) << each.mark;
    EXPECT_EQ(conditions[0].attribute + "=" + conditions[0].value, "b=1") << each.mark;
    EXPECT_EQ(conditions[1].test, Condition::Test::kMissing) << each.mark;
  }
  for (const char* marks : {"{started}", "{actual}", "{repeated name}"}) {
    const Column& always = column(marks);
    EXPECT_EQ(always.started_if.size() + always.actual_if.size() + always.repeated_if.size(), 0U) << marks;
  }
}

TEST_F(ColumnMarksTest, OfOneKindKeepTheirOrder) {
  const Column& several = column(
      "{own auto if @b} {own} {becomes a b} {becomes c d if @e} {dropped f} {dropped g if @h} {replaced i if @j} "
      "{replaced k if @l} {default m if @n} {default o} {default p if @q=r*}");
  ASSERT_EQ(several.own.size(), 2U);
  EXPECT_EQ(several.own[0].gives, OwnRule::Gives::kValue);
  EXPECT_EQ(several.own[1].gives, OwnRule::Gives::kNone);
  ASSERT_EQ(several.becomes.size(), 2U);
  EXPECT_EQ(several.becomes[0].from + "," + several.becomes[0].to, "a,b");
  EXPECT_TRUE(several.becomes[0].conditions.empty());
  EXPECT_EQ(several.becomes[1].from + "," + several.becomes[1].to, "c,d");
  EXPECT_EQ(several.becomes[1].conditions.size(), 1U);
  ASSERT_EQ(several.dropped.size(), 2U);
  EXPECT_EQ(several.dropped[0].value + "," + several.dropped[1].value, "f,g");
  EXPECT_EQ(several.dropped[0].conditions.size(), 0U);
  EXPECT_EQ(several.dropped[1].conditions.size(), 1U);
  ASSERT_EQ(several.replaced.size(), 2U);
  EXPECT_EQ(several.replaced[0].value + "," + several.replaced[1].value, "i,k");
  ASSERT_EQ(several.preset_if.size(), 2U);
  EXPECT_EQ(several.preset_if[0].value + "," + several.preset_if[1].value, "m,p");
  EXPECT_EQ(several.preset_if[1].conditions[0].value, "r*");
  EXPECT_EQ(several.preset, "o");
}

TEST_F(ColumnMarksTest, SayWhenAValueIsLive) {
  EXPECT_EQ(column("{live}").live.when, LiveRule::When::kAlways);
  EXPECT_TRUE(column("{found if @b}").live.found);
  EXPECT_EQ(column("").live.when, LiveRule::When::kNever);
}

TEST_F(ColumnMarksTest, GiveASizeItsUnit) {
  EXPECT_EQ(column("{unit bytes}", Type::kSize).default_unit, 1);
  EXPECT_EQ(column("{unit KiB}", Type::kSize).default_unit, 1024);
  EXPECT_EQ(column("{unit MiB}", Type::kSize).default_unit, 1048576);
  EXPECT_EQ(column("", Type::kSize).default_unit, 1024);
  EXPECT_THROW(column("{unit GiB}", Type::kSize), CatalogError);
  EXPECT_THROW(column("{unit KiB}", Type::kInteger), CatalogError);
}

// What refers to lines that may come later: a hint is of the rows, what views show is of the table with the column.
TEST_F(ColumnMarksTest, LeaveWhatRefersToOthersForLater) {
  const Column& one = column("{hint} {member model name} {into driver_json} {seen size volumes capacity}");
  ASSERT_EQ(pending_.hints.size(), 1U);
  EXPECT_EQ(pending_.hints[0], (std::pair<const Table*, const Column*>(&attachments_, &one)));
  ASSERT_EQ(pending_.members.size(), 1U);
  EXPECT_EQ(pending_.members[0].table, &disks_);
  EXPECT_EQ(pending_.members[0].name, "model");
  EXPECT_EQ(pending_.members[0].member, "name");
  ASSERT_EQ(pending_.into_json.size(), 1U);
  EXPECT_EQ(pending_.into_json[0].table, &disks_);
  EXPECT_EQ(pending_.into_json[0].name, "driver_json");
  ASSERT_EQ(pending_.seen.size(), 1U);
  EXPECT_EQ(pending_.seen[0].table, &disks_);
  EXPECT_EQ(pending_.seen[0].name, "size");
  EXPECT_EQ(pending_.seen[0].rows, "volumes");
  EXPECT_EQ(pending_.seen[0].value, "capacity");
}

TEST_F(ColumnMarksTest, AreRefusedWithTheirLine) {
  for (const char* marks : {"{nonsense}",
                            "{}",
                            "{added a b}",
                            "{added a} {hint x}",
                            "{started if}",
                            "{started @b}",
                            "{actual if}",
                            "{from}",
                            "{from a b}",
                            "{becomes a}",
                            "{becomes a b if}",
                            "{becomes a b when @c}",
                            "{dropped}",
                            "{dropped a if}",
                            "{dropped a when @b}",
                            "{derived}",
                            "{derived if}",
                            "{limited}",
                            "{repeated}",
                            "{repeated a if}",
                            "{each}",
                            "{unsaid}",
                            "{unsaid if}",
                            "{member a}",
                            "{into}",
                            "{seen a b}",
                            "{default}",
                            "{default a if}",
                            "{shown}",
                            "{after a}",
                            "{unique x}",
                            "{index x}",
                            "{unit}",
                            "{namespace}",
                            "{replaced a}",
                            "{replaced a if}",
                            "{live when b}",
                            "{key} {secret}"}) {
    try {
      column(marks);
      ADD_FAILURE() << marks << " is taken";
    } catch (const CatalogError& error) {
      EXPECT_TRUE(std::string_view(error.what()).starts_with("t.catalog:1: ")) << error.what();
    }
  }
}

}  // namespace
}  // namespace virtsql
