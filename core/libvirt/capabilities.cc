#include "core/libvirt/capabilities.h"

#include <libvirt/virterror.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "core/libvirt/handles.h"
#include "core/xml/xml.h"

namespace virtsql {
namespace {

std::string domain_capabilities_of(virConnectPtr connection, const std::string& arch, const std::string& type) {
  return take(virConnectGetDomainCapabilities(connection, nullptr, arch.c_str(), nullptr, type.c_str(), 0));
}

}  // namespace

bool capabilities(virConnectPtr connection, const std::string&, const std::string&, const ObjectSink& sink) {
  std::string xml = take(virConnectGetCapabilities(connection));
  const bool is_there = !xml.empty();
  if (!is_there && !says_absent()) throw LibvirtError("the host's capabilities cannot be asked for");
  virResetLastError();
  if (is_there && sink) sink({driver_name(connection), "persistent", std::move(xml), true});
  return is_there;
}

// libvirt refuses this call on a read-only connection, because the caller could name a program for libvirt to run; it
// refuses even if none is named, as here. Then the call is made again on a writable connection, if one may be opened.
bool domain_capabilities(virConnectPtr connection, const std::string&, const std::string& name,
                         const ObjectSink& sink) {
  const std::size_t space = std::min(name.find(' '), name.size());
  const std::string arch = name.substr(0, space);
  const std::string type = name.substr(std::min(space + 1, name.size()));
  std::string xml = domain_capabilities_of(connection, arch, type);
  if (xml.empty() && virGetLastErrorCode() == VIR_ERR_OPERATION_DENIED) {
    const std::string uri = take(virConnectGetURI(connection));
    const ConnectRef own(virConnectOpen(uri.c_str()));
    if (own) xml = domain_capabilities_of(own.get(), arch, type);
  }
  virResetLastError();
  if (!xml.empty() && sink) sink({name, "persistent", xml, true});
  return !xml.empty();
}

std::optional<std::vector<std::string>> all_domain_capabilities(virConnectPtr connection, const std::string&,
                                                                const ObjectSink& sink) {
  std::vector<std::string> names;
  try {
    std::string text;
    if (!capabilities(connection, "", "", [&](ObjectDocument document) { text = std::move(document.xml); }))
      return names;
    const xml::Document document = xml::Document::parse(text);
    for (const xml::Node* guest = document.root()->first_child; guest; guest = guest->next) {
      const xml::Node* const arch = guest->is_element() && guest->name == "guest" ? child(guest, "arch") : nullptr;
      for (const xml::Node* domain = arch ? arch->first_child : nullptr; domain; domain = domain->next) {
        if (!domain->is_element() || domain->name != "domain") continue;
        std::string name = std::string(arch->attribute("name")) + " " + std::string(domain->attribute("type"));
        if (domain_capabilities(connection, "", name, sink)) names.push_back(std::move(name));
      }
    }
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
  return names;
}

}  // namespace virtsql
