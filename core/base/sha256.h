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

// Returns the bytes as lower-case hexadecimal digits.
inline std::string hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4U];
    out += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

}  // namespace virtsql
