// SHA-256 (FIPS 180-4) without a library, for the hook. If a document is not kept, its digest still tells whether two
// documents were the same. Everything else uses core/base/sha256.h, which is several times as fast.
#pragma once

#include <string>
#include <string_view>

namespace virtsql {

// Returns the digest of the bytes as 64 hexadecimal digits, in lower case.
std::string hex_digest(std::string_view bytes);

}  // namespace virtsql
