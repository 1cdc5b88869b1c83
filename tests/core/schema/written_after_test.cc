#include "core/schema/written_after.h"

#include <gtest/gtest.h>

#include <array>

namespace virtsql {
namespace {

constexpr ColumnMarks kAfterPool = [] {
  ColumnMarks out;
  out.after = "pool";
  return out;
}();

class WrittenAfterTest : public testing::Test {
 protected:
  static Column column(Name name, const ColumnMarks& marks = kNoColumnMarks) {
    static constexpr Table kTable = [] {
      Table out;
      out.name = "things";
      return out;
    }();
    Column out;
    out.name = name;
    out.marks = &marks;
    out.table = &kTable;
    return out;
  }

  const Column pool_ = column("pool");
  const Column source_pool_ = column("source_pool");
  const Column volume_ = column("volume", kAfterPool);
  const Column source_volume_ = column("source_volume", kAfterPool);
};

TEST_F(WrittenAfterTest, IsTheColumnOfThatName) {
  const std::array<const Column*, 3> row = {&source_pool_, &volume_, &pool_};
  EXPECT_EQ(&written_after(row, volume_), &pool_);
}

TEST_F(WrittenAfterTest, BothHaveThePrefixOfTheirStruct) {
  const std::array<const Column*, 3> row = {&pool_, &source_pool_, &source_volume_};
  EXPECT_EQ(&written_after(row, source_volume_), &source_pool_);
  const std::array<const Column*, 2> without = {&pool_, &source_volume_};
  EXPECT_EQ(&written_after(without, source_volume_), &pool_);
}

TEST_F(WrittenAfterTest, ARowWithoutItIsAnErrorOfTheCatalog) {
  const std::array<const Column*, 2> row = {&source_pool_, &volume_};
  try {
    (void)written_after(row, volume_);
    FAIL();
  } catch (const CatalogError& error) {
    EXPECT_STREQ(error.what(), "table things: there is no column pool before volume");
  }
}

}  // namespace
}  // namespace virtsql
