// The table documents: each distinct document of the history once, compressed, and verified when it is read.
//
// A document of a VM is compressed against an earlier one of the same VM and kind, its keyframe. A keyframe is
// compressed by itself.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/base/database.h"

namespace virtsql {

// A document that cannot be read: its bytes are damaged or gone.
struct DamagedDocument : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Documents {
 public:
  // `database` must outlive it. Throws std::bad_alloc.
  explicit Documents(Database& database);
  ~Documents();

  // Stores the bytes, whose SHA-256 is `digest`, unless they are stored already. They are compressed against the
  // keyframe of the newest document of that `kind` and `vm_uuid`, or by themselves if `vm_uuid` is empty or has no such
  // document. Throws DatabaseError, std::bad_alloc.
  void keep(std::string_view bytes, std::string_view digest, std::string_view kind, std::string_view vm_uuid);

  // Stores the bytes compressed by themselves, unless they are stored already. Returns their SHA-256. REQUIRES:
  // triggers are off on the connection, because one refuses a document that is stored already. Throws as keep() does.
  std::string keep_alone(std::string_view bytes);

  // Compresses a stored document again: against that keyframe, or by itself if `keyframe_id` is 0. REQUIRES:
  // `keyframe_id` is 0 or names a keyframe; triggers are off on the connection, because they refuse every UPDATE of
  // documents. Throws as read() does.
  void rebase(std::int64_t id, std::int64_t keyframe_id);

  // Returns the bytes with this SHA-256. Throws DamagedDocument, DatabaseError.
  std::string read(std::string_view sha256_digest);

 private:
  class Compression;
  struct Stored {
    std::int64_t id = 0;
    std::int64_t keyframe_id = 0;
  };
  // Returns the newest document of the kind and the VM; its id is 0 if there is none.
  Stored newest_of(std::string_view kind, std::string_view vm_uuid);
  // Compresses the bytes against the keyframe, or by themselves if `keyframe_id` is 0, or if the keyframe is damaged or
  // too different from them. In these last two cases it sets `keyframe_id` to 0.
  std::string compress(std::string_view bytes, std::int64_t& keyframe_id);
  std::string read_id(std::int64_t id);
  bool is_keyframe(std::int64_t id);
  std::string read_keyframe(std::int64_t id);

  Database& database_;
  std::unique_ptr<Compression> zstd_;
};

}  // namespace virtsql
