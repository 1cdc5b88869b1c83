// Makes a VM's domain XML, piece by piece. The methods stand in several files, by what they are about: disks.cc,
// interfaces.cc, ...
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/virtumancer/apply.h"
#include "core/virtumancer/check.h"
#include "core/virtumancer/context.h"
#include "core/virtumancer/device_kinds.h"
#include "core/virtumancer/field.h"
#include "core/virtumancer/members.h"
#include "core/virtumancer/note.h"
#include "core/virtumancer/section_kinds.h"
#include "core/virtumancer/tag.h"
#include "core/virtumancer/text.h"

namespace virtsql::virtumancer {

// A disk of a VM, from whichever tables it comes.
struct Disk {
  const SourceRow* attachment = nullptr;
  const SourceRow* disk = nullptr;    // of the table disks; nullptr if a volume is attached without one
  const SourceRow* volume = nullptr;  // nullptr if there is none
};

// Builds the XML of one VM. The methods are explained where they are defined.
class Domain {
 public:
  Domain(Context& context, const SourceVm& vm, std::vector<Note>& notes);
  std::string build();

 private:
  // ---- telling

  void note(std::string what, const SourceRow& row, std::string_view kind, std::string detail, std::string kept = "");
  void inferred(std::string what, const SourceRow& row, std::string detail);
  void defaulted(std::string what, const SourceRow& row, std::string detail);
  void leave_out(std::string what, const SourceRow& row, std::string detail);
  void rest(std::string what, const SourceRow& row, const Reading& reading);
  void apply_rows(Tag& tag, std::string_view table, std::string_view key, const SourceRow& owner,
                  const std::vector<Field>& fields, std::string_view place);

  // ---- the VM itself

  void head();
  void metadata(Reading& reading);
  static void copy(Tag& tag, const xml::Node& node);
  void memory(Reading& reading);

  // ---- sections

  void add_section(const Section& section);
  static Tag* child_of(Tag& parent, std::string_view name);
  Tag* place_of(std::string_view path);
  void finish_section(const Section& section, const SourceRow& row, Tag& tag, Reading& reading, std::string& reason);
  void firmware(Tag& os, const SourceRow& row);
  static void memory_backing(Tag& tag, Reading& reading);
  static void clock(Tag& tag, Reading& reading);
  void smbios(Tag& tag, const SourceRow& row, Reading& reading);

  // ---- processor and features

  void numa();
  void processor();
  void leave_json(std::string what, std::string_view column, std::string detail);
  void features();

  // ---- devices of all kinds

  std::string_view resource_id(const Device& device, const SourceRow& row);
  const SourceRow* resource_of(const Device& device, const SourceRow& row);
  void add_devices(Tag& devices, const Device& device);
  static std::string missing(std::string_view table, std::string_view id);
  std::string unfit(const Device& device, const Tag& tag);
  std::string finish_device(const Tag& devices, const Device& device, Tag& tag, Reading& model,
                            std::vector<std::pair<std::string, std::string>>& chosen);
  std::string video(const Tag& devices, Tag& tag, Reading& model);

  // ---- back ends

  void backend(const Device& device, Tag& tag, Reading& model,
               std::vector<std::pair<std::string, std::string>>& chosen);

  // ---- addresses

  void address(const Tag& devices, Tag& tag, Reading& reading);
  void alias(Tag& tag, std::string_view attachments, const SourceRow& row);

  // ---- disks

  void disks(Tag& devices);
  std::string image_of(const Disk& disk);
  void add_disk(Tag& devices, const Disk& disk);
  std::string name_disk(Tag& tag, const SourceRow& row, Reading& attachment);
  void keep_lost_disk(const Disk& disk);
  void set_disk_format(Tag& tag, const SourceRow& row, std::string_view ending);
  bool is_taken(std::string_view name);
  void io_tunes(Tag& tag, std::string_view owner_type, const SourceRow& owner);

  // ---- interfaces

  void interfaces(Tag& devices);
  void add_interface(Tag& devices, const SourceRow* row, const SourceRow& port);
  void connect(Tag& tag, const SourceRow& main, const SourceRow& port, Reading& reading);
  void filter(Tag& tag, const SourceRow& port, Reading& reading);
  static void vlan(Tag& tag, Reading& reading);

  // ---- passed-through devices

  static bool pci_address(std::string_view text, Tag& tag);
  static std::pair<std::string, std::string> usb_ids(std::string_view text);
  void host_devices(Tag& devices);
  static std::string without_0x(std::string_view text);

  // ---- consoles

  void consoles(Tag& devices);
  void add_console(Tag& devices, const SourceRow& console);
  void graphics(Tag& devices, const SourceRow& row, Reading& reading);

  // ---- completion

  void default_video(Tag& devices);
  void boot_order(Tag& devices);
  void machine(Tag& devices);
  void usb_controller(Tag& devices);

  // ---- QEMU's own

  bool owns(const SourceRow& row);
  void qemu_arguments();
  void unread_tables();

  static const Values kNoValues;

  Context& context_;
  const SourceVm& vm_;
  std::vector<Note>& notes_;
  Tag domain_;  // what has been made so far
  std::string_view cpu_model_;
  std::string_view boot_json_;
  const SourceRow* boot_row_ = nullptr;    // the row that has boot_json_
  const SourceRow* secure_row_ = nullptr;  // the row that asks for secure boot
  bool secure_boot_ = false;
  bool vcpus_are_assumed_ = false;  // the VM does not say how many it has
  bool virtiofs_ = false;
  std::set<std::string> taken_keys_;  // what libvirt takes only once: addresses, aliases, features, ...
  std::set<std::string, std::less<>> disk_names_;
  std::map<std::string, std::size_t> counts_;                // number of devices, by element
  std::map<const SourceRow*, const SourceRow*> own_volume_;  // volume of a disk attachment, by volume_attachments
  std::set<const SourceRow*> aliases_;                       // rows of device_aliases that a device got
};

}  // namespace virtsql::virtumancer
