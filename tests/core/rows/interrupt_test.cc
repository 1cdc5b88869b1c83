#include "core/base/interrupt.h"

#include <gtest/gtest.h>

#include <functional>

#include "core/rows/diff.h"
#include "core/rows/document.h"
#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

// Returns a VM with that many network interfaces.
std::string many(int count) {
  std::string out =
      "<domain type='kvm'>\n  <name>many</name>\n  <uuid>11111111-1111-1111-1111-111111111111</uuid>\n  <devices>\n";
  for (int i = 0; i < count; ++i) {
    char mac[18];
    (void)std::snprintf(mac, sizeof mac, "52:54:00:%02x:%02x:%02x", i >> 16U & 255, i >> 8U & 255, i & 255);
    out += std::string("    <interface type='bridge'>\n      <mac address='") + mac +
           "'/>\n      <source bridge='br0'/>\n    </interface>\n";
  }
  return out + "  </devices>\n</domain>\n";
}

// Whether the work stops if it is asked to, and otherwise comes to its end.
testing::AssertionResult stops(const std::function<void()>& work) {
  bool stop = false;
  const Interruptible scope([](void* who) { return *static_cast<bool*>(who); }, &stop);
  work();  // not asked to stop: it must not throw
  stop = true;
  try {
    work();
  } catch (const Interrupted&) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << "it came to its end";
}

TEST(Interrupt, StopsShreddingGeneratingAndDiff) {
  const Element& root = Catalog::standard().root("domain");
  const std::string xml = many(3000);
  EXPECT_TRUE(stops([&] { Document(xml, root); }));
  Document document(xml, root);
  EXPECT_TRUE(stops([&] { (void)generate(document.rows(), Form::kFull); }));
  Document other(xml, root);
  EXPECT_TRUE(stops([&] { diff(document.rows(), other.rows(), DiffMode::kAll); }));
  EXPECT_EQ(document.xml(), xml);
}

using InterruptedStore = test::StoreFixture;

TEST_F(InterruptedStore, StopsLoading) {
  capture(many(3000));
  const std::int64_t vm = store_->find_vm("many", "test");
  RowStore rows(*database_, Catalog::standard());
  EXPECT_TRUE(stops([&] {
    Arena arena;
    rows.load(Catalog::standard().root("domain"), vm, arena);
  }));
}

TEST(Interrupt, StopsNobodyElse) {
  bool stop = true;
  {
    const Interruptible scope([](void* who) { return *static_cast<bool*>(who); }, &stop);
  }
  EXPECT_NO_THROW(Document(many(3000), Catalog::standard().root("domain")));
}

}  // namespace
}  // namespace virtsql
