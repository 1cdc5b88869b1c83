// Devices of the host that are passed through to a VM: which they are, as far as virtumancer wrote it down.
#include <algorithm>
#include <optional>
#include <string>

#include "core/base/letters.h"
#include "core/virtumancer/addresses.h"
#include "core/virtumancer/parts.h"

namespace virtsql::virtumancer {
namespace {

// The vendor and the product of a USB device, four hexadecimal digits each.
struct UsbIds {
  std::string vendor;
  std::string product;
};

// Whether libvirt takes the vendor: 0 means that there is none.
bool is_vendor(std::string_view digits) { return digits.find_first_not_of('0') != std::string_view::npos; }

// Returns the first vendor and product id in the text, vvvv:pppp; nullopt if there is none.
std::optional<UsbIds> usb_ids(std::string_view text) {
  const auto hex = [](std::string_view digits) {
    return digits.size() == 4 && std::all_of(digits.begin(), digits.end(), is_hex_digit);
  };
  for (std::size_t colon = text.find(':'); colon != std::string_view::npos; colon = text.find(':', colon + 1)) {
    if (colon < 4 || !hex(text.substr(colon - 4, 4)) || !hex(text.substr(colon + 1, 4))) continue;
    if (!is_vendor(text.substr(colon - 4, 4))) continue;
    const auto edge = [&](std::size_t at) { return at >= text.size() || !is_hex_digit(text[at]); };
    if ((colon == 4 || edge(colon - 5)) && edge(colon + 5) && (colon + 5 >= text.size() || text[colon + 5] != ':'))
      return UsbIds{std::string(text.substr(colon - 4, 4)), std::string(text.substr(colon + 1, 4))};
  }
  return std::nullopt;
}

std::string without_0x(std::string_view text) { return std::string(text.starts_with("0x") ? text.substr(2) : text); }

// A device of the host that an attachment gives to the VM.
class HostDevice {
 public:
  HostDevice(Draft& draft, const SourceRow& row, const SourceRow& device)
      : draft_(draft), row_(row), device_(device), attachment_(row.values), reading_(device.values) {
    attachment_.use("host_device_id");
  }

  void add() {
    find_pci_address();
    read_details();
    if (is_usb() && !usb_) guess_usb();
    if (!set_pci() && !set_usb()) return keep_unknown();
    if (!draft_.take("hostdev " + tag_.children.back().xml()))
      return draft_.leave_out(kPlace, row_, "the VM has the same device already");
    set_address(draft_, tag_, attachment_);
    set_alias(draft_, tag_, "host_device_attachments", row_);
    draft_.add_device(std::move(tag_), row_);
    draft_.rest(kPlace, row_, attachment_);
    draft_.rest(kPlace, device_, reading_);
  }

 private:
  static constexpr const char* kPlace = "devices/hostdev";

  bool is_usb() const { return reading_.look("type") == "usb"; }

  // A device without a type is one of PCI if its address has that form.
  void find_pci_address() {
    const std::string_view type = reading_.look("type");
    if (type == "pci" || type.empty()) pci_ = pci_address(reading_.look("address"));
  }

  // Takes a USB device's ids from the details, whose table virtumancer calls host_pc_idevices.
  void read_details() {
    for (const SourceRow* detail : draft_.context.rows_where("host_pc_idevices", "host_device_id", device_.id)) {
      draft_.context.use(*detail);
      const auto id = [&](std::string_view column) { return checked("hex", "0x" + without_0x(detail->get(column))); };
      if (is_usb() && id("vendor_id") && id("product_id") && is_vendor(without_0x(detail->get("vendor_id"))))
        usb_ = UsbIds{without_0x(detail->get("vendor_id")), without_0x(detail->get("product_id"))};
      else if (!is_usb())
        draft_.leave_out(kPlace, *detail, "details of the host's device, which libvirt finds by its address");
    }
  }

  void guess_usb() {
    usb_ = usb_ids(reading_.look("description"));
    if (!usb_) usb_ = usb_ids(reading_.look("address"));
    if (usb_)
      draft_.inferred("devices/hostdev/source", device_, usb_->vendor + ":" + usb_->product + ", from its description");
  }

  // Each sets which device of the host it is. Returns false if it is none of that kind.
  bool set_pci() {
    if (!pci_) return false;
    set_managed("pci");
    child_of(tag_, "source").children.push_back(*pci_);
    if (reading_.look("type").empty())
      draft_.inferred("devices/hostdev/@type", device_, "pci, from the form of the address");
    for (const char* column : {"type", "address"}) reading_.use(column);
    draft_.defaulted("devices/hostdev/@managed", row_, "yes");
    return true;
  }

  bool set_usb() {
    if (!usb_) return false;
    set_managed("usb");
    tag_.set("source/vendor/@id", "0x" + usb_->vendor);
    tag_.set("source/product/@id", "0x" + usb_->product);
    reading_.use("type");
    if (reading_.look("address").find_first_not_of(":.") == std::string_view::npos) reading_.use("address");
    return true;
  }

  void set_managed(std::string_view type) {
    tag_.set("@mode", "subsystem");
    tag_.set("@type", type);
    tag_.set("@managed", "yes");
  }

  void keep_unknown() {
    draft_.leave_out(kPlace, row_, "which device of the host it is, is not known",
                     rows_json({{"attachment", &row_}, {"device", &device_}}));
  }

  Draft& draft_;
  const SourceRow& row_;
  const SourceRow& device_;
  Reading attachment_;
  Reading reading_;
  Tag tag_ = tag_named("hostdev");
  std::optional<Tag> pci_;  // its address on the host
  std::optional<UsbIds> usb_;
};

}  // namespace

void add_host_devices(Draft& draft) {
  for (const SourceRow* row : draft.rows_of("host_device_attachments")) {
    if (const SourceRow* device = draft.context.find("host_devices", row->get("host_device_id")))
      HostDevice(draft, *row, *device).add();
    else
      draft.leave_out("devices/hostdev", *row, missing("host_devices", row->get("host_device_id")));
  }
}

}  // namespace virtsql::virtumancer
