// A connection to libvirt's test driver, which runs inside this process: nothing of the system is touched.
#pragma once

#include <gtest/gtest.h>
#include <libvirt/virterror.h>

#include <string>

#include "core/libvirt/handles.h"

namespace virtsql::test {

// The test driver knows no inactive form of networks and interfaces. While this is true, it gives the active one in its
// place, see objects_test.cc and observer_test.cc.
inline bool has_inactive_form = false;

// What is done through one connection to test:///default is seen through every other, as long as one is open. So a test
// removes what it makes.
class LibvirtFixture : public testing::Test {
 protected:
  LibvirtFixture() : connection_(open()) { EXPECT_NE(connection_, nullptr); }
  ~LibvirtFixture() override {
    if (domain()) {
      virDomainDestroy(domain().get());
      virDomainUndefine(domain().get());
    }
    virResetLastError();
    virSetErrorFunc(nullptr, nullptr);
  }

  bool define() { return DomainRef(virDomainDefineXML(connection_.get(), kXml)) != nullptr; }
  DomainRef domain() { return DomainRef(virDomainLookupByUUIDString(connection_.get(), kUuid)); }

  static constexpr const char* kUri = "test:///default";
  static constexpr const char* kUuid = "aaaaaaaa-0000-4000-8000-000000000002";
  static constexpr const char* kXml =
      "<domain type='test'><name>made</name><uuid>aaaaaaaa-0000-4000-8000-000000000002</uuid><memory>8192</memory>"
      "<os><type>hvm</type></os></domain>";
  ConnectRef connection_;

 private:
  // Without an error function libvirt prints its errors.
  static virConnectPtr open() {
    virSetErrorFunc(nullptr, [](void*, virErrorPtr) {});
    return virConnectOpen(kUri);
  }
};

}  // namespace virtsql::test
