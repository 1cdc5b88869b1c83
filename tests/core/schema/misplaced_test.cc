#include "core/schema/misplaced.h"

#include <gtest/gtest.h>

#include "core/catalog/builder.h"

namespace virtsql {
namespace {

const Catalog& catalog() {
  static const BuiltCatalog catalog(
      std::vector<CatalogFile>{{"t.catalog",
                                "domain  row virtual_machines  {vm}  A VM.\n"
                                "  uuid  uuid  {key}  Its UUID.\n"
                                "  devices  {devices}\n"
                                "    lamp  set lamps  A lamp.\n"
                                "      colour  text  Colour.\n"
                                "    pipe[@type!=mdev]  set pipes  A pipe.\n"
                                "      @type  text  Kind.\n"
                                "      certificate#1  certificate_1  text  First certificate.\n"
                                "      certificate#2  certificate_2  text  Second certificate.\n"
                                "    pipe[@type=mdev]  set mediated_pipes  A mediated pipe.\n"
                                "      @type  text  Kind.\n"
                                "    bell  row bells  What rings.\n"
                                "      @tone  text  Its tone.\n"
                                "    gong  row bells\n"
                                "      @size  integer  Its size.\n"
                                "      @weight  integer  Its weight.\n"}});
  return catalog;
}

std::string said_of(const char* table) {
  const auto name = [](const Column& column) { return std::string(column.name); };
  const auto before = [](const Column& column) { return "OLD." + std::string(column.name); };
  std::string out;
  for (const Misplaced& each : misplaced(*catalog().find_table(table), "element", name, before, name))
    out += each.condition + ": " + each.said + "\n";
  return out;
}

TEST(MisplacedValues, ATableOfOneElementHasNone) { EXPECT_EQ(said_of("lamps"), ""); }

TEST(MisplacedValues, AColumnOfAnotherElementIsOne) {
  EXPECT_EQ(said_of("bells"),
            "element='bell' AND coalesce(size,weight) IS NOT NULL: element bell has no size, weight; set element = "
            "'gong'\n"
            "element='gong' AND tone IS NOT NULL: element gong has no tone; set element = 'bell'\n");
}

TEST(MisplacedValues, TheMarkOfAnotherTableAndASecondWithoutAFirstAre) {
  EXPECT_EQ(
      said_of("pipes"),
      "type='mdev': type cannot be 'mdev' here; for others there is vm_mediated_pipes\n"
      "certificate_2 IS NOT NULL AND certificate_1 IS NULL AND(OLD.certificate_1 IS NOT NULL OR OLD.certificate_2 "
      "IS NULL): certificate_2 needs certificate_1\n");
  EXPECT_EQ(said_of("mediated_pipes"), "type IS NOT 'mdev': type is 'mdev' here; for others there is vm_pipes\n");
}

TEST(DemandedValue, IsWhatTheElementOfTheTableMustSay) {
  const Table& mediated = *catalog().find_table("mediated_pipes");
  EXPECT_EQ(demanded_value(mediated, *mediated.find("type")), "mdev");
  const Table& pipes = *catalog().find_table("pipes");
  EXPECT_EQ(demanded_value(pipes, *pipes.find("type")), "") << "anything but mdev";
  EXPECT_EQ(demanded_value(pipes, *pipes.find("certificate_1")), "");
}

}  // namespace
}  // namespace virtsql
