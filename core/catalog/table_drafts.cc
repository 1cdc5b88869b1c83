#include "core/catalog/table_drafts.h"

#include <span>
#include <vector>

#include "core/base/split.h"
#include "core/catalog/marks.h"

namespace virtsql {
namespace {

constexpr std::string_view kLowerCase = "abcdefghijklmnopqrstuvwxyz0123456789_";

// Returns one of 62 bits, chosen by FNV-1a of the name. Databases hold the bits in `child_tables`, so another choice
// here would need a migration of every database.
std::int64_t bit_of(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return std::int64_t{1} << (hash % 62);
}

}  // namespace

TableDraft* TableDrafts::find(std::string_view name) const {
  const auto found = tables_.find(name);
  return found == tables_.end() ? nullptr : found->second;
}

TableDraft* TableDrafts::add(const CatalogLine& line, std::string_view name) {
  if (name.empty() || name.find_first_not_of(kLowerCase) != std::string::npos)
    line.fail("a table's name is lower case with underscores, not \"", name, "\"");
  TableDraft& table = storage_.tables.emplace_back();
  table.name = storage_.keep(name);
  table.doc = storage_.keep(line.rest);
  if (!tables_.emplace(table.name, &table).second) line.fail("table ", name, " is there already");
  return &table;
}

void TableDrafts::bind(ElementDraft& element, TableDraft* table) {
  element.table = table;
  table->element_list.push_back(&element);
  if (element.many) table->one_per_owner = false;
}

TableDraft* TableDrafts::add_owned(const CatalogLine& line, std::string_view name, TableDraft* owner) {
  TableDraft* table = add(line, name);
  table->owner = owner;
  table->owner_draft = owner;
  owner->child_list.push_back(table);
  table->owner_key = owner->is_root() ? owner->reference_name : storage_.keep(singular(owner->name) + "_id");
  for (const std::string_view mark : line.marks) {
    if (mark.starts_with("ordinal ")) table->ordinal = storage_.keep(mark.substr(8));
    if (mark == "usual") table->usual = true;
    if (mark == "single") table->single = true;
  }
  if (!table->usual) table->bit = bit_of(table->name);
  for (const CatalogLine& child : line.children)
    if (child.what == "resource" && child.words.size() == 1) add_resource(child, *table);
  return table;
}

void TableDrafts::add_resource(const CatalogLine& line, TableDraft& attachment) {
  TableDraft* resource = add(line, line.words[0]);
  resource->attachment = &attachment;
  resource->attachment_draft = &attachment;
  attachment.resource = resource;
  attachment.resource_draft = resource;
  attachment.resource_key = storage_.keep(singular(resource->name) + "_id");
  for (const std::string_view mark : line.marks) {
    const std::vector<std::string_view> words = split(mark, ' ');
    if (mark == "host")
      resource->host_scoped = true;
    else if (words.size() > 1 && words[0] == "key")
      resource->share_keys = storage_.keep(keep_all(std::span(words).subspan(1), storage_));
    else
      line.fail("no mark {", mark, "} for a resource");
  }
}

}  // namespace virtsql
