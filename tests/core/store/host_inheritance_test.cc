#include "core/store/host_inheritance.h"

#include "core/rows/document.h"
#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

class HostInheritanceTest : public test::StoreFixture {
 protected:
  HostInheritanceTest() {
    capture(
        "<network><name>lan</name><portgroup name='web'><bandwidth><inbound average='500'/></bandwidth></portgroup>"
        "<portgroup name='db'/></network>");
    capture("<network><name>plain</name></network>");
  }

  // Whether an interface of the network may have its average inbound rate from a port group of the network on the host.
  bool may_say(const std::string& network, const std::string& rate, const std::string& host = "alpha") {
    Document document("<domain><name>a</name><devices><interface type='network'><source network='" + network +
                          "'/></interface></devices></domain>",
                      Catalog::standard().root("domain"));
    const Table& ports = *Catalog::standard().find_table("port_attachments");
    const Row* port = nullptr;
    for_each_row(document.rows(), [&](const Row& row) {
      if (row.element->table == &ports) port = &row;
    });
    return HostInheritance(*database_, host_id(host)).may_say(*ports.find("bandwidth_inbound_average"), *port, rate);
  }
};

TEST_F(HostInheritanceTest, AValueOfOneOfTheThingsRowsMayBeTaken) { EXPECT_TRUE(may_say("lan", "500")); }

TEST_F(HostInheritanceTest, AValueThatTheThingDoesNotHaveIsNotTakenFromIt) {
  EXPECT_FALSE(may_say("lan", "501"));
  EXPECT_FALSE(may_say("plain", "500"));
}

// Nobody knows what a network that was never captured says.
TEST_F(HostInheritanceTest, AThingThatTheHostIsNotKnownToHaveMaySayAnything) {
  EXPECT_TRUE(may_say("unseen", "501"));
  EXPECT_TRUE(may_say("lan", "501", "beta"));
}

}  // namespace
}  // namespace virtsql
