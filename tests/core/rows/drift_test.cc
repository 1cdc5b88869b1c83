// Drift: what libvirt makes of a definition when it starts it is none; whatever else differs is exactly one.
#include <gtest/gtest.h>

#include "core/rows/diff.h"
#include "core/rows/document.h"
#include "core/rows/generate.h"
#include "tests/core/documents.h"

namespace virtsql {
namespace {

std::string with_devices(const std::string& devices, const std::string& os = "") {
  return "<domain type='qemu'><name>a</name><os" + os + "</os><devices>" + devices + "</devices></domain>";
}

std::string domain(const std::string& devices) { return with_devices(devices, "><type>hvm</type>"); }

std::string differences(const std::string& definition, const std::string& other, DiffMode mode) {
  const Element& root = Catalog::standard().root("domain");
  Document a(definition, root);
  Document b(other, root);
  std::string out;
  const bool asked = mode == DiffMode::kAsked;
  for (const Difference& difference :
       asked ? diff(a.rows(), b.rows(), mode) : diff(a.definition(), b.definition(), mode))
    out += (out.empty() ? "" : "; ") + std::string(change_name(difference.change)) + " " + difference.path;
  return out;
}

// How a running VM differs from its definition.
std::string drift(const std::string& definition, const std::string& running) {
  return differences(definition, running, DiffMode::kRunning);
}

constexpr const char* kEmptyDrive =
    "<disk type='file' device='cdrom'><driver name='qemu'/><target dev='hdc' bus='ide'/></disk>";

TEST(Drift, AnEmptyDriveSaysNoFormatWhileItRuns) {
  const std::string defined =
      domain("<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><target dev='hdc' bus='ide'/></disk>");
  EXPECT_EQ(drift(defined, domain(kEmptyDrive)), "");
  const std::string full = domain(
      "<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='/a'/><target dev='hdc' "
      "bus='ide'/></disk>");
  // Ejected, and nothing else.
  EXPECT_EQ(drift(full, domain(kEmptyDrive)), "removed /domain/devices/disk/source/@file");
  // A medium of another format is a change, and so is one in a definition.
  const std::string other = domain(
      "<disk type='file' device='cdrom'><driver name='qemu' type='qcow2'/><source file='/a'/><target dev='hdc' "
      "bus='ide'/></disk>");
  EXPECT_EQ(drift(full, other), "changed /domain/devices/disk/driver/@type");
  EXPECT_EQ(differences(defined, domain(kEmptyDrive), DiffMode::kDefined), "removed /domain/devices/disk/driver/@type");
}

TEST(Drift, AnEmptyDriveOfABlockDeviceIsAskedForAndBecomesAFile) {
  const std::string asked = domain("<disk type='block' device='cdrom'><target dev='hdc' bus='ide'/></disk>");
  EXPECT_EQ(differences(asked, domain(kEmptyDrive), DiffMode::kAsked), "");
  const std::string full =
      domain("<disk type='block' device='cdrom'><source dev='/a'/><target dev='hdc' bus='ide'/></disk>");
  const std::string file =
      domain("<disk type='file' device='cdrom'><source file='/a'/><target dev='hdc' bus='ide'/></disk>");
  EXPECT_EQ(differences(full, file, DiffMode::kAsked), "changed /domain/devices/disk/@type");
}

TEST(Drift, FirmwareThatLibvirtChoseIsWhatWasAskedFor) {
  const std::string defined = with_devices("", " firmware='efi'><type>hvm</type>");
  EXPECT_EQ(
      drift(
          defined,
          with_devices(
              "", "><type>hvm</type><loader readonly='yes' type='pflash'>/f</loader><nvram template='/t'>/n</nvram>")),
      "");
  EXPECT_EQ(drift(defined, with_devices("", "><type>hvm</type>")), "removed /domain/os/@firmware");
  const std::string loader = with_devices("", "><type>hvm</type><loader readonly='yes' type='pflash'>/f</loader>");
  EXPECT_EQ(drift(loader, with_devices("", "><type>hvm</type><loader readonly='no' type='pflash'>/g</loader>")),
            "changed /domain/os/loader/text(); changed /domain/os/loader/@readonly");
}

TEST(Drift, SocketsThatLibvirtMadeAreNotOfTheDefinition) {
  const std::string defined = domain(
      "<channel type='unix'><target type='virtio' name='org.x.0'/></channel><graphics type='vnc'><listen "
      "type='socket'/></graphics>");
  const auto running = [](const std::string& channel, const std::string& vnc) {
    return domain("<channel type='unix'><source mode='bind' path='" + channel +
                  "'/><target type='virtio' name='org.x.0'/></channel><graphics type='vnc' socket='" + vnc +
                  "'><listen type='socket' socket='" + vnc + "'/></graphics>");
  };
  for (const char* channel :
       {"/var/lib/libvirt/qemu/channel/target/domain-1-a/org.x.0", "/run/libvirt/qemu/channel/1-a/org.x.0"})
    EXPECT_EQ(drift(defined, running(channel, "/var/lib/libvirt/qemu/domain-1-a/vnc.sock")), "");
  EXPECT_EQ(drift(defined, running("/srv/agent", "/var/lib/libvirt/qemu/domain-1-a/vnc.sock")),
            "added /domain/devices/channel/source/@path");
  EXPECT_EQ(drift(defined, running("/run/libvirt/qemu/channel/1-a/org.x.0", "/srv/vnc")),
            "added /domain/devices/graphics/@socket");
}

TEST(Drift, WhatAPortGroupSaysIsNotOfTheInterfacesDefinition) {
  const auto defined = [](const std::string& own) {
    return domain(
        "<interface type='network'><mac address='52:54:00:00:00:01'/><source network='lan' portgroup='web'/>" + own +
        "</interface>");
  };
  const auto running = [](const std::string& merged) {
    return domain(
        "<interface type='bridge'><mac address='52:54:00:00:00:01'/><source network='lan' portgroup='web' "
        "bridge='br0'/>" +
        merged + "<target dev='vnet0'/></interface>");
  };
  const std::string port =
      "<virtualport type='openvswitch'><parameters interfaceid='09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f'";
  const std::string tags = "<vlan trunk='yes'><tag id='5'/><tag id='6' nativeMode='tagged'/></vlan>";
  const std::string limit = "<bandwidth><inbound average='500'/></bandwidth>";
  const std::string merged = running(tags + port + " profileid='p'/></virtualport>" + limit);
  EXPECT_EQ(drift(defined(""), merged), "");
  Document document(merged, Catalog::standard().root("domain"));
  EXPECT_EQ(document.definition_xml(), Document(defined(""), Catalog::standard().root("domain")).definition_xml());
  // Of a port each part is merged; libvirt makes an instance of a port whose kind it does not know.
  EXPECT_EQ(drift(defined("<virtualport><parameters instanceid='8d13d9ad-c179-46a6-a952-e7cc14f0aaa2' "
                          "interfaceid='09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f'/></virtualport>"),
                  merged),
            "");
  // What the definition says itself stays, and a change of it while the VM runs is one.
  EXPECT_EQ(drift(defined("<vlan><tag id='7'/></vlan><bandwidth><inbound average='100'/></bandwidth>"),
                  running("<vlan><tag id='8'/></vlan><bandwidth><inbound average='200'/></bandwidth>")),
            "changed /domain/devices/interface/bandwidth/inbound/@average; removed /domain/devices/interface/vlan/tag; "
            "added /domain/devices/interface/vlan/tag");
  EXPECT_EQ(drift(defined(tags + limit), running("")),
            "removed /domain/devices/interface/vlan/@trunk; removed "
            "/domain/devices/interface/bandwidth/inbound/@average; removed /domain/devices/interface/vlan/tag; removed "
            "/domain/devices/interface/vlan/tag");
  // Without a network nobody merges; in a definition nobody has.
  EXPECT_EQ(drift(domain("<interface type='bridge'><source bridge='br0'/></interface>"),
                  domain("<interface type='bridge'><source bridge='br0'/>" + limit + "</interface>")),
            "added /domain/devices/interface/bandwidth/inbound/@average");
  EXPECT_EQ(differences(defined(""), defined(limit), DiffMode::kDefined),
            "added /domain/devices/interface/bandwidth/inbound/@average");
}

TEST(Drift, ControllersWithoutAnIndexAreAskedFor) {
  const std::string asked =
      domain("<controller type='usb' model='qemu-xhci'/><controller type='scsi' model='lsilogic'/>");
  EXPECT_EQ(differences(asked,
                        domain("<controller type='scsi' index='0' model='lsilogic'/><controller type='usb' index='0' "
                               "model='qemu-xhci'/>"),
                        DiffMode::kAsked),
            "");
  EXPECT_EQ(
      differences("<domain type='qemu'><name>a</name><genid/></domain>",
                  "<domain type='qemu'><name>a</name><genid>43dc0cf8-809b-4adb-9bea-a9abb5f3d90e</genid></domain>",
                  DiffMode::kAsked),
      "");
}

TEST(Drift, ImagesBelowAreFoundAgainAndComparedWhereADefinitionSaysThem) {
  const std::string running = domain(
      "<disk type='file' device='disk'><source file='/a' index='1'/><backingStore type='file' index='2'><format "
      "type='raw'/>"
      "<source file='/b'/><backingStore/></backingStore><target dev='vda'/><alias name='virtio-disk0'/></disk>");
  const auto defined = [](const std::string& below) {
    return domain("<disk type='file' device='disk'><source file='/a'/>" + below + "<target dev='vda'/></disk>");
  };
  EXPECT_EQ(drift(defined(""), running), "");
  EXPECT_EQ(
      drift(defined("<backingStore type='file'><format type='raw'/><source file='/b'/><backingStore/></backingStore>"),
            running),
      "");
  EXPECT_EQ(
      drift(defined("<backingStore type='file'><format type='raw'/><source file='/c'/><backingStore/></backingStore>"),
            running),
      "changed /domain/devices/disk/backingStore/source/@file");
  Document document(running, Catalog::standard().root("domain"));
  EXPECT_EQ(generate(document.rows(), Form::kInactive).find("backingStore"), std::string::npos);
}

}  // namespace
}  // namespace virtsql
