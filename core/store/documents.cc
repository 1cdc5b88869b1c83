#include "core/store/documents.h"

#include <zstd.h>
#include <zstd_errors.h>

#include <cassert>
#include <memory>
#include <new>
#include <stdexcept>

#include "core/base/sha256.h"
#include "core/xml/xml.h"

namespace virtsql {
namespace {

// A delta of more than kSmallDelta bytes is kept only if the document compressed by itself takes at least kDeltaGain
// times as many bytes.
constexpr std::size_t kSmallDelta = 400;
constexpr std::size_t kDeltaGain = 2;
constexpr int kLevel = 3;

// Returns what zstd returned. Throws Error if it is an error.
template <typename Error = std::runtime_error>
std::size_t check(std::size_t code) {
  if (ZSTD_getErrorCode(code) == ZSTD_error_memory_allocation) throw std::bad_alloc();
  if (ZSTD_isError(code)) throw Error(std::string("zstd: ") + ZSTD_getErrorName(code));
  return code;
}

struct ContextDeleter {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

}  // namespace

// zstd's contexts. They are kept, because making one takes longer than compressing a small document.
class Documents::Compression {
 public:
  std::string compress(std::string_view bytes, std::string_view prefix) {
    if (!compressing_) {
      compressing_.reset(ZSTD_createCCtx());
      if (!compressing_) throw std::bad_alloc();
      check(ZSTD_CCtx_setParameter(compressing_.get(), ZSTD_c_compressionLevel, kLevel));
      // The frame need not say them: the table has size and digest.
      check(ZSTD_CCtx_setParameter(compressing_.get(), ZSTD_c_contentSizeFlag, 0));
      check(ZSTD_CCtx_setParameter(compressing_.get(), ZSTD_c_checksumFlag, 0));
    }
    check(ZSTD_CCtx_reset(compressing_.get(), ZSTD_reset_session_only));
    // zstd uses a prefix for the next frame alone. An empty prefix means none.
    check(ZSTD_CCtx_refPrefix(compressing_.get(), prefix.data(), prefix.size()));
    std::string out(ZSTD_compressBound(bytes.size()), '\0');
    out.resize(check(ZSTD_compress2(compressing_.get(), out.data(), out.size(), bytes.data(), bytes.size())));
    return out;
  }

  std::string decompress(std::string_view frame, std::string_view prefix, std::size_t size) {
    if (!decompressing_) decompressing_.reset(ZSTD_createDCtx());
    if (!decompressing_) throw std::bad_alloc();
    check(ZSTD_DCtx_reset(decompressing_.get(), ZSTD_reset_session_only));
    check(ZSTD_DCtx_refPrefix(decompressing_.get(), prefix.data(), prefix.size()));
    std::string out(size, '\0');
    const std::size_t length = check<DamagedDocument>(
        ZSTD_decompressDCtx(decompressing_.get(), out.data(), out.size(), frame.data(), frame.size()));
    if (length != size) throw DamagedDocument("its length differs from what was stored");
    return out;
  }

