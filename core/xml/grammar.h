// Checking a document against libvirt's RELAX NG grammar, with an answer that helps.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace virtsql {

// The grammar of domain documents that libvirt on this machine brings (/usr/share/libvirt/schemas/domain.rng). Reading
// it takes a moment: keep it.
class DomainGrammar {
 public:
  // Throws std::runtime_error, in words, where the file is not there or is no grammar.
  explicit DomainGrammar(const std::string& path);
  ~DomainGrammar();

  // The first thing in the document that the grammar does not accept, with its line; nothing where it accepts all.
  // Throws xml::Error where the text is no XML that virtsql reads.
  std::optional<std::string> first_error(std::string_view xml);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace virtsql
