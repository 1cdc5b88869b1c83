// Drift: what libvirt makes of a definition when it starts the VM is no drift; any other difference is exactly one.
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

// Returns how a running VM differs from its definition.
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
  // An ejected medium is the only difference; the format that went with it is none.
  EXPECT_EQ(drift(full, domain(kEmptyDrive)), "removed /domain/devices/disk/source/@file");
  // Another format with a medium is a difference. So is a missing format in a definition.
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

// What libvirt changes of a definition before it starts the VM.
TEST(Drift, WhatLibvirtPreparesAtTheStartIsNone) {
  const auto disk = [](const std::string& cache, const std::string& rest) {
    return domain("<disk type='file' device='disk'><driver name='qemu' type='raw'" + cache +
                  "/><source file='/a'/><target dev='vda' bus='virtio'/>" + rest + "</disk>");
  };
  EXPECT_EQ(drift(disk("", "<shareable/>"), disk(" cache='none'", "<shareable/>")), "");
  EXPECT_EQ(drift(disk("", ""), disk(" cache='none'", "")), "added /domain/devices/disk/driver/@cache");
  EXPECT_EQ(drift(disk("", "<readonly/><shareable/>"), disk(" cache='none'", "<readonly/><shareable/>")),
            "added /domain/devices/disk/driver/@cache");

  const auto memory = [](const std::string& amount) { return "<domain type='qemu'>" + amount + "</domain>"; };
  const std::string odd = memory("<memory unit='MB'>128</memory>");
  EXPECT_EQ(drift(odd, memory("<memory unit='KiB'>125952</memory>")), "");
  EXPECT_EQ(drift(odd, memory("<memory unit='KiB'>126976</memory>")), "changed /domain/memory/text()");
  EXPECT_EQ(drift(odd, memory("<memory unit='KiB'>124928</memory>")), "changed /domain/memory/text()");
  EXPECT_EQ(drift(memory("<memory unit='MiB'>124</memory>"), memory("<memory unit='MiB'>125</memory>")),
            "changed /domain/memory/text()")
      << "what is a multiple stays as it is";
  EXPECT_EQ(differences(odd, memory("<memory unit='KiB'>125952</memory>"), DiffMode::kDefined),
            "changed /domain/memory/text()");
  EXPECT_EQ(drift(memory("<maxMemory slots='2' unit='KiB'>131000</maxMemory>"),
                  memory("<maxMemory slots='2' unit='KiB'>131072</maxMemory>")),
            "");
  EXPECT_EQ(drift(memory("<cpu><numa><cell id='0' memory='100000' unit='KiB'/></numa></cpu>"),
                  memory("<cpu><numa><cell id='0' memory='100352' unit='KiB'/></numa></cpu>")),
            "");
  const auto module = [](const std::string& size) {
    return domain("<memory model='dimm'><target><size unit='KiB'>" + size + "</size><node>0</node></target></memory>");
  };
  EXPECT_EQ(drift(module("65535"), module("65536")), "");
  EXPECT_EQ(drift(module("65535"), module("66560")), "changed /domain/devices/memory/target/size/text()");

  const auto clock = [](const std::string& basis, const std::string& seconds) {
    return "<domain type='qemu'><clock offset='variable' adjustment='" + seconds + "' basis='" + basis + "'/></domain>";
  };
  EXPECT_EQ(drift(clock("localtime", "0"), clock("utc", "3600")), "");
  EXPECT_EQ(drift(clock("utc", "0"), clock("utc", "3600")), "changed /domain/clock/@adjustment");

  const auto video = [](const std::string& vgamem) {
    return domain("<video><model type='qxl' ram='65536' vram='65536' vgamem='" + vgamem + "'/></video>");
  };
  EXPECT_EQ(drift(video("4096"), video("8192")), "");
  EXPECT_EQ(drift(video("16384"), video("8192")), "changed /domain/devices/video/model/@vgamem");

  const auto resource = [](const std::string& partition) {
    return "<domain type='qemu'><resource>" + partition + "<fibrechannel appid='x'/></resource></domain>";
  };
  EXPECT_EQ(drift(resource(""), resource("<partition>/machine</partition>")), "");
  EXPECT_EQ(drift(resource("<partition>/mine</partition>"), resource("<partition>/machine</partition>")),
            "changed /domain/resource/partition/text()");
}

