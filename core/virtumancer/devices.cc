// Devices that tables of fields describe (device_kinds.h), and what these tables cannot express.
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/virtumancer/addresses.h"
#include "core/virtumancer/backends.h"
#include "core/virtumancer/device_kinds.h"
#include "core/virtumancer/parts.h"

namespace virtsql::virtumancer {
namespace {

// A device that is being made: its element, and the row of the resource that is attached.
struct DeviceRow {
  Draft& draft;
  Tag& tag;
  Reading& model;
  Choices& chosen;

  // Takes the value out of the XML again, so its column counts as not used.
  void reject(std::string_view path, std::string_view column) {
    tag.erase(path);
    model.unuse(column);
  }
};

// A USB controller that serves the slow devices at some ports of another one, its master.
struct Companion {
  std::string_view model;
  std::string_view start_port;  // of the master, by the hardware
};

constexpr std::string_view kMaster = "ich9-ehci1";
constexpr Companion kCompanions[] = {{"ich9-uhci1", "0"}, {"ich9-uhci2", "2"}, {"ich9-uhci3", "4"}};

// Returns the companion of the model; nullptr if it is another controller.
const Companion* companion_of(std::string_view model) {
  for (const Companion& entry : kCompanions)
    if (entry.model == model) return &entry;
  return nullptr;
}

// Says at which ports of its master a companion is. Returns why it must be left out; empty if it need not be.
std::string finish_companion(DeviceRow& device) {
  Tag& tag = device.tag;
  const Companion* companion = companion_of(tag.get("@model"));
  if (!companion) return "";
  tag.set("master/@startport", companion->start_port);
  for (const Tag& other : device.draft.devices().children)
    if (other.name == "controller" && other.get("@model") == kMaster && other.get("@index") == tag.get("@index"))
      return "";
  return "a USB companion, and the VM has no " + std::string(kMaster) + " of the same @index";
}

std::string finish_controller(DeviceRow& device) {
  Tag& tag = device.tag;
  if (tag.has("@model") && !one_of(tag.get("@model"), controller_models(tag.get("@type"))))
    device.reject("@model", "model_name");
  if (tag.get("@type") == "pci" && !tag.has("@model")) return "a PCI controller without a valid @model";
  if (!tag.has("@index") && !device.model.look("index").empty()) return "without a valid @index";
  if (!tag.has("@index")) tag.set("@index", "0");
  return finish_companion(device);
}

std::string finish_serial(DeviceRow& device) {
  fit_backend(false, device.tag, device.model, device.chosen);
  return "";
}

std::string finish_channel(DeviceRow& device) {
  fit_backend(true, device.tag, device.model, device.chosen);
  return "";
}

std::string finish_smartcard(DeviceRow& device) {
  Tag& tag = device.tag;
  if (tag.get("@mode") == "passthrough" && !tag.has("@type")) {
    tag.set("@type", "spicevmc");
    device.chosen.emplace_back("@type", "spicevmc");
  }
  if (tag.get("@mode") == "host" && tag.has("@type")) device.reject("@type", "config_json");
  return "";
}

std::string finish_tpm(DeviceRow& device) {
  if (device.tag.get("backend/@type") != "passthrough" && device.tag.has("backend/device"))
    device.reject("backend/device", "backend_path");
  return "";
}

std::string finish_filesystem(DeviceRow& device) {
  if (!device.tag.has("target/@dir")) return "without a valid target/@dir";
  if (device.tag.get("driver/@type") == "virtiofs") device.draft.virtiofs = true;
  return "";
}

std::string finish_vsock(DeviceRow& device) {
  const std::uint64_t cid = number_of(device.tag.get("cid/@address"));
  const bool given = cid > 2 && cid <= UINT32_MAX;
  if (!given) {
    if (device.tag.has("cid/@address")) device.reject("cid/@address", "guest_c_id|guest_cid");
    device.chosen.emplace_back("cid/@auto", "yes");
  }
  device.tag.set("cid/@auto", given ? "no" : "yes");
  return "";
}

std::string finish_memballoon(DeviceRow& device) {
  Tag& tag = device.tag;
  if (tag.get("@model") == "none" && (tag.attributes.size() > 1 || !tag.children.empty())) {
    tag = Tag{"memballoon", {{"model", "none"}}, "", {}};
    device.model.unuse("config_json");
  }
  return "";
}

std::string finish_shmem(DeviceRow& device) {
  Tag& tag = device.tag;
  if (one_of(tag.get("@name"), ".|..")) return "no file can have its name";
  const std::uint64_t size = number_of(tag.get("size"));
  const bool power_of_two = (size & (size - 1)) == 0;
  if (size >= 1024 && power_of_two)
    tag.set("size/@unit", "KiB");
  else if (tag.has("size"))
    device.reject("size", "size_ki_b|size_kib");
  return "";
}

std::string finish_video(DeviceRow& device) {
  Tag& tag = device.tag;
  const std::string type(tag.get("model/@type"));
  if (tag.has("model/acceleration") && !one_of(type, "virtio|vmvga|vbox"))
    device.reject("model/acceleration", "accel3_d|accel3d");
  if (type == "none") {
    for (const auto& [path, column] : {std::pair("model/@vram", "v_ram|vram"), std::pair("model/@heads", "heads")})
      if (tag.has(path)) device.reject(path, column);
    tag = Tag{"video", {}, "", {Tag{"model", {{"type", "none"}}, "", {}}}};
  }
  for (const Tag& other : device.draft.devices().children) {
    if (other.name != "video") continue;
    if (type == "none" || other.get("model/@type") == "none") return "a VM that has no screen has no other video card";
    if (!one_of(type, "qxl|virtio")) return "libvirt takes only qxl and virtio as further video cards";
    tag.erase("model/@primary");  // virtumancer calls every card primary
  }
  return "";
}

// What the devices of an element need beyond their fields. `finish` returns why the device must be left out; empty if
// it need not be.
struct DeviceFinish {
  std::string_view element;
  std::string (*finish)(DeviceRow& device);
};

constexpr DeviceFinish kDeviceFinishes[] = {{"controller", finish_controller},
                                            {"serial", finish_serial},
                                            {"channel", finish_channel},
                                            {"smartcard", finish_smartcard},
                                            {"tpm", finish_tpm},
                                            {"filesystem", finish_filesystem},
                                            {"vsock", finish_vsock},
                                            {"memballoon", finish_memballoon},
                                            {"shmem", finish_shmem},
                                            {"video", finish_video}};

std::string finish_device(std::string_view element, DeviceRow& device) {
  for (const DeviceFinish& entry : kDeviceFinishes)
    if (entry.element == element) return entry.finish(device);
  return "";
}

// Gives the device what it needs and does not say.
void add_defaults(const Device& kind, Tag& tag, Choices& chosen) {
  for (const Default& entry : kind.defaults) {
    if (tag.has(entry.path)) continue;
    tag.set(entry.path, entry.value);
    if (entry.told) chosen.emplace_back(entry.path, entry.value);
  }
}

class Devices {
 public:
  explicit Devices(Draft& draft) : draft_(draft) {}

