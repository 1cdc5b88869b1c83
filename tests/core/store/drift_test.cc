#include "core/store/drift.h"

#include "core/rows/row_error.h"
#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

constexpr char kOne[] = "11111111-1111-1111-1111-111111111111";

class StoredDriftTest : public test::StoreFixture {
 protected:
  void tell(const std::string& operation, const std::string& config, const std::string& memory,
            const std::string& source = "hook") {
    const std::string xml = memory.empty() ? "" : vm("web", kOne, memory);
    Capture event = test::capture_of(xml, config);
    event.operation = operation;
    event.source = source;
    if (memory.empty()) event.uuid = kOne;
    store_->capture(event);
  }
  // Returns the differences, one behind the other: what they are against, the path, the new value.
  std::string drift() {
    std::string out;
    for (const Drift& each :
         drift_of(*database_, rows_, captures_, Catalog::standard(), store_->find_vm("web", "test")))
      out += (out.empty() ? "" : ", ") + each.against + " " + std::string(change_name(each.difference.change)) + " " +
             each.difference.path + " " + each.difference.new_value;
    return out;
  }

  RowStore rows_{*database_, Catalog::standard()};
  Captures captures_{*database_};
};

TEST_F(StoredDriftTest, IsAgainstTheDefinitionAndWhatRuns) {
  tell("define", "persistent", "1", "event");
  EXPECT_EQ(drift(), "");
  database_->execute("UPDATE virtual_machines SET memory = 2");
  EXPECT_EQ(drift(), "persistent changed /domain/memory/text() 1 KiB");
  tell("started", "live", "1");
  EXPECT_EQ(drift(), "persistent changed /domain/memory/text() 1 KiB, live changed /domain/memory/text() 1 KiB");
  tell("stopped", "live", "");
  EXPECT_EQ(drift(), "persistent changed /domain/memory/text() 1 KiB");
}

// A sync found the VM off although no hook told that it stopped.
TEST_F(StoredDriftTest, AVmThatIsOffHasNoRunningDocument) {
  tell("define", "persistent", "1", "event");
  tell("started", "live", "2");
  EXPECT_EQ(drift(), "live changed /domain/memory/text() 2 KiB");
  database_->execute("UPDATE vm_states SET state = 'shut off'");
  EXPECT_EQ(drift(), "");
}

TEST_F(StoredDriftTest, AnUndefinedVmIsGoneUnlessItRanSince) {
  tell("define", "persistent", "1", "event");
  tell("undefine", "persistent", "", "event");
  EXPECT_EQ(drift(), "persistent removed /domain ");
  tell("started", "live", "1");
  EXPECT_EQ(drift(), "");
}

// A transient VM that stopped, or one whose definition went while it ran.
TEST_F(StoredDriftTest, WhatLibvirtHasNoMoreIsGoneHoweverItWent) {
  tell("define", "persistent", "1", "event");
  tell("started", "live", "1");
  tell("undefine", "persistent", "", "event");
  tell("suspended", "live", "1");
  EXPECT_EQ(drift(), "");
  database_->execute("UPDATE vm_states SET state = 'undefined'");
  EXPECT_EQ(drift(), "persistent removed /domain ");
}

// The rows took the start for the definition, so libvirt's older one is no difference.
TEST_F(StoredDriftTest, RowsThatFollowAStartDoNotDifferFromTheDefinitionBefore) {
  tell("define", "persistent", "1", "event");
  tell("prepare", "live", "2");
  EXPECT_EQ(number("SELECT memory FROM virtual_machines"), 2);
  EXPECT_EQ(drift(), "");
}

TEST_F(StoredDriftTest, RowsOfTheRunningVmLetTheDefinitionShowTheDifference) {
  tell("import", "persistent", "1", "import");
  tell("import", "live", "2", "import");
  EXPECT_EQ(number("SELECT memory FROM virtual_machines"), 2);
  EXPECT_EQ(drift(), "live changed /domain/memory/text() 2 KiB");
}

TEST_F(StoredDriftTest, ARowThatNoXmlCanExpressIsTheOnlyDifference) {
  tell("define", "persistent", "1", "event");
  tell("started", "live", "2");
  database_->execute("UPDATE virtual_machines SET title = char(1)");
  EXPECT_EQ(drift().find("persistent changed /domain/title/text() virtual_machines, row 1, title: "), 0U) << drift();
  EXPECT_EQ(drift().find("live"), std::string::npos);
}

TEST_F(StoredDriftTest, ADamagedDocumentIsAnErrorAndNoDifference) {
  tell("define", "persistent", "1", "event");
  database_->execute("UPDATE virtual_machines SET memory = 2");
  const WithoutTriggers quiet(handle_);
  database_->execute("UPDATE documents SET content = x'00'");
  EXPECT_THROW(drift(), DamagedDocument);
}

TEST_F(StoredDriftTest, OfAVmThatIsNotThereIsNone) {
  EXPECT_TRUE(drift_of(*database_, rows_, captures_, Catalog::standard(), 77).empty());
}

TEST_F(StoredDriftTest, AnErrorIsADifferenceOfItsRowOrOfTheVm) {
  const Difference of_row = difference_of(RowError("disks", 7, "path", "/domain/devices/disk/source/@file", "why"));
  EXPECT_EQ(of_row.path, "/domain/devices/disk/source/@file");
  EXPECT_EQ(of_row.new_value, "disks, row 7, path: why");
  const Difference other = difference_of(std::runtime_error("why"));
  EXPECT_EQ(other.path, "/domain");
  EXPECT_TRUE(other.has_new);
  EXPECT_EQ(other.new_value, "why");
}

}  // namespace
}  // namespace virtsql
