// SHA-256 (FIPS 180-4) without a library, for the hook: of a document that is not kept, its digest tells whether
// two were the same. Everything else uses core/base/sha256.h, which is several times as fast.
#pragma once

#include <string>
#include <string_view>

namespace virtsql {

// The digest of the bytes as 64 hexadecimal digits.
std::string hex_digest(std::string_view bytes);

}  // namespace virtsql
