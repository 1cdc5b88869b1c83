// Secrets are left out of XML before it is written anywhere, as libvirt leaves them out of XML that is not asked for
// with VIR_DOMAIN_XML_SECURE: the passwd of graphics, and HTTP cookies. Everything else stays as it is, to the byte.
//
// Linked into the hook: libc, the C++ standard library, and expat as a static library.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/spool/spool.h"

namespace virtsql {

struct Redacted {
  std::string xml;
  std::uint32_t removed = 0;  // how many secrets there were
  bool well_formed = true;
  std::string error;  // where it is not: why
};

// Leaves out <graphics passwd='...'> attributes and <cookies> elements wherever they stand, and what `paths` name:
// elements (/domain/os/cmdline) or attributes (/domain/qemu:commandline/qemu:arg/@value), with names as they are
// spelled. From where the XML is not well-formed on (or has a document type), the same is looked for by its spelling
// alone.
Redacted redact(std::string_view xml, const std::vector<std::string>& paths);

// The same for a record, which then says how many there were. Every record passes through here before it is kept.
void leave_out_secrets(spool::Record& record, const std::vector<std::string>& paths);

}  // namespace virtsql
