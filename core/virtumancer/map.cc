#include "core/virtumancer/map.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>

#include "core/virtumancer/source.h"

namespace virtsql::virtumancer {
namespace {

constexpr std::string_view kCharBackends =
    "pty|dev|file|pipe|unix|tcp|udp|null|stdio|vc|spicevmc|spiceport|nmdm|qemu-vdagent|dbus";

bool all_of(std::string_view text, std::string_view also) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || also.find(c) != std::string_view::npos;
  });
}

bool is_hex(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return std::isxdigit(static_cast<unsigned char>(c)); });
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 18 &&
         std::all_of(text.begin(), text.end(), [](char c) { return std::isdigit(static_cast<unsigned char>(c)); });
}

// Digits in groups of the given sizes, parted by one character.
bool is_grouped(std::string_view text, std::initializer_list<std::size_t> groups, char part) {
  bool first = true;
  for (const std::size_t size : groups) {
    if (!first) {
      if (text.empty() || text.front() != part) return false;
      text.remove_prefix(1);
    }
    first = false;
    if (text.size() < size || !is_hex(text.substr(0, size))) return false;
    text.remove_prefix(size);
  }
  return text.empty();
}

// What Go, SQLite and JSON make of true and false.
std::optional<bool> truth(std::string_view value) {
  if (one_of(value, "1|true|yes|on")) return true;
  if (one_of(value, "0|false|no|off")) return false;
  return std::nullopt;
}

}  // namespace

bool one_of(std::string_view word, std::string_view list) {
  while (true) {
    const std::size_t bar = list.find('|');
    if (list.substr(0, bar) == word) return !word.empty();
    if (bar == std::string_view::npos) return false;
    list.remove_prefix(bar + 1);
  }
}

std::optional<std::string> checked(std::string_view check, std::string_view value) {
  if (!usable(value)) return std::nullopt;
  const auto where = [&](bool good) { return good ? std::optional<std::string>(value) : std::nullopt; };
  if (check == "text") return where(true);
  if (check == "line") return where(value.find('\n') == std::string_view::npos);
  if (check == "word") return where(all_of(value, "-_"));
  if (check == "device") return where(all_of(value, "-_.:/\\"));
  if (check == "token") return where(all_of(value, "-_."));
  if (check == "filter") return where(all_of(value, "_.:"));
  if (check == "serial") return where(all_of(value, "-_.+ "));
  if (check == "path")
    return where(value.size() > 1 && value.starts_with('/') && value.find('\n') == std::string_view::npos);
  if (check == "number") return where(is_number(value));
  if (check == "positive") {
    if (value == "0") return "";
    return where(is_number(value));
  }
  // Of one station: the lowest bit of the first byte is not set.
  if (check == "mac")
    return where(is_grouped(value, {2, 2, 2, 2, 2, 2}, ':') &&
                 std::string_view("02468aAcCeE").find(value[1]) != std::string_view::npos);
  if (check == "uuid") return where(is_grouped(value, {8, 4, 4, 4, 12}, '-'));
  if (check == "cpuset")
    return where(std::isdigit(static_cast<unsigned char>(value[0])) &&
                 std::all_of(value.begin(), value.end(), [](char c) {
                   return std::isdigit(static_cast<unsigned char>(c)) || c == ',' || c == '-' || c == '^';
                 }));
  if (check == "hex") {
    if (value.starts_with("0x")) return where(is_hex(value.substr(2)) && value.size() <= 10);
    std::uint32_t number = 0;
    if (!is_number(value) || std::from_chars(value.data(), value.data() + value.size(), number).ec != std::errc())
      return std::nullopt;
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof digits, number, 16).ptr;
    return "0x" + std::string(digits, end);
  }
  if (check == "flag" || check == "yes") {
    const auto true_or_false = truth(value);
    if (!true_or_false) return std::nullopt;
    return *true_or_false ? "yes" : "";
  }
  if (check == "yes_no" || check == "on_off") {
    const auto true_or_false = truth(value);
    if (!true_or_false) return std::nullopt;
    if (check == "on_off") return *true_or_false ? "on" : "off";
    return *true_or_false ? "yes" : "no";
  }
  return where(one_of(value, check));
}

bool is_true(std::string_view value) { return truth(value).value_or(false); }

