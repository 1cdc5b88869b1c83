#include "core/store/adopt.h"

#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

// A database with captures and without rows, as one whose catalog did not describe networks before.
class AdoptTest : public test::StoreFixture {
 protected:
  void tell(const std::string& name, const std::string& mtu, const std::string& host = "alpha") {
    const std::string xml = "<network><name>" + name + "</name><mtu size='" + mtu + "'/></network>";
    Capture event = test::capture_of(xml);
    event.driver = "network";
    event.name = name;
    event.host = host;
    store_->capture(event);
  }
  std::string adopt() {
    const WithoutTriggers quiet(handle_);
    database_->execute("DELETE FROM networks; UPDATE captures SET exact = NULL");
    adopt_captures(*database_, Catalog::standard(), Catalog::standard().root("network"));
    return text(
        "SELECT group_concat(line, ', ') FROM (SELECT h.name || ' ' || n.name || ' ' || n.mtu_size AS line FROM "
        "networks AS "
        "n JOIN hosts AS h ON h.id = n.host_id ORDER BY 1)");
  }
};

TEST_F(AdoptTest, EachThingGetsTheRowsOfItsNewestCapture) {
  tell("lan", "1400");
  tell("lan", "1500");
  tell("lan", "9000", "beta");
  tell("wan", "1300");
  EXPECT_EQ(adopt(), "alpha lan 1500, alpha wan 1300, beta lan 9000");
  EXPECT_EQ(number("SELECT count(*) FROM networks AS n JOIN captures AS c ON c.id = n.capture_id WHERE n.source = "
                   "'imported'"),
            3);
  EXPECT_EQ(number("SELECT count(exact) FROM captures"), 0);
}

TEST_F(AdoptTest, WhatLibvirtNoLongerHasGetsNone) {
  tell("lan", "1400");
  Capture gone = test::capture_of("", "");
  gone.driver = "network";
  gone.operation = "undefine";
  gone.sub_operation = "network";
  gone.name = "lan";
  store_->capture(gone);
  EXPECT_EQ(adopt(), "");
}

TEST_F(AdoptTest, ADamagedDocumentIsPassedOver) {
  tell("lan", "1400");
  tell("wan", "1300");
  const WithoutTriggers quiet(handle_);
  database_->execute("UPDATE documents SET content = x'00' WHERE id = 1");
  EXPECT_EQ(adopt(), "alpha wan 1300");
}

}  // namespace
}  // namespace virtsql
