#include "core/rows/vendor_match.h"

#include <gtest/gtest.h>

#include "core/rows/document.h"
#include "core/rows/row_error.h"

namespace virtsql {
namespace {

std::string text_of(const Document& document, const VendorItem* item) {
  std::string out = item ? vendor_text(document.rows(), *item) : "";
  if (out.ends_with('\n')) out.pop_back();
  return out;
}

// Returns what differs between two VMs with this content: "old>new"; "old>" if it was removed; ">new" if it was added.
std::string differing(const std::string& before, const std::string& after) {
  const Document a("<domain>" + before + "</domain>", Catalog::standard().root("domain"));
  const Document b("<domain>" + after + "</domain>", Catalog::standard().root("domain"));
  std::string out;
  for (const VendorMatch& match : differing_vendor_items(a.rows(), b.rows())) {
    if (!out.empty()) out += ' ';
    out += text_of(a, match.a) + '>' + text_of(b, match.b);
  }
  return out;
}

TEST(VendorItems, AreComparedByPlaceAndName) {
  EXPECT_EQ(differing("<x/>", "<x/>"), "");
  EXPECT_EQ(differing("<x/><y/>", "<y/><x/>"), "");
  EXPECT_EQ(differing("<x a='1'/>", "<x a='2'/>"), "<x a='1'/>><x a='2'/>");
  EXPECT_EQ(differing("<x/>", "<y/>"), "<x/>> ><y/>");
  // each item is matched with only one other
  EXPECT_EQ(differing("<x/><x/>", "<x/>"), "<x/>>");
  EXPECT_EQ(differing("<x/>", "<x/><x/>"), "><x/>");
}

TEST(VendorItems, ThatSayNothingAreNoDifference) {
  const auto differ = [](const std::string& domain) {
    const Document a("<domain/>", Catalog::standard().root("domain"));
    const Document b(domain, Catalog::standard().root("domain"));
    return differing_vendor_items(a.rows(), b.rows()).size();
  };
  EXPECT_EQ(differ("<domain xmlns:x='urn:x'/>"), 0U);
  EXPECT_EQ(differ("<domain news='1'/>"), 1U);
  EXPECT_EQ(differ("<domain>text</domain>"), 1U);
  Document blank("<domain/>", Catalog::standard().root("domain"));
  VendorItem space;
  space.kind = VendorItem::Kind::kText;
  space.value_json = "\" \"";
  blank.rows().add(&space);
  EXPECT_TRUE(differing_vendor_items(blank.rows(), blank.rows()).empty());
  EXPECT_TRUE(
      differing_vendor_items(Document("<domain/>", Catalog::standard().root("domain")).rows(), blank.rows()).empty());
}

TEST(VendorItems, EditedIntoNoJsonAreAnErrorThatNamesTheRow) {
  const Document document("<domain><x/></domain>", Catalog::standard().root("domain"));
  VendorItem broken = *document.rows().vendor;
  broken.value_json = "{";
  EXPECT_THROW(vendor_text(document.rows(), broken), RowError);
}

}  // namespace
}  // namespace virtsql
