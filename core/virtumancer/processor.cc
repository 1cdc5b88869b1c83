// A VM's NUMA cells, its CPU and its features.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/cpuset.h"
#include "core/virtumancer/parts.h"

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

// ---- NUMA

// The VM's NUMA cells: all of them become XML, or none.
class Numa {
 public:
  explicit Numa(Draft& draft) : draft_(draft), rows_(draft.rows_of("numa_nodes")), numa_(tag_named("numa")) {}

  void add() {
    if (rows_.empty()) return;
    for (const SourceRow* row : rows_) add_cell(*row);
    if (const std::string reason = refusal(); !reason.empty()) {
      for (const SourceRow* row : rows_) draft_.leave_out("cpu/numa/cell", *row, reason);
      return;
    }
    raise_vcpus();
    child_of(draft_.domain, "cpu").children.push_back(std::move(numa_));
  }

 private:
  void add_cell(const SourceRow& row) {
    Reading reading(row.values);
    Tag& cell = numa_.add("cell");
    apply(cell, reading, {{"node_id", "@id", "number"}, {"memory_kb", "@memory", "positive"}});
    cell.set("@unit", "KiB");
    const std::string cpus = cpus_of(reading);
    cell.set("@cpus", cpus);
    const std::optional<Cpuset> set = Cpuset::parse(cpus);
    complete_ = complete_ && set && !cpus.empty() && checked("cpuset", cpus) && cell.has("@memory") &&
                cell.has("@id") && number_of(cell.get("@id")) < rows_.size() &&
                ids_.insert(std::string(cell.get("@id"))).second;
    memory_ += number_of(cell.get("@memory"));
    if (!set) return;
    cpus_ += set->numbers().size();
    different_cpus_.add(*set);
  }

  // Returns the cell's CPUs as libvirt writes them. cpus_json holds them like that (0-3), despite its name, or as a
  // JSON list of numbers.
  static std::string cpus_of(const Reading& reading) {
    std::string text(reading.look("cpus_json"));
    const auto items = items_of(text);
    if (!items) return text;
    std::string out;
    for (const std::string& item : *items) out += (out.empty() ? "" : ",") + item;
    return out;
  }

  // Returns why no cell can be there; empty if they can.
  std::string refusal() const {
    const std::uint64_t most = draft_.vcpus_are_assumed ? kMostVcpus : vcpus();
    if (!complete_ || memory_ != number_of(draft_.domain.get("memory")))
      return "the cells are not complete, or their memory is not the VM's";
    const std::vector<unsigned> numbers = different_cpus_.numbers();
    if (cpus_ > most || (!numbers.empty() && numbers.back() >= std::max<std::uint64_t>(vcpus(), cpus_)))
      return "the cells have more CPUs than the VM";
    return different_cpus_.numbers().size() < cpus_ ? "a CPU is in two of the cells" : "";
  }

  // Gives a VM that does not say how many CPUs it has as many as its cells have.
  void raise_vcpus() {
    if (cpus_ <= vcpus()) return;
    draft_.domain.set("vcpu", std::to_string(cpus_));
    draft_.inferred("vcpu", *draft_.vm.row, std::to_string(cpus_) + ", as many as the NUMA cells have");
    draft_.forget_default("vcpu");
  }

  std::uint64_t vcpus() const { return number_of(draft_.domain.get("vcpu")); }

  Draft& draft_;
  const std::vector<const SourceRow*>& rows_;
  Tag numa_;
  bool complete_ = true;  // each cell has what libvirt needs
  std::set<std::string> ids_;
  std::uint64_t memory_ = 0;
  std::size_t cpus_ = 0;  // of all cells
  Cpuset different_cpus_;
};

// ---- CPU

// Whether there are as many virtual CPUs as sockets, cores and threads give.
bool gives_vcpus(const Tag& cpu, std::uint64_t vcpus) {
  std::uint64_t product = 1;
  for (const char* part : {"topology/@sockets", "topology/@dies", "topology/@cores", "topology/@threads"})
    product *= cpu.has(part) ? number_of(cpu.get(part)) : 1;
  const bool whole = cpu.has("topology/@sockets") && cpu.has("topology/@cores") && cpu.has("topology/@threads");
  return whole && product == vcpus;
}

