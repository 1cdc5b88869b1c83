#include "core/virtumancer/domain.h"

#include <algorithm>
#include <boost/json.hpp>

#include "core/base/letters.h"
#include "core/virtumancer/domain_builder.h"
#include "core/virtumancer/ignored.h"

namespace virtsql::virtumancer {

namespace {

// A scheme of a host's URI, and the type of domains on such a host.
struct Scheme {
  std::string_view scheme;
  std::string_view type;
};

constexpr Scheme kSchemes[] = {{"qemu", "kvm"},      {"xen", "xen"},   {"lxc", "lxc"},    {"bhyve", "bhyve"},
                               {"test", "test"},     {"vbox", "vbox"}, {"esx", "vmware"}, {"vpx", "vmware"},
                               {"openvz", "openvz"}, {"vz", "vz"},     {"ch", "kvm"}};

}  // namespace

const Values Domain::kNoValues;

Domain::Domain(Context& context, const SourceVm& vm, std::vector<Note>& notes)
    : context_(context), vm_(vm), notes_(notes) {
  domain_.name = "domain";
}

std::string Domain::build() {
  head();
  for (const Section& section : sections()) add_section(section);
  numa();
  processor();
  features();
  Tag& devices = domain_.add("devices");
  disks(devices);
  for (const Device& device : virtumancer::devices()) add_devices(devices, device);
  interfaces(devices);
  host_devices(devices);
  consoles(devices);
  default_video(devices);
  boot_order(devices);
  machine(devices);
  qemu_arguments();
  unread_tables();
  return domain_.xml();
}

// ---- telling

void Domain::note(std::string what, const SourceRow& row, std::string_view kind, std::string detail, std::string kept) {
  notes_.push_back({std::move(what), row.table, row.id, std::string(kind), std::move(detail), std::move(kept)});
}

void Domain::inferred(std::string what, const SourceRow& row, std::string detail) {
  note(std::move(what), row, "inferred", std::move(detail));
}

void Domain::defaulted(std::string what, const SourceRow& row, std::string detail) {
  note(std::move(what), row, "defaulted", std::move(detail));
}

// Notes that nothing of the row is in the XML.
void Domain::leave_out(std::string what, const SourceRow& row, std::string detail) {
  notes_.push_back(left_out(std::move(what), row, std::move(detail)));
}

// Notes what of the row had no place.
void Domain::rest(std::string what, const SourceRow& row, const Reading& reading) {
  if (std::optional<Note> note = rest_of(std::move(what), row, reading)) notes_.push_back(*std::move(note));
}

// Applies the rows of `table` that belong to `owner`: their column `key` has its id.
void Domain::apply_rows(Tag& tag, std::string_view table, std::string_view key, const SourceRow& owner,
                        const std::vector<Field>& fields, std::string_view place) {
  for (const SourceRow* row : context_.rows_where(table, key, owner.id)) {
    context_.use(*row);
    Reading reading(row->values);
    reading.use(key);
    apply(tag, reading, fields);
    apply_json(tag, reading, "config_json", fields);
    rest(std::string(place), *row, reading);
  }
}

// ---- the VM itself

void Domain::head() {
  const SourceRow& row = *vm_.row;
  Reading reading(row.values);
  for (const char* column : {"uuid", "name", "domain_uuid"})
    if (reading.look(column) == vm_.uuid || reading.look(column) == vm_.name) reading.use(column);
  if (lower_case(reading.look("domain_uuid")) == vm_.uuid) reading.use("domain_uuid");
  reading.use("uuid");  // virtumancer's own UUID of the VM, to which its rows refer
  std::string type = "kvm";
  if (vm_.host) {
    const std::string_view uri = vm_.host->get("uri");
    const std::string_view scheme = uri.substr(0, uri.find_first_of("+:"));
    for (const Scheme& entry : kSchemes)
      if (entry.scheme == scheme) type = entry.type;
    inferred("@type", *vm_.host, type + ", from the host's URI " + std::string(uri));
  } else {
    defaulted("@type", row, type + ": its host is not known");
  }
  domain_.set("@type", type);
  domain_.set("name", vm_.name);
  domain_.set("uuid", vm_.uuid);
  apply(domain_, reading,
        {{"title", "title", "line"}, {"description", "description", "text"}, {"v_cpu_count", "vcpu", "vcpus"}});
  metadata(reading);
  memory(reading);
  if (!domain_.has("vcpu")) {
    domain_.set("vcpu", "1");
    vcpus_are_assumed_ = true;
    defaulted("vcpu", row, "1");
  }
  if (!is_true(reading.look("is_template"))) reading.use("is_template");
  Tag& os = domain_.add("os");
  apply(os, reading, {{"os_type", "type", kOsTypes}});
  cpu_model_ = reading.take("cpu_model");
  if (!cpu_model_.empty() && !checked("token", cpu_model_)) {
    reading.unuse("cpu_model");
    cpu_model_ = {};
  }
  apply_json(domain_.add("cpu"), reading, "cpu_topology_json", kTopologyFields);
  rest("virtual_machines", row, reading);
}

void Domain::metadata(Reading& reading) {
  const std::string_view text = reading.look("metadata");
  if (text.empty()) return;
  try {
    const xml::Document document = xml::Document::parse(text);
    const xml::Node* root = document.root();
    const auto add = [&](const xml::Node& node) {
      // Inside <metadata> libvirt takes only elements that have a namespace.
      for (std::size_t i = 0; i < node.attribute_count; ++i)
        if (xml::declares_namespace(node.attributes[i].name)) {
          copy(domain_.children.back().add(node.name), node);
          return true;
        }
      return false;
    };
    Tag& place = domain_.add("metadata");
    bool all = true;
    if (root->name == "metadata") {
      for (const xml::Node* child = root->first_child; child; child = child->next)
        if (child->is_element()) all = add(*child) && all;
    } else {
      all = add(*root);
    }
    if (place.children.empty()) domain_.children.pop_back();
    if (all) reading.use("metadata");
  } catch (const xml::Error&) {
    // Not XML: the column counts as not used, so the report keeps it as it is.
  }
}

void Domain::copy(Tag& tag, const xml::Node& node) {
  for (std::size_t i = 0; i < node.attribute_count; ++i)
    tag.attributes.emplace_back(node.attributes[i].name, node.attributes[i].value);
  for (const xml::Node* child = node.first_child; child; child = child->next) {
    if (child->is_element())
      copy(tag.add(child->name), *child);
    else if (child->is_text() && !xml::is_space(child->text))
      tag.text += child->text;
  }
}

void Domain::memory(Reading& reading) {
  const auto put = [&](std::string_view path, std::uint64_t bytes) {
    domain_.set(path, std::to_string((bytes + 1023) / 1024));
    domain_.set(std::string(path) + "/@unit", "KiB");
  };
  const std::uint64_t bytes = number_of(reading.look("memory_bytes"));
  const std::uint64_t current = number_of(reading.look("current_memory"));
  if (bytes > 0 && bytes < (std::uint64_t{1} << 60U)) {
    put("memory", bytes);
    reading.use("memory_bytes");
  } else {
    put("memory", std::uint64_t{1} << 30U);
    defaulted("memory", *vm_.row, "1 GiB");
    if (reading.look("memory_bytes") == "0") reading.use("memory_bytes");
  }
  if (current > 0 && bytes >= current) put("currentMemory", current);
  if (current == 0 ? reading.look("current_memory") == "0" : bytes >= current) reading.use("current_memory");
}

// ---- QEMU's own, and the rest

bool Domain::owns(const SourceRow& row) {
  const std::string_view id = row.get("owner_id");
  return one_of(row.get("owner_type"), "vm|virtual_machine|virtual_machines|domain") && !id.empty() &&
         (id == vm_.row->id || id == vm_.row->get("uuid"));
}

void Domain::qemu_arguments() {
  std::vector<std::string> arguments;
  for (const SourceRow& row : context_.source().table("qemu_args").rows) {
    if (row.deleted || !owns(row)) continue;
    context_.use(row);
    const std::string key(row.get("key"));
    const std::string value(row.get("value"));
    if ((key.empty() && value.empty()) || !usable(key) || !usable(value)) {
      leave_out("qemu:commandline", row, "no argument");
      continue;
    }
    if (!key.empty()) arguments.push_back(key.starts_with('-') ? key : "-" + key);
    if (!value.empty()) arguments.push_back(value);
  }
  for (const SourceRow& row : context_.source().table("vendor_options").rows) {
    if (row.deleted || !owns(row)) continue;
    context_.use(row);
    const std::string_view value = row.get("value_json");
    bool good = false;
    if (row.get("namespace") == "qemu" && one_of(row.get("key"), "arg|args|commandline|qemu:arg|qemu:commandline")) {
      std::vector<std::string> items;
      if (const auto list = items_of(value)) items = *list;
      if (const auto text = parse_json(value); text && text->is_string())
        items.emplace_back(std::string(text->get_string()));
      good = !items.empty() &&
             std::all_of(items.begin(), items.end(), [](const auto& item) { return !item.empty() && usable(item); });
      if (good) arguments.insert(arguments.end(), items.begin(), items.end());
    }
    if (!good) leave_out("vendor_options", row, "an option of " + std::string(row.get("namespace")));
  }
  if (arguments.empty()) return;
  domain_.set("@xmlns:qemu", "http://libvirt.org/schemas/domain/qemu/1.0");
  Tag& place = domain_.add("qemu:commandline");
  for (const std::string& argument : arguments) place.add("qemu:arg").set("@value", argument);
}

// Notes the VM's rows in tables that nothing reads, and its aliases that no device got.
void Domain::unread_tables() {
  for (const std::string& table : context_.source().names()) {
    if (is_administration(table) || is_read(table)) continue;
    if (!has_vms(context_.source().table(table))) continue;
    for (const SourceRow* row : context_.rows_of(table, vm_)) leave_out(table, *row, "virtsql has no place for it");
  }
  for (const SourceRow* row : context_.rows_of("device_aliases", vm_))
    if (!aliases_.contains(row))
      leave_out("devices", *row, "an alias that is given anew at each start, or of no device");
}

bool is_read(std::string_view table) {
  static const std::set<std::string, std::less<>> kTables = [] {
    std::set<std::string, std::less<>> out = {"hosts",
                                              "virtual_machines",
                                              "storage_pools",
                                              "volumes",
                                              "networks",
                                              "ports",
                                              "port_bindings",
                                              "port_attachments",
                                              "filter_refs",
                                              "virtual_ports",
                                              "disks",
                                              "disk_attachments",
                                              "volume_attachments",
                                              "host_devices",
                                              "host_device_attachments",
                                              "host_pc_idevices",
                                              "consoles",
                                              "cpu_topologies",
                                              "numa_nodes",
                                              "hypervisor_features",
                                              "vendor_options",
                                              "qemu_args",
                                              "device_aliases",
                                              "io_tunes",
                                              "disk_driver_options",
                                              "backing_stores",
                                              "attachment_indices",
                                              "vm_snapshots",
                                              "graphics_devices",
                                              "graphics_device_attachments"};
    for (const Device& device : devices()) {
      out.emplace(device.attachments);
      for_each_part(device.resources, '|', [&](std::string_view name) { out.emplace(name); });
    }
    for (const Section& section : sections()) out.emplace(section.table);
    return out;
  }();
  return kTables.contains(table);
}

std::string domain_of(Context& context, const SourceVm& vm, std::vector<Note>& notes) {
  return Domain(context, vm, notes).build();
}

}  // namespace virtsql::virtumancer
