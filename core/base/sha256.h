// SHA-256 (nettle).
#pragma once

#include <nettle/sha2.h>

#include <string>
#include <string_view>

namespace virtsql {

// Returns the digest of the bytes: 32 bytes, not hexadecimal.
inline std::string sha256(std::string_view bytes) {
  sha256_ctx context;
  sha256_init(&context);
  sha256_update(&context, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
  std::string out(SHA256_DIGEST_SIZE, '\0');
  sha256_digest(&context, out.size(), reinterpret_cast<std::uint8_t*>(out.data()));
  return out;
}

}  // namespace virtsql
