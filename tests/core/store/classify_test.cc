#include "core/store/classify.h"

#include "core/store/documents.h"
#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

constexpr char kOne[] = "11111111-1111-1111-1111-111111111111";

// A history as schema version 3 had it: no kinds, and nothing in vm_states.
class ClassifyTest : public test::StoreFixture {
 protected:
  void classify() {
    {
      const WithoutTriggers quiet(handle_);
      database_->execute("UPDATE captures SET kind = 'other'; DELETE FROM vm_states");
    }
    classify_captures(*database_);
  }
  std::string kinds() {
    return text(
        "SELECT group_concat(kind || coalesce(' ' || substr(vm_uuid, 1, 4), ''), ', ') FROM (SELECT kind, "
        "vm_uuid FROM captures ORDER BY seq)");
  }
};

TEST_F(ClassifyTest, TheDocumentTellsTheKindAndTheVm) {
  capture(vm("web", kOne));
  capture("<network><name>lan</name></network>");
  capture("<domainsnapshot><name>s</name><domain><uuid>" + std::string(kOne) + "</uuid></domain></domainsnapshot>");
  {
    const WithoutTriggers quiet(handle_);
    database_->execute("UPDATE captures SET vm_uuid = NULL, exact = NULL WHERE kind = 'domainsnapshot'");
  }
  classify();
  EXPECT_EQ(kinds(), "domain 1111, network, domainsnapshot 1111");
}

TEST_F(ClassifyTest, WithoutAReadableDocumentTheEventTells) {
  Capture event = test::capture_of("<network><name>lan</name></network>");
  event.driver = "network";
  store_->capture(event);
  undefine("pool", "images");
  Capture stopped = test::capture_of("", "live");
  stopped.operation = "stopped";
  stopped.uuid = kOne;
  store_->capture(stopped);
  undefine("", "web", kOne);
  {
    const WithoutTriggers quiet(handle_);
    database_->execute("UPDATE documents SET content = x'00'");
  }
  classify();
  EXPECT_EQ(kinds(), "network, pool, domain 1111, domain 1111");
}

TEST_F(ClassifyTest, TheStatesAreThoseOfTheWholeHistory) {
  Capture event = test::capture_of(vm("web", kOne), "live");
  event.operation = "started";
  event.source = "hook";
  event.id = 1700000000000000;
  store_->capture(event);
  const std::string states =
      "SELECT group_concat(vm_uuid || ' ' || state || ' ' || last_seen || ' ' || record_id) FROM vm_states";
  const std::string running = text(states);
  classify();
  EXPECT_EQ(text(states), running);
  event.id += 1000000;
  event.xml.clear();
  event.uuid = kOne;
  event.operation = "stopped";
  store_->capture(event);
  classify();
  EXPECT_EQ(text("SELECT state FROM vm_states"), "shut off");
}

// The captures that are classified already keep their kind, whatever their document is.
TEST_F(ClassifyTest, OnlyOtherIsReplaced) {
  capture("<network><name>lan</name></network>");
  {
    const WithoutTriggers quiet(handle_);
    database_->execute("UPDATE captures SET kind = 'secret'");
  }
  classify_captures(*database_);
  EXPECT_EQ(kinds(), "secret");
}

}  // namespace
}  // namespace virtsql
