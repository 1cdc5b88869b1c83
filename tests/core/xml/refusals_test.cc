// What libvirt refuses although its grammar accepts it: every rule gives its message for its example.
#include "core/xml/refusals.h"

#include <gtest/gtest.h>

#include <chrono>

#include "core/xml/xml.h"
#include "tests/core/documents.h"

namespace virtsql {
namespace {

TEST(Refusals, EachRuleRefusesItsExampleInLibvirtsWords) {
  Refusals refusals;
  const std::vector<Refusals::Example> examples = refusals.examples();
  EXPECT_GE(examples.size(), 50U);
  for (const Refusals::Example& example : examples) {
    const std::optional<std::string> said = refusals.first(example.xml);
    ASSERT_TRUE(said) << example.xml;
    EXPECT_TRUE(said->ends_with(": " + example.message)) << *said << "\n" << example.message << "\n" << example.xml;
  }
}

TEST(Refusals, WhatLibvirtWroteIsNotRefused) {
  Refusals refusals;
  for (const std::string& name : test::document_names())
    EXPECT_EQ(refusals.first(test::read_document(name)).value_or(""), "") << name;
}

TEST(Refusals, SaysLineElementAndValues) {
  Refusals refusals;
  EXPECT_EQ(refusals.first("<domain type='qemu'><name>a</name><memory>1</memory><os><type>hvm</type></os>\n<devices>\n"
                           "<graphics type='vnc' listen='1.2.3.4'><listen type='address' address='4.3.2.1'/>"
                           "</graphics></devices></domain>"),
            "line 3: <graphics>: graphics 'listen' attribute '1.2.3.4' must match 'address' attribute of first listen "
            "element (found '4.3.2.1')");
  EXPECT_EQ(refusals.first("<domain type='kvm'><name>a/b</name></domain>", "name"),
            "line 1: <name>: name a/b cannot contain '/'");
  EXPECT_EQ(refusals.first("<domain type='kvm'><name>fine</name></domain>", "name"), std::nullopt);
  EXPECT_THROW(refusals.first("<domain"), xml::Error);
}

TEST(Refusals, ManyDevicesTakeNoLongerThanTheStepsAllow) {
  std::string devices;
  for (int i = 0; i < 20000; ++i)
    devices += "<controller type='scsi' index='" + std::to_string(i) + "'/><disk><target dev='vd" + std::to_string(i) +
               "'/></disk>";
  const auto begin = std::chrono::steady_clock::now();
  Refusals refusals;
  refusals.first("<domain type='kvm'><name>a</name><memory>1</memory><devices>" + devices + "</devices></domain>");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

}  // namespace
}  // namespace virtsql
