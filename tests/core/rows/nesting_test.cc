#include "core/rows/nesting.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/catalog/catalog.h"
#include "core/rows/generate.h"
#include "core/rows/row_error.h"
#include "core/xml/xml.h"

namespace virtsql {
namespace {

// The layers of the backing chain of a disk.
class NestingTest : public testing::Test {
 protected:
  NestingTest() {
    for (const Element* element : disks_.elements)
      if (element->label == "disk") disk_ = Row::make(arena_, *element);
  }

  // Adds a layer with this id, which is its path too, below that of `parent` (0: below the disk).
  void add(std::int64_t id, std::int64_t parent, std::string_view element = "backingStore") {
    Row* row = Row::make(arena_, layers_.elements.front()->shape());
    row->id = id;
    row->parent_id = parent;
    row->set(*layers_.find("path"), arena_.copy(std::to_string(id)));
    rows_.push_back({row, element});
  }
  std::vector<PlacedRow> nest() { return nest_rows(layers_, rows_, *disk_, arena_); }
  // Returns why the rows are refused, and the row's id and column.
  std::string refusal() {
    try {
      nest();
      return "";
    } catch (const RowError& error) {
      return std::to_string(error.id) + " " + error.column + ": " + error.reason;
    }
  }

  const Table& disks_ = *Catalog::standard().find_table("disk_attachments");
  const Table& layers_ = *Catalog::standard().find_table("disk_layers");
  Arena arena_;
  Row* disk_ = nullptr;
  std::vector<LooseRow> rows_;
};

TEST_F(NestingTest, RowsComeBelowTheirParentsInWhateverOrderTheyAreRead) {
  add(3, 2);
  add(5, 0, "mirror");
  add(2, 1);
  add(1, 0);
  const std::vector<PlacedRow> placed = nest();
  std::string ids;
  for (const PlacedRow& each : placed)
    ids += std::to_string(each.row->id) + ":" + std::to_string(each.depth - placed[0].depth) + " ";
  EXPECT_EQ(ids, "5:0 1:0 2:1 3:2 ");
  EXPECT_EQ(placed[0].row->element->name, "mirror");
  const std::string xml = generate_element(*disk_);
  EXPECT_LT(xml.find("<source file='1'/>"), xml.find("<source file='2'/>")) << xml;
  EXPECT_LT(xml.find("<source file='2'/>"), xml.find("<source file='3'/>")) << xml;
  EXPECT_NE(xml.find("</backingStore>\n    </backingStore>"), std::string::npos) << xml;
}

TEST_F(NestingTest, RowsOfOneParentKeepTheirOrder) {
  add(2, 0);
  add(1, 0);
  const std::vector<PlacedRow> placed = nest();
  EXPECT_EQ(placed[0].row->id, 2);
  EXPECT_EQ(placed[0].row->next, placed[1].row);
}

TEST_F(NestingTest, ARowWithoutPlaceIsRefused) {
  add(1, 0);
  add(2, 7);
  EXPECT_EQ(refusal(), "2 parent_id: row 7, in which it is nested, is nested in it, or belongs to another row");
}

TEST_F(NestingTest, RowsThatAreNestedInOneAnotherAreRefused) {
  add(1, 0);
  add(2, 3);
  add(3, 2);
  EXPECT_EQ(refusal(), "2 parent_id: row 3, in which it is nested, is nested in it, or belongs to another row");
}

TEST_F(NestingTest, AnElementThatCannotStandThereIsRefused) {
  add(1, 0);
  add(2, 1, "mirror");
  EXPECT_EQ(refusal(), "2 : <mirror> cannot stand in <backingStore>");
}

TEST_F(NestingTest, RowsNestAsDeepAsXmlMay) {
  add(1, 0);
  const std::size_t depth = nest()[0].depth;
  for (std::int64_t id = 2; depth + static_cast<std::size_t>(id) <= xml::kMaxDepth + 1; ++id) add(id, id - 1);
  const auto deepest = static_cast<std::int64_t>(rows_.size());
  for (const LooseRow& each : rows_) each.row->next = nullptr;
  disk_ = Row::make(arena_, *disk_->element);
  EXPECT_EQ(nest().back().depth, xml::kMaxDepth);
  for (const LooseRow& each : rows_)
    for (std::size_t slot = 0; slot < each.row->element->row_elements.size(); ++slot) each.row->children[slot] = {};
  disk_ = Row::make(arena_, *disk_->element);
  add(deepest + 1, deepest);
  EXPECT_EQ(refusal(), std::to_string(deepest + 1) + " : it is nested deeper than 256 levels");
}

}  // namespace
}  // namespace virtsql
