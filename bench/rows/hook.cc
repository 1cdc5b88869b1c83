// The hook, called as libvirt calls it. The peer is the least that a durable hook can do: a C program that writes its
// stdin into a file, syncs it and renames it. Bounds, in wall-clock time: one call 1.5 times the program's time; of 200
// calls at once, the 99th percentile twice that of the program. No call may be missing in the database afterwards.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fstream>

#include "bench/database.h"
#include "bench/measure.h"
#include "bench/process.h"
#include "bench/row.h"

namespace virtsql::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCalls = 300;
constexpr std::size_t kAtOnce = 200;
constexpr int kRounds = 5;

struct Calls {
  std::vector<double> ours, peer;                  // ms
  std::vector<double> ours_at_once, peer_at_once;  // ms
  double missing = 0;

  explicit Calls(const Options& options) {
    const Folder folder;
    const fs::path database = folder.path / "vms.db";
    const fs::path plain = folder.path / "plain";
    fs::create_directory(plain);
    setenv("VIRTSQL_DB", database.c_str(), 1);
    const fs::path document = folder.path / "vm.xml";
    std::ofstream(document) << FleetVm(kSeed, 1).xml();
    const Launch hook{{options.build / "hook/virtsql-hook", "vm", "start", "begin", "-"}, document};
    const Launch plain_program{{options.build / "bench/write_fsync_rename", plain}, document};
    // Waits until the drainer that the hook started has ended, so that it does not slow down what is measured next.
    const auto settle = [&] {
      (void)run_ms({{options.build / "hook/virtsql-drain", "--wait"}});
      const int lock = open((database.string() + ".lock").c_str(), O_RDWR | O_CLOEXEC);
      if (lock >= 0) {
        (void)flock(lock, LOCK_EX);
        close(lock);
      }
      usleep(2000);
    };
    (void)run_ms(hook);
    settle();
    for (std::size_t i = 0; i < kCalls; ++i) {
      ours.push_back(run_ms(hook));
      settle();
      peer.push_back(run_ms(plain_program));
    }
    for (int round = 0; round < kRounds; ++round) {
      for (const double ms : run_at_once(hook, kAtOnce)) ours_at_once.push_back(ms);
      settle();
      for (const double ms : run_at_once(plain_program, kAtOnce)) peer_at_once.push_back(ms);
    }
    const Connection connection(database, SQLITE_OPEN_READONLY, kPatienceMilliseconds);
    missing = static_cast<double>(1 + kCalls + kAtOnce * kRounds) -
              static_cast<double>(Database(connection.handle()).query_int("SELECT count(*) FROM captures"));
  }

  static const Calls& made(const Options& options) {
    static const Calls calls(options);
    return calls;
  }
};

}  // namespace

const std::vector<Row>& hook_rows() {
  static const std::vector<Row> rows = {
      {"hook, one call, median", "C program that writes, fsyncs and renames", "ms", times_peer(1.5),
       [](const Options& options) -> std::vector<Figure> {
         const Calls& calls = Calls::made(options);
         return {{median(calls.ours), median(calls.peer), std::to_string(kCalls) + " calls", {}}};
       },
       "the drainer that the hook forks starts on the same cores while the call is timed; the hook itself adds a "
       "second "
       "file, the id that is never given out twice"},
      {"hook, 200 at once, p99", "C program that writes, fsyncs and renames", "ms", times_peer(2),
       [](const Options& options) -> std::vector<Figure> {
         const Calls& calls = Calls::made(options);
         return {{quantile(calls.ours_at_once, 0.99),
                  quantile(calls.peer_at_once, 0.99),
                  std::to_string(kAtOnce * kRounds) + " calls",
                  {}}};
       },
       "the calls share the cores with the drainer that the first of them started"},
      {"hook calls that are missing in the database", "", "captures", at_most(0),
       [](const Options& options) -> std::vector<Figure> {
         return {{Calls::made(options).missing,
                  std::numeric_limits<double>::quiet_NaN(),
                  std::to_string(1 + kCalls + kAtOnce * kRounds) + " calls",
                  {}}};
       },
       ""},
  };
  return rows;
}

}  // namespace virtsql::bench
