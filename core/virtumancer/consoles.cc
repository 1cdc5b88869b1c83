// Consoles and screens: text consoles, VNC, SPICE, and the video cards of the oldest databases.
#include <cstdint>
#include <string>
#include <utility>

#include "core/virtumancer/parts.h"

namespace virtsql::virtumancer {
namespace {

// Counts as used what says nothing: a model that repeats the type, and port 0.
void use_empty_words(Reading& reading, std::string_view type) {
  if (reading.look("model_name") == type) reading.use("model_name");
  for (const char* column : {"port", "tls_port"})
    if (reading.look(column) == "0") reading.use(column);
}

// Returns why the VM cannot have the screen; empty if it can.
std::string unfit_screen(Draft& draft, const std::string& type) {
  if (!one_of(type, "vnc|spice|sdl|egl-headless|rdp")) return "a console of a type that is not known";
  if (!draft.take("graphics " + type)) return "the VM has one of the type already, and libvirt takes one";
  return "";
}

void set_listen(Tag& tag, Reading& reading) {
  const std::string listen(reading.look("listen_address"));
  if (listen.empty() || listen.find_first_not_of("0123456789abcdefABCDEF.:") != std::string::npos) return;
  tag.set("@listen", listen);
  tag.set("listen/@type", "address");
  tag.set("listen/@address", listen);
  reading.use("listen_address");
}

// QEMU gives a VNC screen no port below this.
constexpr std::uint64_t kLowestVncPort = 5900;

void set_port(Tag& tag, Reading& reading, std::string_view column, std::string_view path) {
  const std::uint64_t number = number_of(reading.look(column));
  if (number == 0 || number > 65535 || (tag.get("@type") == "vnc" && number < kLowestVncPort)) return;
  tag.set(path, std::to_string(number));
  reading.use(column);
}

void add_screen(Draft& draft, const SourceRow& row, Reading& reading) {
  const std::string type(reading.look("type"));
  if (std::string reason = unfit_screen(draft, type); !reason.empty())
    return draft.leave_out("devices/graphics", row, std::move(reason));
  Tag tag = tag_named("graphics");
  tag.set("@type", type);
  reading.use("type");
  use_empty_words(reading, type);
  if (one_of(type, "vnc|spice|rdp")) {
    set_listen(tag, reading);
    set_port(tag, reading, "port", "@port");
    if (type == "spice") set_port(tag, reading, "tls_port", "@tlsPort");
    const bool fixed = tag.has("@port") || tag.has("@tlsPort");
    tag.set("@autoport", fixed ? "no" : "yes");
    if (!fixed) draft.defaulted("devices/graphics/@autoport", row, "yes");
  }
  draft.add_device(std::move(tag), row);
  draft.rest("devices/graphics", row, reading);
}

void add_text_console(Draft& draft, const SourceRow& row, Reading& reading) {
  if (!draft.take("console"))
    return draft.leave_out("devices/console", row, "only a VM's first console is of this kind");
  draft.devices().add("console").set("@type", "pty");
  reading.use("type");
  use_empty_words(reading, "pty");
  draft.rest("devices/console", row, reading);
}

// Adds a screen and the video card that the oldest databases keep with it.
void add_old_screen(Draft& draft, const SourceRow& device) {
  Reading reading(device.values);
  Tag video = tag_named("video");
  apply(video, reading,
        {{"model_name", "model/@type", kVideoModels}, {"v_ram_ki_b|vram_ki_b", "model/@vram", "count"}});
  if (video.has("model/@type"))
    draft.add_device(std::move(video), device);
  else
    reading.unuse("v_ram_ki_b|vram_ki_b");
  add_screen(draft, device, reading);
}

}  // namespace

void add_consoles(Draft& draft) {
  for (const SourceRow* row : draft.rows_of("consoles")) {
    Reading reading(row->values);
    if (reading.look("type") == "pty")
      add_text_console(draft, *row, reading);
    else
      add_screen(draft, *row, reading);
  }
  // The oldest databases have these tables in place of consoles and video cards.
  for (const SourceRow* row : draft.rows_of("graphics_device_attachments")) {
    if (const SourceRow* device = draft.context.find("graphics_devices", row->get("graphics_device_id")))
      add_old_screen(draft, *device);
    else
      draft.leave_out("devices/graphics", *row, missing("graphics_devices", row->get("graphics_device_id")));
  }
}

}  // namespace virtsql::virtumancer
