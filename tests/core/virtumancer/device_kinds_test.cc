// The tables that say what virtumancer's columns mean: each place that they name is one that libvirt has (one that the
// catalog knows), and each value that a device requires has a column or a default.
#include "core/virtumancer/device_kinds.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/virtumancer/check.h"
#include "core/virtumancer/domain.h"
#include "core/virtumancer/text.h"
#include "tests/core/virtumancer/places.h"

namespace virtsql::virtumancer {
namespace {

using DeviceKindsTest = test::Places;

TEST_F(DeviceKindsTest, NamePlacesThatLibvirtHas) {
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
