#include "core/store/pure_functions.h"

#include <string_view>

#include "core/base/sql_error.h"
#include "core/xml/json.h"
#include "core/xml/writer.h"
#include "core/xml/xml.h"

namespace virtsql {
namespace {

std::string xml_json(std::string_view xml) {
  const xml::Document document = xml::Document::parse(xml);
  return to_json(*document.root());
}

std::string json_xml(std::string_view json) {
  Arena arena;
  xml::Writer writer;
  writer.element(*from_json(json, arena));
  return writer.take();
}

// Convert as an SQL function. It gives NULL for NULL; an exception becomes the function's error.
template <std::string (*Convert)(std::string_view)>
void call(sqlite3_context* context, int, sqlite3_value** arguments) noexcept {
  if (sqlite3_value_type(arguments[0]) == SQLITE_NULL) return;
  try {
    const std::string out = Convert(bytes_of(arguments[0]));
    sqlite3_result_text64(context, out.data(), out.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    if (Convert == xml_json) sqlite3_result_subtype(context, 'J');  // SQLite's JSON functions then take it as JSON
  } catch (...) {
    result_exception(context);
  }
}

}  // namespace

int register_pure_functions(sqlite3* db) {
// The flag of a function that gives its result a subtype. SQLite 3.45 and later require it; earlier versions have no
// name for it and ignore it (https://sqlite.org/c3ref/c_deterministic.html).
#ifdef SQLITE_RESULT_SUBTYPE
  constexpr int kResultSubtype = SQLITE_RESULT_SUBTYPE;
#else
  constexpr int kResultSubtype = 0x1000000;
#endif
  constexpr int kPure = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  const int code = sqlite3_create_function_v2(db, "xml_json", 1, kPure | kResultSubtype, nullptr, call<xml_json>,
                                              nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return code;
  return sqlite3_create_function_v2(db, "json_xml", 1, kPure, nullptr, call<json_xml>, nullptr, nullptr, nullptr);
}

}  // namespace virtsql
