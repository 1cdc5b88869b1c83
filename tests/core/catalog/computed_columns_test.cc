// Each kind of computed column has the parts that its lines name, and a line that lacks a part is refused.
#include "core/catalog/computed_columns.h"

#include <gtest/gtest.h>

#include <string>

#include "core/catalog/builder.h"

namespace virtsql {
namespace {

class ComputedColumnsTest : public testing::Test {
 protected:
  // Returns the computed column of a table `machines` that is made of these lines, as "kind: part=column ...".
  static std::string computed(const std::string& lines, std::string_view name) {
    const BuiltCatalog catalog(std::vector<CatalogFile>{{"t.catalog", "vm  row machines  A machine.\n" + lines}});
    const Computed* column = catalog.find_table("machines")->find_computed(name);
    if (!column) return "none";
    std::string out = std::to_string(static_cast<int>(column->kind)) + ":";
    for (const Computed::Part& part : column->parts)
      out += " " + std::string(part.name) + "=" + (part.column ? std::string(part.column->name) : "");
    return out;
  }
  static std::string kind(Computed::Kind kind) { return std::to_string(static_cast<int>(kind)) + ":"; }
};

TEST_F(ComputedColumnsTest, ASizeIsCountedInItsUnit) {
  EXPECT_EQ(computed("  memory  size  Memory.\n    @unit  memory_unit  text  Its unit.\n", "memory_bytes"),
            kind(Computed::Kind::kBytes) + " =memory unit=memory_unit");
  EXPECT_EQ(computed("  memory  size {unit MiB}  Memory.\n", "memory_bytes"),
            kind(Computed::Kind::kBytes) + " =memory");
}

TEST_F(ComputedColumnsTest, APciAddressHasTheTypeThatIsNearest) {
  const std::string parts = "    @bus  text  Bus.\n    @slot  text  Slot.\n";
  EXPECT_EQ(computed("  address  {pci where}\n" + parts, "where"),
            kind(Computed::Kind::kPciAddress) + " bus=address_bus slot=address_slot");
  EXPECT_EQ(computed("  @type  kind  text  Kind.\n  address  {pci where}\n    @type  text  Bus.\n" + parts, "where"),
            kind(Computed::Kind::kPciAddress) + " bus=address_bus slot=address_slot type=address_type type=kind");
  EXPECT_THROW(computed("  address  {pci where}\n    @bus  text  Bus.\n", "where"), CatalogError);
}

TEST_F(ComputedColumnsTest, JsonHasWhatTheElementHas) {
  EXPECT_EQ(computed("  driver  as_json\n    @io  text  How.\n    @queues  integer  How many.\n", "driver_json"),
            kind(Computed::Kind::kJsonObject) + " io=driver_io queues=driver_queues");
  EXPECT_EQ(computed("  @a  text {into both}  A.\n  @b  text {into both}  B.\n", "both"),
            kind(Computed::Kind::kJsonObject) + " a=a b=b");
  EXPECT_EQ(computed("  domain  domain_json  json {member owner uuid}  The VM.\n", "owner"),
            kind(Computed::Kind::kMember) + " uuid=domain_json");
  EXPECT_THROW(
      computed("  driver  as_json\n    queue  set machine_queues  A queue.\n      @n  integer  Its number.\n", "x"),
      CatalogError);
}

}  // namespace
}  // namespace virtsql
