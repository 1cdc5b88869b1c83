#include "core/libvirt/capabilities.h"

#include <dlfcn.h>

#include <cstring>

#include "tests/core/libvirt/fixture.h"

namespace {

// The test driver has no capabilities of VMs. While this is true, every connection has some, as far as libvirt does not
// refuse it the call.
bool has_domain_capabilities = false;
virConnectPtr refused = nullptr;

}  // namespace

// Takes the place of libvirt's function in this program.
extern "C" char* virConnectGetDomainCapabilities(virConnectPtr connection, const char* emulator, const char* arch,
                                                 const char* machine, const char* type, unsigned flags) {
  if (has_domain_capabilities && connection != refused)
    return strdup(
        (std::string("<domainCapabilities><arch>") + arch + "</arch><domain>" + type + "</domain></domainCapabilities>")
            .c_str());
  return reinterpret_cast<decltype(virConnectGetDomainCapabilities)*>(dlsym(RTLD_NEXT, __func__))(
      connection, emulator, arch, machine, type, flags);
}

namespace virtsql {
namespace {

class CapabilitiesTest : public test::LibvirtFixture {
 protected:
  ~CapabilitiesTest() override {
    has_domain_capabilities = false;
    refused = nullptr;
  }
  ObjectSink keep() {
    return [this](const ObjectDocument& document) { kept_ += document.name + " " + document.config + "\n"; };
  }
  std::string kept_;
};

TEST_F(CapabilitiesTest, OfTheHostAreNamedAfterTheDriver) {
  EXPECT_TRUE(capabilities(connection_.get(), "", "anything", keep()));
  EXPECT_EQ(kept_, "test persistent\n");
  EXPECT_TRUE(capabilities(connection_.get(), "", "", {}));
}

TEST_F(CapabilitiesTest, OfVmsAreOfAnArchitectureAndAType) {
  EXPECT_FALSE(domain_capabilities(connection_.get(), "", "i686 test", keep())) << "libvirt does not answer";
  EXPECT_EQ(virGetLastErrorCode(), VIR_ERR_OK);
  has_domain_capabilities = true;
  std::string xml;
  EXPECT_TRUE(domain_capabilities(connection_.get(), "", "i686 test",
                                  [&](const ObjectDocument& document) { xml = document.xml; }));
  EXPECT_EQ(xml, "<domainCapabilities><arch>i686</arch><domain>test</domain></domainCapabilities>");
}

// libvirt refuses this call on a connection that may only read.
TEST_F(CapabilitiesTest, OfVmsAreAskedForAgainOnAWritableConnection) {
  const ConnectRef reader(virConnectOpenReadOnly(kUri));
  refused = reader.get();
  has_domain_capabilities = true;
  EXPECT_TRUE(domain_capabilities(reader.get(), "", "i686 test", keep()));
  EXPECT_EQ(kept_, "i686 test persistent\n");
}

TEST_F(CapabilitiesTest, OfAllVmsAreThoseThatTheHostCanRun) {
  EXPECT_EQ(all_domain_capabilities(connection_.get(), "", {}), std::vector<std::string>{});
  has_domain_capabilities = true;
  const auto names = all_domain_capabilities(connection_.get(), "", keep());
  ASSERT_TRUE(names);
  // The test driver names the architecture twice, for two types of operating system.
  for (const std::string& name : *names) EXPECT_EQ(name, "i686 test");
  EXPECT_EQ(names->size(), 2U);
  EXPECT_EQ(kept_, "i686 test persistent\ni686 test persistent\n");
}

}  // namespace
}  // namespace virtsql
