// Reads the host's history for the fleet's store: captures, their documents, and what they changed.
//
// The largest captures.id that was sent does not tell what is new: a record that is drained late has a smaller id than
// those that arrived before it. While the program runs, new captures are found by captures.seq, the order of arrival. A
// full round finds them by comparing days.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/documents.h"
#include "hook/fleet/batch.h"
#include "hook/fleet/host.h"

namespace virtsql {

class CaptureReader {
 public:
  // The host must outlive it.
  explicit CaptureReader(Host& host);

  // Returns the ids of the captures that arrived after captures.seq `seq`; of_day(): of those of one day, counted since
  // 1970.
  std::vector<std::int64_t> since(std::int64_t seq);
  std::vector<std::int64_t> of_day(std::int64_t day);

  // Removes the next ids from `ids` and returns them: at most `most`, whose distinct documents have about `bytes`
  // bytes; at least one if there is one.
  std::vector<std::int64_t> take(std::vector<std::int64_t>& ids, std::size_t most, std::size_t bytes);

  // Reads the captures with these ids, and the changes of definitions that follow from them. A capture that is gone is
  // left out.
  CaptureBatch read(const std::vector<std::int64_t>& ids);

  // Returns the documents of the batch with these digests as rows for the store, in texts of about `size` bytes. A
  // document that is gone or damaged here is left out. If a document holds what `redact` names, its bytes are withheld.
  std::vector<std::string> documents(const CaptureBatch& batch, const std::vector<std::string>& digests,
                                     std::size_t size);

 private:
  std::string document_row(const std::string& digest, bool of_domain);
  std::optional<std::string> definition_of(const std::string& digest, std::string_view bytes);
  void add_changes(CaptureBatch& batch, const std::string& vm_uuid, std::int64_t since);

  Host& host_;
  Documents stored_;
  // SHA-256 of the definition, by that of the document: of documents of the last batch, which its changes were found
  // in.
  std::map<std::string, std::optional<std::string>> definitions_;
};

}  // namespace virtsql
