// Network interfaces: which ports a VM has, and what each of them is connected to.
#include <algorithm>
#include <boost/json.hpp>
#include <cstdint>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/letters.h"
#include "core/virtumancer/addresses.h"
#include "core/virtumancer/parts.h"

namespace virtsql::virtumancer {
namespace {

const std::vector<Field> kInterfaceFields = {{"mac_address", "mac/@address", "mac"},
                                             {"model_name", "model/@type", "word"}};

// A kind of source that source_type names, and what libvirt's type of interface needs for it.
struct Connection {
  std::string_view source_types;  // a|b
  std::string_view type;
  std::string_view path;   // where source_ref stands
  std::string_view check;  // of source_ref
};

constexpr Connection kConnections[] = {{"network", "network", "source/@network", "line"},
                                       {"bridge|bridged", "bridge", "source/@bridge", "device"},
                                       {"direct|macvtap", "direct", "source/@dev", "device"},
                                       {"vhostuser", "vhostuser", "source/@path", "path"},
                                       {"vdpa", "vdpa", "source/@dev", "path"}};

// A type of virtual port, and its parameters.
struct VirtualPort {
  std::string_view type;
  std::string_view needs;  // a|b
  std::string_view may;    // a|b, those that it needs among them
};

constexpr VirtualPort kVirtualPorts[] = {
    {"openvswitch", "", "interfaceid|profileid"},
    {"802.1Qbg", "managerid|typeid|typeidversion", "managerid|typeid|typeidversion|instanceid"},
    {"802.1Qbh", "profileid", "profileid"},
    {"midonet", "interfaceid", "interfaceid"}};

struct VirtualPortParameter {
  std::string_view name;
  std::uint64_t most;  // 0: no number
};

constexpr VirtualPortParameter kVirtualPortParameters[] = {{"managerid", 0xFF},     {"typeid", 0xFFFFFF},
                                                           {"typeidversion", 0xFF}, {"instanceid", 0},
                                                           {"interfaceid", 0},      {"profileid", 0}};

// Whether libvirt takes the text as a filter's name.
bool is_filter_name(std::string_view name) {
  return !name.empty() && !is_digit(name[0]) && name[0] != '-' && name[0] != '.' && checked("token", name);
}

bool is_filter_parameter(std::string_view name, std::string_view value) {
  return checked("filter", name) && name.find_first_of(".:") == std::string_view::npos && checked("filter", value);
}

bool is_vlan_id(const std::string& id) { return !id.empty() && checked("number", id) && number_of(id) < 4096; }

// Returns the VLAN ids that vlan_tags_json lists: numbers or objects with an id, as they are or as an object's `tags`.
// None if one of them is not valid.
std::vector<std::string> vlan_ids(std::string text) {
  if (const auto value = parse_json(text); value && value->is_object() && value->get_object().contains("tags"))
    text = boost::json::serialize(value->get_object().at("tags"));
  std::vector<std::string> out;
  for (const std::string& item : items_of(text).value_or(std::vector<std::string>())) {
    const auto members = Reading::of_json(item);
    out.emplace_back(members ? members->look("id") : std::string_view(item));
    if (!is_vlan_id(out.back())) return {};
  }
  return out;
}

// A port of a VM, with the attachment that gives it to the VM if there is one.
class Interface {
 public:
  Interface(Draft& draft, const SourceRow* row, const SourceRow& port)
      : draft_(draft),
        row_(row),
        port_(port),
        attachment_(row ? Reading(row->values) : Reading()),
        reading_(port.values),
        tag_(tag_named("interface")) {
    for (const char* column : {"port_id", "ordinal"}) attachment_.use(column);
  }

