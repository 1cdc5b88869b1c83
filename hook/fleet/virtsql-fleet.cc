// virtsql-fleet COMMAND [--print] CONNINFO ...: makes and looks after the store of a fleet in PostgreSQL.
#include <getopt.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <compare>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/hex.h"
#include "core/base/version.h"
#include "core/catalog/catalog.h"
#include "core/schema/ddl.h"
#include "core/schema/fleet_query.h"
#include "core/schema/postgresql.h"
#include "core/schema/schema_digest.h"
#include "core/spool/age.h"
#include "core/store/init.h"
#include "core/store/lock.h"
#include "hook/fleet/admin.h"
#include "hook/fleet/loader.h"
#include "hook/fleet/postgres.h"

namespace {

using virtsql::Postgres;

constexpr const char* kUsage =
    "usage: virtsql-fleet init CONNINFO                       makes the store, or upgrades it\n"
    "       virtsql-fleet upgrade CONNINFO                    upgrades it\n"
    "       virtsql-fleet add-host [--password] CONNINFO NAME a login role that may push for one host\n"
    "       virtsql-fleet replace CONNINFO NAME               the host was reinstalled\n"
    "       virtsql-fleet retire CONNINFO NAME                the host is no more; its history stays\n"
    "       virtsql-fleet prune --keep 400d CONNINFO          removes older history\n"
    "       virtsql-fleet doctor CONNINFO                     what is wrong; status 1 if something is\n"
    "       virtsql-fleet load CONNINFO DB [NAME]             a new database DB with all hosts of the store, or that "
    "one\n"
    "       virtsql-fleet translate                           reads a query for a host's database, writes it for the "
    "store\n"
    "       virtsql-fleet --help | --version\n"
    "--print shows the SQL and runs none of it.\n";

// The command line asks for something that cannot be done.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Request {
  std::string command, conninfo, host, database;
  int keep_days = 0;
  bool print = false, password = false;
};

// The number of days of an age. Throws UsageError.
int days(const std::string& text) {
  const std::optional<int> out = virtsql::days_of(text);
  if (out.value_or(0) == 0)
    throw UsageError("--keep takes " + std::string(virtsql::kAgeHelp) + "; not \"" + text + "\"");
  return *out;
}

struct Command {
  std::string_view name;
  std::string_view takes;  // what its words are, for whoever got them wrong
  std::size_t fewest_words, most_words;
  std::string_view options;  // the letters of those that it has
};
constexpr Command kCommands[] = {
    {"init", "CONNINFO", 1, 1, "p"},
    {"upgrade", "CONNINFO", 1, 1, "p"},
    {"add-host", "CONNINFO and the host's NAME", 2, 2, "pw"},
    {"replace", "CONNINFO and the host's NAME", 2, 2, "p"},
    {"retire", "CONNINFO and the host's NAME", 2, 2, "p"},
    {"prune", "CONNINFO", 1, 1, "pk"},
    {"doctor", "CONNINFO", 1, 1, "p"},
    {"load", "CONNINFO, a new file DB, and NAME if only that host is wanted", 2, 3, ""},
    {"translate", "no words: the query comes on standard input", 0, 0, ""},
};

const Command& command_named(const std::string& name) {
  for (const Command& command : kCommands)
    if (command.name == name) return command;
  throw UsageError("no command " + name);
}

constexpr option kOptions[] = {{"print", no_argument, nullptr, 'p'},      {"password", no_argument, nullptr, 'w'},
                               {"keep", required_argument, nullptr, 'k'}, {"help", no_argument, nullptr, 'h'},
                               {"version", no_argument, nullptr, 'v'},    {nullptr, 0, nullptr, 0}};

// Refuses a host's name that cannot stand in its service file.
void check_host(const std::string& name) {
  const auto is_control = [](unsigned char c) { return std::iscntrl(c) != 0; };
  if (name.empty() || name.size() > 50 || std::any_of(name.begin(), name.end(), is_control))
    throw UsageError("a host's name has 1 to 50 bytes, without line breaks and the like");
}

