// What libvirt fills into what a definition leaves open is no drift of a VM that is made of rows; another value is.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/rows/diff.h"
#include "core/rows/document.h"
#include "core/rows/expected.h"

namespace virtsql {
namespace {

// Definitions as somebody writes them. libvirt 9.0 (its test driver, or its QEMU driver) fills in what is in braces.
// Behind a | is another value, which it does not fill in; there is none if libvirt's value depends on more than the
// definition.
constexpr std::string_view kTopLevel[] = {
    "<memory unit='MiB'>512</memory>{<currentMemory unit='KiB'>524288</currentMemory>|<currentMemory "
    "unit='KiB'>262144</currentMemory>}",
    "{<vcpu placement='static'>1</vcpu>|<vcpu>2</vcpu>}",
    "{<iothreads>1</iothreads>}<iothreadids><iothread id='3'/></iothreadids>",
    "<iothreads>2</iothreads><iothreadids><iothread id='3'/>{<iothread id='1'/>|<iothread id='4'/>}</iothreadids>",
    "{<on_poweroff>destroy</on_poweroff>|<on_poweroff>restart</on_poweroff>}",
    "{<on_reboot>restart</on_reboot>|<on_reboot>destroy</on_reboot>}",
    "{<on_crash>destroy</on_crash>|<on_crash>restart</on_crash>}",
    "<os><type arch='x86_64' machine='pc'>hvm</type>{<boot dev='hd'/>|<boot dev='network'/>}</os>",
    "<os><type>hvm</type><kernel>/k</kernel>{<boot dev='hd'/>|<boot dev='cdrom'/>}</os>",
    "<os firmware='efi'><type>hvm</type><firmware>{<feature enabled='yes' name='secure-boot'/>|<feature enabled='no' "
    "name='secure-boot'/>}<feature enabled='yes' name='enrolled-keys'/></firmware></os>",
    "<features><hap{ state='on'| state='off'}/></features>",
    "<features><smm{ state='on'| state='off'}/></features>",
    "<features><vmcoreinfo{ state='on'| state='off'}/></features>",
    "<features><hyperv{ mode='custom'| mode='passthrough'}><relaxed state='on'/></hyperv></features>",
    "<features><capabilities{ policy='default'| policy='allow'}><mknod state='on'/></capabilities></features>",
    "<cpu><numa><cell{ id='0'} cpus='0' memory='1' unit='KiB'/><cell{ id='1'} cpus='1' memory='1' "
    "unit='KiB'/></numa></cpu>",
    "<cpu><numa><cell id='0' cpus='0' memory='1'><distances>{<sibling id='0' value='10'/>}<sibling id='1' "
    "value='21'/></distances></cell><cell id='1' cpus='1' memory='1'>{<distances><sibling id='0' value='21'/><sibling "
    "id='1' value='10'/></distances>}</cell></numa></cpu>",
    "<cpu mode='host-model'><feature{ policy='require'| policy='disable'} name='vmx'/></cpu>",
    "<os><type arch='i686'>hvm</type></os><cpu><model{ fallback='forbid'}>{qemu32|qemu64x}</model></cpu>",
    "<clock{ offset='utc'| offset='localtime'}><timer name='rtc'/></clock>",
    "<clock offset='variable'{ adjustment='0'| adjustment='5'}{ basis='utc'| basis='localtime'}/>",
    "<numatune><memory{ mode='strict'| mode='preferred'} nodeset='0'/></numatune>",
    "<numatune><memnode cellid='0'{ mode='strict'| mode='preferred'} nodeset='0'/></numatune>",
    "<vcpu placement='auto'>1</vcpu><numatune><memory mode='preferred'{ placement='auto'| "
    "placement='static'}/></numatune>",
    "<seclabel type='dynamic'{ model='selinux'}{ relabel='yes'| relabel='no'}/>",
    "<seclabel type='static' model='dac'{ relabel='no'| relabel='yes'}><label>+0:+0</label></seclabel>",
};

constexpr std::string_view kDevices[] = {
    "<disk{ type='file'| type='dir'}><target dev='vda'/></disk>",
    "<disk type='file' device='cdrom'><target dev='hdc'/>{<readonly/>}</disk>",
    "<disk type='file' device='disk'><target dev='hdc'/>{|<readonly/>}</disk>",
    "<disk type='vhostuser'{ snapshot='no'| snapshot='external'}><source type='unix' path='/s'/><target "
    "dev='vda'/></disk>",
    "<disk type='network'><source protocol='iscsi' name='x/0'><host name='a'{ port='3260'| port='3261'}/></source>"
    "<target dev='vda'/></disk>",
    "<disk type='network'><source protocol='nbd'><host name='a'{ port='10809'| port='1'}/></source><target "
    "dev='vda'/></disk>",
    "<disk type='network'><source protocol='https' name='a'><host name='a'{ port='443'| port='8443'}/></source><target "
    "dev='vda'/></disk>",
    "<disk type='nvme'><source type='pci'{ managed='yes'| managed='no'} namespace='1'/><target dev='vda'/></disk>",
    "<disk type='file'><source file='/a'><encryption format='luks'{ engine='qemu'| engine='librbd'}/></source><target "
    "dev='vda'/></disk>",
    "<disk type='file'><source file='/a'/><target dev='vda'/><encryption format='luks'{ engine='qemu'| "
    "engine='librbd'}/></disk>",
    "<controller type='usb' index='0' model='ich9-uhci2'>{<master startport='2'/>|<master "
    "startport='4'/>}</controller>",
    "<controller type='pci' index='1' model='pcie-root-port'>{<model name='pcie-root-port'/>|<model "
    "name='pcie-switch'/>}{<target chassis='1' port='0x8'/>}</controller>",
    "<controller type='pci' index='1' model='pci-bridge'>{<model name='pci-bridge'/>|<model name='pxb'/>}{<target "
    "chassisNr='1'/>}</controller>",
    "<controller type='pci' index='1' model='pci-expander-bus'>{<target busNr='252'/>}</controller>",
    "{<controller type='virtio-serial' index='0'/>|<controller type='virtio-serial' index='1'/>}<channel "
    "type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>",
    "<lease><lockspace>a</lockspace><key>k</key><target path='/x'/></lease>",
    "<filesystem{ type='mount'| type='bind'}{ accessmode='passthrough'| accessmode='mapped'}><target "
    "dir='b'/></filesystem>",
    "<interface type='direct'><mac address='52:54:00:00:00:01'/><source dev='e'{ mode='vepa'| "
    "mode='bridge'}/></interface>",
    "<interface type='user'><mac address='52:54:00:00:00:01'/>{<target dev='testnet0'/>|<target "
    "dev='tap0'/>}</interface>",
    "<interface type='bridge'><mac address='52:54:00:00:00:01'/><virtualport type='openvswitch'>{<parameters "
    "interfaceid='c2ef7b52-e0ad-490f-8bbd-0e28c0452282'/>}</virtualport></interface>",
    "<serial type='tcp'>{<protocol type='raw'/>|<protocol type='telnet'/>}<target type='isa-serial'>{<model "
    "name='isa-serial'/>|<model name='16550a'/>}</target></serial>",
    "<serial type='pty'><target type='pci-serial'>{<model name='pci-serial'/>|<model "
    "name='isa-serial'/>}</target></serial>",
    "<console type='pty'>{<target type='serial' port='0'/>|<target type='virtio'/>}</console>",
    "<redirdev{ bus='usb'| bus='x'} type='dbus'>{<source channel='org.qemu.usbredir'/>|<source "
    "channel='x'/>}</redirdev>",
    "<hostdev{ mode='subsystem'| mode='capabilities'} type='usb'{ managed='no'| managed='yes'}><source><vendor "
    "id='1'/><product id='2'/></source></hostdev>",
    "<hostdev{ mode='subsystem'} type='mdev'{ managed='no'| managed='yes'} model='vfio-pci'{ display='off'| "
    "display='on'}><source><address uuid='c2ef7b52-e0ad-490f-8bbd-0e28c0452282'/></source></hostdev>",
    "<hostdev mode='subsystem' type='scsi'><source protocol='iscsi' name='x/0'><host name='a'{ port='3260'| "
    "port='1'}/></source></hostdev>",
    "<input type='mouse'{ bus='ps2'| bus='virtio'}/>",
    "<input type='keyboard'{ bus='ps2'| bus='xen'}/>",
    "<input type='tablet'{ bus='usb'| bus='virtio'}/>",
    "<input type='passthrough'{ bus='virtio'| bus='usb'}/>",
    "<tpm{ model='tpm-tis'| model='tpm-crb'}><backend type='emulator'/></tpm>",
    "<tpm model='tpm-tis'><backend type='passthrough'>{<device path='/dev/tpm0'/>|<device "
    "path='/dev/tpm1'/>}</backend></tpm>",
    "<video><model type='qxl'{ ram='65536'| ram='1'}{ vram='65536'| vram='16384'}{ vgamem='16384'| vgamem='8192'}{ "
    "heads='1'| heads='2'}{ primary='yes'}/></video>",
    "<video><model type='vga'{ vram='16384'| vram='65536'}{ heads='1'| heads='4'}/></video>",
    "<video><model type='xen'{ vram='4096'| vram='16384'}/></video>",
    "<video>{<model type='cirrus' vram='16384' heads='1' primary='yes'/>|<model type='qxl'/>}</video>",
    "<watchdog model='i6300esb'{ action='reset'| action='none'}/>",
    "<rng model='virtio'><backend model='random'>{/dev/random|/dev/hwrng}</backend></rng>",
    "<shmem name='a'>{<model type='ivshmem'/>|<model type='ivshmem-plain'/>}{<size unit='M'>4</size>|<size "
    "unit='M'>8</size>}</shmem>",
    "<shmem name='a'><model type='ivshmem-doorbell'/><server/>{<msi ioeventfd='on'/>|<msi ioeventfd='off'/>}</shmem>",
    "<shmem name='a'><model type='ivshmem-plain'/>{|<msi/>}</shmem>",
    "<vsock{ model='virtio'| model='virtio-transitional'}>{<cid auto='yes'/>|<cid auto='no'/>}</vsock>",
    "<vsock model='virtio'><cid{ auto='no'} address='4'/></vsock>",
};

// Returns the text with what libvirt fills in; with the other value at the brace `other`, counted from 0; or, if
// `filled` is false, as it was asked.
std::string form(std::string_view text, bool filled, int other = -1) {
  std::string out;
  for (int brace = 0;; ++brace) {
    const std::size_t open = std::min(text.find('{'), text.size());
    out += text.substr(0, open);
    if (open == text.size()) return out;
    const std::size_t close = text.find('}', open);
    const std::string_view inside = text.substr(open + 1, close - open - 1);
    const std::size_t bar = std::min(inside.find('|'), inside.size());
    if (brace == other)
      out += inside.substr(bar + 1);
    else if (filled)
      out += inside.substr(0, bar);
    text.remove_prefix(close + 1);
  }
}

// The braces of the text that have another value.
std::vector<int> others(std::string_view text) {
  std::vector<int> out;
  for (int brace = 0; text.find('{') != std::string_view::npos; ++brace) {
    const std::size_t close = text.find('}');
    if (text.substr(0, close).find('|') != std::string_view::npos) out.push_back(brace);
    text.remove_prefix(close + 1);
  }
  return out;
}

std::string domain(const std::string& content) {
  const std::string os = content.find("<os") == std::string::npos ? "<os><type arch='x86_64'>hvm</type></os>" : "";
  return "<domain type='kvm'><name>a</name>" + os + content + "</domain>";
}

std::string differences(const std::string& asked, const std::string& given, DiffMode mode) {
  const Element& root = Catalog::standard().root("domain");
  const Document a(asked, root);
  const Document b(given, root);
  std::string out;
  for (const Difference& difference : diff(a.rows(), b.rows(), mode))
    out += (out.empty() ? "" : "; ") + std::string(change_name(difference.change)) + " " + difference.path;
  return out;
}

void check(std::string_view text, const std::string& begin, const std::string& end) {
  const auto vm = [&](bool filled, int other = -1) { return domain(begin + form(text, filled, other) + end); };
  const std::string asked = vm(false);
  for (const DiffMode mode : {DiffMode::kDefined, DiffMode::kRunning, DiffMode::kAsked, DiffMode::kAskedRunning})
    EXPECT_EQ(differences(asked, vm(true), mode), "") << text;
  for (const int other : others(text))
    EXPECT_NE(differences(asked, vm(true, other), DiffMode::kDefined), "") << vm(true, other);
}

TEST(WhatLibvirtFillsIn, IsNoDriftButAnotherValueIs) {
  for (const std::string_view text : kTopLevel) check(text, "", "");
  for (const std::string_view text : kDevices) check(text, "<devices>", "</devices>");
}

TEST(WhatLibvirtFillsIn, HidesNoValueThatWasAsked) {
  const auto vm = [](const std::string& device) { return domain("<devices>" + device + "</devices>"); };
  EXPECT_EQ(
      differences(vm("<input type='mouse' bus='usb'/>"), vm("<input type='mouse' bus='ps2'/>"), DiffMode::kDefined),
      "changed /domain/devices/input/@bus");
  EXPECT_EQ(differences(domain("<vcpu>2</vcpu>"), domain("<vcpu>1</vcpu>"), DiffMode::kDefined),
            "changed /domain/vcpu/text()");
  EXPECT_EQ(differences(domain("<memory>4096</memory>"),
                        domain("<memory>4096</memory><currentMemory>1024</currentMemory>"), DiffMode::kRunning),
            "added /domain/currentMemory/text()");
}

TEST(Sizes, AreRoundedUpToKiB) {
  struct Case {
    const char *asked, *given;
  };
  for (const Case& each : {Case{"<memory unit='GB'>1</memory>", "<memory unit='KiB'>976563</memory>"},
                           Case{"<memory unit='MB'>600</memory>", "<memory unit='KiB'>585938</memory>"},
                           Case{"<memory unit='KB'>600001</memory>", "<memory unit='KiB'>585939</memory>"},
                           Case{"<memory unit='bytes'>600000001</memory>", "<memory unit='KiB'>585938</memory>"},
                           Case{"<memory>9</memory><currentMemory unit='b'>4097</currentMemory>",
                                "<memory>9</memory><currentMemory unit='KiB'>5</currentMemory>"},
                           Case{"<memtune><hard_limit unit='GB'>1</hard_limit></memtune>",
                                "<memtune><hard_limit unit='KiB'>976563</hard_limit></memtune>"}}) {
    for (const DiffMode mode : {DiffMode::kAsked, DiffMode::kAskedRunning, DiffMode::kDefined, DiffMode::kRunning})
      EXPECT_EQ(differences(domain(each.asked), domain(each.given), mode), "");
    EXPECT_NE(differences(domain(each.asked), domain(each.given), DiffMode::kAll), "");
  }
  const std::string one = domain("<memory unit='GB'>1</memory>");
  for (const char* other : {"976562", "976564"})
    EXPECT_EQ(differences(one, domain("<memory unit='KiB'>" + std::string(other) + "</memory>"), DiffMode::kAsked),
              "changed /domain/memory/text()");
  // Of a size in bytes libvirt keeps each byte.
  const auto limit = [](const char* bytes) {
    return domain("<devices><filesystem><target dir='a'/><space_hard_limit>" + std::string(bytes) +
                  "</space_hard_limit></filesystem></devices>");
  };
  EXPECT_NE(differences(limit("1000"), limit("1024"), DiffMode::kAsked), "");
}

TEST(PluggedInCpus, AreLeftOutIfTheyAreAll) {
  const std::string all = domain("<vcpu>2</vcpu>");
  const std::string said = domain("<vcpu current='2'>2</vcpu>");
  for (const DiffMode mode : {DiffMode::kAsked, DiffMode::kDefined, DiffMode::kRunning})
    EXPECT_EQ(differences(said, all, mode), "");
  EXPECT_EQ(differences(domain("<vcpu current='1'>2</vcpu>"), all, DiffMode::kAsked), "removed /domain/vcpu/@current");
}

TEST(ALease, BeginsAtTheBeginning) {
  const auto lease = [](const char* offset) {
    return domain("<devices><lease><key>k</key><target path='/x'" + std::string(offset) + "/></lease></devices>");
  };
  EXPECT_EQ(differences(lease(" offset='0'"), lease(""), DiffMode::kAsked), "");
  EXPECT_NE(differences(lease(" offset='1'"), lease(""), DiffMode::kAsked), "");
}

TEST(VideoMemory, IsRaisedToAPowerOfTwo) {
  const auto card = [](const char* attributes) {
    return domain("<devices><video><model type='qxl' " + std::string(attributes) + "/></video></devices>");
  };
  const std::string given = card("ram='131072' vram='32768' vram64='70000'");
  EXPECT_EQ(differences(card("ram='65537' vram='17000' vram64='70000'"), given, DiffMode::kAsked), "");
  EXPECT_EQ(differences(card("ram='131072' vram='16384' vram64='65537'"), given, DiffMode::kAsked),
            "changed /domain/devices/video/model/@vram; changed /domain/devices/video/model/@vram64");
  EXPECT_NE(differences(card("ram='65537' vram='17000'"), given, DiffMode::kAll), "");
}

TEST(ABalloon, ThatIsNoneHasNoAddress) {
  const auto balloon = [](const std::string& model, const char* address) {
    return domain("<devices><memballoon model='" + model + "'>" + address + "</memballoon></devices>");
  };
  const char* const address = "<address type='pci' domain='0' bus='0' slot='7' function='0'/>";
  EXPECT_EQ(differences(balloon("none", address), balloon("none", ""), DiffMode::kAsked), "");
  EXPECT_NE(differences(balloon("virtio", address), balloon("virtio", ""), DiffMode::kAsked), "");
}

TEST(AClock, ThatIsAdjustedIsVariable) {
  const auto clock = [](const char* attributes) { return domain("<clock " + std::string(attributes) + "/>"); };
  const std::string given = clock("offset='variable' adjustment='5' basis='utc'");
  EXPECT_EQ(differences(clock("offset='utc' adjustment='5'"), given, DiffMode::kAsked), "");
  EXPECT_NE(differences(clock("offset='utc' adjustment='reset'"), given, DiffMode::kAsked), "");
}

}  // namespace
}  // namespace virtsql