std::string_view controller_models(std::string_view type) {
  struct Models {
    std::string_view type;
    std::string_view models;
  };
  static constexpr Models kModels[] = {
      {"usb",
       "piix3-uhci|piix4-uhci|ehci|ich9-ehci1|ich9-uhci1|ich9-uhci2|ich9-uhci3|vt82c686b-uhci|pci-ohci|nec-xhci|none|"
       "qusb1|qusb2|qemu-xhci"},
      {"scsi",
       "auto|buslogic|lsilogic|lsisas1068|vmpvscsi|ibmvscsi|virtio-scsi|lsisas1078|virtio-transitional|"
       "virtio-non-transitional|ncr53c90|dc390|am53c974"},
      {"ide", "piix3|piix4|ich6"},
      {"virtio-serial", "virtio|virtio-transitional|virtio-non-transitional"},
      {"pci",
       "pci-root|pcie-root|pci-bridge|dmi-to-pci-bridge|pcie-to-pci-bridge|pcie-root-port|pcie-switch-upstream-port|"
       "pcie-switch-downstream-port|pci-expander-bus|pcie-expander-bus"},
  };
  for (const Models& entry : kModels)
    if (entry.type == type) return entry.models;
  return "-";  // none
}

bool is_administration(std::string_view table) {
  return table.starts_with("sqlite_") ||
         one_of(table,
                // measured
                "block_statistics|network_statistics|cpu_performances|memory_performances|node_performances|"
                "device_performances|host_capabilities|discovered_vms|"
                // the program's own
                "users|roles|permissions|role_permissions|tasks|audit_logs|settings|resource_classes|"
                // derived
                "attachment_indices");
}

bool is_housekeeping(std::string_view column) {
  return one_of(column,
                "id|created_at|updated_at|deleted_at|vm_uuid|vm_id|host_id|"
                // observed
                "state|libvirt_state|task_state|sync_status|drift_details|needs_rebuild|source|allocation_bytes|"
                "physical_bytes|auto_reconnect_disabled");
}

// ---- members of JSON columns

const std::vector<Field> kAddressFields = {
    {"type", "address/@type", "pci|drive|usb|virtio-serial|ccid|isa|spapr-vio|virtio-mmio|ccw|dimm"},
    {"domain", "address/@domain", "hex"},
    {"controller", "address/@controller", "number"},
    {"bus", "address/@bus", "hex"},
    {"target", "address/@target", "number"},
    {"unit", "address/@unit", "number"},
    {"port", "address/@port", "token"},
    {"slot", "address/@slot", "hex"},
    {"function", "address/@function", "hex"},
};

const std::vector<Field> kDriverFields = {
    {"name", "driver/@name", "qemu|phy|tap|tap2|file|loop|nbd|blktap"},
    {"type", "driver/@type", kImageFormats},
    {"cache", "driver/@cache", "default|none|writethrough|writeback|directsync|unsafe"},
    {"error_policy|errorPolicy", "driver/@error_policy", "stop|report|ignore|enospace"},
    {"io|aio", "driver/@io", "threads|native|io_uring"},
    {"discard", "driver/@discard", "unmap|ignore"},
    {"detect_zeroes|detectZeroes", "driver/@detect_zeroes", "off|on|unmap"},
};

const std::vector<Field> kIoTuneFields = {
    {"total_bytes_sec", "iotune/total_bytes_sec", "positive"},
    {"read_bytes_sec|read_bps", "iotune/read_bytes_sec", "positive"},
    {"write_bytes_sec|write_bps", "iotune/write_bytes_sec", "positive"},
    {"total_iops_sec", "iotune/total_iops_sec", "positive"},
    {"read_iops_sec|read_iops", "iotune/read_iops_sec", "positive"},
    {"write_iops_sec|write_iops", "iotune/write_iops_sec", "positive"},
};

const std::vector<Field> kTopologyFields = {
    {"sockets", "topology/@sockets", "positive"},
    {"dies", "topology/@dies", "positive"},
    {"cores", "topology/@cores", "positive"},
    {"threads", "topology/@threads", "positive"},
};

const std::vector<Field> kTimerFields = {
    {"name", "@name", "platform|rtc|tsc|hpet|pit|armvtimer|kvmclock|hypervclock"},
    {"present", "@present", "yes_no"},
    {"tick_policy|tickpolicy", "@tickpolicy", "delay|catchup|merge|discard"},
    {"track", "@track", "boot|guest|wall|realtime"},
    {"frequency", "@frequency", "positive"},
    {"mode", "@mode", "auto|native|emulate|paravirt|smpsafe"},
};

