// What virtumancer's columns mean in libvirt's XML, as tables.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace virtsql::virtumancer {

// A column, or a member of a JSON column, and its place below an element: target/@dev, serial, readonly.
//
// `check` says which values are good: a|b|c is one of them, else
//   text      any                       line      any without line breaks
//   word      letters, digits, - and _  token     the same and .
//   filter    letters, digits, _ . :    serial    of a disk
//   device    a name on the host        path      an absolute path
//   number    a whole number            positive  a whole number; 0 means that nothing is known
//   mac uuid  as libvirt spells them    cpuset    0-3,^2
//   hex       a number, written 0x...   flag      where true, the element is there
//   yes       where true, yes           yes_no    yes or no
struct Field {
  std::string_view columns;  // a|b: the first that is there
  std::string_view path;
  std::string_view check;
};

// What an element needs and virtumancer may not know.
struct Default {
  std::string_view path;
  std::string_view value;
  bool told;  // whether the report has it: not where libvirt would choose the same
};

// One kind of device: a table of attachments, and one of what is attached.
struct Device {
  std::string_view attachments;
  std::string_view keys;  // the attachments' column that names the resource
  std::string_view resources;
  std::string_view element;
  std::size_t most;           // how many a VM can have; 0: any number
  std::string_view required;  // without it there is no such device
  std::string_view unique;    // no two of a VM are equal in all of these, parted by commas; empty: may be
  std::vector<Field> fields;  // of the attachment or else of the resource
  std::vector<Field> config;  // members of the resource's config_json
  std::vector<Default> defaults;
};

// The kinds that are fully described by their tables. Disks, interfaces and passed-through devices are not.
const std::vector<Device>& devices();

// A table with rows of one VM that are not devices.
struct Section {
  std::string_view table;
  std::string_view path;  // the element below <domain>
  bool many;              // an element each; else the first row counts
  std::string_view required;
  std::vector<Field> fields;
};

const std::vector<Section>& sections();

// Tables of what was measured, of the program's own administration, or derived: nothing of a definition.
bool is_administration(std::string_view table);

// Columns of housekeeping, of references and of what was observed at some time: nothing of a definition.
bool is_housekeeping(std::string_view column);

// Members of JSON columns.
extern const std::vector<Field> kAddressFields;      // address_json
extern const std::vector<Field> kDriverFields;       // disks.driver_json, disk_driver_options
extern const std::vector<Field> kIoTuneFields;       // disks.io_tune, io_tunes
extern const std::vector<Field> kTopologyFields;     // cpu_topology_json, cpu_topologies
extern const std::vector<Field> kTimerFields;        // an item of clocks.config_json
extern const std::vector<Field> kChardevFields;      // config_json of serial ports, channels, ...
extern const std::vector<Field> kVirtualPortFields;  // virtual_ports, ports.virtual_port_json
extern const std::vector<Field> kHugePageFields;     // an item of memory_configs.config_json

// The models that a controller of the type can have; nothing where any word will do.
std::string_view controller_models(std::string_view type);

// The value as XML has it; nothing where it fails the check. An empty text: there is nothing to be written.
std::optional<std::string> checked(std::string_view check, std::string_view value);

// Whether the value is what Go, SQLite or JSON write for true.
bool is_true(std::string_view value);

// Whether the word is one of a|b|c.
bool one_of(std::string_view word, std::string_view list);

inline constexpr std::string_view kOsTypes = "hvm|xen|xenpvh|linux|exe|uml";
inline constexpr std::string_view kArchitectures =
    "x86_64|i686|aarch64|armv7l|armv6l|ppc|ppc64|ppc64le|riscv32|riscv64|s390|s390x|mips|mipsel|sparc|alpha|"
    "loongarch64";
inline constexpr std::string_view kImageFormats =
    "raw|qcow2|qcow|qed|vmdk|vdi|vhd|vpc|vhdx|bochs|cloop|dmg|iso|luks|ploop|fat|parallels";
inline constexpr std::string_view kVideoModels = "vga|cirrus|vmvga|xen|vbox|virtio|gop|qxl|parallels|bochs|ramfb|none";
inline constexpr std::string_view kDiskBuses = "virtio|scsi|sata|ide|usb|fdc|sd|nvme|xen|uml";
inline constexpr std::string_view kGraphics = "vnc|spice|rdp|sdl|desktop|egl-headless|dbus";
inline constexpr std::string_view kPoolTypes =
    "dir|fs|netfs|logical|disk|iscsi|iscsi-direct|scsi|mpath|rbd|gluster|zfs|vstorage";
inline constexpr std::string_view kForwardModes = "nat|route|open|bridge|private|vepa|passthrough|hostdev";

}  // namespace virtsql::virtumancer
