// Checks a document against libvirt's RELAX NG grammar, and says where the fault is.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace virtsql {

// The grammar of domain documents that comes with this machine's libvirt (/usr/share/libvirt/schemas/domain.rng).
// Reading it takes a moment, so keep the object.
class DomainGrammar {
 public:
  // Reads the grammar in the file `path`. Throws std::runtime_error, with a message for people, if the file is missing
  // or is no grammar.
  explicit DomainGrammar(const std::string& path);
  ~DomainGrammar();

  // Returns, in words and with its line, the first thing in the document that the grammar does not accept; nullopt if
  // it accepts everything. Throws xml::Error if the text is no XML that virtsql reads.
  std::optional<std::string> first_error(std::string_view xml);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace virtsql
