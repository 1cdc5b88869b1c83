// Devices that tables of fields describe (device_kinds.h), and what these tables cannot express.
#include <algorithm>

#include "core/virtumancer/domain_builder.h"

namespace virtsql::virtumancer {

std::string_view Domain::resource_id(const Device& device, const SourceRow& row) {
  return Reading(row.values).look(device.resource_column);
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
    const std::string what = "devices/" + std::string(device.element);
    const SourceRow* resource = resource_of(device, *row);
    if (!resource) {
      leave_out(what, *row, missing(device.resources, resource_id(device, *row)));
      continue;
    }
    Reading attachment(row->values);
    Reading model(resource->values);
    attachment.use(device.resource_column);
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
  if (id.empty()) return "it does not say which of " + std::string(table);
  return std::string(table) + " has no row " + std::string(id) + ", or it is deleted";
}

// Returns why the device must be left out; empty if it need not be.
std::string Domain::unfit(const Device& device, const Tag& tag) {
  if (!device.required.empty() && !tag.has(device.required)) return "without a valid " + std::string(device.required);
  if (!device.distinct_paths.empty()) {
    std::string key(device.element);
    bool any = false;
    for_each_part(device.distinct_paths, ',', [&](std::string_view path) {
      key += "\n" + std::string(tag.get(path));
      any = any || tag.has(path);
    });
    if ((any || device.element == "panic") && !taken_keys_.insert(key).second)
      return "the VM has one with the same " + std::string(device.distinct_paths);
  }
  if (device.most > 0 && ++counts_[std::string(device.element)] > device.most)
    return "the VM has one already, and libvirt takes " + std::to_string(device.most);
  return "";
}

// Does what the tables of fields cannot express. Returns why the device must be left out; empty if it need not be.
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
    if (tag.get("@type") == "pci" && !tag.has("@model")) return "a PCI controller without a valid @model";
    if (!tag.has("@index")) {
      if (!model.look("index").empty()) return "without a valid @index";
      tag.set("@index", "0");
    }
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
    tag.erase("model/@primary");  // virtumancer calls every card primary
  }
  return "";
}

}  // namespace virtsql::virtumancer
