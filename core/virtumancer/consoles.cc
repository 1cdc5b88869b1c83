// Consoles and screens: text consoles, VNC, SPICE, and the video cards of the oldest databases.
#include "core/virtumancer/domain_builder.h"

namespace virtsql::virtumancer {

void Domain::consoles(Tag& devices) {
  for (const SourceRow* row : context_.rows_of("consoles", vm_)) add_console(devices, *row);
  // The oldest databases have these tables in place of consoles and video cards.
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

void Domain::add_console(Tag& devices, const SourceRow& console) {
  Reading reading(console.values);
  if (reading.look("type") != "pty") return graphics(devices, console, reading);
  devices.add("console").set("@type", "pty");
  reading.use("type");
  if (reading.look("model_name") == "pty") reading.use("model_name");
  for (const char* column : {"port", "tls_port"})
    if (reading.look(column) == "0") reading.use(column);
  rest("devices/console", console, reading);
}

void Domain::graphics(Tag& devices, const SourceRow& row, Reading& reading) {
  const std::string type(reading.look("type"));
  if (!one_of(type, "vnc|spice|sdl|egl-headless|rdp")) {
    leave_out("devices/graphics", row, "a console of a type that is not known");
    return;
  }
  if (!taken_keys_.insert("graphics " + type).second) {
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

}  // namespace virtsql::virtumancer