Request read_request(int count, char** arguments) {
  Request out;
  std::string given;  // the letters of the options
  for (int letter = 0; (letter = getopt_long(count, arguments, "h", kOptions, nullptr)) != -1;) {
    if (letter == 'h') {
      (void)std::fputs(kUsage, stdout);
      std::exit(0);
    }
    if (letter == 'v') {
      (void)std::puts("virtsql-fleet " VIRTSQL_VERSION);
      std::exit(0);
    }
    if (letter == '?') throw UsageError("");
    given += static_cast<char>(letter);
    if (letter == 'p') out.print = true;
    if (letter == 'w') out.password = true;
    if (letter == 'k') out.keep_days = days(optarg);
  }
  std::vector<std::string> words(arguments + optind, arguments + count);
  if (words.empty()) throw UsageError("no command");
  out.command = words[0];
  words.erase(words.begin());
  const Command& command = command_named(out.command);
  for (const option& each : kOptions)
    if (each.name && given.find(static_cast<char>(each.val)) != std::string::npos &&
        command.options.find(static_cast<char>(each.val)) == std::string_view::npos)
      throw UsageError(out.command + " has no option --" + each.name);
  if (words.size() < command.fewest_words || words.size() > command.most_words)
    throw UsageError(out.command + " takes " + std::string(command.takes));
  if (out.command == "prune" && out.keep_days == 0) throw UsageError("prune needs --keep: what is to stay, as 400d");
  if (!words.empty()) out.conninfo = words[0];
  if (out.command == "load") {
    out.database = words[1];
    if (words.size() == 2) return out;
    out.host = words[2];
    if (out.host.empty()) throw UsageError("the host's NAME is empty; leave it out to load all");
  } else if (words.size() == 2) {
    out.host = words[1];
    check_host(out.host);
  }
  return out;
}

// SQLSTATEs.
constexpr std::string_view kLockNotAvailable = "55P03";
constexpr std::string_view kUndefinedColumn = "42703";
constexpr std::string_view kUndefinedTable = "42P01";
constexpr std::string_view kUndefinedFunction = "42883";

std::string random_password() {
  std::ifstream in("/dev/urandom", std::ios::binary);
  std::string bytes(20, '\0');
  if (!in.read(bytes.data(), static_cast<std::streamsize>(bytes.size())))
    throw std::runtime_error("/dev/urandom cannot be read");
  return virtsql::hex(bytes);
}

using ConninfoOptions = std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)>;

// The options that the conninfo itself names. Throws UsageError.
std::set<std::string> named_options(const std::string& conninfo) {
  char* problem = nullptr;
  const ConninfoOptions options(PQconninfoParse(conninfo.c_str(), &problem), PQconninfoFree);
  if (!options) {
    const std::string why = problem ? problem : "out of memory";
    PQfreemem(problem);
    throw UsageError("CONNINFO: " + why);
  }
  std::set<std::string> out;
  for (const PQconninfoOption* option = options.get(); option->keyword; ++option)
    if (option->val) out.emplace(option->keyword);
  return out;
}

// Whether the option says who connects, or is resolved here by a service file.
bool is_of_this_host(const std::string& option) {
  for (const std::string_view other : {"user", "password", "passfile", "sslpassword", "service", "servicefile"})
    if (option == other) return true;
  return option.starts_with("sslcert") || option.starts_with("sslkey");
}

// Whether Postgres gives the option to every connection, or it says nothing of where the store is.
bool is_of_this_program(const std::string& option) {
  for (const std::string_view start :
       {"connect_timeout", "keepalives", "tcp_", "fallback_", "application_", "options", "client_"})
    if (option.starts_with(start)) return true;
  return false;
}

// How to connect to the store as here, as lines of a service file, but without user and credentials. What comes from a
// service file or the environment of this host is among them, because the other host has neither. Over the network
// without an sslmode, it gets sslmode=verify-full.
std::string service(const Postgres& postgres, const std::string& conninfo) {
  const std::set<std::string> named = named_options(conninfo);
  const ConninfoOptions options(PQconninfo(postgres.handle()), PQconninfoFree);
  if (!options) throw std::bad_alloc();
  std::string out;
  bool tls = false;
  bool by_network = false;
  for (const PQconninfoOption* option = options.get(); option->keyword; ++option) {
    const std::string key = option->keyword;
    const std::string value = option->val ? option->val : "";
    const bool is_default = option->compiled && value == option->compiled;
    if (value.empty() || is_of_this_host(key)) continue;
    if (!named.contains(key) && (is_default || is_of_this_program(key))) continue;
    tls = tls || key == "sslmode";
    by_network = by_network || (key == "host" && value[0] != '/');
    out += key + "=" + value + "\n";
  }
  return out + (by_network && !tls ? "sslmode=verify-full\n" : "");
}

