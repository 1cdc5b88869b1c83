// libvirt's C interface in C++: what libvirt allocates is freed, failed calls throw, and names are turned into
// virtsql's words.
#pragma once

#include <libvirt/libvirt.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace virtsql {

// A call to libvirt failed. The message is what was asked, then libvirt's own message.
struct LibvirtError : std::runtime_error {
  explicit LibvirtError(const std::string& what);
  int code;  // a virErrorNumber: VIR_ERR_NO_CONNECT if libvirt has no such driver, ...
};

// Keeps libvirt from printing its errors on stderr, as it does without an error function: LibvirtError carries them.
void keep_libvirt_quiet();

template <auto Free>
struct LibvirtDeleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using ConnectRef = std::unique_ptr<virConnect, LibvirtDeleter<virConnectClose>>;
using DomainRef = std::unique_ptr<virDomain, LibvirtDeleter<virDomainFree>>;

// Returns a copy of a string that libvirt allocated, and frees the string. Empty for nullptr.
std::string take(char* allocated);

// Returns the objects in an array that libvirt allocated, and frees the array. `Free` is what frees an object.
template <auto Free, typename T>
std::vector<std::unique_ptr<T, LibvirtDeleter<Free>>> take_all(T** allocated, int count) {
  const std::unique_ptr<T*, LibvirtDeleter<std::free>> array(allocated);
  std::vector<std::unique_ptr<T, LibvirtDeleter<Free>>> out;
  try {
    out.reserve(static_cast<std::size_t>(count));
  } catch (...) {
    for (int i = 0; i < count; ++i) Free(allocated[i]);
    throw;
  }
  for (int i = 0; i < count; ++i) out.emplace_back(allocated[i]);
  return out;
}

// Whether libvirt's last error says that there is no such thing. Any other error says that it could not be looked for.
bool says_absent();

// Returns the domain's UUID; empty if libvirt does not give it.
std::string uuid_of(virDomainPtr domain);

// Returns the connection's driver as captures.driver names it: qemu, lxc, libxl, ...
std::string driver_name(virConnectPtr connection);

}  // namespace virtsql
