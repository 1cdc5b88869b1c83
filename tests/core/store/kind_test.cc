#include "core/store/kind.h"

#include <gtest/gtest.h>

#include "tests/core/documents.h"

namespace virtsql {
namespace {

std::string_view kind_of_text(std::string_view xml) {
  const xml::Document document = xml::Document::parse(xml);
  return kind_of(document.root(), {});
}

TEST(Kind, IsWhatTheRootElementSays) {
  const std::pair<const char*, const char*> expected[] = {
      {"domain", "domain"},
      {"domstatus", "domain"},
      {"domainsnapshot", "domainsnapshot"},
      {"domaincheckpoint", "domaincheckpoint"},
      {"domainbackup", "domainbackup"},
      {"network", "network"},
      {"networkport", "networkport"},
      {"pool", "pool"},
      {"volume", "volume"},
      {"device", "nodedev"},
      {"filter", "nwfilter"},
      {"filterbinding", "nwfilterbinding"},
      {"interface", "interface"},
      {"secret", "secret"},
      {"capabilities", "capabilities"},
      {"domainCapabilities", "domaincaps"},
      {"anything", "other"},
  };
  for (const auto& [root, kind] : expected) EXPECT_EQ(kind_of_text("<" + std::string(root) + "/>"), kind);
}

TEST(Kind, IsWhatTheEventSaysIfThereIsNoDocument) {
  Capture event;
  event.driver = "qemu";
  event.operation = "undefine";
  EXPECT_EQ(kind_of(nullptr, event), "domain");
  event.sub_operation = "domainsnapshot";
  EXPECT_EQ(kind_of(nullptr, event), "domainsnapshot");
  event.sub_operation = "device";  // the name of a node device's root element
  EXPECT_EQ(kind_of(nullptr, event), "nodedev");
  event.sub_operation = "begin";
  EXPECT_EQ(kind_of(nullptr, event), "domain");
  event.driver = "network";
  EXPECT_EQ(kind_of(nullptr, event), "network");
  event.driver = "daemon";
  EXPECT_EQ(kind_of(nullptr, event), "other");
}

TEST(Kind, FindsTheVmThatAThingBelongsTo) {
  const auto uuid_in = [](std::string_view xml) {
    const xml::Document document = xml::Document::parse(xml);
    return vm_uuid_in(*document.root());
  };
  EXPECT_EQ(uuid_in(test::read_document("objects/snapshot.xml")), "6695eb01-f6a4-8304-79aa-97f2502e193f");
  EXPECT_EQ(uuid_in(test::read_document("objects/networkport.xml")), "4dea22b3-1d52-d8f3-2516-782e98ab3fa0");
  EXPECT_EQ(uuid_in("<filterbinding><owner><name>a</name><uuid>u</uuid></owner></filterbinding>"), "u");
  EXPECT_EQ(uuid_in("<domaincheckpoint><domain><uuid>c</uuid></domain></domaincheckpoint>"), "c");
  EXPECT_EQ(uuid_in("<domainsnapshot><name>s</name></domainsnapshot>"), "");
  EXPECT_EQ(uuid_in("<network><uuid>n</uuid></network>"), "");
}

}  // namespace
}  // namespace virtsql
