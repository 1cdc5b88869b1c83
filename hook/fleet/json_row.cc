#include "hook/fleet/json_row.h"

#include <nettle/base64.h>
#include <nettle/sha1.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>

#include "core/base/hex.h"
#include "core/base/utf8.h"
#include "core/base/uuid.h"

namespace virtsql {
namespace {

// RFC 4122, appendix C: the name space of object identifiers.
constexpr std::string_view kNameSpace("\x6b\xa7\xb8\x12\x9d\xad\x11\xd1\x80\xb4\x00\xc0\x4f\xd4\x30\xc8", 16);

// The text as a JSON string. Most texts have nothing to escape, so serialize() is called only if there is something.
std::string json_literal(std::string_view text) {
  const auto is_plain = [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\' && c != 0x7F;
  };
  if (std::all_of(text.begin(), text.end(), is_plain)) return '"' + std::string(text) + '"';
  return boost::json::serialize(boost::json::string_view(text));
}

// The value in JSON if the column can hold it; empty if it cannot.
std::string json_value(Statement& statement, int column, const FleetColumn& target) {
  const int stored = sqlite3_column_type(statement.handle(), column);
  switch (target.type) {
    case FleetType::kBigint:
    case FleetType::kSmallint: {
      if (stored != SQLITE_INTEGER) return {};
      const std::int64_t value = statement.get_int(column);
      if (target.type == FleetType::kSmallint && static_cast<std::int16_t>(value) != value) return {};
      return std::to_string(value);
    }
    case FleetType::kDouble: {
      if (stored == SQLITE_INTEGER) return std::to_string(statement.get_int(column));
      const double value = sqlite3_column_double(statement.handle(), column);
      if (stored != SQLITE_FLOAT || !std::isfinite(value)) return {};
      char digits[32];
      (void)std::snprintf(digits, sizeof digits, "%.17g", value);
      return digits;
    }
    case FleetType::kBytea:
      return R"("\\x)" + hex(statement.get_blob(column)) + "\"";
    case FleetType::kUuid:
      return "\"" + fleet_uuid(statement.get_text(column)) + "\"";
    case FleetType::kText:
    case FleetType::kJsonb:
      break;
  }
  const std::string_view text = statement.get_text(column);
  if (target.looked_up && text.size() > kLongestIndexed) return {};
  return is_postgres_text(text) ? json_literal(text) : std::string();
}

}  // namespace

bool is_postgres_text(std::string_view bytes) { return bytes.find('\0') == std::string_view::npos && is_utf8(bytes); }

std::string json_text(std::string_view bytes) {
  if (is_postgres_text(bytes)) return json_literal(bytes);
  std::string out(BASE64_ENCODE_RAW_LENGTH(bytes.size()), '\0');
  base64_encode_raw(out.data(), bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
  return R"({"base64":")" + out + R"("})";
}

std::string fleet_uuid(std::string_view text) {
  if (std::optional<std::string> uuid = parsed_uuid(text)) return *uuid;
  sha1_ctx context;
  sha1_init(&context);
  for (const std::string_view part : {kNameSpace, text})
    sha1_update(&context, part.size(), reinterpret_cast<const std::uint8_t*>(part.data()));
  std::string bytes(SHA1_DIGEST_SIZE, '\0');
  sha1_digest(&context, bytes.size(), reinterpret_cast<std::uint8_t*>(bytes.data()));
  return uuid_text(bytes, 5);
}

std::string json_members(Statement& statement, int first, const std::vector<FleetColumn>& columns,
                         const std::set<std::string>* unknown, const char* extra_name) {
  std::string out;
  std::string extra;
  const auto add = [](std::string& object, const std::string& name, const std::string& value) {
    if (!object.empty()) object += ',';
    object += json_literal(name) + ":" + value;
  };
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const int column = first + static_cast<int>(i);
    if (statement.is_null(column)) continue;
    const std::string value = json_value(statement, column, columns[i]);
    if (value.empty())
      add(extra, columns[i].name, json_text(statement.get_text(column)));
    else
      add(unknown && unknown->contains(columns[i].name) ? extra : out, columns[i].name, value);
  }
  if (!extra.empty()) add(out, extra_name, "{" + extra + "}");
  return out;
}

}  // namespace virtsql
