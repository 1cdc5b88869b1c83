// The documents of the history: each distinct one once, compressed against an earlier one of its VM, verified on
// reading.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/database.h"

namespace virtsql {

class Documents {
 public:
  explicit Documents(Database& database);
  ~Documents();

  // Keeps the bytes, whose SHA-256 is `digest`. `kind` and `vm_uuid` (empty: none) say whose keyframe to compress
  // against.
  void keep(std::string_view bytes, std::string_view digest, std::string_view kind, std::string_view vm_uuid);

  // Keeps the bytes compressed by themselves; gives their SHA-256.
  std::string keep_alone(std::string_view bytes);

  // Writes a document anew, compressed against that keyframe (0: by itself), which must be one. Triggers must be off on
  // the connection. Throws as read() does.
  void rebase(std::int64_t id, std::int64_t keyframe_id);

  // The bytes with this SHA-256. Throws std::runtime_error where there are none, or they are damaged.
  std::string read(std::string_view sha256_digest);

 private:
  class Compression;
  struct Stored {
    std::int64_t id = 0;
    std::int64_t keyframe_id = 0;
  };
  // The newest document of the kind and the VM, or id 0.
  Stored newest_of(std::string_view kind, std::string_view vm_uuid);
  // Compresses the bytes against the keyframe, or by themselves: then, and if the keyframe is damaged or too far from
  // them, `keyframe_id` is 0 afterwards.
  std::string compress(std::string_view bytes, std::int64_t& keyframe_id);
  std::string read_id(std::int64_t id);
  std::string read_keyframe(std::int64_t id);

  Database& database_;
  std::unique_ptr<Compression> zstd_;
};

}  // namespace virtsql