  void add(const Device& kind) {
    for (const SourceRow* row : rows_of(kind)) {
      if (const SourceRow* resource = resource_of(kind, *row))
        add_device(kind, *row, *resource);
      else
        draft_.leave_out(place(kind), *row, missing(kind.resources, resource_id(kind, *row)));
    }
  }

 private:
  static std::string place(const Device& kind) { return "devices/" + std::string(kind.element); }

  // Returns the VM's attachments of the kind: video cards in the order of their screens, controllers behind those that
  // they need.
  std::vector<const SourceRow*> rows_of(const Device& kind) {
    std::vector<const SourceRow*> rows = draft_.rows_of(kind.attachments);
    const auto sort = [&](const auto& key) {
      std::stable_sort(rows.begin(), rows.end(),
                       [&](const SourceRow* a, const SourceRow* b) { return key(*a) < key(*b); });
    };
    if (kind.element == "video") sort([](const SourceRow& row) { return number_of(row.get("monitor_index")); });
    if (kind.element == "controller") sort([&](const SourceRow& row) { return rank(kind, row); });
    return rows;
  }

  // Returns where the controller stands among the VM's. PCI buses come first, by their index: libvirt takes none that
  // is on a bus of a higher one. USB companions come behind their masters.
  std::pair<int, std::uint64_t> rank(const Device& kind, const SourceRow& row) {
    const SourceRow* resource = resource_of(kind, row);
    const auto said = [&](std::string_view column) {
      return row.get(column).empty() && resource ? resource->get(column) : row.get(column);
    };
    if (said("type") == "pci") return {0, number_of(said("index"))};
    return {companion_of(said("model_name")) ? 2 : 1, 0};
  }

