#include <algorithm>
#include <boost/json.hpp>

#include "core/base/letters.h"
#include "core/virtumancer/domain_builder.h"

namespace virtsql::virtumancer {

void Domain::interfaces(Tag& devices) {
  std::set<std::string> seen;
  for (const SourceRow* row : context_.rows_of("port_attachments", vm_)) {
    const SourceRow* port = context_.find("ports", row->get("port_id"));
    if (!port) {
      leave_out("devices/interface", *row, missing("ports", row->get("port_id")));
      continue;
    }
    seen.insert(port->id);
    add_interface(devices, row, *port);
  }
  // In the oldest databases the port itself says which VM it belongs to.
  for (const SourceRow* row : context_.rows_of("ports", vm_)) {
    if (!seen.insert(row->id).second) continue;
    context_.use(*row);
    add_interface(devices, nullptr, *row);
  }
  // virtumancer gives all interfaces without a name one attachment, which has the port of the last one.
  // attachment_indices may still know the ports of the others.
  for (const SourceRow* row : context_.rows_of("attachment_indices", vm_)) {
    if (row->get("device_type") != "port" || seen.contains(std::string(row->get("device_id")))) continue;
    if (!context_.rows_where("port_attachments", "port_id", row->get("device_id")).empty()) continue;
    const SourceRow* port = context_.find("ports", row->get("device_id"));
    if (!port) continue;
    seen.insert(port->id);
    inferred("devices/interface", *row, "the port is the VM's by attachment_indices alone");
    add_interface(devices, nullptr, *port);
  }
}

void Domain::add_interface(Tag& devices, const SourceRow* row, const SourceRow& port) {
  const SourceRow& main = row ? *row : port;
  Reading attachment(row ? row->values : kNoValues);
  Reading reading(port.values);
  Tag tag;
  tag.name = "interface";
  attachment.use("port_id");
  attachment.use("ordinal");
  static const std::vector<Field> kFields = {{"mac_address", "mac/@address", "mac"},
                                             {"model_name", "model/@type", "word"}};
  apply(tag, attachment, kFields);
  apply(tag, reading, kFields);
  if (!tag.has("mac/@address"))
    defaulted("devices/interface/mac/@address", main, "none: libvirt makes one up when the VM is defined");
  Reading& named = row ? attachment : reading;
  const std::string name(named.look("device_name"));
  if (!name.empty() && checked("device", name) && name.size() < 16 && taken_keys_.insert("tap " + name).second) {
    tag.set("target/@dev", name);
    named.use("device_name");
  }
  connect(tag, main, port, reading);
  const std::string type(tag.get("@type"));

  apply_json(tag, reading, "virtual_port_json", kVirtualPortFields);
  apply_rows(tag, "virtual_ports", "port_id", port, kVirtualPortFields, "devices/interface/virtualport");
  if (tag.has("virtualport") && (!tag.has("virtualport/@type") || !one_of(type, "network|bridge|direct"))) {
    tag.erase("virtualport");
    reading.unuse("virtual_port_json");
  }
  filter(tag, port, reading);
  vlan(tag, reading);
  if (is_true(reading.look("trust_guest_rx_filters")) && one_of(type, "network|direct"))
    tag.set("@trustGuestRxFilters", "yes");
  if (!is_true(reading.look("trust_guest_rx_filters")) || tag.has("@trustGuestRxFilters"))
    reading.use("trust_guest_rx_filters");
  address(devices, tag, attachment);
  address(devices, tag, reading);
  if (row) alias(tag, "port_attachments", *row);
  devices.children.push_back(std::move(tag));
  if (row) rest("devices/interface", *row, attachment);
  rest("devices/interface", port, reading);
}

// Sets what the interface is connected to: its type and its <source>.
void Domain::connect(Tag& tag, const SourceRow& main, const SourceRow& port, Reading& reading) {
  const std::string source_type(reading.look("source_type"));
  const std::string reference(reading.look("source_ref"));
  const auto take = [&](std::string_view type, std::string_view path, std::string_view check) {
    if (tag.has("@type") || !checked(check, reference) || reference.empty()) return;
    tag.set("@type", type);
    tag.set(path, reference);
    reading.use("source_type");
    reading.use("source_ref");
  };
  if (source_type == "network") take("network", "source/@network", "line");
  if (one_of(source_type, "bridge|bridged")) take("bridge", "source/@bridge", "device");
  if (one_of(source_type, "direct|macvtap")) {
    take("direct", "source/@dev", "device");
    if (tag.has("@type")) tag.set("source/@mode", "bridge");
  }
  if (source_type == "vhostuser") {
    take("vhostuser", "source/@path", "path");
    if (tag.has("@type")) {
      tag.set("source/@type", "unix");
      tag.set("source/@mode", "client");
      const std::string model(tag.get("model/@type"));
      if (!one_of(model, "virtio|virtio-transitional|virtio-non-transitional")) tag.set("model/@type", "virtio");
      if (!model.empty() && model != tag.get("model/@type"))
        inferred("devices/interface/model/@type", main,
                 "virtio, not " + model + ": libvirt takes no other with vhostuser");
    }
  }
  if (source_type == "vdpa") take("vdpa", "source/@dev", "path");
  if (source_type == "hostdev") {
    Tag found;
    if (pci_address(reference, found)) {
      tag.set("@type", "hostdev");
      tag.set("@managed", "yes");
      found.children.front().set("@type", "pci");
      Tag* source = child_of(tag, "source");
      source->children.push_back(found.children.front());
      reading.use("source_type");
      reading.use("source_ref");
    }
  }
  if (one_of(source_type, "user|ethernet") && reference.empty()) {
    tag.set("@type", source_type);
    reading.use("source_type");
  }
  for (const SourceRow* binding : context_.rows_where("port_bindings", "port_id", port.id)) {
    context_.use(*binding);
    if (tag.has("@type")) continue;
    const SourceRow* network = context_.find("networks", binding->get("network_id"));
    if (!network) {
      leave_out("devices/interface/source", *binding, missing("networks", binding->get("network_id")));
      continue;
    }
    const std::string_view bridge = network->get("bridge_name");
    const std::string_view mode = network->get("mode");
    const std::string_view name = network->get("name");
    // What virtumancer calls a bridged network is a bridge of the host.
    const bool bridged = one_of(mode, "bridged|bridge") || (mode.empty() && name == bridge);
    if (bridged && !bridge.empty() && checked("token", bridge)) {
      tag.set("@type", "bridge");
      tag.set("source/@bridge", bridge);
      inferred("devices/interface/source", *binding, "the bridge " + std::string(bridge) + " of the port's network");
    } else if (!bridged && !name.empty() && checked("line", name)) {
      tag.set("@type", "network");
      tag.set("source/@network", name);
      inferred("devices/interface/source", *binding, "the network " + std::string(name) + " that the port is bound to");
    }
  }
  if (!tag.has("@type")) {
    tag.set("@type", "user");
    tag.set("link/@state", "down");
    defaulted("devices/interface/source", main,
              "nothing says what it plugs into: user mode networking, with the link down");
  }
  if (tag.get("@type") == "network") {
    apply(tag, reading, {{"port_group", "source/@portgroup", "device"}});
  }
}

void Domain::filter(Tag& tag, const SourceRow& port, Reading& reading) {
  const auto put = [&](std::string_view name, const Reading* parameters) {
    const bool named =
        !name.empty() && !is_digit(name[0]) && name[0] != '-' && name[0] != '.' && checked("token", name);
    if (!named || tag.has("filterref")) return false;
    tag.set("filterref/@filter", name);
    if (!parameters) return true;
    for (const auto& [key, value] : parameters->values()) {
      const std::string_view parameter = key.starts_with("parameters/") ? std::string_view(key).substr(11) : key;
      if (one_of(key, "filter|name")) continue;
      if (!checked("filter", parameter) || parameter.find_first_of(".:") != std::string_view::npos) continue;
      if (!checked("filter", value)) continue;
      Tag& made = child_of(tag, "filterref")->add("parameter");
      made.set("@name", parameter);
      made.set("@value", value);
    }
    return true;
  };
  if (const auto members = Reading::of_json(reading.look("filter_ref_json")))
    if (put(members->look("filter|name"), &*members)) reading.use("filter_ref_json");
  for (const SourceRow* row : context_.rows_where("filter_refs", "port_id", port.id)) {
    context_.use(*row);
    Reading values(row->values);
    values.use("port_id");
    const auto parameters = Reading::of_json(values.look("parameters_json"));
    if (put(values.look("name"), parameters ? &*parameters : nullptr)) {
      values.use("name");
      if (parameters) values.use("parameters_json");
    }
    rest("devices/interface/filterref", *row, values);
  }
}

void Domain::vlan(Tag& tag, Reading& reading) {
  std::vector<std::string> ids;
  std::string text(reading.look("vlan_tags_json"));
  if (const auto value = parse_json(text); value && value->is_object() && value->get_object().contains("tags"))
    text = boost::json::serialize(value->get_object().at("tags"));
  bool good = true;
  if (const auto items = items_of(text)) {
    for (const std::string& item : *items) {
      const auto members = Reading::of_json(item);
      ids.emplace_back(members ? members->look("id") : std::string_view(item));
    }
  } else {
    good = text.empty();
  }
  const auto valid = [](const std::string& id) { return checked("number", id) && number_of(id) < 4096 && !id.empty(); };
  good =
      good && std::all_of(ids.begin(), ids.end(), valid) && one_of(tag.get("@type"), "network|bridge|direct|hostdev");
  if (good && !ids.empty()) reading.use("vlan_tags_json");
  if (!good) ids.clear();
  const std::string primary(reading.look("primary_vlan"));
  if (primary == "0") reading.use("primary_vlan");
  if (number_of(primary) > 0 && valid(primary) && one_of(tag.get("@type"), "network|bridge|direct|hostdev")) {
    if (std::find(ids.begin(), ids.end(), primary) == ids.end()) ids.insert(ids.begin(), primary);
    reading.use("primary_vlan");
  }
  if (ids.empty()) return;
  Tag made;
  made.name = "vlan";
  if (ids.size() > 1) made.set("@trunk", "yes");
  for (const std::string& id : ids) made.add("tag").set("@id", id);
  tag.children.push_back(std::move(made));
}

}  // namespace virtsql::virtumancer
