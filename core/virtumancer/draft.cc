#include "core/virtumancer/draft.h"

#include <optional>
#include <utility>

namespace virtsql::virtumancer {

Tag tag_named(std::string_view name) {
  Tag out;
  out.name = name;
  return out;
}

Tag& child_of(Tag& parent, std::string_view name) {
  for (Tag& child : parent.children)
    if (child.name == name) return child;
  return parent.add(name);
}

std::string missing(std::string_view table, std::string_view id) {
  if (id.empty()) return "it does not say which of " + std::string(table);
  return std::string(table) + " has no row " + std::string(id) + ", or it is deleted";
}

Draft::Draft(Context& context_of_all, const SourceVm& source_vm, std::vector<Note>& notes_of_vm)
    : context(context_of_all), vm(source_vm), domain(tag_named("domain")), notes_(notes_of_vm) {}

void Draft::add_device(Tag tag, const SourceRow& row) {
  tag.row = &row;
  devices().children.push_back(std::move(tag));
}

void Draft::inferred(std::string what, const SourceRow& row, std::string detail) {
  notes_.push_back({std::move(what), row.table, row.id, "inferred", std::move(detail), ""});
}

void Draft::defaulted(std::string what, const SourceRow& row, std::string detail) {
  notes_.push_back({std::move(what), row.table, row.id, "defaulted", std::move(detail), ""});
}

void Draft::leave_out(std::string what, const SourceRow& row, std::string detail) {
  notes_.push_back(left_out(std::move(what), row, std::move(detail)));
}

void Draft::leave_out(std::string what, const SourceRow& row, std::string detail, std::string kept) {
  notes_.push_back({std::move(what), row.table, row.id, "left out", std::move(detail), std::move(kept)});
}

void Draft::rest(std::string what, const SourceRow& row, const Reading& reading) {
  if (std::optional<Note> note = rest_of(std::move(what), row, reading)) notes_.push_back(*std::move(note));
}

void Draft::forget_default(std::string_view what) {
  std::erase_if(notes_, [&](const Note& note) { return note.what == what && note.kind == "defaulted"; });
}

void Draft::apply_rows(Tag& tag, std::string_view table, std::string_view key, const SourceRow& owner,
                       const std::vector<Field>& fields, std::string_view place) {
  for (const SourceRow* row : context.rows_where(table, key, owner.id)) {
    context.use(*row);
    Reading reading(row->values);
    reading.use(key);
    apply(tag, reading, fields);
    apply_json(tag, reading, "config_json", fields);
    rest(std::string(place), *row, reading);
  }
}

}  // namespace virtsql::virtumancer
