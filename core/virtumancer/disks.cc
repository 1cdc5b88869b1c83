#include <algorithm>

#include "core/base/letters.h"
#include "core/virtumancer/domain_builder.h"

namespace virtsql::virtumancer {

namespace {

struct Prefix {
  std::string_view prefix;
  std::string_view bus;
};

// The first letters of a disk's name in the guest, and the bus that they stand for.
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

// Returns the letters of the disk with the index: a to z, aa to zz, aaa (virIndexToDiskName() in libvirt).
std::string disk_letters(std::size_t index) {
  std::string out;
  for (std::size_t rest = index + 1; rest > 0; rest = (rest - 1) / 26)
    out.insert(out.begin(), static_cast<char>('a' + (rest - 1) % 26));
  return out;
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

// Whether the row says that the disk has an image, usable or not. virtumancer calls an empty drive disk-sda.
bool names_an_image(const Disk& disk) {
  if (disk.volume) return true;
  if (!disk.disk) return false;
  std::string_view name = disk.disk->get("name");
  if (name.starts_with("disk-") && is_disk_name(name.substr(5))) name = {};
  return !name.empty() || !disk.disk->get("path").empty() || !disk.disk->get("volume_id").empty();
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

void Domain::disks(Tag& devices) {
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
      // volume_attachments is older: it says which volume the VM had before virtumancer merged disks of equal names.
      own_volume_[same->attachment] = volume;
    }
  }
  for (const Disk& disk : found) add_disk(devices, disk);
}

// Returns the path of the disk's image; empty if it is not known. virtumancer makes one disk of all images with the
// same base name, so the disk's own path may be that of another VM's image.
std::string Domain::image_of(const Disk& disk) {
  if (!disk.disk && !disk.volume) return {};
  const SourceRow& row = disk.disk ? *disk.disk : *disk.volume;
  std::string path;
  if (disk.disk) {
    const std::string_view own = disk.disk->get("path");
    path = own.starts_with('/') ? std::string(own) : std::string();
    if (path.empty() && disk.volume) path = volume_path(context_, *disk.volume);
    if (path.empty() && disk.disk->get("name").starts_with('/')) path = disk.disk->get("name");
  } else {
    path = volume_path(context_, *disk.volume);
  }
  if (!disk.disk) return path;
  if (const auto own = own_volume_.find(disk.attachment); own != own_volume_.end()) {
    std::string other = volume_path(context_, *own->second);
    if (!other.empty() && other != path && base_name(other) == base_name(path)) {
      inferred("devices/disk/source", *disk.attachment,
               other + ", from volume_attachments, not " + path +
                   ": virtumancer makes one disk of those whose base names are equal");
      return other;
    }
  }
  // If several VMs have the disk and do not share it, each has its own image: the path may be another VM's. Then the
  // host's volume of the same base name is taken, if the path is no volume of the host and exactly one other is.
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

// Gives the disk its name and its bus in the VM, and returns the bus. If one is missing, it is made from the other.
std::string Domain::name_disk(Tag& tag, const SourceRow& row, Reading& attachment) {
  std::string name(attachment.look("device_name"));
  std::string bus(tag.get("target/@bus"));
  if (!name.empty() && (!is_disk_name(name) || disk_names_.contains(name))) name.clear();
  if (name.empty()) {
    if (bus.empty()) bus = "virtio";
    std::size_t index = 0;
    do name = std::string(prefix_of(bus)) + disk_letters(index++);
    while (disk_names_.contains(name) || is_taken(name));
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
  return bus;
}

// Keeps the rows of a disk whose image is not known, of which no disk can be made.
void Domain::keep_lost_disk(const Disk& disk) {
  leave_out("devices/disk", *disk.attachment, "a disk whose image is not known");
  std::string kept = "{\"attachment\":" + row_json(*disk.attachment, {});
  if (disk.disk) kept += ",\"disk\":" + row_json(*disk.disk, {});
  if (disk.volume) kept += ",\"volume\":" + row_json(*disk.volume, {});
  notes_.back().kept = kept + "}";
}

// Sets the format of the disk's image if no row says it. `ending` is that of the image's name.
void Domain::set_disk_format(Tag& tag, const SourceRow& row, std::string_view ending) {
  if (tag.has("driver/@type")) return;
  const std::string_view known = ending == ".qcow2" ? "qcow2" : ending == ".vmdk" ? "vmdk" : "raw";
  tag.set("driver/@type", known);
  if (one_of(ending, ".qcow2|.vmdk|.raw|.iso"))
    inferred("devices/disk/driver/@type", row, std::string(known) + ", from the name of the image");
  else
    defaulted("devices/disk/driver/@type", row, std::string(known));
}

void Domain::add_disk(Tag& devices, const Disk& disk) {
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
  const std::string bus = name_disk(tag, row, attachment);

  std::string path = image_of(disk);
  if (!path.empty() && !checked("path", path)) path.clear();
  const bool image_is_named = !path.empty();
  const bool image_is_lost = !image_is_named && names_an_image(disk);
  if (!image.look("path").starts_with('/')) image.unuse("path");
  const std::string ending =
      lower_case(path.substr(path.rfind('.') == std::string::npos ? path.size() : path.rfind('.')));
  std::string kind = "disk";
  if (bus == "fdc") {
    kind = "floppy";
  } else if (!image_is_lost && one_of(bus, "ide|sata|scsi|usb") &&
             (ending == ".iso" || volume.look("type") == "ISO" || !image_is_named)) {
    kind = "cdrom";
    inferred("devices/disk/@device", row,
             image_is_named ? "cdrom, as the image is an ISO image" : "cdrom, as there is no image in it");
  }
  if (image_is_lost || (kind == "disk" && !image_is_named)) {
    keep_lost_disk(disk);
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
    apply_rows(tag, "disk_driver_options", "disk_id", *disk.disk, kDriverFields, "devices/disk/driver");
    for (const SourceRow* backing : context_.rows_where("backing_stores", "disk_id", disk.disk->id)) {
      context_.use(*backing);
      leave_out("devices/disk/backingStore", *backing, "libvirt finds the images below by itself");
    }
    io_tunes(tag, "disk", *disk.disk);
  }
  io_tunes(tag, "disk_attachment", row);
  if (image_is_named) set_disk_format(tag, row, ending);
  if (!tag.has("driver/@name") && one_of(domain_.get("@type"), "kvm|qemu") && tag.has("driver"))
    tag.set("driver/@name", "qemu");
  address(devices, tag, attachment);
  alias(tag, "disk_attachments", row);
  devices.children.push_back(std::move(tag));
  rest("devices/disk", row, attachment);
  if (disk.disk) rest("devices/disk", *disk.disk, image);
  if (disk.volume) rest("devices/disk", *disk.volume, volume);
}

// Whether any attachment of the VM has the name, even one that has not been added yet.
bool Domain::is_taken(std::string_view name) {
  for (const char* table : {"disk_attachments", "volume_attachments"})
    for (const SourceRow* row : context_.rows_of(table, vm_))
      if (row->get("device_name") == name) return true;
  return false;
}

void Domain::io_tunes(Tag& tag, std::string_view owner_type, const SourceRow& owner) {
  for (const SourceRow* row : context_.rows_where("io_tunes", "owner_id", owner.id)) {
    if (row->get("owner_type") != owner_type) continue;
    context_.use(*row);
    Reading reading(row->values);
    for (const char* column : {"owner_type", "owner_id"}) reading.use(column);
    apply(tag, reading, kIoTuneFields);
    apply_json(tag, reading, "config_json", kIoTuneFields);
    rest("devices/disk/iotune", *row, reading);
  }
  // libvirt takes either a total or its parts, so the parts are left out.
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

}  // namespace virtsql::virtumancer
