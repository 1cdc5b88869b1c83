#include "core/schema/search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "core/base/interrupt.h"

namespace virtsql {
namespace {

const std::vector<Listed>& schema() {
  static const std::vector<Listed> listed = list_schema(Catalog::standard());
  return listed;
}

const SchemaSearch& search() {
  static const SchemaSearch made(schema());
  return made;
}

std::string first(std::string_view words) {
  const std::vector<SearchHit> found = search().find(words);
  return found.empty() ? "" : found.front().name;
}

// Returns a schema of three tables, in which it is known how rare each word is.
std::vector<Listed> small() {
  return {{"alphas", "table", "Memory of a host.", {{"size", "integer", "", "Memory in MiB."}}},
          {"betas", "table", "Memory of a host.", {{"zeal", "integer", "", "How much of it."}}},
          {"gammas", "table", "Memory of a host.", {{"id", "housekeeping", "", "Zeal is no word of housekeeping."}}}};
}

TEST(Search, EveryPlaceThatSynonymsNameIsThere) {
  for (const std::string& place : places_of_synonyms()) {
    const std::string table = place.substr(0, place.find('.'));
    const auto found =
        std::find_if(schema().begin(), schema().end(), [&](const Listed& each) { return each.name == table; });
    ASSERT_NE(found, schema().end()) << place;
    if (table.size() == place.size()) continue;
    const std::string column = place.substr(table.size() + 1);
    EXPECT_TRUE(std::any_of(found->columns.begin(), found->columns.end(), [&](const Listed::Column& each) {
      return each.name == column;
    })) << place;
  }
  EXPECT_GT(places_of_synonyms().size(), 50U);
}

TEST(Search, ARareWordWeighsMoreThanOneThatIsEverywhere) {
  const std::vector<SearchHit> found = SchemaSearch(small()).find("memory zeal");
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found.front().name, "betas");
}

TEST(Search, ARepeatedWordCountsOnce) {
  std::string words = "zeal";
  for (int i = 0; i < 40; ++i) words += " Memory";
  const std::vector<SearchHit> once = SchemaSearch(small()).find("zeal memory");
  const std::vector<SearchHit> often = SchemaSearch(small()).find(words);
  ASSERT_EQ(often.size(), once.size());
  for (std::size_t i = 0; i < once.size(); ++i) {
    EXPECT_EQ(often[i].name, once[i].name);
    EXPECT_EQ(often[i].column_name, once[i].column_name);
  }
}

TEST(Search, MoreThan50DifferentWordsAreRefused) {
  std::string words;
  for (int i = 0; i < 50; ++i) words += "word" + std::to_string(i) + "x ";
  EXPECT_TRUE(search().find(words + words).empty());
  try {
    search().find(words + "more");
    ADD_FAILURE() << "51 words were taken";
  } catch (const std::runtime_error& error) {
    const std::string what = error.what();
    EXPECT_TRUE(what.starts_with("virtsql_search(): \"word0x word1x ")) << what;
    EXPECT_TRUE(what.ends_with("\" has more than 50 different words; give the few that matter")) << what;
  }
}

TEST(Search, CanBeInterrupted) {
  const Interruptible stopped([](void*) { return true; }, nullptr);
  EXPECT_THROW(search().find("memory of a host"), Interrupted);
}

TEST(Search, HousekeepingAnswersNothing) {
  for (const SearchHit& hit : SchemaSearch(small()).find("zeal")) EXPECT_EQ(hit.name, "betas");
}

TEST(Search, GivesColumnsToo) {
  const std::vector<SearchHit> found = SchemaSearch(small()).find("zeal");
  EXPECT_TRUE(std::any_of(found.begin(), found.end(), [](const SearchHit& hit) {
    return hit.column_name == "zeal" && hit.doc == "How much of it.";
  }));
}

TEST(Search, SeveralWordsInARowAreOneThing) {
  EXPECT_EQ(first("agent"), "vm_channel_devices");
  EXPECT_EQ(first("acpi table"), "acpi_tables");
  EXPECT_EQ(first("acpi"), "vm_features");
  EXPECT_EQ(first("shared memory"), "vm_shmem_devices");
  EXPECT_EQ(first("shared folder"), "vm_filesystems");
}

TEST(Search, LettersAndPluralsDoNotMatter) {
  EXPECT_EQ(first("TPMs"), "vm_tpms");
  EXPECT_EQ(first("Guest-Agents"), "vm_channel_devices");
}

TEST(Search, WordsThatNobodyKnowsAreIgnored) {
  EXPECT_EQ(first("qwertyuiop watchdogs"), "vm_watchdogs");
  EXPECT_TRUE(search().find("qwertyuiop").empty());
  EXPECT_TRUE(search().find("").empty());
  EXPECT_TRUE(search().find("what is the").empty());
}

// Whether one of the tables that answer has a name with this part.
bool leads_to(std::string_view words, std::string_view part) {
  const std::vector<SearchHit> found = search().find(words);
  return std::any_of(found.begin(), found.end(),
                     [&](const SearchHit& hit) { return hit.name.find(part) != std::string::npos; });
}

TEST(Search, SynonymsLeadToTheirTablesOnly) {
  EXPECT_TRUE(first("sriov") == "vm_interfaces" && leads_to("sriov", "vm_host_devices"));
  EXPECT_FALSE(leads_to("sriov", "_source"));
  EXPECT_TRUE(first("mtu") == "vm_ports" && leads_to("mtu", "networks"));
  EXPECT_FALSE(leads_to("mtu", "_queues"));
  EXPECT_TRUE(first("cloud-init") == "vm_images" && leads_to("cloud-init", "sysinfo_system_entries"));
  EXPECT_FALSE(leads_to("cloud-init", "init_"));
  EXPECT_TRUE(first("windows") == "vm_features" && leads_to("windows", "clocks"));
  EXPECT_EQ(first("clone"), "virtual_machines") << "its text names domain_clone()";
  EXPECT_EQ(first("deleted vms"), "vms");
  for (const char* words : {"deleted vms", "history"}) EXPECT_FALSE(leads_to(words, "performance_events")) << words;
  EXPECT_TRUE(first("dhcp") == "network_ip_dhcp_hosts" && leads_to("dhcp", "network_ip_dhcp_ranges"));
  EXPECT_EQ(first("passthrough"), "vm_host_devices");
  for (const char* words : {"dhcp", "passthrough"}) EXPECT_FALSE(leads_to(words, "host_capacity")) << words;
}

TEST(Search, GivesAFewGoodAnswers) {
  for (const char* words : {"memory", "host", "disk image cache serial", "vm"})
    EXPECT_LE(search().find(words).size(), 50U) << words;
}

}  // namespace
}  // namespace virtsql
