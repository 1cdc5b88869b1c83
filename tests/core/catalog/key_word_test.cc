#include "core/catalog/key_word.h"

#include <gtest/gtest.h>

namespace virtsql {
namespace {

TEST(KeyWord, NamesAColumnAndPerhapsItsValue) {
  EXPECT_EQ(KeyWord("index").column, "index");
  EXPECT_EQ(KeyWord("index").value.data(), nullptr);
  EXPECT_EQ(KeyWord("type=usb").column, "type");
  EXPECT_EQ(KeyWord("type=usb").value, "usb");
  EXPECT_EQ(KeyWord("type=").value, "");
  EXPECT_NE(KeyWord("type=").value.data(), nullptr);
}

}  // namespace
}  // namespace virtsql
