// The first half of the MAC addresses that libvirt generates.
#pragma once

#include <array>
#include <string_view>

namespace virtsql {

struct MacPrefix {
  std::string_view domain_type;
  std::string_view prefix;
};

// The types of domains whose driver has a prefix of its own: virDomainDefParserConfig.macPrefix of libvirt's drivers.
inline constexpr std::array<MacPrefix, 7> kMacPrefixes{{{"xen", "00:16:3e"},
                                                        {"bhyve", "58:9c:fc"},
                                                        {"vmware", "00:0c:29"},
                                                        {"vbox", "08:00:27"},
                                                        {"hyperv", "00:15:5d"},
                                                        {"vz", "42:1c:00"},
                                                        {"parallels", "42:1c:00"}}};
// The prefix of all other drivers.
inline constexpr std::string_view kUsualMacPrefix = "52:54:00";

constexpr std::string_view mac_prefix(std::string_view domain_type) {
  for (const MacPrefix& known : kMacPrefixes)
    if (known.domain_type == domain_type) return known.prefix;
  return kUsualMacPrefix;
}

}  // namespace virtsql
