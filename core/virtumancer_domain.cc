#include "core/virtumancer_domain.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>
#include <charconv>

namespace virtsql::virtumancer {
namespace {

namespace json = boost::json;

std::string text_of(std::string_view text) { return std::string(text); }

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return out;
}

bool is_true(std::string_view value) { return checked("flag", value).value_or("") == "yes"; }

std::uint64_t number_of(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() ? out : 0;
}

std::optional<json::value> parse_json(std::string_view text) {
  boost::system::error_code error;
  json::value out = json::parse(json::string_view(text.data(), text.size()), error);
  if (error) return std::nullopt;
  return out;
}

// The items of a JSON array, each as JSON text; nothing where the text is no array.
std::optional<std::vector<std::string>> items_of(std::string_view text) {
  const std::optional<json::value> value = parse_json(text);
  if (!value || !value->is_array()) return std::nullopt;
  std::vector<std::string> out;
  for (const json::value& item : value->get_array())
    out.push_back(item.is_string() ? std::string(item.get_string()) : json::serialize(item));
  return out;
}

// The first part of a path a/b/c, which loses it.
std::string_view next_step(std::string_view& path) {
  const std::size_t slash = path.find('/');
  const std::string_view out = path.substr(0, slash);
  path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  return out;
}

template <typename Visit>
void for_each_part(std::string_view list, char separator, const Visit& visit) {
  while (!list.empty()) {
    const std::size_t end = list.find(separator);
    visit(list.substr(0, end));
    if (end == std::string_view::npos) return;
    list.remove_prefix(end + 1);
  }
}

}  // namespace

// ---- elements

Tag& Tag::add(std::string_view child_name) {
  children.emplace_back();
  children.back().name = child_name;
  return children.back();
}

const Tag* Tag::find(std::string_view child_name) const {
  for (const Tag& child : children)
    if (child.name == child_name) return &child;
  return nullptr;
}

void Tag::set(std::string_view path, std::string_view value) {
  Tag* tag = this;
  while (!path.empty()) {
    const std::string_view step = next_step(path);
    if (step.starts_with('@')) {
      const std::string_view wanted = step.substr(1);
      for (auto& [attribute, old] : tag->attributes)
        if (attribute == wanted) {
          old = value;
          return;
        }
      tag->attributes.emplace_back(wanted, value);
      return;
    }
    Tag* child = const_cast<Tag*>(tag->find(step));
    tag = child ? child : &tag->add(step);
  }
  tag->text = value;
}

std::string_view Tag::get(std::string_view path) const {
  const Tag* tag = this;
  while (!path.empty()) {
    const std::string_view step = next_step(path);
    if (step.starts_with('@')) {
      for (const auto& [attribute, value] : tag->attributes)
        if (attribute == step.substr(1)) return value;
      return {};
    }
    tag = tag->find(step);
    if (!tag) return {};
  }
  return tag->text;
}

bool Tag::has(std::string_view path) const {
  if (path.find('@') != std::string_view::npos) return !get(path).empty();
  const Tag* tag = this;
  while (tag && !path.empty()) tag = tag->find(next_step(path));
  return tag != nullptr;
}

void Tag::erase(std::string_view path) {
  const std::string_view step = next_step(path);
  if (step.starts_with('@')) {
    std::erase_if(attributes, [&](const auto& attribute) { return attribute.first == step.substr(1); });
    return;
  }
  const auto child = std::find_if(children.begin(), children.end(), [&](const Tag& tag) { return tag.name == step; });
  if (child == children.end()) return;
  if (!path.empty()) child->erase(path);
  if (path.empty() || (child->attributes.empty() && child->children.empty() && child->text.empty()))
    children.erase(child);
}

void Tag::write(xml::Writer& writer) const {
  writer.open(name);
  for (const auto& [attribute, value] : attributes) writer.attribute(attribute, value);
  if (!text.empty()) writer.text(text);
  for (const Tag& child : children) child.write(writer);
  writer.close();
}

std::string Tag::xml() const {
  xml::Writer writer;
  write(writer);
  return writer.take();
}

// ---- the source's references

void Context::add_vm_key(std::string_view key, const SourceRow& row) {
  if (!key.empty()) by_key_.emplace(lower(key), &row);
}

const SourceRow* Context::vm_row(std::string_view key) const {
  const auto found = by_key_.find(lower(key));
  return found == by_key_.end() ? nullptr : found->second;
}

const SourceRow* Context::vm_of(const SourceRow& row) const {
  return vm_row(row.get("vm_uuid").empty() ? row.get("vm_id") : row.get("vm_uuid"));
}

bool has_vms(const SourceTable& table) { return table.columns.contains("vm_uuid") || table.columns.contains("vm_id"); }

const std::vector<const SourceRow*>& Context::rows_of(std::string_view table, const SourceVm& vm) {
  auto found = by_vm_.find(table);
  if (found == by_vm_.end()) {
    found = by_vm_.try_emplace(text_of(table)).first;
    for (const SourceRow& row : source_.table(table).rows)
      if (!row.deleted)
        if (const SourceRow* owner = vm_of(row)) found->second[owner].push_back(&row);
  }
  return found->second[vm.row];
}

std::vector<const SourceRow*> Context::rows_where(std::string_view table, std::string_view column,
                                                  std::string_view value) {
  const std::pair<std::string, std::string> key(table, column);
  auto found = by_value_.find(key);
  if (found == by_value_.end()) {
    found = by_value_.try_emplace(key).first;
    for (const SourceRow& row : source_.table(table).rows)
      if (!row.deleted && !row.get(column).empty()) found->second.emplace(row.get(column), &row);
  }
  std::vector<const SourceRow*> out;
  const auto [first, last] = found->second.equal_range(value);
  for (auto entry = first; entry != last; ++entry) out.push_back(entry->second);
  return out;
}

const SourceRow* Context::find(std::string_view table, std::string_view id) {
  const SourceTable& rows = source_.table(table);
  const auto found = rows.by_id.find(id);
  if (found == rows.by_id.end() || found->second->deleted) return nullptr;
  used_.insert(found->second);
  return found->second;
}

