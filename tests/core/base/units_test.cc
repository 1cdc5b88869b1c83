// The units that libvirt's virScaleInteger() takes and refuses. tests/sql/units.sql tests the SQL that is made of the
// same table.
#include "core/base/units.h"

#include <gtest/gtest.h>

namespace virtsql {
namespace {

TEST(Units, AreWhatLibvirtReads) {
  EXPECT_EQ(unit_factor({}, 1024), 1024);
  EXPECT_EQ(unit_factor("", 1), 1);
  for (const std::string_view one : {"b", "B", "byte", "Bytes"}) EXPECT_EQ(unit_factor(one, 7), 1) << one;
  std::int64_t binary = 1;
  std::int64_t decimal = 1;
  for (const std::string prefix : {"k", "M", "g", "T", "p", "E"}) {
    binary *= 1024;
    decimal *= 1000;
    EXPECT_EQ(unit_factor(prefix, 7), binary);
    EXPECT_EQ(unit_factor(prefix + "iB", 7), binary);
    EXPECT_EQ(unit_factor(prefix + "IB", 7), binary);
    EXPECT_EQ(unit_factor(prefix + "b", 7), decimal);
    EXPECT_EQ(unit_factor(prefix + "B", 7), decimal);
  }
  for (const std::string_view none : {"Kx", "kilo", "Ki", "KiBs", "iB", "x", " ", "k ", "bb", "zb"})
    EXPECT_EQ(unit_factor(none, 7), std::nullopt) << none;
}

TEST(Units, EndAt63Bits) {
  EXPECT_EQ(size_in_bytes(3, "KB", 1), 3000);
  EXPECT_EQ(size_in_bytes(7, "E", 1), std::int64_t{7} << 60U);
  EXPECT_EQ(size_in_bytes(8, "E", 1), std::nullopt);
  EXPECT_EQ(size_in_bytes(0x7FFFFFFFFFFFFFFFU, "b", 1), 0x7FFFFFFFFFFFFFFF);
  EXPECT_EQ(size_in_bytes(0x8000000000000000U, "", 1), std::nullopt);
  EXPECT_EQ(size_in_bytes(1, "Kx", 1), std::nullopt);
}

}  // namespace
}  // namespace virtsql
