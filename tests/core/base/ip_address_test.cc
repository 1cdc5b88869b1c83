#include "core/base/ip_address.h"

#include <gtest/gtest.h>

namespace virtsql {
namespace {

TEST(IpAddress, IsWrittenInTheUsualWay) {
  EXPECT_EQ(usual_address("FE80:0:0::1"), "fe80::1");
  EXPECT_EQ(usual_address("::ffff:10.0.0.1"), "::ffff:10.0.0.1");
  EXPECT_EQ(usual_address("10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(usual_address("010.1"), "8.0.0.1");
}

TEST(IpAddress, AnotherTextStaysAsItIs) {
  for (const char* text : {"", "Host", "fe80::1%eth0", "10.0.0.256", "1.2.3.4.5"}) EXPECT_EQ(usual_address(text), text);
}

}  // namespace
}  // namespace virtsql
