// Sections of a VM that are not devices, its NUMA cells, processor and features. The head is in domain.cc.
#include <algorithm>

#include "core/base/cpuset.h"
#include "core/virtumancer/domain_builder.h"

namespace virtsql::virtumancer {

namespace {

// An element of <features>. `presence`: it has no state, so it is on if it is there.
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

}  // namespace

void Domain::add_section(const Section& section) {
  bool first = true;
  for (const SourceRow* row : context_.rows_of(section.table, vm_)) {
    const std::string what = section.path.empty() ? std::string(section.table) : std::string(section.path);
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
      reason = "without " + std::string(section.required);
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
  // Removes the element if nothing was put into it.
  if (section.path.empty() || section.path == "os") return;
  std::erase_if(domain_.children, [&](const Tag& tag) {
    return tag.name == section.path && tag.attributes.empty() && tag.children.empty() && tag.text.empty();
  });
}

Tag* Domain::child_of(Tag& parent, std::string_view name) {
  for (Tag& child : parent.children)
    if (child.name == name) return &child;
  return &parent.add(name);
}

Tag* Domain::place_of(std::string_view path) {
  Tag* tag = &domain_;
  while (!path.empty()) tag = child_of(*tag, next_step(path));
  return tag;
}

// Does what a table of fields cannot express. Sets `reason` if the row must be left out.
void Domain::finish_section(const Section& section, const SourceRow& row, Tag& tag, Reading& reading,
                            std::string& reason) {
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
      // This mode means nothing without the fields of <sysinfo>. If the VM has some, smbios() sets it again.
      tag.erase("smbios/@mode");
      if (context_.rows_of("smbios_system_infos", vm_).empty()) reading.unuse("smbios_mode");
    }
    if (reading.look("loader_type") == tag.get("type/@arch") && !tag.get("type/@arch").empty())
      inferred("os/type/@arch", row, "from loader_type, where virtumancer writes the architecture");
    if (reading.look("firmware") == tag.get("type") && !tag.get("type").empty())
      inferred("os/type", row, "from firmware, where virtumancer writes the type");
    firmware(tag, row);
  } else if (table == "cpu_features") {
    if (!taken_keys_.insert("cpu/" + std::string(tag.get("@name"))).second) reason = "a feature of the CPU twice";
    if (!tag.has("@policy")) tag.set("@policy", "require");
    reading.use("default");
  } else if (table == "perf_events") {
    if (!tag.has("@enabled")) reason = "whether it is counted is not said";
    if (!taken_keys_.insert("perf/" + std::string(tag.get("@name"))).second) reason = "an event twice";
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
    const std::string type(tag.get("@type"));  // a copy: apply() may move the text that get() gives
    apply(tag, reading,
          type == "static"    ? std::vector<Field>{{"label", "label", "line"}, {"relabel", "@relabel", "yes_no"}}
          : type == "dynamic" ? std::vector<Field>{{"baselabel", "baselabel", "line"}}
                              : std::vector<Field>{});
    // Only a static label is part of the definition. A dynamic one is what the VM got at its last start, and libvirt
    // always relabels it.
    if (type != "static")
      for (const char* column : {"label", "relabel"}) reading.use(column);
    if (type == "static" && !tag.has("label")) reason = "a static label without the label";
    if (!taken_keys_.insert("seclabel/" + std::string(tag.get("@model"))).second) reason = "a second one of the model";
  } else if (table == "launch_securities") {
    if (!tag.has("@type")) reason = "of a type that is not known";
  }
}

void Domain::firmware(Tag& os, const SourceRow& row) {
  const bool secure = os.get("loader/@secure") == "yes";
  if (os.get("loader").empty()) {
    // There is no image, so libvirt chooses one.
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

void Domain::memory_backing(Tag& tag, Reading& reading) {
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

void Domain::clock(Tag& tag, Reading& reading) {
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

void Domain::smbios(Tag& tag, const SourceRow& row, Reading& reading) {
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

void Domain::numa() {
  const std::vector<const SourceRow*>& rows = context_.rows_of("numa_nodes", vm_);
  if (rows.empty()) return;
  Tag made;
  std::set<std::string> ids;
  std::uint64_t total = 0;
  std::size_t processors = 0;  // of all cells
  Cpuset all;
  bool good = true;
  for (const SourceRow* row : rows) {
    Reading reading(row->values);
    Tag& cell = made.add("cell");
    apply(cell, reading, {{"node_id", "@id", "number"}, {"memory_kb", "@memory", "positive"}});
    cell.set("@unit", "KiB");
    // cpus_json holds text as libvirt writes it (0-3), despite its name, or a JSON list of numbers.
    std::string cpus(reading.look("cpus_json"));
    if (const auto items = items_of(cpus)) {
      cpus.clear();
      for (const std::string& item : *items) cpus += (cpus.empty() ? "" : ",") + item;
    }
    good = good && !cpus.empty() && checked("cpuset", cpus) && cell.has("@memory") && cell.has("@id") &&
           number_of(cell.get("@id")) < rows.size() && ids.insert(std::string(cell.get("@id"))).second;
    if (const std::optional<Cpuset> set = Cpuset::parse(cpus)) {
      processors += set->numbers().size();
      all.add(*set);
    } else {
      good = false;
    }
    cell.set("@cpus", cpus);
    total += number_of(cell.get("@memory"));
  }
  if (!good || total != number_of(domain_.get("memory"))) {
    for (const SourceRow* row : rows)
      leave_out("cpu/numa/cell", *row, "the cells are not complete, or their memory is not the VM's");
    return;
  }
  const bool too_many = processors > (vcpus_are_assumed_ ? kMostVcpus : number_of(domain_.get("vcpu")));
  if (too_many || all.numbers().size() < processors) {
    for (const SourceRow* row : rows)
      leave_out("cpu/numa/cell", *row,
                too_many ? "the cells have more CPUs than the VM" : "a CPU is in two of the cells");
    return;
  }
  if (processors > number_of(domain_.get("vcpu"))) {
    domain_.set("vcpu", std::to_string(processors));
    inferred("vcpu", *vm_.row, std::to_string(processors) + ", as many as the NUMA cells have");
    std::erase_if(notes_, [](const Note& note) { return note.what == "vcpu" && note.kind == "defaulted"; });
  }
  made.name = "numa";
  child_of(domain_, "cpu")->children.push_back(std::move(made));
}

void Domain::processor() {
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

// Notes that a JSON column of the VM could not be used.
void Domain::leave_json(std::string what, std::string_view column, std::string detail) {
  const bool there = !vm_.row->get(column).empty();
  note(std::move(what), *vm_.row, "left out", std::move(detail), there ? row_json(*vm_.row, {column}) : std::string());
}

void Domain::features() {
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
    rest("features/" + std::string(name), *row, reading);
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

}  // namespace virtsql::virtumancer
