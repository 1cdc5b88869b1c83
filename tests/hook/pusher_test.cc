#include "hook/fleet/pusher.h"

#include <gtest/gtest.h>

#include "core/store/init.h"
#include "tests/core/temporary_folder.h"

namespace virtsql {
namespace {

// What a store that takes everything, but refuses batches of captures while it shall, was given.
struct Given {
  bool busy = false;
  bool refuses = false;
  int capture_batches = 0;  // that it took
};

class TakingStore : public FleetStore {
 public:
  explicit TakingStore(Given& given) : given_(given) {}
  Holdings known() override { return {}; }
  std::int64_t kept_from() const override { return 0; }
  std::map<std::string, TableDigests> known_tables(const std::vector<std::string>&) override { return {}; }
  std::set<std::int64_t> known_captures(std::int64_t, std::int64_t) override { return {}; }
  std::vector<std::string> missing_documents(const std::vector<std::string>& digests) override { return digests; }
  void say_refused(const std::map<std::string, std::string>&) override {}
  StoreColumns columns() override { return {}; }
  std::int64_t push(const Batch&) override { return 0; }
  std::int64_t push(const CaptureBatch&, std::vector<std::string>) override {
    if (given_.refuses) throw BatchRefused("a constraint of the store");
    ++given_.capture_batches;
    return 1;
  }

 private:
  Given& given_;
};

// Makes a database with one capture. Returns its configuration.
Config config_of(const std::string& path) {
  Config config;
  config.database = path;
  const Connection connection(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, kPatienceMilliseconds);
  Database database(connection.handle());
  init_schema(database, Catalog::standard(), WriterLockHeld::kYes);
  database.execute(
      "INSERT INTO captures (id, kind, operation, source) VALUES (1700000000000000, 'other', 'start', 'hook')");
  database.forget_statements();
  return config;
}

TEST(Pusher, SendsARefusedCaptureAgainAlsoIfTheStoreWasBusyInBetween) {
  const test::TemporaryFolder folder;
  Host host(config_of(folder / "virtsql.db"));
  Given given;
  Pusher pusher(
      host,
      [&]() -> std::unique_ptr<FleetStore> {
        if (given.busy) throw StoreBusy(std::chrono::milliseconds(1), "busy");
        return std::make_unique<TakingStore>(given);
      },
      false);
  given.refuses = true;
  EXPECT_EQ(pusher.push(Round::kFull).refused.size(), 1U);
  EXPECT_EQ(pusher.push(Round::kDifference).refused.size(), 1U) << "it is tried again in each round";
  given.refuses = false;
  given.busy = true;
  EXPECT_THROW(pusher.push(Round::kDifference), StoreBusy);
  given.busy = false;
  EXPECT_TRUE(pusher.push(Round::kDifference).refused.empty());
  EXPECT_EQ(given.capture_batches, 1);
  EXPECT_FALSE(pusher.push(Round::kDifference).connected) << "nothing is left to send";
}

}  // namespace
}  // namespace virtsql
