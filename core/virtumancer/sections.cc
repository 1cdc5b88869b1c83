// Sections of a VM that are not devices: those that tables of fields describe (section_kinds.h), and what these tables
// cannot express. The head is in head.cc; NUMA cells, processor and features are in processor.cc.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "core/virtumancer/parts.h"
#include "core/virtumancer/section_kinds.h"

namespace virtsql::virtumancer {
namespace {

// A row of a section, and the element that is made of it.
struct SectionRow {
  Draft& draft;
  const SourceRow& row;
  Tag& tag;
  Reading& reading;

  // Takes the value out of the XML again, so its column counts as not used.
  void reject(std::string_view path, std::string_view column) {
    tag.erase(path);
    reading.unuse(column);
  }
};

// ---- <os>

// Completes what the VM boots from. There is an image of the firmware, or libvirt chooses one.
void complete_firmware(SectionRow& section) {
  Tag& os = section.tag;
  const SourceRow& row = section.row;
  const bool secure = os.get("loader/@secure") == "yes";
  const bool variables = os.has("nvram") || secure;
  if (os.get("loader").empty()) {
    if (variables && !os.has("@firmware")) {
      os.set("@firmware", "efi");
      section.draft.inferred("os/@firmware", row, "efi, from what only such a firmware has");
    }
    // They are said of an image.
    for (const auto& [path, column] :
         {std::pair("loader/@type", "loader_type"), std::pair("loader/@readonly", "loader_readonly"),
          std::pair("loader/@stateless", "loader_stateless")})
      if (os.has(path)) section.reject(path, column);
  } else {
    if (variables && !os.has("loader/@type")) {
      os.set("loader/@type", "pflash");
      section.draft.inferred("os/loader/@type", row, "pflash, as there are variables to be kept");
    }
    if (os.get("loader/@type") == "pflash" && !os.has("loader/@readonly")) {
      os.set("loader/@readonly", "yes");
      section.draft.inferred("os/loader/@readonly", row, "yes, as the image is pflash");
    }
  }
  if (secure) section.draft.secure_row = &row;
}

std::string finish_boot(SectionRow& section) {
  section.draft.boot_row = &section.row;
  section.reading.use("boot_order_json");
  complete_firmware(section);
  return "";
}

std::string finish_os(SectionRow& section) {
  auto& [draft, row, os, reading] = section;
  if (os.has("bootmenu/@timeout") && !os.has("bootmenu/@enable"))
    section.reject("bootmenu/@timeout", "boot_menu_timeout");
  if (number_of(os.get("bootmenu/@timeout")) > 65535) section.reject("bootmenu/@timeout", "boot_menu_timeout");
  // The path alone is a file: libvirt takes a type only beside a <source>.
  if (reading.look("n_vram_type") == "file" && os.has("nvram")) reading.use("n_vram_type");
  // In milliseconds, or -1: never.
  if (const std::string_view wait = os.get("bios/@rebootTimeout"); !wait.empty() && wait != "-1")
    if (number_of(wait) == 0 || number_of(wait) > 65535) section.reject("bios/@rebootTimeout", "bios_reboot_timeout");
  if (os.has("smbios/@mode") && os.get("smbios/@mode") == "sysinfo") {
    // This mode means nothing without the fields of <sysinfo>. If the VM has some, finish_smbios() sets it again.
    os.erase("smbios/@mode");
    if (draft.rows_of("smbios_system_infos").empty()) reading.unuse("smbios_mode");
  }
  if (reading.look("loader_type") == os.get("type/@arch") && !os.get("type/@arch").empty())
    draft.inferred("os/type/@arch", row, "from loader_type, where virtumancer writes the architecture");
  if (reading.look("firmware") == os.get("type") && !os.get("type").empty())
    draft.inferred("os/type", row, "from firmware, where virtumancer writes the type");
  complete_firmware(section);
  return "";
}

// Adds the column to <sysinfo> as an entry of the name.
void add_entry(SectionRow& section, std::string_view path, std::string_view column, std::string_view name) {
  const std::string_view value = section.reading.look(column);
  if (value.empty() || !checked("line", value)) return;
  Tag& made = child_of(section.tag, path).add("entry");
  made.set("@name", name);
  made.text = value;
  section.reading.use(column);
}

std::string finish_smbios(SectionRow& section) {
  auto& [draft, row, tag, reading] = section;
  Tag mode;
  apply_json(mode, reading, "config_json", {{"mode", "@mode", "emulate|host|sysinfo"}});
  add_entry(section, "bios", "vendor", "vendor");
  for (const char* column : {"manufacturer", "product", "version", "serial", "sku"})
    add_entry(section, "system", column, column);
  add_entry(section, "chassis", "asset", "asset");
  if (tag.children.empty()) tag.attributes.clear();
  if (!tag.children.empty()) {
    tag.set("@type", "smbios");
    if (one_of(mode.get("@mode"), "emulate|host")) reading.unuse("config_json");
    if (const std::string other(draft.domain.get("os/smbios/@mode")); !other.empty())
      draft.leave_out("os/smbios/@mode", row, "sysinfo, as there are fields", value_json("os/smbios/@mode", other));
    draft.domain.set("os/smbios/@mode", "sysinfo");
    if (mode.get("@mode") != "sysinfo") draft.inferred("os/smbios/@mode", row, "sysinfo, as there are fields");
  } else if (one_of(mode.get("@mode"), "emulate|host")) {
    draft.domain.set("os/smbios/@mode", mode.get("@mode"));
  }
  return "";
}

// ---- CPU and memory

std::string finish_cpu_feature(SectionRow& section) {
  Tag& tag = section.tag;
  const bool first = section.draft.take("cpu/" + std::string(tag.get("@name")));
  if (!tag.has("@policy")) tag.set("@policy", "require");
  section.reading.use("default");
  return first ? "" : "a feature of the CPU twice";
}

std::string finish_perf_event(SectionRow& section) {
  const bool first = section.draft.take("perf/" + std::string(section.tag.get("@name")));
  if (!first) return "an event twice";
  return section.tag.has("@enabled") ? "" : "whether it is counted is not said";
}

std::string finish_cpu_tune(SectionRow& section) {
  const auto limit = [&](std::string_view path, std::string_view column, std::uint64_t least, std::uint64_t most) {
    if (!section.tag.has(path)) return;
    const std::uint64_t number = number_of(section.tag.get(path));
    if (number < least || number > most) section.reject(path, column);
  };
  limit("cputune/shares", "shares", 2, 262144);
  limit("cputune/period", "period", 1000, 1000000);
  limit("cputune/quota", "quota", 1000, 17592186044415);
  if (section.reading.look("emu_threads") == "0") section.reading.use("emu_threads");
  return "";
}

// Adds the sizes of huge pages that config_json lists.
void add_huge_pages(SectionRow& section) {
  Reading& reading = section.reading;
  const std::string_view config = reading.look("config_json");
  if (one_of(config, "null|{}|[]")) reading.use("config_json");
  const auto items = items_of(config);
  if (!items) return;
  bool all = true;
  for (const std::string& item : *items) {
    std::optional<Reading> members = Reading::of_json(item);
    Tag page = tag_named("page");
    if (members) apply(page, *members, kHugePageFields);
    if (page.has("@size") && members->rest().empty())
      child_of(section.tag, "hugepages").children.push_back(std::move(page));
    else
      all = false;
  }
  if (all) reading.use("config_json");
}

std::string finish_memory(SectionRow& section) {
  Tag& tag = section.tag;
  Reading& reading = section.reading;
  add_huge_pages(section);
  if (reading.look("source_type") == "hugepages") {
    if (checked("count", reading.look("size_kb")).value_or("").empty()) {
      tag.set("hugepages", "");
    } else {
      Tag& page = child_of(tag, "hugepages").add("page");
      page.set("@size", reading.take("size_kb"));
      page.set("@unit", "KiB");
    }
    reading.use("source_type");
  }
  for (const char* column : {"size_kb", "memory_kb", "node_id", "min_guarantee"})
    if (reading.look(column) == "0") reading.use(column);
  return "";
}

// ---- clock

// Returns the timer that the JSON object says; nullopt if libvirt takes no such timer beside the clock's others.
std::optional<Tag> timer_of(const std::string& json, const Tag& clock) {
  std::optional<Reading> members = Reading::of_json(json);
  if (!members) return std::nullopt;
  Tag timer = tag_named("timer");
  apply(timer, *members, kTimerFields);
  const std::string_view name = timer.get("@name");
  bool good = !name.empty() && members->rest().empty();
  if (!one_of(name, "platform|rtc") && timer.has("@track")) good = false;
  if (name != "tsc" && (timer.has("@frequency") || timer.has("@mode"))) good = false;
  if (one_of(name, "kvmclock|hypervclock") && timer.has("@tickpolicy")) good = false;
  for (const Tag& other : clock.children) good = good && other.get("@name") != name;
  if (!good) return std::nullopt;
  return timer;
}

// Takes out what the clock's offset does not go with.
void fit_clock(SectionRow& section) {
  Tag& clock = section.tag;
  const auto only = [&](std::string_view path, std::string_view column, std::string_view offset) {
    if (clock.get("@offset") != offset && clock.has(path)) section.reject(path, column);
  };
  only("@timezone", "timezone", "timezone");
  only("@basis", "basis", "variable");
  only("@adjustment", "adjustment", "variable");
  if (clock.get("@offset") == "timezone" && !clock.has("@timezone")) section.reject("@offset", "offset");
  if (!clock.has("@offset")) clock.set("@offset", "utc");
}

std::string finish_clock(SectionRow& section) {
  fit_clock(section);
  Reading& reading = section.reading;
  if (one_of(reading.look("config_json"), "null|{}")) reading.use("config_json");
  const auto items = items_of(reading.look("config_json"));
  if (!items) return "";
  bool all = true;
  for (const std::string& item : *items) {
    if (std::optional<Tag> timer = timer_of(item, section.tag))
      section.tag.children.push_back(*std::move(timer));
    else
      all = false;
  }
  if (all) reading.use("config_json");
  return "";
}

// ---- security

std::string finish_security_label(SectionRow& section) {
  Tag& tag = section.tag;
  const std::string type(tag.get("@type"));  // a copy: apply() may move the text that get() gives
  if (type == "static") apply(tag, section.reading, {{"label", "label", "line"}, {"relabel", "@relabel", "yes_no"}});
  if (type == "dynamic") apply(tag, section.reading, {{"baselabel", "baselabel", "line"}});
  // Only a static label is part of the definition. A dynamic one is what the VM got at its last start, and libvirt
  // always relabels it.
  if (type != "static")
    for (const char* column : {"label", "relabel"}) section.reading.use(column);
  if (type == "dynamic" && !tag.has("@model")) return "a dynamic label of no security model";
  if (type == "static" && !tag.has("@model")) return "a static label of no security model";
  if (!tag.has("@model") && section.draft.rows_of("security_labels").size() > 1)
    return "one of several, and of no security model";
  if (!section.draft.take("seclabel/" + std::string(tag.get("@model")))) return "a second one of the model";
  return type == "static" && !tag.has("label") ? "a static label without the label" : "";
}

std::string finish_launch_security(SectionRow& section) {
  return section.tag.has("@type") ? "" : "of a type that is not known";
}

// ---- sections of all kinds

// What the rows of a table need beyond their fields. `finish` returns why the row must be left out; empty if it need
// not be.
struct SectionFinish {
  std::string_view table;
  std::string (*finish)(SectionRow& section);
};

constexpr SectionFinish kSectionFinishes[] = {{"boot_configs", finish_boot},
                                              {"os_configs", finish_os},
                                              {"smbios_system_infos", finish_smbios},
                                              {"cpu_features", finish_cpu_feature},
                                              {"perf_events", finish_perf_event},
                                              {"cpu_tunes", finish_cpu_tune},
                                              {"memory_configs", finish_memory},
                                              {"memory_backings", finish_memory},
                                              {"clocks", finish_clock},
                                              {"security_labels", finish_security_label},
                                              {"launch_securities", finish_launch_security}};

std::string finish_section(const Section& kind, SectionRow& section) {
  if (!kind.required.empty() && section.tag.get(kind.required).empty()) return "without " + std::string(kind.required);
  for (const SectionFinish& entry : kSectionFinishes)
    if (entry.table == kind.table) return entry.finish(section);
  return "";
}

// Returns the element at the path below `tag`, which is made if there is none.
Tag& place_of(Tag& tag, std::string_view path) {
  Tag* place = &tag;
  while (!path.empty()) place = &child_of(*place, next_step(path));
  return *place;
}

// Takes the element as a further one at the path.
void append(Tag& domain, std::string_view path, Tag tag) {
  const std::size_t last = path.rfind('/');
  const bool below = last != std::string_view::npos;
  tag.name = below ? path.substr(last + 1) : path;
  place_of(domain, below ? path.substr(0, last) : "").children.push_back(std::move(tag));
}

void add_section_row(Draft& draft, const Section& kind, const SourceRow& row, const std::string& what) {
  Reading reading(row.values);
  Tag made;
  Tag& tag = kind.many ? made : place_of(draft.domain, kind.path);
  apply(tag, reading, kind.fields);
  SectionRow section{draft, row, tag, reading};
  if (std::string reason = finish_section(kind, section); !reason.empty()) {
    if (!kind.many && !kind.path.empty()) tag = tag_named(tag.name);
    draft.leave_out(what, row, std::move(reason));
    return;
  }
  if (kind.many) append(draft.domain, kind.path, std::move(made));
  draft.rest(what, row, reading);
}

void add_section(Draft& draft, const Section& kind) {
  const std::string what(kind.path.empty() ? kind.table : kind.path);
  bool first = true;
  for (const SourceRow* row : draft.rows_of(kind.table)) {
    if (kind.many || first)
      add_section_row(draft, kind, *row, what);
    else
      draft.leave_out(what, *row, "a second one of the VM");
    first = false;
  }
  // Removes the element if nothing was put into it.
  if (kind.path.empty() || kind.path == "os") return;
  std::erase_if(draft.domain.children, [&](const Tag& tag) {
    return tag.name == kind.path && tag.attributes.empty() && tag.children.empty() && tag.text.empty();
  });
}

}  // namespace

void add_sections(Draft& draft) {
  for (const Section& kind : sections()) add_section(draft, kind);
}

}  // namespace virtsql::virtumancer