std::string volume_path(Context& context, const SourceRow& volume) {
  const std::string_view path = volume.get("path");
  if (path.starts_with('/')) return text_of(path);
  const std::string_view name = volume.get("name");
  if (name.starts_with('/') || name.empty()) return text_of(name);
  const SourceRow* pool = context.find("storage_pools", volume.get("storage_pool_id"));
  if (!pool || !pool->get("path").starts_with('/') ||
      !one_of(pool->get("type"), "dir|fs|netfs|logical|gluster|vstorage"))
    return "";
  std::string out(pool->get("path"));
  if (!out.ends_with('/')) out += '/';
  return out + text_of(name);
}

std::string row_json(const SourceRow& row, const std::vector<std::string_view>& columns) {
  std::string out = "{\"id\":" + json_text(row.id);
  const auto add = [&](std::string_view column) {
    if (column != "id") out += "," + json_text(column) + ":" + json_text(row.get(column));
  };
  if (columns.empty())
    for (const auto& [column, value] : row.values) add(column);
  else
    for (const std::string_view column : columns) add(column);
  return out + "}";
}

// ---- a VM

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

// What <features> can have, and whether it is there or has a state.
struct Feature {
  std::string_view name;
  std::string_view path;
  bool presence;
};

constexpr Feature kFeatures[] = {
    {"acpi", "acpi", true},
    {"apic", "apic", true},
    {"pae", "pae", true},
    {"viridian", "viridian", true},
    {"privnet", "privnet", true},
    {"hap", "hap/@state", false},
    {"pmu", "pmu/@state", false},
    {"vmport", "vmport/@state", false},
    {"smm", "smm/@state", false},
    {"pvspinlock", "pvspinlock/@state", false},
    {"vmcoreinfo", "vmcoreinfo/@state", false},
    {"htm", "htm/@state", false},
    {"nested-hv", "nested-hv/@state", false},
    {"hidden", "kvm/hidden/@state", false},
    {"relaxed", "hyperv/relaxed/@state", false},
    {"vapic", "hyperv/vapic/@state", false},
    {"vpindex", "hyperv/vpindex/@state", false},
    {"runtime", "hyperv/runtime/@state", false},
    {"synic", "hyperv/synic/@state", false},
    {"stimer", "hyperv/stimer/@state", false},
    {"reset", "hyperv/reset/@state", false},
    {"frequencies", "hyperv/frequencies/@state", false},
    {"reenlightenment", "hyperv/reenlightenment/@state", false},
    {"tlbflush", "hyperv/tlbflush/@state", false},
    {"ipi", "hyperv/ipi/@state", false},
    {"evmcs", "hyperv/evmcs/@state", false},
};

// The schemes of a host's URI, and the type of domains behind them.
struct Scheme {
  std::string_view scheme;
  std::string_view type;
};

constexpr Scheme kSchemes[] = {{"qemu", "kvm"},      {"xen", "xen"},   {"lxc", "lxc"},    {"bhyve", "bhyve"},
                               {"test", "test"},     {"vbox", "vbox"}, {"esx", "vmware"}, {"vpx", "vmware"},
                               {"openvz", "openvz"}, {"vz", "vz"},     {"ch", "kvm"}};

struct Prefix {
  std::string_view prefix;
  std::string_view bus;
};

// The first letters of a disk's name in the guest, and the bus that they go with.
constexpr Prefix kDiskPrefixes[] = {{"vd", "virtio"}, {"sd", "sata"}, {"hd", "ide"},
                                    {"fd", "fdc"},    {"xvd", "xen"}, {"ubd", "uml"}};

