#include "core/catalog/element_name.h"

#include "core/base/letters.h"

namespace virtsql {

std::string snake_case(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (is_upper(c)) {
      const bool after_lower = i > 0 && !is_upper(name[i - 1]);
      if (after_lower && !out.empty() && out.back() != '_') out += '_';
      out += lower_case(c);
    } else {
      out += (c == ':' || c == '-' || c == '.') ? '_' : c;
    }
  }
  return out;
}

void name_element(const CatalogLine& line, ElementDraft& element, CatalogStorage& storage) {
  std::string name(line.what);
  if (const std::size_t bracket = name.find('['); bracket != std::string::npos) {
    const std::string condition = name.substr(bracket);
    name.resize(bracket);
    const std::size_t equals = condition.find('=');
    if (condition.size() < 5 || condition[1] != '@' || condition.back() != ']' || equals == std::string::npos)
      line.fail("a condition is written [@attribute=value] or [@attribute!=value]");
    element.condition_negated = condition[equals - 1] == '!';
    element.condition_attribute = storage.keep(condition.substr(2, equals - 2 - (element.condition_negated ? 1 : 0)));
    element.condition_value = storage.keep(condition.substr(equals + 1, condition.size() - equals - 2));
  }
  if (const std::size_t hash = name.find('#'); hash != std::string::npos) {
    const std::string number = name.substr(hash + 1);
    if (number.empty() || number.size() > 3 || number.find_first_not_of("0123456789") != std::string::npos)
      line.fail("a numbered element is written NAME#NUMBER");
    element.occurrence = static_cast<std::uint32_t>(std::stoul(number));
    name.resize(hash);
  }
  element.any_name = name == "*";
  element.name = storage.keep(name);
  element.token = storage.keep(line.what);
}

}  // namespace virtsql
