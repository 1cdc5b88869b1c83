// The digests of the built-in catalog's DDL, computed by the build (digest.cmake).
#pragma once

#include <string_view>

namespace virtsql {

// SHA-256 of schema_ddl(Catalog::standard()) in hexadecimal digits.
extern const std::string_view kSchemaSha256;

// SHA-256 of fleet_ddl(Catalog::standard()) in hexadecimal digits.
extern const std::string_view kFleetSchemaSha256;

}  // namespace virtsql