const std::vector<Field> kChardevFields = {
    {"path|source_path|source/path", "source/@path", "path"},
    {"mode|source/mode", "source/@mode", "bind|connect"},
    {"host|source/host", "source/@host", "token"},
    {"service|port|source/service", "source/@service", "token"},
    {"channel|source/channel", "source/@channel", "token"},
    {"protocol|protocol/type", "protocol/@type", "raw|telnet|telnets|tls"},
    {"log|log/file", "log/@file", "path"},
    {"target_type|target/type", "target/@type",
     "isa-serial|usb-serial|pci-serial|spapr-vio-serial|system-serial|sclp-serial|virtio|xen"},
};

const std::vector<Field> kVirtualPortFields = {
    {"type", "virtualport/@type", "openvswitch|802.1Qbg|802.1Qbh|midonet"},
    {"managerid|parameters/managerid", "virtualport/parameters/@managerid", "number"},
    {"typeid|parameters/typeid", "virtualport/parameters/@typeid", "number"},
    {"typeidversion|parameters/typeidversion", "virtualport/parameters/@typeidversion", "number"},
    {"instanceid|parameters/instanceid", "virtualport/parameters/@instanceid", "uuid"},
    {"interfaceid|parameters/interfaceid", "virtualport/parameters/@interfaceid", "uuid"},
    {"profileid|parameters/profileid", "virtualport/parameters/@profileid", "line"},
};

const std::vector<Field> kHugePageFields = {
    {"size", "@size", "positive"},
    {"unit", "@unit", "b|bytes|KB|K|KiB|MB|M|MiB|GB|G|GiB"},
    {"nodeset", "@nodeset", "cpuset"},
};

// ---- devices

