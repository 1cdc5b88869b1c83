#include "core/base/words.h"

#include <gtest/gtest.h>

namespace virtsql {
namespace {

TEST(Words, HaveASpaceBetweenThem) {
  std::string out;
  add_words(out, "a disk");
  EXPECT_EQ(out, "a disk");
  add_words(out, "or two");
  EXPECT_EQ(out, "a disk or two");
}

TEST(Words, NoneChangeNothing) {
  std::string out;
  add_words(out, "");
  EXPECT_EQ(out, "");
  add_words(out, "one");
  add_words(out, "");
  add_words(out, "two");
  EXPECT_EQ(out, "one two");
}

}  // namespace
}  // namespace virtsql
