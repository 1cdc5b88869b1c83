// Devices that tables of fields describe, passed-through devices, consoles, and what follows from the devices.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <tuple>

#include "core/virtumancer/builder.h"

namespace virtsql::virtumancer {

namespace {

// The character device back ends, and what they have in <source>.
struct Backend {
  std::string_view type;
  std::string_view needs;  // parted by commas
  std::string_view may;    // a|b
};

constexpr Backend kBackends[] = {
    {"pty", "", ""},
    {"file", "source/@path", "source/@path"},
    {"dev", "source/@path", "source/@path"},
    {"pipe", "source/@path", "source/@path"},
    {"unix", "source/@path", "source/@path|source/@mode"},
    {"tcp", "source/@host,source/@service", "source/@host|source/@service|source/@mode|protocol/@type"},
    {"udp", "source/@host,source/@service", "source/@host|source/@service|source/@mode"},
    {"null", "", ""},
    {"stdio", "", ""},
    {"vc", "", ""},
    {"spicevmc", "", ""},
    {"spiceport", "source/@channel", "source/@channel"},
    {"dbus", "source/@channel", "source/@channel"},
    {"qemu-vdagent", "", ""},
};

}  // namespace

std::string_view Domain::resource_id(const Device& device, const SourceRow& row) {
  return Reading(row.values).look(device.keys);
}

const SourceRow* Domain::resource_of(const Device& device, const SourceRow& row) {
  const SourceRow* out = nullptr;
  for_each_part(device.resources, '|', [&](std::string_view table) {
    if (!out) out = context_.find(table, resource_id(device, row));
  });
  return out;
}

void Domain::add_devices(Tag& devices, const Device& device) {
  std::vector<const SourceRow*> rows = context_.rows_of(device.attachments, vm_);
  if (device.element == "video")
    std::stable_sort(rows.begin(), rows.end(), [](const SourceRow* a, const SourceRow* b) {
      return number_of(a->get("monitor_index")) < number_of(b->get("monitor_index"));
    });
  for (const SourceRow* row : rows) {
    const std::string what = "devices/" + text_of(device.element);
    const SourceRow* resource = resource_of(device, *row);
    if (!resource) {
      leave_out(what, *row, missing(device.resources, resource_id(device, *row)));
      continue;
    }
    Reading attachment(row->values);
    Reading model(resource->values);
    attachment.use(device.keys);
    attachment.use("monitor_index");
    Tag tag;
    tag.name = device.element;
    apply(tag, attachment, device.fields);
    apply(tag, model, device.fields);
    if (!device.config.empty()) apply_json(tag, model, "config_json", device.config);
    std::vector<std::pair<std::string, std::string>> chosen;
    for (const Default& entry : device.defaults) {
      if (tag.has(entry.path)) continue;
      tag.set(entry.path, entry.value);
      if (entry.told) chosen.emplace_back(entry.path, entry.value);
    }
    std::string reason = finish_device(devices, device, tag, model, chosen);
    if (reason.empty()) reason = unfit(device, tag);
    if (!reason.empty()) {
      leave_out(what, *row, reason);
      notes_.back().kept = "{\"attachment\":" + row_json(*row, {}) + ",\"device\":" + row_json(*resource, {}) + "}";
      continue;
    }
    address(devices, tag, attachment);
    address(devices, tag, model);
    alias(tag, device.attachments, *row);
    for (const auto& [path, value] : chosen) defaulted(what + "/" + path, *row, value);
    devices.children.push_back(std::move(tag));
    rest(what, *row, attachment);
    rest(what, *resource, model);
  }
}

std::string Domain::missing(std::string_view table, std::string_view id) {
  if (id.empty()) return "it does not say which of " + text_of(table);
  return text_of(table) + " has no row " + text_of(id) + ", or it is deleted";
}

// Why the device cannot be; empty where it can.
std::string Domain::unfit(const Device& device, const Tag& tag) {
  if (!device.required.empty() && !tag.has(device.required)) return "without a valid " + text_of(device.required);
  if (!device.unique.empty()) {
    std::string key = text_of(device.element);
    bool any = false;
    for_each_part(device.unique, ',', [&](std::string_view path) {
      key += "\n" + text_of(tag.get(path));
      any = any || tag.has(path);
    });
    if ((any || device.element == "panic") && !names_seen_.insert(key).second)
      return "the VM has one with the same " + text_of(device.unique);
  }
  if (device.most > 0 && ++counts_[text_of(device.element)] > device.most)
    return "the VM has one already, and libvirt takes " + std::to_string(device.most);
  return "";
}

// What the tables of fields cannot say; why the device cannot be.
std::string Domain::finish_device(const Tag& devices, const Device& device, Tag& tag, Reading& model,
                                  std::vector<std::pair<std::string, std::string>>& chosen) {
  const std::string_view element = device.element;
  const auto reject = [&](std::string_view path, std::string_view column) {
    tag.erase(path);
    model.unuse(column);
  };
  if (element == "controller") {
    if (tag.has("@model") && !one_of(tag.get("@model"), controller_models(tag.get("@type"))))
      reject("@model", "model_name");
    if (!tag.has("@index")) tag.set("@index", "0");
  } else if (one_of(element, "serial|channel")) {
    backend(device, tag, model, chosen);
  } else if (element == "smartcard") {
    if (tag.get("@mode") == "passthrough" && !tag.has("@type")) {
      tag.set("@type", "spicevmc");
      chosen.emplace_back("@type", "spicevmc");
    }
    if (tag.get("@mode") == "host") tag.erase("@type");
  } else if (element == "tpm") {
    if (tag.get("backend/@type") != "passthrough" && tag.has("backend/device"))
      reject("backend/device", "backend_path");
  } else if (element == "filesystem") {
    if (!tag.has("target/@dir")) return "without a valid target/@dir";
    virtiofs_ = virtiofs_ || tag.get("driver/@type") == "virtiofs";
  } else if (element == "vsock") {
    const bool given = number_of(tag.get("cid/@address")) > 2;
    if (!given) {
      if (tag.has("cid/@address")) reject("cid/@address", "guest_c_id|guest_cid");
      chosen.emplace_back("cid/@auto", "yes");
    }
    tag.set("cid/@auto", given ? "no" : "yes");
  } else if (element == "memballoon") {
    if (tag.get("@model") == "none" && (tag.attributes.size() > 1 || !tag.children.empty())) {
      tag = Tag{"memballoon", {{"model", "none"}}, "", {}};
      model.unuse("config_json");
    }
  } else if (element == "shmem") {
    const std::uint64_t size = number_of(tag.get("size"));
    if (size < 1024 || (size & (size - 1)) != 0) {
      if (tag.has("size")) reject("size", "size_ki_b|size_kib");
    } else {
      tag.set("size/@unit", "KiB");
    }
  } else if (element == "video") {
    return video(devices, tag, model);
  }
  return "";
}

std::string Domain::video(const Tag& devices, Tag& tag, Reading& model) {
  const std::string type(tag.get("model/@type"));
  if (tag.has("model/acceleration") && !one_of(type, "virtio|vmvga|vbox")) {
    tag.erase("model/acceleration");
    model.unuse("accel3_d|accel3d");
  }
  if (type == "none") tag = Tag{"video", {}, "", {Tag{"model", {{"type", "none"}}, "", {}}}};
  for (const Tag& other : devices.children) {
    if (other.name != "video") continue;
    if (!one_of(type, "qxl|virtio")) return "libvirt takes only qxl and virtio as further video cards";
    tag.erase("model/@primary");  // virtumancer says so of every one
  }
  return "";
}

void Domain::backend(const Device& device, Tag& tag, Reading& model,
                     std::vector<std::pair<std::string, std::string>>& chosen) {
  const bool channel = device.element == "channel";
  const auto unsuited = [&](const Tag& of) {
    const auto* entry = std::find_if(std::begin(kBackends), std::end(kBackends),
                                     [&](const Backend& each) { return each.type == of.get("@type"); });
    if (entry == std::end(kBackends)) return true;
    if (!channel && one_of(entry->type, "spicevmc|qemu-vdagent")) return true;
    // libvirt makes the socket of a channel by itself.
    if (channel && entry->type == "unix") return false;
    bool lacking = false;
    for_each_part(entry->needs, ',', [&](std::string_view path) { lacking = lacking || !of.has(path); });
    return lacking;
  };
  if (unsuited(tag)) {
    const std::string_view stand_in = channel ? "unix" : "pty";
    chosen.emplace_back("@type", text_of(stand_in) + ", as " + text_of(tag.get("@type")) +
                                     " does not go without what virtumancer has not got");
    tag.set("@type", stand_in);
    model.unuse("type");
  }
  const auto* entry = std::find_if(std::begin(kBackends), std::end(kBackends),
                                   [&](const Backend& each) { return each.type == tag.get("@type"); });
  for (const char* path :
       {"source/@path", "source/@mode", "source/@host", "source/@service", "source/@channel", "protocol/@type"})
    if (tag.has(path) && !one_of(path, entry->may)) {
      tag.erase(path);
      model.unuse("config_json");
    }
  if (tag.get("@type") == "unix" && tag.has("source") && !tag.has("source/@path")) tag.erase("source");
  if (tag.get("@type") == "unix" && tag.has("source/@path") && !tag.has("source/@mode"))
    tag.set("source/@mode", "bind");
  if (one_of(tag.get("@type"), "tcp|udp") && !tag.has("source/@mode"))
    tag.set("source/@mode", tag.get("@type") == "udp" ? "connect" : "bind");
  if (tag.get("@type") == "tcp" && !tag.has("protocol/@type")) tag.set("protocol/@type", "raw");
  if (tag.has("target/@type") && one_of(tag.get("target/@type"), "virtio|xen") != channel) {
    tag.erase("target/@type");
    model.unuse("config_json");
    if (channel) tag.set("target/@type", "virtio");
  }
}

// The device's place in the guest, where it can be: on a bus that is there, and nobody else's.
void Domain::address(const Tag& devices, Tag& tag, Reading& reading) {
  if (reading.look("address_json").empty() || tag.has("address")) return;
  Tag made;
  apply_json(made, reading, "address_json", kAddressFields);
  const std::string type(made.get("address/@type"));
  const auto only = [&](std::string_view allowed) {
    bool out = true;
    for (const Tag& child : made.children)
      for (const auto& [attribute, value] : child.attributes) out = out && one_of(attribute, allowed);
    return out;
  };
  bool good = false;
  if (type == "pci") {
    for (const char* part : {"@domain", "@bus", "@function"})
      if (!made.has("address/" + std::string(part))) made.set("address/" + std::string(part), "0x0");
    // As libvirt spells it: 0x0000:0x00:0x03.0x0.
    const auto part = [&](std::string_view path, std::size_t digits) {
      std::uint64_t out = 0;
      const std::string text(made.get(path));
      if (text.size() < 3) return out;
      std::from_chars(text.data() + 2, text.data() + text.size(), out, 16);
      if (text.size() < digits + 2) made.set(path, "0x" + std::string(digits + 2 - text.size(), '0') + text.substr(2));
      return out;
    };
    const std::uint64_t bus = part("address/@bus", 2);
    bool bus_there = bus == 0;
    for (const Tag& other : devices.children)
      bus_there = bus_there ||
                  (other.name == "controller" && other.get("@type") == "pci" && number_of(other.get("@index")) == bus);
    const std::uint64_t slot = part("address/@slot", 2);
    good = made.has("address/@slot") && bus_there && part("address/@domain", 4) <= 0xFFFF && slot <= 0x1F &&
           part("address/@function", 1) <= 7 && slot + bus > 0 && only("type|domain|bus|slot|function");
  } else if (type == "drive") {
    made.erase("address/@slot");
    const std::string_view bus = made.get("address/@bus");
    if (bus.starts_with("0x")) made.set("address/@bus", text_of(bus.substr(2)));
    good = made.has("address/@unit") && only("type|controller|bus|target|unit");
  } else if (type == "usb") {
    const std::string_view bus = made.get("address/@bus");
    if (bus.starts_with("0x")) made.set("address/@bus", text_of(bus.substr(2)));
    good = made.has("address/@port") && only("type|bus|port");
  }
  std::string key = "address";
  if (good)
    for (const auto& [attribute, value] : made.children.front().attributes) key += "\n" + attribute + value;
  if (!good || !names_seen_.insert(key).second) {
    reading.unuse("address_json");
    return;
  }
  tag.children.push_back(made.children.front());
}

// A name that a user gave: others are given anew at each start.
void Domain::alias(Tag& tag, std::string_view attachments, const SourceRow& row) {
  std::string kind(attachments.substr(0, attachments.find("_attachment")));
  std::erase(kind, '_');
  for (const SourceRow* entry : context_.rows_of("device_aliases", vm_)) {
    std::string type(entry->get("device_type"));
    std::erase(type, '_');
    const std::string_view name = entry->get("alias_name");
    if ((type != kind && kind.find(type) == std::string::npos) || entry->get("device_id") != row.id) continue;
    if (!name.starts_with("ua-") || !checked("token", name) || tag.has("alias")) continue;
    if (!names_seen_.insert("alias " + text_of(name)).second) continue;
    tag.set("alias/@name", name);
    aliases_.insert(entry);
  }
}

// ---- passed-through devices

// The PCI address domain:bus:slot.function, each part hexadecimal with or without 0x, as <address>.
bool Domain::pci_address(std::string_view text, Tag& tag) {
  std::vector<std::string> parts;
  std::string part;
  for (const char c : text) {
    if (c == ':' || c == '.') {
      parts.push_back(part);
      part.clear();
    } else {
      part += c;
    }
  }
  parts.push_back(part);
  if (parts.size() == 3) parts.insert(parts.begin(), "0000");
  if (parts.size() != 4) return false;
  static constexpr std::string_view kNames[] = {"@domain", "@bus", "@slot", "@function"};
  static constexpr std::size_t kDigits[] = {4, 2, 2, 1};
  for (std::size_t i = 0; i < 4; ++i) {
    std::string_view digits = parts[i];
    if (digits.starts_with("0x")) digits.remove_prefix(2);
    if (digits.empty() && i == 0) digits = "0";
    if (digits.empty() || digits.size() > kDigits[i] ||
        !std::all_of(digits.begin(), digits.end(), [](char c) { return std::isxdigit(static_cast<unsigned char>(c)); }))
      return false;
    tag.set("address/" + text_of(kNames[i]), "0x" + std::string(kDigits[i] - digits.size(), '0') + text_of(digits));
  }
  return true;
}

// The first vvvv:pppp in the text.
std::pair<std::string, std::string> Domain::usb_ids(std::string_view text) {
  const auto hex = [](std::string_view digits) {
    return digits.size() == 4 && std::all_of(digits.begin(), digits.end(),
                                             [](char c) { return std::isxdigit(static_cast<unsigned char>(c)); });
  };
  for (std::size_t colon = text.find(':'); colon != std::string_view::npos; colon = text.find(':', colon + 1)) {
    if (colon < 4 || !hex(text.substr(colon - 4, 4)) || !hex(text.substr(colon + 1, 4))) continue;
    const auto edge = [&](std::size_t at) {
      return at >= text.size() || !std::isxdigit(static_cast<unsigned char>(text[at]));
    };
    if ((colon == 4 || edge(colon - 5)) && edge(colon + 5) && (colon + 5 >= text.size() || text[colon + 5] != ':'))
      return {text_of(text.substr(colon - 4, 4)), text_of(text.substr(colon + 1, 4))};
  }
  return {};
}

void Domain::host_devices(Tag& devices) {
  for (const SourceRow* row : context_.rows_of("host_device_attachments", vm_)) {
    const SourceRow* device = context_.find("host_devices", row->get("host_device_id"));
    if (!device) {
      leave_out("devices/hostdev", *row, missing("host_devices", row->get("host_device_id")));
      continue;
    }
    Reading attachment(row->values);
    Reading reading(device->values);
    attachment.use("host_device_id");
    Tag tag;
    tag.name = "hostdev";
    tag.set("@mode", "subsystem");
    const std::string type(reading.look("type"));
    Tag found;
    const bool is_pci = (type == "pci" || type.empty()) && pci_address(reading.look("address"), found);
    std::string vendor;
    std::string product;
    for (const SourceRow* detail : context_.rows_where("host_pc_idevices", "host_device_id", device->id)) {
      context_.use(*detail);
      const auto id = [&](std::string_view column) { return checked("hex", "0x" + without_0x(detail->get(column))); };
      if (type == "usb" && id("vendor_id") && id("product_id")) {
        vendor = without_0x(detail->get("vendor_id"));
        product = without_0x(detail->get("product_id"));
      } else if (is_pci || type != "usb") {
        leave_out("devices/hostdev", *detail, "details of the host's device, which libvirt finds by its address");
      }
    }
    if (type == "usb" && vendor.empty()) {
      std::tie(vendor, product) = usb_ids(reading.look("description"));
      if (vendor.empty()) std::tie(vendor, product) = usb_ids(reading.look("address"));
      if (!vendor.empty())
        inferred("devices/hostdev/source", *device, vendor + ":" + product + ", from its description");
    }
    if (is_pci) {
      tag.set("@type", "pci");
      tag.set("@managed", "yes");
      child_of(tag, "source")->children.push_back(found.children.front());
      for (const char* column : {"type", "address"}) reading.use(column);
      if (type.empty()) inferred("devices/hostdev/@type", *device, "pci, from the form of the address");
      defaulted("devices/hostdev/@managed", *row, "yes");
    } else if (type == "usb" && !vendor.empty()) {
      tag.set("@type", "usb");
      tag.set("@managed", "yes");
      tag.set("source/vendor/@id", "0x" + vendor);
      tag.set("source/product/@id", "0x" + product);
      reading.use("type");
      const std::string_view text = reading.look("address");
      if (text.find_first_not_of(":.") == std::string_view::npos) reading.use("address");
    } else {
      leave_out("devices/hostdev", *row, "which device of the host it is, is not known");
      notes_.back().kept = "{\"attachment\":" + row_json(*row, {}) + ",\"device\":" + row_json(*device, {}) + "}";
      continue;
    }
    if (!names_seen_.insert("hostdev " + tag.children.back().xml()).second) {
      leave_out("devices/hostdev", *row, "the VM has the same device already");
      continue;
    }
    address(devices, tag, attachment);
    alias(tag, "host_device_attachments", *row);
    devices.children.push_back(std::move(tag));
    rest("devices/hostdev", *row, attachment);
    rest("devices/hostdev", *device, reading);
  }
}

std::string Domain::without_0x(std::string_view text) {
  return text_of(text.starts_with("0x") ? text.substr(2) : text);
}

// ---- consoles, and what follows from the devices

void Domain::consoles(Tag& devices) {
  for (const SourceRow* row : context_.rows_of("consoles", vm_)) add_console(devices, *row);
  // What the oldest databases have in place of consoles and video cards.
  for (const SourceRow* row : context_.rows_of("graphics_device_attachments", vm_)) {
    const SourceRow* device = context_.find("graphics_devices", row->get("graphics_device_id"));
    if (!device) {
      leave_out("devices/graphics", *row, missing("graphics_devices", row->get("graphics_device_id")));
      continue;
    }
    Reading reading(device->values);
    Tag video;
    video.name = "video";
    apply(video, reading,
          {{"model_name", "model/@type", kVideoModels}, {"v_ram_ki_b|vram_ki_b", "model/@vram", "positive"}});
    if (video.has("model/@type"))
      devices.children.push_back(std::move(video));
    else
      reading.unuse("v_ram_ki_b|vram_ki_b");
    graphics(devices, *device, reading);
  }
}

void Domain::add_console(Tag& devices, const SourceRow& console) {
  Reading reading(console.values);
  if (reading.look("type") != "pty") return graphics(devices, console, reading);
  devices.add("console").set("@type", "pty");
  reading.use("type");
  if (reading.look("model_name") == "pty") reading.use("model_name");
  for (const char* column : {"port", "tls_port"})
    if (reading.look(column) == "0") reading.use(column);
  rest("devices/console", console, reading);
}

void Domain::graphics(Tag& devices, const SourceRow& row, Reading& reading) {
  const std::string type(reading.look("type"));
  if (!one_of(type, "vnc|spice|sdl|egl-headless|rdp")) {
    leave_out("devices/graphics", row, "a console of a type that is not known");
    return;
  }
  if (!names_seen_.insert("graphics " + type).second) {
    leave_out("devices/graphics", row, "the VM has one of the type already, and libvirt takes one");
    return;
  }
  Tag tag;
  tag.name = "graphics";
  tag.set("@type", type);
  reading.use("type");
  if (reading.look("model_name") == type) reading.use("model_name");
  for (const char* column : {"port", "tls_port"})
    if (reading.look(column) == "0") reading.use(column);
  if (one_of(type, "vnc|spice|rdp")) {
    const std::string listen(reading.look("listen_address"));
    if (!listen.empty() && listen.find_first_not_of("0123456789abcdefABCDEF.:") == std::string::npos) {
      tag.set("@listen", listen);
      tag.set("listen/@type", "address");
      tag.set("listen/@address", listen);
      reading.use("listen_address");
    }
    const auto port = [&](std::string_view column, std::string_view path) {
      const std::uint64_t number = number_of(reading.look(column));
      if (number == 0 || number > 65535) return;
      tag.set(path, std::to_string(number));
      reading.use(column);
    };
    port("port", "@port");
    if (type == "spice") port("tls_port", "@tlsPort");
    tag.set("@autoport", tag.has("@port") || tag.has("@tlsPort") ? "no" : "yes");
    if (tag.get("@autoport") == "yes") defaulted("devices/graphics/@autoport", row, "yes");
  }
  devices.children.push_back(std::move(tag));
  rest("devices/graphics", row, reading);
}

void Domain::default_video(Tag& devices) {
  for (const Tag& tag : devices.children)
    if (tag.name == "video") return;
  if (one_of(domain_.get("os/type"), "exe|uml")) return;
  Tag& tag = devices.add("video");
  tag.set("model/@type", "vga");
  tag.set("model/@heads", "1");
  tag.set("model/@primary", "yes");
  defaulted("devices/video", *vm_.row, "vga with one screen: virtumancer knows no video card of the VM");
}

void Domain::boot_order(Tag& devices) {
  if (boot_json_.empty() || one_of(boot_json_, "null|[]|{}")) return;
  struct Entry {
    std::uint64_t order;
    std::string name;
  };
  std::vector<Entry> entries;
  bool good = true;
  if (const auto items = items_of(boot_json_)) {
    for (const std::string& item : *items) {
      const auto members = Reading::of_json(item);
      const std::string name(members ? members->look("dev|device|name") : std::string_view(item));
      entries.push_back({members ? number_of(members->look("order")) : 0, name});
      good = good && !name.empty();
    }
  } else {
    good = false;
  }
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.order < b.order; });
  std::set<std::string> unique;
  for (const Entry& entry : entries) good = good && unique.insert(entry.name).second;
  const bool kinds = good && std::all_of(entries.begin(), entries.end(),
                                         [](const Entry& entry) { return one_of(entry.name, "hd|cdrom|network|fd"); });
  if (kinds) {
    for (const Entry& entry : entries) child_of(domain_, "os")->add("boot").set("@dev", entry.name);
    return;
  }
  // Or the devices themselves, by the names of disks and the MAC addresses of interfaces.
  std::vector<Tag*> chosen;
  for (const Entry& entry : entries)
    for (Tag& tag : devices.children)
      if ((tag.name == "disk" && tag.get("target/@dev") == entry.name) ||
          (tag.name == "interface" && lower(tag.get("mac/@address")) == lower(entry.name)))
        chosen.push_back(&tag);
  if (good && chosen.size() == entries.size()) {
    for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i]->set("boot/@order", std::to_string(i + 1));
    return;
  }
  note("os/boot", *boot_row_, "left out", "boot_order_json names no devices that are there",
       row_json(*boot_row_, {"boot_order_json"}));
}

