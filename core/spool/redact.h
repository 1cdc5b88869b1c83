// Secrets are left out of XML before it is written anywhere, as libvirt leaves them out of XML that is not asked for
// with VIR_DOMAIN_XML_SECURE. Everything else stays as it is, to the byte.
//
// What is secret is said in two places, and looked for in the same way:
//
//   the catalog's {secret} marks     core/spool/secrets.h: generated, as the hook links no catalog
//   redact = PATH                    in /etc/virtsql.conf
//
// A PATH is /domain/os/cmdline (an element, with all that is in it) or /domain/devices/disk/@device (an attribute). It
// holds wherever its first element stands: the <domain> of a snapshot, of libvirt's status files and of hook data is
// one, and <inactiveDomain> is a <domain>. Namespace prefixes do not count: whoever writes the document chooses them.
//
// It fails closed. Of a document that cannot be read to its end, the children of its root (and of a domain in the
// root) that were whole are kept; from the first one that was not, nothing is, whatever it holds; and in what is kept,
// a path holds wherever its last names stand, as a tag may be missing; a child that names a secret in any other way
// (its own markup may be damaged) is not kept either. Of a document with a document type, or in an encoding that is no
// superset of ASCII, nothing is kept but length and digest.
//
// Linked into the hook: libc, the C++ standard library, and expat as a static library.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/spool/config.h"
#include "core/spool/spool.h"

namespace virtsql {

struct Redacted {
  std::string xml;
  std::uint32_t removed = 0;  // how many secrets there were in what could be read
  std::string error;          // why it is not the whole document, and from which byte; empty: it is
};

// Leaves out the catalog's secrets and what `paths` name (Config::redact); of those, the ones that path_problem() has
// something against match nothing. Throws std::bad_alloc alone.
Redacted redact(std::string_view xml, const std::vector<std::string>& paths);

// Why no document could have something at the path; empty where one could.
std::string path_problem(std::string_view path);

// The same for a record, which then says how many secrets there were, and in its error what was not kept. Every record
// passes through here before it is written. Where the configuration could not be read, what is secret is not known:
// nothing of the document is kept.
void leave_out_secrets(Capture& record, const Config& config);

}  // namespace virtsql
