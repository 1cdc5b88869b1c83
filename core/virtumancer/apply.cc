#include "core/virtumancer/apply.h"

#include <optional>
#include <string>

#include "core/virtumancer/check.h"

namespace virtsql::virtumancer {

void apply(Tag& tag, Reading& reading, const std::vector<Field>& fields) {
  for (const Field& field : fields) {
    const std::string_view value = reading.look(field.columns);
    if (value.empty()) continue;
    const std::optional<std::string> good = checked(field.check, value);
    if (!good) continue;
    if (!good->empty() && !field.path.empty()) {
      const bool flag = field.check == "flag";
      const std::string_view now = tag.get(field.path);
      if (!flag && !now.empty() && now != *good) continue;
      tag.set(field.path, flag ? std::string_view() : std::string_view(*good));
    }
    reading.use(field.columns);
  }
}

void apply_json(Tag& tag, Reading& reading, std::string_view column, const std::vector<Field>& fields) {
  const std::string_view text = reading.look(column);
  if (text.empty() || one_of(text, "null|{}|[]")) return reading.use(column);
  std::optional<Reading> members = Reading::of_json(text);
  if (!members) return;
  apply(tag, *members, fields);
  if (members->rest().empty()) reading.use(column);
}

}  // namespace virtsql::virtumancer
