// The tables that say what virtumancer's columns mean: each place that they name is one that libvirt has (one that the
// catalog knows), and each value that a device requires has a column or a default.
#include "core/virtumancer/device_kinds.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/rows/document.h"
#include "core/virtumancer/check.h"
#include "core/virtumancer/domain.h"
#include "core/virtumancer/members.h"
#include "core/virtumancer/section_kinds.h"
#include "core/virtumancer/tag.h"
#include "core/virtumancer/text.h"

namespace virtsql::virtumancer {
namespace {

// Returns the vendor options of a row and of the rows below it, a line each: what the catalog does not know.
std::string unknown(const Row& row) {
  std::string out;
  for (const VendorItem* item = row.vendor; item; item = item->next)
    out += row.element->path + "/" + std::string(item->path) + " " + std::string(item->name) + "\n";
  for (std::size_t slot = 0; slot < row.element->row_elements.size(); ++slot)
    for (const Row* child = row.children[slot].first; child; child = child->next) out += unknown(*child);
  return out;
}

// Returns a value that passes the check.
std::string sample(std::string_view check) {
  for (const char* value : {"1", "0x1", "/a", "a", "yes", "52:54:00:00:00:01", "0d000000-0000-4000-8000-000000000001"})
    if (const auto spelled = checked(check, value); spelled && !spelled->empty()) return *spelled;
  return std::string(check.substr(0, check.find('|')));  // the check is a list of values
}

class Places : public testing::Test {
 protected:
  // Expects that the fields name places that libvirt has, below this path in <domain>.
  static void are_known(std::string_view path, const std::vector<Field>& fields) {
    for (const Field& field : fields) {
      if (field.path.empty()) continue;
      const std::string place =
          path.empty() ? std::string(field.path) : std::string(path) + "/" + std::string(field.path);
      Tag domain;
      domain.name = "domain";
      ASSERT_TRUE(checked(field.check, sample(field.check))) << place << ": " << field.check;
      domain.set(place, field.check == "flag" ? "" : sample(field.check));
      const Document document(domain.xml(), Catalog::standard().root("domain"));
      EXPECT_EQ(unknown(document.rows()), "") << place;
    }
  }
};

TEST_F(Places, OfDevicesAreLibvirts) {
  for (const Device& device : devices()) {
    const std::string path = "devices/" + std::string(device.element);
    are_known(path, device.fields);
    are_known(path, device.config);
    std::vector<Field> defaults;
    for (const Default& entry : device.defaults) {
      defaults.push_back({"", entry.path, entry.value});
      EXPECT_EQ(checked(entry.value, entry.value), entry.value) << path;
    }
    are_known(path, defaults);
  }
}

TEST_F(Places, OfSectionsAreLibvirts) {
  for (const Section& section : sections()) are_known(section.path, section.fields);
}

TEST_F(Places, OfMembersAreLibvirts) {
  are_known("devices/disk", kAddressFields);
  are_known("devices/disk", kDriverFields);
  are_known("devices/disk", kIoTuneFields);
  are_known("cpu", kTopologyFields);
  are_known("clock/timer", kTimerFields);
  are_known("devices/serial", kChardevFields);
  are_known("devices/interface", kVirtualPortFields);
  are_known("memoryBacking/hugepages/page", kHugePageFields);
}

TEST(DeviceKinds, CanHaveWhatTheyRequire) {
  for (const Device& device : devices()) {
    if (device.required.empty()) continue;
    const auto sets = [&](const auto& entry) { return entry.path == device.required; };
    EXPECT_TRUE(std::any_of(device.fields.begin(), device.fields.end(), sets) ||
                std::any_of(device.config.begin(), device.config.end(), sets) ||
                std::any_of(device.defaults.begin(), device.defaults.end(), sets))
        << device.element << ": " << device.required;
    EXPECT_TRUE(is_read(device.attachments));
  }
}

TEST(DeviceKinds, HaveModelsOfControllersByType) {
  EXPECT_TRUE(one_of("qemu-xhci", controller_models("usb")));
  EXPECT_TRUE(one_of("pcie-root-port", controller_models("pci")));
  EXPECT_FALSE(one_of("virtio-scsi", controller_models("usb")));
  EXPECT_FALSE(one_of("any", controller_models("sata")));  // SATA controllers have no models
}

}  // namespace
}  // namespace virtsql::virtumancer
