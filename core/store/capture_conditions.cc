#include "core/store/capture_conditions.h"

namespace virtsql {

std::string sql_is_definition(std::string_view alias) {
  const std::string capture = std::string(alias) + ".";
  return capture + "kind = 'domain' AND " + capture + "config = 'persistent' AND " + capture +
         "document_sha256 IS NOT NULL";
}

std::string sql_is_readable(std::string_view alias) {
  const std::string capture = std::string(alias) + ".";
  return capture + "error IS NULL AND " + capture + "document_sha256 IS NOT NULL";
}

std::string sql_is_in_order(std::string_view alias) {
  return std::string(alias) + ".seq NOT IN (SELECT seq FROM late_captures)";
}

}  // namespace virtsql
