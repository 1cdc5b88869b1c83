// The name of this machine, as it stands in records and rows. The hook calls this too, so it uses only libc.
#pragma once

#include <unistd.h>

#include <array>
#include <cstddef>
#include <string>

namespace virtsql {

// The longest name of a host: DNS allows no longer one, and gethostname() gives 64 bytes at most.
inline constexpr std::size_t kLongestHostName = 253;

inline std::string host_name() {
  std::array<char, 256> name{};  // longer than HOST_NAME_MAX; its last byte stays NUL
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

}  // namespace virtsql
