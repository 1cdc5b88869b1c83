// What a VM is, whatever it has: its name and UUID, its host's type of domains, memory, virtual CPUs, metadata.
#include <cstdint>
#include <string>

#include "core/base/letters.h"
#include "core/virtumancer/parts.h"

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

// Copies what is in the node. White space between elements is none of it.
void copy(Tag& tag, const xml::Node& node) {
  for (std::size_t i = 0; i < node.attribute_count; ++i)
    tag.attributes.emplace_back(node.attributes[i].name, node.attributes[i].value);
  for (const xml::Node* child = node.first_child; child; child = child->next) {
    if (child->is_element())
      copy(tag.add(child->name), *child);
    else if (child->is_text() && !xml::is_space(child->text))
      tag.text += child->text;
  }
}

// Copies the element if it has a namespace: inside <metadata> libvirt takes no other. Returns whether it has one.
bool copy_foreign(Tag& metadata, const xml::Node& node) {
  for (std::size_t i = 0; i < node.attribute_count; ++i)
    if (xml::declares_namespace(node.attributes[i].name)) {
      copy(metadata.add(node.name), node);
      return true;
    }
  return false;
}

class Head {
 public:
  explicit Head(Draft& draft) : draft_(draft), row_(*draft.vm.row), reading_(row_.values) {}

  void add() {
    identity();
    titles();
    metadata();
    memory();
    vcpus();
    apply(draft_.domain.add("os"), reading_, {{"os_type", "type", kOsTypes}});
    cpu_model();
    apply_json(draft_.domain.add("cpu"), reading_, "cpu_topology_json", kTopologyFields);
    if (!is_true(reading_.look("is_template"))) reading_.use("is_template");
    draft_.rest("virtual_machines", row_, reading_);
  }

 private:
  void identity() {
    const SourceVm& vm = draft_.vm;
    for (const char* column : {"uuid", "name", "domain_uuid"})
      if (reading_.look(column) == vm.uuid || reading_.look(column) == vm.name) reading_.use(column);
    if (lower_case(reading_.look("domain_uuid")) == vm.uuid) reading_.use("domain_uuid");
    reading_.use("uuid");  // virtumancer's own UUID of the VM, to which its rows refer
    draft_.domain.set("@type", type());
    draft_.domain.set("name", vm.name);
    draft_.domain.set("uuid", vm.uuid);
  }

  // Returns the type of domains that the VM's host has.
  std::string type() {
    std::string out = "kvm";
    const SourceRow* host = draft_.vm.host;
    if (!host) {
      draft_.defaulted("@type", row_, out + ": its host is not known");
      return out;
    }
    const std::string_view uri = host->get("uri");
    const std::string_view scheme = uri.substr(0, uri.find_first_of("+:"));
    for (const Scheme& entry : kSchemes)
      if (entry.scheme == scheme) out = entry.type;
    draft_.inferred("@type", *host, out + ", from the host's URI " + std::string(uri));
    return out;
  }

  void titles() {
    apply(draft_.domain, reading_,
          {{"title", "title", "line"}, {"description", "description", "text"}, {"v_cpu_count", "vcpu", "vcpus"}});
  }

  void metadata() {
    const std::string_view text = reading_.look("metadata");
    if (text.empty()) return;
    try {
      const xml::Document document = xml::Document::parse(text);
      const xml::Node* root = document.root();
      Tag& place = draft_.domain.add("metadata");
      bool all = true;
      if (root->name == "metadata") {
        for (const xml::Node* child = root->first_child; child; child = child->next)
          if (child->is_element()) all = copy_foreign(place, *child) && all;
      } else {
        all = copy_foreign(place, *root);
      }
      if (place.children.empty()) draft_.domain.children.pop_back();
      if (all) reading_.use("metadata");
    } catch (const xml::Error&) {
      // Not XML: the column counts as not used, so the report keeps it as it is.
    }
  }

  void memory() {
    const std::uint64_t bytes = number_of(reading_.look("memory_bytes"));
    const std::uint64_t current = number_of(reading_.look("current_memory"));
    if (bytes > 0 && bytes < (std::uint64_t{1} << 60U)) {
      set_memory("memory", bytes);
      reading_.use("memory_bytes");
    } else {
      set_memory("memory", std::uint64_t{1} << 30U);
      draft_.defaulted("memory", row_, "1 GiB");
      if (reading_.look("memory_bytes") == "0") reading_.use("memory_bytes");
    }
    if (current > 0 && bytes >= current) set_memory("currentMemory", current);
    if (current == 0 ? reading_.look("current_memory") == "0" : bytes >= current) reading_.use("current_memory");
  }

  void set_memory(const std::string& path, std::uint64_t bytes) {
    draft_.domain.set(path, std::to_string((bytes + 1023) / 1024));
    draft_.domain.set(path + "/@unit", "KiB");
  }

  void vcpus() {
    if (draft_.domain.has("vcpu")) return;
    draft_.domain.set("vcpu", "1");
    draft_.vcpus_are_assumed = true;
    draft_.defaulted("vcpu", row_, "1");
  }

  // Finds the CPU's model, which processor.cc needs.
  void cpu_model() {
    const std::string_view model = reading_.look("cpu_model");
    if (!model.empty() && !checked("token", model)) return;
    draft_.cpu_model = model;
    reading_.use("cpu_model");
  }

  Draft& draft_;
  const SourceRow& row_;
  Reading reading_;
};

}  // namespace

void add_head(Draft& draft) { Head(draft).add(); }

}  // namespace virtsql::virtumancer
