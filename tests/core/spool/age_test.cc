#include "core/spool/age.h"

#include <gtest/gtest.h>

namespace virtsql {
namespace {

TEST(Age, IsANumberOfDays) {
  for (const char* age : {"180", "180d", "180 d", "180 days", " 180  days ", "0180"})
    EXPECT_EQ(days_of(age), 180) << age;
  EXPECT_EQ(days_of("1 day"), 1);
  EXPECT_EQ(days_of("0"), 0);
  EXPECT_EQ(days_of("36500"), kMaxDays);
}

TEST(Age, IsNothingElse) {
  for (const char* age : {"", " ", "d", "days", "-1", "+1", "1.5", "180 weeks", "180ds", "180 d d", "36501",
                          "99999999999999999999", "1e3", "0x10", "180\ndays", "ein Tag"})
    EXPECT_EQ(days_of(age), std::nullopt) << age;
}

}  // namespace
}  // namespace virtsql
