#include "core/schema/source_types.h"

#include <gtest/gtest.h>

#include "core/catalog/builder.h"

namespace virtsql {
namespace {

const Catalog& catalog() {
  static const BuiltCatalog catalog(std::vector<CatalogFile>{
      {"t.catalog",
       "domain  row virtual_machines  {vm}  A VM.\n"
       "  uuid  uuid  {key}  Its UUID.\n"
       "  devices  {devices}\n"
       "    pump  set pumps  A pump.\n"
       "      @type  text  {replaced well if source/@well} {default lake if source/@lake=/big/*} "
       "{default pond if source/@lake} {default tank}  Its kind.\n"
       "      source\n"
       "        @well  well  text  Well.\n"
       "        @lake  lake  text  {live if source/@well}  Lake or pond.\n"
       "        host  list pump_hosts  Who owns it.\n"
       "          @name  text  Name.\n"
       "      sources  list pump_sources  No part of the source.\n"
       "        @name  text  Name.\n"
       "    lamp  set lamps  A lamp.\n"
       "      @type  text  {default bulb}  Its kind.\n"
       "    bell  set bells  A bell.\n"
       "      resource bell_kinds  A kind of bell.\n"
       "      ^@type  text  Its kind.\n"
       "      wire  wire  text  {with @type=cable|radio}  Its wire.\n"}});
  return catalog;
}

const Column& type_of(const char* table) { return *catalog().find_table(table)->find("type"); }

TEST(SourceTypes, FollowFromTheRulesThatChooseTheType) {
  EXPECT_TRUE(is_source_type(type_of("pumps")));
  EXPECT_FALSE(is_source_type(type_of("lamps"))) << "a plain default";
  EXPECT_FALSE(is_source_type(*catalog().find_table("pumps")->find("well")));
  EXPECT_TRUE(is_source_type(type_of("bell_kinds"))) << "a column names it";
}

TEST(SourceTypes, ASourceOfAnotherTypeIsAFaultAndAnOldOneIsToGo) {
  std::string out;
  for (const Misplaced& each :
       sources_of_another_type(type_of("pumps"), [](const Column& column) { return std::string(column.name); }))
    out += each.condition + ": " + each.said + "\n";
  // A lake may also be of a type that no rule names, if the type is given with it.
  EXPECT_EQ(out,
            "NEW.well IS NOT NULL AND NEW.type<>'well' AND OLD.well IS NULL: well is of type well; set type = "
            "'well'\n"
            "NEW.well IS NOT NULL AND(NEW.type<>'well')IS NOT 0 AND NEW.type IS NOT OLD.type: "
            "well is of type well; set well = NULL\n"
            "NEW.lake IS NOT NULL AND NEW.type NOT IN('lake','pond') AND(NEW.type IS OLD.type OR NEW.type IN('well')) "
            "AND OLD.lake IS NULL AND NOT(OLD.type IS NULL AND NEW.well IS NOT NULL): lake is of type pond; set type = "
            "'pond'\n"
            "NEW.lake IS NOT NULL AND(NEW.type NOT IN('lake','pond') AND(NEW.type IS OLD.type OR NEW.type IN('well')))"
            "IS NOT 0 AND OLD.lake IS NOT NULL AND NEW.type IS NOT OLD.type: lake is of type pond; set lake = NULL\n");
}

TEST(SourceTypes, AColumnCanSayOfWhichItIs) {
  std::string out;
  for (const Misplaced& each :
       sources_of_another_type(type_of("bell_kinds"), [](const Column& column) { return std::string(column.name); }))
    out += each.condition + ": " + each.said + "\n";
  EXPECT_EQ(out,
            "NEW.wire IS NOT NULL AND NEW.type NOT IN('cable','radio') AND OLD.wire IS NULL: wire is of type cable; "
            "set type = 'cable'\n"
            "NEW.wire IS NOT NULL AND(NEW.type NOT IN('cable','radio'))IS NOT 0 AND NEW.type IS NOT OLD.type: wire is "
            "of type "
            "cable; set wire = NULL\n");
}

TEST(SourceTypes, RowsBelowTheSourceAreAPartOfIt) {
  EXPECT_TRUE(is_of_source(*catalog().find_table("pump_hosts")->elements.front(), type_of("pumps")));
  EXPECT_FALSE(is_of_source(*catalog().find_table("pump_sources")->elements.front(), type_of("pumps")));
}

}  // namespace
}  // namespace virtsql
