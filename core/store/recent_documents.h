// What documents say that were read a moment ago: a host whose libvirt starts again says the same of each VM once more,
// to the byte, and it need not be parsed again. What a document says depends on nothing in the database.
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
    bool exact = false;       // whether that is the document
    bool live = false;        // whether the document itself says that it is of a running VM
  };

  // What the capture's document, whose digest is given, said; nullptr: it was not read of late.
  const Said* find(const Capture& capture, std::string_view digest) const;
  void keep(const Capture& capture, std::string_view digest, Said said);

 private:
  // So many, some 300 bytes each, however many VMs there are.
  static constexpr std::size_t kMost = 4096;

  std::unordered_map<std::string, Said> said_;
};

}  // namespace virtsql
