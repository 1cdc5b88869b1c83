#include "core/xml/repair.h"

#include <gtest/gtest.h>

#include "core/xml/grammar.h"
#include "tests/core/temporary_folder.h"
#include "tests/core/xml/domain_grammar.h"

namespace virtsql {
namespace {

constexpr char kDevices[] = R"(
<choice>
  <element name="card">
    <attribute name="type"><value>network</value></attribute>
    <interleave>
      <element name="source"><attribute name="network"/></element>
      <optional>
        <element name="target">
          <attribute name="bus"><choice><value>pci</value><value>usb</value></choice></attribute>
        </element>
      </optional>
    </interleave>
  </element>
  <element name="card"><attribute name="type"><value>user</value></attribute></element>
  <element name="clock"><attribute name="rate"><data type="unsignedInt"/></attribute></element>
  <element name="note"><element name="text"><data type="unsignedInt"/></element></element>
</choice>)";

class RepairTest : public testing::Test {
 protected:
  RepairTest() { test::write_domain_grammar(path_, kDevices); }
  std::string error(const std::string& device) {
    return DomainGrammar(path_)
        .first_error("<domain type='kvm'><name>a</name><memory>1</memory><os><type>hvm</type></os><devices>" + device +
                     "</devices></domain>")
        .value_or("");
  }

  test::TemporaryFolder folder_;
  const std::string path_ = folder_ / "domain.rng";
};

TEST_F(RepairTest, NamesAWrongValueAndTheRightOnes) {
  EXPECT_EQ(error("<card type='netwrk'/>"),
            "line 1: <card> at /domain/devices/card cannot have type='netwrk'; it is one of network, user");
  EXPECT_EQ(error("<clock rate='fast'/>"), "line 1: <clock> at /domain/devices/clock cannot have rate='fast'");
  EXPECT_EQ(error("<card type='network'><source network='n'/><target bus='isa'/></card>"),
            "line 1: <target> at /domain/devices/card/target cannot have bus='isa'; it is one of pci, usb");
}

TEST_F(RepairTest, NamesAMissingAttribute) {
  EXPECT_EQ(error("<clock/>"), "line 1: <clock> at /domain/devices/clock lacks rate");
  EXPECT_EQ(error("<card type='network'><source network='n'/><target/></card>"),
            "line 1: <target> at /domain/devices/card/target lacks bus, one of pci, usb");
}

// The type is right in itself: what it needs is missing.
TEST_F(RepairTest, NamesAMissingChild) {
  EXPECT_EQ(error("<card type='network'/>"), "line 1: <card> at /domain/devices/card lacks <source network='...'/>");
  EXPECT_EQ(error("<note/>"), "line 1: <note> at /domain/devices/note lacks <text>...</text>");
}

TEST_F(RepairTest, SaysLessIfOneChangeIsNotEnough) {
  EXPECT_EQ(
      error("<card type='network'><target/></card>"),
      "line 1: <card> at /domain/devices/card is not allowed here, is there too often, or lacks something that it "
      "must have");
}

}  // namespace
}  // namespace virtsql
