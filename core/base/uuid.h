// The text of a UUID.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace virtsql {

// Returns the UUID as libvirt writes it: lower case, with dashes. libvirt accepts 32 hexadecimal digits with dashes and
// white space anywhere around (virUUIDParse()). std::nullopt: the text is no UUID.
std::optional<std::string> parsed_uuid(std::string_view text);
// The same; a text that is no UUID is returned as it is.
std::string usual_uuid(std::string_view text);

// Returns the first 16 bytes as the text of a UUID of the given version (RFC 9562). REQUIRES: 16 bytes or more.
std::string uuid_text(std::string bytes, unsigned version);

// SQL for a random UUID (RFC 9562, version 4).
inline constexpr std::string_view kRandomUuidSql =
    "lower(hex(randomblob(4))||'-'||hex(randomblob(2))||'-4'||substr(hex(randomblob(2)),2)||'-'||"
    "substr('89ab',1+(random()&3),1)||substr(hex(randomblob(2)),2)||'-'||hex(randomblob(6)))";

}  // namespace virtsql
