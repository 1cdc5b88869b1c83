#include "core/schema/fleet_scope.h"

#include <gtest/gtest.h>

namespace virtsql {
namespace {

const FleetIds& ids() {
  static const FleetIds kIds(Catalog::standard());
  return kIds;
}

TEST(FleetIds, AreTheColumnsThatNameARow) {
  const std::vector<SqlWord> words = read_sql_words("id disk_id \"vm_uuid\" name 'id' =");
  EXPECT_TRUE(ids().is_id(words[0]));
  EXPECT_TRUE(ids().is_id(words[1]));
  EXPECT_TRUE(ids().is_id(words[2]));
  for (std::size_t i = 3; i < words.size(); ++i) EXPECT_FALSE(ids().is_id(words[i])) << words[i].text;
}

TEST(FleetIds, AreGivenByAQueryThatSelectsOne) {
  EXPECT_TRUE(ids().gives_id(read_sql_words("SELECT d.path, d.id FROM disks AS d")));
  EXPECT_TRUE(ids().gives_id(read_sql_words("SELECT max(d.id) AS id FROM disks AS d")));
  EXPECT_FALSE(ids().gives_id(read_sql_words("SELECT d.path FROM disks AS d WHERE d.id = 1")));
}

TEST(FleetScope, SaysWhoseANameIs) {
  const std::vector<SqlWord> from =
      read_sql_words("FROM virtual_machines AS v JOIN json_each(v.x) AS j, part p JOIN (SELECT 1) AS q");
  const FleetScope scope(from, ids(), {{"part", false}}, nullptr);
  const auto word = [](const char* text) { return read_sql_words(text).front(); };
  EXPECT_TRUE(scope.has_source(word("v.id")));
  EXPECT_FALSE(scope.has_source(word("j.id")));
  EXPECT_FALSE(scope.has_source(word("p.id")));
  EXPECT_FALSE(scope.has_source(word("q.id")));
  EXPECT_EQ(scope.column(word("v.uuid")), "v.vm_uuid");
  EXPECT_EQ(scope.with_source(word("v.host_id")), "(v.source_id, v.host_id)");
  EXPECT_THROW((void)scope.with_source(word("host_id")), CatalogError);
  EXPECT_EQ(scope.source_of(read_sql_words("j.id, v.id"), ids()), "v.source_id");
}

TEST(FleetScope, SeesWhatIsAround) {
  const std::vector<SqlWord> around = read_sql_words("FROM virtual_machines AS v");
  const std::vector<SqlWord> inside = read_sql_words("FROM disks AS d");
  const FleetScope outer(around, ids(), {}, nullptr);
  const FleetScope inner(inside, ids(), {}, &outer);
  const SqlWord uuid = read_sql_words("v.uuid").front();
  EXPECT_EQ(inner.column(uuid), "v.vm_uuid");
  EXPECT_EQ(inner.source_of(read_sql_words("v.name"), ids()), "d.source_id");
}

}  // namespace
}  // namespace virtsql