  void add() {
    hardware();
    name();
    connect();
    virtual_port();
    filter();
    vlan();
    trust();
    set_address(draft_, tag_, attachment_);
    set_address(draft_, tag_, reading_);
    if (row_) set_alias(draft_, tag_, "port_attachments", *row_);
    draft_.add_device(std::move(tag_), main_row());
    if (row_) draft_.rest("devices/interface", *row_, attachment_);
    draft_.rest("devices/interface", port_, reading_);
  }

 private:
  // The row that the report names for what no row says.
  const SourceRow& main_row() const { return row_ ? *row_ : port_; }

  void hardware() {
    apply(tag_, attachment_, kInterfaceFields);
    apply(tag_, reading_, kInterfaceFields);
    if (!tag_.has("mac/@address"))
      draft_.defaulted("devices/interface/mac/@address", main_row(),
                       "none: libvirt makes one up when the VM is defined");
  }

  // Sets the name of the device on the host.
  void name() {
    Reading& named = row_ ? attachment_ : reading_;
    const std::string name(named.look("device_name"));
    if (name.empty() || !checked("device", name) || name.size() >= 16 || !draft_.take("tap " + name)) return;
    tag_.set("target/@dev", name);
    named.use("device_name");
  }

  // ---- what it is connected to: its type and its <source>

  void connect() {
    connect_to_reference();
    connect_to_host_device();
    connect_to_nothing();
    for (const SourceRow* binding : draft_.context.rows_where("port_bindings", "port_id", port_.id)) {
      draft_.context.use(*binding);
      if (!tag_.has("@type")) connect_by_binding(*binding);
    }
    if (!tag_.has("@type")) unplug();
    if (tag_.get("@type") == "network") apply(tag_, reading_, {{"port_group", "source/@portgroup", "device"}});
  }

  void use_source() {
    for (const char* column : {"source_type", "source_ref"}) reading_.use(column);
  }

  // Connects it to what source_ref names.
  void connect_to_reference() {
    const std::string_view reference = reading_.look("source_ref");
    for (const Connection& entry : kConnections) {
      if (!one_of(reading_.look("source_type"), entry.source_types)) continue;
      if (reference.empty() || !checked(entry.check, reference)) return;
      tag_.set("@type", entry.type);
      tag_.set(entry.path, reference);
      use_source();
      if (entry.type == "direct") tag_.set("source/@mode", "bridge");
      if (entry.type == "vhostuser") complete_vhost_user();
      if (entry.type == "vdpa") use_virtio("virtio");
      return;
    }
  }

  void complete_vhost_user() {
    tag_.set("source/@type", "unix");
    tag_.set("source/@mode", "client");
    use_virtio("virtio|virtio-transitional|virtio-non-transitional");
  }

  // Gives it the model virtio unless it has one of these, which alone go with its type.
  void use_virtio(std::string_view models) {
    const std::string model(tag_.get("model/@type"));
    if (one_of(model, models)) return;
    tag_.set("model/@type", "virtio");
    if (!model.empty())
      draft_.inferred("devices/interface/model/@type", main_row(),
                      "virtio, not " + model + ": libvirt takes no other with " + std::string(tag_.get("@type")));
  }

  // Connects it to a PCI device of the host.
  void connect_to_host_device() {
    if (reading_.look("source_type") != "hostdev") return;
    std::optional<Tag> address = pci_address(reading_.look("source_ref"));
    if (!address) return;
    tag_.set("@type", "hostdev");
    tag_.set("@managed", "yes");
    address->set("@type", "pci");
    child_of(tag_, "source").children.push_back(*std::move(address));
    use_source();
  }

  // Takes the types that need no source.
  void connect_to_nothing() {
    const std::string_view type = reading_.look("source_type");
    if (!one_of(type, "user|ethernet") || !reading_.look("source_ref").empty()) return;
    tag_.set("@type", type);
    reading_.use("source_type");
  }

