#include "hook/fleet/withheld.h"

#include <gtest/gtest.h>

namespace virtsql {
namespace {

const Table& table(std::string_view name) { return *Catalog::standard().find_table(name); }

Withheld withheld(const std::string& path) { return Withheld(Catalog::standard(), {path}); }

TEST(Withheld, FindsTheColumnsOfAPathWhereverItsFirstElementStands) {
  EXPECT_TRUE(withheld("/domain/title").has(table("virtual_machines"), "title"));
  EXPECT_FALSE(withheld("/domain/title").has(table("virtual_machines"), "description"));
  EXPECT_TRUE(withheld("/domain/os").has(table("boot_configs"), "cmdline"));
  EXPECT_TRUE(withheld("/disk/source/@file").has(table("disks"), "path"));
  EXPECT_TRUE(withheld("/commandline/arg").has(table("qemu_arguments"), "value")) << "prefixes do not count";
  EXPECT_TRUE(withheld("/memory").has(table("virtual_machines"), "memory_bytes")) << "computed from it";
}

TEST(Withheld, FindsTheColumnsOfElementsThatNestInThemselves) {
  EXPECT_TRUE(withheld("/disk/backingStore/backingStore/source/@file").has(table("disk_layers"), "path"));
  EXPECT_FALSE(withheld("/disk/backingStore/nothing/@file").has(table("disk_layers"), "path"));
}

TEST(Withheld, LeavesSecretsOutOfJson) {
  const Withheld rules = withheld("/domain/title");
  const Table& snapshots = table("vm_snapshots");
  EXPECT_FALSE(rules.has(snapshots, "domain_json"));
  for (const char* name : {"domain_json", "inactive_domain_json"}) {
    const Column& column = *snapshots.find(name);
    EXPECT_EQ(rules.json(column, R"({"@type":"kvm","name":"n","title":"secret"})"), R"({"@type":"kvm","name":"n"})");
    EXPECT_EQ(rules.json(column, R"({"@type":"kvm","name":"n"})"), R"({"@type":"kvm","name":"n"})");
    EXPECT_EQ(rules.json(column, "no JSON"), std::nullopt);
  }
  EXPECT_EQ(
      withheld("/domainsnapshot/domain/title").json(*snapshots.find("domain_json"), R"({"name":"n","title":"secret"})"),
      R"({"name":"n"})");
  EXPECT_TRUE(withheld("/domainsnapshot/domain").has(snapshots, "domain_json"));
  EXPECT_TRUE(withheld("/domain/uuid").has(snapshots, "vm_uuid")) << "a member of the JSON";
  const Column& metadata = *table("metadata").find("value_json");
  EXPECT_EQ(withheld("/metadata/app/key").json(metadata, R"({"app:app":{"app:key":"secret","app:size":"1"}})"),
            R"({"app:app":{"app:size":"1"}})");
  EXPECT_EQ(withheld("/metadata/app").json(metadata, R"({"app:app":{"app:key":"secret"}})"), std::nullopt);
}

TEST(Withheld, LeavesSecretsOutOfSpellingsOfNumbers) {
  EXPECT_EQ(withheld("/domain/title").expression(table("virtual_machines"), "layout").find("memory"),
            std::string::npos);
  EXPECT_NE(withheld("/domain/memory").expression(table("virtual_machines"), "layout").find("\"memory\""),
            std::string::npos);
}

TEST(Withheld, LeavesOutMoreColumnsThanAFunctionHasArguments) {
  const Connection connection(":memory:", SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
  Database database(connection.handle());
  const std::string sql = withheld("/domain").expression(table("disk_attachments"), "layout");
  const Statement statement(database.handle(), "SELECT " + sql + " FROM (SELECT '{}' AS layout) AS t");
}

TEST(Withheld, HidesVendorOptions) {
  const auto hides = [](const std::string& rule, std::string_view owner, std::string_view kind, std::string_view path,
                        std::string_view key, std::string_view value) {
    return withheld(rule).hides_vendor_option(owner, kind, path, key, value);
  };
  EXPECT_TRUE(hides("/domain/new", "virtual_machines", "element", "", "new", R"({"new":"secret"})"));
  EXPECT_TRUE(hides("/new/key", "virtual_machines", "element", "", "new", R"({"new":{"key":"secret"}})"));
  EXPECT_FALSE(hides("/new/key", "virtual_machines", "element", "", "new", R"({"new":{"size":"1"}})"));
  EXPECT_TRUE(hides("/disk/driver/@token", "disk_attachments", "attribute", "driver", "token", R"("secret")"));
  EXPECT_FALSE(hides("/disk/driver/@token", "disk_attachments", "attribute", "driver", "other", R"("1")"));
  EXPECT_TRUE(hides("/disk/driver", "disk_attachments", "text", "driver", "", R"("secret")"));
  EXPECT_TRUE(hides("/disk/driver", "no_table", "text", "driver", "", R"("secret")"));
}

TEST(Withheld, HidesValuesOfDifferences) {
  const auto members = [](const std::string& rule, const std::string& path, const std::string& value) {
    Difference difference;
    difference.device = "disk";
    difference.key = "vda";
    difference.path = path;
    difference.has_new = true;
    difference.new_value = value;
    return withheld(rule).members(difference);
  };
  EXPECT_TRUE(members("/disk/source/@file", "/domain/devices/disk[2]/source/@dev", "/dev/sda").contains("new"));
  EXPECT_FALSE(members("/disk/source/@file", "/domain/devices/disk[2]/source/@file", "secret").contains("new"));
  EXPECT_FALSE(
      members("/source/@file", "/domain/devices/disk[2]", "<disk><source file='secret'/></disk>").contains("new"));
  EXPECT_TRUE(members("/source/@file", "/domain/devices/disk[2]", "<disk><source dev='d'/></disk>").contains("new"));
  EXPECT_FALSE(members("/domain/title", "/domain/title/text()", "secret").contains("new"));
  EXPECT_FALSE(members("/domain/title", "/domain/title/text()", "<b>secret</b>").contains("new")) << "a text";
  EXPECT_TRUE(members("/domain/title", "/domain/name", "n").contains("key"));
  EXPECT_FALSE(members("/disk/target", "/domain/devices/disk[2]/source/@file", "f").contains("key"))
      << "the key is its target";
}

}  // namespace
}  // namespace virtsql
