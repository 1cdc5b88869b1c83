// What a difference says. match_test.cc tests which rows are the same, expected_test.cc what libvirt makes by itself.
#include "core/rows/diff.h"

#include <gtest/gtest.h>

#include "core/rows/document.h"

namespace virtsql {
namespace {

// Returns "change device key path old>new" of each difference, a line each.
std::string differences(const std::string& before, const std::string& after) {
  const Document a("<domain>" + before + "</domain>", Catalog::standard().root("domain"));
  const Document b("<domain>" + after + "</domain>", Catalog::standard().root("domain"));
  std::string out;
  for (const Difference& each : diff(a.rows(), b.rows(), DiffMode::kAll)) {
    EXPECT_TRUE(each.has_old || each.old_value.empty());
    EXPECT_TRUE(each.has_new || each.new_value.empty());
    out += std::string(change_name(each.change)) + " " + (each.device.empty() ? "-" : each.device) + " " +
           (each.key.empty() ? "-" : each.key) + " " + each.path + " " + (each.has_old ? each.old_value : "-") + ">" +
           (each.has_new ? each.new_value : "-") + "\n";
  }
  return out;
}

std::string devices(const std::string& content) { return "<devices>" + content + "</devices>"; }

TEST(Diff, OfNoDeviceHasPathAndValues) {
  EXPECT_EQ(differences("<title>a</title>", "<title>a</title>"), "");
  EXPECT_EQ(differences("<title>a</title>", "<title>b</title>"), "changed - - /domain/title/text() a>b\n");
  EXPECT_EQ(differences("", "<title>b</title>"), "added - - /domain/title/text() ->b\n");
  EXPECT_EQ(differences("<title>a</title>", ""), "removed - - /domain/title/text() a>-\n");
}

TEST(Diff, OfADeviceNamesIt) {
  const auto disk = [](const std::string& image) {
    return devices("<disk><source file='" + image + "'/><target dev='vda'/></disk>");
  };
  EXPECT_EQ(differences(disk("/a"), disk("/b")), "changed disk vda /domain/devices/disk/source/@file /a>/b\n");
  EXPECT_EQ(
      differences(disk("/a"), devices("")),
      "removed disk vda /domain/devices/disk <disk>\n  <source file='/a'/>\n  <target dev='vda'/>\n</disk>\n>-\n");
  const std::string mac = "52:54:00:00:00:01";
  EXPECT_EQ(differences(devices(""), devices("<interface><mac address='" + mac + "'/></interface>")),
            "added port " + mac + " /domain/devices/interface -><interface>\n  <mac address='" + mac +
                "'/>\n</interface>\n\n");
  // A difference outside of the devices names no device, even if it comes after that of a device.
  EXPECT_EQ(differences(disk("/a") + "<seclabel model='dac'/>", disk("/b") + "<seclabel model='dac' type='none'/>"),
            "changed disk vda /domain/devices/disk/source/@file /a>/b\n"
            "added - dac /domain/seclabel/@type ->none\n");
}

TEST(Diff, OfARowInADeviceNamesBoth) {
  const auto rbd = [](const std::string& port) {
    return devices("<disk type='network'><source protocol='rbd' name='a'><host name='ceph1' port='" + port +
                   "'/></source><target dev='vda'/></disk>");
  };
  EXPECT_EQ(differences(rbd("1"), rbd("2")), "changed disk vda/ceph1 /domain/devices/disk/source/host/@port 1>2\n");
}

TEST(Diff, OfAnOrderThatCountsHasPlaces) {
  const auto argument = [](const std::string& list) {
    std::string out = "<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>";
    for (const char value : list) out += std::string("<qemu:arg value='") + value + "'/>";
    return out + "</qemu:commandline>";
  };
  EXPECT_EQ(differences(argument("abcd"), argument("bcda")), "moved - 0 /domain/qemu:commandline/qemu:arg 0>3\n");
  // The key of an added row is its place in the new list.
  EXPECT_EQ(differences(argument("ab"), argument("abc")),
            "added - 2 /domain/qemu:commandline/qemu:arg -><qemu:arg value='c'/>\n\n");
  // The order of devices has no meaning.
  EXPECT_EQ(differences(devices("<rng model='virtio'/><tpm/>"), devices("<tpm/><rng model='virtio'/>")), "");
}

TEST(Diff, OfRowsThatAreNumberedByTheirPlace) {
  const auto cells = [](const std::string& first, const std::string& second) {
    return "<cpu><numa><cell" + first + " cpus='0' memory='1'/><cell" + second + " cpus='1' memory='2'/></numa></cpu>";
  };
  const std::string swapped = "<cpu><numa><cell cpus='1' memory='2'/><cell cpus='0' memory='1'/></numa></cpu>";
  EXPECT_EQ(differences(cells("", ""), swapped), "moved - 0 /domain/cpu/numa/cell 0>1\n");
  EXPECT_EQ(differences(cells("", ""), cells("", "")), "");
  // If the cells have ids, these identify them, and their order has no meaning.
  const std::string numbered =
      "<cpu><numa><cell id='1' cpus='1' memory='2'/><cell id='0' cpus='0' memory='1'/></numa></cpu>";
  EXPECT_EQ(differences(cells(" id='0'", " id='1'"), numbered), "");
  const auto ports = [](const std::string& first, const std::string& second) {
    return "<devices><serial type='" + first + "'/><serial type='" + second + "'/></devices>";
  };
  EXPECT_EQ(differences(ports("pty", "null"), ports("null", "pty")),
            "moved serial_device 0 /domain/devices/serial 0>1\n");
}

}  // namespace
}  // namespace virtsql