void add_topology(Draft& draft, Tag& cpu) {
  const std::vector<const SourceRow*>& rows = draft.rows_of("cpu_topologies");
  std::vector<Reading> readings;
  for (const SourceRow* row : rows) apply(cpu, readings.emplace_back(row->values), kTopologyFields);
  if (!cpu.has("topology") || gives_vcpus(cpu, number_of(draft.domain.get("vcpu")))) {
    for (std::size_t i = 0; i < rows.size(); ++i) draft.rest("cpu/topology", *rows[i], readings[i]);
    return;
  }
  cpu.erase("topology");
  const std::string reason = "sockets, cores and threads do not give the number of virtual CPUs";
  for (const SourceRow* row : rows) draft.leave_out("cpu/topology", *row, reason);
  const SourceRow& vm = *draft.vm.row;
  if (!vm.get("cpu_topology_json").empty())
    draft.leave_out("cpu/topology", vm, reason, row_json(vm, {"cpu_topology_json"}));
}

void add_cpu_model(Draft& draft, Tag& cpu) {
  if (one_of(draft.cpu_model, "host-passthrough|host-model|maximum")) {
    cpu.set("@mode", draft.cpu_model);
  } else if (!draft.cpu_model.empty()) {
    cpu.set("@mode", "custom");
    cpu.set("@match", "exact");
    cpu.set("model", draft.cpu_model);
    cpu.set("model/@fallback", "allow");
  } else if (cpu.has("feature")) {
    cpu.set("@mode", "host-model");
    draft.inferred("cpu/@mode", *draft.vm.row, "host-model, as features are given and no model");
  }
}

// ---- features

void add_feature(Draft& draft, Tag& features, const SourceRow& row) {
  Reading reading(row.values);
  const std::string_view name = reading.look("name");
  const std::string state = checked("on_off", reading.look("state"))
                                .value_or(reading.look("state").empty() ? std::string("on") : std::string());
  const auto* feature = std::find_if(std::begin(kFeatures), std::end(kFeatures),
                                     [&](const Feature& entry) { return entry.name == name; });
  if (feature == std::end(kFeatures) || state.empty()) {
    draft.leave_out("features", row, "no feature that is known, or no state");
    return;
  }
  for (const char* column : {"name", "state", "type"}) reading.use(column);
  if (!feature->presence)
    features.set(feature->path, state);
  else if (state == "on")
    features.set(feature->path, "");
  draft.rest("features/" + std::string(name), row, reading);
}

// Gives a PC without any feature those that every operating system expects.
void add_usual_features(Draft& draft, Tag& features) {
  if (!features.children.empty()) return;
  const std::string_view arch = draft.domain.get("os/type/@arch");
  const std::string_view type = draft.domain.get("os/type");
  if (!(arch.empty() || one_of(arch, "x86_64|i686")) || !(type.empty() || type == "hvm")) return;
  features.set("acpi", "");
  features.set("apic", "");
  draft.defaulted("features", *draft.vm.row, "acpi, apic: virtumancer knows none of the VM");
}

void add_smm(Draft& draft, Tag& features) {
  if (!draft.secure_row || features.get("smm/@state") == "on") return;
  features.set("smm/@state", "on");
  draft.inferred("features/smm/@state", *draft.secure_row, "on, as secure boot needs it");
}

}  // namespace

void add_numa(Draft& draft) { Numa(draft).add(); }

void add_processor(Draft& draft) {
  Tag& cpu = child_of(draft.domain, "cpu");
  add_topology(draft, cpu);
  add_cpu_model(draft, cpu);
  if (cpu.children.empty() && cpu.attributes.empty()) draft.domain.erase("cpu");
}

void add_features(Draft& draft) {
  Tag features = tag_named("features");
  for (const SourceRow* row : draft.rows_of("hypervisor_features")) add_feature(draft, features, *row);
  add_usual_features(draft, features);
  add_smm(draft, features);
  if (!features.children.empty()) draft.domain.children.push_back(std::move(features));
}

}  // namespace virtsql::virtumancer
