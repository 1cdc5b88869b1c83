// Remembers what VM documents said that were read a moment ago. If libvirt restarts on a host, it gives each VM's
// document once more, the same to the byte, and the document need not be parsed again. What a document says depends on
// nothing in the database, so what is remembered stays true.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "core/spool/capture.h"

namespace virtsql {

class RecentDocuments {
 public:
  // What the document of a VM said.
  struct Said {
    std::string vm_uuid;
    std::string root;         // name of the root element
    std::string rows_digest;  // SHA-256 of the XML that its rows give
    bool exact = false;       // whether that XML is the document, as captures.exact says it
    bool live = false;        // whether the document itself says that it is of a running VM
  };

  // Returns what the capture's document said, or nullptr if it was not read lately. `digest` is the SHA-256 of the
  // document's bytes. The result is valid until keep() is called.
  const Said* find(const Capture& capture, std::string_view digest) const;
  void keep(const Capture& capture, std::string_view digest, Said said);

 private:
  // The most documents that are remembered, at some 300 bytes each, so that memory is bounded however many VMs there
  // are. If there are more, all are forgotten.
  static constexpr std::size_t kMost = 4096;

  std::unordered_map<std::string, Said> said_;
};

}  // namespace virtsql