void Domain::machine(Tag& devices) {
  Tag& os = *child_of(domain_, "os");
  if (os.get("type").empty()) {
    os.set("type", "hvm");
    defaulted("os/type", *vm_.row, "hvm");
  }
  std::string because;
  for (const Tag& tag : devices.children) {
    if (tag.name == "controller" && tag.get("@type") == "pci" && tag.get("@model").starts_with("pcie-"))
      because = "there are PCI Express controllers";
    if (tag.name == "iommu" && tag.get("@model") == "intel") because = "there is an Intel IOMMU";
    if (tag.name == "watchdog" && tag.get("@model") == "itco") because = "there is an iTCO watchdog";
  }
  if (secure_boot_) because = "it boots securely";
  const std::string_view arch = os.get("type/@arch");
  if (!because.empty() && os.get("type") == "hvm" && (arch.empty() || one_of(arch, "x86_64|i686"))) {
    os.set("type/@machine", "q35");
    inferred("os/type/@machine", *vm_.row, "q35, as " + because);
  }
  usb_controller(devices);
  if (virtiofs_ && !domain_.has("memoryBacking/access")) {
    domain_.set("memoryBacking/access/@mode", "shared");
    if (!domain_.has("memoryBacking/source")) domain_.set("memoryBacking/source/@type", "memfd");
    inferred("memoryBacking", *vm_.row, "shared memory, which virtiofs needs");
  }
}

void Domain::usb_controller(Tag& devices) {
  bool needed = false;
  for (const Tag& tag : devices.children) {
    if (tag.name == "controller" && tag.get("@type") == "usb") return;
    needed = needed || tag.name == "redirdev" || (tag.name == "hostdev" && tag.get("@type") == "usb") ||
             (tag.name == "input" && tag.get("@bus") == "usb") ||
             (tag.name == "disk" && tag.get("target/@bus") == "usb");
  }
  if (!needed) return;
  Tag& tag = devices.add("controller");
  tag.set("@type", "usb");
  tag.set("@index", "0");
  inferred("devices/controller", *vm_.row, "a USB controller, as there are USB devices");
}

}  // namespace virtsql::virtumancer