  static std::string_view resource_id(const Device& kind, const SourceRow& row) {
    return Reading(row.values).look(kind.resource_column);
  }

  const SourceRow* resource_of(const Device& kind, const SourceRow& row) {
    const SourceRow* out = nullptr;
    for_each_part(kind.resources, '|', [&](std::string_view table) {
      if (!out) out = draft_.context.find(table, resource_id(kind, row));
    });
    return out;
  }

  void add_device(const Device& kind, const SourceRow& row, const SourceRow& resource) {
    const std::string what = place(kind);
    Reading attachment(row.values);
    Reading model(resource.values);
    attachment.use(kind.resource_column);
    attachment.use("monitor_index");
    Tag tag = tag_named(kind.element);
    apply(tag, attachment, kind.fields);
    apply(tag, model, kind.fields);
    if (!kind.config.empty()) apply_json(tag, model, "config_json", kind.config);
    Choices chosen;
    add_defaults(kind, tag, chosen);
    DeviceRow device{draft_, tag, model, chosen};
    std::string reason = finish_device(kind.element, device);
    if (reason.empty()) reason = unfit(kind, tag);
    if (!reason.empty()) {
      draft_.leave_out(what, row, reason, rows_json({{"attachment", &row}, {"device", &resource}}));
      return;
    }
    set_address(draft_, tag, attachment);
    set_address(draft_, tag, model);
    set_alias(draft_, tag, kind.attachments, row);
    for (const auto& [path, value] : chosen) draft_.defaulted(what + "/" + path, row, value);
    draft_.add_device(std::move(tag), row);
    draft_.rest(what, row, attachment);
    draft_.rest(what, resource, model);
  }

  // Returns why the device cannot be there; empty if it can.
  std::string unfit(const Device& kind, const Tag& tag) {
    if (!kind.required.empty() && !tag.has(kind.required)) return "without a valid " + std::string(kind.required);
    if (!kind.distinct_paths.empty() && !is_distinct(kind, tag))
      return "the VM has one with the same " + std::string(kind.distinct_paths);
    if (kind.most > 0 && ++counts_[std::string(kind.element)] > kind.most)
      return "the VM has one already, and libvirt takes " + std::to_string(kind.most);
    return "";
  }

  // Whether no other device of the element has the same values at the distinct paths. Devices that have none are
  // distinct, but panic devices are the same.
  bool is_distinct(const Device& kind, const Tag& tag) {
    std::string key(kind.element);
    bool any = kind.element == "panic";
    for_each_part(kind.distinct_paths, ',', [&](std::string_view path) {
      key += "\n" + std::string(tag.get(path));
      any = any || tag.has(path);
    });
    // The companions of a USB controller have its index.
    if (const Companion* companion = companion_of(tag.get("@model"))) key += "\n" + std::string(companion->model);
    return !any || draft_.take(key);
  }

  Draft& draft_;
  std::map<std::string, std::size_t> counts_;  // number of devices, by element
};

}  // namespace

void add_controllers(Draft& draft) {
  Devices all(draft);
  for (const Device& kind : devices())
    if (kind.element == "controller") all.add(kind);
}

void add_devices(Draft& draft) {
  Devices all(draft);
  for (const Device& kind : devices())
    if (kind.element != "controller") all.add(kind);
}

}  // namespace virtsql::virtumancer
