#include "core/virtumancer/backends.h"

#include <algorithm>
#include <iterator>

#include "core/virtumancer/check.h"
#include "core/virtumancer/text.h"

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

// Returns the back end of the type; nullptr if there is none.
const Backend* backend_of(std::string_view type) {
  const auto* found = std::find_if(std::begin(kBackends), std::end(kBackends),
                                   [&](const Backend& backend) { return backend.type == type; });
  return found == std::end(kBackends) ? nullptr : found;
}

// Whether libvirt takes the device's back end, and the device has what that needs.
bool is_suited(bool channel, const Tag& tag) {
  const Backend* backend = backend_of(tag.get("@type"));
  if (!backend) return false;
  if (!channel && one_of(backend->type, "spicevmc|qemu-vdagent")) return false;
  // A port that listens needs another one to which it sends, which virtumancer does not know.
  if (backend->type == "udp" && tag.get("source/@mode") == "bind") return false;
  // A channel needs no path: libvirt makes its socket by itself.
  if (channel && backend->type == "unix") return true;
  bool whole = true;
  for_each_part(backend->needs, ',', [&](std::string_view path) { whole = whole && tag.has(path); });
  return whole;
}

void replace_backend(bool channel, Tag& tag, Reading& model, Choices& chosen) {
  const std::string_view stand_in = channel ? "unix" : "pty";
  chosen.emplace_back("@type", std::string(stand_in) + ", as " + std::string(tag.get("@type")) +
                                   " does not go without what virtumancer has not got");
  tag.set("@type", stand_in);
  model.unuse("type");
}

void remove_foreign_places(Tag& tag, Reading& model) {
  const std::string_view may = backend_of(tag.get("@type"))->may;
  for (const char* path :
       {"source/@path", "source/@mode", "source/@host", "source/@service", "source/@channel", "protocol/@type"})
    if (tag.has(path) && !one_of(path, may)) {
      tag.erase(path);
      model.unuse("config_json");
    }
}

void complete_backend(Tag& tag) {
  const std::string type(tag.get("@type"));
  if (type == "unix" && tag.has("source") && !tag.has("source/@path")) tag.erase("source");
  if (type == "unix" && tag.has("source/@path") && !tag.has("source/@mode")) tag.set("source/@mode", "bind");
  if (one_of(type, "tcp|udp") && !tag.has("source/@mode")) tag.set("source/@mode", type == "udp" ? "connect" : "bind");
  if (type == "tcp" && !tag.has("protocol/@type")) tag.set("protocol/@type", "raw");
}

// Takes out a target that the device cannot have: virtio and xen are those of channels.
void fit_target(bool channel, Tag& tag, Reading& model) {
  if (!tag.has("target/@type") || one_of(tag.get("target/@type"), "virtio|xen") == channel) return;
  tag.erase("target/@type");
  model.unuse("config_json");
  if (channel) tag.set("target/@type", "virtio");
}

}  // namespace

void fit_backend(bool channel, Tag& tag, Reading& model, Choices& chosen) {
  if (!is_suited(channel, tag)) replace_backend(channel, tag, model, chosen);
  remove_foreign_places(tag, model);
  complete_backend(tag);
  fit_target(channel, tag, model);
}

}  // namespace virtsql::virtumancer
