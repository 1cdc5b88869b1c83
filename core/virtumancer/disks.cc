// Disks: which a VM has, where their images are, and what they are called.
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/letters.h"
#include "core/virtumancer/addresses.h"
#include "core/virtumancer/parts.h"

namespace virtsql::virtumancer {
namespace {

// ---- names in the guest

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

// Whether a disk on the bus can have the name: a floppy drive's begins with fd, and its number is the drive's on the
// one controller that there is.
bool suits_bus(std::string_view name, std::string_view bus) {
  if (bus.empty()) return true;
  if (name.starts_with("fd") != (bus == "fdc")) return false;
  // Beyond this many disks, the controllers that libvirt adds find no place.
  if (bus == "sata") return name.size() == 3;
  return (bus != "fdc" || name <= "fdb") && (bus != "ide" || (name.size() == 3 && name.back() <= 'd'));
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

// Whether any attachment of the VM has the name, even one that has not been added yet.
bool is_taken(Draft& draft, std::string_view name) {
  for (const char* table : {"disk_attachments", "volume_attachments"})
    for (const SourceRow* row : draft.rows_of(table))
      if (row->get("device_name") == name) return true;
  return false;
}

// ---- images

// A disk of a VM, from whichever tables it comes.
struct Disk {
  const SourceRow* attachment = nullptr;
  const SourceRow* disk = nullptr;        // of the table disks; nullptr if a volume is attached without one
  const SourceRow* volume = nullptr;      // nullptr if there is none
  const SourceRow* own_volume = nullptr;  // what volume_attachments has in place of `volume`; nullptr if it agrees
};

// Whether the name is the one that virtumancer gives an empty drive: disk-sda.
bool is_empty_drive(std::string_view name) { return name.starts_with("disk-") && is_disk_name(name.substr(5)); }

// Whether the row says that the disk has an image, usable or not.
bool names_an_image(const Disk& disk) {
  if (disk.volume) return true;
  if (!disk.disk) return false;
  const std::string_view name = disk.disk->get("name");
  return (!name.empty() && !is_empty_drive(name)) || !disk.disk->get("path").empty() ||
         !disk.disk->get("volume_id").empty();
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Returns the ending of the path's file in lower case, with its dot.
std::string ending_of(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return lower_case(dot == std::string_view::npos ? std::string_view() : path.substr(dot));
}

// Finds the path of a disk's image. virtumancer makes one disk of all images with the same base name, so the disk's own
// path may be that of another VM's image.
class Image {
 public:
  Image(Draft& draft, const Disk& disk) : draft_(draft), disk_(disk), path_(said_path()) {}

  // Returns the path; empty if it is not known.
  std::string path() {
    if (!disk_.disk) return path_;
    if (std::string other = own_path(); !other.empty()) return other;
    if (path_.empty() || is_shared() || users() < 2) return path_;
    if (std::string other = only_path_here(); !other.empty()) return other;
    tell(path_ + " may be another VM's: " + std::to_string(users()) +
         " VMs have it, which do not share it, and virtumancer makes one disk of those whose base names are equal");
    return path_;
  }

 private:
  // Returns the path that the disk or its volume says.
  std::string said_path() {
    std::string path;
    if (disk_.disk && disk_.disk->get("path").starts_with('/')) path = disk_.disk->get("path");
    if (path.empty() && disk_.volume) path = volume_path(draft_.context, *disk_.volume);
    if (path.empty() && disk_.disk && disk_.disk->get("name").starts_with('/')) path = disk_.disk->get("name");
    return path;
  }

  bool is_namesake(const std::string& other) const {
    return !other.empty() && other != path_ && base_name(other) == base_name(path_);
  }

  // Returns the path that volume_attachments says, if it is another one of the same base name.
  std::string own_path() {
    if (!disk_.own_volume) return {};
    std::string other = volume_path(draft_.context, *disk_.own_volume);
    if (!is_namesake(other)) return {};
    tell(other + ", from volume_attachments, not " + path_ +
         ": virtumancer makes one disk of those whose base names are equal");
    return other;
  }

  // Whether the VM lets others use the image, so that all its users may have the same.
  bool is_shared() const {
    return is_true(disk_.attachment->get("shareable")) || is_true(disk_.attachment->get("read_only"));
  }

  // Returns how many VMs have the disk.
  std::size_t users() {
    std::set<const SourceRow*> vms;
    for (const SourceRow* user : draft_.context.rows_where("disk_attachments", "disk_id", disk_.disk->id))
      if (const SourceRow* vm = draft_.context.vm_of(*user); vm && !vm->deleted) vms.insert(vm);
    return vms.size();
  }

  // If several VMs have the disk and do not share it, each has its own image. Returns the host's volume of the same
  // base name, if the path is no volume of the host and exactly one other is.
  std::string only_path_here() {
    std::vector<std::string> candidates;
    for (const SourceRow& volume : draft_.context.source().table("volumes").rows) {
      if (volume.deleted || !is_on_host(volume)) continue;
      const std::string other = volume_path(draft_.context, volume);
      if (other == path_) return {};
      if (is_namesake(other)) candidates.push_back(other);
    }
    if (candidates.size() != 1) return {};
    tell(candidates[0] + ", the host's volume of that name, not " + path_ +
         ": virtumancer makes one disk of those whose base names are equal");
    return candidates[0];
  }

  bool is_on_host(const SourceRow& volume) {
    const SourceRow* pool = draft_.context.find("storage_pools", volume.get("storage_pool_id"));
    return pool && pool->get("host_id") == draft_.vm.row->get("host_id");
  }

  void tell(std::string detail) { draft_.inferred("devices/disk/source", *disk_.attachment, std::move(detail)); }

  Draft& draft_;
  const Disk& disk_;
  std::string path_;
};

// ---- limits

void apply_limits(Draft& draft, Tag& tag, std::string_view owner_type, const SourceRow& owner) {
  for (const SourceRow* row : draft.context.rows_where("io_tunes", "owner_id", owner.id)) {
    if (row->get("owner_type") != owner_type) continue;
    draft.context.use(*row);
    Reading reading(row->values);
    for (const char* column : {"owner_type", "owner_id"}) reading.use(column);
    apply(tag, reading, kIoTuneFields);
    apply_json(tag, reading, "config_json", kIoTuneFields);
    draft.rest("devices/disk/iotune", *row, reading);
  }
}

// Leaves out the limits of a direction beside that of both together: libvirt takes either a total or its parts.
void leave_out_parts_of_totals(Draft& draft, Tag& tag, const SourceRow& owner) {
  for (const std::string what : {"bytes", "iops"}) {
    if (!tag.has("iotune/total_" + what + "_sec")) continue;
    for (const std::string part : {"read_", "write_"}) {
      const std::string path = "iotune/" + part + what + "_sec";
      if (!tag.has(path)) continue;
      draft.leave_out("devices/disk/" + path, owner, "a limit beside that of both directions together",
                      value_json(path, tag.get(path)));
      tag.erase(path);
    }
  }
}

void set_limits(Draft& draft, Tag& tag, std::string_view owner_type, const SourceRow& owner) {
  apply_limits(draft, tag, owner_type, owner);
  leave_out_parts_of_totals(draft, tag, owner);
}

// ---- a disk

// Makes the XML of a disk. `names` are those that the VM's disks have so far.
class DiskMaker {
 public:
  DiskMaker(Draft& draft, const Disk& disk, std::set<std::string, std::less<>>& names)
      : draft_(draft),
        disk_(disk),
        row_(*disk.attachment),
        attachment_(row_.values),
        image_(disk.disk ? Reading(disk.disk->values) : Reading()),
        volume_(disk.volume ? Reading(disk.volume->values) : Reading()),
        names_(names) {
    for (const char* column : {"disk_id", "volume_id"}) attachment_.use(column);
    for (const char* column : {"path", "volume_id"}) image_.use(column);
    for (const char* column : {"path", "storage_pool_id", "type"}) volume_.use(column);
  }

  void add() {
    name();
    find_image();
    choose_kind();
    if (path_.empty() && (is_lost() || kind_ == "disk")) return keep_lost();
    source();
    options();
    driver();
    limits();
    format();
    set_address(draft_, tag_, attachment_);
    set_alias(draft_, tag_, "disk_attachments", row_);
    use_repeated();
    draft_.add_device(std::move(tag_), row_);
    rest();
  }

 private:
  // Gives the disk its name and its bus in the VM. If one is missing, it is made from the other.
  void name() {
    apply(tag_, attachment_, {{"bus_type", "target/@bus", kDiskBuses}});
    std::string name(attachment_.look("device_name"));
    std::string bus(tag_.get("target/@bus"));
    if (name.empty()) attachment_.use("device_name");
    if (is_disk_name(name) && !names_.contains(name) && suits_bus(name, bus.empty() ? bus_of(name) : bus)) {
      attachment_.use("device_name");
    } else {
      if (bus.empty()) bus = is_disk_name(name) ? bus_of(name) : "virtio";
      name = free_name(bus);
      draft_.defaulted("devices/disk/target/@dev", row_, name);
    }
    names_.insert(name);
    if (bus.empty()) {
      bus = bus_of(name);
      draft_.inferred("devices/disk/target/@bus", row_, bus + ", from the name " + name);
    }
    tag_.set("target/@dev", name);
    tag_.set("target/@bus", bus);
  }

  // Returns the first name on the bus that no disk of the VM has.
  std::string free_name(std::string_view bus) {
    for (std::size_t index = 0;; ++index) {
      std::string name = std::string(prefix_of(bus)) + disk_letters(index);
      if (!names_.contains(name) && !is_taken(draft_, name)) return name;
    }
  }

  void find_image() {
    path_ = Image(draft_, disk_).path();
    if (!checked("path", path_)) path_.clear();
    if (!image_.look("path").starts_with('/')) image_.unuse("path");
  }

  // Whether there is an image, but it is not known which.
  bool is_lost() const { return path_.empty() && names_an_image(disk_); }

  // Finds what kind of drive it is: a disk, a floppy drive or a CD drive, which may be empty.
  void choose_kind() {
    if (tag_.get("target/@bus") == "fdc") {
      kind_ = "floppy";
    } else if (const std::string_view reason = is_lost() ? "" : cdrom_reason(); !reason.empty()) {
      kind_ = "cdrom";
      draft_.inferred("devices/disk/@device", row_, "cdrom, as " + std::string(reason));
    }
  }

  // Returns why it is a CD drive; empty if it is none. virtumancer does not say.
  std::string_view cdrom_reason() const {
    const std::string_view bus = tag_.get("target/@bus");
    if (!one_of(bus, "ide|sata|scsi|usb")) return "";
    if (path_.empty()) return "there is no image in it";
    if (ending_of(path_) == ".iso" || volume_.look("type") == "ISO") return "the image is an ISO image";
    if (path_.starts_with("/dev/sr")) return "it is the host's CD drive";
    if (one_of(bus, "ide|sata") && is_true(attachment_.look("read_only|is_read_only")))
      return "libvirt takes no other drive that is read-only on this bus";
    return "";
  }

  // Keeps the rows of a disk whose image is not known, of which no disk can be made.
  void keep_lost() {
    draft_.leave_out("devices/disk", row_, "a disk whose image is not known",
                     rows_json({{"attachment", &row_}, {"disk", disk_.disk}, {"volume", disk_.volume}}));
  }

  void source() {
    const bool block = path_.starts_with("/dev/");
    tag_.set("@type", block ? "block" : "file");
    tag_.set("@device", kind_);
    if (!path_.empty()) tag_.set(block ? "source/@dev" : "source/@file", path_);
  }

  void options() {
    apply(tag_, attachment_, {{"read_only|is_read_only", "readonly", "flag"}, {"shareable", "shareable", "flag"}});
    if (kind_ == "cdrom" && !tag_.has("readonly")) tag_.set("readonly", "");
    apply(tag_, image_, {{"serial", "serial", "serial"}});
  }

  void driver() {
    apply(tag_, image_, {{"format|source_format", "driver/@type", kDiskFormats}});
    apply(tag_, volume_, {{"format", "driver/@type", kDiskFormats}});
    if (image_.look("source_format") == tag_.get("driver/@type")) image_.use("source_format");
    apply_json(tag_, image_, "driver_json", kDriverFields);
  }

  void limits() {
    apply_json(tag_, image_, "io_tune", kIoTuneFields);
    if (disk_.disk) {
      draft_.apply_rows(tag_, "disk_driver_options", "disk_id", *disk_.disk, kDriverFields, "devices/disk/driver");
      leave_out_backing();
      set_limits(draft_, tag_, "disk", *disk_.disk);
    }
    set_limits(draft_, tag_, "disk_attachment", row_);
  }

  void leave_out_backing() {
    for (const SourceRow* backing : draft_.context.rows_where("backing_stores", "disk_id", disk_.disk->id)) {
      draft_.context.use(*backing);
      draft_.leave_out("devices/disk/backingStore", *backing, "libvirt finds the images below by itself");
    }
  }

  // Sets the format of the image if no row says it, and the driver's name.
  void format() {
    if (!path_.empty() && !tag_.has("driver/@type")) {
      const std::string ending = ending_of(path_);
      const std::string format = ending == ".qcow2" ? "qcow2" : ending == ".vmdk" ? "vmdk" : "raw";
      tag_.set("driver/@type", format);
      if (one_of(ending, ".qcow2|.vmdk|.raw|.iso"))
        draft_.inferred("devices/disk/driver/@type", row_, format + ", from the name of the image");
      else
        draft_.defaulted("devices/disk/driver/@type", row_, format);
    }
    if (!tag_.has("driver/@name") && one_of(draft_.domain.get("@type"), "kvm|qemu") && tag_.has("driver"))
      tag_.set("driver/@name", "qemu");
  }

  // Counts as used what the disk repeats of its image or its volume. The rest of its name, size and type has no place.
  void use_repeated() {
    for (Reading* reading : {&image_, &volume_}) {
      const std::string_view name = reading->look("name");
      if (name == path_ || name == base_name(path_) || is_empty_drive(name)) reading->use("name");
      if (reading->look("capacity_bytes") == "0") reading->use("capacity_bytes");
    }
    if (lower_case(image_.look("volume_type")) == tag_.get("@type")) image_.use("volume_type");
    if (!disk_.volume) return;
    for (const char* column : {"name", "capacity_bytes"})
      if (image_.look(column) == volume_.look(column)) image_.use(column);
    if (image_.look("volume_type") == volume_.look("type")) image_.use("volume_type");
    // A volume of a pool is a row of its own (virtumancer.cc).
    if (draft_.context.find("storage_pools", disk_.volume->get("storage_pool_id")))
      for (const char* column : {"name", "capacity_bytes"}) volume_.use(column);
  }

  void rest() {
    draft_.rest("devices/disk", row_, attachment_);
    if (disk_.disk) draft_.rest("devices/disk", *disk_.disk, image_);
    if (disk_.volume) draft_.rest("devices/disk", *disk_.volume, volume_);
  }

  Draft& draft_;
  const Disk& disk_;
  const SourceRow& row_;  // the attachment
  Reading attachment_;
  Reading image_;
  Reading volume_;
  std::set<std::string, std::less<>>& names_;
  Tag tag_ = tag_named("disk");
  std::string path_;  // of the image; empty if it is not known or there is none
  std::string kind_ = "disk";
};

// ---- the disks of a VM

std::vector<Disk> attached_disks(Draft& draft) {
  std::vector<Disk> out;
  for (const SourceRow* row : draft.rows_of("disk_attachments")) {
    const SourceRow* disk = draft.context.find("disks", row->get("disk_id"));
    if (disk)
      out.push_back({row, disk, draft.context.find("volumes", disk->get("volume_id"))});
    else
      draft.leave_out("devices/disk", *row, missing("disks", row->get("disk_id")));
  }
  return out;
}

// Adds what volume_attachments says of the VM: a disk, or which volume is that of a disk that is there.
void add_attached_volume(Draft& draft, const SourceRow& row, std::vector<Disk>& disks) {
  const SourceRow* volume = draft.context.find("volumes", row.get("volume_id"));
  if (!volume) return draft.leave_out("devices/disk", row, missing("volumes", row.get("volume_id")));
  const std::string_view name = row.get("device_name");
  const auto same = std::find_if(disks.begin(), disks.end(), [&](const Disk& disk) {
    return disk.disk && (name.empty() ? disk.volume == volume : disk.attachment->get("device_name") == name);
  });
  if (same == disks.end()) {
    disks.push_back({&row, nullptr, volume});
  } else if (same->volume != volume) {
    // volume_attachments is older: it says which volume the VM had before virtumancer merged disks of equal names.
    same->own_volume = volume;
  }
}

}  // namespace

void add_disks(Draft& draft) {
  std::vector<Disk> disks = attached_disks(draft);
  for (const SourceRow* row : draft.rows_of("volume_attachments")) add_attached_volume(draft, *row, disks);
  std::set<std::string, std::less<>> names;
  for (const Disk& disk : disks) DiskMaker(draft, disk, names).add();
}

}  // namespace virtsql::virtumancer
