#include "core/catalog/mark_fields.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "core/catalog/builder.h"

namespace virtsql {
namespace {

// A field's value as text, so that those of two catalogs can be compared. What a value points to is named.
std::string shown(bool value) { return value ? "yes" : "no"; }
std::string shown(std::int64_t value) { return std::to_string(value); }
std::string shown(const Name& name) { return name.data() ? "'" + std::string(name) + "'" : "none"; }
std::string shown(const std::optional<Digits>& base) { return base ? std::to_string(static_cast<int>(*base)) : "none"; }
std::string shown(ReadAs reading) { return std::to_string(static_cast<int>(reading)); }
std::string shown(const Column* column) {
  return column ? std::string(column->table->name) + "." + std::string(column->name) : "none";
}
std::string shown(const Element* element) { return element ? std::string(element->path) : "none"; }

std::string shown(const Condition& condition);
std::string shown(const Replacement& one);
std::string shown(const Filling& one);
std::string shown(const OwnRule& one);
std::string shown(const Becoming& one);
std::string shown(const Dropping& one);

template <typename T>
std::string shown(std::span<const T> all) {
  std::string out;
  for (const T& one : all) out += shown(one) + ";";
  return out;
}

template <typename... Parts>
std::string shown_all(const Parts&... parts) {
  std::string out = "{";
  ((out += shown(parts) + ","), ...);
  return out + "}";
}

std::string shown(const Condition& condition) {
  return shown_all(static_cast<std::int64_t>(condition.test), condition.attribute, condition.column, condition.child,
                   static_cast<std::int64_t>(condition.of), condition.value, condition.inserted_attribute,
                   condition.inserted);
}
std::string shown(const LiveRule& rule) {
  return shown_all(static_cast<std::int64_t>(rule.when), rule.pattern, rule.conditions, rule.found);
}
std::string shown(const Replacement& one) { return shown_all(one.value, one.conditions); }
std::string shown(const Filling& one) { return shown_all(one.value, one.like_name, one.like, one.conditions); }
std::string shown(const OwnRule& one) {
  return shown_all(static_cast<std::int64_t>(one.gives), one.value, one.conditions);
}
std::string shown(const Becoming& one) { return shown_all(one.from, one.to, one.at_start, one.conditions); }
std::string shown(const Dropping& one) { return shown_all(one.value, one.conditions); }

// The catalog that is built in was written as C++ by the compiler. It says what the sources say.
TEST(MarkFields, TheBuiltInCatalogHasEveryFieldOfTheSources) {
  const BuiltCatalog sources(read_catalog_files(VIRTSQL_CATALOG_DIR));
  const Catalog& built_in = Catalog::standard();
  ASSERT_EQ(sources.tables().size(), built_in.tables().size());
  std::set<std::string> said;  // fields that some column has
  for (std::size_t t = 0; t < built_in.tables().size(); ++t) {
    const Table& table = *built_in.tables()[t];
    const Table& source = *sources.tables()[t];
    ASSERT_EQ(table.columns.size(), source.columns.size()) << table.name;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      std::map<std::string, std::string> expected;
      for_each_field(*source.columns[c]->marks, [&](const char* name, const auto& value, const auto& preset) {
        expected[name] = shown(value);
        if (shown(value) != shown(preset)) said.insert(name);
      });
      for_each_field(*table.columns[c]->marks, [&](const char* name, const auto& value, const auto&) {
        EXPECT_EQ(shown(value), expected.at(name)) << table.name << "." << table.columns[c]->name << ": " << name;
      });
    }
  }
  EXPECT_TRUE(said.contains("live") && said.contains("default_unit") && said.contains("base") && said.contains("own"));
}

}  // namespace
}  // namespace virtsql
