#include "core/store/arrival.h"

#include <gtest/gtest.h>

#include "core/base/work.h"
#include "core/spool/operations.h"
#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

TEST(ArrivalTest, AnEventIsReadOnce) {
  const Capture event = test::capture_of(test::read_document("web.xml"));
  const std::uint64_t parses = work.parses;
  Arrival arrival(Catalog::standard(), event);
  EXPECT_EQ(work.parses, parses + 1);
  EXPECT_TRUE(arrival.is_event());
  EXPECT_TRUE(arrival.has_vm_rows());
  EXPECT_TRUE(arrival.exact());
}

TEST(ArrivalTest, WhatIsNoEventIsNotRead) {
  Capture seen = test::capture_of(test::read_document("web.xml"));
  seen.operation = operations::kSeen;
  const std::uint64_t parses = work.parses;
  for (const std::string& xml : {seen.xml, std::string()}) {
    seen.xml = xml;
    const Arrival arrival(Catalog::standard(), seen);
    EXPECT_FALSE(arrival.is_event());
    EXPECT_FALSE(arrival.has_rows());
    EXPECT_EQ(arrival.result.error, "");
  }
  EXPECT_EQ(work.parses, parses);
}

TEST(ArrivalTest, AnEventWithoutADocumentByItsNatureIsNoFault) {
  Capture gone = test::capture_of("");
  gone.operation = operations::kUndefine;
  gone.uuid = "4dea22b3-1d52-d8f3-2516-782e98ab3fa0";
  const Arrival arrival(Catalog::standard(), gone);
  EXPECT_TRUE(arrival.without_document());
  EXPECT_EQ(arrival.result.error, "");
  EXPECT_EQ(arrival.result.vm_uuid, gone.uuid);
  // Any other event without a document is an error, as when a hook is given nothing to read.
  const Capture start = test::capture_of("");
  const Arrival broken(Catalog::standard(), start);
  EXPECT_FALSE(broken.without_document());
  EXPECT_NE(broken.result.error, "");
}

}  // namespace
}  // namespace virtsql
