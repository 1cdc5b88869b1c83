#include "core/rows/row_key.h"

#include <gtest/gtest.h>

#include "core/rows/document.h"

namespace virtsql {
namespace {

// Returns the key of the table's first row in a VM with these devices; "no row" if there is none.
std::string key_of(const std::string& devices, std::string_view table) {
  Document document("<domain><devices>" + devices + "</devices></domain>", Catalog::standard().root("domain"));
  std::string out = "no row";
  for_each_row(document.rows(), [&](Row& row) {
    if (row.element->table->name == table && out == "no row") out = row_key(row, 7);
  });
  return out;
}

TEST(RowKey, IsWhatIdentifiesTheRow) {
  EXPECT_EQ(key_of("<disk><target dev='vda'/></disk>", "disk_attachments"), "vda");
  EXPECT_EQ(key_of("<interface type='user'><mac address='52:54:00:00:00:01'/></interface>", "port_attachments"),
            "52:54:00:00:00:01");
}

TEST(RowKey, IsThePlaceOfWhatNothingIdentifies) {
  EXPECT_EQ(key_of("<sound model='ac97'/>", "sound_card_attachments"), "7");
}

}  // namespace
}  // namespace virtsql
