// Leaves secrets out of XML before it is written anywhere, as libvirt does in XML that is not asked for with
// VIR_DOMAIN_XML_SECURE. Everything else stays as it is, to the byte.
//
// Two places say what is secret, and both are applied in the same way:
//
//   the catalog's {secret} marks     core/spool/secrets.h: generated, because the hook links no catalog
//   redact = PATH                    in /etc/virtsql.conf
//
// A PATH is /domain/os/cmdline (an element, with all that is in it) or /domain/devices/disk/@device (an attribute). It
// matches wherever its first element stands in the document: /domain also finds the <domain> in a snapshot, in
// libvirt's status files and in hook data, and <inactiveDomain> counts as <domain>. Namespace prefixes are ignored,
// because whoever writes the document chooses them.
//
// Redaction fails closed. If a document cannot be read to its end, only the whole children of its root (and of a domain
// in the root) are kept, up to the first one that is not whole. From there on nothing is kept, whatever it is. In the
// kept children a tag may be missing, so a path matches wherever its last element (and attribute) stands. A child
// that names a secret in any other way is left out as well, because its own markup may be damaged. If a document has a
// document type, or an encoding other than UTF-8, US-ASCII and ISO-8859-1, only its length and digest are kept.
//
// Linked into the hook, so it uses only libc, the C++ standard library, and expat as a static library.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/spool/capture.h"
#include "core/spool/config.h"

namespace virtsql {

struct Redacted {
  std::string xml;
  std::uint32_t removed = 0;  // how many secrets were left out of `xml`
  std::string error;          // why the document was not kept whole, and from which byte on; empty: it was
};

// Returns the XML without the catalog's secrets and without what `paths` name (Config::redact). A path that
// path_problem() objects to matches nothing. Throws nothing but std::bad_alloc.
Redacted redact(std::string_view xml, const std::vector<std::string>& paths);

// Whether the document names a secret anywhere. If not, redact() leaves nothing out of it: a look at its bytes tells so
// in a fraction of the time that reading it takes. `paths` as for redact(). True also if the look is not enough, as for
// a document with a declaration, a document type or a NUL. REQUIRES: the document is well-formed XML, because in
// another one a name may be damaged.
bool names_secret(std::string_view xml, const std::vector<std::string>& paths);

// Returns why the path can match nothing in any document; empty if it can match.
std::string path_problem(std::string_view path);

// Leaves the secrets out of a record's XML. The record then says how many there were, and in its `error` what was not
// kept. Every record must pass through here before it is written. If it is not known what is secret
// (Config::secrets_unknown), nothing of the document is kept.
void leave_out_secrets(Capture& record, const Config& config);

}  // namespace virtsql
