#include "core/store/recent_documents.h"

#include <utility>

namespace virtsql {
namespace {

// Everything that decides what a document says: its digest, and the capture's words that go into the rows. A VM without
// a UUID, for example, gets one that is made from its host and name.
std::string key_of(const Capture& capture, std::string_view digest) {
  std::string key(digest);
  for (const std::string* word : {&capture.host, &capture.driver, &capture.name, &capture.uuid, &capture.source})
    key.append(*word).push_back('\0');
  return key;
}

}  // namespace

const RecentDocuments::Said* RecentDocuments::find(const Capture& capture, std::string_view digest) const {
  const auto found = said_.find(key_of(capture, digest));
  return found == said_.end() ? nullptr : &found->second;
}

void RecentDocuments::keep(const Capture& capture, std::string_view digest, Said said) {
  if (said_.size() >= kMost) said_.clear();
  said_.insert_or_assign(key_of(capture, digest), std::move(said));
}

}  // namespace virtsql
