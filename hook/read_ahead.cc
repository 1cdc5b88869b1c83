#include "hook/read_ahead.h"

#include <cassert>
#include <stdexcept>
#include <system_error>

#include "core/catalog/catalog.h"
#include "core/spool/spool.h"

namespace virtsql {
namespace {

// Limits of one chunk: records, and bytes of XML, which is in memory as trees and rows too.
constexpr std::size_t kChunk = 64;
constexpr std::size_t kChunkBytes = 1U << 20U;

}  // namespace

ReadAhead::Chunk ReadAhead::next() {
  assert(goes_on());
  Chunk chunk = task_.get();
  start(chunk.bytes > 2 * kChunkBytes ? std::launch::deferred : std::launch::async);
  return chunk;
}

void ReadAhead::start(std::launch when) {
  if (names_.empty()) return;
  try {
    task_ = std::async(when, [this] { return read(); });
  } catch (const std::system_error&) {  // the system gives no thread now: next() will read
    task_ = std::async(std::launch::deferred, [this] { return read(); });
  }
}

ReadAhead::Chunk ReadAhead::read() {
  Chunk chunk;
  for (; !names_.empty() && chunk.captures.size() < kChunk && chunk.bytes < kChunkBytes; names_ = names_.subspan(1)) {
    const std::string& name = names_.front();
    try {
      chunk.captures.push_back(spool::read(folder_, name));
      chunk.bytes += chunk.captures.back().xml.size();
    } catch (const std::system_error& error) {
      chunk.failures.push_back({name, error.what(), true});
    } catch (const std::runtime_error& error) {
      chunk.failures.push_back({name, error.what(), false});
    }
  }
  for (const Capture& capture : chunk.captures) chunk.arrivals.emplace_back(Catalog::standard(), capture, &documents_);
  return chunk;
}

}  // namespace virtsql
