// The name of this machine, as records and rows say it. The hook, which links nothing but libc, calls it too.
#pragma once

#include <unistd.h>

#include <array>
#include <string>

namespace virtsql {

inline std::string host_name() {
  std::array<char, 256> name{};  // longer than HOST_NAME_MAX, and ended in any case
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

}  // namespace virtsql
