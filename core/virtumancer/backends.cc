// The back ends of serial ports and channels: what each needs, and which one replaces a back end that lacks it.
#include <algorithm>
#include <iterator>

#include "core/virtumancer/domain_builder.h"

namespace virtsql::virtumancer {

namespace {

// A back end of a character device, and the places that it has in the XML.
struct Backend {
  std::string_view type;
  std::string_view needs;  // these must be there: a,b
  std::string_view may;    // these may be there: a|b
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

}  // namespace

void Domain::backend(const Device& device, Tag& tag, Reading& model,
                     std::vector<std::pair<std::string, std::string>>& chosen) {
  const bool channel = device.element == "channel";
  const auto unsuited = [&](const Tag& of) {
    const auto* entry = std::find_if(std::begin(kBackends), std::end(kBackends),
                                     [&](const Backend& each) { return each.type == of.get("@type"); });
    if (entry == std::end(kBackends)) return true;
    if (!channel && one_of(entry->type, "spicevmc|qemu-vdagent")) return true;
    // A channel needs no path: libvirt makes its socket by itself.
    if (channel && entry->type == "unix") return false;
    bool lacking = false;
    for_each_part(entry->needs, ',', [&](std::string_view path) { lacking = lacking || !of.has(path); });
    return lacking;
  };
  if (unsuited(tag)) {
    const std::string_view stand_in = channel ? "unix" : "pty";
    chosen.emplace_back("@type", std::string(stand_in) + ", as " + std::string(tag.get("@type")) +
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

}  // namespace virtsql::virtumancer
