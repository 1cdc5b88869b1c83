// The host's history, read for the fleet's store: captures, their documents, and what changed by them.
//
// The largest id is no cursor: a record that is drained late has a smaller id than those before it. What is new is
// found by seq, the order of arrival, while the program runs; after that by comparing days.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "core/store/documents.h"
#include "hook/fleet/batch.h"
#include "hook/fleet/host.h"

namespace virtsql {

class CaptureReader {
 public:
  // The host must outlive it.
  explicit CaptureReader(Host& host);

  // Ids of the captures that arrived after `seq`, and of those of a day (since 1970).
  std::vector<std::int64_t> since(std::int64_t seq);
  std::vector<std::int64_t> of_day(std::int64_t day);

  // The next captures of `ids`, which loses them: at most `most`, whose distinct documents have about `bytes` bytes.
  std::vector<std::int64_t> take(std::vector<std::int64_t>& ids, std::size_t most, std::size_t bytes);

  // The captures with these ids.
  CaptureBatch read(const std::vector<std::int64_t>& ids);

  // The documents with these digests as rows for the store, in texts of about `size` bytes. A document that is gone or
  // damaged here is left out; one that holds what `redact` names is withheld.
  std::vector<std::string> documents(const std::vector<std::string>& digests, std::size_t size);

 private:
  std::string document_row(const std::string& digest);
  void add_changes(CaptureBatch& batch, const std::string& vm_uuid, std::int64_t since);

  Host& host_;
  Documents stored_;
  std::set<std::string> domains_;  // digests of documents that were captured of a domain
};

}  // namespace virtsql