constexpr const char* kNoStore = "there is no store in this database; virtsql-fleet init makes one";

bool has_store(Postgres& postgres) {
  return !postgres.query({"SELECT to_regclass('virtsql.store')", {}}).is_null(0, 0);
}

int init(Postgres& postgres, const Request& request) {
  if (PQserverVersion(postgres.handle()) < virtsql::kOldestPostgresql)
    throw std::runtime_error("the server is older than PostgreSQL 15");
  const bool is_store = has_store(postgres);
  if (is_store) {
    const virtsql::PostgresResult store =
        postgres.query({"SELECT schema_sha256, made_by, schema_version FROM virtsql.store", {}});
    if (store.text(0, 0) == virtsql::kFleetSchemaSha256) {
      (void)std::puts("the store is up to date");
      return 0;
    }
    // The older text would take back functions and views that the newer hosts and readers need.
    const std::string made_by(store.text(0, 1));
    if (std::is_gt(virtsql::compare_versions(made_by, virtsql::program_version())) ||
        store.integer(0, 2) > virtsql::kSchemaVersion)
      throw std::runtime_error("virtsql " + made_by + " made the store, and this is virtsql " +
                               std::string(virtsql::program_version()) +
                               ": run virtsql-fleet of that version or a newer one. The store serves older hosts as it "
                               "is");
  } else if (request.command == "upgrade") {
    throw std::runtime_error(kNoStore);
  }
  postgres.execute(virtsql::init_sql());
  (void)std::puts(is_store ? "the store is upgraded"
                           : "the store is made; next: virtsql-fleet add-host CONNINFO NAME for each host");
  return 0;
}

int add_host(Postgres& postgres, const Request& request) {
  const std::string role = virtsql::role_of_host(request.host);
  std::string password;
  std::string verifier;
  if (request.password) {
    password = random_password();
    const virtsql::PostgresMemory<char> encrypted(
        PQencryptPasswordConn(postgres.handle(), password.c_str(), role.c_str(), "scram-sha-256"));
    if (!encrypted) throw std::runtime_error(PQerrorMessage(postgres.handle()));
    verifier = encrypted.get();
  }
  postgres.execute(virtsql::add_host_sql(request.host, verifier));
  (void)std::printf(
      "# On the host, in /etc/virtsql.conf:\nfleet = service=virtsql\n"
      "# and in /etc/virtsql-fleet.service.conf (owner virtsql-push, mode 0600):\n[virtsql]\n%suser=%s\n%s",
      service(postgres, request.conninfo).c_str(), role.c_str(),
      password.empty() ? "" : ("password=" + password + "\n").c_str());
  return 0;
}

void refuse_existing(const std::string& path) {
  if (std::filesystem::exists(path)) throw std::runtime_error(path + " is there already; name a new file");
}

// Loads into a file of another name beside the database, which gets its name once it is whole: half a database would be
// taken for a whole one. What a load left that was killed, the next one overwrites.
int load(Postgres& postgres, const Request& request) {
  refuse_existing(request.database);
  (void)umask(027);  // definitions are not for everybody, here as in a host's database
  const std::string file = request.database + ".new";
  const virtsql::FileLock lock(file, virtsql::Wait::kNo);
  if (!lock.held()) throw std::runtime_error("another virtsql-fleet load writes " + file);
  // The lock is of a file that another load renamed since, if there was one.
  refuse_existing(request.database);
  try {
    for (const char* suffix : {"-journal", "-wal", "-shm"}) (void)std::filesystem::remove(file + suffix);
    std::filesystem::resize_file(file, 0);
    std::filesystem::permissions(file, std::filesystem::perms(0640));
    int vms = 0;
    std::vector<std::string> left_out;
    {
      const virtsql::Connection connection(file, SQLITE_OPEN_READWRITE, virtsql::kPatienceMilliseconds);
      virtsql::Database database(connection.handle());
      virtsql::init_schema(database, virtsql::Catalog::standard(), virtsql::WriterLockHeld::kYes);
      try {
        vms = virtsql::load_hosts(postgres, database, request.host, left_out);
      } catch (const virtsql::PostgresError& error) {
        if (error.state != kUndefinedColumn && error.state != kUndefinedTable && error.state != kUndefinedFunction)
          throw;
        throw std::runtime_error("the store is older than this program: run virtsql-fleet upgrade on it first (" +
                                 std::string(error.what()) + ")");
      }
      database.forget_statements();
    }
    std::filesystem::rename(file, request.database);
    virtsql::remove_database(file);  // its -wal and -shm, which are empty
    virtsql::ensure_readable(request.database, virtsql::kPatienceMilliseconds);
    (void)std::printf("loaded %d VMs\n", vms);
    for (const std::string& what : left_out) (void)std::fprintf(stderr, "virtsql-fleet: left out: %s\n", what.c_str());
  } catch (...) {
    virtsql::remove_database(file);
    throw;
  }
  return 0;
}

