// domain_validate(xml): the first error by libvirt's grammar or by core/catalog/refused, or NULL.
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/xml/grammar.h"
#include "core/xml/refusals.h"
#include "sqlite_ext/extension.h"

namespace virtsql::extension {
namespace {

// What the function keeps for each database connection, because both take long to read.
struct Validator {
  std::unique_ptr<DomainGrammar> grammar;  // null until the first call
  std::unique_ptr<Refusals> refusals;      // null until the first call
};

// Returns the path to libvirt's grammar: where libvirt's packages install it, unless the environment variable
// VIRTSQL_GRAMMAR names another file, for a test or a newer libvirt.
std::string grammar_path() {
  const char* path = std::getenv("VIRTSQL_GRAMMAR");
  return path && *path ? path : "/usr/share/libvirt/schemas/domain.rng";
}

void domain_validate(sqlite3_context* context, int, sqlite3_value** arguments) {
  guard(context, [&] {
    if (is_null(arguments[0])) return;
    Validator& validator = *static_cast<Validator*>(sqlite3_user_data(context));
    if (!validator.grammar) validator.grammar = std::make_unique<DomainGrammar>(grammar_path());
    if (!validator.refusals) validator.refusals = std::make_unique<Refusals>();
    const std::string_view xml = bytes_of(arguments[0]);
    std::optional<std::string> error = validator.grammar->first_error(xml);
    if (!error)
      if (const auto refusal = validator.refusals->first(xml)) error = to_text(*refusal);
    if (error) result_text(context, *error);
  });
}

}  // namespace

int register_validate(sqlite3* db, const SessionRef&) {
  return sqlite3_create_function_v2(db, "domain_validate", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, new Validator,
                                    domain_validate, nullptr, nullptr,
                                    [](void* data) { delete static_cast<Validator*>(data); });
}

}  // namespace virtsql::extension
