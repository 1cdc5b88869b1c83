#include "core/catalog/column_marks.h"

#include <gtest/gtest.h>

#include "tests/core/catalog/line.h"

namespace virtsql {
namespace {

class ColumnMarksTest : public testing::Test {
 protected:
  // Adds a column with these marks to the resource of disk attachments.
  const Column& column(const std::string& marks, Type type = Type::kText) {
    ColumnDraft& out = storage_.columns.emplace_back();
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
    bool (*said)(const Column&);
  };
  const auto is_added = [](const Column& column) { return column.marks->added; };
  const auto is_filled = [](const Column& column) { return !column.marks->fillings.empty(); };
  const auto is_started = [](const Column& column) { return column.marks->started; };
  const Case cases[] = {{"{key}", [](const Column& c) { return c.key; }},
                        {"{unique}", [](const Column& c) { return c.unique; }},
                        {"{index}", [](const Column& c) { return c.index; }},
                        {"{added}", is_added},
                        {"{added on}", is_filled},
                        {"{added if @b}", is_filled},
                        {"{started}", is_started},
                        {"{started if @b}", is_started},
                        {"{actual}", [](const Column& c) { return c.marks->actual; }},
                        {"{derived if @b}", [](const Column& c) { return c.marks->derived; }},
                        {"{unsaid if @b}", [](const Column& c) { return c.marks->unsaid; }},
                        {"{each}", [](const Column& c) { return c.marks->each; }},
                        {"{both_tags}", [](const Column& c) { return c.marks->both_tags; }},
                        {"{placed}", [](const Column& c) { return c.marks->placed; }},
                        {"", nullptr}};
  for (const Case& each : cases) {
    const Column& marked = column(each.marks, Type::kCpuset);
    for (const Case& other : cases) {
      if (!other.said) continue;
      EXPECT_EQ(other.said(marked), other.said == each.said) << each.marks << ": " << other.marks;
    }
  }
}

TEST_F(ColumnMarksTest, NameAColumnOrAValue) {
  struct Case {
    const char* marks;
    Name ColumnMarks::*said;
    const char* value;
  };
  for (const Case& each :
       {Case{"{implied on}", &ColumnMarks::implied, "on"}, Case{"{from balloon}", &ColumnMarks::from_name, "balloon"},
        Case{"{limited most}", &ColumnMarks::limit_name, "most"},
        Case{"{repeated name}", &ColumnMarks::repeated_name, "name"},
        Case{"{repeated name if @b}", &ColumnMarks::repeated_name, "name"},
        Case{"{default disk}", &ColumnMarks::preset, "disk"}, Case{"{shown model}", &ColumnMarks::shown, "model"},
        Case{"{namespace urn:x}", &ColumnMarks::namespace_uri, "urn:x"},
        Case{"{after pool /}", &ColumnMarks::after, "pool"},
        Case{"{after pool /}", &ColumnMarks::after_separator, "/"}}) {
    EXPECT_EQ(column(each.marks).marks->*each.said, each.value) << each.marks;
    EXPECT_EQ((column("").marks->*each.said).data(), nullptr) << each.marks;
  }
  const Column& key = column("{key type bus}");
  ASSERT_EQ(key.marks->key_with.size(), 2U);
  EXPECT_EQ(key.marks->key_with[0] + "," + key.marks->key_with[1], "type,bus");
}

TEST_F(ColumnMarksTest, HoldUnderAllTheirConditions) {
  struct Case {
    const char* mark;
    std::span<const Condition> ColumnMarks::*conditions;
  };
  for (const Case& each : {Case{"started", &ColumnMarks::started_if}, Case{"actual", &ColumnMarks::actual_if},
                           Case{"derived", &ColumnMarks::derived_if}, Case{"unsaid", &ColumnMarks::unsaid_if},
                           Case{"repeated name", &ColumnMarks::repeated_if}}) {
    const auto conditions = column("{" + std::string(each.mark) + " if @b=1 !@c}").marks->*each.conditions;
    ASSERT_EQ(conditions.size(), 2U) << each.mark;
    EXPECT_EQ(conditions[0].attribute + "=" + conditions[0].value, "b=1") << each.mark;
    EXPECT_EQ(conditions[1].test, Condition::Test::kMissing) << each.mark;
  }
  for (const char* marks : {"{started}", "{actual}", "{repeated name}"}) {
    const Column& always = column(marks);
    EXPECT_EQ(always.marks->started_if.size() + always.marks->actual_if.size() + always.marks->repeated_if.size(), 0U)
        << marks;
  }
}

TEST_F(ColumnMarksTest, OfOneKindKeepTheirOrder) {
  const Column& several = column(
      "{own auto if @b} {own} {becomes a b} {started_as c d if @e} {dropped f} {dropped g if @h} {replaced i if @j} "
      "{replaced k if @l} {default m if @n} {default o} {default p if @q=r*}");
  ASSERT_EQ(several.marks->own.size(), 2U);
  EXPECT_EQ(several.marks->own[0].gives, OwnRule::Gives::kValue);
  EXPECT_EQ(several.marks->own[1].gives, OwnRule::Gives::kNone);
  ASSERT_EQ(several.marks->becomes.size(), 2U);
  EXPECT_EQ(several.marks->becomes[0].from + "," + several.marks->becomes[0].to, "a,b");
  EXPECT_TRUE(several.marks->becomes[0].conditions.empty());
  EXPECT_FALSE(several.marks->becomes[0].at_start);
  EXPECT_TRUE(several.marks->becomes[1].at_start);
  EXPECT_EQ(several.marks->becomes[1].from + "," + several.marks->becomes[1].to, "c,d");
  EXPECT_EQ(several.marks->becomes[1].conditions.size(), 1U);
  ASSERT_EQ(several.marks->dropped.size(), 2U);
  EXPECT_EQ(several.marks->dropped[0].value + "," + several.marks->dropped[1].value, "f,g");
  EXPECT_EQ(several.marks->dropped[0].conditions.size(), 0U);
  EXPECT_EQ(several.marks->dropped[1].conditions.size(), 1U);
  ASSERT_EQ(several.marks->replaced.size(), 2U);
  EXPECT_EQ(several.marks->replaced[0].value + "," + several.marks->replaced[1].value, "i,k");
  ASSERT_EQ(several.marks->preset_if.size(), 2U);
  EXPECT_EQ(several.marks->preset_if[0].value + "," + several.marks->preset_if[1].value, "m,p");
  EXPECT_EQ(several.marks->preset_if[1].conditions[0].value, "r*");
  EXPECT_EQ(several.marks->preset, "o");
}

TEST_F(ColumnMarksTest, SayWhenAValueIsLive) {
  EXPECT_EQ(column("{live}").marks->live.when, LiveRule::When::kAlways);
  EXPECT_TRUE(column("{found if @b}").marks->live.found);
  EXPECT_EQ(column("").marks->live.when, LiveRule::When::kNever);
}

TEST_F(ColumnMarksTest, GiveASizeItsUnit) {
  EXPECT_EQ(column("{unit bytes}", Type::kSize).marks->default_unit, 1);
  EXPECT_EQ(column("{unit KiB}", Type::kSize).marks->default_unit, 1024);
  EXPECT_EQ(column("{unit MiB}", Type::kSize).marks->default_unit, 1048576);
  EXPECT_EQ(column("", Type::kSize).marks->default_unit, 1024);
  EXPECT_THROW(column("{unit GiB}", Type::kSize), CatalogError);
  EXPECT_THROW(column("{unit KiB}", Type::kInteger), CatalogError);
}

TEST_F(ColumnMarksTest, SayInWhichBaseLibvirtReadsANumber) {
  EXPECT_EQ(column("{base 16}", Type::kHex).marks->base, Digits::kHexadecimal);
  EXPECT_EQ(column("{base c}", Type::kInteger).marks->base, Digits::kAsInC);
  const ColumnMarks& marks = *column("{base 10 if @b=1}", Type::kHex).marks;
  EXPECT_EQ(marks.base, Digits::kDecimal);
  EXPECT_EQ(marks.base_if.size(), 1U);
  EXPECT_EQ(column("", Type::kHex).marks->base, std::nullopt);
  EXPECT_THROW(column("{base 8}", Type::kHex), CatalogError);
  EXPECT_THROW(column("{base 16}", Type::kSize), CatalogError);
  EXPECT_THROW(column("{base 10 if @b}", Type::kInteger), CatalogError);
}

TEST_F(ColumnMarksTest, SayHowLibvirtReadsAText) {
  EXPECT_EQ(column("{reads number}", Type::kText).marks->reading, ReadAs::kNumber);
  EXPECT_EQ(column("{reads address}", Type::kText).marks->reading, ReadAs::kAddress);
  EXPECT_EQ(column("{reads letters}", Type::kText).marks->reading, ReadAs::kLetters);
  EXPECT_EQ(column("", Type::kText).marks->reading, ReadAs::kText);
  EXPECT_THROW(column("{reads text}", Type::kText), CatalogError);
  EXPECT_THROW(column("{reads number}", Type::kInteger), CatalogError);
}

TEST_F(ColumnMarksTest, SayOfWhichTypeASourceIs) {
  const ColumnMarks& marks = *column("{with @b=c|d}").marks;
  ASSERT_EQ(marks.with.size(), 1U);
  EXPECT_EQ(marks.with[0].value, "c|d");
  EXPECT_THROW(column("{with @b}"), CatalogError);
  EXPECT_THROW(column("{with @b!=c}"), CatalogError);
}

TEST_F(ColumnMarksTest, SayThatASizeIsRaisedToAPowerOfTwo) {
  EXPECT_TRUE(column("{power_of_two}", Type::kSize).marks->power_of_two);
  EXPECT_FALSE(column("", Type::kSize).marks->power_of_two);
  EXPECT_THROW(column("{power_of_two}", Type::kInteger), CatalogError);
}

// Marks that name other lines of the catalog wait in Pending, because those lines may come later. A hint is of the
// table of the rows (the attachments); what views show is of the table that has the column (the resource).
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

TEST_F(ColumnMarksTest, SayWhatLibvirtFillsIn) {
  const Column& marked = column("{added on} {added =other if @b=c} {added if @b}");
  const auto fillings = marked.marks->fillings;
  ASSERT_EQ(fillings.size(), 3U);
  EXPECT_EQ(fillings[0].value, "on");
  EXPECT_TRUE(fillings[0].conditions.empty());
  EXPECT_EQ(fillings[1].like_name, "other");
  ASSERT_EQ(fillings[1].conditions.size(), 1U);
  EXPECT_EQ(fillings[1].conditions[0].value, "c");
  EXPECT_EQ(fillings[2].value, "*");
  EXPECT_EQ(fillings[2].conditions.size(), 1U);
}

TEST_F(ColumnMarksTest, AreRefusedWithTheirLine) {
  for (const char* marks : {"{nonsense}",
                            "{}",
                            "{added a b}",
                            "{added if}",
                            "{added a if}",
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