// libvirt reads what is empty as what is not there.
TEST(Drift, AnEmptyTextIsNotAskedFor) {
  const std::string asked = with_devices("", "><type>hvm</type><kernel></kernel><cmdline></cmdline>");
  const std::string plain = with_devices("", "><type>hvm</type>");
  EXPECT_EQ(differences(asked, plain, DiffMode::kAsked), "");
  EXPECT_EQ(differences(with_devices("", "><type>hvm</type><kernel>/k</kernel>"), plain, DiffMode::kAsked),
            "removed /domain/os/kernel/text()");
  EXPECT_NE(differences(asked, plain, DiffMode::kAll), "");
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
  // Each part of a virtual port is merged on its own. libvirt makes an instance ID for a port of which it does not know
  // the kind.
  EXPECT_EQ(drift(defined("<virtualport><parameters instanceid='8d13d9ad-c179-46a6-a952-e7cc14f0aaa2' "
                          "interfaceid='09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f'/></virtualport>"),
                  merged),
            "");
  // What the interface's own definition says is not merged: if the running VM has another value, that is a difference.
  EXPECT_EQ(drift(defined("<vlan><tag id='7'/></vlan><bandwidth><inbound average='100'/></bandwidth>"),
                  running("<vlan><tag id='8'/></vlan><bandwidth><inbound average='200'/></bandwidth>")),
            "changed /domain/devices/interface/bandwidth/inbound/@average; removed /domain/devices/interface/vlan/tag; "
            "added /domain/devices/interface/vlan/tag");
  EXPECT_EQ(drift(defined(tags + limit), running("")),
            "removed /domain/devices/interface/vlan/@trunk; removed "
            "/domain/devices/interface/bandwidth/inbound/@average; removed /domain/devices/interface/vlan/tag; removed "
            "/domain/devices/interface/vlan/tag");
  // Without a network nothing is merged, and two definitions are compared without regard to the network.
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

// Returns the inactive form of a running VM.
std::string definition_of(const std::string& running) {
  return Document(running, Catalog::standard().root("domain")).definition_xml();
}

TEST(Drift, NamesThatLibvirtMakesForInterfacesAreNotOfTheDefinition) {
  const auto port = [](const std::string& target) {
    return domain("<interface type='direct'><mac address='52:54:00:00:00:01'/><source dev='eth0' mode='bridge'/>" +
                  target + "</interface>");
  };
  for (const char* made : {"vnet3", "macvtap0", "macvlan3"}) {
    const std::string target = "<target dev='" + std::string(made) + "'/>";
    EXPECT_EQ(drift(port(""), port(target)), "");
    EXPECT_EQ(definition_of(port(target)), definition_of(port("")));
    // libvirt leaves such a name out of a definition, unless it does not manage the tap device (managed='no').
    EXPECT_EQ(differences(port(target), port(""), DiffMode::kAsked), "");
    const std::string unmanaged = "<target dev='" + std::string(made) + "' managed='no'/>";
    EXPECT_NE(definition_of(port(unmanaged)).find(made), std::string::npos);
    EXPECT_EQ(differences(port(unmanaged), port("<target managed='no'/>"), DiffMode::kAsked),
              "removed /domain/devices/interface/target/@dev");
  }
  EXPECT_NE(definition_of(port("<target dev='tap3'/>")).find("tap3"), std::string::npos);
  EXPECT_EQ(drift(port("<target dev='tap3'/>"), port("<target dev='tap4'/>")),
            "changed /domain/devices/interface/target/@dev");
}

TEST(Drift, WhereAUsbDeviceIsFoundIsNotOfADefinitionByVendorAndProduct) {
  const auto device = [](const std::string& source, const std::string& alias) {
    return domain("<hostdev mode='subsystem' type='usb' managed='no'><source>" + source + "</source>" + alias +
                  "</hostdev>");
  };
  const std::string vendor = "<vendor id='0x1234'/><product id='0xbeef'/>";
  const std::string place = "<address bus='1' device='3'/>";
  const std::string alias = "<alias name='hostdev0'/>";
  EXPECT_EQ(drift(device(vendor, ""), device(vendor + place, alias)), "");
  EXPECT_EQ(definition_of(device(vendor + place, alias)), definition_of(device(vendor, "")));
  // If the definition names the device's place, alone or with the vendor, the place belongs to the definition.
  EXPECT_EQ(definition_of(device(place, alias)), definition_of(device(place, "")));
  EXPECT_NE(definition_of(device(vendor + place, "")).find("device='3'"), std::string::npos);
  EXPECT_EQ(drift(device(vendor + place, ""), device(vendor + "<address bus='1' device='4'/>", alias)),
            "removed /domain/devices/hostdev; added /domain/devices/hostdev");
  EXPECT_NE(drift(device(vendor, ""), device("<vendor id='0x1234'/><product id='0xbee0'/>" + place, alias)), "");
}

struct Filled {
  const char* defined;
  const char* running;
  const char* other;       // what the definition can say instead
  const char* difference;  // the difference if it says `other`
};

TEST(Drift, WhatLibvirtFillsInAtTheStartIsNone) {
  for (const Filled& device : {
           Filled{"<filesystem type='mount'><driver type='virtiofs'/><source dir='/a'/><target dir='a'/></filesystem>",
                  "<filesystem type='mount'><driver type='virtiofs'/><binary path='/usr/libexec/virtiofsd'/><source "
                  "dir='/a'/><target dir='a'/><idmap><uid start='0' target='1000' count='1'/><gid start='0' "
                  "target='1000' count='1'/></idmap></filesystem>",
                  "<filesystem type='mount'><driver type='virtiofs'/><binary path='/opt/virtiofsd'/><source "
                  "dir='/a'/><target dir='a'/><idmap><uid start='0' target='1000' count='1'/><gid start='0' "
                  "target='1000' count='1'/></idmap></filesystem>",
                  "changed /domain/devices/filesystem/binary/@path"},
           Filled{"<graphics type='spice'><listen type='none'/><gl enable='yes'/></graphics>",
                  "<graphics type='spice'><listen type='none'/><gl enable='yes' "
                  "rendernode='/dev/dri/renderD128'/></graphics>",
                  "<graphics type='spice'><listen type='none'/><gl enable='yes' "
                  "rendernode='/dev/dri/renderD129'/></graphics>",
                  "changed /domain/devices/graphics/gl/@rendernode"},
           Filled{"<graphics type='egl-headless'/>",
                  "<graphics type='egl-headless'><gl rendernode='/dev/dri/renderD128'/></graphics>",
                  "<graphics type='egl-headless'><gl rendernode='/dev/dri/renderD129'/></graphics>",
                  "changed /domain/devices/graphics/gl/@rendernode"},
           Filled{"<graphics type='dbus'/>", "<graphics type='dbus' address='unix:path=/run/a'/>",
                  "<graphics type='dbus' address='unix:path=/run/b'/>", "changed /domain/devices/graphics/@address"},
           Filled{"<graphics type='vnc' port='-1' autoport='yes'><listen type='address'/></graphics>",
                  "<graphics type='vnc' socket='/var/lib/libvirt/qemu/domain-1-a/vnc.sock'><listen type='socket' "
                  "socket='/var/lib/libvirt/qemu/domain-1-a/vnc.sock'/></graphics>",
                  nullptr, nullptr},
           Filled{"<video><driver name='vhostuser'/><model type='virtio'><acceleration accel3d='yes'/></model></video>",
                  "<video><driver name='vhostuser'/><model type='virtio'><acceleration accel3d='yes' "
                  "rendernode='/dev/dri/renderD128'/></model></video>",
                  "<video><driver name='vhostuser'/><model type='virtio'><acceleration accel3d='yes' "
                  "rendernode='/dev/dri/renderD129'/></model></video>",
                  "changed /domain/devices/video/model/acceleration/@rendernode"},
           Filled{"<disk type='network'><source protocol='nbd' name='a'/><target dev='vda'/></disk>",
                  "<disk type='network'><source protocol='nbd' name='a' tls='yes'/><target dev='vda'/></disk>",
                  "<disk type='network'><source protocol='nbd' name='a' tls='no'/><target dev='vda'/></disk>",
                  "changed /domain/devices/disk/source/@tls"},
           Filled{"<shmem name='a'><model type='ivshmem-doorbell'/><server/></shmem>",
                  "<shmem name='a'><model type='ivshmem-doorbell'/><server "
                  "path='/var/lib/libvirt/shmem-a-sock'/></shmem>",
                  "<shmem name='a'><model type='ivshmem-doorbell'/><server path='/a'/></shmem>",
                  "changed /domain/devices/shmem/server/@path"},
           Filled{"<tpm model='tpm-crb'><backend type='emulator'/></tpm>",
                  "<tpm model='tpm-crb'><backend type='emulator'><profile name='default-v1'/></backend></tpm>",
                  "<tpm model='tpm-crb'><backend type='emulator'><profile name='null'/></backend></tpm>",
                  "changed /domain/devices/tpm/backend/profile/@name"},
           Filled{"<interface type='vhostuser'><mac address='52:54:00:00:00:01'/><backend type='passt'/></interface>",
                  "<interface type='vhostuser'><mac address='52:54:00:00:00:01'/><source type='unix' path='/run/a' "
                  "mode='client'/><backend type='passt'/></interface>",
                  nullptr, nullptr},
       }) {
    EXPECT_EQ(drift(domain(device.defined), domain(device.running)), "") << device.running;
    if (device.other) {
      EXPECT_EQ(drift(domain(device.other), domain(device.running)), device.difference) << device.other;
    }
  }
  const auto encrypted = [](const std::string& filled) {
    return "<domain type='kvm'><name>a</name><launchSecurity type='sev'>" + filled +
           "<policy>0x3</policy></launchSecurity></domain>";
  };
  const std::string bits = "<cbitpos>47</cbitpos><reducedPhysBits>1</reducedPhysBits>";
  EXPECT_EQ(drift(encrypted(""), encrypted(bits)), "");
  EXPECT_EQ(drift(encrypted("<cbitpos>51</cbitpos>"), encrypted(bits)),
            "changed /domain/launchSecurity/cbitpos/text()");
}

TEST(Drift, AVirtioMemoryModulesPlaceIsFoundAtTheStart) {
  const auto module = [](const std::string& place, const std::string& alias) {
    return domain("<memory model='virtio-mem'><target><size unit='KiB'>1048576</size><node>0</node>" + place +
                  "</target>" + alias + "</memory>");
  };
  const std::string place = "<address base='0x150000000'/>";
  EXPECT_EQ(drift(module("", ""), module(place, "<alias name='virtiomem0'/>")), "");
  EXPECT_EQ(definition_of(module(place, "<alias name='virtiomem0'/>")), definition_of(module("", "")));
  EXPECT_NE(definition_of(module(place, "")).find("base="), std::string::npos);
}

TEST(Drift, ADeviceOfANetworksPoolStandsForTheNetwork) {
  const std::string mac = "<mac address='52:54:00:00:00:01'/>";
  const std::string device = "<interface type='hostdev' managed='yes'>" + mac +
                             "<driver name='vfio'/><source><address type='pci' domain='0x0000' bus='0x05' slot='0x10' "
                             "function='0x1'/></source><vlan><tag id='5'/></vlan><model type='virtio'/></interface>";
  const std::string defined = domain("<interface type='network'>" + mac +
                                     "<source network='sriov' portgroup='a'/><model type='virtio'/></interface>");
  EXPECT_EQ(drift(defined, domain(device)), "");
  // A definition that names the device itself is another definition. An interface on a bridge gets no such device.
  EXPECT_NE(differences(defined, domain(device), DiffMode::kDefined), "");
  EXPECT_NE(drift(domain("<interface type='bridge'>" + mac + "<source bridge='br0'/></interface>"), domain(device)),
            "");
}

TEST(Drift, WhatANetworkSaysOfItsPortsIsNotOfTheInterfacesDefinition) {
  const auto port = [](const std::string& trust, const std::string& isolated) {
    return domain("<interface type='network'" + trust + "><mac address='52:54:00:00:00:01'/><source network='lan'/>" +
                  isolated + "</interface>");
  };
  const std::string isolated = "<port isolated='yes'/>";
  EXPECT_EQ(drift(port("", ""), port(" trustGuestRxFilters='yes'", isolated)), "");
  EXPECT_EQ(
      drift(port(" trustGuestRxFilters='no'", "<port isolated='no'/>"), port(" trustGuestRxFilters='yes'", isolated)),
      "changed /domain/devices/interface/@trustGuestRxFilters; changed "
      "/domain/devices/interface/port/@isolated");
}

// A device that libvirt adds to a definition by itself, and one that it does not add.
struct AddedDevice {
  const char* defined;
  const char* added;
  const char* other;
};

TEST(Drift, OnlyDevicesThatLibvirtAddsByItselfAreNone) {
  const std::string scsi_disk = "<disk type='file'><source file='/a'/><target dev='sda' bus='scsi'/>";
  const std::string on_0 = scsi_disk + "<address type='drive' controller='0' bus='0' target='0' unit='0'/></disk>";
  const std::string on_1 = scsi_disk + "<address type='drive' controller='1' bus='0' target='0' unit='0'/></disk>";
  const std::string channel =
      "<channel type='spicevmc'><target type='virtio' name='x'/><address type='virtio-serial' controller='1' bus='0' "
      "port='1'/></channel>";
  for (const AddedDevice& device : {
           AddedDevice{"", "<controller type='usb' index='0' model='piix3-uhci'/>",
                       "<controller type='usb' index='1' model='qemu-xhci'/>"},
           AddedDevice{"", "<controller type='usb' index='0'/>", "<controller type='usb' index='0' model='none'/>"},
           AddedDevice{"", "<controller type='usb' index='0' model='qemu-xhci'/>",
                       "<controller type='usb' index='0' model='nec-xhci'/>"},
           AddedDevice{"", "<controller type='usb' index='0' model='pci-ohci'/>",
                       "<controller type='usb' index='0' model='ich9-ehci1'/>"},
           AddedDevice{"", "<controller type='sata' index='0'/>", "<controller type='sata' index='1'/>"},
           AddedDevice{"", "<controller type='pci' index='7' model='pcie-root-port'/>",
                       "<controller type='virtio-serial' index='0'/>"},
           AddedDevice{on_0.c_str(), "<controller type='scsi' index='0' model='lsilogic'/>",
                       "<controller type='scsi' index='1' model='lsilogic'/>"},
           AddedDevice{on_1.c_str(), "<controller type='scsi' index='1' model='lsilogic'/>",
                       "<controller type='sata' index='1'/>"},
           AddedDevice{"<console type='pty'><target type='virtio'/></console>",
                       "<controller type='virtio-serial' index='0'/>", "<controller type='virtio-serial' index='1'/>"},
           AddedDevice{on_1.c_str(), "<controller type='scsi' index='0' model='lsilogic'/>",
                       "<controller type='scsi' index='2' model='lsilogic'/>"},
           AddedDevice{channel.c_str(), "<controller type='virtio-serial' index='1'/>",
                       "<controller type='virtio-serial' index='2'/>"},
           AddedDevice{"<console type='pty'><target type='virtio'/><address type='virtio-serial' controller='1' "
                       "bus='0' port='1'/></console>",
                       "<controller type='virtio-serial' index='1'/>", "<controller type='virtio-serial' index='2'/>"},
           AddedDevice{"", "<hub type='usb'/>", "<hub type='other'/>"},
           AddedDevice{"<controller type='usb' index='0' model='qemu-xhci'/>", "",
                       "<controller type='usb' index='0' model='ich9-uhci1'/>"},
           AddedDevice{"", "<input type='mouse' bus='ps2'/>", "<input type='tablet' bus='usb'/>"},
           AddedDevice{"", "<input type='keyboard' bus='ps2'/>",
                       "<input type='passthrough' bus='virtio'><source evdev='/dev/input/event1'/></input>"},
           AddedDevice{"<graphics type='vnc'/>", "<video><model type='cirrus'/></video>",
                       "<video><model type='qxl'/></video>"},
           AddedDevice{"", "", "<video><model type='cirrus'/></video>"},
           AddedDevice{"<graphics type='vnc'/><video><model type='vga'/></video>", "",
                       "<video><model type='virtio'/></video>"},
           AddedDevice{"<serial type='pty'><target port='0'/></serial>",
                       "<console type='pty'><target type='serial' port='0'/></console>",
                       "<console type='tcp'><source mode='bind' host='::' service='23'/><target type='serial' "
                       "port='0'/></console>"},
           AddedDevice{"<console type='pty'/>", "<serial type='pty'><target port='0'/></serial>",
                       "<serial type='tcp'><source mode='bind' host='::' service='23'/><target port='0'/></serial>"},
           AddedDevice{"", "<audio id='1' type='spice'/>", "<audio id='2' type='alsa'/>"},
           AddedDevice{"<audio id='1' type='none'/>", "", "<audio id='3' type='alsa'/>"},
           AddedDevice{"", "<memballoon model='virtio'/>", "<memballoon model='virtio-transitional'/>"},
           AddedDevice{"", "<watchdog model='itco' action='reset'/>", "<watchdog model='i6300esb' action='reset'/>"},
           AddedDevice{"", "", "<watchdog model='itco' action='poweroff'/>"},
       }) {
    const std::string defined = device.defined;
    for (const DiffMode mode : {DiffMode::kDefined, DiffMode::kRunning}) {
      EXPECT_EQ(differences(domain(defined), domain(defined + device.added), mode), "") << defined << device.added;
      EXPECT_NE(differences(domain(defined), domain(defined + device.other), mode), "") << defined << device.other;
    }
  }
}

TEST(Drift, OnlyTheCpuAndTheLabelThatLibvirtAddsAreNone) {
  const auto vm = [](const std::string& content) {
    return "<domain type='qemu'><name>a</name>" + content + "</domain>";
  };
  const std::string model = "<model fallback='forbid'>qemu64</model>";
  const auto added = [&](const std::string& content) {
    return differences(vm("<vcpu>1</vcpu>"), vm("<vcpu>1</vcpu>" + content), DiffMode::kDefined);
  };
  EXPECT_EQ(added("<cpu mode='custom' match='exact' check='none'>" + model + "</cpu>"), "");
  EXPECT_EQ(added("<cpu mode='host-passthrough' check='none'/>"), "added /domain/cpu");
  EXPECT_EQ(added("<cpu mode='custom' match='exact' check='none'>" + model + "<topology sockets='2'/></cpu>"),
            "added /domain/cpu");
  const std::string topology = "<topology sockets='2' cores='1' threads='1'";
  EXPECT_EQ(differences(vm("<cpu>" + topology + "/></cpu>"),
                        vm("<cpu mode='custom' match='exact' check='none'>" + model + topology + " dies='1'/></cpu>"),
                        DiffMode::kDefined),
            "");
  EXPECT_EQ(added("<clock offset='utc'/>"), "");
  EXPECT_EQ(added("<clock offset='localtime'/>"), "added /domain/clock");
  EXPECT_EQ(added("<resource><partition>/machine</partition></resource>"), "");
  EXPECT_EQ(added("<resource><partition>/gold</partition></resource>"), "added /domain/resource");
  EXPECT_EQ(added("<seclabel type='dynamic' model='dac' relabel='yes'/>"), "");
  EXPECT_EQ(added("<seclabel type='none' model='dac'/>"), "added /domain/seclabel");
}

TEST(Drift, WhatTheStartMakesOfADefinitionIsADifferenceBetweenTwo) {
  const auto cpu = [](const std::string& content) {
    return "<domain type='kvm'><name>a</name><cpu " + content + "</cpu></domain>";
  };
  const std::string host = cpu("mode='host-model' check='partial'>");
  const std::string real =
      cpu("mode='custom' match='exact' check='full'><model fallback='forbid'>EPYC</model><vendor>AMD</vendor><feature "
          "policy='require' name='x2apic'/>");
  EXPECT_EQ(drift(host, real), "");
  EXPECT_EQ(differences(host, real, DiffMode::kAskedRunning), "");
  EXPECT_EQ(differences(host, real, DiffMode::kAsked), "changed /domain/cpu/@mode; changed /domain/cpu/@check");
  EXPECT_EQ(differences(host, real, DiffMode::kDefined),
            "changed /domain/cpu/@mode; changed /domain/cpu/@check; added /domain/cpu/model/text(); added "
            "/domain/cpu/vendor/text(); added /domain/cpu/feature");
  const std::string optional = cpu("mode='host-model'><feature policy='optional' name='ssse3'/>");
  const std::string required = cpu("mode='host-model'><feature policy='require' name='ssse3'/>");
  EXPECT_EQ(drift(optional, required), "");
  EXPECT_EQ(differences(optional, required, DiffMode::kDefined), "changed /domain/cpu/feature/@policy");
  EXPECT_EQ(drift(cpu("match='minimum'><model>Westmere</model>"), cpu("match='exact'><model>EPYC</model>")), "");
  const auto vnc = [](const std::string& websocket) {
    return domain("<graphics type='vnc' port='-1' autoport='yes' websocket='" + websocket + "'/>");
  };
  EXPECT_EQ(drift(vnc("-1"), vnc("5700")), "");
  EXPECT_EQ(differences(vnc("-1"), vnc("5700"), DiffMode::kDefined), "changed /domain/devices/graphics/@websocket");
  const auto port = [](const std::string& tags) {
    return domain("<interface type='network'><mac address='52:54:00:00:00:01'/><source network='lan'/>" + tags +
                  "</interface>");
  };
  const std::string tag = "<vlan><tag id='5'/></vlan>";
  EXPECT_EQ(drift(port(""), port(tag)), "");
  EXPECT_EQ(differences(port(""), port(tag), DiffMode::kDefined), "added /domain/devices/interface/vlan/tag");
}

TEST(Drift, OfASerialPortThatIsAttachedTheConsoleIsNone) {
  const std::string serial = "<serial type='pty'><target type='usb-serial' port='0'/></serial>";
  const std::string console = "<console type='pty'><target type='serial' port='0'/></console>";
  EXPECT_EQ(drift(domain(""), domain(serial + console)), "added /domain/devices/serial");
}

TEST(Drift, WhatARunningVmLeavesOutIsAskedForInVain) {
  const std::string drive = "<disk type='file' device='cdrom'><driver name='qemu'";
  const std::string target = "/><target dev='sdb' bus='sata'/></disk>";
  const std::string defined = domain(drive + " type='raw'" + target);
  EXPECT_EQ(differences(defined, domain(drive + target), DiffMode::kAskedRunning), "");
  EXPECT_EQ(differences(defined, domain(drive + target), DiffMode::kAsked),
            "removed /domain/devices/disk/driver/@type");
}

TEST(Drift, AnotherValueExplainsNothingBesideIt) {
  const std::string empty = "<disk type='block' device='cdrom'><target dev='hdc' bus='ide'/></disk>";
  const std::string full = "<disk type='file' device='cdrom'><source file='/a'/><target dev='hdc' bus='ide'/></disk>";
  for (const DiffMode mode : {DiffMode::kDefined, DiffMode::kRunning})
    EXPECT_EQ(differences(domain(empty), domain(full), mode), "added /domain/devices/disk/source/@file");
  const auto card = [](const std::string& content) {
    return domain("<interface type='" + content + "<model type='virtio'/></interface>");
  };
  const std::string mac = "'><mac address='52:54:00:00:00:01'/>";
  EXPECT_EQ(drift(card("network" + mac + "<source network='sriov'/>"),
                  card("hostdev' managed='yes" + mac +
                       "<driver name='vfio'/><source><address type='pci' bus='0x05' slot='0x10'/></source><link "
                       "state='down'/>")),
            "added /domain/devices/interface/link/@state");
  const auto cpu = [](const std::string& content) {
    return "<domain type='kvm'><name>a</name><cpu " + content + "</cpu></domain>";
  };
  EXPECT_EQ(drift(cpu("mode='host-model'>"),
                  cpu("mode='custom' match='exact' check='full'><model fallback='forbid'>EPYC</model><topology "
                      "sockets='2'/>")),
            "added /domain/cpu/topology/@sockets");
}

TEST(Drift, TheDriverThatLibvirtDoesNotReadIsNone) {
  const auto card = [](const std::string& type, const std::string& content) {
    return domain("<interface type='" + type + "'><mac address='52:54:00:00:00:01'/>" + content + "</interface>");
  };
  const std::string driver = "<driver name='vhost' queues='4'/>";
  const std::string vhost = "<backend vhost='/dev/vhost-net'/>";
  const std::string virtio = "<model type='virtio'/>";
  const std::string device = "<source><address type='pci' bus='0x05' slot='0x10'/></source>";
  EXPECT_EQ(differences(card("user", driver + vhost), card("user", ""), DiffMode::kDefined), "");
  EXPECT_EQ(differences(card("user", virtio + driver + vhost), card("user", virtio), DiffMode::kDefined),
            "removed /domain/devices/interface/driver/@name; removed /domain/devices/interface/driver/@queues; removed "
            "/domain/devices/interface/backend/@vhost");
  EXPECT_EQ(differences(card("hostdev", device + virtio + driver + vhost), card("hostdev", device + virtio),
                        DiffMode::kDefined),
            "removed /domain/devices/interface/driver/@name");
  EXPECT_EQ(differences(card("hostdev", device + "<driver name='vfio'/>"), card("hostdev", device), DiffMode::kRunning),
            "removed /domain/devices/interface/driver/@name");
}

TEST(Drift, TheOverlayOfATransientDiskIsQcow2) {
  const auto disk = [](const std::string& format, const std::string& more) {
    return domain("<disk type='file' device='disk'><driver name='qemu' type='" + format +
                  "'/><source file='/images/a.img'/><target dev='vda' bus='virtio'/>" + more + "</disk>");
  };
  EXPECT_EQ(drift(disk("raw", "<transient/>"), disk("qcow2", "<transient/>")), "");
  EXPECT_EQ(drift(disk("raw", ""), disk("qcow2", "")), "changed /domain/devices/disk/driver/@type");
}

}  // namespace
}  // namespace virtsql
