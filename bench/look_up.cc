#include "bench/look_up.h"

#include <stdexcept>

#include "bench/database.h"
#include "bench/measure.h"

namespace virtsql::bench {

std::vector<LookUp> look_ups(std::size_t vms) {
  const FleetVm middle(kSeed, vms / 40 * 20);  // a multiple of 20: the VM has a GPU of its host
  const std::string address = middle.host_pci_address();
  const auto part = [&](std::size_t at, std::size_t size) { return "0x" + address.substr(at, size); };
  const std::string domain = part(0, 4), bus = part(5, 2), slot = part(8, 2), function = part(11, 1);
  return {
      {"MAC",
       "SELECT a.vm_uuid FROM ports AS p JOIN port_attachments AS a ON a.port_id = p.id WHERE p.mac_address = ?1",
       {middle.mac(0)},
       middle.uuid(),
       "//interface[mac/@address='" + middle.mac(0) + "']",
       "interface",
       "json_extract(d.value, '$.mac.\"@address\"') = '" + middle.mac(0) + "'",
       ""},
      {"image path",
       "SELECT a.vm_uuid FROM disks AS d JOIN disk_attachments AS a ON a.disk_id = d.id WHERE d.path = ?1",
       {middle.image(0)},
       middle.uuid(),
       "//disk[source/@file='" + middle.image(0) + "']",
       "disk",
       "json_extract(d.value, '$.source.\"@file\"') = '" + middle.image(0) + "'",
       ""},
      {"host and PCI address",
       "SELECT a.vm_uuid FROM hosts AS h JOIN host_devices AS d ON d.host_id = h.id JOIN host_device_attachments AS a "
       "ON "
       "a.host_device_id = d.id WHERE h.name = ?1 AND d.pci_address = ?2",
       {middle.host(), address},
       middle.uuid(),
       "//hostdev[source/address[@domain='" + domain + "' and @bus='" + bus + "' and @slot='" + slot +
           "' and @function='" + function + "']]",
       "hostdev",
       R"(json_extract(d.value, '$.source.address') = '{"@domain":")" + domain + R"(","@bus":")" + bus +
           R"(","@slot":")" + slot + R"(","@function":")" + function + R"("}')",
       middle.host()},
  };
}

double look_up_ms(Database& database, const LookUp& look_up) {
  std::vector<double> times;
  Statement statement(database.handle(), look_up.sql);
  for (int i = 0; i < 201; ++i) {
    std::size_t found = 0;
    bool is_expected = false;
    times.push_back(seconds_of([&] {
                      for (std::size_t key = 0; key < look_up.keys.size(); ++key)
                        statement.bind_text(static_cast<int>(key) + 1, look_up.keys[key]);
                      for (; statement.step(); ++found) is_expected = statement.get_text(0) == look_up.expected;
                      statement.reset();
                    }) *
                    1e3);
    if (found != 1 || !is_expected)
      throw std::runtime_error("the look-up by " + std::string(look_up.what) + " found " + std::to_string(found) +
                               " VMs");
  }
  return median(times);
}

}  // namespace virtsql::bench