const std::vector<Device>& devices() {
  static const std::vector<Device> kDevices = {
      {"controller_attachments",
       "controller_id",
       "controllers",
       "controller",
       0,
       "@type",
       "@type,@index",
       {{"type", "@type", "pci|usb|scsi|sata|ide|fdc|virtio-serial|ccid|xenbus|isa"},
        {"index", "@index", "number"},
        {"model_name", "@model", "token"}},
       {},
       {}},
      {"scsi_controller_attachments",
       "scsi_controller_id",
       "scsi_controllers",
       "controller",
       0,
       "@type",
       "@type,@index",
       {{"type", "@type", "scsi"}, {"index", "@index", "number"}, {"model_name", "@model", "token"}},
       {},
       {{"@type", "scsi", false}}},
      {"input_device_attachments",
       "input_device_id",
       "input_devices",
       "input",
       0,
       "@type",
       "",
       {{"type", "@type", "mouse|tablet|keyboard"}, {"bus", "@bus", "ps2|usb|virtio|xen|parallels|none"}},
       {},
       {}},
      {"sound_card_attachments",
       "sound_card_id",
       "sound_cards",
       "sound",
       0,
       "@model",
       "",
       {{"model_name", "@model", "sb16|es1370|pcspk|ac97|ich6|ich7|ich9|usb|virtio"}},
       {},
       {}},
      {"tpm_attachments",
       "tpm_id",
       "tpms",
       "tpm",
       1,
       "backend/@type",
       "",
       {{"model_name", "@model", "tpm-tis|tpm-crb|tpm-spapr|spapr-tpm-proxy"},
        {"backend_type", "backend/@type", "emulator|passthrough"},
        {"backend_path", "backend/device/@path", "path"}},
       {},
       {{"backend/@type", "emulator", true}}},
      {"watchdog_attachments",
       "watchdog_id",
       "watchdogs",
       "watchdog",
       1,
       "@model",
       "",
       {{"model_name", "@model", "i6300esb|ib700|diag288|itco"},
        {"action", "@action", "reset|shutdown|poweroff|pause|none|dump|inject-nmi"}},
       {},
       {}},
      {"serial_device_attachments",
       "serial_device_id",
       "serial_devices",
       "serial",
       0,
       "@type",
       "target/@port",
       {{"type", "@type", kCharBackends}, {"target_port", "target/@port", "number"}},
       kChardevFields,
       {{"@type", "pty", true}}},
      {"channel_device_attachments",
       "channel_device_id",
       "channel_devices",
       "channel",
       0,
       "@type",
       "",
       {{"type", "@type", kCharBackends}, {"target_name", "target/@name", "line"}},
       kChardevFields,
       {{"@type", "unix", true}, {"target/@type", "virtio", false}}},
      {"filesystem_attachments",
       "filesystem_id",
       "filesystems",
       "filesystem",
       0,
       "source/@dir",
       "target/@dir",
       {{"driver_type", "driver/@type", "path|handle|virtiofs"},
        {"source_path", "source/@dir", "path"},
        {"target_path", "target/@dir", "line"}},
       {},
       {{"@type", "mount", false}, {"@accessmode", "passthrough", false}}},
      {"smartcard_attachments",
       "smartcard_id",
       "smartcards",
       "smartcard",
       1,
       "@mode",
       "",
       {{"type", "@mode", "host|passthrough"}},
       {{"type", "@type", "spicevmc"}},
       {}},
      {"usb_redirector_attachments",
       "usb_redirector_id",
       "usb_redirectors",
       "redirdev",
       0,
       "@type",
       "",
       {{"type", "@type", "spicevmc"}},
       {},
       {{"@bus", "usb", false}, {"@type", "spicevmc", true}}},
      {"rng_device_attachments",
       "rng_device_id",
       "rng_devices",
       "rng",
       0,
       "backend/@model",
       "",
       {{"model_name", "@model", "virtio|virtio-transitional|virtio-non-transitional"},
        {"backend_type", "backend/@model", "random|builtin"}},
       {},
       {{"@model", "virtio", true}, {"backend/@model", "random", true}}},
      {"panic_device_attachments",
       "panic_device_id",
       "panic_devices",
       "panic",
       0,
       "",
       "@model",
       {{"model_name", "@model", "isa|pvpanic|hyperv|pseries|s390"}},
       {},
       {}},
      {"vsock_attachments",
       "vsock_id",
       "vsocks",
       "vsock",
       1,
       "",
       "",
       {{"guest_c_id|guest_cid", "cid/@address", "positive"}},
       {},
       {{"@model", "virtio", false}}},
      {"memory_balloon_attachments",
       "memory_balloon_id",
       "memory_balloons",
       "memballoon",
       1,
       "@model",
       "",
       {{"model_name", "@model", "virtio|virtio-transitional|virtio-non-transitional|xen|none"}},
       {{"autodeflate", "@autodeflate", "on_off"},
        {"freePageReporting|free_page_reporting", "@freePageReporting", "on_off"},
        {"stats_period|period|stats/period", "stats/@period", "positive"}},
       {{"@model", "virtio", true}}},
      {"shmem_device_attachments",
       "shmem_device_id",
       "shmem_devices",
       "shmem",
       0,
       "@name",
       "@name",
       {{"name", "@name", "token"}, {"size_ki_b|size_kib", "size", "positive"}},
       {},
       {{"model/@type", "ivshmem-plain", true}}},
      {"iommu_device_attachments",
       "iommu_device_id",
       "iommu_devices",
       "iommu",
       1,
       "@model",
       "",
       {{"model_name", "@model", "intel|smmuv3|virtio"}},
       {},
       {}},
      {"mediated_device_attachments",
       "mdev_id|mediated_device_id",
       "mediated_devices",
       "hostdev",
       0,
       "source/address/@uuid",
       "source/address/@uuid",
       {{"device_id", "source/address/@uuid", "uuid"}, {"type_name", "@model", "vfio-pci|vfio-ccw|vfio-ap"}},
       {},
       {{"@mode", "subsystem", false}, {"@type", "mdev", false}, {"@model", "vfio-pci", true}}},
      {"video_attachments",
       "video_model_id|video_id",
       "video_models|videos",
       "video",
       0,
       "model/@type",
       "",
       {{"model_name", "model/@type", kVideoModels},
        {"v_ram|vram", "model/@vram", "positive"},
        {"heads", "model/@heads", "positive"},
        {"accel3_d|accel3d", "model/acceleration/@accel3d", "yes"},
        {"primary", "model/@primary", "yes"}},
       {},
       {}},
  };
  return kDevices;
}

// ---- sections