bool is_disk_name(std::string_view name) {
  for (const Prefix& entry : kDiskPrefixes) {
    if (!name.starts_with(entry.prefix) || name.size() == entry.prefix.size()) continue;
    const std::string_view rest = name.substr(entry.prefix.size());
    return std::all_of(rest.begin(), rest.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  }
  return false;
}

std::string_view bus_of(std::string_view name) {
  for (const Prefix& entry : kDiskPrefixes)
    if (name.starts_with(entry.prefix)) return entry.bus;
  return "virtio";
}

std::string_view prefix_of(std::string_view bus) {
  if (one_of(bus, "scsi|sata|usb|sd")) return "sd";
  for (const Prefix& entry : kDiskPrefixes)
    if (entry.bus == bus) return entry.prefix;
  return "vd";
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// A disk of a VM, of whichever tables it comes from.
struct Disk {
  const SourceRow* attachment = nullptr;
  const SourceRow* disk = nullptr;    // of disks; nullptr where it is a volume alone
  const SourceRow* volume = nullptr;  // nullptr where there is none
};

class Domain {
 public:
  Domain(Context& context, const SourceVm& vm, std::vector<Note>& notes) : context_(context), vm_(vm), notes_(notes) {
    domain_.name = "domain";
  }

  std::string build() {
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

 private:
  // ---- telling

  void note(std::string what, const SourceRow& row, std::string_view kind, std::string detail, std::string kept = "") {
    notes_.push_back({std::move(what), row.table, row.id, text_of(kind), std::move(detail), std::move(kept)});
  }
  void inferred(std::string what, const SourceRow& row, std::string detail) {
    note(std::move(what), row, "inferred", std::move(detail));
  }
  void defaulted(std::string what, const SourceRow& row, std::string detail) {
    note(std::move(what), row, "defaulted", std::move(detail));
  }
  // The row is not in the XML at all.
  void leave_out(std::string what, const SourceRow& row, std::string detail) {
    note(std::move(what), row, "left out", std::move(detail), row_json(row, {}));
  }
  // What of the row had no place.
  void rest(std::string what, const SourceRow& row, const Reading& reading) {
    std::vector<std::string_view> columns = reading.rest();
    std::erase_if(columns, [](std::string_view column) { return is_housekeeping(column); });
    if (columns.empty()) return;
    std::string detail;
    for (const std::string_view column : columns) detail += (detail.empty() ? "" : ", ") + text_of(column);
    note(std::move(what), row, "left out", "without a place or not valid: " + detail, row_json(row, columns));
  }

  // Sets what the fields give and is valid, and is not set already.
  static void apply(Tag& tag, Reading& reading, const std::vector<Field>& fields) {
    for (const Field& field : fields) {
      const std::string_view value = reading.look(field.columns);
      if (value.empty()) continue;
      const std::optional<std::string> good = checked(field.check, value);
      if (!good) continue;
      if (!good->empty() && !field.path.empty()) {
        const bool flag = field.check == "flag";
        const std::string_view now = tag.get(field.path);
        if (!flag && !now.empty() && now != *good) continue;
        tag.set(field.path, flag ? std::string_view() : std::string_view(*good));
      }
      reading.use(field.columns);
    }
  }

  // The members of a JSON column; it counts as used where all of them found a place.
  static void apply_json(Tag& tag, Reading& reading, std::string_view column, const std::vector<Field>& fields) {
    const std::string_view text = reading.look(column);
    if (text.empty() || one_of(text, "null|{}|[]")) return reading.use(column);
    std::optional<Reading> members = Reading::of_json(text);
    if (!members) return;
    apply(tag, *members, fields);
    if (members->rest().empty()) reading.use(column);
  }

  // ---- the VM itself

  void head() {
    const SourceRow& row = *vm_.row;
    Reading reading(row.values);
    for (const char* column : {"uuid", "name", "domain_uuid"})
      if (reading.look(column) == vm_.uuid || reading.look(column) == vm_.name) reading.use(column);
    if (lower(reading.look("domain_uuid")) == vm_.uuid) reading.use("domain_uuid");
    reading.use("uuid");  // the program's own, to which its rows refer
    std::string type = "kvm";
    if (vm_.host) {
      const std::string_view uri = vm_.host->get("uri");
      const std::string_view scheme = uri.substr(0, uri.find_first_of("+:"));
      for (const Scheme& entry : kSchemes)
        if (entry.scheme == scheme) type = entry.type;
      inferred("@type", *vm_.host, type + ", from the host's URI " + text_of(uri));
    } else {
      defaulted("@type", row, type + ": its host is not known");
    }
    domain_.set("@type", type);
    domain_.set("name", vm_.name);
    domain_.set("uuid", vm_.uuid);
    apply(domain_, reading,
          {{"title", "title", "line"}, {"description", "description", "text"}, {"v_cpu_count", "vcpu", "positive"}});
    metadata(reading);
    memory(reading);
    if (!domain_.has("vcpu")) {
      domain_.set("vcpu", "1");
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

  void metadata(Reading& reading) {
    const std::string_view text = reading.look("metadata");
    if (text.empty()) return;
    try {
      const xml::Document document = xml::Document::parse(text);
      const xml::Node* root = document.root();
      const auto add = [&](const xml::Node& node) {
        // libvirt takes elements of a namespace alone.
        for (std::size_t i = 0; i < node.attribute_count; ++i)
          if (node.attributes[i].name.starts_with("xmlns")) {
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
      // Kept as it is.
    }
  }

  static void copy(Tag& tag, const xml::Node& node) {
    for (std::size_t i = 0; i < node.attribute_count; ++i)
      tag.attributes.emplace_back(node.attributes[i].name, node.attributes[i].value);
    for (const xml::Node* child = node.first_child; child; child = child->next) {
      if (child->is_element())
        copy(tag.add(child->name), *child);
      else if (child->is_text() && !xml::is_space(child->text))
        tag.text += child->text;
    }
  }

  void memory(Reading& reading) {
    const auto put = [&](std::string_view path, std::uint64_t bytes) {
      domain_.set(path, std::to_string((bytes + 1023) / 1024));
      domain_.set(text_of(path) + "/@unit", "KiB");
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

  // ---- sections

  void add_section(const Section& section) {
    bool first = true;
    for (const SourceRow* row : context_.rows_of(section.table, vm_)) {
      const std::string what = section.path.empty() ? text_of(section.table) : text_of(section.path);
      if (!section.many && !first) {
        leave_out(what, *row, "a second one of the VM");
        continue;
      }
      first = false;
      Reading reading(row->values);
      Tag made;
      Tag* existing = section.many ? nullptr : place_of(section.path);
      Tag& tag = existing ? *existing : made;
      apply(tag, reading, section.fields);
      std::string reason;
      if (!section.required.empty() && tag.get(section.required).empty()) {
        reason = "without " + text_of(section.required);
      } else {
        finish_section(section, *row, tag, reading, reason);
      }
      if (!reason.empty()) {
        if (existing && existing != &domain_) tag = Tag{tag.name, {}, "", {}};
        leave_out(what, *row, reason);
        continue;
      }
      if (section.many) {
        std::string_view path = section.path;
        Tag* parent = &domain_;
        while (path.find('/') != std::string_view::npos) parent = child_of(*parent, next_step(path));
        made.name = path;
        parent->children.push_back(std::move(made));
      }
      rest(what, *row, reading);
    }
    // An element that nothing was put into.
    if (section.path.empty() || section.path == "os") return;
    std::erase_if(domain_.children, [&](const Tag& tag) {
      return tag.name == section.path && tag.attributes.empty() && tag.children.empty() && tag.text.empty();
    });
  }

  static Tag* child_of(Tag& parent, std::string_view name) {
    for (Tag& child : parent.children)
      if (child.name == name) return &child;
    return &parent.add(name);
  }

  Tag* place_of(std::string_view path) {
    Tag* tag = &domain_;
    while (!path.empty()) tag = child_of(*tag, next_step(path));
    return tag;
  }

  // What a table of fields cannot say.
  void finish_section(const Section& section, const SourceRow& row, Tag& tag, Reading& reading, std::string& reason) {
    const std::string_view table = section.table;
    if (table == "boot_configs") {
      boot_json_ = reading.look("boot_order_json");
      boot_row_ = &row;
      reading.use("boot_order_json");
      firmware(tag, row);
    } else if (table == "os_configs") {
      if (tag.has("bootmenu/@timeout") && !tag.has("bootmenu/@enable")) {
        tag.erase("bootmenu/@timeout");
        reading.unuse("boot_menu_timeout");
      }
      if (tag.has("smbios/@mode") && tag.get("smbios/@mode") == "sysinfo") {
        // Without fields it says nothing; with them it is said with them.
        tag.erase("smbios/@mode");
        if (context_.rows_of("smbios_system_infos", vm_).empty()) reading.unuse("smbios_mode");
      }
      if (reading.look("loader_type") == tag.get("type/@arch") && !tag.get("type/@arch").empty())
        inferred("os/type/@arch", row, "from loader_type, where virtumancer writes the architecture");
      if (reading.look("firmware") == tag.get("type") && !tag.get("type").empty())
        inferred("os/type", row, "from firmware, where virtumancer writes the type");
      firmware(tag, row);
    } else if (table == "cpu_features") {
      if (!names_seen_.insert("cpu/" + text_of(tag.get("@name"))).second) reason = "a feature of the CPU twice";
      if (!tag.has("@policy")) tag.set("@policy", "require");
      reading.use("default");
    } else if (table == "perf_events") {
      if (!tag.has("@enabled")) reason = "whether it is counted is not said";
      if (!names_seen_.insert("perf/" + text_of(tag.get("@name"))).second) reason = "an event twice";
    } else if (table == "cpu_tunes") {
      const auto limit = [&](std::string_view path, std::string_view column, std::uint64_t least, std::uint64_t most) {
        if (!tag.has(path) || (number_of(tag.get(path)) >= least && number_of(tag.get(path)) <= most)) return;
        tag.erase(path);
        reading.unuse(column);
      };
      limit("cputune/shares", "shares", 2, 262144);
      limit("cputune/period", "period", 1000, 1000000);
      limit("cputune/quota", "quota", 1000, 17592186044415);
      if (reading.look("emu_threads") == "0") reading.use("emu_threads");
    } else if (table == "memory_configs" || table == "memory_backings") {
      memory_backing(tag, reading);
    } else if (table == "clocks") {
      clock(tag, reading);
    } else if (table == "smbios_system_infos") {
      smbios(tag, row, reading);
    } else if (table == "security_labels") {
      const std::string_view type = tag.get("@type");
      apply(tag, reading,
            type == "static"    ? std::vector<Field>{{"label", "label", "line"}, {"relabel", "@relabel", "yes_no"}}
            : type == "dynamic" ? std::vector<Field>{{"baselabel", "baselabel", "line"}}
                                : std::vector<Field>{});
      // Of dynamic labels the label is what the VM got at its last start, and they are always relabelled.
      if (type != "static")
        for (const char* column : {"label", "relabel"}) reading.use(column);
      if (type == "static" && !tag.has("label")) reason = "a static label without the label";
      if (!names_seen_.insert("seclabel/" + text_of(tag.get("@model"))).second) reason = "a second one of the model";
    } else if (table == "launch_securities") {
      if (!tag.has("@type")) reason = "of a type that is not known";
    }
  }

  void firmware(Tag& os, const SourceRow& row) {
    const bool secure = os.get("loader/@secure") == "yes";
    if (os.get("loader").empty()) {
      // Without an image it is libvirt that chooses one.
      if (secure || os.has("nvram")) {
        if (!os.has("@firmware")) {
          os.set("@firmware", "efi");
          inferred("os/@firmware", row, "efi, from what only such a firmware has");
        }
      }
      os.erase("loader/@type");
      os.erase("loader/@readonly");
      os.erase("loader/@stateless");
    } else {
      const bool variables = os.has("nvram") || secure;
      if (variables && !os.has("loader/@type")) {
        os.set("loader/@type", "pflash");
        inferred("os/loader/@type", row, "pflash, as there are variables to be kept");
      }
      if (os.get("loader/@type") == "pflash" && !os.has("loader/@readonly")) {
        os.set("loader/@readonly", "yes");
        inferred("os/loader/@readonly", row, "yes, as the image is pflash");
      }
    }
    secure_boot_ = secure_boot_ || secure;
    if (secure) secure_row_ = &row;
  }

  static void memory_backing(Tag& tag, Reading& reading) {
    const auto page = [&](std::string_view size, std::string_view unit) {
      tag.set("hugepages/page/@size", size);
      tag.set("hugepages/page/@unit", unit);
    };
    if (const auto items = items_of(reading.look("config_json"))) {
      bool all = true;
      for (const std::string& item : *items) {
        std::optional<Reading> members = Reading::of_json(item);
        Tag made;
        made.name = "page";
        if (members) apply(made, *members, kHugePageFields);
        if (!made.has("@size") || !members->rest().empty()) {
          all = false;
          continue;
        }
        child_of(tag, "hugepages")->children.push_back(std::move(made));
      }
      if (all) reading.use("config_json");
    }
    if (one_of(reading.look("config_json"), "null|{}|[]")) reading.use("config_json");
    if (reading.look("source_type") == "hugepages") {
      if (checked("positive", reading.look("size_kb")).value_or("").empty())
        tag.set("hugepages", "");
      else
        page(reading.take("size_kb"), "KiB");
      reading.use("source_type");
    }
    for (const char* column : {"size_kb", "memory_kb", "node_id", "min_guarantee"})
      if (reading.look(column) == "0") reading.use(column);
  }

  static void clock(Tag& tag, Reading& reading) {
    const auto only = [&](std::string_view path, std::string_view column, std::string_view offset) {
      if (tag.get("@offset") == offset || !tag.has(path)) return;
      tag.erase(path);
      reading.unuse(column);
    };
    only("@timezone", "timezone", "timezone");
    only("@basis", "basis", "variable");
    only("@adjustment", "adjustment", "variable");
    if (tag.get("@offset") == "timezone" && !tag.has("@timezone")) {
      tag.erase("@offset");
      reading.unuse("offset");
    }
    if (!tag.has("@offset")) tag.set("@offset", "utc");
    const auto items = items_of(reading.look("config_json"));
    if (!items) {
      if (one_of(reading.look("config_json"), "null|{}")) reading.use("config_json");
      return;
    }
    bool all = true;
    for (const std::string& item : *items) {
      std::optional<Reading> members = Reading::of_json(item);
      Tag timer;
      timer.name = "timer";
      if (members) apply(timer, *members, kTimerFields);
      const std::string_view name = timer.get("@name");
      bool good = members && !name.empty() && members->rest().empty();
      if (!one_of(name, "platform|rtc") && timer.has("@track")) good = false;
      if (name != "tsc" && (timer.has("@frequency") || timer.has("@mode"))) good = false;
      if (one_of(name, "kvmclock|hypervclock") && timer.has("@tickpolicy")) good = false;
      for (const Tag& other : tag.children) good = good && other.get("@name") != name;
      if (good)
        tag.children.push_back(std::move(timer));
      else
        all = false;
    }
    if (all) reading.use("config_json");
  }

  void smbios(Tag& tag, const SourceRow& row, Reading& reading) {
    Tag mode;
    apply_json(mode, reading, "config_json", {{"mode", "@mode", "emulate|host|sysinfo"}});
    const auto entry = [&](std::string_view path, std::string_view column, std::string_view name) {
      const std::string_view value = reading.look(column);
      if (value.empty() || !checked("line", value)) return;
      Tag& made = child_of(tag, path)->add("entry");
      made.set("@name", name);
      made.text = value;
      reading.use(column);
    };
    entry("bios", "vendor", "vendor");
    for (const char* column : {"manufacturer", "product", "version", "serial", "sku"}) entry("system", column, column);
    entry("chassis", "asset", "asset");
    if (tag.children.empty()) tag.attributes.clear();
    if (!tag.children.empty()) {
      tag.set("@type", "smbios");
      domain_.set("os/smbios/@mode", "sysinfo");
      if (mode.get("@mode") != "sysinfo") inferred("os/smbios/@mode", row, "sysinfo, as there are fields");
    } else if (one_of(mode.get("@mode"), "emulate|host")) {
      domain_.set("os/smbios/@mode", mode.get("@mode"));
    }
  }

  // ---- processor and features

  void numa() {
    const std::vector<const SourceRow*>& rows = context_.rows_of("numa_nodes", vm_);
    if (rows.empty()) return;
    Tag made;
    std::set<std::string> ids;
    std::uint64_t total = 0;
    bool good = true;
    for (const SourceRow* row : rows) {
      Reading reading(row->values);
      Tag& cell = made.add("cell");
      apply(cell, reading, {{"node_id", "@id", "number"}, {"memory_kb", "@memory", "positive"}});
      cell.set("@unit", "KiB");
      // Text as libvirt has it, whatever the column's name; or a list of numbers.
      std::string cpus(reading.look("cpus_json"));
      if (const auto items = items_of(cpus)) {
        cpus.clear();
        for (const std::string& item : *items) cpus += (cpus.empty() ? "" : ",") + item;
      }
      good = good && !cpus.empty() && checked("cpuset", cpus) && cell.has("@memory") && cell.has("@id") &&
             number_of(cell.get("@id")) < rows.size() && ids.insert(text_of(cell.get("@id"))).second;
      cell.set("@cpus", cpus);
      total += number_of(cell.get("@memory"));
    }
    if (!good || total != number_of(domain_.get("memory"))) {
      for (const SourceRow* row : rows)
        leave_out("cpu/numa/cell", *row, "the cells are not complete, or their memory is not the VM's");
      return;
    }
    made.name = "numa";
    child_of(domain_, "cpu")->children.push_back(std::move(made));
  }

  void processor() {
    Tag& cpu = *child_of(domain_, "cpu");
    for (const SourceRow* row : context_.rows_of("cpu_topologies", vm_)) {
      Reading reading(row->values);
      apply(cpu, reading, kTopologyFields);
      rest("cpu/topology", *row, reading);
    }
    std::uint64_t processors = 1;
    for (const char* part : {"topology/@sockets", "topology/@dies", "topology/@cores", "topology/@threads"})
      processors *= cpu.has(part) ? number_of(cpu.get(part)) : 1;
    const bool whole = cpu.has("topology/@sockets") && cpu.has("topology/@cores") && cpu.has("topology/@threads");
    if (cpu.has("topology") && (!whole || processors != number_of(domain_.get("vcpu")))) {
      cpu.erase("topology");
      leave_json("cpu/topology", "cpu_topology_json",
                 "sockets, cores and threads do not give the number of virtual CPUs");
    }
    if (one_of(cpu_model_, "host-passthrough|host-model|maximum")) {
      cpu.set("@mode", cpu_model_);
    } else if (!cpu_model_.empty()) {
      cpu.set("@mode", "custom");
      cpu.set("@match", "exact");
      cpu.set("model", cpu_model_);
      cpu.set("model/@fallback", "allow");
    } else if (cpu.has("feature")) {
      cpu.set("@mode", "host-model");
      inferred("cpu/@mode", *vm_.row, "host-model, as features are given and no model");
    }
    if (cpu.children.empty() && cpu.attributes.empty()) domain_.erase("cpu");
  }

  // A JSON column of the VM that turned out to be of no use.
  void leave_json(std::string what, std::string_view column, std::string detail) {
    const bool there = !vm_.row->get(column).empty();
    note(std::move(what), *vm_.row, "left out", std::move(detail),
         there ? row_json(*vm_.row, {column}) : std::string());
  }

  void features() {
    Tag made;
    made.name = "features";
    for (const SourceRow* row : context_.rows_of("hypervisor_features", vm_)) {
      Reading reading(row->values);
      const std::string_view name = reading.look("name");
      const std::string state = checked("on_off", reading.look("state"))
                                    .value_or(reading.look("state").empty() ? std::string("on") : std::string());
      const auto* feature = std::find_if(std::begin(kFeatures), std::end(kFeatures),
                                         [&](const Feature& entry) { return entry.name == name; });
      if (feature == std::end(kFeatures) || state.empty()) {
        leave_out("features", *row, "no feature that is known, or no state");
        continue;
      }
      for (const char* column : {"name", "state", "type"}) reading.use(column);
      if (!feature->presence)
        made.set(feature->path, state);
      else if (state == "on")
        made.set(feature->path, "");
      rest("features/" + text_of(name), *row, reading);
    }
    const std::string_view arch = domain_.get("os/type/@arch");
    const std::string_view type = domain_.get("os/type");
    if (made.children.empty() && (arch.empty() || one_of(arch, "x86_64|i686")) && (type.empty() || type == "hvm")) {
      made.set("acpi", "");
      made.set("apic", "");
      defaulted("features", *vm_.row, "acpi, apic: virtumancer knows none of the VM");
    }
    if (secure_boot_ && made.get("smm/@state") != "on") {
      made.set("smm/@state", "on");
      inferred("features/smm/@state", *secure_row_, "on, as secure boot needs it");
    }
    if (!made.children.empty()) domain_.children.push_back(std::move(made));
  }

  // ---- devices of all kinds

  std::string_view resource_id(const Device& device, const SourceRow& row) {
    return Reading(row.values).look(device.keys);
  }

  const SourceRow* resource_of(const Device& device, const SourceRow& row) {
    const SourceRow* out = nullptr;
    for_each_part(device.resources, '|', [&](std::string_view table) {
      if (!out) out = context_.find(table, resource_id(device, row));
    });
    return out;
  }

  void add_devices(Tag& devices, const Device& device) {
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

  static std::string missing(std::string_view table, std::string_view id) {
    if (id.empty()) return "it does not say which of " + text_of(table);
    return text_of(table) + " has no row " + text_of(id) + ", or it is deleted";
  }

  // Why the device cannot be; empty where it can.
  std::string unfit(const Device& device, const Tag& tag) {
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
  std::string finish_device(const Tag& devices, const Device& device, Tag& tag, Reading& model,
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

  std::string video(const Tag& devices, Tag& tag, Reading& model) {
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

  void backend(const Device& device, Tag& tag, Reading& model,
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
  void address(const Tag& devices, Tag& tag, Reading& reading) {
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
        if (text.size() < digits + 2)
          made.set(path, "0x" + std::string(digits + 2 - text.size(), '0') + text.substr(2));
        return out;
      };
      const std::uint64_t bus = part("address/@bus", 2);
      bool bus_there = bus == 0;
      for (const Tag& other : devices.children)
        bus_there = bus_there || (other.name == "controller" && other.get("@type") == "pci" &&
                                  number_of(other.get("@index")) == bus);
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
  void alias(Tag& tag, std::string_view attachments, const SourceRow& row) {
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

  // ---- disks

  void disks(Tag& devices) {
    std::vector<Disk> found;
    std::set<std::string> named;
    for (const SourceRow* row : context_.rows_of("disk_attachments", vm_)) {
      Disk disk{row, context_.find("disks", row->get("disk_id")), nullptr};
      if (!disk.disk) {
        leave_out("devices/disk", *row, missing("disks", row->get("disk_id")));
        continue;
      }
      if (!row->get("device_name").empty()) named.emplace(row->get("device_name"));
      disk.volume = context_.find("volumes", disk.disk->get("volume_id"));
      found.push_back(disk);
    }
    for (const SourceRow* row : context_.rows_of("volume_attachments", vm_)) {
      const SourceRow* volume = context_.find("volumes", row->get("volume_id"));
      if (!volume) {
        leave_out("devices/disk", *row, missing("volumes", row->get("volume_id")));
        continue;
      }
      const std::string name(row->get("device_name"));
      const auto same = std::find_if(found.begin(), found.end(), [&](const Disk& disk) {
        return disk.disk && (name.empty() ? disk.volume == volume : disk.attachment->get("device_name") == name);
      });
      if (same == found.end()) {
        found.push_back({row, nullptr, volume});
      } else if (same->volume != volume) {
        // The older table says what the VM had before virtumancer merged disks of equal names.
        own_volume_[same->attachment] = volume;
      }
    }
    for (const Disk& disk : found) add_disk(devices, disk);
  }

  // The disk's image. Several images of equal names may have become one disk.
  std::string image_of(const Disk& disk) {
    const SourceRow& row = disk.disk ? *disk.disk : *disk.volume;
    std::string path;
    if (disk.disk) {
      const std::string_view own = disk.disk->get("path");
      path = own.starts_with('/') ? text_of(own) : std::string();
      if (path.empty() && disk.volume) path = volume_path(context_, *disk.volume);
      if (path.empty() && disk.disk->get("name").starts_with('/')) path = disk.disk->get("name");
    } else {
      path = volume_path(context_, *disk.volume);
    }
    if (!disk.disk) return path;
    if (const auto own = own_volume_.find(disk.attachment); own != own_volume_.end()) {
      const std::string other = volume_path(context_, *own->second);
      if (!other.empty() && other != path && base_name(other) == base_name(path)) {
        inferred("devices/disk/source", *disk.attachment,
                 other + ", from volume_attachments, not " + path +
                     ": virtumancer makes one disk of those whose base names are equal");
        return other;
      }
    }
    // Whose is it? Of disks that are not shared, each VM has its own.
    const std::vector<const SourceRow*> users = context_.rows_where("disk_attachments", "disk_id", row.id);
    std::set<const SourceRow*> vms;
    for (const SourceRow* user : users)
      if (const SourceRow* vm = context_.vm_of(*user); vm && !vm->deleted) vms.insert(vm);
    if (vms.size() < 2 || path.empty() || is_true(disk.attachment->get("shareable")) ||
        is_true(disk.attachment->get("read_only")))
      return path;
    std::vector<std::string> candidates;
    bool here = false;  // the disk's own path is one of this host's volumes
    for (const SourceRow& volume : context_.source().table("volumes").rows) {
      if (volume.deleted) continue;
      const SourceRow* pool = context_.find("storage_pools", volume.get("storage_pool_id"));
      if (!pool || pool->get("host_id") != vm_.row->get("host_id")) continue;
      const std::string other = volume_path(context_, volume);
      if (other.empty() || base_name(other) != base_name(path)) continue;
      here = here || other == path;
      if (other != path) candidates.push_back(other);
    }
    if (!here && candidates.size() == 1) {
      inferred("devices/disk/source", *disk.attachment,
               candidates[0] + ", the host's volume of that name, not " + path +
                   ": virtumancer makes one disk of those whose base names are equal");
      return candidates[0];
    }
    inferred("devices/disk/source", *disk.attachment,
             path + " may be another VM's: " + std::to_string(vms.size()) +
                 " VMs have it, which do not share it, and virtumancer makes one disk of those whose base names are "
                 "equal");
    return path;
  }

  void add_disk(Tag& devices, const Disk& disk) {
    const SourceRow& row = *disk.attachment;
    Reading attachment(row.values);
    Reading image(disk.disk ? disk.disk->values : kNoValues);
    Reading volume(disk.volume ? disk.volume->values : kNoValues);
    for (const char* column : {"disk_id", "volume_id"}) attachment.use(column);
    for (const char* column : {"name", "path", "volume_id", "capacity_bytes", "volume_type"}) image.use(column);
    for (const char* column : {"name", "path", "storage_pool_id", "capacity_bytes", "type"}) volume.use(column);

    Tag tag;
    tag.name = "disk";
    apply(tag, attachment, {{"bus_type", "target/@bus", kDiskBuses}});
    std::string name(attachment.look("device_name"));
    std::string bus(tag.get("target/@bus"));
    if (!name.empty() && (!is_disk_name(name) || disk_names_.contains(name))) name.clear();
    if (name.empty()) {
      if (bus.empty()) bus = "virtio";
      for (char letter = 'a'; letter <= 'z'; ++letter) {
        name = text_of(prefix_of(bus)) + letter;
        if (!disk_names_.contains(name) && !is_taken(name)) break;
      }
      defaulted("devices/disk/target/@dev", row, name);
    } else {
      attachment.use("device_name");
    }
    disk_names_.insert(name);
    if (bus.empty()) {
      bus = bus_of(name);
      inferred("devices/disk/target/@bus", row, bus + ", from the name " + name);
    }
    tag.set("target/@dev", name);
    tag.set("target/@bus", bus);
    if (attachment.look("device_name").empty()) attachment.use("device_name");

    std::string path = image_of(disk);
    if (!path.empty() && !checked("path", path)) path.clear();
    const bool image_is_named = !path.empty();
    const std::string ending = lower(path.substr(path.rfind('.') == std::string::npos ? path.size() : path.rfind('.')));
    std::string kind = "disk";
    if (bus == "fdc") {
      kind = "floppy";
    } else if (one_of(bus, "ide|sata|scsi|usb") &&
               (ending == ".iso" || volume.look("type") == "ISO" || !image_is_named)) {
      kind = "cdrom";
      inferred("devices/disk/@device", row,
               image_is_named ? "cdrom, as the image is an ISO image" : "cdrom, as there is no image in it");
    }
    if (kind == "disk" && !image_is_named) {
      leave_out("devices/disk", row, "a disk whose image is not known");
      std::string kept = "{\"attachment\":" + row_json(row, {});
      if (disk.disk) kept += ",\"disk\":" + row_json(*disk.disk, {});
      if (disk.volume) kept += ",\"volume\":" + row_json(*disk.volume, {});
      notes_.back().kept = kept + "}";
      return;
    }
    const bool block = path.starts_with("/dev/");
    tag.set("@type", block ? "block" : "file");
    tag.set("@device", kind);
    if (image_is_named) tag.set(block ? "source/@dev" : "source/@file", path);

    apply(tag, attachment, {{"read_only|is_read_only", "readonly", "flag"}, {"shareable", "shareable", "flag"}});
    if (kind == "cdrom" && !tag.has("readonly")) tag.set("readonly", "");
    apply(tag, image, {{"serial", "serial", "serial"}, {"format|source_format", "driver/@type", kImageFormats}});
    apply(tag, volume, {{"format", "driver/@type", kImageFormats}});
    if (image.look("source_format") == tag.get("driver/@type")) image.use("source_format");
    apply_json(tag, image, "driver_json", kDriverFields);
    apply_json(tag, image, "io_tune", kIoTuneFields);
    if (disk.disk) {
      for (const SourceRow* options : context_.rows_where("disk_driver_options", "disk_id", disk.disk->id)) {
        context_.use(*options);
        Reading reading(options->values);
        reading.use("disk_id");
        apply(tag, reading, kDriverFields);
        apply_json(tag, reading, "config_json", kDriverFields);
        rest("devices/disk/driver", *options, reading);
      }
      for (const SourceRow* backing : context_.rows_where("backing_stores", "disk_id", disk.disk->id)) {
        context_.use(*backing);
        leave_out("devices/disk/backingStore", *backing, "libvirt finds the images below by itself");
      }
      io_tunes(tag, "disk", *disk.disk);
    }
    io_tunes(tag, "disk_attachment", row);
    if (!tag.has("driver/@type") && image_is_named) {
      const std::string_view known = ending == ".qcow2" ? "qcow2" : ending == ".vmdk" ? "vmdk" : "raw";
      tag.set("driver/@type", known);
      if (one_of(ending, ".qcow2|.vmdk|.raw|.iso"))
        inferred("devices/disk/driver/@type", row, text_of(known) + ", from the name of the image");
      else
        defaulted("devices/disk/driver/@type", row, text_of(known));
    }
    if (!tag.has("driver/@name") && one_of(domain_.get("@type"), "kvm|qemu") && tag.has("driver"))
      tag.set("driver/@name", "qemu");
    address(devices, tag, attachment);
    alias(tag, "disk_attachments", row);
    devices.children.push_back(std::move(tag));
    rest("devices/disk", row, attachment);
    if (disk.disk) rest("devices/disk", *disk.disk, image);
    if (disk.volume) rest("devices/disk", *disk.volume, volume);
  }

  // Whether an attachment of the VM has the name, one that is yet to come too.
  bool is_taken(std::string_view name) {
    for (const char* table : {"disk_attachments", "volume_attachments"})
      for (const SourceRow* row : context_.rows_of(table, vm_))
        if (row->get("device_name") == name) return true;
    return false;
  }

  void io_tunes(Tag& tag, std::string_view owner_type, const SourceRow& owner) {
    for (const SourceRow* row : context_.rows_where("io_tunes", "owner_id", owner.id)) {
      if (row->get("owner_type") != owner_type) continue;
      context_.use(*row);
      Reading reading(row->values);
      for (const char* column : {"owner_type", "owner_id"}) reading.use(column);
      apply(tag, reading, kIoTuneFields);
      apply_json(tag, reading, "config_json", kIoTuneFields);
      rest("devices/disk/iotune", *row, reading);
    }
    // Of a total and its parts libvirt takes one or the other.
    for (const char* what : {"bytes", "iops"}) {
      if (!tag.has("iotune/total_" + std::string(what) + "_sec")) continue;
      for (const char* part : {"read_", "write_"}) {
        const std::string path = "iotune/" + std::string(part) + what + "_sec";
        if (!tag.has(path)) continue;
        note("devices/disk/" + path, owner, "left out", "a limit beside that of both directions together",
             "{" + json_text(path) + ":" + json_text(tag.get(path)) + "}");
        tag.erase(path);
      }
    }
  }

  // ---- interfaces

  void interfaces(Tag& devices) {
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
    // In the oldest databases a port says itself which VM it is of.
    for (const SourceRow* row : context_.rows_of("ports", vm_)) {
      if (!seen.insert(row->id).second) continue;
      context_.use(*row);
      add_interface(devices, nullptr, *row);
    }
    // Interfaces without a name share one attachment, which has the last one's port; the index may know the others.
    for (const SourceRow* row : context_.rows_of("attachment_indices", vm_)) {
      if (row->get("device_type") != "port" || seen.contains(text_of(row->get("device_id")))) continue;
      if (!context_.rows_where("port_attachments", "port_id", row->get("device_id")).empty()) continue;
      const SourceRow* port = context_.find("ports", row->get("device_id"));
      if (!port) continue;
      seen.insert(port->id);
      inferred("devices/interface", *row, "the port is the VM's by attachment_indices alone");
      add_interface(devices, nullptr, *port);
    }
  }

  void add_interface(Tag& devices, const SourceRow* row, const SourceRow& port) {
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
    if (!name.empty() && checked("device", name) && name.size() < 16 && names_seen_.insert("tap " + name).second) {
      tag.set("target/@dev", name);
      named.use("device_name");
    }
    connect(tag, main, port, reading);
    const std::string type(tag.get("@type"));

    apply_json(tag, reading, "virtual_port_json", kVirtualPortFields);
    for (const SourceRow* virtual_port : context_.rows_where("virtual_ports", "port_id", port.id)) {
      context_.use(*virtual_port);
      Reading values(virtual_port->values);
      values.use("port_id");
      apply(tag, values, kVirtualPortFields);
      apply_json(tag, values, "config_json", kVirtualPortFields);
      rest("devices/interface/virtualport", *virtual_port, values);
    }
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

  // What the interface plugs into.
  void connect(Tag& tag, const SourceRow& main, const SourceRow& port, Reading& reading) {
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
        if (!tag.has("model/@type")) tag.set("model/@type", "virtio");
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
        inferred("devices/interface/source", *binding, "the bridge " + text_of(bridge) + " of the port's network");
      } else if (!bridged && !name.empty() && checked("line", name)) {
        tag.set("@type", "network");
        tag.set("source/@network", name);
        inferred("devices/interface/source", *binding, "the network " + text_of(name) + " that the port is bound to");
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

  void filter(Tag& tag, const SourceRow& port, Reading& reading) {
    const auto put = [&](std::string_view name, const Reading* parameters) {
      const bool named = !name.empty() && !std::isdigit(static_cast<unsigned char>(name[0])) && name[0] != '-' &&
                         name[0] != '.' && checked("token", name);
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

  static void vlan(Tag& tag, Reading& reading) {
    std::vector<std::string> ids;
    std::string text(reading.look("vlan_tags_json"));
    if (const auto value = parse_json(text); value && value->is_object() && value->get_object().contains("tags"))
      text = json::serialize(value->get_object().at("tags"));
    bool good = true;
    if (const auto items = items_of(text)) {
      for (const std::string& item : *items) {
        const auto members = Reading::of_json(item);
        ids.emplace_back(members ? members->look("id") : std::string_view(item));
      }
    } else {
      good = text.empty();
    }
    const auto valid = [](const std::string& id) {
      return checked("number", id) && number_of(id) < 4096 && !id.empty();
    };
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

  // ---- passed-through devices

  // The PCI address domain:bus:slot.function, each part hexadecimal with or without 0x, as <address>.
  static bool pci_address(std::string_view text, Tag& tag) {
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
      if (digits.empty() || digits.size() > kDigits[i] || !std::all_of(digits.begin(), digits.end(), [](char c) {
            return std::isxdigit(static_cast<unsigned char>(c));
          }))
        return false;
      tag.set("address/" + text_of(kNames[i]), "0x" + std::string(kDigits[i] - digits.size(), '0') + text_of(digits));
    }
    return true;
  }

  // The first vvvv:pppp in the text.
  static std::pair<std::string, std::string> usb_ids(std::string_view text) {
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

  void host_devices(Tag& devices) {
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

  static std::string without_0x(std::string_view text) {
    return text_of(text.starts_with("0x") ? text.substr(2) : text);
  }

  // ---- consoles, and what follows from the devices

  void consoles(Tag& devices) {
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

  void add_console(Tag& devices, const SourceRow& console) {
    Reading reading(console.values);
    if (reading.look("type") != "pty") return graphics(devices, console, reading);
    devices.add("console").set("@type", "pty");
    reading.use("type");
    if (reading.look("model_name") == "pty") reading.use("model_name");
    for (const char* column : {"port", "tls_port"})
      if (reading.look(column) == "0") reading.use(column);
    rest("devices/console", console, reading);
  }

  void graphics(Tag& devices, const SourceRow& row, Reading& reading) {
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

  void default_video(Tag& devices) {
    for (const Tag& tag : devices.children)
      if (tag.name == "video") return;
    if (one_of(domain_.get("os/type"), "exe|uml")) return;
    Tag& tag = devices.add("video");
    tag.set("model/@type", "vga");
    tag.set("model/@heads", "1");
    tag.set("model/@primary", "yes");
    defaulted("devices/video", *vm_.row, "vga with one screen: virtumancer knows no video card of the VM");
  }

  void boot_order(Tag& devices) {
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
    const bool kinds = good && std::all_of(entries.begin(), entries.end(), [](const Entry& entry) {
                         return one_of(entry.name, "hd|cdrom|network|fd");
                       });
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

  void machine(Tag& devices) {
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

  void usb_controller(Tag& devices) {
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

  // ---- QEMU's own

  bool owns(const SourceRow& row) {
    const std::string_view id = row.get("owner_id");
    return one_of(row.get("owner_type"), "vm|virtual_machine|virtual_machines|domain") && !id.empty() &&
           (id == vm_.row->id || id == vm_.row->get("uuid"));
  }

  void qemu_arguments() {
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
      if (!good) leave_out("vendor_options", row, "an option of " + text_of(row.get("namespace")));
    }
    if (arguments.empty()) return;
    domain_.set("@xmlns:qemu", "http://libvirt.org/schemas/domain/qemu/1.0");
    Tag& place = domain_.add("qemu:commandline");
    for (const std::string& argument : arguments) place.add("qemu:arg").set("@value", argument);
  }

  // Whatever else virtumancer has of the VM.
  void unread_tables() {
    for (const std::string& table : context_.source().names()) {
      if (is_administration(table) || is_read(table)) continue;
      if (!has_vms(context_.source().table(table))) continue;
      for (const SourceRow* row : context_.rows_of(table, vm_)) leave_out(table, *row, "virtsql has no place for it");
    }
    for (const SourceRow* row : context_.rows_of("device_aliases", vm_))
      if (!aliases_.contains(row))
        leave_out("devices", *row, "an alias that is given anew at each start, or of no device");
  }

  static const Values kNoValues;

  Context& context_;
  const SourceVm& vm_;
  std::vector<Note>& notes_;
  Tag domain_;
  std::string_view cpu_model_;
  std::string_view boot_json_;
  const SourceRow* boot_row_ = nullptr;
  const SourceRow* secure_row_ = nullptr;
  bool secure_boot_ = false;
  bool virtiofs_ = false;
  std::set<std::string> names_seen_;  // what libvirt takes once only
  std::set<std::string, std::less<>> disk_names_;
  std::map<std::string, std::size_t> counts_;
  std::map<const SourceRow*, const SourceRow*> own_volume_;
  std::set<const SourceRow*> aliases_;
};

const Values Domain::kNoValues;

}  // namespace

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
