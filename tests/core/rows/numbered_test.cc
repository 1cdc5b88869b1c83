// The boot devices of <os>, which the catalog numbers: boot, boot#2, ...
#include "core/rows/numbered.h"

#include <gtest/gtest.h>

#include <memory>

#include "core/rows/document.h"

namespace virtsql {
namespace {

// Returns the row of <os>, which has the columns of its boot devices.
const Row& os_of(Document& document) {
  const Row* out = nullptr;
  for_each_row(document.rows(), [&](const Row& row) {
    if (row.element->name == "os") out = &row;
  });
  return *out;
}

// Returns the changes from one boot order to another: "-" before a removed device, "+" before an added one, FROM>TO
// behind a moved one; "?" if compare() leaves the columns to be compared one by one.
std::string changes(std::initializer_list<const char*> before, std::initializer_list<const char*> after) {
  const auto document = [](std::initializer_list<const char*> devices) {
    std::string out = "<domain><os>";
    for (const char* device : devices) out += "<boot dev='" + std::string(device) + "'/>";
    return std::make_unique<Document>(out + "</os></domain>", Catalog::standard().root("domain"));
  };
  const auto document_a = document(before);
  const auto document_b = document(after);
  const Row& a = os_of(*document_a);
  const Row& b = os_of(*document_b);
  NumberedElements numbered;
  const NumberedChanges found = numbered.compare(*a.element, a, b);
  std::string out;
  for (const NumberedChange& change : found.changes) {
    const Row& row = change.kind == NumberedChange::Kind::kAdded ? b : a;
    const std::string device(row.get(*change.columns.front()));
    out += out.empty() ? "" : " ";
    if (change.kind == NumberedChange::Kind::kMoved)
      out += device + std::to_string(change.from) + ">" + std::to_string(change.to);
    else
      out += (change.kind == NumberedChange::Kind::kAdded ? "+" : "-") + device;
  }
  for (const NumberedChange& change : found.changes)
    for (const Column* column : change.columns) EXPECT_TRUE(found.covers(*column)) << column->name;
  return found.covered.empty() ? "?" : out;
}

TEST(NumberedElements, AreComparedAsAList) {
  EXPECT_EQ(changes({"hd", "cdrom", "network"}, {"hd", "cdrom", "network"}), "");
  // the devices behind a removed or added one are unchanged
  EXPECT_EQ(changes({"hd", "cdrom", "network"}, {"cdrom", "network"}), "-hd");
  EXPECT_EQ(changes({"cdrom"}, {"hd", "cdrom"}), "+hd");
  // the fewest moves that explain the order
  EXPECT_EQ(changes({"hd", "cdrom", "network"}, {"network", "hd", "cdrom"}), "network2>0");
}

TEST(NumberedElements, WhoseValuesChangeAreLeftToTheirColumns) {
  EXPECT_EQ(changes({"hd", "cdrom"}, {"hd", "network"}), "?");
  EXPECT_EQ(changes({}, {}), "?");
}

}  // namespace
}  // namespace virtsql
