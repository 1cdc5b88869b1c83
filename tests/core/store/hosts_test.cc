#include "core/store/hosts.h"

#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

class HostsTest : public test::StoreFixture {
 protected:
  Hosts hosts_{*database_};
};

TEST_F(HostsTest, EachNameIsOneHost) {
  const std::int64_t alpha = hosts_.id("alpha");
  EXPECT_NE(hosts_.id("beta"), alpha);
  EXPECT_EQ(hosts_.id("alpha"), alpha);
  EXPECT_EQ(text("SELECT group_concat(name) FROM (SELECT name FROM hosts ORDER BY name)"), "alpha,beta");
}

TEST_F(HostsTest, AHostThatSomebodyElseInsertedIsFound) {
  database_->execute("INSERT INTO hosts (id, name) VALUES (77, 'alpha')");
  EXPECT_EQ(hosts_.id("alpha"), 77);
  EXPECT_EQ(count("hosts"), 1);
}

// An id that is remembered from a transaction that was rolled back may be another host's by now.
TEST_F(HostsTest, AnIdThatWasRolledBackIsNotGivenAgain) {
  database_->execute("BEGIN");
  const std::int64_t lost = hosts_.id("alpha");
  database_->execute("ROLLBACK");
  database_->execute("INSERT INTO hosts (id, name) VALUES (" + std::to_string(lost) + ", 'beta')");
  const std::int64_t alpha = hosts_.id("alpha");
  EXPECT_NE(alpha, lost);
  EXPECT_EQ(text("SELECT name FROM hosts WHERE id = " + std::to_string(alpha)), "alpha");
}

}  // namespace
}  // namespace virtsql
