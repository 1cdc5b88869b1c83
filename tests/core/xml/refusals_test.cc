// What libvirt refuses although its grammar accepts it: every rule gives its message for its example.
#include "core/xml/refusals.h"

#include <gtest/gtest.h>

#include <chrono>

#include "core/xml/xml.h"
#include "tests/core/documents.h"

namespace virtsql {
namespace {

// Returns the text of the first refusal, empty if there is none.
std::string text_of(const std::optional<Refusals::Refusal>& refusal) { return refusal ? to_text(*refusal) : ""; }

TEST(Refusals, EachRuleRefusesItsExample) {
  Refusals refusals;
  const std::vector<Refusals::Example> examples = refusals.examples();
  EXPECT_GE(examples.size(), 50U);
  for (const Refusals::Example& example : examples) {
    const std::optional<Refusals::Refusal> refusal = refusals.first(example.xml);
    ASSERT_TRUE(refusal) << example.xml;
    EXPECT_EQ(refusal->message, example.said) << example.xml;
  }
  EXPECT_EQ(text_of(refusals.first("<domain type='qemu'><name>..</name></domain>")),
            "line 1: <name>: the name cannot be '..', which is a folder: files that belong to the VM have its name");
}

TEST(Refusals, WhatLibvirtWroteIsNotRefused) {
  Refusals refusals;
  for (const std::string& name : test::document_names())
    EXPECT_EQ(text_of(refusals.first(test::read_document(name))), "") << name;
}

// Close to a rule's example, but libvirt takes it.
TEST(Refusals, WhatLibvirtTakesIsNotRefused) {
  Refusals refusals;
  const auto refused = [&](const std::string& content) {
    return text_of(
        refusals.first("<domain type='qemu'><name>a</name><memory>1</memory><os><type arch='x86_64'>hvm</type></os>" +
                       content + "</domain>"));
  };
  for (const char* devices : {
           "<channel type='unix'><target type='xen'/></channel>",
           "<channel type='unix'><target type='virtio'/></channel>",
           "<serial type='pty'/><console type='tcp'/>",
           "<serial type='pty'/><console type='unix'><target type='serial'/></console>",
           "<sound model='ich6'><audio id='1'/></sound>",
           "<graphics type='vnc'><audio id='01'/></graphics>",
           "<audio id='1' type='none'/><sound model='ich6'><audio id='01'/></sound>",
           "<disk type='block' device='lun'><source><encryption format='default'/></source><target dev='hda'/></disk>",
           "<panic/><panic model='hyperv'/>",
       })
    EXPECT_EQ(refused("<devices>" + std::string(devices) + "</devices>"), "") << devices;
  EXPECT_NE(refused("<devices><serial type='pty'/><console type='pty'><target type='virtio'/></console>"
                    "<console type='tcp'/></devices>"),
            "");
  const auto pinned = [&](const std::string& threads, const std::string& pin) {
    return refused(threads + "<cputune><iothreadpin iothread='" + pin + "' cpuset='0'/></cputune>");
  };
  const std::string second_is_7 = "<iothreads>2</iothreads><iothreadids><iothread id='7'/></iothreadids>";
  EXPECT_EQ(pinned(second_is_7, "7"), "");
  EXPECT_EQ(pinned(second_is_7, "01"), "");
  EXPECT_NE(pinned(second_is_7, "2"), "");
  EXPECT_EQ(pinned("<iothreads>3</iothreads><iothreadids><iothread id='2'/></iothreadids>", "3"), "");
  EXPECT_EQ(pinned("<iothreadids><iothread id='5'/></iothreadids>", "05"), "");
}

// The QEMU driver's rules do not hold for other hypervisors.
TEST(Refusals, WhatQemuAloneRefusesIsRefusedOfItsDomainsAlone) {
  Refusals refusals;
  const auto refuses = [&](const std::string& type, const std::string& devices) {
    return refusals
        .first("<domain type='" + type + "'><name>a</name><memory>1</memory><os><type>hvm</type></os><devices>" +
               devices + "</devices></domain>")
        .has_value();
  };
  for (const char* devices :
       {"<graphics type='vnc' port='80'/>", "<graphics type='vnc'/><graphics type='vnc'/>",
        "<disk type='file'><source file='/a'/><target dev='xvda' bus='virtio'/><wwn>5000c50015ea71aa</wwn></disk>",
        "<disk type='file'><driver io='native' cache='writeback'/><source file='/a'/><target dev='xvda'/></disk>",
        "<interface type='user'><mtu size='9000'/></interface>",
        "<serial type='pty'><target port='0'/></serial><serial type='pty'><target port='0'/></serial>"}) {
    for (const char* type : {"qemu", "kvm", "hvf"}) EXPECT_TRUE(refuses(type, devices)) << type << ": " << devices;
    for (const char* type : {"xen", "lxc", "bhyve", "vz"})
      EXPECT_FALSE(refuses(type, devices)) << type << ": " << devices;
  }
  const std::string two_aliases =
      "<interface type='user'><alias name='ua-x'/></interface><interface type='user'><alias name='ua-x'/></interface>";
  EXPECT_TRUE(refuses("xen", two_aliases));
  EXPECT_FALSE(refuses("lxc", two_aliases));
  // Every hypervisor's.
  for (const char* type : {"kvm", "xen", "bhyve"})
    EXPECT_TRUE(refuses(type, "<vsock><cid auto='no' address='2'/></vsock>")) << type;
}

// Names with a slash are names for some hypervisors, and only full virtualization has a boot order.
TEST(Refusals, NamesAndBootOrderAreRefusedWhereTheDriverDoes) {
  Refusals refusals;
  EXPECT_TRUE(refusals.first("<domain type='xen'><name>a/b</name></domain>", "name"));
  EXPECT_FALSE(refusals.first("<domain type='vmware'><name>a/b</name></domain>", "name"));
  const auto two_of_one_order = [](const std::string& os) {
    return "<domain type='xen'><name>a</name><memory>1</memory><os><type>" + os +
           "</type></os><devices><interface type='user'><boot order='1'/></interface><interface type='user'>"
           "<boot order='1'/></interface></devices></domain>";
  };
  EXPECT_TRUE(refusals.first(two_of_one_order("hvm")));
  EXPECT_FALSE(refusals.first(two_of_one_order("linux")));
}

TEST(Refusals, SaysLineElementAndValues) {
  Refusals refusals;
  EXPECT_EQ(text_of(refusals.first("<domain type='qemu'><name>a</name><memory>1</memory><os><type>hvm</type></os>\n"
                                   "<devices>\n<graphics type='vnc' listen='1.2.3.4'><listen type='address' "
                                   "address='4.3.2.1'/></graphics></devices></domain>")),
            "line 3: <graphics>: graphics 'listen' attribute '1.2.3.4' must match 'address' attribute of first listen "
            "element (found '4.3.2.1')");
  EXPECT_EQ(text_of(refusals.first("<domain type='kvm'><name>a/b</name></domain>", "name")),
            "line 1: <name>: name a/b cannot contain '/'");
  EXPECT_FALSE(refusals.first("<domain type='kvm'><name>fine</name></domain>", "name"));
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
