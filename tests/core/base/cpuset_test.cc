#include "core/base/cpuset.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace virtsql {
namespace {

using Cpus = std::vector<unsigned>;

TEST(Cpuset, IsReadAsLibvirtSpellsIt) {
  EXPECT_EQ(cpuset_cpus("0-3,^2,8"), (Cpus{0, 1, 3, 8}));
  EXPECT_EQ(cpuset_cpus("5"), Cpus{5});
  EXPECT_EQ(cpuset_cpus("8,1-2,1"), (Cpus{1, 2, 8}));
  EXPECT_EQ(cpuset_cpus("^1,0-2"), (Cpus{0, 1, 2}));
  EXPECT_EQ(cpuset_cpus("^2,0-4,^0"), (Cpus{1, 2, 3, 4}));
  EXPECT_EQ(cpuset_cpus("0-7,^2,^5"), (Cpus{0, 1, 3, 4, 6, 7}));
  EXPECT_EQ(cpuset_cpus(" 0 - 1 , 3 "), (Cpus{0, 1, 3}));
  EXPECT_EQ(cpuset_cpus("65535"), Cpus{65535});
}

TEST(Cpuset, MayHaveNothingInIt) {
  EXPECT_EQ(cpuset_cpus(""), Cpus{});
  EXPECT_EQ(cpuset_cpus("3,^3"), Cpus{});
  EXPECT_EQ(cpuset_cpus("^3"), Cpus{});
}

TEST(Cpuset, IsNothingElse) {
  for (const char* text : {",", "1,", ",1", "1,,2", "-1", "1-", "3-1", "^", "^^1", "0-8,^3-4", "1;2", "a", "0x1", "+1",
                           "65536", "0-4294967296", "1-2-3", "1 2"})
    EXPECT_THROW(cpuset_cpus(text), std::runtime_error) << text;
}

TEST(Cpuset, IsWrittenInOneSpelling) {
  const auto normal = [](std::string_view text) { return Cpuset::parse(text)->text(); };
  EXPECT_EQ(normal("3"), "3");
  EXPECT_EQ(normal("0-3,^2"), "0-1,3");
  EXPECT_EQ(normal(" 8 , 1 - 2,0"), "0-2,8");
  EXPECT_EQ(normal("1-5,2-9"), "1-9");
  EXPECT_EQ(normal("0-2,4-6,3"), "0-6");
  EXPECT_EQ(normal("0-9,^0,^3,^4,^9,^12"), "1-2,5-8");
  EXPECT_EQ(normal("1,^1"), "");
}

TEST(Cpuset, HoldsWhatIsInItAlone) {
  Cpuset set = *Cpuset::parse("0-3");
  EXPECT_TRUE(set.holds(*Cpuset::parse("1,3")));
  EXPECT_TRUE(set.holds(*Cpuset::parse("")));
  EXPECT_FALSE(set.holds(*Cpuset::parse("3-4")));
  set.add(*Cpuset::parse("6,4-5"));
  EXPECT_EQ(set.text(), "0-6");
}

TEST(Cpuset, NamesWhatItRefusesShortly) {
  try {
    cpuset_cpus("zero" + std::string(1000, 'x'));
    FAIL();
  } catch (const std::runtime_error& error) {
    const std::string text = error.what();
    EXPECT_TRUE(text.starts_with("\"zerox")) << text;
    EXPECT_LT(text.size(), 200U);
    EXPECT_NE(text.find("0-3,^2,8"), std::string::npos);
  }
}

}  // namespace
}  // namespace virtsql