  // Connects it to the network that the port is bound to. What virtumancer calls a bridged network is a bridge of the
  // host.
  void connect_by_binding(const SourceRow& binding) {
    const SourceRow* network = draft_.context.find("networks", binding.get("network_id"));
    if (!network)
      return draft_.leave_out("devices/interface/source", binding, missing("networks", binding.get("network_id")));
    const std::string bridge(network->get("bridge_name"));
    const std::string name(network->get("name"));
    const std::string_view mode = network->get("mode");
    const bool bridged = one_of(mode, "bridged|bridge") || (mode.empty() && name == bridge);
    if (bridged && !bridge.empty() && checked("token", bridge)) {
      tag_.set("@type", "bridge");
      tag_.set("source/@bridge", bridge);
      draft_.inferred("devices/interface/source", binding, "the bridge " + bridge + " of the port's network");
    } else if (!bridged && !name.empty() && checked("line", name)) {
      tag_.set("@type", "network");
      tag_.set("source/@network", name);
      draft_.inferred("devices/interface/source", binding, "the network " + name + " that the port is bound to");
    }
  }

  void unplug() {
    tag_.set("@type", "user");
    tag_.set("link/@state", "down");
    draft_.defaulted("devices/interface/source", main_row(),
                     "nothing says what it plugs into: user mode networking, with the link down");
  }

  bool is_type(std::string_view types) const { return one_of(tag_.get("@type"), types); }

  // ---- what its port does

  void virtual_port() {
    apply_json(tag_, reading_, "virtual_port_json", kVirtualPortFields);
    draft_.apply_rows(tag_, "virtual_ports", "port_id", port_, kVirtualPortFields, "devices/interface/virtualport");
    if (!tag_.has("virtualport") || is_good_virtual_port()) return;
    tag_.erase("virtualport");
    reading_.unuse("virtual_port_json");
    for (const SourceRow* row : draft_.context.rows_where("virtual_ports", "port_id", port_.id))
      draft_.leave_out("devices/interface/virtualport", *row, "libvirt takes no such virtual port on the interface");
  }

  // Whether libvirt takes the virtual port: it is of a type that has all its parameters.
  bool is_good_virtual_port() const {
    const std::string_view type = tag_.get("virtualport/@type");
    const auto kind = std::find_if(std::begin(kVirtualPorts), std::end(kVirtualPorts),
                                   [&](const VirtualPort& entry) { return entry.type == type; });
    if (kind == std::end(kVirtualPorts) || !is_type("network|bridge|direct")) return false;
    bool good = true;
    for (const VirtualPortParameter& parameter : kVirtualPortParameters) {
      const std::string path = "virtualport/parameters/@" + std::string(parameter.name);
      if (!tag_.has(path))
        good = good && !one_of(parameter.name, kind->needs);
      else
        good = good && one_of(parameter.name, kind->may) &&
               (parameter.most == 0 || number_of(tag_.get(path)) <= parameter.most);
    }
    return good;
  }

  // Takes the first filter of filter_ref_json and filter_refs.
  void filter() {
    if (const auto members = Reading::of_json(reading_.look("filter_ref_json")))
      if (set_filter(members->look("filter|name"), &*members)) reading_.use("filter_ref_json");
    for (const SourceRow* row : draft_.context.rows_where("filter_refs", "port_id", port_.id)) {
      draft_.context.use(*row);
      Reading values(row->values);
      values.use("port_id");
      const auto parameters = Reading::of_json(values.look("parameters_json"));
      if (set_filter(values.look("name"), parameters ? &*parameters : nullptr)) {
        values.use("name");
        if (parameters) values.use("parameters_json");
      }
      draft_.rest("devices/interface/filterref", *row, values);
    }
  }

  // Returns whether the filter was set: its name is good, and there is none yet.
  bool set_filter(std::string_view name, const Reading* parameters) {
    if (!is_filter_name(name) || tag_.has("filterref")) return false;
    tag_.set("filterref/@filter", name);
    if (!parameters) return true;
    for (const auto& [key, value] : parameters->values()) {
      const std::string_view parameter = key.starts_with("parameters/") ? std::string_view(key).substr(11) : key;
      if (one_of(key, "filter|name") || !is_filter_parameter(parameter, value)) continue;
      Tag& made = child_of(tag_, "filterref").add("parameter");
      made.set("@name", parameter);
      made.set("@value", value);
    }
    return true;
  }