 private:
  std::unique_ptr<ZSTD_CCtx, ContextDeleter> compressing_;
  std::unique_ptr<ZSTD_DCtx, ContextDeleter> decompressing_;
};

Documents::Documents(Database& database) : database_(database), zstd_(std::make_unique<Compression>()) {}

Documents::~Documents() = default;

Documents::Stored Documents::newest_of(std::string_view kind, std::string_view vm_uuid) {
  // One query for each config: for that, the index on vm_uuid and config finds the newest however long the history is.
  // A query over all configs would read the VM's whole history.
  static const std::string kNewest = [] {
    std::string sql;
    for (const char* config : {"= 'persistent'", "= 'live'", "IS NULL"})
      sql += std::string(sql.empty() ? "" : " UNION ALL ") +
             "SELECT * FROM (SELECT seq, document_sha256 FROM captures WHERE vm_uuid = ?1 AND config " + config +
             " AND kind = ?2 AND document_sha256 IS NOT NULL ORDER BY seq DESC LIMIT 1)";
    return "SELECT d.id, d.keyframe_id FROM (" + sql +
           ") AS c JOIN documents AS d ON d.sha256 = c.document_sha256 ORDER BY c.seq DESC LIMIT 1";
  }();
  Use statement(database_.prepared(kNewest));
  statement->bind_text(1, vm_uuid);
  statement->bind_text(2, kind);
  if (!statement->step()) return {};
  return {statement->get_int(0), statement->get_int(1)};
}

void Documents::keep(std::string_view bytes, std::string_view digest, std::string_view kind, std::string_view vm_uuid) {
  assert(sha256(bytes) == digest);
  {
    Use known(database_.prepared("SELECT 1 FROM documents WHERE sha256 = ?1"));
    known->bind_blob(1, digest);
    if (known->step()) return;
  }
  std::int64_t keyframe_id = 0;
  if (!vm_uuid.empty()) {
    const Stored newest = newest_of(kind, vm_uuid);
    keyframe_id = newest.keyframe_id ? newest.keyframe_id : newest.id;
  }
  const std::string content = compress(bytes, keyframe_id);
  Use insert(database_.prepared("INSERT INTO documents (sha256, size, keyframe_id, content) VALUES (?1, ?2, ?3, ?4)"));
  insert->bind_blob(1, digest);
  insert->bind_int(2, static_cast<std::int64_t>(bytes.size()));
  if (keyframe_id) insert->bind_int(3, keyframe_id);
  insert->bind_blob(4, content);
  insert->run();
}

std::string Documents::compress(std::string_view bytes, std::int64_t& keyframe_id) {
  std::string keyframe;
  try {
    if (keyframe_id) keyframe = read_id(keyframe_id);
  } catch (const DamagedDocument&) {
    keyframe_id = 0;  // no further document may depend on it
  }
  if (keyframe_id == 0) return zstd_->compress(bytes, {});
  std::string content = zstd_->compress(bytes, keyframe);
  // If the document is too different from its keyframe, it becomes a keyframe itself.
  if (content.size() > kSmallDelta) {
    std::string alone = zstd_->compress(bytes, {});
    if (alone.size() < content.size() * kDeltaGain) {
      keyframe_id = 0;
      return alone;
    }
  }
  return content;
}

void Documents::rebase(std::int64_t id, std::int64_t keyframe_id) {
  assert(keyframe_id == 0 || is_keyframe(keyframe_id));
  const std::string content = compress(read_id(id), keyframe_id);
  Use update(database_.prepared("UPDATE documents SET keyframe_id = ?1, content = ?2 WHERE id = ?3"));
  if (keyframe_id) update->bind_int(1, keyframe_id);
  update->bind_blob(2, content);
  update->bind_int(3, id);
  update->run();
}

std::string Documents::read_id(std::int64_t id) {
  std::string content;
  std::string digest;
  std::int64_t keyframe_id = 0;
  std::size_t size = 0;
  {
    Use statement(database_.prepared("SELECT content, keyframe_id, size, sha256 FROM documents WHERE id = ?1"));
    statement->bind_int(1, id);
    if (!statement->step()) throw DamagedDocument("document " + std::to_string(id) + " is gone");
    content = statement->get_blob(0);
    keyframe_id = statement->get_int(1);
    size = static_cast<std::size_t>(statement->get_int(2));
    digest = statement->get_blob(3);
  }
  if (keyframe_id == id) throw DamagedDocument("document " + std::to_string(id) + " is damaged: it refers to itself");
  try {
    // A document of the spool may be larger than the XML reader accepts. A size beyond this bound is damage.
    if (size > 16 * xml::kMaxBytes) throw DamagedDocument("its length is impossible");
    std::string out = zstd_->decompress(content, keyframe_id ? read_keyframe(keyframe_id) : std::string(), size);
    if (sha256(out) != digest) throw DamagedDocument("its SHA-256 differs");
    return out;
  } catch (const DamagedDocument& error) {
    throw DamagedDocument("document " + std::to_string(id) + " is damaged: " + error.what());
  }
}

bool Documents::is_keyframe(std::int64_t id) {
  Use statement(database_.prepared("SELECT keyframe_id IS NULL FROM documents WHERE id = ?1"));
  statement->bind_int(1, id);
  return statement->step() && statement->get_int(0) != 0;
}

std::string Documents::read_keyframe(std::int64_t id) {
  if (!is_keyframe(id)) throw DamagedDocument("its keyframe is none");
  return read_id(id);
}

std::string Documents::read(std::string_view digest) {
  std::int64_t id = 0;
  {
    Use statement(database_.prepared("SELECT id FROM documents WHERE sha256 = ?1"));
    statement->bind_blob(1, digest);
    if (!statement->step()) throw DamagedDocument("its document is not in documents");
    id = statement->get_int(0);
  }
  return read_id(id);
}

std::string Documents::keep_alone(std::string_view bytes) {
  std::string digest = sha256(bytes);
  const std::string content = zstd_->compress(bytes, {});
  Use insert(database_.prepared("INSERT OR IGNORE INTO documents (sha256, size, content) VALUES (?1, ?2, ?3)"));
  insert->bind_blob(1, digest);
  insert->bind_int(2, static_cast<std::int64_t>(bytes.size()));
  insert->bind_blob(3, content);
  insert->run();
  return digest;
}

}  // namespace virtsql
