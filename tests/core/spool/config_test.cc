#include "core/spool/config.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <thread>

#include "core/spool/spool.h"
#include "tests/core/temporary_folder.h"

namespace virtsql {
namespace {

Config read_text(const std::string& text) {
  const test::TemporaryFolder folder;
  const std::string path = folder / "virtsql.conf";
  std::ofstream(path) << text;
  return read_config(path);
}

TEST(ConfigFile, HasDefaults) {
  unsetenv("VIRTSQL_DB");
  const Config config = read_config("/no/such/file");
  EXPECT_EQ(config.database, "/var/lib/virtsql/virtsql.db");
  EXPECT_EQ(config.spool, "/var/lib/virtsql/spool");
  EXPECT_TRUE(config.problems.empty());
}

// hook/virtsql.conf, as text and with the lines that show defaults made valid.
struct Sample {
  std::string defaults;
  std::set<std::string> keys;  // of defaults and examples
};
Sample read_sample() {
  Sample out;
  std::ifstream file(VIRTSQL_CATALOG_DIR "/../../hook/virtsql.conf");
  const std::regex key(R"(^#(?:| Example: )([a-z_]+) = (.*)$)");
  std::smatch found;
  for (std::string line; std::getline(file, line);) {
    const std::string text = std::regex_replace(line, std::regex(R"(^#.*(Example: .*)$)"), "# $1");
    if (!std::regex_match(text, found, key)) continue;
    out.keys.insert(found[1]);
    if (line[1] != ' ') out.defaults += line.substr(1) + "\n";
  }
  return out;
}

TEST(ConfigFile, TheSampleShowsTheDefaults) {
  unsetenv("VIRTSQL_DB");
  const Config shown = read_text(read_sample().defaults);
  EXPECT_TRUE(shown.problems.empty());
  const Config preset;
  EXPECT_EQ(shown.database, preset.database);
  EXPECT_EQ(shown.spool, preset.spool);
  EXPECT_EQ(shown.redact, preset.redact);
  EXPECT_EQ(shown.max_size, preset.max_size);
  EXPECT_EQ(shown.uris, watched_uris(preset));
  EXPECT_EQ(shown.resync_seconds, preset.resync_seconds);
  EXPECT_EQ(shown.retain_days, preset.retain_days);
  EXPECT_EQ(shown.retain_every_seconds, preset.retain_every_seconds);
  EXPECT_EQ(shown.libvirt_folder, preset.libvirt_folder);
  EXPECT_EQ(shown.libvirt_state_folder, preset.libvirt_state_folder);
  EXPECT_EQ(shown.libvirt_run_folder, preset.libvirt_run_folder);
  EXPECT_EQ(shown.fleet, preset.fleet);
  EXPECT_EQ(shown.fleet_resync_seconds, preset.fleet_resync_seconds);
  EXPECT_EQ(shown.fleet_debounce_seconds, preset.fleet_debounce_seconds);
}

TEST(ConfigFile, TheManualPageHasTheKeysOfTheSample) {
  std::ifstream file(VIRTSQL_CATALOG_DIR "/../../hook/man/virtsql.conf.5");
  const std::regex heading(R"(^\.BI? "?([a-z_]+) = .*$)");
  std::set<std::string> keys;
  std::smatch found;
  for (std::string line; std::getline(file, line);)
    if (std::regex_match(line, found, heading)) keys.insert(found[1]);
  EXPECT_EQ(keys, read_sample().keys);
  for (const std::string& key : keys)  // of an unknown key it would say so
    for (const ConfigProblem& problem : read_text(key + " = x\n").problems)
      EXPECT_EQ(problem.text.find("unknown key"), std::string::npos) << problem.text;
}

TEST(ConfigFile, SaysWhatItDoesNotUnderstandAndTakesTheRest) {
  unsetenv("VIRTSQL_DB");
  const Config config =
      read_text("# c\n\n database = /x/v.db \nnonsense\ncolour = red\nmax_size = many\nredact = /a/b\nredact=/c/@d\n");
  EXPECT_EQ(config.database, "/x/v.db");
  EXPECT_EQ(config.spool, "/x/spool");
  EXPECT_EQ(config.redact, (std::vector<std::string>{"/a/b", "/c/@d"}));
  EXPECT_EQ(config.problems.size(), 3U);
}

// The text of the only problem, behind FILE:LINE.
std::string problem_of(const std::string& text) {
  const Config config = read_text(text);
  if (config.problems.size() != 1) return std::to_string(config.problems.size()) + " problems";
  const std::string& said = config.problems[0].text;
  return said.substr(said.find(": ") + 2);
}

TEST(ConfigFile, NamesWhatWasGivenAndWhatIsUsed) {
  unsetenv("VIRTSQL_DB");
  EXPECT_EQ(problem_of("resink = 5\n"), "unknown key \"resink\"; virtsql.conf(5) has the keys");
  EXPECT_EQ(problem_of("nonsense\tmore\n"), "expected: key = value, not \"nonsense\"");
  EXPECT_EQ(problem_of("uri =\n"), "expected: key = value, not \"uri\"");
  EXPECT_EQ(problem_of("database = \"/srv/v.db\"\n"),
            "database is a path that begins with /, without quotation marks, and not \"\"/srv/v.db\"\"; "
            "/var/lib/virtsql/virtsql.db is used");
  EXPECT_EQ(problem_of("resync = 1h\n"), "resync is a number of seconds, 1 to 86400, and not \"1h\"; 600 is used");
  EXPECT_EQ(problem_of("max_size = 1M\n"),
            "max_size is a number of bytes, 1 to 268435456, and not \"1M\"; 67108864 is used");
  EXPECT_NE(problem_of("retain = long\n").find("not \"long\"; nothing is removed"), std::string::npos);
  EXPECT_EQ(problem_of("a\x1b" + std::string(100, 'b') + " = c\n"),
            "unknown key \"a?" + std::string(78, 'b') + "...\"; virtsql.conf(5) has the keys");
  // What may be a secret is not said again.
  EXPECT_EQ(problem_of("password: hunter2\n").find("hunter2"), std::string::npos);
}

TEST(ConfigFile, SaysOnceThatItIsNoText) {
  unsetenv("VIRTSQL_DB");
  std::string utf16;
  for (const char c : std::string("uri = a\nnonsense\nredact = /a\n")) utf16 += {c, '\0'};
  EXPECT_EQ(problem_of(utf16), "is no text; no document is kept");
}

// A line that is meant to name a secret, and does not, must not let the secret through.
TEST(ConfigFile, KeepsNoDocumentIfALineMayNameASecret) {
  for (const char* text : {"Redact = /a/b", "redact", "redact /a/b", "redact =", "max_size = 1000\nREDACT: /a/b"}) {
    const Config config = read_text(text);
    EXPECT_NE(config.secrets_unknown.find("may name a secret"), std::string::npos) << text;
    EXPECT_EQ(config.unreadable, "") << text;
  }
  for (const char* text : {"colour = red", "# Redact = /a/b", "redact = /a/b", "\xEF\xBB\xBFredact = /a/b",
                           "# c\rredact = /a/b\r", "# c\r\nredact = /a/b\r\n"}) {
    const Config config = read_text(text);
    EXPECT_EQ(config.secrets_unknown, "") << text;
    const bool is_redacted = std::string_view(text).find("redact = ") != std::string_view::npos;
    EXPECT_EQ(config.redact.size(), is_redacted ? 1U : 0U) << text;
  }
  EXPECT_NE(read_text("\r\n\r\nnonsense\r\n").problems.front().text.find(":3: "), std::string::npos);
  EXPECT_NE(read_text(std::string("r\0e\0d\0a\0c\0t\0", 12)).unreadable.find("is no text"), std::string::npos);
  const test::TemporaryFolder folder;
  std::filesystem::create_symlink(folder / "gone", folder / "link.conf");
  EXPECT_NE(read_config(folder / "link.conf").secrets_unknown, "");
}

TEST(ConfigFile, WatchesTheDriversWhoseHookIsInstalled) {
  using Uris = std::vector<std::string>;
  const test::TemporaryFolder temporary;
  const std::string folder = temporary.path();
  const std::string given = "libvirt_folder = " + folder + "\n";
  EXPECT_EQ(watched_uris(read_text(given)), Uris{"qemu:///system"});
  std::filesystem::create_directories(folder + "/hooks/lxc.d");
  std::ofstream(folder + "/hooks/libxl").put('x');  // not our hook
  EXPECT_EQ(watched_uris(read_text(given)), Uris{"qemu:///system"});
  std::ofstream(folder + "/hooks/lxc.d/50-virtsql").put('x');
  std::ofstream(folder + "/virtsql-hook").put('x');
  std::filesystem::create_symlink(folder + "/virtsql-hook", folder + "/hooks/bhyve");
  EXPECT_EQ(watched_uris(read_text(given)), (Uris{"qemu:///system", "lxc:///system", "bhyve:///system"}));
  std::ofstream(folder + "/hooks/libxl") << "#!/bin/sh\nexec /usr/sbin/virtsql-hook \"$@\"\n";
  EXPECT_EQ(watched_uris(read_text(given)),
            (Uris{"qemu:///system", "lxc:///system", "xen:///system", "bhyve:///system"}));
  // If the configuration gives URIs, only those are watched.
  EXPECT_EQ(watched_uris(read_text(given + "uri = qemu:///session\n")), Uris{"qemu:///session"});
  EXPECT_TRUE(is_optional(read_text(given), "lxc:///system"));
  EXPECT_FALSE(is_optional(read_text(given), "qemu:///system"));
  EXPECT_FALSE(is_optional(read_text(given + "uri = lxc:///system\n"), "lxc:///system"));  // it is configured
}

TEST(ConfigFile, GivesWayToTheEnvironment) {
  setenv("VIRTSQL_DB", "/e/v.db", 1);
  const Config config = read_text("database = /x/v.db\nspool = /y/spool\n");
  EXPECT_EQ(config.database, "/e/v.db");
  EXPECT_EQ(config.spool, "/e/spool");
  unsetenv("VIRTSQL_DB");
}

TEST(ConfigFile, NamesNoFileRelativeToAFolder) {
  unsetenv("VIRTSQL_DB");
  const Config config = read_text("database = v.db\nspool = spool\nlibvirt_folder = etc\nlibvirt_run_folder = ./run\n");
  EXPECT_EQ(config.problems.size(), 4U);
  EXPECT_NE(config.problems[0].text.find(":1: database is a path that begins with /"), std::string::npos);
  EXPECT_EQ(config.database, "/var/lib/virtsql/virtsql.db");
  EXPECT_EQ(config.spool, "/var/lib/virtsql/spool");
  EXPECT_EQ(config.libvirt_folder, "/etc/libvirt");
  // What a person names in the environment is meant from where the person is.
  const std::string here = std::filesystem::current_path().string();
  setenv("VIRTSQL_DB", "v.db", 1);
  EXPECT_EQ(read_text("spool = /y/spool\n").database, here + "/v.db");
  EXPECT_EQ(read_text("spool = /y/spool\n").spool, here + "/spool");
  unsetenv("VIRTSQL_DB");
}

TEST(ConfigFile, FindsTheHook) {
  const test::TemporaryFolder temporary;
  const std::string folder = temporary.path();
  const Config config = read_text("libvirt_folder = " + folder + "\n");
  EXPECT_EQ(installed_hook(config, "qemu"), "");
  std::filesystem::create_directories(folder + "/hooks/qemu.d");
  std::ofstream(folder + "/hooks/qemu") << "#!/bin/sh\n";  // somebody else's
  EXPECT_EQ(installed_hook(config, "qemu"), "");
  std::ofstream(folder + "/hooks/qemu") << std::string(
      "\x7f"
      "ELF\0virtsql-hook ",
      18);  // a copy of the program
  EXPECT_EQ(installed_hook(config, "qemu"), folder + "/hooks/qemu");
  std::ofstream(folder + "/hooks/qemu.d/50-virtsql").put('x');
  EXPECT_EQ(installed_hook(config, "qemu"), folder + "/hooks/qemu.d/50-virtsql");
  EXPECT_EQ(installed_hook(config, "network"), "");
}

TEST(ConfigFile, FollowsWhatIsSecretAndNothingElse) {
  unsetenv("VIRTSQL_DB");
  const test::TemporaryFolder folder;
  const std::string path = folder / "virtsql.conf";
  Config config = read_config(path);
  EXPECT_FALSE(refresh_secrets(config));  // there is no file
  std::ofstream(path) << "redact = /domain/os/cmdline\n";
  EXPECT_TRUE(refresh_secrets(config));
  EXPECT_FALSE(refresh_secrets(config));
  EXPECT_EQ(config.redact, std::vector<std::string>{"/domain/os/cmdline"});
  // Another file of the same size takes its place.
  std::ofstream(path + ".new") << "redact = /domain/os/loader_\n";
  std::filesystem::rename(path + ".new", path);
  EXPECT_TRUE(refresh_secrets(config));
  EXPECT_EQ(config.redact, std::vector<std::string>{"/domain/os/loader_"});
  // It is written in place: while it may lack lines, no rule goes.
  std::ofstream(path) << "";
  EXPECT_TRUE(refresh_secrets(config));
  EXPECT_FALSE(refresh_secrets(config));
  EXPECT_EQ(config.redact, std::vector<std::string>{"/domain/os/loader_"});
  std::ofstream(path) << "redact = /domain/title\n";
  EXPECT_TRUE(refresh_secrets(config));
  EXPECT_EQ(config.redact, (std::vector<std::string>{"/domain/title", "/domain/os/loader_"}));
  std::this_thread::sleep_for(std::chrono::seconds(4));
  EXPECT_TRUE(refresh_secrets(config));
  EXPECT_FALSE(refresh_secrets(config));
  EXPECT_EQ(config.redact, std::vector<std::string>{"/domain/title"});
  std::filesystem::remove(path);
  EXPECT_FALSE(refresh_secrets(config));
  EXPECT_EQ(config.redact, std::vector<std::string>{"/domain/title"});
  std::ofstream(path) << "database = /elsewhere/v.db\nredact = //never\n";
  EXPECT_TRUE(refresh_secrets(config));
  EXPECT_EQ(config.database, "/var/lib/virtsql/virtsql.db");
  EXPECT_EQ(config.problems.size(), 1U);
  std::filesystem::remove(path);
  std::filesystem::create_directory(path);
  EXPECT_TRUE(refresh_secrets(config));
  EXPECT_NE(config.unreadable, "");
}

TEST(ConfigFile, HasOneLockForADatabaseWhateverLeadsToIt) {
  const test::TemporaryFolder temporary;
  const std::string folder = temporary.path();
  std::filesystem::create_directory(folder + "/data");
  std::filesystem::create_directory_symlink(folder + "/data", folder + "/linked");
  Config direct, folder_linked, file_linked;
  direct.database = folder + "/data/v.db";
  folder_linked.database = folder + "/linked/v.db";
  EXPECT_EQ(folder_linked.lock_path(), folder + "/data/v.db.lock");  // there is no database yet
  std::ofstream(direct.database).put('x');
  std::filesystem::create_symlink(direct.database, folder + "/other.db");
  file_linked.database = folder + "/other.db";
  for (const Config& config : {direct, folder_linked, file_linked})
    EXPECT_EQ(config.lock_path(), folder + "/data/v.db.lock");
  direct.database = "/no/such/folder/v.db";
  EXPECT_EQ(direct.lock_path(), "/no/such/folder/v.db.lock");
}

TEST(ConfigFile, NamesWhatCanNeverMatchAndWhatIsTooMuch) {
  unsetenv("VIRTSQL_DB");
  const Config config = read_text("redact = //cmdline\nredact = /domain/os/cmdline\nmax_size = 268435457\n");
  ASSERT_EQ(config.problems.size(), 2U);
  EXPECT_NE(config.problems[0].text.find(":1: redact = //cmdline can never match"), std::string::npos)
      << config.problems[0].text;
  EXPECT_EQ(config.max_size, spool::kMaxXml);
  EXPECT_TRUE(config.problems[0].of_secret);
  EXPECT_FALSE(config.problems[1].of_secret);
}

TEST(ConfigFile, SaysWhichProblemsAreOfASecret) {
  unsetenv("VIRTSQL_DB");
  // A value that reads like the message of another problem is none.
  const Config other = read_text("uri\nmax_size = a: redact = b\n");
  ASSERT_EQ(other.problems.size(), 2U);
  for (const ConfigProblem& problem : other.problems) EXPECT_FALSE(problem.of_secret) << problem.text;
  const Config unknown = read_text("redcat = /domain/title\nredact: /domain/title\n");
  ASSERT_EQ(unknown.problems.size(), 3U);
  EXPECT_FALSE(unknown.problems[0].of_secret);
  EXPECT_TRUE(unknown.problems.back().of_secret) << unknown.problems.back().text;
}

TEST(ConfigFile, SaysHowOftenVirtsqldLooks) {
  const Config config = read_text("resync = 5\nretain_every = 60\n");
  EXPECT_EQ(config.resync_seconds, 5);
  EXPECT_EQ(config.retain_every_seconds, 60);
  EXPECT_EQ(read_text("").retain_every_seconds, 86400);
  EXPECT_EQ(read_text("retain_every = 86401\n").problems.size(), 1U);
}

TEST(ConfigFile, NamesTheStoreOfTheFleet) {
  unsetenv("VIRTSQL_DB");
  const Config config =
      read_text("fleet = service=virtsql sslmode=verify-full\nfleet_resync = 60\nfleet_debounce = 0\n");
  EXPECT_EQ(config.fleet, "service=virtsql sslmode=verify-full");
  EXPECT_EQ(config.fleet_resync_seconds, 60);
  EXPECT_EQ(config.fleet_debounce_seconds, 2);
  ASSERT_EQ(config.problems.size(), 1U);
  EXPECT_NE(config.problems[0].text.find(":3: fleet_debounce is a number of seconds"), std::string::npos);
  EXPECT_EQ(read_text("").fleet, "");
}

TEST(ConfigFile, SaysThatItCannotBeRead) {
  unsetenv("VIRTSQL_DB");
  const Config folder = read_config("/");
  EXPECT_NE(folder.unreadable, "");
  EXPECT_EQ(folder.problems.size(), 1U);
  EXPECT_THROW(readable_config("/"), std::runtime_error);
  const Config large = read_text("redact = /a\n#" + std::string(2U << 20U, 'x'));
  EXPECT_NE(large.unreadable, "");
  const test::TemporaryFolder temporary;
  std::filesystem::create_symlink("loop", temporary / "loop");
  EXPECT_NE(read_config(temporary / "loop").unreadable, "");
  // A missing file is not unreadable.
  EXPECT_EQ(read_config("/no/such/file").unreadable, "");
  EXPECT_EQ(read_config("/dev/null/file").unreadable, "");
}

}  // namespace
}  // namespace virtsql
