// A connection to libvirt's test driver, which runs in this process and keeps its domains in memory.
#pragma once

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <stdexcept>
#include <string>

namespace virtsql::bench {

struct LibvirtPeer {
  virConnectPtr connection = nullptr;
  LibvirtPeer() {
    virSetErrorFunc(nullptr, [](void*, virErrorPtr) {});
    connection = virConnectOpen("test:///default");
    if (!connection) throw std::runtime_error("libvirt's test driver does not open");
  }
  ~LibvirtPeer() { virConnectClose(connection); }
  LibvirtPeer(const LibvirtPeer&) = delete;
  LibvirtPeer& operator=(const LibvirtPeer&) = delete;
  // Defines the domain. The caller frees it with virDomainFree(). Returns nullptr if libvirt refuses the document.
  virDomainPtr define(const std::string& text) const { return virDomainDefineXML(connection, text.c_str()); }
};

}  // namespace virtsql::bench
