// libvirt's C interface in C++: what it allocates is freed, what fails is an exception, what it names has virtsql's
// words.
#pragma once

#include <libvirt/libvirt.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace virtsql {

// A call to libvirt failed: what was asked, and libvirt's own words.
struct LibvirtError : std::runtime_error {
  explicit LibvirtError(const std::string& what);
  int code;  // libvirt's: VIR_ERR_NO_CONNECT if it has no such driver, ...
};

template <auto Free>
struct LibvirtDeleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using ConnectRef = std::unique_ptr<virConnect, LibvirtDeleter<virConnectClose>>;
using DomainRef = std::unique_ptr<virDomain, LibvirtDeleter<virDomainFree>>;

// A string that libvirt allocated, freed; empty for nullptr.
std::string take(char* allocated);

// Whether the last error says that there is no such thing, and not that it could not be looked for.
bool says_absent();

// Empty where libvirt does not say it.
std::string uuid_of(virDomainPtr domain);

// The connection's driver as captures name it: qemu, lxc, libxl, ...
std::string driver_name(virConnectPtr connection);

}  // namespace virtsql
