// What libvirt makes of a definition by itself is no difference; anything else is one.
#include "core/rows/expected.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/rows/diff.h"
#include "core/rows/document.h"
#include "tests/core/documents.h"
#include "tests/core/growth.h"

namespace virtsql {
namespace {

std::string domain(const std::string& content) { return "<domain type='qemu'><name>a</name>" + content + "</domain>"; }

std::string differences(const std::string& asked, const std::string& given, DiffMode mode) {
  const Element& root = Catalog::standard().root("domain");
  const Document a(domain(asked), root);
  const Document b(domain(given), root);
  std::string out;
  for (const Difference& difference : diff(a.rows(), b.rows(), mode))
    out += (out.empty() ? "" : "; ") + std::string(change_name(difference.change)) + " " + difference.path;
  return out;
}

// Whether `given` is what libvirt may make of `asked`. Also checks that the two differ if they are compared in full.
bool is_expected(const std::string& asked, const std::string& given) {
  EXPECT_NE(differences(asked, given, DiffMode::kAll), "") << asked << given;
  const bool out = differences(asked, given, DiffMode::kAsked).empty();
  EXPECT_EQ(differences(asked, given, DiffMode::kDefined).empty(), out) << asked << given;
  return out;
}

std::string devices(const std::string& content) { return "<devices>" + content + "</devices>"; }

TEST(WhatLibvirtLeavesOut, IsExpected) {
  const auto card = [](const std::string& more) { return devices("<video><model type='vga'" + more + "/></video>"); };
  EXPECT_TRUE(is_expected(card(" primary='no'"), card("")));
  EXPECT_FALSE(is_expected(card(" primary='yes'"), card("")));
  const auto disk = [](const std::string& attributes, const std::string& driver) {
    return devices("<disk" + attributes + "><driver" + driver + "/><target dev='vda'/></disk>");
  };
  EXPECT_TRUE(is_expected(disk("", " cache='default'"), disk("", "")));
  EXPECT_FALSE(is_expected(disk("", " cache='none'"), disk("", "")));
  EXPECT_TRUE(is_expected(disk(" device='cdrom' snapshot='no'", ""), disk(" device='cdrom'", "")));
  EXPECT_FALSE(is_expected(disk(" device='disk' snapshot='no'", ""), disk(" device='disk'", "")));
}

TEST(WhatLibvirtLeavesOut, CanBeARowThatSaysNothingElse) {
  const auto limits = [](const std::string& more) {
    return "<memtune><hard_limit>9007199254740991</hard_limit>" + more + "</memtune>";
  };
  EXPECT_TRUE(is_expected(limits(""), ""));
  EXPECT_FALSE(is_expected(limits("<soft_limit>1</soft_limit>"), ""));
  EXPECT_FALSE(is_expected(limits("<gadget/>"), ""));
  // A rule in a list of several is never taken for one that libvirt left out.
  const auto rules = [](const std::string& rule) { return devices("<redirfilter>" + rule + "</redirfilter>"); };
  EXPECT_FALSE(is_expected(rules("<usbdev allow='yes'/><usbdev class='-1'/>"), rules("<usbdev allow='yes'/>")));
}

TEST(WhatLibvirtLeavesOut, CanDependOnTheRowAround) {
  const auto port = [](const std::string& type, const std::string& filter) {
    return devices("<interface type='" + type + "'><mac address='52:54:00:00:00:01'/>" + filter + "</interface>");
  };
  const std::string filter = "<filterref filter='x'/>";
  EXPECT_TRUE(is_expected(port("vhostuser", filter), port("vhostuser", "")));
  EXPECT_FALSE(is_expected(port("bridge", filter), port("bridge", "")));
  const auto display = [](const std::string& socket, const std::string& listen) {
    return devices("<graphics type='vnc'" + socket + "><listen " + listen + "/></graphics>");
  };
  const std::string socket = " socket='/s'";
  EXPECT_TRUE(
      is_expected(display(socket, "type='address' address='127.0.0.1'"), display(socket, "type='socket' socket='/s'")));
  EXPECT_FALSE(
      is_expected(display("", "type='address' address='127.0.0.1'"), display("", "type='socket' socket='/s'")));
}

TEST(WhatLibvirtLeavesOut, CanBeAWholeElement) {
  const std::string unlimited = "<hard_limit>9007199254740991</hard_limit>";
  EXPECT_TRUE(is_expected("<memtune>" + unlimited + "</memtune>", ""));
  EXPECT_FALSE(is_expected("<memtune>" + unlimited + "<soft_limit>5</soft_limit></memtune>", ""));
}

TEST(WhatLibvirtLeavesOut, CanBeAnElementWithOthersBelowThatItLeavesOutToo) {
  const auto device = [](const std::string& limits) {
    return "<blkiotune><device><path>/dev/sda</path>" + limits + "</device></blkiotune>";
  };
  EXPECT_TRUE(is_expected(device(""), ""));
  EXPECT_TRUE(is_expected(device("<weight>0</weight><read_bytes_sec>0</read_bytes_sec>"), ""));
  EXPECT_FALSE(is_expected(device("<weight>0</weight><read_bytes_sec>10</read_bytes_sec>"), ""));
}

// What libvirt 9.0 leaves out of a document that asks for it, and a neighbour that it keeps.
TEST(WhatLibvirtLeavesOut, IsADefaultOrWithoutEffect) {
  const auto features = [](const std::string& text) { return "<features>" + text + "</features>"; };
  const auto disk = [](const std::string& text) { return devices("<disk><target dev='vda'/>" + text + "</disk>"); };
  const auto card = [](const std::string& text) {
    return devices("<interface type='user'><mac address='52:54:00:00:00:01'/>" + text + "</interface>");
  };
  struct Case {
    std::string asked;
    std::string given;
    std::string kept;  // as `asked`, but libvirt keeps it; empty: there is nothing alike
  };
  const std::string secure = "<graphics type='spice' defaultMode='secure'/>";
  const Case cases[] = {
      {devices("<graphics type='spice' defaultMode='any'/>"), devices("<graphics type='spice'/>"), devices(secure)},
      {devices("<graphics type='spice'><channel name='main' mode='any'/></graphics>"),
       devices("<graphics type='spice'/>"),
       devices("<graphics type='spice'><channel name='main' mode='secure'/></graphics>")},
      {devices("<graphics type='dbus' p2p='no'/>"), devices("<graphics type='dbus'/>"),
       devices("<graphics type='dbus' p2p='yes'/>")},
      {devices("<graphics type='rdp' multiUser='no' replaceUser='no'/>"), devices("<graphics type='rdp'/>"),
       devices("<graphics type='rdp' multiUser='yes' replaceUser='no'/>")},
      {devices("<graphics type='sdl' fullscreen='no'/>"), devices("<graphics type='sdl'/>"),
       devices("<graphics type='sdl' fullscreen='yes'/>")},
      {devices("<tpm model='tpm-crb'><backend type='emulator' persistent_state='no'/></tpm>"),
       devices("<tpm model='tpm-crb'><backend type='emulator'/></tpm>"),
       devices("<tpm model='tpm-crb'><backend type='emulator' persistent_state='yes'/></tpm>")},
      {devices("<tpm><backend type='passthrough' version='2.0'/></tpm>"),
       devices("<tpm><backend type='passthrough'/></tpm>"), ""},
      {devices("<filesystem multidevs='default'><target dir='t'/></filesystem>"),
       devices("<filesystem><target dir='t'/></filesystem>"),
       devices("<filesystem multidevs='remap'><target dir='t'/></filesystem>")},
      {"<cpu match='exact'/>", "", "<cpu match='exact'><model>qemu64</model></cpu>"},
      {"<cpu mode='host-model' match='minimum'/>", "<cpu mode='host-model'/>", ""},
      {devices("<redirfilter/>"), devices(""), devices("<redirfilter><usbdev allow='yes'/></redirfilter>")},
      {devices("<sound model='ac97'><codec type='duplex'/></sound>"), devices("<sound model='ac97'/>"), ""},
      {devices("<shmem name='a' role='peer'><model type='ivshmem'/></shmem>"),
       devices("<shmem name='a'><model type='ivshmem'/></shmem>"), ""},
      {devices("<hostdev type='usb'><readonly/><shareable/></hostdev>"), devices("<hostdev type='usb'/>"), ""},
      {features("<hyperv><spinlocks state='off' retries='4096'/></hyperv>"),
       features("<hyperv><spinlocks state='off'/></hyperv>"), ""},
      {features("<hyperv><stimer state='on'><direct state='off'/></stimer></hyperv>"),
       features("<hyperv><stimer state='on'/></hyperv>"),
       features("<hyperv><stimer state='on'><direct state='on'/></stimer></hyperv>")},
      {card("<model type='e1000'/><driver txmode='timer'><host csum='off'/></driver>"), card("<model type='e1000'/>"),
       ""},
      {card("<mtu size='0'/>"), card(""), card("<mtu size='9000'/>")},
      {"<iothreads>0</iothreads>", "", "<iothreads>1</iothreads>"},
      {disk("<iotune><total_bytes_sec>0</total_bytes_sec></iotune>"), disk(""),
       disk("<iotune><total_bytes_sec>1</total_bytes_sec></iotune>")},
  };
  for (const Case& each : cases) {
    EXPECT_TRUE(is_expected(each.asked, each.given)) << each.asked;
    EXPECT_FALSE(!each.kept.empty() && is_expected(each.kept, each.given)) << each.kept;
  }
  const auto virtio = [&](const std::string& driver) { return card("<model type='virtio'/>" + driver); };
  EXPECT_FALSE(is_expected(virtio("<driver txmode='timer'/>"), virtio("")));
  const auto usb_or_scsi = [](const std::string& type, const std::string& more) {
    return devices("<hostdev type='" + type + "'>" + more + "</hostdev>");
  };
  EXPECT_FALSE(is_expected(usb_or_scsi("scsi", "<readonly/>"), usb_or_scsi("scsi", "")));
}

// libvirt takes the back end of the first text console from the first serial port.
TEST(ComputedValues, AreExpectedOfAConsoleThatIsTheSerialPort) {
  const auto consoles = [](const std::string& type, const std::string& target) {
    return devices("<serial type='pty'/><console type='" + type + "'>" + target + "</console>");
  };
  const std::string serial = "<target type='serial'/>";
  EXPECT_TRUE(is_expected(consoles("tcp", ""), consoles("pty", serial)));
  EXPECT_TRUE(is_expected(consoles("tcp", serial), consoles("pty", serial)));
  const std::string virtio = "<target type='virtio'/>";
  EXPECT_FALSE(is_expected(consoles("tcp", virtio), consoles("pty", virtio)));
}

TEST(ComputedValues, AreExpectedIfWhatTheyAreComputedFromIsThere) {
  const std::string cells = "<cpu><numa><cell id='0' cpus='0' memory='1024'/></numa></cpu>";
  EXPECT_TRUE(is_expected("<memory>4096</memory>" + cells, "<memory>1024</memory>" + cells));
  EXPECT_FALSE(is_expected("<memory>4096</memory>", "<memory>1024</memory>"));
  // libvirt lowers currentMemory to the memory that there is. If less was asked for, it keeps that value, so another
  // value is a difference.
  const auto balloon = [&](const std::string& memory, const std::string& now) {
    return "<memory>" + memory + "</memory><currentMemory>" + now + "</currentMemory>" + cells;
  };
  EXPECT_TRUE(is_expected(balloon("4096", "4096"), balloon("1024", "1024")));
  EXPECT_FALSE(is_expected(balloon("1024", "512"), balloon("1024", "1024")));
}

TEST(OtherValues, AreExpectedWhereThePatternSaysSo) {
  const auto disk = [](const std::string& protocol, const std::string& name) {
    return devices("<disk type='network'><source protocol='" + protocol + "' name='" + name +
                   "'/><target dev='vda'/></disk>");
  };
  EXPECT_TRUE(is_expected(disk("iscsi", "iqn.a"), disk("iscsi", "iqn.a/0")));
  EXPECT_FALSE(is_expected(disk("iscsi", "iqn.a"), disk("iscsi", "iqn.b/0")));
  EXPECT_FALSE(is_expected(disk("iscsi", "*"), disk("iscsi", "iqn.b/0")));  // a * in the value is no wildcard
  EXPECT_FALSE(is_expected(disk("rbd", "a"), disk("rbd", "a/0")));
  const auto device = [](const std::string& name) {
    return devices("<hostdev mode='subsystem' type='scsi'><source protocol='iscsi' name='" + name + "'/></hostdev>");
  };
  // The name identifies the device. But libvirt made the one name of the other, so it is still the same device.
  EXPECT_TRUE(is_expected(device("iqn.a"), device("iqn.a/0")));
}

TEST(Sets, MeanTheSameInEverySpelling) {
  const auto pin = [](const std::string& set) { return "<cputune><vcpupin vcpu='0' cpuset='" + set + "'/></cputune>"; };
  EXPECT_EQ(differences(pin("0-3,^2"), pin("3,0-1"), DiffMode::kAll), "");
  EXPECT_EQ(differences(pin("0-3,^2"), pin("0-3"), DiffMode::kAll), "changed /domain/cputune/vcpupin/@cpuset");
  EXPECT_EQ(differences(pin("x"), pin("y"), DiffMode::kAll), "changed /domain/cputune/vcpupin/@cpuset");
}

TEST(Sets, AreExpectedAsARowOfEachNumber) {
  const auto rows = [](std::initializer_list<const char*> sets, const std::string& scheduler = "batch") {
    std::string out = "<cputune>";
    for (const char* set : sets) out += "<vcpusched vcpus='" + std::string(set) + "' scheduler='" + scheduler + "'/>";
    return out + "</cputune>";
  };
  EXPECT_TRUE(is_expected(rows({"0-2,^1"}), rows({"0", "2"})));
  EXPECT_FALSE(is_expected(rows({"0-2"}), rows({"0", "2"})));
  EXPECT_FALSE(is_expected(rows({"0-1"}), rows({"0", "1"}, "idle")));
  EXPECT_EQ(differences(rows({"0-1"}), rows({"0", "1", "2"}), DiffMode::kDefined), "added /domain/cputune/vcpusched");
}

TEST(Sets, ThatAreManyAreComparedInLinearTime) {
  const auto rows = [](std::size_t count, std::size_t from) {
    std::string out = "<cputune>";
    for (std::size_t i = 0; i < count; ++i)
      out += "<vcpusched vcpus='" + std::to_string(from + 2 * i) + "' scheduler='batch'/>";
    return out + "</cputune>";
  };
  EXPECT_LT(test::growth_of_time(2000, [&](std::size_t n) { differences(rows(n, 0), rows(n, 1), DiffMode::kDefined); }),
            test::kLinear);
}

TEST(ARunningVm, HasItsBalloonBetweenMemoryAndWhatWasAsked) {
  const auto balloon = [](const std::string& memory, const std::string& now) {
    return "<memory>" + memory + "</memory><currentMemory>" + now + "</currentMemory>";
  };
  const auto drift = [&](const std::string& asked, const std::string& now) {
    return differences(balloon("4096", asked), balloon("4096", now), DiffMode::kRunning);
  };
  EXPECT_EQ(drift("1024", "4096"), "");  // the guest has not begun to give memory back
  EXPECT_EQ(drift("1024", "2048"), "");
  EXPECT_EQ(drift("1024", "512"), "changed /domain/currentMemory/text()");
  EXPECT_EQ(drift("4096", "2048"), "changed /domain/currentMemory/text()");
  EXPECT_EQ(differences(balloon("4096", "1024"), balloon("4096", "2048"), DiffMode::kDefined),
            "changed /domain/currentMemory/text()");
}

TEST(ARunningVm, WithMemoryModulesDoesNotSayWhatTheBalloonLeaves) {
  const auto vm = [](const std::string& now) {
    return "<memory>4096</memory><currentMemory>" + now + "</currentMemory>" + devices("<memory model='dimm'/>");
  };
  EXPECT_EQ(differences(vm("4096"), vm("1024"), DiffMode::kRunning), "");
}

// libvirt numbers the threads that the definition counts. One that comes while the VM runs is a change.
TEST(ARunningVm, WithAThreadThatTheDefinitionDoesNotCountHasAnotherOne) {
  const std::string live = "<iothreads>1</iothreads><iothreadids><iothread id='1'/></iothreadids>";
  EXPECT_EQ(differences("<iothreads>1</iothreads>", live, DiffMode::kRunning), "");
  EXPECT_EQ(differences("", live, DiffMode::kRunning), "added /domain/iothreadids/iothread");
}

TEST(ARunningVm, MayHaveRowsThatLibvirtAddsToIt) {
  const std::string state = "<vcpus><vcpu id='0' enabled='yes'/></vcpus>";
  const std::string other = "<vcpus><vcpu id='0' enabled='no'/></vcpus>";
  EXPECT_EQ(differences("", state, DiffMode::kRunning), "");
  EXPECT_EQ(
      differences(state, "<vcpus><vcpu id='0' enabled='yes'/><vcpu id='1' enabled='no'/></vcpus>", DiffMode::kRunning),
      "added /domain/vcpus/vcpu");
  EXPECT_EQ(differences(state, other, DiffMode::kRunning), "changed /domain/vcpus/vcpu/@enabled");
  // libvirt numbers those that are plugged in when the VM starts.
  const std::string ordered = "<vcpus><vcpu id='0' enabled='yes' order='1'/></vcpus>";
  EXPECT_EQ(differences(state, ordered, DiffMode::kRunning), "");
  EXPECT_EQ(differences(state, ordered, DiffMode::kDefined), "added /domain/vcpus/vcpu/@order");
  EXPECT_EQ(differences(other, ordered, DiffMode::kRunning),
            "changed /domain/vcpus/vcpu/@enabled; added /domain/vcpus/vcpu/@order");
  const auto event = [](const std::string& enabled) {
    return "<perf><event name='cmt' enabled='" + enabled + "'/></perf>";
  };
  EXPECT_EQ(differences("", event("no"), DiffMode::kRunning), "");
  EXPECT_EQ(differences("", event("yes"), DiffMode::kRunning), "added /domain/perf/event");
}

TEST(ARunningVm, IsToldWithWhatLibvirtMayHaveMadeForItsDefinition) {
  const Element& root = Catalog::standard().root("domain");
  const Document asked(domain(devices("<sound model='ac97'/>")), root);
  const Document given(domain(devices("<controller type='usb' index='0'/><sound model='ac97'/>")), root);
  std::vector<Difference> made;
  EXPECT_TRUE(diff(asked.rows(), given.rows(), DiffMode::kRunning, &made).empty());
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(made[0].path, "/domain/devices/controller");
}

TEST(ARunningVm, IsAnotherIfItsTuningIs) {
  for (const auto& [tuning, path] : std::vector<std::pair<std::string, std::string>>{
           {"<cputune><shares>2048</shares></cputune>", "/domain/cputune"},
           {"<memtune><hard_limit unit='KiB'>2097152</hard_limit></memtune>", "/domain/memtune"},
           {"<blkiotune><weight>500</weight></blkiotune>", "/domain/blkiotune"}})
    EXPECT_EQ(differences("", tuning, DiffMode::kRunning), "added " + path);
  const auto card = [](const std::string& link) {
    return devices("<interface type='user'><mac address='52:54:00:00:00:01'/>" + link + "</interface>");
  };
  EXPECT_EQ(differences(card(""), card("<link state='up'/>"), DiffMode::kRunning), "");
  EXPECT_EQ(differences(card(""), card("<link state='down'/>"), DiffMode::kRunning),
            "added /domain/devices/interface/link/@state");
}

TEST(NumberedElements, WhoseOrderSaysNothingDoNotMove) {
  const std::string bind = "<source mode='bind' service='1'/>";
  const std::string connect = "<source mode='connect' service='2'/>";
  const auto port = [](const std::string& sources) {
    return devices("<serial type='udp'>" + sources + "<target port='0'/></serial>");
  };
  EXPECT_EQ(differences(port(bind + connect), port(connect + bind), DiffMode::kAll), "");
  EXPECT_NE(differences(port(bind + connect), port(bind), DiffMode::kAll), "");
}

}  // namespace
}  // namespace virtsql
