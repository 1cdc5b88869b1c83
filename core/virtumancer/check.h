// Which values virtumancer's columns may have, and how XML spells them.
//
// A check says which values are good. It is a list of words a|b|c, one of which the value must be, or one of these:
//   text      any                       line      any without line breaks
//   word      letters, digits, - and _  token     the same and .
//   filter    letters, digits, _ . :    serial    a disk's serial
//   device    a name on the host        path      an absolute path
//   number    a whole number            positive  a whole number; 0 means that nothing is known
//   index     a controller's            vcpus     a positive number of virtual CPUs
//   count     positive, below 2^31      profile   the name of a port profile
//   limit     a disk's throughput       snapshot  a line without /, and no dot in front
//   mac uuid  as libvirt spells them    cpuset    0-3,^2 (not empty)
//   hex       a number, written 0x...   flag      if true, the element is there
//   yes       yes if true, else nothing yes_no    yes or no (on_off: on or off)
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace virtsql::virtumancer {

// Returns the value as XML spells it; nullopt if it fails the check. An empty text means that the value is good but
// nothing must be written (a flag that is false).
std::optional<std::string> checked(std::string_view check, std::string_view value);

// Whether the value is what Go, SQLite or JSON write for true.
bool is_true(std::string_view value);

// Whether the word is one of a|b|c.
bool one_of(std::string_view word, std::string_view list);

// The most virtual CPUs that libvirt gives a VM.
inline constexpr unsigned kMostVcpus = 65535;

// The most virtual CPUs of an x86 VM whose interrupts need no remapping (QEMU_MAX_VCPUS_WITHOUT_EIM in libvirt).
inline constexpr unsigned kMostVcpusWithoutIommu = 255;

inline constexpr std::string_view kOsTypes = "hvm|xen|xenpvh|linux|exe";
inline constexpr std::string_view kArchitectures =
    "x86_64|i686|aarch64|armv7l|armv6l|ppc|ppc64|ppc64le|riscv32|riscv64|s390|s390x|mips|mipsel|sparc|alpha|"
    "loongarch64";
// The formats of a disk, and those of a volume.
inline constexpr std::string_view kDiskFormats = "raw|qcow2|qcow|qed|vmdk|vdi|vhd|vpc|bochs|cloop|dmg|ploop";
inline constexpr std::string_view kImageFormats =
    "raw|qcow2|qcow|qed|vmdk|vdi|vhd|vpc|vhdx|bochs|cloop|dmg|iso|luks|ploop|fat|parallels";
inline constexpr std::string_view kVideoModels = "vga|cirrus|vmvga|xen|vbox|virtio|gop|qxl|parallels|bochs|ramfb|none";
inline constexpr std::string_view kDiskBuses = "virtio|scsi|sata|ide|usb|fdc|sd|xen|uml";
inline constexpr std::string_view kPoolTypes =
    "dir|fs|netfs|logical|disk|iscsi|iscsi-direct|scsi|mpath|rbd|gluster|zfs|vstorage";
inline constexpr std::string_view kForwardModes = "nat|route|open|bridge|private|vepa|passthrough|hostdev";

}  // namespace virtsql::virtumancer
