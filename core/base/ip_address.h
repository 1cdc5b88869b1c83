// IP addresses as libvirt writes them.
#pragma once

#include <arpa/inet.h>

#include <array>
#include <string>
#include <string_view>

namespace virtsql {

// Returns the address as libvirt writes it (FE80:0::1 is fe80::1, 010.1 is 8.0.0.1), or the text as it is if it is
// none.
inline std::string usual_address(std::string_view text) {
  const std::string address(text);
  std::array<char, INET6_ADDRSTRLEN> out{};
  in6_addr six{};
  if (inet_pton(AF_INET6, address.c_str(), &six) == 1 && inet_ntop(AF_INET6, &six, out.data(), out.size()))
    return out.data();
  in_addr four{};  // libvirt reads these as inet_aton() does
  if (inet_aton(address.c_str(), &four) != 0 && inet_ntop(AF_INET, &four, out.data(), out.size())) return out.data();
  return std::string(text);
}

}  // namespace virtsql
