#include <cstring>

#include "tests/core/libvirt/fixture.h"

namespace virtsql {
namespace {

using HandlesTest = test::LibvirtFixture;

TEST_F(HandlesTest, AnErrorSaysWhatWasAskedAndWhatLibvirtSays) {
  EXPECT_EQ(virDomainLookupByName(connection_.get(), "absent"), nullptr);
  const LibvirtError error("the domain cannot be found");
  EXPECT_EQ(std::string(error.what()).find("the domain cannot be found: Domain not found"), 0U) << error.what();
  EXPECT_EQ(error.code, VIR_ERR_NO_DOMAIN);
  virResetLastError();
  EXPECT_STREQ(LibvirtError("what").what(), "what: libvirt gives no reason");
}

TEST_F(HandlesTest, OnlySomeErrorsSayThatThereIsNoSuchThing) {
  virResetLastError();
  EXPECT_FALSE(says_absent());
  EXPECT_EQ(virDomainLookupByName(connection_.get(), "absent"), nullptr);
  EXPECT_TRUE(says_absent());
  EXPECT_EQ(virNetworkLookupByName(connection_.get(), "absent"), nullptr);
  EXPECT_TRUE(says_absent());
  // What cannot be looked for may be there.
  EXPECT_EQ(virConnectOpen("nonsense:///"), nullptr);
  EXPECT_FALSE(says_absent());
}

TEST_F(HandlesTest, WhatLibvirtAllocatedBecomesAText) {
  EXPECT_EQ(take(strdup("text")), "text");
  EXPECT_EQ(take(nullptr), "");
}

TEST_F(HandlesTest, ADomainAndADriverHaveTheirNames) {
  ASSERT_TRUE(define());
  EXPECT_EQ(uuid_of(domain().get()), kUuid);
  EXPECT_EQ(driver_name(connection_.get()), "test") << "libvirt says TEST";
}

}  // namespace
}  // namespace virtsql