  // Sets the VLANs that vlan_tags_json lists and the one that primary_vlan names.
  void vlan() {
    const bool may = is_type("network|bridge|direct|hostdev");
    std::vector<std::string> ids;
    if (may) ids = vlan_ids(std::string(reading_.look("vlan_tags_json")));
    if (!ids.empty()) reading_.use("vlan_tags_json");
    const std::string primary(reading_.look("primary_vlan"));
    if (primary == "0") reading_.use("primary_vlan");
    if (number_of(primary) > 0 && is_vlan_id(primary) && may) {
      if (std::find(ids.begin(), ids.end(), primary) == ids.end()) ids.insert(ids.begin(), primary);
      reading_.use("primary_vlan");
    }
    if (ids.empty()) return;
    Tag& made = tag_.add("vlan");
    if (ids.size() > 1) made.set("@trunk", "yes");
    for (const std::string& id : ids) made.add("tag").set("@id", id);
  }

  void trust() {
    const bool trusted = is_true(reading_.look("trust_guest_rx_filters"));
    const bool may = is_type("network|direct");
    if (trusted && may) tag_.set("@trustGuestRxFilters", "yes");
    if (!trusted || may) reading_.use("trust_guest_rx_filters");
  }

  Draft& draft_;
  const SourceRow* row_;  // nullptr if the port alone says whose it is
  const SourceRow& port_;
  Reading attachment_;
  Reading reading_;
  Tag tag_;
};

// Finds a VM's ports, each once, in whichever table says that they are the VM's.
class Interfaces {
 public:
  explicit Interfaces(Draft& draft) : draft_(draft) {}

  void add() {
    attached();
    owned();
    indexed();
  }

 private:
  void attached() {
    std::vector<const SourceRow*> rows = draft_.rows_of("port_attachments");
    std::stable_sort(rows.begin(), rows.end(), [](const SourceRow* a, const SourceRow* b) {
      return number_of(a->get("ordinal")) < number_of(b->get("ordinal"));
    });
    for (const SourceRow* row : rows) {
      const SourceRow* port = draft_.context.find("ports", row->get("port_id"));
      if (!port) {
        draft_.leave_out("devices/interface", *row, missing("ports", row->get("port_id")));
        continue;
      }
      seen_.insert(port->id);
      Interface(draft_, row, *port).add();
    }
  }

  // In the oldest databases the port itself says which VM it belongs to.
  void owned() {
    for (const SourceRow* row : draft_.rows_of("ports")) {
      if (!seen_.insert(row->id).second) continue;
      draft_.context.use(*row);
      Interface(draft_, nullptr, *row).add();
    }
  }

  // virtumancer gives all interfaces without a name one attachment, which has the port of the last one.
  // attachment_indices may still know the ports of the others.
  void indexed() {
    for (const SourceRow* row : draft_.rows_of("attachment_indices")) {
      const std::string id(row->get("device_id"));
      if (row->get("device_type") != "port" || seen_.contains(id)) continue;
      if (!draft_.context.rows_where("port_attachments", "port_id", id).empty()) continue;
      const SourceRow* port = draft_.context.find("ports", id);
      if (!port) continue;
      seen_.insert(port->id);
      draft_.inferred("devices/interface", *row, "the port is the VM's by attachment_indices alone");
      Interface(draft_, nullptr, *port).add();
    }
  }

  Draft& draft_;
  std::set<std::string> seen_;  // ids of ports
};

}  // namespace

void add_interfaces(Draft& draft) { Interfaces(draft).add(); }

}  // namespace virtsql::virtumancer