// The text without control characters: what a host sent is neither another line nor orders to a terminal.
std::string printable(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](unsigned char c) { return std::iscntrl(c) != 0; }, '?');
  return out;
}

int doctor(Postgres& postgres) {
  const virtsql::PostgresResult problems = postgres.query({virtsql::doctor_sql(), {}});
  for (int i = 0; i < problems.rows(); ++i)
    (void)std::printf("%s\t%s\n", printable(problems.text(i, 0)).c_str(), printable(problems.text(i, 1)).c_str());
  return problems.rows() == 0 ? 0 : 1;
}

// Says that the host pushes just now, because what comes next waits for the end of that.
void say_whether_it_waits(Postgres& postgres, const Request& request) {
  const virtsql::PostgresResult pushes = postgres.query({"SELECT 1 FROM virtsql.sources AS s WHERE s.role = $1 AND " +
                                                             virtsql::pusher_sql("s.source_id") + " IS NOT NULL",
                                                         {virtsql::role_of_host(request.host)}});
  if (pushes.rows() > 0)
    (void)std::fprintf(stderr, "virtsql-fleet: %s waits until the push of this host that is at work has ended\n",
                       request.command.c_str());
}

std::string sql_of(const Request& request) {
  if (request.command == "add-host") return virtsql::add_host_sql(request.host, "");
  if (request.command == "replace") return virtsql::replace_sql(request.host);
  if (request.command == "retire") return virtsql::retire_sql(request.host);
  if (request.command == "prune") return virtsql::prune_sql(request.keep_days);
  if (request.command == "doctor") return virtsql::doctor_sql() + ";\n";
  return virtsql::init_sql();
}

}  // namespace

int main(int count, char** arguments) {
  try {
    const Request request = read_request(count, arguments);
    if (request.command == "translate") {
      const std::string sql((std::istreambuf_iterator<char>(std::cin)), {});
      (void)std::puts((virtsql::fleet_query(virtsql::Catalog::standard(), sql) + ";").c_str());
      return 0;
    }
    if (request.print) {
      (void)std::fputs(sql_of(request).c_str(), stdout);
      return 0;
    }
    Postgres postgres(request.conninfo, "virtsql-fleet");
    // A statement that waits for a table's lock keeps all later ones waiting behind it, pushers' too. So it gives up
    // after 5 s.
    postgres.execute("SET lock_timeout = '5s'");
    if (request.command == "init" || request.command == "upgrade") return init(postgres, request);
    if (!has_store(postgres)) throw std::runtime_error(kNoStore);
    if (request.command == "add-host") return add_host(postgres, request);
    if (request.command == "doctor") return doctor(postgres);
    if (request.command == "load") return load(postgres, request);
    if (request.command == "retire" || request.command == "replace") say_whether_it_waits(postgres, request);
    postgres.execute(sql_of(request));
    return 0;
  } catch (const UsageError& error) {
    if (*error.what()) (void)std::fprintf(stderr, "virtsql-fleet: %s\n", error.what());
    (void)std::fputs(kUsage, stderr);
    return 2;
  } catch (const virtsql::PostgresError& error) {
    const bool locked = error.state == kLockNotAvailable;
    (void)std::fprintf(stderr, "virtsql-fleet: %s%s\n", error.what(),
                       locked
                           ? "; somebody's open transaction uses a table that is to be changed: pg_stat_activity says "
                             "who; try again once it has ended"
                           : "");
    return 1;
  } catch (const std::exception& error) {
    (void)std::fprintf(stderr, "virtsql-fleet: %s\n", error.what());
    return 1;
  }
}