const std::vector<Section>& sections() {
  static const std::vector<Section> kSections = {
      {"boot_configs",
       "os",
       false,
       "",
       {{"loader_path", "loader", "path"},
        {"loader_type", "loader/@type", "rom|pflash"},
        {"secure_boot", "loader/@secure", "yes"},
        {"n_vram_path|nvram_path", "nvram", "path"}}},
      // What virtumancer writes into them is not always what they are named after: the architecture in loader_type,
      // the type in firmware, the first program of a container in loader_path.
      {"os_configs",
       "os",
       false,
       "",
       {{"loader_type", "loader/@type", "rom|pflash"},
        {"loader_type", "type/@arch", kArchitectures},
        {"firmware", "@firmware", "bios|efi"},
        {"firmware", "type", kOsTypes},
        {"loader_path", "loader", "path"},
        {"loader_readonly", "loader/@readonly", "yes"},
        {"loader_secure", "loader/@secure", "yes"},
        {"loader_stateless", "loader/@stateless", "yes"},
        {"n_vram_path", "nvram", "path"},
        {"n_vram_template", "nvram/@template", "path"},
        {"n_vram_type", "nvram/@type", "file|block"},
        {"boot_menu_enable", "bootmenu/@enable", "yes"},
        {"boot_menu_timeout", "bootmenu/@timeout", "positive"},
        {"smbios_mode", "smbios/@mode", "emulate|host|sysinfo"},
        {"bios_uses_serial", "bios/@useserial", "yes"},
        {"bios_reboot_timeout", "bios/@rebootTimeout", "positive"}}},
      {"cpu_features",
       "cpu/feature",
       true,
       "@name",
       {{"name", "@name", "token"}, {"policy", "@policy", "force|require|optional|disable|forbid"}}},
      {"cpu_tunes",
       "",
       false,
       "",
       {{"shares", "cputune/shares", "positive"},
        {"quota", "cputune/quota", "positive"},
        {"period", "cputune/period", "positive"},
        {"vcpus", "vcpu/@cpuset", "cpuset"}}},
      {"lifecycle_actions",
       "",
       false,
       "",
       {{"on_poweroff", "on_poweroff", "destroy|restart|preserve|rename-restart"},
        {"on_reboot", "on_reboot", "destroy|restart|preserve|rename-restart"},
        {"on_crash", "on_crash", "destroy|restart|preserve|rename-restart|coredump-destroy|coredump-restart"},
        {"on_lockfailure", "on_lockfailure", "poweroff|restart|pause|ignore"}}},
      {"memory_configs",
       "memoryBacking",
       false,
       "",
       {{"config_type", "", "backing"},
        {"source_type", "source/@type", "anonymous|file|memfd"},
        {"mode", "access/@mode", "shared|private"},
        {"nosharepages", "nosharepages", "flag"},
        {"locked", "locked", "flag"}}},
      {"memory_backings", "memoryBacking", false, "", {{"source_type", "source/@type", "anonymous|file|memfd"}}},
      {"clocks",
       "clock",
       false,
       "",
       {{"offset", "@offset", "utc|localtime|timezone|variable"},
        {"timezone", "@timezone", "line"},
        {"basis", "@basis", "utc|localtime"},
        {"adjustment", "@adjustment", "positive"}}},
      {"smbios_system_infos", "sysinfo", false, "", {{"type", "@type", "smbios"}}},
      {"security_labels",
       "seclabel",
       true,
       "@type",
       {{"type", "@type", "dynamic|static|none"}, {"model", "@model", "token"}}},
      {"perf_events",
       "perf/event",
       true,
       "@name",
       {{"name", "@name",
         "cmt|mbmt|mbml|cache_references|cache_misses|instructions|cpu_cycles|branch_instructions|branch_misses|"
         "bus_cycles|stalled_cycles_frontend|stalled_cycles_backend|ref_cpu_cycles|cpu_clock|task_clock|page_faults|"
         "context_switches|cpu_migrations|page_faults_min|page_faults_maj|alignment_faults|emulation_faults"},
        {"state", "@enabled", "yes_no"}}},
      {"launch_securities",
       "launchSecurity",
       false,
       "policy",
       {{"type", "@type", "sev"},
        {"c_bit_pos", "cbitpos", "positive"},
        {"reduced_phys_bits", "reducedPhysBits", "positive"},
        {"policy", "policy", "hex"},
        {"dh_cert", "dhCert", "line"},
        {"session", "session", "line"}}},
  };
  return kSections;
}

}  // namespace virtsql::virtumancer
