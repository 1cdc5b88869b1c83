#include "core/libvirt/handles.h"

#include <libvirt/virterror.h>

#include <array>

#include "core/base/letters.h"

namespace virtsql {
namespace {

std::string last_error() {
  const virErrorPtr error = virGetLastError();
  return error && error->message ? error->message : "libvirt gives no reason";
}

}  // namespace

LibvirtError::LibvirtError(const std::string& what)
    : std::runtime_error(what + ": " + last_error()), code(virGetLastErrorCode()) {}

void keep_libvirt_quiet() {
  virSetErrorFunc(nullptr, [](void*, virErrorPtr) {});
}

std::string take(char* allocated) {
  const std::unique_ptr<char, LibvirtDeleter<std::free>> text(allocated);
  return text ? text.get() : "";
}

bool says_absent() {
  switch (virGetLastErrorCode()) {
    case VIR_ERR_NO_DOMAIN:
    case VIR_ERR_NO_NETWORK:
    case VIR_ERR_NO_NETWORK_PORT:
    case VIR_ERR_NO_STORAGE_POOL:
    case VIR_ERR_NO_STORAGE_VOL:
    case VIR_ERR_NO_NODE_DEVICE:
    case VIR_ERR_NO_NWFILTER:
    case VIR_ERR_NO_NWFILTER_BINDING:
    case VIR_ERR_NO_INTERFACE:
    case VIR_ERR_NO_SECRET:
    case VIR_ERR_NO_DOMAIN_SNAPSHOT:
    case VIR_ERR_NO_DOMAIN_CHECKPOINT:
    case VIR_ERR_NO_DOMAIN_BACKUP:
    case VIR_ERR_NO_SUPPORT:
    case VIR_ERR_INVALID_ARG:
      return true;
    default:
      return false;
  }
}

std::string uuid_of(virDomainPtr domain) {
  std::array<char, VIR_UUID_STRING_BUFLEN> uuid{};
  return virDomainGetUUIDString(domain, uuid.data()) == 0 ? uuid.data() : "";
}

std::string driver_name(virConnectPtr connection) {
  const char* type = virConnectGetType(connection);
  std::string out = lower_case(type ? type : "");
  return out == "xen" ? "libxl" : out;
}

}  // namespace virtsql
